"""The table of operations: ``OPERATIONS["softmax"]`` is its record, which a file of `catalogue` holds."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from symgrad.errors import NotSupported
from symgrad.operations import catalogue
from symgrad.operations.derived import Derived
from symgrad.operations.own import CALL
from symgrad.operations.record import Operation
from symgrad.operations.signature import Signature


def discovered() -> dict[str, Operation]:
    """The records in the files of `catalogue`, by name."""
    files = sorted(info.name for info in iter_modules(catalogue.__path__))
    found = (vars(import_module(f"{catalogue.__name__}.{file}")).values() for file in files)
    return {record.name: record for values in found for record in values if isinstance(record, Operation)}


OPERATIONS: dict[str, Operation] = discovered()
FORMULA_SIGNATURES: Mapping[str, Signature] = Derived(
    OPERATIONS, lambda record: record.call if isinstance(record.call, Signature) else None
)
"""How each function of the formula language is called."""


def operation(name: str) -> Operation:
    """The record of an operation; `NotSupported` names one that has none yet."""
    if name == CALL.name:
        return CALL
    if name not in OPERATIONS:
        raise NotSupported(
            f"'{name}' is not supported yet",
            hint="supported are " + ", ".join(sorted(OPERATIONS)),
        )
    return OPERATIONS[name]

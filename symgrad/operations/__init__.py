"""The table of operations: ``OPERATIONS["softmax"]`` is its record, which a file of `catalogue` holds."""

from collections.abc import Mapping

from symgrad.discovery import Discovered
from symgrad.errors import NotSupported
from symgrad.operations import catalogue
from symgrad.operations.derived import Derived
from symgrad.operations.model import Operation
from symgrad.operations.own import CALL
from symgrad.operations.signature import Signature

OPERATIONS = Discovered(catalogue.__name__, catalogue.__path__, Operation)
FORMULA_SIGNATURES: Mapping[str, Signature] = Derived(
    OPERATIONS,
    lambda record: (
        {record.call.called or record.name: record.call} if isinstance(record.call, Signature) else {}
    ),
)
"""How each function of the formula language is called."""
CALLED: Mapping[str, str] = Derived(
    OPERATIONS,
    lambda record: (
        {record.call.called: record.name} if isinstance(record.call, Signature) and record.call.called else {}
    ),
)
"""The operation behind the name of a function that is another one's too, where it has options."""


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

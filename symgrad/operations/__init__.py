"""The table of operations: ``OPERATIONS["softmax"]`` is its record."""

from symgrad.errors import NotSupported
from symgrad.operations.choices import CHOICES
from symgrad.operations.elementwise import ELEMENTWISE
from symgrad.operations.layouts import LAYOUTS
from symgrad.operations.matrices import MATRICES
from symgrad.operations.own import CALL
from symgrad.operations.products import PRODUCTS
from symgrad.operations.record import Operation
from symgrad.operations.reductions import REDUCTIONS

OPERATIONS: dict[str, Operation] = {
    record.name: record for record in (*ELEMENTWISE, *PRODUCTS, *REDUCTIONS, *MATRICES, *CHOICES, *LAYOUTS)
}


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

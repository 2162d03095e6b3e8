"""The sum of entries."""

from symgrad.operations.model import Operation
from symgrad.operations.reductions import by_columns, reduce, reduced_shape, total
from symgrad.operations.signature import REDUCED

SUM = Operation(
    "sum",
    "sum of entries",
    "linear",
    total,
    reduced_shape,
    reduce("sum"),
    "every entry enters the sum with weight one",
    call=REDUCED,
    layout="∑ a",
    example=by_columns("sum"),
)

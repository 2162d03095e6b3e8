"""The operands of an operation as they stand in it, turned into rows where they are rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from symgrad.maths.nodes import Symbol
from symgrad.notation.binding import Written, beside
from symgrad.notation.context import Context, write
from symgrad.notation.numerals import array
from symgrad.tree import Formula, Op, Value

Layout: TypeAlias = Callable[[Op, Context], Written]


ONE = Symbol("1", "bold")


def operands(op: Op, context: Context) -> tuple[Written, ...]:
    """The arguments of an elementwise operation: beside a matrix, a vector is a row, and a column is c 1ᵀ."""
    matrices = [context.is_column(arg) for arg in op.args if context.rank(arg) == 2]
    return tuple(_operand(arg, context, matrices) for arg in op.args)


def _operand(arg: Formula, context: Context, columns: Sequence[bool]) -> Written:
    """An argument beside matrices, of which ``columns`` says whether they have one column."""
    if columns and context.rank(arg) == 1:
        return transposed(arg, context)
    if not all(columns) and context.is_column(arg):
        return beside(write(arg, context), Written(ONE).script(Symbol("⊤")))
    return write(arg, context)


def transposed(formula: Formula, context: Context) -> Written:
    """The transpose: numbers of a vector become a row, Aᵀ becomes A, and (v @ A) is vᵀA."""
    match formula:
        case Value(array=values) if values.ndim == 1:
            return Written(array(values, context.digits, row=True))
        case Op(name="transpose", args=(inner,)):
            return write(inner, context)
        case Op(name="matmul", args=(left, right)) if context.rank(left) == 1 and context.rank(right) == 2:
            return beside(transposed(left, context), write(right, context))
    return write(formula, context).script(Symbol("⊤"))

"""The operands of an operation as they stand in it, turned into rows where they are rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from symgrad.maths.nodes import Symbol
from symgrad.notation.binding import Written, beside
from symgrad.notation.context import Context, write
from symgrad.notation.numerals import array
from symgrad.tree import Formula, Op, Value

Layout: TypeAlias = Callable[[Op, Context], Written]


def operands(op: Op, context: Context) -> tuple[Written, ...]:
    """The arguments of an elementwise operation: beside a matrix, a vector is a row, as in NumPy."""
    widest = max(map(context.rank, op.args))
    return tuple(
        transposed(arg, context) if context.rank(arg) == 1 and widest == 2 else write(arg, context)
        for arg in op.args
    )


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

"""Operations that stand between their operands: sums, quotients, and the five products."""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.maths.nodes import Fraction, Numeral
from symgrad.notation.binding import Level, Written, begins_with_number, beside, joined, negated, scaled
from symgrad.notation.context import Context, write
from symgrad.notation.operands import Layout, operands, transposed
from symgrad.notation.positions import zeros
from symgrad.tree import Formula, Number, Op, Value, walk


def infix(sign: str, level: Level, right: Level) -> Layout:
    """a sign b; ``right`` is what may stand after the sign without brackets."""

    def layout(op: Op, context: Context) -> Written:
        a, b = operands(op, context)
        return joined(a, sign, b, level, right)

    return layout


def relation(sign: str) -> Layout:
    """a sign b, a condition."""
    return infix(sign, Level.RELATION, Level.SUM)


def times(op: Op, context: Context) -> Written:
    """a b of scalars, a ⊙ b of arrays; a scalar stands before an array. 0 times ones is 0."""
    match op.args:
        case (Number(value=0), Op("ones") as whole):
            return zeros(whole, context)
    a, b = operands(op, context)
    match tuple(context.rank(arg) > 0 for arg in op.args):
        case (True, True):
            return joined(a, "⊙", b, Level.HADAMARD, Level.HADAMARD)
        case (False, True):
            return scaled(a, b)
        case (True, False):
            return scaled(b, a)
    return beside(a, b, Level.PRODUCT)


def masked(op: Op, context: Context) -> Written:
    """a ⊙ 1[c], the factor before its indicator."""
    indicator, factor = op.args
    return times(Op("multiply", (factor, indicator)), context)


def over(op: Op, context: Context) -> Written:
    """½ a for a whole number below, a/b for a scalar, a ⊘ b for an array by an array.

    What holds an array of numbers stands beside the fraction, where it keeps its size.
    """
    above, below = op.args
    if context.rank(above) and context.rank(below):
        return _entrywise(op, context)
    if isinstance(above, Op) and above.name == "negative":
        return negated(over(Op("divide", (above.args[0], below)), context))
    a, b = (write(arg, context) for arg in op.args)
    part = Written(Fraction(Numeral("1"), b.maths, small=_is_whole(below)), Level.PRODUCT)
    if _holds_numbers(above) or (_is_whole(below) and not begins_with_number(a.maths)):
        return scaled(part, a)
    small = _is_whole(above) and _is_whole(below)
    return Written(Fraction(a.maths, b.maths, small), Level.PRODUCT)


def _entrywise(op: Op, context: Context) -> Written:
    """a ⊘ b; what ⊘ divides by ends where it looks as if it did: x ⊘ (c n), (x ⊘ y) ⊙ n."""
    a, b = operands(op, context)
    closed = b if isinstance(b.maths, Fraction) else b.fit(Level.SCRIPT, last=True)
    return replace(joined(a, "⊘", closed, Level.HADAMARD, Level.CHAIN), open=Level.HADAMARD)


def _holds_numbers(formula: Formula) -> bool:
    return any(isinstance(node, Value) and node.array.ndim > 0 for node in walk(formula))


def _is_whole(formula: Formula) -> bool:
    return isinstance(formula, Number) and formula.value.denominator == 1 and formula.value > 0


def matrix_product(op: Op, context: Context) -> Written:
    """A B. As vectors are columns, v @ w is vᵀw and v @ A is Aᵀv."""
    left, right = op.args
    if context.rank(left) != 1 or context.is_row(right):
        return beside(write(left, context), write(right, context))
    if context.rank(right) == 1:
        return beside(transposed(left, context), write(right, context))
    return beside(transposed(right, context), write(left, context))


def inner_product(op: Op, context: Context) -> Written:
    """aᵀb."""
    a, b = op.args
    return beside(transposed(a, context), write(b, context))


def outer_product(op: Op, context: Context) -> Written:
    """a bᵀ."""
    a, b = op.args
    return beside(write(a, context), transposed(b, context))

"""1[a > b]: conditions as numbers, and the derivatives that are nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from symgrad.calculus.between import is_constant, value
from symgrad.maths.nodes import Fenced, Operator, Row
from symgrad.notation.binding import Level, Written
from symgrad.notation.context import Context, write
from symgrad.notation.functions import prime as named_prime
from symgrad.notation.operands import ONE, Layout, operands
from symgrad.tree import Formula, Op


def indicator(op: Op, context: Context) -> Written:
    """1[a > b]: 1 where the condition holds, else 0."""
    condition = op.args[0]
    if op.option("negated") and isinstance(condition, Op):
        condition = replace(condition, name=OPPOSITE[condition.name])
    return Written(Row((ONE, Fenced("[", write(condition, context).maths, "]"))))


def prime(op: Op, context: Context) -> Written:
    """f′(t); of what takes one of its arguments 1 where it takes that one, else 0."""
    layout = TAKEN.get(op.option("function"))
    return named_prime(op, context) if layout is None else layout(op, context)


def _where(relation: str, left: Formula, right: Formula, context: Context) -> Written:
    return indicator(Op("indicator", (Op(relation, (left, right)),)), context)


def _of_two(relation: str) -> Layout:
    """1[a > b], for the first of two."""

    def layout(op: Op, context: Context) -> Written:
        taken = op.option("position")
        return _where(relation, op.args[taken], op.args[1 - taken], context)

    return layout


def _of_bounds(relation: str, sign: str) -> Layout:
    """1[0 ≤ x ≤ 2], 1[|x| ≤ 1]; of the bounds themselves 1[x < 0] and 1[x > 2]."""

    def layout(op: Op, context: Context) -> Written:
        x, lo, hi = op.args
        position = op.option("position")
        if position:
            return _where(OUTSIDE[position], x, op.args[position], context)
        if is_constant(lo) and is_constant(hi) and value(lo) == -value(hi):
            return _where(relation, Op("abs", (x,)), hi, context)
        middle, low, high = operands(op, context)
        chain = (low.fit(Level.SUM, first=True), middle.fit(Level.SUM), high.fit(Level.SUM))
        first, *others = (part.maths for part in chain)
        signed = (piece for other in others for piece in (Operator(sign), other))
        return Written(Row((ONE, Fenced("[", Row((first, *signed)), "]"))))

    return layout


OUTSIDE = {1: "less", 2: "greater"}
"""How the argument lies to a bound that is taken, by the bound's position."""
TAKEN: Mapping[str, Layout] = {
    "maximum": _of_two("greater"),
    "minimum": _of_two("less"),
    "clip": _of_bounds("less_equal", "≤"),
    "between": _of_bounds("less", "<"),
}
"""By the function, the derivative of what takes one of its arguments."""
OPPOSITE = {
    "less": "greater_equal",
    "less_equal": "greater",
    "greater": "less_equal",
    "greater_equal": "less",
    "equal": "not_equal",
}

"""Working a formula out in numbers: the numbers put in, the steps between, the result.

The intermediate steps are those a person would write down: products before sums, one round of
operations at a time, definitions (softmax, norm) opened where the numbers then show more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from symgrad.numbers.evaluate import Values, evaluate
from symgrad.results.residue import rounded
from symgrad.tree import Formula, Gradient, Name, Number, Op, Size, Value, children, number, transform, walk

LONGEST = 4
"""Intermediate formulas a chain shows; beyond that the first ones and the last are kept."""


def work(formula: Formula, values: Values) -> tuple[Formula, ...]:
    """formula with numbers put in, then worked out round by round; the last one is a `Value`.

    Raises KeyError where a name has no value.
    """
    stages = [put_in(formula, values)]
    opened = transform(stages[0], lambda node: _open(node, values))
    if opened != stages[0] and _finite(opened, values):
        stages.append(opened)
    while not isinstance(stages[-1], Value):
        stages.append(_round(stages[-1], values))
    return tuple(_without_repeats(stages))


def put_in(formula: Formula, values: Values) -> Formula:
    """Every name, gradient and size replaced by its value; transposes and selections written out."""

    def change(node: Formula) -> Formula:
        match node:
            case Name() | Gradient():
                return Value(values.names[node])
            case Size() | Op("ones" | "zeros" | "eye" | "unit" | "selection" | "triangle" | "pi"):
                return Value(evaluate(node, values))
            case Op("transpose", (Value(array),)):
                return Value(array.T)
            case Op("squeeze" | "unsqueeze" | "index", (Value(),)):
                return Value(evaluate(node, values))
        return node

    return transform(formula, change)


def _open(node: Formula, values: Values) -> Formula:
    opener = OPENED.get(node.name) if isinstance(node, Op) else None
    return opener(node) or node if opener and isinstance(node, Op) else node


def _open_softmax(op: Op) -> Formula | None:
    """softmax(v) of a vector is e^v over its sum."""
    (x,) = op.args
    if not isinstance(x, Value) or x.array.ndim != 1:
        return None
    scaled = Op("exp", (x,))
    return Op("divide", (scaled, Op("sum", (scaled,))))


def _open_square(op: Op) -> Formula | None:
    """‖W‖² is the sum of the squared entries."""
    base, exponent = op.args
    if isinstance(base, Op) and base.name == "norm" and exponent == number(2):
        return Op("sum", (Op("power", (base.args[0], exponent)),))
    return None


OPENED: Mapping[str, Callable[[Op], Formula | None]] = {"softmax": _open_softmax, "power": _open_square}


def _finite(formula: Formula, values: Values) -> bool:
    """Whether the opened form can be worked out: e^v overflows where the softmax does not."""
    parts = [node for node in walk(formula) if isinstance(node, Op)]
    return all(bool(np.isfinite(evaluate(part, values)).all()) for part in parts)


def _round(formula: Formula, values: Values) -> Formula:
    """One round: every operation whose operands are all numbers is worked out."""
    if _ready(formula):
        return Value(rounded(formula, evaluate(formula, values), values))
    if isinstance(formula, Op):
        return Op(formula.name, tuple(_advance(arg, values) for arg in formula.args), formula.options)
    raise TypeError(f"no numbers for {formula!r}")


def _advance(formula: Formula, values: Values) -> Formula:
    return formula if isinstance(formula, Value | Number) else _round(formula, values)


def _ready(formula: Formula) -> bool:
    """Whether only numbers are left below, apart from operations that are done in one's head."""
    return all(
        isinstance(part, Value | Number) or (isinstance(part, Op) and part.name in AT_ONCE and _ready(part))
        for part in children(formula)
    )


AT_ONCE = frozenset({"negative", "transpose", "squeeze", "unsqueeze", "diag", "power"})
"""Operations worked out together with the one they stand in."""


def _without_repeats(stages: list[Formula]) -> list[Formula]:
    if len(stages) <= LONGEST:
        return stages
    return [*stages[: LONGEST - 2], *stages[-2:]]


def is_trivial(formula: Formula) -> bool:
    """Whether putting numbers in already gives the result: a number (throughout), a name, a copy."""
    match formula:
        case Op("ones" | "eye" | "unit") | Op("multiply", (Number(), Op("ones"))):
            return True
    return not isinstance(formula, Op)

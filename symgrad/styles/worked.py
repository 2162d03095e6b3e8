"""A formula worked out in numbers: symbol = formula = numbers put in = … = result in a box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
from msgspec.structs import replace

from symgrad.document.blocks import Chain, Link
from symgrad.maths.nodes import Boxed, Fenced, Maths, Matrix, Operator, Row
from symgrad.notation.binding import Level, given
from symgrad.numbers.evaluate import Values
from symgrad.results.worked import is_trivial, work
from symgrad.styles.answers import leading, needed
from symgrad.styles.setting import Setting
from symgrad.tree import Array, Formula, Name, Number, Op, Value, transform, walk

LONGEST_COLUMN = 4
"""Entries of a softmax up to which each is written as a quotient of its own."""


def worked(
    setting: Setting, left: Formula, formula: Formula | None, result: Array, values: Values | None = None
) -> Chain:
    """left = formula = its stages = result, at ``values`` (those of the solution unless others are given).

    Without a formula, left = result.
    """
    chain = stated(setting, left, Value(result))
    if formula is None or isinstance(formula, Number):
        return chain
    stages = () if is_trivial(formula) else work(formula, values or setting.values)[:-1]
    first = Link("=", setting.maths(formula), kind="way" if isinstance(left, Name) else "answer")
    links = without_repeats((first, *stage_links(setting, stages)))
    return replace(chain, links=(*links, *chain.links), needs=needed(setting, formula))


def without_repeats(links: Iterable[Link]) -> Iterator[Link]:
    """The links of a chain, of those that look the same in a row only the first."""
    return (next(same) for _, same in groupby(links, key=lambda link: link.maths))


def stated(setting: Setting, left: Formula, result: Value) -> Chain:
    """left = result in a box."""
    chain = Chain(setting.maths(left), (Link(setting.relation(result), Boxed(setting.maths(result))),))
    return leading(chain, left)


def value(setting: Setting, left: Formula, result: Array) -> Chain:
    """left = its numbers."""
    number = Value(result)
    return Chain(setting.maths(left), (Link(setting.relation(number), setting.maths(number)),))


def stage_links(setting: Setting, stages: Iterable[Formula]) -> tuple[Link, ...]:
    """= or ≈ before every stage; a minus sign that only waits for its number is left out."""
    shown = ((n, _signed(s)) for n, s in enumerate(stages) if not _waits(s) and not _is_wide(s))
    return tuple(
        Link(setting.relation(stage), _look(setting, stage), kind="stage" if n else "numbers")
        for n, stage in shown
    )


def _is_wide(stage: Formula) -> bool:
    """Whether an array of more than two axes would be put into a formula: it fills half a page by itself."""
    return isinstance(stage, Op) and any(
        isinstance(node, Value) and node.array.ndim > 2 for node in walk(stage)
    )


def _waits(stage: Formula) -> bool:
    match stage:
        case Op("negative", (Value(),)):
            return True
    return False


def _signed(stage: Formula) -> Formula:
    """No minus sign before that of a number: −(−2) is 2, and −(−2/5) is 2/5."""

    def change(node: Formula) -> Formula:
        match node:
            case Op("negative", (Value(a),)) if _is_negative(a):
                return Value(-a)
            case Op("negative", (Op("divide" | "multiply" as name, (Value(a), b)),)) if _is_negative(a):
                return Op(name, (Value(-a), b))
        return node

    return transform(stage, change)


def _is_negative(number: Array) -> bool:
    return number.ndim == 0 and bool(number < 0)


def _look(setting: Setting, stage: Formula) -> Maths:
    """A short softmax entry by entry, as one writes it by hand; anything else as a formula."""
    match stage:
        case Op("divide", (Op("exp", (Value(x),)), Op("sum", (Op("exp", (Value(again),)),)))) if _is_short(
            x, again
        ):
            powers = [setting.maths(Op("exp", (_scalar(entry),))) for entry in x]
            return _column(powers, Fenced("(", _sum(powers), ")"))
        case Op("divide", (Value(above), Value(below))) if _is_short(above) and below.ndim == 0:
            return _column([setting.maths(_scalar(entry)) for entry in above], setting.maths(Value(below)))
    return setting.maths(stage)


def _is_short(*columns: Array) -> bool:
    return all(column.ndim == 1 and column.size <= LONGEST_COLUMN for column in columns)


def _scalar(entry: float) -> Value:
    return Value(np.asarray(entry))


def _column(above: Iterable[Maths], below: Maths) -> Maths:
    closed = given(below).fit(Level.SCRIPT).maths  # 3/(−2), 3/(1.5 · 10⁻⁷)
    return Matrix(tuple((Row((part, Operator("/"), closed)),) for part in above))


def _sum(parts: list[Maths]) -> Maths:
    signed = (item for part in parts for item in (Operator("+"), part))
    return Row(tuple(signed)[1:])

"""How strongly what a student wrote holds together, which says where brackets are needed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from symgrad.submission import written
from symgrad.submission.written import Node

# From weak to strong; what is not in the table is an atom.
COMPARED, ADDED, SUMMED, MULTIPLIED, DIVIDED, RAISED, ATOM = range(7)
_STRENGTH: Mapping[type[Any], int] = {
    written.Comparison: COMPARED,
    written.Add: ADDED,
    written.Subtract: ADDED,
    written.Negative: ADDED,
    written.Sum: SUMMED,
    written.Product: MULTIPLIED,
    written.Quotient: DIVIDED,
    written.Derivative: DIVIDED,
    written.Power: RAISED,
    written.Transpose: RAISED,
    written.Element: RAISED,
}


def strength(node: Node) -> int:
    """The strength of a node as it is printed."""
    match node:
        case written.Symbol(marks=marks, accents=accents) if marks or {"Delta", "d"} & {*accents}:
            return RAISED
        case written.Literal(value=value) if value < 0:
            return ADDED
        case written.Derivative() if stands_before(node):
            return SUMMED
    return _STRENGTH.get(type(node), ATOM)


def stands_before(node: written.Derivative) -> bool:
    """Whether ∂/∂w stands before what is derived, which then begins behind it and reaches far."""
    of = orders(node)[2]
    return of is not None and node.wrt is not None and 0 < node.wrt.span.end <= of.span.start


def orders(node: written.Derivative) -> tuple[int, list[tuple[Node, int]], Node | None]:
    """The order of a derivative, the names below with how often each stands there, and what is derived.

    ∂²J/∂a∂b is a derivative of a derivative, and both stand in the same place.
    """
    below: list[Node] = []
    inner: Node | None = node
    while isinstance(inner, written.Derivative) and inner.wrt is not None and _is_one(node, inner):
        below.append(inner.wrt)
        inner = inner.of
    return len(below), [(wrt, len([*same])) for wrt, same in groupby(below)], inner


def _is_one(outer: written.Derivative, inner: written.Derivative) -> bool:
    return outer is inner or (outer.sign, outer.span) == (inner.sign, inner.span) != (
        inner.sign,
        written.NOWHERE,
    )

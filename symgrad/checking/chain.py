"""Whether the sides of a line agree with one another, under one belief about what the names stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from symgrad.checking.evaluate import readings
from symgrad.checking.letters import free_letters
from symgrad.checking.printed import Agreement, agree, close, same_shape
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.checking.sides import Ranges, SideValues, Value, ranges_of, side_values
from symgrad.submission.written import Add, Derivative, Element, Node, Subtract, Symbol, walk
from symgrad.tree import Array

MOST_TRUTHS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What comparing the sides showed.

    ``side`` is the first that does not agree, and ``truth`` what it should be. ``rounded`` where some
    printed number agrees within its last digit only, ``run_on`` where an equals sign reads "and then",
    ``loose`` counts liberties, ``apart`` says that it holds for different indices only.
    """

    holds: bool
    truth: Array | None = None
    side: int | None = None
    rounded: bool = False
    printed: bool = False
    run_on: bool = False
    loose: int = 0
    apart: bool = False
    fault: Unknown | Misfit | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """The readable sides of a line, under the positions they have in it."""

    nodes: tuple[Node, ...]
    positions: tuple[int, ...]


def compare(
    chain: Chain,
    scope: Scope,
    first: Callable[[Ranges], SideValues] | None = None,
    apart: bool = False,
) -> Outcome:
    """Compare all sides with the first, or with what ``first`` says stands there.

    ``apart``: entries whose two indices are equal do not count, if the equation fails with them.
    """
    try:
        ranges = ranges_of(chain.nodes, scope)
        lead = first(ranges) if first is not None else side_values(chain.nodes[0], scope, ranges)
    except (Unknown, Misfit) as fault:
        return Outcome(False, side=chain.positions[0], fault=fault)
    if lead.fault is not None:
        return Outcome(False, side=chain.positions[0], fault=lead.fault)
    rest = [side_values(node, scope, ranges) for node in chain.nodes[1:]]
    masks = [None, *([_apart(ranges)] if apart and len(ranges) >= 2 else [])]
    outcomes = [
        _against(truth, lead, rest, chain, scope, ranges, mask)
        for mask in masks
        for truth in lead.values[:MOST_TRUTHS]
    ]
    return min(outcomes, key=lambda o: (not o.holds, o.run_on, o.rounded, o.loose, -(o.side or 0)))


def _apart(ranges: Ranges) -> Array:
    """True at the entries whose first two letters differ."""
    left, right, *_ = np.indices(tuple(ranges.values()))
    return np.asarray(left != right)


def _against(
    truth: Value,
    lead: SideValues,
    rest: Sequence[SideValues],
    chain: Chain,
    scope: Scope,
    ranges: Ranges,
    mask: Array | None,
) -> Outcome:
    rounded = run_on = shown = False
    unnamed = not isinstance(lead.node, Symbol | Derivative | Element)
    loose = truth.loose
    for n, side in enumerate(rest, start=1):
        if side.fault is not None:
            return Outcome(False, truth.array, chain.positions[n], fault=side.fault)
        found = _agreement(truth, side, mask)
        if found is None and side.numeric and unnamed and _goes_on(side.node, truth, scope, ranges):
            run_on, found = True, (Agreement.EXACT, 0)
            truth = next((v for v in side.values), truth)
        if found is None:
            fault = _stray_index(chain.nodes[n], lead.node, scope)
            return Outcome(False, truth.array, chain.positions[n], rounded, loose=loose, fault=fault)
        agreement, liberty = found
        rounded |= agreement == Agreement.ROUNDED
        shown |= side.shown is not None or side.numeric
        loose += liberty
    shown |= lead.numeric
    return Outcome(True, truth.array, None, rounded, shown, run_on, loose, mask is not None)


def _agreement(truth: Value, side: SideValues, mask: Array | None) -> tuple[Agreement, int] | None:
    """How a side agrees with the truth, and with how many liberties; None where it does not."""
    if mask is not None:
        pairs = ((v, same_shape(v.array, truth.array)) for v in side.values)
        for value, pair in pairs:
            if pair is not None and pair[0].shape[:2] == mask.shape and close(pair[0][mask], pair[1][mask]):
                return Agreement.EXACT, value.loose
        return None
    if side.shown is not None:
        agreement = agree(side.shown, truth.array)
        if agreement != Agreement.EXACT:
            agreement = agree(side.shown, truth.array, truth.slack)
        return None if agreement == Agreement.NONE else (agreement, 0)
    for value in side.values:
        if close(value.array, truth.array) or _near(value, truth):
            return Agreement.EXACT, value.loose
    return None


def _near(value: Value, truth: Value) -> bool:
    """Whether two values are one, as far as the digits show that are printed in them."""
    if value.array.size != truth.array.size:
        return False
    slack = np.add(value.slack, _like(truth.slack, value.slack))
    return bool(np.any(slack)) and close(value.array, truth.array, slack)


def _stray_index(node: Node, lead: Node, scope: Scope) -> Unknown | None:
    """A name such as y_{qt} that could only be read as an entry, while the left side is a whole array."""
    if free_letters(lead, scope, {}, readings):
        return None
    stray = (part for part in walk(node) if isinstance(part, Symbol) and len(part.sub) > 1)
    inside = free_letters(node, scope, {}, readings)
    found = (part for part in stray if inside and free_letters(part, scope, {}, readings))
    return next(map(Unknown, found), None)


def _like(slack: Array | float, other: Array | float) -> Array | float:
    a, b = np.asarray(slack), np.asarray(other)
    if a.shape == b.shape or 1 in (a.size, b.size):
        return a
    return a.reshape(b.shape) if a.size == b.size else float(np.max(a))


def _goes_on(node: Node, truth: Value, scope: Scope, ranges: Ranges) -> bool:
    """Whether a side begins with what stood before it: W x = r + b, where r is W x."""
    start = node
    while isinstance(start, Add | Subtract):
        start = start.left
    if start is node:
        return False
    side = side_values(start, scope, ranges)
    return side.fault is None and _agreement(truth, side, None) is not None

"""Which names are scalars, vectors and matrices: the choice in which all formulas fit, nearest to habit."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from symgrad.submission.sheet.arrays import terms
from symgrad.submission.sheet.forward import Equation
from symgrad.submission.sheet.indexed import entries
from symgrad.submission.sheet.kinds import SCALAR, Kind, Misfit, Term, fits, row, vector
from symgrad.submission.sheet.names import GREEK
from symgrad.submission.sheet.scope import Scope
from symgrad.submission.sheet.values import is_flat, number, rows
from symgrad.submission.written import Node, Symbol

MOST_TRIALS = 400
MOST_WORK = 4_000
"""Leaves and formulas times trials: a long sheet is read in few ways only."""
SPARE = 8
"""How far from the best reading found others are still looked at."""
MOST_BRANCHES = 6
NEAR = 3
"""How far from its best reading another one of the same formula is still looked at."""
NOT_SCALAR, WRONG_WAY, MISSHOWN = 2, 4, 20
DATA = frozenset(("x", "X"))

Option = tuple[int, Kind]


@dataclass(frozen=True, slots=True)
class Reading:
    """The kinds of all names, and the formulas' texts, with how far it all is from habit."""

    cost: int
    kinds: Mapping[str, Kind]
    formulas: Mapping[str, Term]


class Unread(Exception):
    """No reading of an equation fits."""

    def __init__(self, equation: Equation) -> None:
        super().__init__(equation.name.base)
        self.equation = equation


def options(symbol: Symbol, shown: Node | None, arrow: bool, scalars: bool) -> list[Option]:
    """The kinds a leaf may be, habit first; ``arrow``: written as a vector; ``scalars``: all others are."""
    found = _shown(shown) if shown is not None else _habits(symbol, arrow, scalars)
    is_data = symbol.base in DATA
    return [(cost, replace(kind, is_data=is_data and kind.rank > 0)) for cost, kind in found]


def _shown(node: Node) -> list[Option]:
    cells = rows(node)
    if cells is None:
        return [(0, SCALAR)]
    height, width = len(cells), len(cells[0])
    if is_flat(node):
        return [(0, vector(width)), (1, row(width)), (2, Kind(2, 1, width))]
    if height == width == 1:
        return [(0, SCALAR), (1, Kind(2, 1, 1)), (1, vector(1))]
    if width == 1:
        return [(0, vector(height)), (1, Kind(2, height, 1))]
    if height == 1:
        return [(0, Kind(2, 1, width)), (1, row(width)), (2, vector(width))]
    return [(0, Kind(2, height, width))]


def _habits(symbol: Symbol, arrow: bool, scalars: bool) -> list[Option]:
    letter = symbol.base
    if scalars or (letter[:1].islower() and (letter in GREEK or len(letter) > 1)):
        return [(0, SCALAR), (1, vector()), (2, row()), (3, Kind(2))]
    if letter[:1].isupper():
        return [(0, Kind(2)), (2, vector()), (3, row()), (3, SCALAR)]
    standing = [(0, vector()), (2, row()), (3, Kind(2, None, 1)), (3, Kind(2))]
    return (
        [*standing, (6, SCALAR)] if arrow else sorted([*standing, (1, SCALAR)], key=lambda option: option[0])
    )


def readings(
    leaves: Mapping[str, Sequence[Option]],
    equations: Mapping[str, Equation],
    scope: Scope,
    shown: Mapping[str, Node],
) -> list[Reading]:
    """The readings in which every equation fits, nearest to habit first.

    Raises `Unread` with the equation that stands in the way of the most habitual one.
    """
    found: list[Reading] = []
    fault: Unread | None = None
    trials = min(MOST_TRIALS, 1 + MOST_WORK // (len(leaves) + len(equations)))
    for cost, chosen in islice(_choices(leaves), trials):
        if found and cost > min(reading.cost for reading in found) + SPARE:
            break
        try:
            found += _branches(Reading(cost, chosen, {}), equations, scope, shown)
        except Unread as unread:
            fault = fault or unread
    if not found and fault is not None:
        raise fault
    return sorted(found, key=lambda reading: reading.cost)


def _choices(leaves: Mapping[str, Sequence[Option]]) -> Iterator[tuple[int, dict[str, Kind]]]:
    """The choices of a kind for every leaf, the cheapest first, each once."""
    order = list(leaves)
    heap = [(sum(leaves[name][0][0] for name in order), (0,) * len(order))]
    seen = set(heap)
    while heap:
        cost, picks = heapq.heappop(heap)
        yield cost, {name: leaves[name][pick][1] for name, pick in zip(order, picks, strict=True)}
        for n, name in enumerate(order):
            if picks[n] + 1 < len(leaves[name]):
                step = leaves[name][picks[n] + 1][0] - leaves[name][picks[n]][0]
                following = (cost + step, (*picks[:n], picks[n] + 1, *picks[n + 1 :]))
                if following not in seen:
                    seen.add(following)
                    heapq.heappush(heap, following)


def _branches(
    start: Reading, equations: Mapping[str, Equation], scope: Scope, shown: Mapping[str, Node]
) -> list[Reading]:
    """The readings of all equations with these leaves, where several are near enough to each other."""
    branches = [start]
    for name, equation in equations.items():
        grown: list[Reading] = []
        for branch in branches:
            for term in _terms(equation, scope.with_kinds(branch.kinds), shown.get(name)):
                kinds, formulas = {**branch.kinds, name: term.kind}, {**branch.formulas, name: term}
                grown.append(Reading(branch.cost + term.cost, kinds, formulas))
        branches = sorted(grown, key=lambda reading: reading.cost)[:MOST_BRANCHES]
    last = list(equations)[-1]
    return [replace(r, cost=r.cost + NOT_SCALAR * (r.kinds[last].rank > 0)) for r in branches]


def _terms(equation: Equation, scope: Scope, shown: Node | None) -> list[Term]:
    try:
        if equation.letters:
            found = [entries(equation.body, equation.letters, scope, terms)]
        else:
            found = terms(equation.body, scope)
    except Misfit:
        raise Unread(equation) from None
    rated = [replace(term, cost=term.cost + _misshown(term.kind, shown)) for term in found]
    least = min(term.cost for term in rated)
    return [term for term in rated if term.cost <= least + NEAR]


def _misshown(kind: Kind, shown: Node | None) -> int:
    """How badly a kind agrees with the number or matrix that a sheet shows for it."""
    if shown is None:
        return 0
    if number(shown) is not None:
        return MISSHOWN if kind.rank else 0
    cells = rows(shown)
    assert cells is not None
    height, width = len(cells), len(cells[0])
    if kind.rank == 2 or (kind.rank == 1 and kind.rows != 1 and width == 1):
        return 0 if fits(kind.rows, height) and fits(kind.columns, width) else MISSHOWN
    if kind.rank == 1 and 1 in (height, width):
        lies = kind.is_row or kind.columns is None or is_flat(shown)
        return 0 if lies and fits(_length(kind), max(height, width)) else WRONG_WAY
    return MISSHOWN if height * width > 1 else 0


def _length(kind: Kind) -> int | None:
    return kind.columns if kind.is_row else kind.rows

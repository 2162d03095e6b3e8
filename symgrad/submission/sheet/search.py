"""Which names are scalars, vectors and matrices: the choice in which all formulas fit, nearest to habit."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.submission.sheet.combine import ODD
from symgrad.submission.sheet.forward import Equation
from symgrad.submission.sheet.indices import Range
from symgrad.submission.sheet.names import GREEK
from symgrad.submission.sheet.scope import Scope
from symgrad.submission.sheet.terms import (
    ALONG,
    ATOM,
    DOWN,
    PAPER,
    SCALAR,
    Axes,
    Axis,
    Misfit,
    Size,
    Term,
    column,
    fits,
    matrix,
    row,
)
from symgrad.submission.sheet.translate import readings as read
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
NOT_SCALAR, WRONG_WAY, MISSHOWN = 3, 4, 20

Option: TypeAlias = "tuple[int, Axes]"


class Leaf(Struct, frozen=True):
    """What is known of a name that no formula makes: the number of its indices, how many stand high, …

    ``shown`` its numbers, ``stated`` its sizes, ``sizes`` those that sums say, by axis; ``turns`` whether it
    is transposed somewhere, ``arrow`` whether it is written as a vector, ``lying`` whether the sheet has
    vectors of one row.
    """

    symbol: Symbol
    shown: Node | None = None
    stated: tuple[Size, ...] | None = None
    indices: int = 0
    samples: int = 0
    turns: bool = False
    arrow: bool = False
    lying: bool = False
    sizes: Mapping[int, Size] = field(default_factory=dict)


class Reading(Struct, frozen=True):
    """The arrays of all names, and the formulas' texts, with how far it all is from habit."""

    cost: int
    kinds: Mapping[str, Term]
    formulas: Mapping[str, Term]


class Unread(Exception):
    """No reading of an equation fits; ``reasons`` are those that could be told."""

    def __init__(self, equation: Equation, reasons: Sequence[str]) -> None:
        super().__init__(equation.name.base)
        self.equation = equation
        self.reasons = tuple(reasons)


def options(leaf: Leaf, scalars: bool) -> list[Option]:
    """The arrays a leaf may be, habit first; ``scalars``: all others are numbers."""
    if leaf.shown is not None:
        found = _shown(leaf.shown)
    elif leaf.stated is not None:
        found = _stated(leaf.stated)
    else:
        found = _habits(leaf, scalars)
    found = [(cost, _sized(axes, leaf.sizes)) for cost, axes in found if len(axes) >= leaf.indices]
    return sorted(found, key=lambda option: option[0])


def _sized(axes: Axes, sizes: Mapping[int, Size]) -> Axes:
    return tuple(
        axis if axis.size is not None else replace(axis, size=sizes.get(n)) for n, axis in enumerate(axes)
    )


def _shown(node: Node) -> list[Option]:
    cells = rows(node)
    if cells is None:
        return [(0, SCALAR)]
    height, width = len(cells), len(cells[0])
    if is_flat(node):
        return [(0, column(width)), (1, row(width)), (2, matrix(1, width))]
    if height == width == 1:
        return [(0, SCALAR), (1, matrix(1, 1)), (1, column(1))]
    if width == 1:
        return [(0, column(height)), (1, matrix(height, 1))]
    if height == 1:
        return [(0, matrix(1, width)), (1, row(width)), (2, column(width))]
    return [(0, matrix(height, width))]


def _stated(sizes: tuple[Size, ...]) -> list[Option]:
    match sizes:
        case ():
            return [(0, SCALAR)]
        case (size,):
            return [(0, column(size)), (2, row(size)), (3, matrix(size, 1))]
        case (size, 1):
            return [(0, column(size)), (1, matrix(size, 1))]
        case (1, size):
            return [(0, matrix(1, size)), (1, row(size))]
    return [(0, matrix(*sizes))]


def _habits(leaf: Leaf, scalars: bool) -> list[Option]:
    letter = leaf.symbol.base
    if leaf.indices:
        return _indexed(leaf)
    if scalars or (letter[:1].islower() and (letter in GREEK or len(letter) > 1)):
        found = [(0, SCALAR), (1, column()), (3, row()), (3, matrix())]
    elif letter[:1].isupper():
        found = [(0, matrix()), (4, column()), (5, row()), (6, SCALAR)]
    else:
        found = [
            (0, column()),
            (3, row()),
            (4, matrix(None, 1)),
            (3, matrix()),
            (6 if leaf.arrow else 1, SCALAR),
        ]
    if leaf.lying:
        found = [
            (cost, row() if axes == column() else column() if axes == row() else axes) for cost, axes in found
        ]
    return [(cost + ODD * (leaf.turns and not axes), axes) for cost, axes in found]


def _indexed(leaf: Leaf) -> list[Option]:
    """x_i has one axis, and more where x^{(i)} or x_i is a vector itself."""
    if leaf.indices >= 2:
        return [(0, matrix())]
    vector = leaf.turns or leaf.arrow
    upper = leaf.symbol.base[:1].isupper()
    whole = (0 if vector or leaf.samples else 1 if upper else 4, matrix())
    return [(ODD if vector else 1 if leaf.samples else 0, column()), whole]


def readings(
    leaves: Mapping[str, Sequence[Option]],
    equations: Mapping[str, Equation],
    scope: Scope,
    shown: Mapping[str, Node],
    stated: Mapping[str, tuple[Size, ...]],
    ranges: Mapping[str, Range],
    data: frozenset[str],
    groups: Mapping[str, str],
    partners: Mapping[str, str],
) -> list[Reading]:
    """The readings in which every equation fits, nearest to habit first.

    Leaves of a group are alike; a partner is the quantity at another time: h_t of the leaf h_{t−1}.

    Raises `Unread` with the equation that stands in the way of the most habitual one.
    """
    found: list[Reading] = []
    fault: Unread | None = None
    trials = min(MOST_TRIALS, 1 + MOST_WORK // (len(set(groups.values())) + len(equations)))
    search = Search(equations, scope, shown, stated, ranges, partners)
    for n, (cost, chosen) in enumerate(islice(_choices(leaves, groups), trials)):
        if n and found and cost > min(reading.cost for reading in found) + SPARE:
            break
        kinds = {
            name: Term(name, ATOM, axes, 0, "?" if name in data and axes else "")
            for name, axes in chosen.items()
        }
        try:
            found += search.branches(Reading(cost, kinds, {}))
        except Unread as unread:
            fault = fault if fault is not None and fault.reasons else unread
    if not found and fault is not None:
        raise fault
    last = list(equations)[-1]
    return sorted(found, key=lambda reading: (reading.cost, len(reading.kinds[last].axes)))


def _choices(
    leaves: Mapping[str, Sequence[Option]], groups: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, Axes]]]:
    """The choices of an array for every leaf: numbers throughout, then the cheapest first, each once."""
    order = list(dict.fromkeys(groups.values()))
    options = {group: leaves[next(leaf for leaf in leaves if groups[leaf] == group)] for group in order}
    numbers = {leaf: [option for option in choices if not option[1]] for leaf, choices in leaves.items()}
    if all(numbers.values()):
        yield sum(numbers[group][0][0] for group in order), dict.fromkeys(leaves, SCALAR)
    heap = [(sum(options[group][0][0] for group in order), (0,) * len(order))]
    seen = set(heap)
    while heap:
        cost, picks = heapq.heappop(heap)
        chosen = dict(zip(order, picks, strict=True))
        yield cost, {leaf: leaves[leaf][chosen[groups[leaf]]][1] for leaf in leaves}
        for n, group in enumerate(order):
            if picks[n] + 1 < len(options[group]):
                step = options[group][picks[n] + 1][0] - options[group][picks[n]][0]
                following = (cost + step, (*picks[:n], picks[n] + 1, *picks[n + 1 :]))
                if following not in seen:
                    seen.add(following)
                    heapq.heappush(heap, following)


class Search(Struct, frozen=True):
    """What a reading of the leaves is tried on."""

    equations: Mapping[str, Equation]
    scope: Scope
    shown: Mapping[str, Node]
    stated: Mapping[str, tuple[Size, ...]]
    ranges: Mapping[str, Range]
    partners: Mapping[str, str]

    def branches(self, start: Reading) -> list[Reading]:
        """The readings of all equations with these leaves, where several are near enough to each other."""
        branches = [start]
        for name in self.equations:
            grown: list[Reading] = []
            for branch in branches:
                for term in self.terms(name, branch.kinds):
                    kinds = {**branch.kinds, name: _named(name, term)}
                    formulas = {**branch.formulas, name: term}
                    grown.append(Reading(branch.cost + term.cost, kinds, formulas))
            branches = sorted(grown, key=lambda reading: reading.cost)[:MOST_BRANCHES]
        last = list(self.equations)[-1]
        return [
            replace(r, cost=r.cost + NOT_SCALAR * bool(r.kinds[last].axes) + self.odd(r.kinds))
            for r in branches
        ]

    def odd(self, kinds: Mapping[str, Term]) -> int:
        """What it costs that arrays at two times are not alike."""
        pairs = ((kinds[leaf].axes, kinds[made].axes) for leaf, made in self.partners.items())
        return ODD * sum(len(left) != len(right) for left, right in pairs)

    def terms(self, name: str, kinds: Mapping[str, Term]) -> list[Term]:
        """The readings of one equation. Raises `Unread` where there is none."""
        equation, scope = self.equations[name], self.scope.with_kinds(kinds)
        try:
            found = read(equation.body, equation.letters, scope, self.ranges)
        except Misfit:
            raise Unread(equation, scope.reasons) from None
        found = [term for term in found if _fits_stated(term, self.stated.get(name))]
        if not found:
            raise Unread(equation, ["its sizes are not those that the sheet states"])
        rated = [term.dearer(_misshown(term, self.shown.get(name))) for term in found]
        least = min(term.cost for term in rated)
        return [term for term in rated if term.cost <= least + NEAR]


def _named(name: str, term: Term) -> Term:
    """A quantity as other formulas meet it: what letters counted stands behind each other on paper."""
    letters = sum(label not in PAPER for label in term.labels)
    if not letters:
        return Term(name, ATOM, term.axes, 0, term.samples)
    axes = tuple(Axis(label, axis.size) for label, axis in zip(PAPER, term.axes, strict=False))
    return Term(name, ATOM, axes, 0, DOWN if letters < len(axes) else term.samples and "?")


def _fits_stated(term: Term, stated: tuple[Size, ...] | None) -> bool:
    """Whether an array has the sizes that a sheet says: ones count for nothing."""
    if stated is None:
        return True
    axes = [axis.size for axis in term.axes]
    on_paper = [axis.size for axis in term.axes if axis.label in PAPER]
    tall, said = [size for size in axes if size != 1], [size for size in stated if size != 1]
    pairs = ((axes, list(stated)), (tall, said), (on_paper, said))
    return any(len(a) == len(b) and all(map(fits, a, b)) for a, b in pairs)


def _misshown(term: Term, shown: Node | None) -> int:
    """How badly an array agrees with the number or matrix that a sheet shows for it."""
    if shown is None:
        return 0
    if number(shown) is not None:
        return MISSHOWN if term.axes else 0
    cells = rows(shown)
    assert cells is not None
    height, width = len(cells), len(cells[0])
    sizes = [axis.size for axis in term.axes]
    if len(sizes) == 2:
        return 0 if fits(sizes[0], height) and fits(sizes[1], width) else MISSHOWN
    if len(sizes) == 1 and 1 in (height, width):
        lies = term.labels == (ALONG,)
        right = is_flat(shown) or (height == 1 if lies else width == 1)
        return 0 if right and fits(sizes[0], max(height, width)) else WRONG_WAY
    return MISSHOWN if height * width > 1 else 0

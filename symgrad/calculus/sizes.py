"""Small sizes for dimensions: as different from one another as the rules between them allow.

Equal sizes hide a wrong index, and a size of 1 hides every index: an output of a window, a slice or a
concatenation that is one entry wide is taken only where no other size fits. Arrays of more than two axes
have too many entries for that. Their sizes are 2 and 3, drawn anew for every point: two that are equal at
one point differ at the next one time in two.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from symgrad.graph import Graph
from symgrad.graph.shapes import LENGTHS, Derived
from symgrad.tree import Op, walk

Dim: TypeAlias = Any
Rules: TypeAlias = "tuple[tuple[Derived, Dim], ...]"
"""Which dimension follows from which others."""

SPREAD = 3
"""From how many sizes a dimension is drawn."""
FEWER = 2
"""From how many where arrays have more than two axes."""
MOST = 9
"""How many sizes there are at all: in a deep network some layers have equal sizes, numbers stay few."""
ENOUGH = 12
"""How many sizes that hide nothing are found before the smallest of them are taken."""
LARGE = 40
"""The sum of sizes that is as bad as two equal ones."""
TRIALS, WIDER = 400, 40
"""How often sizes that rules must give are drawn, and after how many trials from a wider range."""


class NoSizes(Exception):
    """No small sizes were found that obey the rules."""


class Sizes(dict[Dim, int]):
    """Sizes that are drawn when they are first asked for, each different from those before it."""

    def __init__(self, graph: Graph, numbers: random.Random) -> None:
        self.random = numbers
        self.least = _least(graph)
        self.wide = any(len(shape) > 2 for shape in graph.shapes.values())
        known, least = tuple(graph.sizes.items()), tuple(self.least.items())
        super().__init__(_fitting(graph.derived, least, known, self.wide, numbers.random()))

    def __missing__(self, dim: Dim) -> int:
        if dim in (1, "1"):
            return 1
        least = self.least.get(dim, 2)
        if self.wide:
            self[dim] = self.random.randrange(least, least + FEWER)
        else:
            self[dim] = _drawn(self.random, least, set(self.values()))
        return self[dim]


def _drawn(numbers: random.Random, least: int, taken: set[int]) -> int:
    """One of the smallest sizes, where possible one that no other dimension has."""
    unused = [n for n in range(least, least + MOST) if n not in taken]
    return numbers.choice(unused[:SPREAD] or range(least, least + SPREAD))


def _least(graph: Graph) -> dict[Dim, int]:
    """The least sizes at which every literal position exists, every range picks something, windows move."""
    least: dict[Dim, int] = {}
    for dim, size in (*_positions(graph), *_windows(graph.derived)):
        least[dim] = max(least.get(dim, 2), size)
    least.pop(1, None)
    return least


def _positions(graph: Graph) -> Iterator[tuple[Dim, int]]:
    for formula in graph.quantities.values():
        for node in walk(formula):
            if isinstance(node, Op) and node.name == "index":
                for dim, part in zip(graph.shape(node.args[0]), node.option("key"), strict=False):
                    yield dim, _reach(part)


def _windows(rules: Rules) -> Iterator[tuple[Dim, int]]:
    for (kind, parts, sources), _ in rules:
        if kind == "pool":
            yield sources[0], parts[0] + parts[1]


def _reach(part: Any) -> int:
    """The least size at which a literal position exists, or a range picks something."""
    if isinstance(part, int):
        return part + 1 if part >= 0 else -part
    start, stop = part[1], part[2]
    return max(_end(start, 1), _end(stop, 0), 2)


def _end(end: int | None, beyond: int) -> int:
    """The size that one end of a range needs."""
    if end is None:
        return 1
    return end + beyond if end >= 0 else 1 - end


@lru_cache(maxsize=1024)
def _fitting(
    rules: Rules,
    least: tuple[tuple[Dim, int], ...],
    known: tuple[tuple[Dim, int], ...],
    wide: bool,
    seed: float,
) -> Mapping[Dim, int]:
    """Sizes of the dimensions that rules are about: the most telling of many that were drawn.

    Where none of these obeys the rules, the sizes of the problem itself. Raises `NoSizes`.
    """
    if not rules:
        return {}
    numbers, found = random.Random(seed), list[tuple[tuple[int, int, int], dict[Dim, int]]]()
    telling = 0
    for trial in range(TRIALS):
        sizes = _attempt(rules, dict(least), numbers, trial, FEWER if wide else SPREAD)
        if sizes is not None:
            hidden = _hidden(sizes)
            found.append(((hidden[0], 0, 0) if wide else hidden, sizes))
            telling += found[-1][0][:2] == (0, 0)
            if telling == (1 if wide else ENOUGH):
                break
    if found:
        return min(found, key=lambda pair: pair[0])[1]
    stated = dict(known)
    if _dims(rules) <= stated.keys() | {1}:
        return {dim: stated[dim] for dim in _dims(rules) if dim != 1}
    raise NoSizes


def _dims(rules: Rules) -> set[Dim]:
    return {dim for (_, _, sources), made in rules for dim in (made, *sources)}


def _hidden(sizes: Mapping[Dim, int]) -> tuple[int, int, int]:
    """How much these sizes hide: sizes of 1, equal sizes; then how large they are.

    Very large sizes count as much as equal ones: the sizes of a kron are products, and a convolution of
    such has millions of terms. The next point has other sizes.
    """
    values = list(sizes.values())
    return values.count(1), len(values) - len(set(values)) + sum(values) // LARGE, sum(values)


def _attempt(
    rules: Rules, least: Mapping[Dim, int], numbers: random.Random, trial: int, spread: int
) -> dict[Dim, int] | None:
    """Sizes drawn at random, or computed where a rule gives them; None where two rules disagree."""
    sizes: dict[Dim, int] = {1: 1}
    waiting = list(rules)
    lowest = 2 if trial < TRIALS // 2 else 1  # x[1:4] beside concat(a, b): one of a and b has one entry
    while waiting:
        ready = [rule for rule in waiting if sizes.keys() >= set(rule[0][2])]
        if not ready:
            dim = numbers.choice(sorted(_open(waiting, sizes), key=str))
            start = max(lowest, least.get(dim, lowest))
            sizes[dim] = numbers.randrange(start, start + spread + trial // WIDER)
        for (kind, parts, sources), dim in ready:
            length = LENGTHS[kind](parts, [sizes[source] for source in sources])
            if length < max(1, least.get(dim, 1)):
                return None
            if sizes.setdefault(dim, length) != length:
                return None
        waiting = [rule for rule in waiting if rule not in ready]
    del sizes[1]
    return sizes


def _open(waiting: Iterable[tuple[Derived, Dim]], sizes: Mapping[Dim, int]) -> set[Dim]:
    """The dimensions to draw next: sources without a size, if possible such as no waiting rule makes."""
    waiting = list(waiting)
    sources = {source for (_, _, sources), _ in waiting for source in sources if source not in sizes}
    return sources - {dim for _, dim in waiting} or sources

"""Stretches of an axis that literal positions and ranges cut out, and which of them together cover it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias

from symgrad.graph.shapes import Shape, Sizes
from symgrad.tree import Formula, Op, walk

Stretch: TypeAlias = "tuple[int, int | None]"
"""Where it begins and where the next one does; None is the end of the axis."""
ALL = ("slice", None, None)
MOST_COVERS = 4
"""Ways to cut an axis that are looked at: x[0:2], x[2:6] beside x[0:3], x[3:6] are two."""


def stretch(part: Any, size: int | None) -> Stretch:
    """What a position or a range picks of an axis; ends from behind stay so where the size is not known."""
    begin, end = (part, part + 1 or None) if isinstance(part, int) else (part[1] or 0, part[2])
    if size is None:
        return begin, end
    begin, end, _ = slice(begin, end).indices(size)
    return begin, None if end == size else end


def covers(stretches: Collection[Stretch]) -> Iterator[tuple[Stretch, ...]]:
    """The ways in which two or more stretches, one behind the other, make up the whole axis."""
    onward = [(begin, end) for begin, end in stretches if not _turns(begin, end)]
    return islice((found for found in _from(0, onward) if len(found) > 1), MOST_COVERS)


def _turns(begin: int, end: int | None) -> bool:
    """Whether a range goes from an end counted from behind to one from the front: x[-3:5] may be empty."""
    return end is not None and (begin < 0 <= end or begin >= end >= 0)


def _from(at: int | None, stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, ...]]:
    if at is None:
        yield ()
        return
    for first in stretches:
        if first[0] == at:
            yield from ((first, *rest) for rest in _from(first[1], stretches))


def add_up(formulas: Iterable[Formula], shape_of: Callable[[Formula], Shape], sizes: Sizes) -> None:
    """What covers an axis is together as long as the axis."""
    cut: dict[Any, dict[Stretch, Any]] = {}
    for axis, part in (found for formula in formulas for found in _cuts(formula, shape_of)):
        dim = sizes.find(axis)
        length = 1 if isinstance(part, int) else sizes.derive("range", part[1:], dim)
        same = cut.setdefault(dim, {}).setdefault(stretch(part, sizes.size(dim)), length)
        if 1 not in (same, length):
            sizes.same(same, length)
    for dim, lengths in cut.items():
        for cover in covers(lengths):
            sizes.same(dim, sizes.derive("sum", (), *(lengths[part] for part in cover)))


def _cuts(formula: Formula, shape_of: Callable[[Formula], Shape]) -> Iterator[tuple[Any, Any]]:
    """Every axis that is indexed in a formula, and by what."""
    for node in walk(formula):
        match node:
            case Op("index", (base,)):
                pairs = zip(shape_of(base), node.option("key"), strict=False)
                yield from ((axis, part) for axis, part in pairs if part != ALL)

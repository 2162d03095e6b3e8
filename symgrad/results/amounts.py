"""How many numbers a problem makes: told by its shapes, before any of them is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

from symgrad.code.function import Line
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.limits import ROOM, Spent, amount, limits
from symgrad.tree import Name, Op, walk

BYTES = 8
"""Of a number."""
COPIES = 2
"""What an array takes while it is worked out, against what it takes afterwards."""


def check_amounts(graph: Graph, lines: Iterable[Line]) -> None:
    """Whether what the lines make fits into memory, and every array on the way. Raises `Spent`.

    The one that is told is the largest.
    """
    allowed = limits()
    if allowed is None:
        return
    largest = {line: max(_entries(shape, graph.sizes) for shape in _shapes(graph, line)) for line in lines}
    kept = sum(_entries(line.shape, graph.sizes) for line in largest)
    need = BYTES * COPIES * max((kept, *largest.values()))
    if need > allowed.memory:
        line = max(largest, key=lambda line: largest[line])
        owner, what = _told(graph, line)
        reason = f"{what} takes {largest[line]:,} numbers, or {amount(BYTES * largest[line])}"
        raise Spent("memory", reason, owner, need=need * ROOM)


def check_array(graph: Graph, shape: Shape, owner: str, what: str) -> None:
    """Whether one array fits into memory. Raises `Spent`."""
    allowed, entries = limits(), _entries(shape, graph.sizes)
    if allowed is not None and BYTES * COPIES * entries > allowed.memory:
        reason = f"{what} takes {entries:,} numbers, or {amount(BYTES * entries)}"
        raise Spent("memory", reason, owner, need=BYTES * COPIES * entries * ROOM)


def _shapes(graph: Graph, line: Line) -> Iterable[Shape]:
    """Those of the line and of every array in its formula."""
    yield line.shape
    if line.letters is None:
        yield from (graph.shape(node) for node in walk(line.formula) if isinstance(node, Op))


def _entries(shape: Shape, sizes: Mapping[Any, int]) -> int:
    """How many entries an array has; none is counted where a size is unknown."""
    return prod(sizes.get(dim, 0) if isinstance(dim, str) else dim for dim in shape)


def _told(graph: Graph, line: Line) -> tuple[str, str]:
    """The quantity whose formula is to be mended, and what of it is so large."""
    target = line.target
    name = target.id if isinstance(target, Name) else target.wrt
    part = f"a part of '{graph.owner(name)}'" if name in graph.auxiliary else f"'{name}'"
    what = part if isinstance(target, Name) else f"the gradient of '{target.of}' by {part}"
    return graph.owner(name), what

"""Coordinates of the computation graph, in em: one layout for every format that draws it.

Layers run from left to right. Where they are more than a line holds they turn round and come back
below, like a serpentine, so that a deep network keeps the size of the text. Edges are level where
they leave, pass and arrive, and bend only in the gaps between layers: none runs through a node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from msgspec import Struct

from symgrad.writing.edges import extra, lanes, ports
from symgrad.writing.layers import Edge, Hop, Layers, Vertex, arranged
from symgrad.writing.levels import Extent, levels

LAYER_GAP = 1.9
ROW_GAP = 1.6
TURN = 2.4
# One row may be drawn this much smaller before it is folded.
SMALLEST_ROW = 0.7
# A fold may come this much early, to fall where fewer edges have to turn.
EARLIEST_FOLD = 0.6


class Point(NamedTuple):
    """A place on the sheet: x to the right, y downwards."""

    x: float
    y: float


class Box(Struct, frozen=True):
    """Where a node stands: its centre, and its size."""

    id: str
    centre: Point
    width: float
    height: float

    def corner(self) -> Point:
        """The upper left corner."""
        return Point(self.centre.x - self.width / 2, self.centre.y - self.height / 2)


class Curve(Struct, frozen=True):
    """One hop of an edge: a line from ``start`` to ``leave``, a cubic to ``arrive``, a line to ``end``.

    ``heading`` is 1 where it arrives rightwards and −1 leftwards; ``arrow``: it ends at a node.
    """

    start: Point
    leave: Point
    bends: tuple[Point, Point]
    arrive: Point
    end: Point
    heading: int
    arrow: bool

    def path(self) -> tuple[Point, ...]:
        """All its points in order."""
        return (self.start, self.leave, *self.bends, self.arrive, self.end)


class Layout(Struct, frozen=True):
    """Boxes and curves, and the frame about them: its upper left corner and its size."""

    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    left: float
    top: float
    width: float
    height: float


class _Column(Struct, frozen=True):
    """A layer on the sheet: its middle, half its width, which way its row runs, how far it is moved down."""

    x: float
    half: float
    heading: int
    down: float


def layout(sizes: Mapping[str, Extent], edges: Sequence[Edge], room: float) -> Layout:
    """The graph laid out in rows of at most ``room`` em, unless a single layer is wider.

    Args:
        sizes: width and height of every node; nodes in topological order.
        edges: (from, to) along the forward pass.
        room: rows longer than this are folded.
    """
    layers = arranged(list(sizes), edges)
    extents = {
        vertex: (0.0, 0.0) if layers.passes(vertex) else sizes[vertex[0]]
        for column in layers.columns
        for vertex in column
    }
    level = levels(layers, extents)
    columns = _columns(layers, extents, level, room)
    places = {vertex: Point(columns[vertex[1]].x, columns[vertex[1]].down + y) for vertex, y in level.items()}
    boxes = [Box(node, places[node, layer], *sizes[node]) for node, layer in layers.rank.items()]
    ends = ports(layers, level, lambda layer: columns[layer].heading != columns[layer - 1].heading)
    turns = lanes(layers, level, ends)
    curves = [
        _curve(hop, layers, extents, columns, places, ends[hop], turns.get(hop, 0.0)) for hop in layers.hops
    ]
    return _framed(boxes, curves)


def folds(lengths: Sequence[float], hops: Mapping[int, int], room: float) -> list[range]:
    """The layers of each row, rows no longer than ``room``; ``hops[k]`` edges run from layer k to the next.

    Rows end where few edges have to turn, as late as possible.
    """
    rows: list[range] = []
    first = 0
    while first < len(lengths):
        used = list(accumulate(lengths[first:], lambda row, length: row + LAYER_GAP + length))
        fitting = max(1, sum(length <= room for length in used))
        last = first + fitting
        if last < len(lengths):
            earliest = first + max(1, int(EARLIEST_FOLD * fitting))
            last = min(range(last, earliest - 1, -1), key=lambda end: hops[end - 1])
        rows.append(range(first, last))
        first = last
    return rows


def _columns(
    layers: Layers, extents: Mapping[Vertex, Extent], level: Mapping[Vertex, float], room: float
) -> list[_Column]:
    """Layers side by side, row after row; each row begins under the end of the one before it."""
    halves = [max(extents[vertex][0] for vertex in column) / 2 for column in layers.columns]
    more = extra(layers)
    lengths = [2 * half + wider for half, wider in zip(halves, more, strict=True)]
    columns: list[_Column] = []
    edge, bottom, heading = 0.0, 0.0, 1
    for row in _rows(lengths, Counter(source[1] for source, _ in layers.hops), room):
        vertices = [vertex for layer in row for vertex in layers.columns[layer]]
        down = bottom - min(level[vertex] - extents[vertex][1] / 2 for vertex in vertices)
        for layer in row:
            columns.append(_Column(edge + heading * halves[layer], halves[layer], heading, down))
            edge += heading * (lengths[layer] + LAYER_GAP)
        edge -= heading * (more[row[-1]] + LAYER_GAP)
        bottom = ROW_GAP + down + max(level[vertex] + extents[vertex][1] / 2 for vertex in vertices)
        heading = -heading
    return columns


def _rows(lengths: Sequence[float], hops: Mapping[int, int], room: float) -> list[range]:
    """One row if it can be read; else as few as there must be, of nearly equal length."""
    whole = sum(lengths) + LAYER_GAP * (len(lengths) - 1)
    if whole * SMALLEST_ROW <= room:
        return [range(len(lengths))]
    longest = room - 2 * TURN
    fewest = len(folds(lengths, hops, longest))
    tries = (longest * share / 20 for share in range(10, 20))
    balanced = (rows for limit in tries if len(rows := folds(lengths, hops, limit)) == fewest)
    return next(balanced, folds(lengths, hops, longest))


def _curve(
    hop: Hop,
    layers: Layers,
    extents: Mapping[Vertex, Extent],
    columns: Sequence[_Column],
    places: Mapping[Vertex, Point],
    port: float,
    lane: float,
) -> Curve:
    source, target = hop
    here, there = columns[source[1]], columns[target[1]]
    (x, y), (far_x, far_y) = places[source], places[target]
    far_y += port
    leave, arrive = x + here.heading * here.half, far_x - there.heading * there.half
    reach = max(1.0, min(TURN, abs(far_y - y) / 4))  # turns inside one another stay apart
    middle = leave + here.heading * reach
    if here.heading == there.heading:
        middle = (leave + arrive) / 2 + here.heading * lane
    return Curve(
        start=Point(x + here.heading * extents[source][0] / 2, y),
        leave=Point(leave, y),
        bends=(Point(middle, y), Point(middle, far_y)),
        arrive=Point(arrive, far_y),
        end=Point(far_x - there.heading * extents[target][0] / 2, far_y),
        heading=there.heading,
        arrow=not layers.passes(target),
    )


def _framed(boxes: Sequence[Box], curves: Sequence[Curve]) -> Layout:
    points = [point for curve in curves for point in curve.bends]
    for box in boxes:
        corner = box.corner()
        points += [corner, Point(corner.x + box.width, corner.y + box.height)]
    across, down = [point.x for point in points] or [0.0], [point.y for point in points] or [0.0]
    left, top = min(across), min(down)
    return Layout(tuple(boxes), tuple(curves), left, top, max(across) - left, max(down) - top)

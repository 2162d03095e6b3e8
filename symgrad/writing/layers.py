"""The computation graph in layers: which layer a node stands in, and in what order, with few crossings.

An edge over several layers passes through one vertex in each layer between. These stand-ins are
shared by all edges from the same source, so a weight used in every step of a recurrence is one
line with branches, and the drawing stays readable.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias, TypeVar

from msgspec import Struct

Edge: TypeAlias = tuple[str, str]
Vertex: TypeAlias = tuple[str, int]
Hop: TypeAlias = tuple[Vertex, Vertex]

_T = TypeVar("_T", bound=Hashable)

SWEEPS = 8


class Layers(Struct, frozen=True):
    """Vertices ``(node, layer)`` layer by layer, and the hops between neighbouring layers.

    A vertex whose layer is not its node's own is a stand-in for an edge that passes.
    """

    columns: tuple[tuple[Vertex, ...], ...]
    hops: tuple[Hop, ...]
    rank: Mapping[str, int]

    def passes(self, vertex: Vertex) -> bool:
        """Whether the vertex is only a point on a long edge."""
        return self.rank[vertex[0]] != vertex[1]


def arranged(nodes: Sequence[str], edges: Sequence[Edge]) -> Layers:
    """Layers of the graph; ``nodes`` in topological order."""
    rank = ranks(nodes, edges)
    sources = {source for source, _ in edges} - {target for _, target in edges}
    columns: list[list[Vertex]] = [[] for _ in range(1 + max(rank.values(), default=-1))]
    hops = list(dict.fromkeys(_hops(rank, edges)))
    on_way = dict.fromkeys(vertex for hop in hops for vertex in hop)
    for vertex in dict.fromkeys([*((node, rank[node]) for node in nodes), *on_way]):
        columns[vertex[1]].append(vertex)
    for column in columns:  # leaves last: among equals the main line stays straight and they hang below it
        column.sort(key=lambda vertex: vertex[0] in sources)
    return Layers(_untangled(columns, hops), tuple(hops), rank)


def ranks(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The layer of every node: the longest path to it, counted from 0.

    A node that hangs on no node of a longest path (a leaf; a penalty made of weights only) is
    pulled along to the layer before its first consumer, where it is needed.
    """
    sources, targets = _neighbours((target, source) for source, target in edges), _neighbours(edges)
    early: dict[str, int] = {}
    for node in nodes:
        early[node] = 1 + max((early[source] for source in sources[node]), default=-1)
    late: dict[str, int] = {}
    for node in reversed(nodes):
        late[node] = min((late[target] - 1 for target in targets[node]), default=early[node])
    loose: set[str] = set()
    for node in nodes:
        if loose.issuperset(sources[node]) and (early[node] < late[node] or not sources[node]):
            loose.add(node)
    rank = dict(early)
    for node in filter(loose.__contains__, reversed(nodes)):
        rank[node] = min((rank[target] - 1 for target in targets[node]), default=early[node])
    return rank


def crossings(left: Sequence[Vertex], right: Sequence[Vertex], hops: Iterable[Hop]) -> int:
    """How many pairs of hops between two neighbouring columns cross."""
    row = _places(left) | _places(right)
    ends = sorted((row[source], row[target]) for source, target in hops if source in row and target in row)
    passed: list[int] = []
    count = 0
    for _, end in ends:
        count += len(passed) - bisect_right(passed, end)
        insort(passed, end)
    return count


def _hops(rank: Mapping[str, int], edges: Iterable[Edge]) -> Iterable[Hop]:
    for source, target in edges:
        for layer in range(rank[source], rank[target] - 1):
            yield (source, layer), (source, layer + 1)
        yield (source, rank[target] - 1), (target, rank[target])


def _neighbours(edges: Iterable[tuple[_T, _T]]) -> defaultdict[_T, list[_T]]:
    neighbours: defaultdict[_T, list[_T]] = defaultdict(list)
    for source, target in edges:
        neighbours[source].append(target)
    return neighbours


def _untangled(columns: list[list[Vertex]], hops: Sequence[Hop]) -> tuple[tuple[Vertex, ...], ...]:
    """Barycentre sweeps, forwards and backwards by turns; the best order seen is kept."""
    before, after = _neighbours((target, source) for source, target in hops), _neighbours(hops)
    best, fewest = _frozen(columns), _total(columns, hops)
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 0
        order = range(1, len(columns)) if forwards else range(len(columns) - 2, -1, -1)
        for layer in order:
            fixed = columns[layer - 1 if forwards else layer + 1]
            columns[layer] = _by_barycentre(columns[layer], fixed, before if forwards else after)
        if (count := _total(columns, hops)) < fewest:
            best, fewest = _frozen(columns), count
    return best


def _by_barycentre(
    column: Sequence[Vertex], fixed: Sequence[Vertex], neighbours: Mapping[Vertex, Sequence[Vertex]]
) -> list[Vertex]:
    place, own = _places(fixed), _places(column)

    def centre(vertex: Vertex) -> float:
        towards = neighbours.get(vertex, ())
        return sum(place[other] for other in towards) / len(towards) if towards else own[vertex]

    return sorted(column, key=centre)


def _total(columns: Sequence[Sequence[Vertex]], hops: Sequence[Hop]) -> int:
    by_layer: defaultdict[int, list[Hop]] = defaultdict(list)
    for hop in hops:
        by_layer[hop[0][1]].append(hop)
    return sum(crossings(*pair, by_layer[layer]) for layer, pair in enumerate(pairwise(columns)))


def _places(column: Sequence[Vertex]) -> dict[Vertex, int]:
    return {vertex: place for place, vertex in enumerate(column)}


def _frozen(columns: Sequence[Sequence[Vertex]]) -> tuple[tuple[Vertex, ...], ...]:
    return tuple(map(tuple, columns))

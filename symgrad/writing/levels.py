"""How high each vertex of a layered graph stands: edges level where they can be, nothing overlapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TypeAlias

from symgrad.writing.layers import Layers, Vertex

Extent: TypeAlias = tuple[float, float]

NODE_GAP = 0.7
PASS_GAP = 0.35
ROUNDS = 60
NEARLY = 0.2
# How strongly a hop pulls its ends level, by how many of them only pass.
STIFFNESS = (2.0, 2.0, 40.0)
# A leaf follows its consumers and hardly moves them, so that the main line stays straight.
LEAF_STIFFNESS = 0.02


def levels(layers: Layers, extents: Mapping[Vertex, Extent]) -> dict[Vertex, float]:
    """The y of every vertex, downwards: hops are springs, and every layer in turn gives way to them."""
    pulls = _pulls(layers)
    gaps = [[_gap(extents[a], extents[b]) for a, b in pairwise(column)] for column in layers.columns]
    level = dict.fromkeys(pulls, 0.0)
    forwards = range(len(layers.columns))
    for turn in range(ROUNDS):
        for layer in reversed(forwards) if turn % 2 else forwards:
            column = layers.columns[layer]
            weights = [sum(pulls[vertex].values()) or 1.0 for vertex in column]
            wanted = [_mean(pulls[vertex], level) for vertex in column]
            level.update(zip(column, spread(wanted, weights, gaps[layer]), strict=True))
    return _snapped(layers, level)


def spread(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones (weighted least squares) that keep their order and gaps.

    With the gaps taken off this is isotonic regression: neighbours that collide move as one block.
    """
    offsets = list(accumulate(gaps, initial=0.0))
    blocks: list[tuple[float, float, int]] = []
    for want, weight, offset in zip(wanted, weights, offsets, strict=True):
        blocks.append((want - offset, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (above, heavy, many), (below, light, few) = blocks[-2:]
            mean = (above * heavy + below * light) / (heavy + light)
            blocks[-2:] = [(mean, heavy + light, many + few)]
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _snapped(layers: Layers, level: Mapping[Vertex, float]) -> dict[Vertex, float]:
    """Hops that are nearly level made level: on paper a small step looks like a fault."""
    snapped = dict(level)
    for source, target in sorted(layers.hops, key=lambda hop: hop[1][1]):
        if abs(snapped[source] - level[target]) < NEARLY:
            snapped[target] = snapped[source]
    return snapped


def _pulls(layers: Layers) -> dict[Vertex, dict[Vertex, float]]:
    pulls: dict[Vertex, dict[Vertex, float]] = {vertex: {} for column in layers.columns for vertex in column}
    fed = {target for _, target in layers.hops}
    for source, target in layers.hops:
        passing = layers.passes(source) + layers.passes(target)
        stiffness = STIFFNESS[passing] if passing or source in fed else LEAF_STIFFNESS
        pulls[source][target] = pulls[target][source] = stiffness
    return pulls


def _gap(above: Extent, below: Extent) -> float:
    apart = NODE_GAP if above[1] and below[1] else PASS_GAP
    return (above[1] + below[1]) / 2 + apart


def _mean(pulls: Mapping[Vertex, float], level: Mapping[Vertex, float]) -> float:
    total = sum(pulls.values())
    return sum(level[other] * pull for other, pull in pulls.items()) / total if total else 0.0

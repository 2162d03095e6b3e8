"""Where edges arrive at a node and in which lane they turn, so that edges of two sources never run as one.

An edge that is level goes straight to the middle of the side; the others arrive above and below it, in the
order in which they come. Between two layers every source has a lane of its own to turn in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from symgrad.writing.layers import Hop, Layers, Vertex

PORT = 0.5
"""How far from one another edges arrive, in em, where there is room."""
RIM = 0.9
"""What of a side stays free, in em: corners are round, and arrows have width."""
CORNER = 0.15
"""How far into the round corners the outermost may arrive, in em."""
LANES = 0.9
"""How far apart the first and the last lane between two layers are, in em, where nothing is added."""
LANE = 0.3
"""How far apart two lanes are, in em, at most."""
FREE = 4
"""Sources up to which the lanes need no wider gap."""
WIDER = 0.2
_LEVEL = 0.05


def side(edges: int) -> float:
    """How high a node has to be for so many edges to arrive at its side."""
    return RIM + PORT * max(0, edges - 1)


def extra(layers: Layers) -> list[float]:
    """What the gap behind each layer is wider for its many lanes."""
    sources = Counter(source[1] for source in {source for source, _ in layers.hops})
    return [WIDER * max(0, sources[layer] - FREE) for layer in range(len(layers.columns))]


def ports(layers: Layers, level: Mapping[Vertex, float], turns: Callable[[int], bool]) -> dict[Hop, float]:
    """How far below the middle of its target each hop arrives; ``turns(k)``: the row turns before layer k."""
    arriving: defaultdict[Vertex, list[Hop]] = defaultdict(list)
    for hop in layers.hops:
        arriving[hop[1]].append(hop)
    found: dict[Hop, float] = dict.fromkeys(layers.hops, 0.0)
    for target, hops in arriving.items():
        if layers.passes(target):
            continue
        turned = turns(target[1])
        order = sorted(hops, key=lambda hop: level[hop[0]], reverse=turned)
        straight = [abs(level[source] - level[target]) < _LEVEL and not turned for source, _ in order]
        middle = straight.index(True) if True in straight else (len(order) - 1) / 2
        farthest = max(middle, len(order) - 1 - middle) or 1
        step = min(PORT, (PORT * max(2, len(order) - 1) / 2 + CORNER) / farthest)
        found |= {hop: (n - middle) * step for n, hop in enumerate(order)}
    return found


def lanes(layers: Layers, level: Mapping[Vertex, float], ends: Mapping[Hop, float]) -> dict[Hop, float]:
    """How far after the middle of the gap each hop turns.

    Of those that run downwards the upper ones turn later, of those that run upwards the lower ones: so they
    do not cross.
    """
    found: dict[Hop, float] = {}
    room = [LANES + wider for wider in extra(layers)]
    for down in (True, False):
        gaps: defaultdict[int, list[Hop]] = defaultdict(list)
        for hop in layers.hops:
            rise = level[hop[1]] + ends[hop] - level[hop[0]]
            if (rise > _LEVEL) if down else (rise < -_LEVEL):
                gaps[hop[0][1]].append(hop)
        for layer, hops in gaps.items():
            sources = sorted({source for source, _ in hops}, key=lambda vertex: level[vertex], reverse=down)
            places = dict(zip(sources, _spread(len(sources), room[layer]), strict=True))
            found |= {hop: places[hop[0]] for hop in hops}
    return found


def _spread(count: int, room: float) -> Iterable[float]:
    step = min(LANE, room / max(1, count - 1))
    return ((n - (count - 1) / 2) * step for n in range(count))

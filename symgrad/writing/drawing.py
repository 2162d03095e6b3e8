"""The computation graph ready to draw: coordinates, labels, arrow heads, and the picture in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from symgrad.document.blocks import GraphFigure, GraphNode
from symgrad.languages import Language
from symgrad.maths.measure import height, width
from symgrad.maths.nodes import Maths
from symgrad.writing.edges import side
from symgrad.writing.layout import Box, Curve, Layout, Point, layout
from symgrad.writing.remembered import speech

PADDING = (1.1, 0.8)
SMALLEST = (2.2, 1.9)
ARROW_LENGTH = 0.55
ARROW_HALF = 0.2
TALLEST = 52.0
MOST = 16
"""Drawings that are kept."""
LEAD = {False: "{sources} leads to {target}", True: "{sources} lead to {target}"}
# What the lines of the outermost nodes add to the width.
RIM = 0.2


class Drawing(Struct, frozen=True):
    """A graph figure in em; ``scale`` is below 1 where it would not fit the page in the size of the text."""

    nodes: tuple[tuple[Box, GraphNode], ...]
    curves: tuple[Curve, ...]
    arrows: tuple[tuple[Point, Point, Point], ...]
    frame: Layout
    scale: float
    spoken: str


@lru_cache(maxsize=MOST)
def drawn(figure: GraphFigure, room: float, say: Language) -> Drawing:
    """The figure's drawing for a column ``room`` em wide."""
    arriving = Counter(target for _, target in dict.fromkeys(figure.edges))
    sizes = {
        node.id: (
            max(SMALLEST[0], width(node.label) + PADDING[0]),
            max(SMALLEST[1], height(node.label) + PADDING[1], side(arriving[node.id])),
        )
        for node in figure.nodes
    }
    plan = layout(sizes, figure.edges, room)
    return Drawing(
        nodes=tuple(zip(plan.boxes, figure.nodes, strict=True)),
        curves=plan.curves,
        arrows=tuple(dict.fromkeys(_arrow(curve) for curve in plan.curves if curve.arrow)),
        frame=plan,
        scale=min(1.0, (room - RIM) / plan.width, TALLEST / plan.height),
        spoken=spoken(figure, say),
    )


def spoken(figure: GraphFigure, say: Language) -> str:
    """The graph in words: which quantities lead to which."""
    labels = {node.id: speech(node.label, say) for node in figure.nodes}
    into: defaultdict[str, list[str]] = defaultdict(list)
    for source, target in figure.edges:
        into[target].append(labels[source])
    made = (
        say(LEAD[len(sources) > 1], sources=say.listed(sources), target=labels[node.id])
        for node in figure.nodes
        if (sources := into.get(node.id))
    )
    return say("Computation graph: {made}.", made="; ".join(made))


def makings(figure: GraphFigure) -> Iterator[tuple[Maths, list[Maths]]]:
    """Every quantity of the graph, and what leads to it."""
    labels = {node.id: node.label for node in figure.nodes}
    for node in figure.nodes:
        sources = [labels[source] for source, target in figure.edges if target == node.id]
        if sources:
            yield node.label, sources


def _arrow(curve: Curve) -> tuple[Point, Point, Point]:
    x, y = curve.end
    back = x - curve.heading * ARROW_LENGTH
    return curve.end, Point(back, y - ARROW_HALF), Point(back, y + ARROW_HALF)

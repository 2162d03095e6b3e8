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
from symgrad.writing.levels import Extent
from symgrad.writing.remembered import speech

PADDING = (1.1, 0.8)
SMALLEST = (2.2, 1.9)
ARROW_LENGTH = 0.55
ARROW_HALF = 0.2
TALLEST = 52.0
MOST = 16
"""Drawings that are kept."""
LEAD = {False: "{sources} leads to {target}", True: "{sources} lead to {target}"}
VALUE, GRADIENT = "{name} has the value {number}", "the gradient with respect to {name} is {number}"
SMALL = 0.8
"""The size of the type of numbers at nodes, as a part of that of the text."""
ABOUT = 0.25
"""What is left free about such a number, in em."""
# What the lines of the outermost nodes add to the width.
RIM = 0.2


class Drawing(Struct, frozen=True):
    """A graph figure in em; ``scale`` is below 1 where it would not fit the page in the size of the text.

    ``numbers`` are what stands above and below nodes, in type of the size `SMALL`.
    """

    nodes: tuple[tuple[Box, GraphNode], ...]
    numbers: tuple[tuple[Box, Maths], ...]
    curves: tuple[Curve, ...]
    arrows: tuple[tuple[Point, Point, Point], ...]
    frame: Layout
    scale: float
    spoken: str


@lru_cache(maxsize=MOST)
def drawn(figure: GraphFigure, room: float, say: Language) -> Drawing:
    """The figure's drawing for a column ``room`` em wide."""
    arriving = Counter(target for _, target in dict.fromkeys(figure.edges))
    frames = {node.id: _frame(node, arriving[node.id]) for node in figure.nodes}
    sizes = {node.id: _whole(node, frames[node.id]) for node in figure.nodes}
    plan = layout(sizes, figure.edges, room)
    boxes = [Box(box.id, box.centre, *frames[box.id]) for box in plan.boxes]
    nodes = tuple(zip(boxes, figure.nodes, strict=True))
    return Drawing(
        nodes=nodes,
        numbers=tuple(number for box, node in nodes for number in _numbers(box, node)),
        curves=plan.curves,
        arrows=tuple(dict.fromkeys(_arrow(curve) for curve in plan.curves if curve.arrow)),
        frame=plan,
        scale=min(1.0, (room - RIM) / plan.width, TALLEST / plan.height),
        spoken=spoken(figure, say),
    )


def _frame(node: GraphNode, arriving: int) -> Extent:
    """The size of a node's frame, to which ``arriving`` arrows lead; as wide as its numbers."""
    numbers = (SMALL * width(maths) for maths in (node.value, node.gradient) if maths)
    across = max(SMALLEST[0], width(node.label) + PADDING[0], *numbers)
    return across, max(SMALLEST[1], height(node.label) + PADDING[1], side(arriving))


def _whole(node: GraphNode, frame: Extent) -> Extent:
    """The size with the numbers, the frame in its middle."""
    numbers = (SMALL * height(maths) + 2 * ABOUT for maths in (node.value, node.gradient) if maths)
    return frame[0], frame[1] + 2 * max(numbers, default=0.0)


def _numbers(box: Box, node: GraphNode) -> Iterator[tuple[Box, Maths]]:
    """The numbers of a node, and where they stand."""
    for maths, down in ((node.value, -1), (node.gradient, 1)):
        if maths:
            high = SMALL * height(maths)
            y = box.centre.y + down * (box.height / 2 + ABOUT + high / 2)
            yield Box(box.id, Point(box.centre.x, y), SMALL * width(maths) + 2 * ABOUT, high), maths


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
    told = say("Computation graph: {made}.", made="; ".join(made))
    numbers = "; ".join(
        say(text, name=labels[node.id], number=speech(maths, say))
        for node in figure.nodes
        for text, maths in ((VALUE, node.value), (GRADIENT, node.gradient))
        if maths
    )
    return f"{told} {say('Numbers: {numbers}.', numbers=numbers)}" if numbers else told


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

"""The forward pass in symbols: what is computed, from what, in which shapes."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.document.blocks import (
    Block,
    Chain,
    Display,
    GraphFigure,
    GraphNode,
    Link,
    Paragraph,
    Section,
    Words,
)
from symgrad.maths.nodes import Numeral
from symgrad.styles.parts import Setting, listed, membership, note, words
from symgrad.tree import Formula, Name, names

LARGEST_FIGURE = 60
"""Nodes up to which the computation graph is drawn; a larger one helps nobody."""


def problem(setting: Setting) -> Iterator[Block]:
    """The graph and the shapes: what the problem is, before anything is worked out."""
    figure = _figure(setting)
    blocks: list[Block] = [figure] if figure is not None else []
    blocks += _shapes(setting)
    yield Section((Words("Computation graph" if figure else "Shapes"),), tuple(blocks), "problem")


def forward(setting: Setting) -> Iterator[Block]:
    """Each quantity and its formula, in order; a structured operation with its definition beside."""
    entries = {j.output: j.steps[0] for j in setting.solution.derivation.jacobians}
    chains = []
    for name, formula in setting.solution.graph.quantities.items():
        chains.append(setting.chain(Name(name), formula))
        if name in entries:
            chains.append(setting.chain(entries[name].before, entries[name].after))
    yield Section((Words("Forward Propagation"),), (Display(tuple(chains)),), "forward")


def _shapes(setting: Setting) -> Iterator[Block]:
    graph = setting.solution.graph
    chains = tuple(Chain(membership(setting, name, shape), ()) for name, shape in graph.shapes.items())
    yield Display(chains, beside=True)
    known = [(dim, graph.sizes[dim]) for dim in _dims(setting) if dim in graph.sizes]
    if known:
        sizes = tuple(Chain(setting.size(dim), (Link("=", Numeral(str(n))),)) for dim, n in known)
        yield Paragraph((Words("The derivation holds for all sizes. In the numbers below:"),))
        yield Display(sizes, beside=True)
    if graph.assumed:
        leaves: list[Formula] = [Name(name) for name in graph.assumed]
        yield note(setting, "No shape is stated for ", *listed(leaves), ": as their use and their letters suggest.")


def _dims(setting: Setting) -> tuple[str, ...]:
    shapes = setting.solution.graph.shapes.values()
    return tuple(dict.fromkeys(dim for shape in shapes for dim in shape if isinstance(dim, str)))


def _figure(setting: Setting) -> GraphFigure | None:
    graph = setting.solution.graph
    if len(graph.shapes) > LARGEST_FIGURE:
        return None
    nodes = tuple(GraphNode(name, setting.maths(Name(name)), _kind(setting, name)) for name in graph.shapes)
    edges = tuple((used, name) for name, formula in graph.quantities.items() for used in names(formula))
    return GraphFigure(nodes, edges, words("Every arrow leads from an input to the quantity that uses it."))


def _kind(setting: Setting, name: str) -> str:
    graph = setting.solution.graph
    if name == graph.of:
        return "objective"
    if name in graph.quantities:
        return "quantity"
    return "parameter" if name in graph.wrt else "data"

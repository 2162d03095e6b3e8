"""The computation graph of a report: names, and where the problem asks for them values and gradients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from symgrad.document.blocks import GraphFigure, GraphNode
from symgrad.maths.nodes import Maths, Numeral, Operator, Row
from symgrad.styles.answers import answer
from symgrad.styles.general import open_blocks
from symgrad.styles.parts import words
from symgrad.styles.setting import Setting, is_constant
from symgrad.tree import Array, Name, Value, names

LARGEST_FIGURE = 60
"""Nodes up to which the computation graph is drawn; a larger one helps nobody."""
LONGEST_VECTOR = 4
"""Entries up to which a vector stands at its node; of what is larger its shape does."""


def figure(setting: Setting) -> Iterator[GraphFigure]:
    """The graph, unless it is too large or nobody knows how often a part of it repeats."""
    graph = setting.solution.graph
    if len(graph.shapes) <= LARGEST_FIGURE and not open_blocks(setting):
        nodes = tuple(_node(setting, name) for name in graph.shapes if name != graph.seed)
        edges = tuple((used, name) for name, formula in graph.quantities.items() for used in names(formula))
        arrows = words(setting, "Every arrow leads from an input to the quantity that uses it.")
        numbers = words(
            setting,
            "Above a quantity stands its value, below it the gradient of {of} with respect to it.",
            of=setting.objective,
        )
        yield GraphFigure(nodes, edges, numbers if any(node.value for node in nodes) else arrows)


def _node(setting: Setting, name: str) -> GraphNode:
    node = GraphNode(name, setting.maths(Name(name)), _kind(setting, name), _anchor(setting, name))
    given, run = setting.solution.problem.given, setting.solution.run
    value, gradient = run.quantities.get(name, given.get(name)), run.gradients.get(name)
    if setting.solution.problem.report.graph != "values" or value is None:
        return node
    return replace(
        node,
        value=_small(setting, value) or _shape(value),
        gradient=_small(setting, gradient),
        answer=answer(setting.gradient(name)),
    )


def _small(setting: Setting, number: Array | None) -> Maths | None:
    if number is None or number.ndim > 1 or number.size > LONGEST_VECTOR:
        return None
    return setting.maths(Value(number))


def _shape(number: Array) -> Maths:
    """2 × 3."""
    dims = [part for size in number.shape for part in (Operator("×"), Numeral(str(size)))]
    return Row(tuple(dims[1:]))


def _anchor(setting: Setting, name: str) -> str:
    """Where a node's passage begins: its gradient's, or for want of one the forward pass."""
    gradient = setting.solution.derivation.gradients.get(name)
    if any(found.covers(name) for found in setting.solution.rounds):
        return next(f"rounds-{found.counter.name}" for found in setting.solution.rounds if found.covers(name))
    return "forward" if gradient is None or is_constant(gradient) else f"gradient-{name}"


def _kind(setting: Setting, name: str) -> Literal["data", "parameter", "quantity", "objective"]:
    graph = setting.solution.graph
    if name in (graph.of, *setting.solution.problem.also):
        return "objective"
    if name in graph.quantities:
        return "quantity"
    return "parameter" if name in graph.wrt else "data"

"""What a user should know before anything is derived: slips in the file, assumed shapes, stretched arrays."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.languages import Said
from symgrad.operations import OPERATIONS
from symgrad.reading.problem import Problem
from symgrad.tree import Formula, Op, walk


def cautions(problem: Problem, graph: Graph) -> tuple[str, ...]:
    """Sentences for stderr."""
    return (*problem.warnings, *_assumed(graph), *dict.fromkeys(_stretched(graph)))


def _assumed(graph: Graph) -> Iterator[str]:
    shapes = {name: _listed(graph.shapes[name]) for name in graph.assumed}
    if shapes:
        taken = ", ".join(f"{name}: {shape}" for name, shape in shapes.items())
        assumed = "no shape is stated for {names}: taken as {taken}"
        yield Said(assumed, names=", ".join(shapes), taken=taken)


def _stretched(graph: Graph) -> Iterator[str]:
    """A column beside a vector, which NumPy stretches both; ``keepdims`` and ``reshape`` ask for that."""
    for name, formula in graph.quantities.items():
        for node in walk(formula):
            if isinstance(node, Op) and node.name in OPERATIONS and not any(map(_keeps_axis, walk(node))):
                shapes = [graph.shape(arg) for arg in node.args]
                whole = graph.shape(node)
                if OPERATIONS[node.name].kind == "elementwise" and whole not in shapes:
                    *sides, to = (_listed(tuple(graph.sizes.get(d, d) for d in s)) for s in (*shapes, whole))
                    stretched = "in '{name}' arrays of shapes {sides} are all stretched, to {to}"
                    yield Said(stretched, name=_shown(graph, name), sides=reduce(_and, sides), to=to)


def _and(first: str, last: str) -> str:
    return Said("{first} and {last}", first=first, last=last)


def _keeps_axis(node: Formula) -> bool:
    return isinstance(node, Op) and (bool(node.option("keepdims")) or node.name == "reshape")


def _shown(graph: Graph, name: str) -> str:
    """A quantity of the user's: the one that uses a part that was named for its sake."""
    while name in graph.auxiliary:
        (name, *_) = graph.consumers(name)
    return name


def _listed(shape: Shape) -> str:
    return f"[{', '.join(map(str, shape))}]"

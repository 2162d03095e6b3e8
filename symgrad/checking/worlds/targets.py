"""Facts that a cross-entropy and a divergence take for granted: their targets sum to one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.graph import Graph
from symgrad.reading.model import Problem
from symgrad.tree import Formula, Name, Op, walk


def target_facts(problem: Problem, graph: Graph) -> Iterator[Fact]:
    """Σ y = 1 for every y of Σ y log p and Σ y log(y / p) with p a softmax, where Σ y has no name.

    If y is given, its numbers must sum to one.
    """
    for formula in graph.quantities.values():
        for node in walk(formula):
            if isinstance(node, Op) and node.name == "multiply":
                for one, other in (node.args, node.args[::-1]):
                    if (
                        isinstance(one, Name)
                        and _is_target(one.id, problem, graph)
                        and any(_is_log_softmax(term, graph) for term in _terms(other))
                    ):
                        yield Fact(one.id, _axis(one.id, graph), Fraction(1))


def _axis(name: str, graph: Graph) -> int | None:
    rank = len(graph.shapes[name])
    return None if rank == 1 else rank - 1


def _is_target(name: str, problem: Problem, graph: Graph) -> bool:
    named = Op("sum", (Name(name),)) in graph.quantities.values()
    updated = problem.update is not None and name in problem.update.parameters
    if name not in graph.leaves or named or updated or len(graph.shapes[name]) not in (1, 2):
        return False
    given = (point[name] for point in problem.points if name in point)
    return all(np.allclose(np.sum(array, axis=_axis(name, graph)), 1) for array in given)


def _terms(formula: Formula) -> Iterator[Formula]:
    """The logarithms of which another is subtracted: log y and log p of log(y / p)."""
    match formula:
        case Op("log", (Op("divide", parts),)):
            yield from (Op("log", (part,)) for part in parts)
        case Op("subtract", parts):
            yield from parts
        case _:
            yield formula


def _is_log_softmax(formula: Formula, graph: Graph) -> bool:
    match formula:
        case Op("log_softmax"):
            return True
        case Op("log", (Op("softmax"),)):
            return True
        case Op("log", (Name(id),)):
            made = graph.quantities.get(id)
            return isinstance(made, Op) and made.name == "softmax"
        case Name(id):
            made = graph.quantities.get(id)
            return made is not None and made != formula and _is_log_softmax(made, graph)
    return False

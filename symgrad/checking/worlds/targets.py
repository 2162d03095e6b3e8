"""Facts that a cross-entropy takes for granted: its targets sum to one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symgrad.calculus.facts import Fact
from symgrad.graph import Graph
from symgrad.reading.model import Problem
from symgrad.tree import Formula, Name, Op, walk


def target_facts(problem: Problem, graph: Graph) -> Iterator[Fact]:
    """Σ y = 1 for every y of Σ y log p with p a softmax, where y is not given and Σ y has no name."""
    for formula in graph.quantities.values():
        for node in walk(formula):
            if isinstance(node, Op) and node.name == "multiply":
                for one, other in (node.args, node.args[::-1]):
                    if (
                        isinstance(one, Name)
                        and _is_target(one.id, problem, graph)
                        and _is_log_softmax(other, graph)
                    ):
                        rank = len(graph.shapes[one.id])
                        yield Fact(one.id, None if rank == 1 else rank - 1, Fraction(1))


def _is_target(name: str, problem: Problem, graph: Graph) -> bool:
    named = Op("sum", (Name(name),)) in graph.quantities.values()
    free = name in graph.leaves and name not in problem.given and not named
    return free and len(graph.shapes[name]) in (1, 2)


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

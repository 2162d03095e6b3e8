"""General gradients, put back into every round: there they must be the gradients of the problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.alike import NotAlike
from symgrad.calculus.facts import Known
from symgrad.calculus.recurrence import Rounds
from symgrad.calculus.sampling import Sampler, real
from symgrad.calculus.steps import GradientOf, Step
from symgrad.calculus.verify import at_all_points, compare_sides
from symgrad.calculus.worlds import Worlds, result_value
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.tree import Formula, Gradient, Name, Op, Size, added, names, transform, walk


def check_rounds(
    rounds: Rounds, graph: Graph, known: Mapping[str, GradientOf], facts: tuple[Known, ...]
) -> None:
    """Compare them, at random points of the problem, with its own gradients, the ``known`` ones.

    Raises `DerivationError` where a round has another gradient, `NotAlike` where there are no points, or a
    gradient has a size in it that is not the same in every round.
    """
    worlds = Worlds(graph, facts)

    def check(sample: Sampler) -> tuple[()]:
        world = worlds.at(sample)
        with mpmath.workdps(world.digits):
            for name in known:
                world.know(Gradient(graph.of, name), known)
            for target in rounds.lasts:
                for step, found, true in _sides(rounds, target, graph):
                    for one in found:
                        _check_names(one, graph, known)
                    values = [real(result_value(one, world.values)) for one in found]
                    compare_sides(step, real(world.names[true]), reduce(np.add, values))
        return ()

    if not at_all_points(graph, check):
        raise NotAlike


def _sides(
    rounds: Rounds, target: str, graph: Graph
) -> Iterator[tuple[Step, tuple[GradientOf, ...], Gradient]]:
    """What is claimed in each round, and the gradient of the problem that it is."""
    gradient, counter = rounds.derivation.gradients[target], rounds.counter
    step = Step(target, "round", Gradient(graph.of, target), gradient.result)
    if target in rounds.shared:
        terms = [_at(rounds, gradient, target, number, graph) for number in counter.numbers]
        if rest := rounds.shared[target]:
            terms.append(replace(terms[0], matrix_form=added(rest)))
        yield step, tuple(terms), Gradient(graph.of, target)
        return
    for number in range(counter.first, rounds.lasts[target] + 1):
        name = rounds.named(target, number)
        yield step, (_at(rounds, gradient, name, number, graph),), Gradient(graph.of, name)


def _at(rounds: Rounds, gradient: GradientOf, name: str, number: int, graph: Graph) -> GradientOf:
    """A general gradient in one round."""
    shape = graph.shapes[name]
    free = tuple(replace(index, dim=dim) for index, dim in zip(gradient.free, shape, strict=True))

    dims = {dim for shape_ in rounds.graph.shapes.values() for dim in shape_ if dim != 1}

    def put(formula: Formula) -> Formula:
        return transform(rounds.schema.at(formula, number), change)

    def change(node: Formula) -> Formula:
        if isinstance(node, Gradient):
            return Gradient(node.of, rounds.named(node.wrt, number))
        if isinstance(node, Size) or (isinstance(node, Op) and dims & _said(node)):
            _check_sizes(rounds, number, graph)
        return node

    matrix = None if gradient.matrix_form is None else put(gradient.matrix_form)
    return replace(gradient, free=free, matrix_form=matrix, index_form=put(gradient.index_form))


def _check_names(gradient: GradientOf, graph: Graph, known: Mapping[str, GradientOf]) -> None:
    """All that a gradient of a round holds is there: no gradient of what J rests not on, no row too many."""
    for node in (*walk(gradient.result), *walk(gradient.index_form)):
        if isinstance(node, Gradient) and node.wrt not in known:
            raise NotAlike
        if isinstance(node, Name) and node.id not in graph.shapes:
            raise NotAlike
        if not _is_looked_up(node, graph):
            raise NotAlike


def _is_looked_up(node: Formula, graph: Graph) -> bool:
    """Whether the positions that a look-up takes are there, as far as sizes are known."""
    if not isinstance(node, Op) or node.name != "index":
        return True
    sizes = (graph.sizes.get(dim) if isinstance(dim, str) else dim for dim in graph.shape(node.args[0]))
    places = zip(node.option("key"), sizes, strict=False)
    return all(not isinstance(part, int) or size is None or -size <= part < size for part, size in places)


def _said(op: Op) -> set[object]:
    """What stands in the options of an operation, sizes among it."""
    values = (value for _, value in op.options)
    parts = (part for value in values for part in (value if isinstance(value, tuple) else (value,)))
    return {part for part in parts if isinstance(part, str)}


def _check_sizes(rounds: Rounds, number: int, graph: Graph) -> None:
    """The names of a round have the sizes that they have in the first."""

    def shape(name: str, at: int) -> tuple[Any, ...] | None:
        found = rounds.schema.at(Name(name), at)
        there = all(used in graph.shapes for used in names(found)) and _is_looked_up(found, graph)
        return graph.shape(found) if there else None

    for name in rounds.names:
        found = shape(name, number)  # behind the last round there is none
        if found is not None and found != shape(name, rounds.counter.first):
            raise NotAlike

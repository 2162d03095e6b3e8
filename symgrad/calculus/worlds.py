"""Random points of a whole graph: leaves, of which the facts are true, and what the formulas make of them.

All numbers at a point belong together: a quantity has the value its formula gives, a gradient the one
its result gives. So whatever is true by a definition (x − Aᵀm = 0 for x = Aᵀm) is true there.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.calculus.facts import Known
from symgrad.calculus.sampling import Sampler, Undefined, precise_enough, real
from symgrad.calculus.spelling import Letters
from symgrad.calculus.steps import GradientOf
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate, stopped
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers, as_object
from symgrad.tree import Formula, Gradient, Name, names, walk


class World(Struct, frozen=True):
    """A point of a graph, and the digits that its numbers have."""

    graph: Graph
    names: dict[Formula, Numbers]
    sizes: Mapping[Any, int]
    digits: int
    _known: dict[tuple[Formula, int], Numbers] = field(default_factory=dict)

    @property
    def values(self) -> Values:
        """What everything that is known here stands for."""
        return Values(self.names, self.sizes, EXACT, self._known)

    def know(self, formula: Formula, known: Mapping[str, GradientOf]) -> None:
        """Give every gradient in a formula the value of its result, and those in that result before it."""
        for node in walk(formula):
            if isinstance(node, Gradient) and node not in self.names:
                self.know(known[node.wrt].result, known)
                self.names[node] = real(result_value(known[node.wrt], self.values))

    def moved(self, moves: Mapping[Formula, Numbers]) -> Any:
        """The sum of the objective's entries, times those of the seed, with quantities moved once made."""
        weight = self.names[Name(self.graph.seed)] if self.graph.seed else 1
        return np.sum(weight * self.after(moves, self.graph.of))

    def after(self, moves: Mapping[Formula, Numbers], name: str) -> Numbers:
        """The value of a name with quantities moved, each once it is made."""
        point = {moved: as_object(self.names[moved] + move) for moved, move in moves.items()}
        known = stopped(self.graph.quantities.values(), self.values)
        there = Values(ChainMap(point, self.names), self.sizes, EXACT, known=known)
        for made, formula in self.graph.quantities.items():
            if any(Name(used) in point for used in names(formula)):
                point[Name(made)] = as_object(real(evaluate(formula, there)) + moves.get(Name(made), 0))
        return point.get(Name(name), self.names[Name(name)])


class Worlds:
    """The points of one graph, each worked out once."""

    def __init__(self, graph: Graph, facts: tuple[Known, ...]) -> None:
        self.graph, self.facts = graph, facts
        self._made: dict[Any, World | None] = {}

    def at(self, sample: Sampler) -> World:
        """The point that a sampler draws. Raises `Undefined` where a formula has no value there."""
        if sample.key not in self._made:
            self._made[sample.key] = None
            self._made[sample.key] = self._world(sample)
        world = self._made[sample.key]
        if world is None:
            raise Undefined
        return world

    def _world(self, sample: Sampler) -> World:
        leaves = random_leaves(self.graph, self.facts, sample)
        with precise_enough(*forward(self.graph, leaves, sample.sizes).values()):
            point = forward(self.graph, leaves, sample.sizes)
            return World(self.graph, point, sample.sizes, mpmath.mp.dps)


def below(graph: Graph, name: str) -> Graph:
    """The part of a graph that a quantity rests on."""
    wanted = {name}
    for quantity in reversed(tuple(graph.quantities)):
        if quantity in wanted:
            wanted.update(names(graph.quantities[quantity]))
    quantities = {id: formula for id, formula in graph.quantities.items() if id in wanted}
    shapes = {id: shape for id, shape in graph.shapes.items() if id in wanted}
    return replace(graph, quantities=quantities, shapes=shapes, of=name, seed="", _cache={})


def random_leaves(graph: Graph, facts: tuple[Known, ...], sample: Sampler) -> dict[Formula, Numbers]:
    """Random 50-digit values for all leaves of a graph, of which the facts are true."""
    leaves: dict[Formula, Numbers] = {}
    for name in graph.leaves:
        leaves[Name(name)] = sample.array(graph.shapes[name])
        for fact in facts:
            if fact.name == name:
                leaves[Name(name)] = fact.made_true(leaves[Name(name)])
    return leaves


def forward(
    graph: Graph, leaves: Mapping[Formula, Numbers], sizes: Mapping[Any, int]
) -> dict[Formula, Numbers]:
    """The 50-digit values of all quantities at these leaves."""
    point = dict(leaves)
    values = Values(point, sizes, EXACT, known={})
    for name, formula in graph.quantities.items():
        point[Name(name)] = real(evaluate(formula, values))
    return point


def result_value(gradient: GradientOf, values: Values) -> Numbers:
    """The value of a gradient's result, in matrix or in index form."""
    letters = Letters(*gradient.free)
    lengths = {letters(i): (1 if i.dim == 1 else values.sizes[i.dim]) for i in gradient.free}
    if gradient.matrix_form is None:
        return evaluate_entries(gradient.index_form, tuple(lengths), values, lengths)
    shape = tuple(lengths.values())
    return np.asarray(np.broadcast_to(evaluate(gradient.matrix_form, values), shape))

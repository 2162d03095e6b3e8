"""A problem as the checker needs it: its graph, and what rests on what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.calculus.facts import Fact
from symgrad.calculus.structures import Structure
from symgrad.checking.worlds.targets import target_facts
from symgrad.graph import Graph, build_graph, stated_dimensions
from symgrad.graph.labels import check_labels, label_dims
from symgrad.graph.seeds import is_unstated
from symgrad.notation.setting import OBJECTIVES
from symgrad.reading.model import Problem, default_wrt
from symgrad.solving import facts_of
from symgrad.tree import Name, Number, Op, names, walk

RATE = "learning rate"
"""The name of a learning rate that the problem states as a number."""


class Model(Struct, frozen=True, eq=False, dict=True):
    """A problem with its shapes."""

    problem: Problem
    graph: Graph
    facts: tuple[Fact, ...]
    structures: tuple[Structure, ...] = ()
    taken: tuple[Fact, ...] = ()
    """Those of the facts that nobody states, and that are taken for granted."""
    _below: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def objective(self) -> str:
        """What is differentiated."""
        return self.graph.of

    @cached_property
    def rate(self) -> str:
        """The given that is the learning rate, or `RATE`; '' without an update."""
        update = self.problem.update
        if update is None:
            return ""
        return update.rate if isinstance(update.rate, str) else RATE

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The leaves that are learnt."""
        update = self.problem.update
        wrt = update.parameters if update is not None else default_wrt(self.problem)
        return tuple(name for name in wrt if name not in self.graph.quantities)

    @cached_property
    def data(self) -> frozenset[str]:
        """The leaves that are not."""
        return frozenset(self.problem.data) or frozenset(self.graph.leaves) - frozenset(self.parameters)

    def counted(self, name: str) -> tuple[str, ...]:
        """The sizes that a given number may be: those that are as large."""
        number, graph = self.problem.given.get(name), self.graph
        if number is None or name in graph.wrt or graph.shapes.get(name):
            return ()
        return tuple(dim for dim in self.dimensions if graph.sizes.get(dim) == number)

    def below(self, name: str) -> frozenset[str]:
        """Every name that ``name`` rests on, itself not included."""
        if name not in self._below:
            formula = self.graph.quantities.get(name)
            used = set(names(formula)) if formula is not None else set()
            self._below[name] = frozenset(used).union(*(self.below(other) for other in used))
        return self._below[name]

    def uses(self, name: str) -> tuple[str, ...]:
        """The names in the formula of a quantity."""
        formula = self.graph.quantities.get(name)
        return () if formula is None else names(formula)

    @cached_property
    def samples(self) -> frozenset[str]:
        """The dimensions that data have and no parameter has: those of the samples."""
        shapes = self.graph.shapes
        kept = {dim for name in self.parameters if name in shapes for dim in shapes[name]}
        data = {dim for name in self.graph.leaves if name not in self.parameters for dim in shapes[name]}
        data -= kept | {dim for _, dim in self.graph.derived}
        return frozenset(dim for dim in data if isinstance(dim, str) and self.parameters)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The names of all sizes."""
        dims = (dim for shape in self.graph.shapes.values() for dim in shape if isinstance(dim, str))
        return tuple(dict.fromkeys(dims))

    @cached_property
    def labels(self) -> Mapping[str, Any]:
        """The names that hold labels, and the dimension whose places these are."""
        return label_dims(self.graph)

    @cached_property
    def stated_dimensions(self) -> frozenset[str]:
        """The names of sizes that the problem file writes: other names are our own choice."""
        return frozenset(stated_dimensions(self.problem))

    @cached_property
    def literal_sizes(self) -> frozenset[int]:
        """Sizes of the givens that stand in formulas as whole numbers, once or twice: sum(l)/8 of four."""
        sizes = {size for size in self.graph.sizes.values() if size > 2}
        found = {
            int(node.value)
            for formula in self.graph.quantities.values()
            for node in walk(formula)
            if isinstance(node, Number) and node.value.denominator == 1
        }
        return frozenset(size for size in sizes if {size, 2 * size} & found)

    def without_taken(self, names: frozenset[str]) -> Model:
        """The same problem where nothing is taken for granted of these."""
        doubted = {fact for fact in self.taken if fact.name in names}
        if not doubted:
            return self
        return replace(self, facts=tuple(f for f in self.facts if f not in doubted), taken=(), _below={})

    def with_facts(self, more: tuple[Fact, ...]) -> Model:
        """The same problem where more is known of the data."""
        if set(more) <= set(self.facts):
            return self
        return replace(self, facts=tuple(dict.fromkeys((*self.facts, *more))), _below={})


@lru_cache(maxsize=4)
def model_of(problem: Problem) -> Model:
    """What is known of a problem, worked out once for all submissions about it.

    Raises `InputError` where the problem cannot be used.
    """
    graph = build_graph(problem)
    check_labels(problem, graph)
    every = facts_of(problem, graph)
    stated = [fact for fact in every if isinstance(fact, Fact)]
    structures = tuple(fact for fact in every if isinstance(fact, Structure))
    known = {fact.name for fact in stated}
    taken = tuple(fact for fact in target_facts(problem, graph) if fact.name not in known)
    facts = tuple(dict.fromkeys((*stated, *taken)))
    return Model(problem, _with_objective(graph, problem), facts, structures, taken)


def _with_objective(graph: Graph, problem: Problem) -> Graph:
    """Where no formula states the objective L, a quantity for it: Σ g ⊙ y has the gradient g by y."""
    taken = {*graph.shapes, *(dim for shape in graph.shapes.values() for dim in shape)}
    free = [name for name in (*OBJECTIVES, "ell") if name not in taken]
    if not (free and is_unstated(problem, graph.of, graph.shapes[graph.of])):
        return graph
    of = Name(graph.of)
    made = Op("sum", (Op("multiply", (Name(graph.seed), of)) if graph.seed else of,))
    quantities = {**graph.quantities, free[0]: made}
    shapes = {**graph.shapes, free[0]: ()}
    return replace(graph, quantities=quantities, shapes=shapes, of=free[0], seed="", _cache={})

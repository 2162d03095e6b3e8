"""A wrong line as the mistakes see it: what it is about, what was written, and where that is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.explaining.said import of_problem
from symgrad.checking.explaining.supposing import supposing
from symgrad.checking.explaining.tape import Edge, Run, Spot, Tape, run_of, tape_of
from symgrad.checking.explaining.target import Target
from symgrad.checking.judging.readings import AGREE, Outcome, Question, ask, values
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Element, Literal, Node, Symbol, walk
from symgrad.tree import Array, Formula, Name, Number, Op, Size
from symgrad.tree import walk as formulas

if TYPE_CHECKING:
    from symgrad.checking.judging.bench import Bench

FAULTS = (ValueError, IndexError, KeyError, TypeError, NoValue, np.linalg.LinAlgError, ZeroDivisionError)
"""What a mistake that cannot have been made here ends in."""
TINY = 1e-9
NEAR = 1e-6
MOST_VALUES = 60
READINGS = 10
"""Ways to read both sides, of which one must fit what is supposed."""


class Case(Struct, frozen=True, dict=True):
    """``left`` is right and ``wrong`` differs from it; ``question`` is the two, with all that stands around.

    ``worlds`` are where they are compared; ``numeric``: the written side is one of printed numbers.
    """

    bench: Bench
    question: Question
    worlds: tuple[World, ...]
    target: Target | None
    numeric: bool
    _tried: dict[Node, bool] = field(default_factory=dict)
    _written: dict[World, tuple[Array, ...] | None] = field(default_factory=dict)

    @property
    def wrong(self) -> Node:
        """What was written."""
        return self.question.right

    @property
    def dictionary(self) -> Dictionary:
        """What the symbols of the submission stand for."""
        return self.bench.dictionary

    @property
    def model(self) -> Model:
        """The problem."""
        return self.bench.dictionary.model

    @property
    def tape(self) -> Tape:
        """The problem taken apart."""
        return tape_of(self.model)

    def maths_of(self, part: Formula | str) -> str:
        """A formula or a name of the problem, in a sentence."""
        return of_problem(part, self.model)

    def local(self, edge: Edge) -> str:
        """A local derivative in words."""
        formula, by = edge.parent.formula, edge.child.formula
        match formula:
            case Op("multiply" | "matmul" | "dot" | "outer", (_, _) as args):
                return self.maths_of(args[1 - edge.place])
        return f"the derivative of {self.maths_of(formula)} by {self.maths_of(by)}"

    @property
    def is_slope(self) -> bool:
        """Whether the line is about a derivative."""
        return self.target is not None and bool(self.target.wrt)

    @property
    def is_gradient(self) -> bool:
        """Whether the line is about a derivative of the objective."""
        return self.is_slope and self.target is not None and self.target.name == self.model.objective

    @property
    def is_value(self) -> bool:
        """Whether the line is about a quantity."""
        return self.target is not None and not self.target.wrt and not self.target.new

    @property
    def of(self) -> str:
        """What is differentiated, or the quantity that the line is about."""
        return "" if self.target is None else self.target.name

    @property
    def wrt(self) -> str:
        """By what is differentiated."""
        return "" if self.target is None else self.target.wrt

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The single steps of the chain rule from what is differentiated to what by."""
        return self.tape.between(self.of, self.wrt) if self.is_slope else ()

    @cached_property
    def steps(self) -> tuple[Edge, ...]:
        """Those of the edges that stand for an operation."""
        return tuple(edge for edge in self.edges if edge.op)

    @cached_property
    def counts(self) -> tuple[str | int, ...]:
        """The sizes that something is divided by: of a mean, of 1/N, of 1/4 where an axis has four
        entries.
        """
        graph = self.model.graph
        sizes = {size for size in graph.sizes.values() if size > 1}
        found: dict[str | int, None] = {}
        for formula in graph.quantities.values():
            for node in formulas(formula):
                match node:
                    case Op("mean" | "var" | "std", (body,)):
                        axis, shape = node.option("axis"), graph.shape(body)
                        found.update(dict.fromkeys(shape if axis is None else (shape[axis],)))
                    case Op("divide", (_, Size(dim))):
                        found[dim] = None
                    case Op("divide" | "multiply", args):
                        values = {arg.value for arg in args if isinstance(arg, Number)}
                        known = {1 / v if v < 1 else v for v in values if v > 0}
                        found.update(
                            (int(v), None) for s in (1, 2) for v in sorted({k / s for k in known} & sizes)
                        )
        return tuple(dim for dim in found if dim != 1)

    @cached_property
    def pinned(self) -> bool:
        """Whether the line is about one entry with a number for its place."""
        return any(isinstance(index, Literal) for index in self._indices(self.question.left))

    def _indices(self, node: Node) -> Iterator[Node]:
        for part in walk(node):
            if isinstance(part, Element):
                yield from part.indices
            elif isinstance(part, Symbol) and (found := next(self.dictionary.find(part), None)) is not None:
                yield from (*found.samples, *found.indices)

    @property
    def weight(self) -> int:
        """How much it takes to try something: the nodes of both sides."""
        return sum(1 for side in (self.question.left, self.wrong) for _ in walk(side))

    @cached_property
    def recurrent(self) -> bool:
        """Whether the same parameters are used at several steps, one resting on the other."""
        graph = self.model.graph
        for leaf in self.model.parameters:
            users = graph.consumers(leaf)
            for n, first in enumerate(users):
                for second in users[n + 1 :]:
                    alike = _shape(graph.quantities[first]) == _shape(graph.quantities[second])
                    if alike and first in self.model.below(second):
                        return True
        return False

    def holds(self, node: Node) -> bool:
        """Whether the line would hold with this in the place of what was written."""
        if node not in self._tried:
            self._tried[node] = self._holds(node)
        return self._tried[node]

    def _holds(self, node: Node) -> bool:
        try:
            return ask(replace(self.question, right=node), self.worlds, most=READINGS).kind == AGREE
        except FAULTS:
            return False

    def shows(self, array: Callable[[Here], Any], zero: bool = False) -> bool:
        """Whether what was written is what the first side would be worth with another array for its target.

        Zero everywhere says nothing, unless ``zero`` is what the mistake makes: so many slips lead to it.
        """
        if self.target is None:
            return False
        some = zero
        for world in self.worlds:
            found = self._supposed(world, array)
            if found is None:
                return False
            some = some or bool(np.abs(found).max(initial=0.0) > TINY)
        return some

    def _supposed(self, world: World, array: Callable[[Here], Any]) -> Array | None:
        """The array that is supposed at a point, if the line holds with it."""
        assert self.target is not None
        try:
            found = np.asarray(array(self.here(world)), dtype=float)
            if not np.isfinite(found).all() or not self._may_show(world, found):
                return None
            supposed = supposing(world, self.target, found)
            return found if ask(self.question, [supposed], most=READINGS).kind == AGREE else None
        except FAULTS:
            return None

    def _may_show(self, world: World, array: Array) -> bool:
        """Whether all that was written is among what is supposed, in some reading: else they cannot agree."""
        if self.numeric or self.question.conditions:
            return True
        if world not in self._written:
            self._written[world] = values(self.question, world, MOST_VALUES)
        known = self._written[world]
        if known is None:
            return True
        entries = np.sort(np.ravel(array))
        return any(_within(written[np.isfinite(written)], entries) for written in known)

    @cached_property
    def outcome(self) -> Outcome:
        """How the two sides differ at the first point."""
        return ask(self.question, self.worlds[:1])

    @cached_property
    def true_side(self) -> Array | None:
        """What the right one of the two sides is worth at the first point."""
        pair = self.outcome.pair
        return None if pair is None else np.real(np.asarray(pair.left)).astype(float)

    def here(self, world: World) -> Here:
        """The case at one of its points."""
        assert self.target is not None
        return Here(self, world, run_of(world))

    def name_of(self, symbol: Symbol) -> str:
        """The name of the problem that a symbol is; ''."""
        found = next(self.dictionary.find(symbol), None)
        return "" if found is None or found.name not in self.model.graph.shapes else found.name


def _within(values: Array, entries: Array) -> bool:
    """Whether each value is close to one of some sorted entries."""
    places = np.clip(np.searchsorted(entries, values), 1, max(1, entries.size - 1))
    near = np.minimum(
        np.abs(entries[places - 1] - values), np.abs(entries[np.minimum(places, entries.size - 1)] - values)
    )
    return bool(np.all(near <= NEAR * (1 + np.abs(values))))


def _shape(formula: Any) -> tuple[str, ...]:
    """A formula without its names."""
    return tuple(node.name if isinstance(node, Op) else "·" for node in formulas(formula))


class Here(Struct, frozen=True, eq=False, dict=True):
    """A case at one point."""

    case: Case
    world: World
    run: Run

    @cached_property
    def truth(self) -> Array:
        """What the target is worth."""
        target, world = self.case.target, self.world
        assert target is not None
        if target.new:
            return world.after.value(target.name)
        if not target.wrt:
            return world.value(target.name)
        return self.swept({})

    def swept(self, changed: dict[Edge, Any]) -> Array:
        """The derivative with some local ones exchanged."""
        return self.run.swept(self.case.of, self.case.wrt, changed)

    def local(self, edge: Edge) -> Array:
        """A local derivative."""
        return self.run.local(edge)

    def spot(self, spot: Spot) -> Array:
        """The value of an operation or a name."""
        return self.run.value(spot)

    def value(self, name: str) -> Array:
        """The value of a name."""
        return self.world.value(name)

    def gradient(self, name: str) -> Array:
        """∂of/∂name, where the line is about another derivative of the same."""
        return self.run.swept(self.case.of, name, {})

    def size(self, dim: str | int) -> float:
        """A size."""
        return float(dim if isinstance(dim, int) else self.world.sizes[dim])


def literals(node: Node) -> Iterator[Literal]:
    """The printed numbers in a side."""
    return (part for part in walk(node) if isinstance(part, Literal))


def spot_of(name: str) -> Spot:
    """The spot of a name."""
    return Spot(Name(name))

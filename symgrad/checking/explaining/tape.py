"""The forward formulas taken apart into single operations, and the chain rule along them.

Between an operation and each of its operands lies an edge with its local derivative. A slip in the
chain rule is one such derivative that is another: `swept` contracts them all, some of them exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from msgspec import Struct, field

from symgrad.checking.worlds.jets import FUNCTIONS, H
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.moved import at
from symgrad.checking.worlds.world import World
from symgrad.tree import Array, Formula, Function, Name, Number, Op, names, substitute, transform

LARGEST = 40_000
"""Entries of a local derivative, beyond which no tape is run."""


class TooLarge(ValueError):
    """The arrays of a problem are too large for this."""


class Spot(Struct, frozen=True):
    """A subformula in the formula of a quantity (``owner``); of a name, wherever it is used."""

    formula: Formula
    owner: str = ""

    @property
    def name(self) -> str:
        """The name that it is; '' for an operation."""
        return self.formula.id if isinstance(self.formula, Name) else ""

    @property
    def op(self) -> str:
        """The operation that it is; '' for a name."""
        return self.formula.name if isinstance(self.formula, Op) else ""


class Edge(Struct, frozen=True):
    """An operation, or a quantity, and one of what it is made of."""

    parent: Spot
    place: int
    child: Spot

    @property
    def op(self) -> str:
        """The operation; '' between a quantity and its formula."""
        return self.parent.op


class Tape(Struct, frozen=True, eq=False, dict=True):
    """All spots of a problem, operands before what is made of them, and the edges between."""

    model: Model
    spots: tuple[Spot, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def into(self) -> Mapping[Spot, tuple[Edge, ...]]:
        """The edges from each spot to what it is made of."""
        found: dict[Spot, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.parent, []).append(edge)
        return {spot: tuple(edges) for spot, edges in found.items()}

    @cached_property
    def _resting(self) -> Mapping[Spot, frozenset[Spot]]:
        found: dict[Spot, frozenset[Spot]] = {}
        for spot in self.spots:
            parts = [edge.child for edge in self.into.get(spot, ())]
            found[spot] = frozenset(parts).union(*(found[part] for part in parts))
        return found

    def rests(self, spot: Spot, on: str) -> bool:
        """Whether a spot is a name, or is made of it."""
        target = Spot(Name(on))
        return spot == target or target in self._resting[spot]

    @lru_cache(maxsize=64)  # noqa: B019 (tapes live as long as their problem is checked)
    def between(self, of: str, wrt: str) -> tuple[Edge, ...]:
        """The edges that lie on a way from ``of`` to ``wrt``."""
        top = Spot(Name(of))
        above = self._resting.get(top, frozenset()) | {top}
        stop = Spot(Name(wrt))
        return tuple(
            e for e in self.edges if e.parent in above and e.parent != stop and self.rests(e.child, wrt)
        )

    def uses(self, spot: Spot, edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
        """Those of the edges that lead to a spot."""
        return tuple(edge for edge in edges if edge.child == spot)


def tape_of(model: Model) -> Tape:
    """The tape of a problem."""
    return _tape(model)


@lru_cache(maxsize=4)
def _tape(model: Model) -> Tape:
    spots: dict[Spot, None] = {Spot(Name(leaf)): None for leaf in model.graph.leaves}
    edges: list[Edge] = []
    for name, formula in model.graph.quantities.items():
        root = _taken_apart(transform(formula, _inlined), name, spots, edges)
        spots[Spot(Name(name))] = None
        if root is not None:
            edges.append(Edge(Spot(Name(name)), 0, root))
    return Tape(model, tuple(spots), tuple(edges))


def _inlined(node: Formula) -> Formula:
    """A function of the problem's own as its formula, where it has one."""
    definition = node.option("definition") if isinstance(node, Op) else None
    if not isinstance(definition, Function) or definition.body is None or not isinstance(node, Op):
        return node
    values = (
        *node.args,
        *map(
            Number,
            definition.defaults[len(definition.defaults) - len(definition.parameters) + len(node.args) :],
        ),
    )
    put: dict[Formula, Formula] = {Name(p): v for p, v in zip(definition.parameters, values, strict=False)}
    return transform(substitute(definition.body, put), _inlined)


def _taken_apart(formula: Formula, owner: str, spots: dict[Spot, None], edges: list[Edge]) -> Spot | None:
    """The spot of a formula, with everything below it noted; None of a constant."""
    if isinstance(formula, Name):
        return Spot(formula)
    if not isinstance(formula, Op) or not names(formula):
        return None
    spot = Spot(formula, owner)
    if spot not in spots:
        parts = [(n, _taken_apart(part, owner, spots, edges)) for n, part in enumerate(formula.args)]
        spots[spot] = None
        edges.extend(Edge(spot, n, part) for n, part in parts if part is not None)
    return spot


class Run(Struct, frozen=True, eq=False):
    """A tape at a point: the value of every spot, the local derivative of every edge, when asked for."""

    tape: Tape
    world: World
    _cache: dict[Any, Array] = field(default_factory=dict)

    def value(self, spot: Spot) -> Array:
        """The value of a spot."""
        if spot not in self._cache:
            self._cache[spot] = np.asarray(at(spot.formula, self.world.value, self.world.sizes), dtype=float)
        return self._cache[spot]

    def local(self, edge: Edge, values: Mapping[Spot, Array] | None = None) -> Array:
        """∂parent/∂child, the axes of the parent first; ``values`` stand for those of some operands."""
        if values:
            return self._local(edge, values)
        if edge not in self._cache:
            self._cache[edge] = self._local(edge, {})
        return self._cache[edge]

    def _local(self, edge: Edge, values: Mapping[Spot, Array]) -> Array:
        child = self.value(edge.child)
        formula = edge.parent.formula
        if not isinstance(formula, Op):
            return np.eye(child.size).reshape((*child.shape, *child.shape))
        point = dict(self._operands(edge.parent, formula, values))
        moved = point[edge.place]
        if moved.shape != child.shape:
            raise ValueError("another shape")
        shape = self.value(edge.parent).shape
        if int(np.prod(shape)) * child.size > LARGEST:
            raise TooLarge
        if formula.name in FUNCTIONS:
            found = np.imag(self._applied(formula, {**point, edge.place: moved + 1j * H})) / H
            spread: Array = _spread(np.broadcast_to(found, shape), child.shape)
            return spread
        columns = []
        for n in range(moved.size):
            step = np.zeros(moved.size, dtype=complex)
            step[n] = 1j * H
            columns.append(
                np.imag(self._applied(formula, {**point, edge.place: moved + step.reshape(moved.shape)})) / H
            )
        return np.stack(columns, axis=-1).reshape((*shape, *child.shape))

    def _operands(self, parent: Spot, formula: Op, values: Mapping[Spot, Array]) -> Iterator[tuple[int, Any]]:
        for edge in self.tape.into.get(parent, ()):
            yield edge.place, values.get(edge.child, self.value(edge.child))

    def _applied(self, formula: Op, point: Mapping[int, Any]) -> Any:
        args = tuple(Name(f"·{n}") if n in point else part for n, part in enumerate(formula.args))
        return at(
            Op(formula.name, args, formula.options), lambda name: point[int(name[1:])], self.world.sizes
        )

    def swept(self, of: str, wrt: str, changed: Mapping[Edge, Array | None], direct: bool = False) -> Array:
        """∂of/∂wrt with some local derivatives exchanged, those of None left out.

        ``direct``: by the formula of ``of`` alone.
        """
        top, stop = Spot(Name(of)), Spot(Name(wrt))
        edges = self.tape.between(of, wrt)
        if direct:
            edges = tuple(e for e in edges if e.parent == top or e.parent.owner == of)
        value = self.value(top)
        rank = value.ndim
        wanted = (*value.shape, *self.value(stop).shape)
        scale = (
            self.world.scale(self.world)
            if self.world.scale is not None and of == self.world.model.objective
            else 1.0
        )
        upstream: dict[Spot, Any] = {top: scale * np.eye(value.size).reshape((*value.shape, *value.shape))}
        if top == stop:
            return np.asarray(upstream[top])
        ways: dict[Spot, list[Edge]] = {}
        for edge in edges:
            ways.setdefault(edge.parent, []).append(edge)
        for spot in reversed(self.tape.spots):
            if spot == stop or spot not in upstream:
                continue
            arrives = upstream[spot]
            if (
                ("slope", spot.name) in self.world.believed
                and of == self.world.model.objective
                and spot != top
            ):
                arrives = self.world.gradient(spot.name)
            for edge in ways.get(spot, ()):
                local = changed[edge] if edge in changed else self.local(edge)
                if local is None:
                    continue
                arrived = (
                    arrives
                    if not edge.op and edge not in changed
                    else np.tensordot(arrives, local, arrives.ndim - rank)
                )
                known = upstream.get(edge.child)
                upstream[edge.child] = arrived if known is None else known + arrived
        return np.asarray(upstream.get(stop, np.zeros(wanted)))


@lru_cache(maxsize=24)
def run_of(world: World) -> Run:
    """The tape of a problem at a point."""
    return Run(tape_of(world.model), world)


def _spread(slopes: Any, shape: tuple[int, ...]) -> Any:
    """The derivative of what is worked out entry by entry, as a Jacobian."""
    size = int(np.prod(shape))
    places = np.broadcast_to(np.arange(size).reshape(shape), slopes.shape).ravel()
    found = np.zeros((slopes.size, size))
    found[np.arange(slopes.size), places] = slopes.ravel()
    return found.reshape((*slopes.shape, *shape))

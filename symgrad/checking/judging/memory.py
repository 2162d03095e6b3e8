"""What is remembered from line to line: the slips, and what follows from believing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.ranges import ranges_of
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import UPDATED, Found, scripts, unbarred
from symgrad.checking.meaning.tensor import COLUMN, ROW, Misfit, Tensor, spread
from symgrad.checking.meaning.variables import variable
from symgrad.checking.worlds.world import MOVED, Moved, Nested, NoValue, World
from symgrad.submission.written import Call, Comparison, Derivative, Literal, Node, Symbol
from symgrad.tree import Array


@dataclass(frozen=True, slots=True)
class Target:
    """What a side names: a value, a slope, a Jacobian or an update; its index letters, or a place in it.

    ``step`` is the number of the only update that is meant, or 0.
    """

    kind: str
    name: str | tuple[str, str]
    letters: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    step: int = 0


@dataclass(frozen=True, slots=True)
class Slip:
    """A wrong line's claim about a ``value``, a ``slope`` of the objective, or a ``jacobian``, at any point.

    ``name`` is what it is about: a name, for a Jacobian two.
    """

    line: int
    kind: str
    name: str | tuple[str, str]
    believed: Belief

    @property
    def about(self) -> tuple[str, str | tuple[str, str], int]:
        """What only one slip can be about."""
        return self.kind, self.name, self.believed.target.step


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that a line leaves behind. ``step``: how many updates the work has made."""

    slips: tuple[Slip, ...] = ()
    step: int = 0
    condition: tuple[Comparison, ...] = ()
    """What "for i = j" said above, while it may still hold."""
    stationary: bool = False
    """Whether a gradient has been set to zero."""
    heading: str = ""
    stated: frozenset[str] = frozenset()
    """Givens that have been stated as they are; ``numbers`` where something was worked out from them."""
    passage: int = 0
    example: World | None = None
    printed: tuple[Slip, ...] = ()
    """Right results as they were printed, that later lines may go on with."""

    def slipped(self, *slips: Slip) -> Memory:
        """With further slips; a later claim about a name takes the place of an earlier one."""
        return replace(self, slips=_with(self.slips, slips))

    def read_off(self, *slips: Slip) -> Memory:
        """With right results as they were printed."""
        return replace(self, printed=_with(self.printed, slips))

    def moved_on(self, step: int, example: World | None) -> Memory:
        """After another update, or with another example: what was printed is of before."""
        return replace(self, step=step, example=example, printed=())


def _with(kept: tuple[Slip, ...], slips: tuple[Slip, ...]) -> tuple[Slip, ...]:
    names = {slip.about for slip in slips}
    return (*(slip for slip in kept if slip.about not in names), *slips)


def believing(world: World, slips: tuple[Slip, ...]) -> World:
    """A point as it is for who made these slips."""
    if not slips:
        return world
    values = {str(slip.name): slip.believed for slip in slips if slip.kind == "value"}
    slopes = {str(slip.name): slip.believed for slip in slips if slip.kind == "slope"}
    jacobians = {slip.name: slip.believed for slip in slips if isinstance(slip.name, tuple)}
    updates = {str(slip.name): slip.believed for slip in slips if slip.kind == "update"}
    return world.believing(values, slopes, jacobians, None, updates)


def slips_of(
    nodes: list[Node], line: int, dictionary: Dictionary, script: Mapping[Any, str]
) -> tuple[Slip, ...]:
    """What somebody believes who wrote a line: its first side is worth what its last ones say."""
    if len(nodes) < 2:
        return ()
    target = target_of(nodes[0], dictionary, line)
    if target is None:
        return ()
    return (Slip(line, target.kind, target.name, Belief(target, tuple(nodes), dictionary, line, script)),)


@dataclass(frozen=True, eq=False)
class Belief:
    """What a name is worth for who wrote a line: the last of its sides that has a value at a point."""

    target: Target
    nodes: tuple[Node, ...]
    dictionary: Dictionary
    line: int
    script: Mapping[Any, str]

    def __call__(self, world: World) -> Array:
        """The value at a world in which everything else is as it is."""
        truth = self._truth(world)
        if self.target.step and world.step + 1 != self.target.step:
            return truth - world.value(world.model.rate) * world.gradient(str(self.target.name))
        for body in self.nodes[:0:-1]:
            for stands in (COLUMN, ROW):
                try:
                    return _worked_out(self._evaluated(body, world, stands), self.target, truth)
                except (Unknown, Misfit, NoValue, Nested, Labelled, ValueError):
                    continue
        raise NoValue(str(self.target.name))

    def along(self, moved: Moved) -> Any:
        """The values while another name moves, one for every entry of it."""
        for body in self.nodes[:0:-1]:
            try:
                found = self._evaluated(body, moved, COLUMN)
            except (Unknown, Misfit, NoValue, Nested, Labelled, ValueError):
                continue
            shape = moved.base.value(str(self.target.name)).shape
            count = moved.base.value(moved.wrt).size
            rest = tuple(axis for axis in found.axes if axis != MOVED)
            if set(rest) - set(self.target.letters):
                continue
            data = spread(found, (MOVED, *(letter for letter in self.target.letters if letter)))
            if data.size == count * int(np.prod(shape)):
                return data.reshape((count, *shape))
            if np.broadcast_shapes(data.shape[1:], shape) == shape and data.shape[0] in (1, count):
                return np.broadcast_to(data, (count, *shape))
        raise NoValue(str(self.target.name))

    def _truth(self, world: World) -> Array:
        name = self.target.name
        if isinstance(name, tuple):
            return world.jacobian(*name, True)
        return world.gradient(name) if self.target.kind == "slope" else world.value(name)

    def _evaluated(self, body: Node, world: World | Moved, stands: str) -> Tensor:
        scope = Scope(self.dictionary, world, Choices(self.script), stands, line=self.line)
        return replace(scope, ranges=ranges_of(self.nodes, scope)).evaluate(body)


def _worked_out(found: Tensor, target: Target, truth: Array) -> Array:
    letters, places = target.letters, target.places
    if places:
        if found.rank or found.axes:
            raise Misfit("an entry is a number")
        changed = np.array(truth, dtype=float)
        changed[places] = np.real(found.data)
        return changed
    named = letters
    if named:
        data = (
            np.real(spread(Tensor(found.data, found.axes), named)) if set(found.axes) <= set(named) else None
        )
        if data is None or found.rank:
            raise Misfit("indices that do not fit")
        return np.array(np.broadcast_to(data, truth.shape), dtype=float)
    if found.axes:
        raise Misfit("indices that do not fit")
    data = np.real(found.data)
    if data.shape != truth.shape:
        if data.size != truth.size:
            raise Misfit("another shape")
        data = data.reshape(truth.shape)
    return np.array(data, dtype=float)


def target_of(node: Node, dictionary: Dictionary, line: int) -> Target | None:
    """What a side names: a value or a gradient of the objective, its index letters, or a place in it."""
    if isinstance(node, Derivative):
        return _slope_target(node, dictionary, line)
    if isinstance(node, Call) and not node.certain:
        node = node.head
    known = scripts(node)
    if known is None:
        return None
    if (bare := _under_accent(known[0], dictionary)) is not None:
        found = next(dictionary.find(bare, known[1]), None)
        shapes = dictionary.model.graph.shapes
        if found is None or found.marks or found.exponent != 1 or found.name not in shapes:
            return None
        return _placed("slope", found.name, (*found.samples, *found.indices), dictionary)
    for found in dictionary.find(*known):
        if (
            UPDATED.intersection(found.marks)
            and found.name in dictionary.model.parameters
            and dictionary.model.rate
        ):
            return Target("update", found.name) if not (found.samples or found.indices) else None
        if found.marks or found.exponent != 1 or found.name not in dictionary.model.graph.shapes:
            return None
        if dictionary.iterated and len(found.samples) == 1:
            return _iterate(found, dictionary)
        return _placed("value", found.name, (*found.samples, *found.indices), dictionary)
    for own, left in dictionary.defined(*known, line):
        if not left and isinstance(own.body, Derivative):
            return _slope_target(own.body, dictionary, line)
    return None


def _iterate(found: Found, dictionary: Dictionary) -> Target | None:
    """W^{(2)}: the second update of W."""
    number = found.samples[0]
    if found.indices or not isinstance(number, Literal) or found.name not in dictionary.model.parameters:
        return None
    return Target("update", found.name, step=int(number.value)) if number.value > 0 else None


def _under_accent(symbol: Symbol, dictionary: Dictionary) -> Symbol | None:
    """W of ΔW, and of W̄ where the work writes gradients with bars."""
    if "Delta" in symbol.accents:
        return replace(symbol, accents=tuple(accent for accent in symbol.accents if accent != "Delta"))
    barred = dictionary.barred and next(dictionary.names.find(symbol), None) is None
    return unbarred(symbol) if barred else None


def _slope_target(node: Derivative, dictionary: Dictionary, line: int) -> Target | None:
    of = node.of.head if isinstance(node.of, Call) else node.of
    known = scripts(of) if of is not None else None
    if known is None:
        return None
    found = next(dictionary.find(*known), None)
    if found is None or found.name not in dictionary.model.graph.shapes or found.marks:
        return None
    try:
        wrt = variable(node.wrt, Scope(dictionary, None, Choices(), line=line))  # type: ignore[arg-type]
    except (Unknown, Misfit, Labelled, AttributeError):
        return None
    places = tuple(p for p in wrt.places if p is not None)
    if found.name != dictionary.model.objective:
        return _jacobian_target(found, wrt.name, places, dictionary)
    return _placed("slope", wrt.name, places, dictionary)


def _jacobian_target(
    found: Found, wrt: str, places: tuple[Node, ...], dictionary: Dictionary
) -> Target | None:
    """∂p_i/∂v_j of two names one of which is made of the other."""
    shapes = dictionary.model.graph.shapes
    indices = (*found.samples, *found.indices, *places)
    if wrt not in dictionary.model.uses(found.name):
        return None
    if not indices:
        return Target("jacobian", (found.name, wrt))
    if len(indices) != len(shapes[found.name]) + len(shapes[wrt]):
        return None
    if not all(isinstance(index, Symbol) and len(index.base) == 1 for index in indices):
        return None
    letters = tuple(index.base for index in indices)  # type: ignore[union-attr]
    return Target("jacobian", (found.name, wrt), letters) if len(set(letters)) == len(letters) else None


def _placed(kind: str, name: str, indices: tuple[Node, ...], dictionary: Dictionary) -> Target | None:
    rank = len(dictionary.model.graph.shapes[name])
    if not indices:
        return Target(kind, name)
    if len(indices) != rank:
        return None
    if all(isinstance(index, Literal) for index in indices):
        start = 0 if dictionary.from_zero else 1
        places = tuple(int(index.value) - start for index in indices)  # type: ignore[union-attr]
        fits = all(
            0 <= p < dictionary.model.graph.sizes.get(d, 10**9)
            for p, d in zip(places, dictionary.model.graph.shapes[name], strict=True)
        )
        return Target(kind, name, (), places) if fits else None
    if all(isinstance(index, Symbol) and len(index.base) == 1 for index in indices):
        return Target(kind, name, tuple(index.base for index in indices))  # type: ignore[union-attr]
    return None

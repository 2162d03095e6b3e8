"""What somebody believes a name to be worth who wrote a line about it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from msgspec import Struct

from symgrad.checking.judging.readings import mask_of
from symgrad.checking.judging.sides import has_names
from symgrad.checking.judging.target import Target
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.ranges import within
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.worlds.moved import MOVED, Moved, Nested, NoValue
from symgrad.checking.worlds.tensor import COLUMN, ROW, Misfit, Tensor, spread
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Comparison, Node, Symbol, walk
from symgrad.tree import Array


class Believing(Protocol):
    """What something is worth at a point for somebody; ``target``: what it is said of."""

    @property
    def target(self) -> Target:
        """What it is said of."""

    def __call__(self, world: World) -> Array:
        """Raises `NoValue`."""


class Belief(Struct, frozen=True, eq=False, dict=True):
    """What a name is worth for who wrote a line: the last of its sides that has a value at a point."""

    target: Target
    nodes: tuple[Node, ...]
    dictionary: Dictionary
    line: int
    before: Believing | None = None
    """What was believed of the same name when this part of it was written."""
    conditions: tuple[Comparison, ...] = ()
    """Where it is said: i ≠ j."""
    whole: bool = False
    """Whether a derivative by a name in the formula is meant with all that lies between."""

    def __call__(self, world: World) -> Array:
        """The value at a world in which everything else is as it is."""
        truth = self._truth(world)
        if self.target.step and world.step + 1 != self.target.step:
            return truth if self.target.kind == "value" else world.next.made(str(self.target.name))
        for body in self.nodes[:0:-1]:
            for stands in (COLUMN, ROW):
                try:
                    return self._worked_out(body, world, stands, truth)
                except (Unknown, Misfit, NoValue, Nested, Labelled, ValueError):
                    continue
        raise NoValue(str(self.target.name))

    def along(self, moved: Moved) -> Any:
        """The values while another name moves, one for every entry of it; `NoValue` for mere numbers."""
        for body in self.nodes[:0:-1]:
            if not has_names(body):
                continue
            try:
                found = self._evaluated(body, moved)
            except (Unknown, Misfit, NoValue, Nested, Labelled, ValueError):
                continue
            shape = moved.base.value(str(self.target.name)).shape
            count = moved.base.value(moved.wrt).size
            rest = tuple(axis for axis in found.axes if axis != MOVED)
            if set(rest) - set(self.target.letters):
                continue
            if self.target.places:
                if found.rank or rest:
                    continue
                whole = np.array(moved.stacked(str(self.target.name)))
                places: Any = (slice(None), *self.target.places)
                whole[places] = spread(found, (MOVED,))
                return whole
            data = spread(found, (MOVED, *(letter for letter in self.target.letters if letter)))
            if data.size == count * int(np.prod(shape)):
                return data.reshape((count, *shape))
            if _fits_into(data.shape[1:], shape) and data.shape[0] in (1, count):
                return np.broadcast_to(data, (count, *shape))
        raise NoValue(str(self.target.name))

    @cached_property
    def uses(self) -> frozenset[str]:
        """The names of the problem that the last formula holds; none for mere numbers."""
        for body in self.nodes[:0:-1]:
            if has_names(body):
                return frozenset(_used(body, self.dictionary, self.line))
        return frozenset()

    @property
    def is_partial(self) -> bool:
        """Whether it is said of some entries only."""
        letters = self.target.letters
        return bool(self.target.places or self.conditions) or len(set(letters)) < len(letters)

    def _truth(self, world: World) -> Array:
        name = self.target.name
        if self.before is not None:
            return self.before(world)
        if isinstance(name, tuple):
            return world.jacobian(
                *name, not (self.whole or self.target.places) and name[1] in world.model.uses(name[0])
            )
        if self.target.kind == "moment":
            return world.next.made(name)
        return world.gradient(name) if self.target.kind == "slope" else world.value(name)

    def _worked_out(self, body: Node, world: World, stands: str, truth: Array) -> Array:
        scope = self._scope(world, stands)
        found = scope.evaluate(body)
        return _laid(found, self.target, truth, mask_of(self.conditions, scope, found))

    def _evaluated(self, body: Node, world: Moved) -> Tensor:
        return self._scope(world, COLUMN).evaluate(body)

    def _scope(self, world: World | Moved, stands: str) -> Scope:
        scope = Scope(self.dictionary, world, Choices(), stands, line=self.line)
        return within((*self.nodes, *self.conditions), scope)


def _fits_into(part: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether an array can be repeated to a shape."""
    last = shape[len(shape) - len(part) :]
    return len(part) <= len(shape) and all(n in (1, size) for n, size in zip(part, last, strict=True))


def _used(body: Node, dictionary: Dictionary, line: int, depth: int = 4) -> Iterator[str]:
    """The names of the problem in a formula, and in what names of the student's own stand for there."""
    for part in walk(body):
        known = scripts(part) if isinstance(part, Symbol) else None
        if known is None:
            continue
        found = next(dictionary.find(*known), None)
        if found is not None:
            yield found.name
        for own, _ in dictionary.defined(*known, line) if found is None and depth else ():
            yield from _used(own.body, dictionary, own.line, depth - 1)


def _laid(found: Tensor, target: Target, truth: Array, mask: Tensor | None = None) -> Array:
    """A value in the place of what something is worth in truth, where the mask is 1."""
    letters, places = target.letters, target.places
    changed = np.array(truth, dtype=float)
    if places:
        if found.axes or np.size(found.data) != changed[places].size:
            raise Misfit("an entry is a number, a row as long as the others")
        changed[places] = np.reshape(np.real(found.data), changed[places].shape)
        return changed
    if once := tuple(dict.fromkeys(letters)):
        if not set(found.axes) <= set(once) or found.rank not in (0, truth.ndim - len(letters)):
            raise Misfit("indices that do not fit")
        if truth.ndim > len(letters) and not found.rank:
            raise Misfit("an array is meant")
        there = np.einsum(changed, [*map(once.index, letters), ...], [*range(len(once)), ...])
        data = np.broadcast_to(np.real(spread(Tensor(found.data, found.axes), once)), there.shape)
        if mask is not None:
            met = spread(mask, once) > 0
            data = np.where(met.reshape((*met.shape, *(1,) * found.rank)), data, there)
        there[...] = data
        return changed  # ∂a_i/∂z_i: of the entries alone at which both letters are one
    if found.axes:
        raise Misfit("indices that do not fit")
    data = np.real(found.data)
    if data.shape * 2 == truth.shape and data.ndim:  # σ′(z) for diag(σ′(z))
        return np.diag(np.ravel(data)).reshape(truth.shape)
    if data.shape != truth.shape:
        if data.size != truth.size:
            raise Misfit("another shape")
        data = data.reshape(truth.shape)
    return np.array(data, dtype=float)

"""What is remembered from line to line: the slips, and what follows from believing them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.judging.sides import has_names
from symgrad.checking.judging.target import Target, target_of
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.ranges import within
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.moved import MOVED, Moved, Nested, NoValue
from symgrad.checking.worlds.tensor import COLUMN, ROW, Misfit, Tensor, spread
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import Comparison, Node, Symbol, walk
from symgrad.tree import Array

MOST_RIGHT = 6
LATER = re.compile(
    r"\b(?:after the (?:update|step)|updated (?:weights|parameters|values)"
    r"|new (?:weights|parameters|values|loss)"
    r"|forward (?:pass )?(?:again|once more)|second (?:forward )?pass)\b",
    re.IGNORECASE,
)
"""Words before what is worked out with the updated parameters."""


class Believing(Protocol):
    """What something is worth at a point for somebody; ``target``: what it is said of."""

    @property
    def target(self) -> Target:
        """What it is said of."""

    def __call__(self, world: World) -> Array:
        """Raises `NoValue`."""


class Slip(Struct, frozen=True):
    """A wrong line's claim about a ``value``, ``slope`` of the objective, ``jacobian`` or ``moment``.

    ``name`` is what it is about: a name, for a Jacobian two.
    """

    line: int
    kind: str
    name: str | tuple[str, str]
    believed: Believing
    root: int = 0
    """The wrong line from which a belief that was carried on comes; else its own."""
    step: int = 0
    """How many updates the work had made then."""

    @property
    def about(self) -> tuple[str, str | tuple[str, str], int]:
        """What only one slip can be about."""
        return self.kind, self.name, self.believed.target.step

    @property
    def is_formula(self) -> bool:
        """Whether it is worth what names make it, and no mere number."""
        return isinstance(self.believed, Belief) and has_names(self.believed.nodes[-1])

    def over(self, before: Believing | None) -> Slip:
        """The same, where it is about one entry, of who believed something of the others already."""
        if before is None or not isinstance(self.believed, Belief) or not self.believed.target.places:
            return self
        return replace(self, believed=replace(self.believed, before=before))


class Said(Struct, frozen=True):
    """What a line that is not right gives for something. ``root``: the wrong line behind it."""

    root: int
    of: Node
    value: Node


class Memory(Struct, frozen=True):
    """Everything that a line leaves behind. ``step``: how many updates the work has made."""

    slips: tuple[Slip, ...] = ()
    step: int = 0
    condition: tuple[Comparison, ...] = ()
    """What "for i = j" said above, while it may still hold."""
    premises: tuple[Comparison, ...] = ()
    """Bounds that were said to be met."""
    stationary: bool = False
    """Whether a gradient has been set to zero."""
    heading: str = ""
    stated: frozenset[str] = frozenset()
    """Givens that have been stated as they are; ``numbers`` where something was worked out from them."""
    passage: int = 0
    example: World | None = None
    printed: tuple[Slip, ...] = ()
    """Right results as they were printed, that later lines may go on with."""
    right: tuple[Line, ...] = ()
    """The latest right lines behind a slip."""
    told: frozenset[tuple[str, Any, int]] = frozenset()
    """What right lines were about, as slips are."""
    said: tuple[Said, ...] = ()
    """Results that are not right, as they were written."""

    updated: frozenset[str] = frozenset()
    """Parameters, and states of the method, that have been updated since the work last moved on."""

    def updating(self, *names: str) -> Memory:
        """With parameters that a line updates."""
        return replace(self, updated=self.updated.union(names)) if names else self

    def may_move_on(self, target: Target | None, parameters: tuple[str, ...], prose: str) -> bool:
        """Whether a line about this, behind these words, may be the first after an update.

        Either it says what a parameter is now, or an update stands above, and this is not one more of them;
        or the words say so.
        """
        if LATER.search(prose):
            return True
        if target is not None and target.kind == "update":
            return target.name in self.updated
        if target is not None and target.kind == "moment":
            return target.name in self.updated or not self.updated.isdisjoint(parameters)
        return not self.updated.isdisjoint(parameters) or (target is not None and target.name in parameters)

    def is_through(self, target: Target | None, model: Model) -> bool:
        """Whether every parameter has been updated, and each step has its data: what comes next is of it."""
        update = model.problem.update
        return (
            update is not None
            and bool(model.problem.each)
            and self.updated >= set(update.parameters)
            and target is not None
            and target.kind in ("value", "slope")
            and target.name not in update.parameters
        )

    def slipped(self, root: int, *slips: Slip) -> Memory:
        """With further slips that come from a line; a later one about a name takes an earlier one's place."""
        before = {slip.about: slip.believed for slip in self.slips}
        made = tuple(replace(slip.over(before.get(slip.about)), root=root, step=self.step) for slip in slips)
        return replace(self, slips=_with(self.slips, made))

    def saying(self, *said: Said) -> Memory:
        """With results that are not right."""
        return replace(self, said=(*self.said, *said))

    def read_off(self, *slips: Slip) -> Memory:
        """With right results as they were printed."""
        return replace(self, printed=_with(self.printed, tuple(replace(s, step=self.step) for s in slips)))

    def being_right(self, line: Line, target: Target | None) -> Memory:
        """With a right line, that may show that a slip is believed no more."""
        told = self.told if target is None else self.told | {(target.kind, target.name, target.step)}
        return replace(self, right=(*self.right, line)[-MOST_RIGHT:] if self.slips else (), told=told)

    def moved_on(self, step: int, example: World | None) -> Memory:
        """After another update, or with another example: what was printed is of before."""
        return replace(self, step=step, example=example, printed=(), right=(), updated=frozenset())


def _with(kept: tuple[Slip, ...], slips: tuple[Slip, ...]) -> tuple[Slip, ...]:
    names = {slip.about for slip in slips}
    return (*(slip for slip in kept if slip.about not in names), *slips)


def believing(world: World, slips: tuple[Slip, ...]) -> World:
    """A point as it is for who made these slips."""
    if not slips:
        return world
    ordered = sorted(slips, key=lambda slip: slip.line)
    return world.believing({**world.believed, **{(s.kind, s.name): s.believed for s in ordered}})


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


class Belief(Struct, frozen=True, eq=False, dict=True):
    """What a name is worth for who wrote a line: the last of its sides that has a value at a point."""

    target: Target
    nodes: tuple[Node, ...]
    dictionary: Dictionary
    line: int
    script: Mapping[Any, str]
    before: Believing | None = None
    """What was believed of the same name when this entry of it was written."""

    def __call__(self, world: World) -> Array:
        """The value at a world in which everything else is as it is."""
        truth = self._truth(world)
        if self.target.step and world.step + 1 != self.target.step:
            return world.next.made(str(self.target.name))
        for body in self.nodes[:0:-1]:
            for stands in (COLUMN, ROW):
                try:
                    return _worked_out(self._evaluated(body, world, stands), self.target, truth)
                except (Unknown, Misfit, NoValue, Nested, Labelled, ValueError):
                    continue
        raise NoValue(str(self.target.name))

    def along(self, moved: Moved) -> Any:
        """The values while another name moves, one for every entry of it; `NoValue` for mere numbers."""
        for body in self.nodes[:0:-1]:
            if not has_names(body):
                continue
            try:
                found = self._evaluated(body, moved, COLUMN)
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

    def _truth(self, world: World) -> Array:
        name = self.target.name
        if self.before is not None:
            return self.before(world)
        if isinstance(name, tuple):
            return world.jacobian(*name, not self.target.places)
        if self.target.kind == "moment":
            return world.next.made(name)
        return world.gradient(name) if self.target.kind == "slope" else world.value(name)

    def _evaluated(self, body: Node, world: World | Moved, stands: str) -> Tensor:
        scope = Scope(self.dictionary, world, Choices(self.script), stands, line=self.line)
        return within(self.nodes, scope).evaluate(body)


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


def _worked_out(found: Tensor, target: Target, truth: Array) -> Array:
    letters, places = target.letters, target.places
    if places:
        if found.rank or found.axes:
            raise Misfit("an entry is a number")
        changed = np.array(truth, dtype=float)
        changed[places] = np.real(found.data)
        return changed
    named = letters
    if len(set(named)) < len(named):  # ∂a_i/∂z_i of entries of which each rests on its own
        return np.diag(_worked_out(found, replace(target, letters=named[:1]), np.diagonal(truth)))
    if named:
        if not set(found.axes) <= set(named) or found.rank not in (0, truth.ndim - len(named)):
            raise Misfit("indices that do not fit")
        data = np.real(spread(Tensor(found.data, found.axes), named))
        if truth.ndim > len(named) and not found.rank:
            raise Misfit("an array is meant")
        return np.array(np.broadcast_to(data, truth.shape), dtype=float)
    if found.axes:
        raise Misfit("indices that do not fit")
    data = np.real(found.data)
    if data.shape != truth.shape:
        if data.size != truth.size:
            raise Misfit("another shape")
        data = data.reshape(truth.shape)
    return np.array(data, dtype=float)

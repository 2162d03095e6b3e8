"""What is remembered from line to line: the slips, and what follows from believing them."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.judging.belief import Belief, Believing
from symgrad.checking.judging.sides import has_names
from symgrad.checking.judging.target import Target, targets_of_each
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import Comparison, Matrix, Node, Symbol

MOST_RIGHT = 6
LATER = re.compile(
    r"\b(?:after the (?:update|step)|updated (?:weights|parameters|values)"
    r"|new (?:weights|parameters|values|loss)"
    r"|forward (?:pass )?(?:again|once more)|second (?:forward )?pass)\b",
    re.IGNORECASE,
)
"""Words before what is worked out with the updated parameters."""


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

    def in_all(self, model: Model) -> Slip | None:
        """The same said of a derivative with all that lies between, where it may be the formula's alone."""
        if isinstance(self.name, str) or not isinstance(self.believed, Belief):
            return None
        of, wrt = self.name
        return replace(self, believed=replace(self.believed, whole=True)) if wrt in model.uses(of) else None

    def over(self, before: Believing | None) -> Slip:
        """The same, where it is about some entries, of who believed something of the others already."""
        if before is None or not isinstance(self.believed, Belief) or not self.believed.is_partial:
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
    """What right lines were about, as slips are, that no later slip is about."""
    said: tuple[Said, ...] = ()
    """Results that are not right, as they were written."""

    updated: frozenset[str] = frozenset()
    """Parameters, and states of the method, that have been updated since the work last moved on."""
    reached: int = 0
    """The last update that the work numbers: 2 of w_2."""

    def updating(self, *names: str) -> Memory:
        """With parameters that a line updates."""
        return replace(self, updated=self.updated.union(names)) if names else self

    def reaching(self, target: Target | None) -> Memory:
        """With an update that has a number."""
        return (
            replace(self, reached=target.step) if target and target.kind == "update" and target.step else self
        )

    def may_move_on(self, target: Target | None, parameters: tuple[str, ...], prose: str) -> bool:
        """Whether a line about this, behind these words, may be the first after an update.

        Either it says what a parameter is now, or an update stands above, and this is not one more of them;
        or the words say so.
        """
        if LATER.search(prose) or (self.reached > self.step and target is not None and target.is_reckoned):
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
        return replace(self, slips=_with(self.slips, made), told=self.told - {slip.about for slip in made})

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
    nodes: list[Node], line: Line, target: Target | None, dictionary: Dictionary
) -> tuple[Slip, ...]:
    """What somebody believes who wrote a line: what it is about is worth what its last sides say."""
    if target is None or len(nodes) < 2:
        return ()
    belief = Belief(target, tuple(nodes), dictionary, line.id, conditions=line.conditions)
    return (Slip(line.id, target.kind, target.name, belief),)


def slips_of_each(nodes: list[Node], line: Line, dictionary: Dictionary) -> tuple[Slip, ...]:
    """What somebody believes of each parameter who wrote G = (1, 16) of two that are numbers."""
    first, last = nodes[0], nodes[-1]
    cells = [cell for row in last.rows for cell in row] if isinstance(last, Matrix) else []
    targets = targets_of_each(first, dictionary) if isinstance(first, Symbol) else ()
    if len(cells) != len(targets):
        return ()
    pairs = zip(targets, cells, strict=True)
    return tuple(slip for target, cell in pairs for slip in slips_of([first, cell], line, target, dictionary))

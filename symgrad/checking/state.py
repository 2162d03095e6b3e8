"""What the checker knows while it goes through a submission, line after line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.checking.conventions import PLAIN, Convention
from symgrad.checking.effort import Effort
from symgrad.checking.lexicon import Key, Lexicon, build_lexicon
from symgrad.checking.scope import Belief, Definition, Scope, Truth
from symgrad.checking.student import Student, Target, Written
from symgrad.checking.world import RATE, Model, World, rate_name
from symgrad.checking.worlds import given_world, near_worlds, random_worlds, sample_worlds
from symgrad.submission.lines import Line
from symgrad.tree import Array

Moment: TypeAlias = "tuple[bool, int]"
"""Whether it is at the givens, and the step, or the identity of a random point."""


@dataclass
class State:
    """The worlds a line is looked at in, what names mean, and what the student has written.

    ``random`` are points of the problem, ``samples`` such points with a batch of one, ``near``
    points close to the givens. ``here`` is the
    world of the givens (or of the example that the student has gone on to) after the updates made so
    far. ``assumed`` is a start at which the work is consistent although the sheet states other givens:
    ``stated`` tells on which line a given stands, ``contradicted`` which line showed another value,
    ``called`` how the student calls one that has no name in the problem. ``apart``: the text speaks of
    different indices. ``ahead`` are the lines to come, ``worked`` says that numbers have been worked
    out, ``example`` is the line where another example began. ``misread`` holds givens that are stated
    wrongly and used rightly. ``convention`` is the one the work is judged by, ``explaining`` whether
    slips are given their names.
    """

    model: Model
    lexicon: Lexicon
    here: World
    random: tuple[World, ...]
    samples: tuple[World, ...] = ()
    near: tuple[World, ...] = ()
    facts: tuple[Fact, ...] = ()
    assumed: World | None = None
    definitions: dict[Key, Definition] = field(default_factory=dict)
    written: dict[Moment, dict[Target, Written]] = field(default_factory=dict)
    stated: dict[str, int] = field(default_factory=dict)
    bindings: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    claims: Counter[str] = field(default_factory=Counter)
    apart: bool = False
    convention: Convention = PLAIN
    explaining: bool = True
    contradicted: dict[str, int] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    ahead: tuple[Line, ...] = ()
    worked: bool = False
    example: int | None = None
    misread: dict[str, tuple[int, Array]] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)
    _exact: dict[World, frozenset[float]] = field(default_factory=dict)

    @property
    def start(self) -> World:
        """The world before any update."""
        return first(self.here)

    def truth(self, world: World) -> Scope:
        """The scope in which everything is as the problem has it."""
        return self._scope(world, Truth)

    def _scope(self, world: World, believe: Callable[[World], Belief]) -> Scope:
        exact = self.exact(world)
        return Scope(
            self.lexicon,
            world,
            believe(world),
            believe,
            self.definitions,
            exact=exact,
            convention=self.convention,
            effort=self.effort,
        )

    def student(
        self, world: World, but: Target | None, roots: Collection[int] | None = None, derived: bool = False
    ) -> Scope:
        """The scope in which what the student wrote stands.

        ``but`` is left out: it is what the line states. ``roots``: only what rests on these slips.
        ``derived`` chooses how gradients follow, see `Student`.
        """
        target, used = world, list[Written]()

        def believe(world: World) -> Student:
            written = {
                key: item
                for key, item in self.written.get(key_of(world), {}).items()
                if roots is None or item.root is None or item.root in roots
            }
            before = believe(world.before) if world.before is not None else None
            return Student(
                world,
                written,
                before,
                but=but if key_of(world) == key_of(target) else None,
                derived=derived,
                used=used,
            )

        return self._scope(world, believe)

    def exact(self, world: World) -> frozenset[float]:
        """The given numbers: printed, they are exact."""
        if not world.exact:
            return frozenset()
        start = first(world)
        if start not in self._exact:
            leaves = map(np.asarray, start.leaves.values())
            self._exact[start] = frozenset(abs(v) for array in leaves for v in array.ravel().tolist())
        return self._exact[start]

    def write(self, world: World, target: Target, item: Written) -> None:
        """The student has written a value."""
        self.written.setdefault(key_of(world), {})[target] = item

    def used(self, scope: Scope) -> list[Written]:
        """What the student's earlier lines gave to the evaluation in a scope, at all steps."""
        return scope.belief.used if isinstance(scope.belief, Student) else []

    def step(self, world: World, count: int) -> World:
        """The world after so many updates from its start."""
        found = first(world)
        for _ in range(count):
            found = found.after
        return found


def first(world: World) -> World:
    """The world before all updates."""
    while world.before is not None:
        world = world.before
    return world


def key_of(world: World) -> Moment:
    """What is written is kept for each step at the givens, and for each random point."""
    return world.exact, world.step if world.exact else id(world)


def new_state(model: Model, facts: Collection[Fact]) -> State:
    """The state before the first line."""
    problem = model.problem
    names = (*model.graph.leaves, *(name for name, _ in problem.forward), *problem.given)
    rate = rate_name(problem)
    known = dict.fromkeys(names)
    usable = rate if problem.update is not None or rate != RATE else ""
    lexicon = build_lexicon(known, problem.write, problem.of, usable)
    worlds = given_world(model), random_worlds(model, facts), sample_worlds(model, facts)
    return State(model, lexicon, *worlds, near_worlds(model), tuple(facts))

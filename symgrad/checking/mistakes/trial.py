"""One place at which a mistake is tried: would the line hold there, had it been made?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from symgrad.checking.chain import Chain
from symgrad.checking.mistakes.supposed import Point, Supposed, filled
from symgrad.checking.printed import Agreement, Printed, agree, close
from symgrad.checking.scope import Belief, Misfit, Scope, Unknown
from symgrad.checking.sides import SideValues, ranges_of, side_values
from symgrad.checking.targets import Subject
from symgrad.checking.world import World
from symgrad.submission.written import Node
from symgrad.tree import Array

FEWEST_DIGITS = 2.5
"""Decimal digits that a printed side must show in all, so that agreeing with it says anything."""


@dataclass(frozen=True)
class Trial:
    """Whether the left side would agree with what is written, were its value another one."""

    scope: Scope
    side: SideValues
    left: Node
    ranges: dict[str, int]
    subject: Subject
    later: int
    updates: bool
    point: Point
    usual: tuple[Array, ...]

    @property
    def blind(self) -> bool:
        """Whether the line is true here, by chance or as everything is zero: it shows nothing."""
        return any(self._matches(array) for array in self.usual)

    def shows(self, array: Array | None) -> bool:
        """Whether the written side is what the left one is with this array for the subject's value."""
        if array is None or not np.isfinite(array).all() or not array.any():
            return False
        if array.shape != self.shape and not self._turned(array):
            return False
        lead = side_values(self.left, self._supposing(array), self.ranges)
        if lead.fault is not None:
            return False
        return any(self._agrees(value.array) for value in lead.values)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the subject's value."""
        values = self.scope.world.values
        name, wrt = self.subject.target
        if wrt is None:
            return values[name].shape
        outer = values[name].shape if name != self.scope.world.model.objective else ()
        return outer + values[wrt].shape

    def _turned(self, array: Array) -> bool:
        """Whether a value is the transpose of one of the right shape, and the line is about all of it."""
        return array.T.shape == self.shape and self.subject.where is None and not self.ranges

    def _supposing(self, array: Array) -> Scope:
        target, world = self.subject.target, self.scope.world
        whole = filled(array, target, world)

        def believe(there: World) -> Belief:
            belief = self.scope.belief if there is world else self.scope.believe(there)
            return Supposed(belief, target, whole) if there.step == world.step + self.later else belief

        scope = replace(self.scope, belief=believe(world), believe=believe)
        return scope.at(world.after) if self.updates else scope

    def _agrees(self, array: Array) -> bool:
        return not any(close(array, known) for known in self.usual) and self._matches(array)

    def _matches(self, array: Array) -> bool:
        if self.side.shown is not None:
            return agree(self.side.shown, array) != Agreement.NONE
        return any(close(value.array, array, value.slack) for value in self.side.values)


def trial_of(pair: Chain, scope: Scope, subject: Subject, updates: bool) -> Trial | None:
    """The trial in one scope; None where what is written has no value or says too little."""
    left, wrong = pair.nodes
    later = subject.later + updates
    try:
        ranges = ranges_of(pair.nodes, scope)
        lead_scope = scope.at(scope.world.after) if updates else scope
        side, lead = side_values(wrong, scope, ranges), side_values(left, lead_scope, ranges)
    except (Unknown, Misfit, KeyError):
        return None
    if side.fault is not None or lead.fault is not None:
        return None
    if side.shown is not None and side.numeric and _digits(side.shown) < FEWEST_DIGITS:
        return None
    usual = tuple(value.array for value in lead.values)
    return Trial(scope, side, left, ranges, subject, later, updates, Point(scope), usual)


def _digits(shown: Printed) -> float:
    """How many decimal digits are printed in all."""
    unit = np.where(shown.unit > 0, shown.unit, 1.0)
    return float(np.sum(np.log10(np.maximum(np.abs(shown.array) / unit, 1.0))))

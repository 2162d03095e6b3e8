"""Why a line is wrong: the mistakes of the catalogue, each tried, and the right line.

A mistake is claimed only where it reproduces what is written: at all random points for an equation
between names, to all printed digits for numbers. It is looked for from both ends: made on the right
expressions (`symgrad.checking.mistakes.mutations`), and undone in what is written (``repairs``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from symgrad.checking import messages
from symgrad.checking.chain import Chain, Outcome, compare
from symgrad.checking.derivatives import targets
from symgrad.checking.evaluate import readings
from symgrad.checking.mistakes.catalogue import BY_ID, RANK
from symgrad.checking.mistakes.mutations import slips
from symgrad.checking.mistakes.passes import same_pass
from symgrad.checking.mistakes.record import Explanation
from symgrad.checking.mistakes.repairs import repairs
from symgrad.checking.mistakes.right import Case, case_of
from symgrad.checking.mistakes.supposed import Point, Supposed, filled, value_of
from symgrad.checking.mistakes.writing import right_line
from symgrad.checking.printed import Agreement, Printed, agree, close, is_numeric
from symgrad.checking.scope import Belief, Misfit, Scope, Unknown
from symgrad.checking.sides import SideValues, ranges_of, side_values
from symgrad.checking.state import State
from symgrad.checking.targets import Subject
from symgrad.checking.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import Derivative, Node, Symbol, walk
from symgrad.tree import Array

MOST_REPAIRS = 160
FEWEST_DIGITS = 2.5
"""Decimal digits that a printed side must show in all, so that agreeing with it says anything."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A mistake that reproduces what is written, and the words on where."""

    mistake: str
    part: str


@dataclass(frozen=True, slots=True)
class Place:
    """A scope in which the sides are compared, and in which the left one is read."""

    scope: Scope
    lead: Scope


def explain(
    line: Line,
    chain: Chain,
    subject: Subject | None,
    outcome: Outcome,
    world: World,
    state: State,
    updates: bool = False,
) -> Explanation:
    """The mistake behind a line that no reading makes right, a message on it, and the right line.

    ``world`` is where it was found to fail; ``updates`` says that its left side is meant after an update.
    """
    position = outcome.side if outcome.side in chain.positions else chain.positions[-1]
    wrong = chain.nodes[max(chain.positions.index(position), 1)]
    subject = subject if subject is not None else _entrywise(chain.nodes[0], state)
    case = _case(subject, updates, state)
    worlds = (world,) if is_numeric(wrong) or not state.random else state.random
    pair = Chain((chain.nodes[0], wrong), (0, 1))
    claims = [
        *_repaired(pair, worlds, case, updates, state),
        *_reproduced(pair, worlds, case, subject, updates, state),
    ]
    plainly = messages.wrong(outcome, chain, world)
    right = right_line(line, case, outcome.truth if is_numeric(wrong) else None, wrong, state.model)
    if not claims:
        return Explanation(None, messages.not_found(plainly), right)
    best = min(claims, key=lambda claim: _preference(claim, state))
    state.claims[best.mistake] += 1
    said = BY_ID[best.mistake].sentence.format(part=best.part)
    return Explanation(best.mistake, messages.explained(said, plainly, outcome, world), right)


def _preference(claim: Claim, state: State) -> tuple[bool, int, int]:
    """What is claimed first: what explains other lines too, then the most specific."""
    mistake = claim.mistake
    return BY_ID[mistake].generic, -state.claims[mistake], RANK[mistake]


def _entrywise(node: Node, state: State) -> Subject | None:
    """The subject of ∂a_i/∂z_j: the derivative as a whole, of which the line is about all entries."""
    if not isinstance(node, Derivative) or node.of is None:
        return None
    letters = {c: 0 for part in walk(node) if isinstance(part, Symbol) for c in part.sub if c.islower()}
    scope = state.truth(state.here)
    try:
        of, wrt = (targets(part, scope, letters, readings) for part in (node.of, node.wrt))
    except (Unknown, Misfit, KeyError):
        return None
    return Subject((of[0].name, wrt[0].name)) if of and wrt else None


def _case(subject: Subject | None, updates: bool, state: State) -> Case | None:
    if subject is None:
        return None
    return case_of(state.model, subject.target, bool(updates or subject.later))


def _place(scope: Scope, updates: bool) -> Place:
    return Place(scope, scope.at(scope.world.after) if updates else scope)


def _repaired(
    pair: Chain, worlds: tuple[World, ...], case: Case | None, updates: bool, state: State
) -> Iterator[Claim]:
    """The mends after which the line holds."""
    tried = 0
    left, wrong = pair.nodes
    places = [_place(state.truth(world), updates) for world in worlds]
    for repair in repairs(wrong, places[0].scope, case):
        tried += 1
        if tried > MOST_REPAIRS:
            return
        if repair.node not in pair.nodes and all(_holds(left, repair.node, place) for place in places):
            yield Claim(repair.mistake, repair.part)


def _holds(left: Node, node: Node, place: Place) -> bool:
    chain = Chain((left, node), (0, 1))
    outcome = compare(chain, place.scope, lambda ranges: side_values(left, place.lead, ranges))
    return outcome.holds and not outcome.run_on


def _reproduced(
    pair: Chain,
    worlds: tuple[World, ...],
    case: Case | None,
    subject: Subject | None,
    updates: bool,
    state: State,
) -> Iterator[Claim]:
    """The mistakes that make what is written of the right expression, by the true values or the student's."""
    if case is None or subject is None:
        return
    truths = [state.truth(world) for world in worlds]
    found = list(_matching(pair, truths, case, subject, updates))
    if not found and len(worlds) == 1 and is_numeric(pair.nodes[1]):
        students = [state.student(world, subject.target) for world in worlds]
        found = list(_matching(pair, students, case, subject, updates))
    yield from found


def _matching(
    pair: Chain, scopes: list[Scope], case: Case, subject: Subject, updates: bool
) -> Iterator[Claim]:
    tests = [test for scope in scopes if (test := _test(pair, scope, subject, updates)) is not None]
    tests = [test for test in tests if not test.blind]
    if not tests:
        return
    for slip in slips(case):
        if all(test.shows(value_of(slip.formula, test.point)) for test in tests):
            yield Claim(slip.mistake, slip.part)
    if all(_through_new_weights(test, case) for test in tests):
        parameters = case.model.problem.update.parameters if case.model.problem.update else ()
        yield Claim("updated_weights_same_pass", parameters[0] if parameters else "")


def _through_new_weights(test: Test, case: Case) -> bool:
    """Whether a value is what comes of a pass, or after a pass, through weights that it updates on the way."""
    start = (
        test.scope.world.before
        if test.scope.world.before is not None and not test.later
        else test.scope.world
    )
    found = same_pass(start)
    if found is None:
        return False
    name, wrt = case.target
    if wrt is None:
        return bool(test.later or test.scope.world.before) and test.shows(found.after.values.get(name))
    return name == case.model.objective and test.shows(found.gradients.get(wrt))


@dataclass(frozen=True)
class Test:
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
            belief = self.scope.believe(there)
            return Supposed(belief, target, whole) if there.step == world.step + self.later else belief

        scope = replace(self.scope, belief=believe(world), believe=believe)
        return scope.at(world.after) if self.updates else scope

    def _agrees(self, array: Array) -> bool:
        return not any(close(array, known) for known in self.usual) and self._matches(array)

    def _matches(self, array: Array) -> bool:
        if self.side.shown is not None:
            return agree(self.side.shown, array) != Agreement.NONE
        return any(close(value.array, array, value.slack) for value in self.side.values)


def _test(pair: Chain, scope: Scope, subject: Subject, updates: bool) -> Test | None:
    """The test in one scope; None where what is written has no value or says too little."""
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
    return Test(scope, side, left, ranges, subject, later, updates, Point(scope), usual)


def _digits(shown: Printed) -> float:
    """How many decimal digits are printed in all."""
    unit = np.where(shown.unit > 0, shown.unit, 1.0)
    return float(np.sum(np.log10(np.maximum(np.abs(shown.array) / unit, 1.0))))

"""Why a line is wrong: the mistakes of the catalogue, each tried, and the right line.

A mistake is claimed only where it reproduces what is written: at all random points for an equation
between names, to all printed digits for numbers. It is looked for from both ends: made on the right
expressions (`symgrad.checking.mistakes.mutations`), and undone in what is written (``repairs``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from symgrad.checking import messages
from symgrad.checking.chain import Chain, Outcome, compare
from symgrad.checking.derivatives import targets
from symgrad.checking.effort import TooLong
from symgrad.checking.evaluate import readings
from symgrad.checking.findings import holds
from symgrad.checking.mistakes.catalogue import BY_ID, RANK
from symgrad.checking.mistakes.mutations import slips
from symgrad.checking.mistakes.passes import same_pass
from symgrad.checking.mistakes.record import Explanation
from symgrad.checking.mistakes.repairs import repairs
from symgrad.checking.mistakes.right import Case, case_of
from symgrad.checking.mistakes.supposed import value_of
from symgrad.checking.mistakes.trial import Trial, trial_of
from symgrad.checking.mistakes.writing import right_line
from symgrad.checking.printed import close, is_numeric
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.checking.sides import SideValues, side_values
from symgrad.checking.state import State
from symgrad.checking.targets import Subject
from symgrad.checking.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import Derivative, Node, Symbol, walk

MOST_REPAIRS = 400
COMMON = "outer_product_order"
"""From here on in the catalogue, mistakes are easily taken for one another."""


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
    position = _first_false(chain, outcome, world, updates, state)
    wrong = chain.nodes[max(chain.positions.index(position), 1)]
    subject = subject if subject is not None else _entrywise(chain.nodes[0], state)
    case = _case(subject, updates, state)
    worlds = (world,) if is_numeric(wrong) or not state.random else state.random
    pair = Chain((chain.nodes[0], wrong), (0, 1))
    claims = _claims(pair, worlds, case, subject, updates, state)
    if not claims and not world.exact:
        claims = _claims(pair, state.near, case, subject, updates, state)
    plainly = messages.wrong(outcome, chain, world)
    if not world.exact:
        plainly += _in_numbers(pair, outcome, updates, state)
    right = right_line(line, case, outcome.truth if is_numeric(wrong) else None, wrong, state.model)
    if not claims:
        return Explanation(None, messages.not_found(plainly), right)
    best = min(claims, key=lambda claim: _preference(claim, state))
    state.claims[best.mistake] += 1
    said = BY_ID[best.mistake].sentence.format(part=best.part)
    return Explanation(best.mistake, messages.explained(said, plainly), right)


def _first_false(chain: Chain, outcome: Outcome, world: World, updates: bool, state: State) -> int:
    """The first side that does not hold, at the random points and at the given numbers too."""
    found = outcome.side if outcome.side in chain.positions else chain.positions[-1]
    if not world.exact:
        here = holds(chain, state.truth(state.here), updates)
        if here.fault is None and here.side in chain.positions:
            found = max(found, here.side)
    return found


def _claims(
    pair: Chain,
    worlds: tuple[World, ...],
    case: Case | None,
    subject: Subject | None,
    updates: bool,
    state: State,
) -> list[Claim]:
    """All that explains a line at these points, as far as the effort goes that a line may take.

    What is known of the data alone (targets that sum to 1) may hold close to the given numbers only.
    """
    found: list[Claim] = []
    state.effort.renew()
    with suppress(TooLong):
        found.extend(_repaired(pair, worlds, case, updates, state))
    with suppress(TooLong):
        found.extend(_reproduced(pair, worlds, case, subject, updates, state))
    state.effort.renew()
    return found


def _in_numbers(pair: Chain, outcome: Outcome, updates: bool, state: State) -> str:
    """Both sides of an equation between names at the given numbers, where they are few and differ."""
    if outcome.fault is not None or is_numeric(pair.nodes[1]):
        return ""
    place = _place(state.truth(state.here), updates)
    left, wrong = side_values(pair.nodes[0], place.lead, {}), side_values(pair.nodes[1], place.scope, {})
    if not left.values or not wrong.values or close(left.values[0].array, wrong.values[0].array):
        return ""
    return messages.counterexample(left.values[0].array, wrong.values[0].array)


def _preference(claim: Claim, state: State) -> tuple[bool, bool, int, int]:
    """What is claimed first: what says much, then what explains other lines too, then the most specific."""
    mistake = claim.mistake
    common = RANK[mistake] >= RANK[COMMON]
    return BY_ID[mistake].generic, common, -state.claims[mistake], RANK[mistake]


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
    left, wrong = pair.nodes
    strict = case is not None and not case.local
    places = [_place(state.truth(world), updates) for world in worlds]
    for repair in islice(repairs(wrong, places[0].scope, case), MOST_REPAIRS):
        if repair.node not in pair.nodes and all(
            _holds(left, repair.node, place, strict) for place in places
        ):
            yield Claim(repair.mistake, repair.part)


def _holds(left: Node, node: Node, place: Place, strict: bool) -> bool:
    """Whether a side agrees with the left one; ``strict``: in its surest reading."""

    def lead(ranges: dict[str, int]) -> SideValues:
        found = side_values(left, place.lead, ranges)
        return replace(found, values=found.values[:1]) if strict else found

    outcome = compare(Chain((left, node), (0, 1)), place.scope, lead)
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
    trials = [trial for scope in scopes if (trial := trial_of(pair, scope, subject, updates)) is not None]
    trials = [trial for trial in trials if not trial.blind]
    if not trials:
        return
    copied = all(trial.side.numeric for trial in trials)
    for slip in slips(case):
        if (copied or not slip.printed) and all(
            trial.shows(value_of(slip.formula, trial.point)) for trial in trials
        ):
            yield Claim(slip.mistake, slip.part)
    if all(_through_new_weights(trial, case) for trial in trials):
        parameters = case.model.problem.update.parameters if case.model.problem.update else ()
        yield Claim("updated_weights_same_pass", parameters[0] if parameters else "")


def _through_new_weights(trial: Trial, case: Case) -> bool:
    """Whether a value is what comes of a pass through weights that it updates, or stands after it."""
    world = trial.scope.world
    found = same_pass(world.before if world.before is not None and not trial.later else world)
    if found is None:
        return False
    name, wrt = case.target
    if wrt is None:
        return bool(trial.later or world.before) and trial.shows(found.after.values.get(name))
    return name == case.model.objective and trial.shows(found.gradients.get(wrt))

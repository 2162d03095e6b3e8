"""Two neighbouring sides of a line, at whatever points their kind allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging import messages
from symgrad.checking.judging.agree import Pair
from symgrad.checking.judging.bench import Bench, Prepared, Step, prepare
from symgrad.checking.judging.data import has_idle_ones, is_coincidence, with_all_data, with_data
from symgrad.checking.judging.dummies import for_any
from symgrad.checking.judging.memory import Slip
from symgrad.checking.judging.printed import Margins, coarse_beside
from symgrad.checking.judging.putting import is_reckoned, of_one_array, puts_in
from symgrad.checking.judging.readings import (
    AGREE,
    DIFFER,
    NO_NUMBER,
    NOTHING,
    UNKNOWN,
    Outcome,
    Question,
    ask,
    dummy_of,
)
from symgrad.checking.judging.shown import doubtful, points_for, with_values
from symgrad.checking.judging.sides import has_names, is_printed, stands_alone
from symgrad.checking.verdict import Proof, Witness
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.points import FEWEST, Points
from symgrad.checking.worlds.world import World
from symgrad.submission.lines import Line
from symgrad.submission.written import (
    Add,
    Literal,
    Matrix,
    Node,
    Subtract,
    Symbol,
    walk,
)

EXACT_UNITS, LOOSE_UNITS = 0.5, 2.0
MOST_OTHERS = 8
VANISHING = 1e-9


def steps_of(
    ready: Prepared, bench: Bench, slips: tuple[Slip, ...], true: tuple[tuple[int, int], ...] = ()
) -> Iterator[Step]:
    """What is found of neighbouring sides but those known to be ``true``, for who made these slips."""
    for (a, left), (b, right) in pairwise(ready.sides):
        if (a, b) not in true:
            yield compare(ready, (a, b), left, right, bench, slips)


def compare(
    ready: Prepared,
    sides: tuple[int, int],
    left: Node,
    right: Node,
    bench: Bench,
    slips: tuple[Slip, ...],
) -> Step:
    """Two neighbouring sides, at whatever points their kind allows."""
    line = ready.line
    question = Question(
        left,
        right,
        bench.dictionary,
        line.id - 1,
        ready.nodes,
        line.conditions,
        transposed=bench.convention.transposed,
        effort=bench.effort,
    )
    named = [has_names(side, bench.dictionary, question.line) for side in (left, right)]
    symbolic, bare = all(named), not any(named)
    first: Step | None = None
    if bare and bench.given is None:
        return _in_numbers(question, sides, bench.points.own[:1], bench.known)
    if symbolic or bench.given is None or (not is_printed(left) and not is_printed(right) and not bare):
        first = _at_random(question, sides, bench, slips)
        if first.outcome.kind == AGREE:
            return _refuted(question, sides, bench, slips, first.outcome.script) or first
        if bench.given is None:
            return Step(Outcome(UNKNOWN, messages.NO_NUMBERS), sides) if is_reckoned(left, right) else first
    if first is not None and bench.is_general(question.around):
        return first  # of all steps the first, whose states are 0, says nothing
    second = _at_given(question, sides, bench, slips, symbolic)
    if first is not None and symbolic and _by_chance(question, first, second, bench, slips):
        return first
    if first is None or second.outcome.kind == AGREE:
        return second
    if first.outcome.kind == UNKNOWN and second.outcome.kind == DIFFER and not symbolic:
        return second
    if symbolic and first.outcome.kind == DIFFER and not (slips or bench.step or bench.example is not None):
        own = [bench.seen(world, ()) for world in bench.points.own]
        for way in (with_data, with_all_data):
            if (outcome := way(question, own, bench.given)) is not None:
                return Step(outcome, sides, Proof.NUMERIC, remark=messages.PUT_IN)
    return second if _lacks(second) and is_reckoned(left, right) else first


def _by_chance(question: Question, first: Step, second: Step, bench: Bench, slips: tuple[Slip, ...]) -> bool:
    """Whether names differ at random numbers, and agree at those given only as numbers happen to be so."""
    put_in = second.outcome.kind == AGREE and second.proof is Proof.PRINTED and not second.remark
    if first.outcome.kind != DIFFER or not put_in or bench.step or bench.example is not None:
        return False
    if of_one_array(question):
        return False
    assert bench.given is not None
    near = [bench.seen(world, slips) for world in bench.points.near]
    if near and ask(question, near).kind == AGREE:
        return False  # |u| − ½ where u is beyond 1
    own = [bench.seen(world, slips) for world in bench.points.own]
    given = bench.seen(bench.given, slips)
    return all(is_coincidence(question, worlds, given) for worlds in (own, near) if worlds)


def _at_random(question: Question, sides: tuple[int, int], bench: Bench, slips: tuple[Slip, ...]) -> Step:
    nodes = (*question.around, *question.conditions)
    points = points_for(bench.points, nodes, question.dictionary)
    step = _at_points(question, sides, bench, slips, points)
    if step.outcome.kind == DIFFER:
        for other, unsaid in doubtful(bench.points, nodes, question.dictionary, bench.told):
            if _at_points(question, sides, bench, slips, other).outcome.kind == AGREE:
                return Step(Outcome(UNKNOWN, unsaid), sides)
    return step


def _at_points(
    question: Question, sides: tuple[int, int], bench: Bench, slips: tuple[Slip, ...], points: Points
) -> Step:
    own = [bench.stepping(bench.seen(world, slips), question.around) for world in points.own]
    outcome = ask(question, own)
    if outcome.message == NO_NUMBER:
        others = [bench.stepping(bench.seen(world, slips), question.around) for world in points.other]
        valued = [world for world in (*own, *others) if ask(question, [world]).message != NO_NUMBER]
        outcome = ask(question, valued) if valued else outcome
    if outcome.message == NOTHING and question.conditions:
        drawn = (*points.many, *with_values(points, question.conditions, question.dictionary))
        more = (bench.stepping(bench.seen(world, slips), question.around) for world in drawn)
        met = (world for world in (*own[1:], *more) if ask(question, [world]).message != NOTHING)
        there = [*islice(met, FEWEST)]
        outcome = ask(question, there) if there else outcome
    begun = bench.begun(own, question.around) if outcome.kind == DIFFER else []
    if begun and (found := ask(question, begun)).kind == AGREE:
        numbers = bench.step == 0 and any(is_printed(node) or not has_names(node) for node in question.around)
        return Step(found if numbers else Outcome(UNKNOWN, messages.FIRST_STEP), sides, Proof.NUMERIC)
    if outcome.kind == UNKNOWN and (letter := dummy_of(outcome)) is not None:
        outcome = for_any(question, own, letter, 1) or outcome
    if outcome.kind == AGREE and _sized(question, bench):
        other = (
            ask(question, [bench.seen(world, slips) for world in points.other]) if points.other else outcome
        )
        if other.kind == DIFFER:
            return Step(other, sides, Proof.NUMERIC)  # data have nothing to say about other sizes
    if outcome.kind == DIFFER and points.data:
        data = ask(question, [bench.stepping(bench.seen(w, slips), question.around) for w in points.data])
        idle = bench.given is not None and has_idle_ones(question, own, bench.given)
        if data.kind == AGREE and not vanishes(data) and not idle:
            return Step(data, sides, Proof.NUMERIC, remark=messages.THESE_DATA)
    return Step(outcome, sides, Proof.NUMERIC)


def _refuted(
    question: Question,
    sides: tuple[int, int],
    bench: Bench,
    slips: tuple[Slip, ...],
    script: Mapping[Any, str],
) -> Step | None:
    """What holds at random numbers and not at those given, nor near them: the random ones say too little.

    At a kink the given numbers may be on its very edge: there nobody says which slope is meant. Names of the
    student's own are there what their formulas make them, not the numbers that were printed for them.
    """
    if slips or bench.given is None or not bench.points.complete or bench.example is not None:
        return None
    worlds = [bench.given, *(bench.points.near if not bench.step else ())]
    found = [ask(question, [bench.seen(world, ())], script) for world in worlds]
    if any(outcome.kind != DIFFER or outcome.pair is None for outcome in found):
        return None
    exact = ask(question, [bench.seen(bench.given.with_leaves({}, "near"), ())], script)
    return None if exact.kind == AGREE else Step(found[0], sides, Proof.NUMERIC)


def vanishes(outcome: Outcome) -> bool:
    """Whether two sides are equal because both are 0, whatever factor stands before them."""
    return outcome.pair is not None and not np.any(np.abs(outcome.pair.left) > VANISHING)


def _sized(question: Question, bench: Bench) -> bool:
    """Whether a size in letters stands in the line, so that it must hold for other sizes too."""
    return any(
        isinstance(node, Symbol)
        and (node.base in bench.dictionary.sizes or node.base in bench.dictionary.model.dimensions)
        for side in (question.left, question.right)
        for node in walk(side)
    )


def _at_given(
    question: Question, sides: tuple[int, int], bench: Bench, slips: tuple[Slip, ...], symbolic: bool
) -> Step:
    """At the problem's own numbers; where some are missing that it has, these must not matter."""
    if symbolic and not puts_in(question, bench) and not of_one_array(question):
        return _on_this_side(question, sides, bench, slips)
    start = bench.points.given if bench.example is None else bench.example
    assert start is not None
    assert bench.given is not None
    world = bench.followed(start, slips) if slips else bench.seen(bench.given, slips)
    step = _in_numbers(question, sides, [world], bench.known)
    if not _lacks(step) or bench.step or bench.example is not None:
        return step
    partly = _in_numbers(question, sides, [bench.seen(w, slips) for w in bench.points.partly], bench.known)
    return partly if partly.outcome.kind == AGREE else step


def _lacks(step: Step) -> bool:
    """Whether something is not given that would be needed."""
    return step.outcome.kind == UNKNOWN and isinstance(step.outcome.fault, NoValue)


def _in_numbers(question: Question, sides: tuple[int, int], worlds: Sequence[World], known: Any) -> Step:
    """To the last printed digit; else up to rounding, of what is printed or of what it was put in for."""
    exact = ask(replace(question, slack=Margins(EXACT_UNITS)), worlds)
    if exact.kind == AGREE:
        return Step(exact, sides, Proof.PRINTED)
    if exact.pair is not None:
        bare = not has_names(question.left) and not has_names(question.right)
        coarse = coarse_beside(question.right)
        margins = Margins(LOOSE_UNITS, known, LOOSE_UNITS if bare else EXACT_UNITS, coarse)
        loose = ask(replace(question, slack=margins), worlds)
        if loose.kind == AGREE and not _is_exact(exact.pair, question.right):
            return Step(loose, sides, Proof.PRINTED, rounded=True)
        margins = Margins(EXACT_UNITS, known, coarse=coarse)
        for span, value in islice(
            chain(margins.others(question.left), margins.others(question.right)), MOST_OTHERS
        ):
            other = ask(replace(question, slack=margins, instead={span: value}), worlds)
            if other.kind == AGREE:
                return Step(other, sides, Proof.PRINTED, rounded=True)
    return Step(exact, sides, Proof.PRINTED)


def _on_this_side(question: Question, sides: tuple[int, int], bench: Bench, slips: tuple[Slip, ...]) -> Step:
    """Names alone, in a line that goes on in numbers: right where the units are on that are on there."""
    numbers = any(is_printed(node) or not has_names(node) for node in question.around)
    if not numbers or bench.example is not None or not bench.points.near:
        return Step(Outcome(UNKNOWN), sides)
    found = ask(question, [bench.seen(bench.advanced(world), slips) for world in bench.points.near])
    if found.kind == AGREE and not vanishes(found):
        return Step(found, sides, Proof.PRINTED, remark=messages.THIS_SIDE)
    return Step(Outcome(UNKNOWN), sides)


def _is_exact(pair: Pair, printed: Node) -> bool:
    """Whether a result of one decimal is another number of one decimal: nothing was rounded there."""
    if not stands_alone(printed):
        return False
    off = np.abs(np.real(pair.left) - np.real(pair.right)) > 0.05
    tenths = np.real(pair.left) * 10
    return bool(
        np.any(_has_one_decimal(printed, off.shape) & off & (np.abs(tenths - np.round(tenths)) < 1e-6))
    )


def _has_one_decimal(printed: Node, shape: tuple[int, ...]) -> Any:
    """Of a number, or of each entry of a printed array: whether it shows one decimal."""
    cells = [cell for row in printed.rows for cell in row] if isinstance(printed, Matrix) else [printed]
    places = [min((n.place for n in walk(cell) if isinstance(n, Literal)), default=0) for cell in cells]
    shown = np.array(places) == -1
    return shown.reshape(shape) if shown.size == np.prod(shape) else shown.all()


def runs_on(ready: Prepared, step: Step, bench: Bench) -> bool:
    """Whether "=" reads "and then": 3 · 2 = 6 + 1 = 7, each next step right in itself; of z, if z is 7."""
    nodes = dict(ready.sides)
    left, right = (nodes[place] for place in step.sides)
    if bench.given is None or len(ready.sides) < 3 or has_names(right):
        return False
    if not has_names(left):
        return _goes_on(left, right, bench)
    (first, named), *rest = ready.sides
    if step.sides[0] != first or any(has_names(node) for _, node in rest):
        return False
    on = [(a, b) for (_, a), (_, b) in pairwise(rest) if not _agree(a, b, bench)]
    return bool(on) and _agree(named, rest[-1][1], bench) and all(_goes_on(a, b, bench) for a, b in on)


def _goes_on(left: Node, right: Node, bench: Bench) -> bool:
    """Whether a number is the first of the terms that are reckoned with next."""
    while isinstance(right, Add | Subtract):
        right = right.left
        if _agree(left, right, bench):
            return True
    return False


def _agree(left: Node, right: Node, bench: Bench) -> bool:
    question = Question(left, right, bench.dictionary, slack=Margins(EXACT_UNITS), effort=bench.effort)
    return bench.given is not None and ask(question, [bench.given]).kind == AGREE


def holds(line: Line, bench: Bench) -> bool | None:
    """Whether every side of a line agrees with the next; None where it cannot be said."""
    ready = prepare(line, bench)
    if len(ready.sides) < 2:
        return None
    right = True
    for step in steps_of(ready, bench, ()):
        if step.outcome.kind == UNKNOWN:
            return None
        right = right and step.outcome.kind == AGREE
    return right


def witness_of(step: Step, bench: Bench) -> Witness | None:
    """The numbers at which two sides differ, or the shapes that cannot fit."""
    outcome = step.outcome
    if outcome.world is None:
        return None
    found = witness_at(outcome.world, outcome.pair, step.sides, bench)
    return found if outcome.pair else replace(found, shapes=outcome.shapes, reason=outcome.message)


def witness_at(world: World, pair: Pair | None, sides: tuple[int, int], bench: Bench) -> Witness:
    """The numbers of a point, and what two sides are there."""
    at: str | dict[str, Any] = (
        "given" if world.kind == "given" else {n: np.asarray(a).tolist() for n, a in world.stated.items()}
    )
    names = set(bench.dictionary.model.dimensions)
    sizes = {str(dim): int(size) for dim, size in world.sizes.items() if dim in names}
    left, right = (None, None) if pair is None else (_plain(pair.left), _plain(pair.right))
    return Witness(at, sizes, sides, left, right, functions=messages.stand_ins(bench.dictionary.model))


def _plain(array: Any) -> Any:
    real = np.real(np.asarray(array)).astype(float)
    return np.where(np.isfinite(real), real, np.nan).tolist()

"""Two sides of a chain under every reading that fits: do they agree, do they differ, or is nothing known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.judging.agree import Pair, laid
from symgrad.checking.meaning.conditions import holds
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.effort import Effort
from symgrad.checking.meaning.evaluate import HANDLING
from symgrad.checking.meaning.implied import with_sums
from symgrad.checking.meaning.one_sample import WAY, letter_of
from symgrad.checking.meaning.ranges import within
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, TooLong, Unknown
from symgrad.checking.worlds.moved import Nested, NoValue
from symgrad.checking.worlds.tensor import COLUMN, ROW, STANDS, Absent, Misfit, Tensor, elementwise
from symgrad.checking.worlds.world import World
from symgrad.submission.written import (
    Comparison,
    Matrix,
    Node,
    Symbol,
    walk,
)

__all__ = ["AGREE", "DIFFER", "UNKNOWN", "Outcome", "Question", "ask"]

AGREE, DIFFER, UNKNOWN = "agree", "differ", "unknown"
MOST_READINGS = 48
MOST_LABELS = 40
_LOADED = HANDLING


class Question(Struct, frozen=True):
    """Whether two sides agree: the line they stand in, with its conditions, and what stands for any number.

    ``slack`` gives the margins of printed numbers in a side, at the problem's own numbers.
    """

    left: Node
    right: Node
    dictionary: Dictionary
    line: int = 0
    around: tuple[Node, ...] = ()
    conditions: tuple[Comparison, ...] = ()
    dummies: Mapping[str, Tensor] = field(default_factory=dict)
    transposed: bool = False
    slack: Callable[[Node, Scope], Tensor | None] | None = None
    instead: Mapping[Any, float] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)


class Outcome(Struct, frozen=True):
    """What came out; ``pair`` and ``world`` are the witness where two sides differ under every reading."""

    kind: str
    message: str = ""
    world: World | None = None
    pair: Pair | None = None
    shapes: tuple[Any, ...] | None = None
    fault: Exception | None = None
    script: Mapping[Any, str] = field(default_factory=dict)


def ask(
    question: Question,
    worlds: Sequence[World],
    script: Mapping[Any, str] | None = None,
    most: float = MOST_READINGS,
) -> Outcome:
    """Agreement under one reading that holds at each of these worlds, or difference under all."""
    if not worlds:
        return Outcome(UNKNOWN, "there are no numbers at which this could be looked at")
    differing: Outcome | None = None
    unknown: Outcome | None = None
    count, stood = 0.0, False
    for stands in _standing(question):
        if stands == ROW and count and not stood:
            break  # there are no vectors
        for reading in _scripts(question, stands, worlds[0], dict(script or {})):
            outcome, stood = reading.outcome, stood or reading.stood
            count += 1 if outcome.pair is not None else 0.2
            if outcome.kind == AGREE:
                outcome = _everywhere(question, stands, worlds[1:], reading.script)
                if outcome.kind == AGREE:
                    return replace(outcome, script=reading.script, pair=reading.outcome.pair)
            if outcome.kind == DIFFER and (differing is None or differing.pair is None):
                differing = outcome if differing is None or outcome.pair is not None else differing
            if outcome.kind == UNKNOWN:
                unknown = unknown or outcome
            if count >= most:
                return Outcome(UNKNOWN, "too many readings", pair=differing.pair if differing else None)
    if unknown is not None and (differing is None or differing.pair is None):
        return unknown
    assert differing is not None or unknown is not None
    return differing or unknown  # type: ignore[return-value]


def values(question: Question, world: World, most: int) -> tuple[Any, ...] | None:
    """The entries of the right side under every reading that fits; None where there are more than so many."""
    asked = replace(question, left=question.right)
    found: list[Any] = []
    stood = True
    for stands in _standing(question):
        if not stood:
            break
        stood = False
        for reading in _scripts(asked, stands, world, {}):
            pair, stood = reading.outcome.pair, stood or reading.stood
            if pair is not None:
                found.append(np.unique(np.asarray(pair.right, dtype=float)))
            if len(found) > most:
                return None
    return tuple(found)


def _standing(question: Question) -> tuple[str, ...]:
    """How vectors may stand: as the work as a whole shows, else either way; so may printed rows."""
    settled = question.dictionary.ways.get(STANDS)
    printed = any(isinstance(part, Matrix) for side in (question.left, question.right) for part in walk(side))
    return (settled,) if settled and not printed else (COLUMN, ROW)


class _Reading(Struct):
    script: dict[Any, str]
    outcome: Outcome
    stood: bool


def _scripts(question: Question, stands: str, world: World, fixed: dict[Any, str]) -> Iterator[_Reading]:
    """Every reading at one world, the likeliest first."""
    waiting: list[dict[Any, str]] = [fixed]
    there = _There(question, _scope(question, stands, world))
    choices = there.scope.choices
    while waiting:
        script = waiting.pop()
        outcome = there.under(script)
        taken = {key: value for key, (value, _) in choices.trail.items()}
        yield _Reading({**script, **taken}, outcome, choices.stood)
        fresh = [key for key in choices.trail if key not in script]
        for n in reversed(range(len(fresh))):
            key = fresh[n]
            chosen, options = choices.trail[key]
            prefix = {**script, **{k: taken[k] for k in fresh[:n]}}
            waiting += ({**prefix, key: other} for other in reversed(options) if other != chosen)


def _everywhere(
    question: Question, stands: str, worlds: Sequence[World], script: Mapping[Any, str]
) -> Outcome:
    for world in worlds:
        outcome = _There(question, _scope(question, stands, world)).under(script)
        if outcome.kind != AGREE and outcome.message != NOTHING:
            return outcome
    return Outcome(AGREE)


NOTHING = "the condition is met nowhere"
NO_NUMBER = "no number comes out here"


def _scope(question: Question, stands: str, world: World) -> Scope:
    return Scope(
        question.dictionary,
        world,
        Choices(effort=question.effort),
        stands,
        bound=question.dummies,
        line=question.line,
        transposed=question.transposed,
        instead=question.instead,
    )


class _There(Struct):
    """A question at one world, to be read in one way after the other."""

    question: Question
    scope: Scope
    ranged: dict[Any, Scope] = field(default_factory=dict)
    """The scope in which the sides are worked out, for each way to number the letters of layers."""

    def under(self, script: Mapping[Any, str]) -> Outcome:
        """What comes out under a reading, and where that is silent under the first that fits."""
        self.question.effort.spend(0)
        self.scope.choices.restart(script)
        try:
            return self._labelled(self.scope, 0)
        except Unknown as fault:
            return Outcome(UNKNOWN, fault.message, fault=fault)
        except NoValue as fault:
            return Outcome(UNKNOWN, f"nothing is given for {fault.name}", fault=fault)
        except (Nested, TooLong, RecursionError) as fault:
            return Outcome(UNKNOWN, "working this out takes too much", fault=fault)
        except np.linalg.LinAlgError as fault:
            return Outcome(UNKNOWN, "a matrix has no inverse here", fault=fault)

    def _labelled(self, scope: Scope, depth: int) -> Outcome:
        """The outcome with every number put in for the letters of layers and times."""
        try:
            return _compared(self.question, self._ranged(scope))
        except Labelled as label:
            if depth > 2:
                raise Unknown("too many letters for layers") from None
            numbers = range(min(label.numbers) - 1, max(label.numbers) + 2)
            if len(numbers) > MOST_LABELS:
                raise Unknown("too many layers") from None
            met = 0
            for number in numbers:
                outcome = self._labelled(scope.labelled(label.letter, number), depth + 1)
                if outcome.kind == DIFFER and isinstance(outcome.fault, Absent):
                    continue
                if outcome.kind != AGREE:
                    return outcome
                met += 1
            if not met:
                return Outcome(UNKNOWN, f"no number stands for {label.letter}")
            return Outcome(AGREE)

    def _ranged(self, scope: Scope) -> Scope:
        numbers = tuple(scope.labels.items())
        if numbers not in self.ranged:
            asked = self.question
            nodes = (*(asked.around or (asked.left, asked.right)), *asked.conditions)
            if asked.dictionary.ways.get(WAY) == "one":
                scope = replace(scope, sample=letter_of(nodes, asked.dictionary))
            self.ranged[numbers] = within(nodes, scope)
        return self.ranged[numbers]


def _compared(question: Question, scope: Scope) -> Outcome:
    left = right = None
    try:
        sides: tuple[Node, ...] = (question.left, question.right)
        if question.dictionary.einstein:
            sides = with_sums(sides, question.around or sides)
        left, right = map(scope.evaluate, sides)
        mask = mask_of(question.conditions, scope, left, right)
        slack: tuple[Any, Any] = (None, None)
        if question.slack is not None:
            slack = (question.slack(question.left, scope), question.slack(question.right, scope))
        pair = _laid(left, right, mask, slack)
    except Misfit as fault:
        shapes = None if left is None or right is None else (left.core, right.core)
        return Outcome(DIFFER, str(fault), scope.world, None, shapes, fault)  # type: ignore[arg-type]
    if not pair.compares:
        return Outcome(UNKNOWN, NOTHING)
    if not pair.agrees and not pair.parts:
        return Outcome(UNKNOWN, NO_NUMBER)  # a logarithm of a negative number
    kind = AGREE if pair.agrees else DIFFER
    return Outcome(kind, "", scope.world, pair)  # type: ignore[arg-type]


def _laid(left: Tensor, right: Tensor, mask: Tensor | None, slack: tuple[Any, Any]) -> Pair:
    """Two sides side by side; a condition that does not fit them is about something else."""
    try:
        return laid(left, right, mask, slack)
    except Misfit:
        if mask is None:
            raise
    pair = laid(left, right, None, slack)
    if not pair.agrees:
        raise Unknown("a condition that does not fit the line")
    return pair


def mask_of(conditions: Sequence[Comparison], scope: Scope, *sides: Tensor) -> Tensor | None:
    """1 where the conditions of a line hold, of the indices as far as they run in its sides."""
    found: Tensor | None = None
    run = {letter: size for side in sides for letter, size in side.sizes.items()}
    scope = replace(scope, ranges={**scope.ranges, **run})
    for condition in conditions:
        if _is_foreign(condition, scope):
            continue
        try:
            part = holds(condition, scope)
        except Misfit:
            continue  # X ≠ Y of arrays of other shapes tells no places
        found = part if found is None else elementwise(np.multiply, found, part)
    return found


def _is_foreign(condition: Comparison, scope: Scope) -> bool:
    """Whether a condition is about an index that the line does not have: i = j of ∂y_i/∂z_i."""
    return any(
        isinstance(side, Symbol)
        and len(side.base) == 1
        and not side.sub
        and side.base not in scope.ranges
        and not scope.dictionary.is_known(side)
        and next(scope.dictionary.defined(side, (), scope.line), None) is None
        and side.base not in scope.dictionary.hot
        for side in (condition.left, condition.right)
    )


def dummy_of(outcome: Outcome) -> str | None:
    """The plain letter that has no meaning, where that is why nothing is known."""
    fault = outcome.fault
    if isinstance(fault, Unknown) and isinstance(fault.node, Symbol):
        node = fault.node
        if not node.sub and not node.marks and not node.accents and node.base.isalpha():
            return node.base
    return None

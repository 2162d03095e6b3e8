"""What every line of a submission is held against, found out before the first is judged."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.facts import Fact
from symgrad.checking.judging.bench import Bench, prepare
from symgrad.checking.judging.compare import steps_of
from symgrad.checking.judging.readings import AGREE, Question, ask
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.effort import Effort
from symgrad.checking.meaning.scope import TooLong
from symgrad.checking.settling.active import active_in
from symgrad.checking.settling.alone import alone_in
from symgrad.checking.settling.classes import classes_of, of_all
from symgrad.checking.settling.counting import bind_starts, counts_in
from symgrad.checking.settling.evidence import (
    bind_hot,
    bind_sums,
    bind_zero,
    open_sums,
    stated_facts,
    stated_positive,
)
from symgrad.checking.settling.named_parts import with_parts
from symgrad.checking.settling.naming import dictionary_of
from symgrad.checking.settling.renaming import bind_names
from symgrad.checking.settling.rereading import reread
from symgrad.checking.settling.shifted_sums import sums_apart
from symgrad.checking.settling.sizes import bind_sizes
from symgrad.checking.settling.supposed import supposed_in
from symgrad.checking.settling.symmetric import symmetric_in
from symgrad.checking.settling.ways import bind_counting, bind_ways
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.points import Points, bounds_of, points_of
from symgrad.submission.lines import Line, Submission

SETTLING_NODES = 10_000
FEW_READINGS = 12
"""Readings of a line that is only one of many that show what a letter means."""


def bench_of(model: Model, submission: Submission, whole: Effort) -> tuple[Submission, Bench]:
    """A submission as it is read, and what its lines are held against; ``whole`` is the effort for all."""
    submission = _reread(submission, model, whole)
    parted = _parted(submission, model, whole)
    if parted is not model:  # what is said of the new quantities may show a notation too
        submission, model = _reread(submission, parted, whole), parted
    dictionary = dictionary_of(model, submission)
    model = model.without_taken(frozenset(open_sums(submission, dictionary)))
    dictionary = replace(dictionary, model=model)
    stated = tuple(Fact(name, None, Fraction(1)) for name in stated_facts(submission, dictionary))
    positive = frozenset(stated_positive(submission, dictionary)) & bounds_of(model)
    symmetric = symmetric_in(submission, dictionary)
    counts = frozenset(counts_in(submission, dictionary))
    points = points_of(model, stated if set(stated) - set(model.facts) else (), positive, symmetric, counts)
    if points.model is not model:
        dictionary = replace(dictionary, model=points.model)
    worlds = points.other[:1] or points.own[:1]
    effort = whole.shared(SETTLING_NODES)
    effort.renew()
    if worlds:
        with np.errstate(all="ignore"), suppress(TooLong):
            holds = partial(_holds, points=points, effort=effort)
            dictionary = bind_zero(submission, dictionary, worlds[0], holds)
            dictionary = bind_starts(submission, dictionary, holds)
            dictionary = bind_sizes(
                submission, dictionary, worlds[0], partial(_holds, points=points, effort=effort)
            )
            hot = points.hot if any(fact.value == 1 for fact in points.model.facts) else points
            bound = bind_hot(submission, dictionary, partial(_holds, points=hot, effort=effort))
            if bound.hot:
                points = hot
                dictionary = bind_sizes(
                    submission, bound, worlds[0], partial(_holds, points=points, effort=effort)
                )
            dictionary = bind_names(dictionary, points.own[:2])
            dictionary = bind_sums(submission, dictionary, partial(_holds, points=points, effort=effort))
            dictionary = bind_ways(submission, dictionary, partial(_holds, points=points, effort=effort))
            in_numbers = partial(_holds_in_numbers, points=points, effort=effort)
            dictionary = bind_counting(submission, dictionary, in_numbers)
    return submission, Bench(
        points,
        dictionary,
        effort=whole,
        classes=classes_of(submission),
        apart=sums_apart(submission),
        active=active_in(submission),
        of_all=of_all(submission),
        alone=alone_in(submission),
        supposed=supposed_in(submission, dictionary),
    )


def _reread(submission: Submission, model: Model, whole: Effort) -> Submission:
    """The submission with the notations that its lines show."""
    effort = whole.shared(SETTLING_NODES)
    effort.renew()
    with np.errstate(all="ignore"), suppress(TooLong):
        holds = partial(_holds, points=points_of(model, ()), effort=effort)
        return reread(submission, partial(dictionary_of, model), holds)
    return submission


def _parted(submission: Submission, model: Model, whole: Effort) -> Model:
    """The problem with the parts of it that the work names and differentiates by."""
    effort = whole.shared(SETTLING_NODES)
    effort.renew()

    def holds(line: Line, dictionary: Dictionary) -> int:
        return _holds(line, dictionary, points_of(dictionary.model, ()), effort)

    with np.errstate(all="ignore"), suppress(TooLong):
        return with_parts(submission, model, dictionary_of, lambda known: points_of(known, ()).own, holds)
    return model


def _holds(line: Line, dictionary: Dictionary, points: Points, effort: Effort) -> int:
    """How many neighbouring sides of a line agree under a dictionary."""
    bench = Bench(points, dictionary)
    ready = prepare(line, bench)
    count = 0
    for (_, left), (_, right) in pairwise(ready.sides):
        question = Question(left, right, dictionary, line.id - 1, ready.nodes, line.conditions, effort=effort)
        for worlds in (points.own, points.other):
            count += bool(worlds) and ask(question, worlds, most=FEW_READINGS).kind == AGREE
    return count


def _holds_in_numbers(line: Line, dictionary: Dictionary, points: Points, effort: Effort) -> int:
    """The same, the problem's own numbers put in where any are printed."""
    bench = Bench(points, dictionary, effort=effort)
    return sum(step.outcome.kind == AGREE for step in steps_of(prepare(line, bench), bench, ()))

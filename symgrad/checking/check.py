"""From a submission to its verdicts: the whole check, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from os import environ
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.checking.explaining.explain import explain
from symgrad.checking.judging import messages
from symgrad.checking.judging.bench import Bench, prepare
from symgrad.checking.judging.compare import holds, steps_of
from symgrad.checking.judging.conventions import Convention
from symgrad.checking.judging.doubt import doubted
from symgrad.checking.judging.effort import Effort
from symgrad.checking.judging.judge import judge
from symgrad.checking.judging.keeping import convention_of
from symgrad.checking.judging.memory import Memory, Slip
from symgrad.checking.judging.misreading import Misread, misread
from symgrad.checking.judging.readings import AGREE, Question, ask
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.evidence import bind_hot, bind_sums, bind_ways, stated_facts
from symgrad.checking.meaning.renaming import bind_names
from symgrad.checking.meaning.scope import TooLong
from symgrad.checking.meaning.settling import dictionary_of
from symgrad.checking.meaning.sizes import bind_sizes
from symgrad.checking.verdict import Binding, Check, Contradicted, Judged, Kept, Verdict
from symgrad.checking.worlds.model import Model, model_of
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.points import Points
from symgrad.errors import InputError
from symgrad.reading.problem import Problem
from symgrad.submission.lines import Line, Submission
from symgrad.submission.read import load_submission, read_submission
from symgrad.submission.sheet import Unstated, exercises_of, problem_of, with_words

ALL_SECONDS = 8.5
"""For a sheet with the causes of what is wrong."""
SETTLING_SECONDS, CONVENTION_SECONDS, EXPLAINING_SECONDS = 2.0, 2.0, 1.0
MISREADING_SECONDS = 1.0
Folded: TypeAlias = "tuple[tuple[Judged, Memory], ...]"
FEW_READINGS = 12
"""Readings of a line that is only one of many that show what a letter means."""
STRICT = "SYMGRAD_STRICT"
"""Set by tests and benchmarks, for which a fault of the checker must not pass as a line nobody can judge."""


def check_file(path: Path, problem: Problem | None = None) -> Check:
    """The verdicts on a file; its own forward pass and givens are the problem where none is given.

    Raises `InputError` where the file or the problem cannot be used.
    """
    return check_submission(load_submission(path, _words(problem)), problem)


def check_text(text: str, problem: Problem | None = None, name: str = "submission.md") -> Check:
    """The verdicts on a text; the ending of ``name`` says how it is read (md, tex, ipynb, txt).

    Raises `InputError` where the text or the problem cannot be used.
    """
    return check_submission(read_submission(text, name, _words(problem)), problem)


def _words(problem: Problem | None) -> tuple[str, ...]:
    """The problem's names, and their parts, that the reader could not tell from products of letters."""
    names = () if problem is None else (*problem.leaves, *problem.formulas, *problem.given)
    parts = (part for name in names for part in (name, *name.split("_")))
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1 and part.isalpha()))


def check_submission(submission: Submission, problem: Problem | None = None) -> Check:
    """Every line judged against the problem, in reading order; without one, against the submission's own.

    Raises `InputError` where no problem is given and the submission's own cannot be read.
    """
    if problem is not None:
        return _checked(submission, problem)
    submission = with_words(submission)
    exercises = exercises_of(submission)
    if not exercises:
        return _checked(submission, problem_of(submission))
    if all(isinstance(own, InputError) for _, _, own in exercises):
        raise next(own for _, _, own in exercises if isinstance(own, InputError))
    parts = []
    for first, last, own in exercises:
        lines = tuple(line for line in submission.lines if first <= line.id <= last)
        part = replace(submission, lines=lines)
        parts.append(_unasked(part, own) if isinstance(own, InputError) else _checked(part, own))
    return _together(submission, parts)


def _unasked(submission: Submission, fault: InputError) -> Check:
    """An exercise of several whose problem cannot be read: nothing is said about its lines."""
    lines = tuple(Judged(line, Verdict.UNCHECKED, fault.message) for line in submission.lines)
    return Check(submission, "", lines, notes=(fault.message,))


def _together(submission: Submission, parts: list[Check]) -> Check:
    """The checks of several exercises as one."""

    def joined(name: str) -> tuple[Any, ...]:
        return tuple(item for part in parts for item in getattr(part, name))

    names = ("lines", "givens", "bindings", "conventions", "notes", "missing")
    return Check(submission, parts[0].title, **{name: joined(name) for name in names})


def _checked(submission: Submission, problem: Problem) -> Check:
    model = model_of(problem)
    bench = bench_of(model, submission)
    found = _judged(submission, bench)
    told: tuple[Kept, ...] = ()
    with np.errstate(all="ignore"):
        kept = _convention(tuple(judged for judged, _ in found), submission.text, bench)
    if kept is not None:
        bench = replace(bench, convention=kept)
        before, found = found, _judged(submission, bench)
        told = (_kept(kept, tuple(j for j, _ in before), tuple(j for j, _ in found)),)
    slip = _misread(found, bench)
    if slip is not None:
        found = _judged(submission, bench, slip)
    asked = replace(bench, effort=bench.effort.shared(EXPLAINING_SECONDS, ALL_SECONDS))
    explained = tuple(_explained(judged, memory, asked) for judged, memory in found)
    lines = doubted(explained, bench.dictionary)
    notes = (problem.lack.message,) if isinstance(problem, Unstated) and problem.lack is not None else ()
    missing = () if isinstance(problem, Unstated) else tuple(_missing(lines, bench))
    return Check(
        submission,
        problem.title,
        lines,
        (*_misreads(slip, lines), *_givens(lines, bench)),
        tuple(_bindings(bench)),
        told,
        notes,
        missing,
    )


def _convention(lines: tuple[Judged, ...], text: str, bench: Bench) -> Convention | None:
    """The convention that the work keeps to, as far as that can be found out in time."""
    asked = replace(bench, effort=bench.effort.shared(CONVENTION_SECONDS))
    asked.effort.renew()
    try:
        return convention_of(lines, text, asked, holds)
    except (TooLong, NoValue, RecursionError):
        return None


def _missing(lines: tuple[Judged, ...], bench: Bench) -> Iterator[str]:
    """The gradients that are asked for and that no line is about."""
    about = {judged.quantity for judged in lines}
    objective = bench.dictionary.model.objective
    for name in bench.dictionary.model.graph.wrt:
        if f"d{objective}/d{name}" not in about:
            yield f"d{objective}/d{name}"


def _bindings(bench: Bench) -> Iterator[Binding]:
    """What letters of the student's own were taken to mean."""
    dictionary = bench.dictionary
    for letter, dim in dictionary.sizes.items():
        yield Binding(letter, str(dim), "the size that makes most lines right")
    for letter, name in dictionary.hot.items():
        yield Binding(letter, f"the place of the one in {name}", "the lines with it hold for that")
    for (base, *_), name in dictionary.aliases.items():
        if name == dictionary.model.objective:
            yield Binding(base, name, "the usual name of the objective")


def _misreads(slip: Slip | None, lines: tuple[Judged, ...]) -> Iterator[Contradicted]:
    """A given with which the work goes on otherwise than the problem states it."""
    if slip is not None and isinstance(slip.believed, Misread):
        read = slip.believed
        explained = sum(judged.root == slip.root for judged in lines)
        yield Contradicted(str(slip.name), read.index or None, read.stated, read.used, explained)


def _givens(lines: tuple[Judged, ...], bench: Bench) -> Iterator[Contradicted]:
    """Givens that are stated with another value while later lines go on with it."""
    given = bench.points.given
    for judged in lines:
        name = judged.quantity
        if judged.verdict is not Verdict.WRONG or name is None or given is None:
            continue
        if name not in bench.dictionary.model.problem.given:
            continue
        explained = sum(other.root == judged.line.id for other in lines)
        witness = judged.witness
        if not explained or witness is None or witness.left is None or witness.at != "given":
            continue
        left, right = np.asarray(witness.left), np.asarray(witness.right)
        if left.shape == right.shape == given.value(name).shape:
            for where in np.argwhere(left != right):
                index = tuple(where.tolist())
                yield Contradicted(name, index or None, float(left[index]), float(right[index]), explained)


def _judged(submission: Submission, bench: Bench, slip: Slip | None = None) -> Folded:
    """The fold over all lines: each with what was remembered before it; with a slip made at its line."""
    memory = Memory()
    found: list[tuple[Judged, Memory]] = []
    for line in submission.lines:
        judged, after = _guarded(line, memory, bench)
        found.append((judged, memory))
        memory = after if slip is None or slip.line != line.id else after.slipped(slip.root, slip)
    return tuple(found)


def _misread(found: Folded, bench: Bench) -> Slip | None:
    """A given that was read wrongly, as far as that can be found out in time."""
    asked = replace(bench, effort=bench.effort.shared(MISREADING_SECONDS))
    asked.effort.renew()
    try:
        with np.errstate(all="ignore"):
            return misread([judged for judged, _ in found], asked)
    except (TooLong, RecursionError):
        return None


def _explained(judged: Judged, memory: Memory, bench: Bench) -> Judged:
    """A wrong line with its cause; whatever goes wrong in looking for that, the verdict stays."""
    if judged.verdict is not Verdict.WRONG:
        return judged
    bench = replace(bench, step=memory.step, example=memory.example)
    bench.effort.renew()
    try:
        with np.errstate(all="ignore"):
            bench.effort.spend()
            ready = prepare(judged.line, bench)
            return explain(judged, ready, tuple(steps_of(ready, bench, ())), memory, bench)
    except (TooLong, RecursionError, MemoryError):
        return judged
    except Exception:
        if STRICT in environ:
            raise
        return judged


def _kept(convention: Convention, before: tuple[Judged, ...], after: tuple[Judged, ...]) -> Kept:
    """A convention with the lines that it explains."""
    explained = (a.line.id for b, a in zip(before, after, strict=True) if b.verdict != a.verdict)
    return Kept(convention.id, convention.message, tuple(explained))


def bench_of(model: Model, submission: Submission) -> Bench:
    """What every line of a submission is held against."""
    points = Points(model)
    dictionary = dictionary_of(model, submission)
    stated = tuple(Fact(name, None, Fraction(1)) for name in stated_facts(submission, dictionary))
    if set(stated) - set(model.facts):
        model = replace(model, facts=tuple(dict.fromkeys((*model.facts, *stated))), _below={})
        points, dictionary = Points(model), replace(dictionary, model=model)
    worlds = points.other[:1] or points.own[:1]
    whole = Effort()
    effort = whole.shared(SETTLING_SECONDS)
    effort.renew()
    if worlds:
        with np.errstate(all="ignore"), suppress(TooLong):
            dictionary = bind_sizes(
                submission, dictionary, worlds[0], partial(_holds, points=points, effort=effort)
            )
            hot = Points(model, True) if any(fact.value == 1 for fact in model.facts) else points
            bound = bind_hot(submission, dictionary, partial(_holds, points=hot, effort=effort))
            if bound.hot:
                points = hot
                dictionary = bind_sizes(
                    submission, bound, worlds[0], partial(_holds, points=points, effort=effort)
                )
            dictionary = bind_names(dictionary, points.own[:2])
            dictionary = bind_sums(submission, dictionary, partial(_holds, points=points, effort=effort))
            dictionary = bind_ways(submission, dictionary, partial(_holds, points=points, effort=effort))
    return Bench(points, dictionary, effort=whole)


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


def _guarded(line: Line, memory: Memory, bench: Bench) -> tuple[Judged, Memory]:
    """The verdict on a line; what goes wrong there is said as such, and the other lines are judged."""
    bench.effort.renew()
    try:
        with np.errstate(all="ignore"):
            return judge(line, memory, bench)
    except (TooLong, RecursionError, MemoryError):
        return Judged(line, Verdict.UNCHECKED, messages.NOT_JUDGED), memory
    except Exception:
        if STRICT in environ:
            raise
        return Judged(line, Verdict.UNCHECKED, messages.INTERNAL, fault=True), memory

"""From a submission to its verdicts: the whole check, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from os import environ
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from msgspec.structs import replace

from symgrad.checking.explaining.explain import explain
from symgrad.checking.explaining.right import gradient_by
from symgrad.checking.judging import messages
from symgrad.checking.judging.bench import Bench, prepare
from symgrad.checking.judging.compare import holds, steps_of
from symgrad.checking.judging.conventions import Convention
from symgrad.checking.judging.doubt import doubted
from symgrad.checking.judging.judge import judge
from symgrad.checking.judging.keeping import convention_of
from symgrad.checking.judging.memory import Memory, Slip
from symgrad.checking.judging.misreading import Misread, misread
from symgrad.checking.judging.turning import told_apart
from symgrad.checking.laying import bench_of
from symgrad.checking.meaning.effort import Effort
from symgrad.checking.meaning.scope import TooLong
from symgrad.checking.settling.written_calls import words_in
from symgrad.checking.verdict import Binding, Check, Contradicted, Judged, Kept, Verdict
from symgrad.checking.worlds.model import model_of
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.points import points_of
from symgrad.deadline import OutOfTime, within
from symgrad.errors import InputError
from symgrad.reading.problem import Problem
from symgrad.submission.lines import Line, Submission
from symgrad.submission.read import load_submission, read_submission
from symgrad.submission.sheet import Unstated, exercises_of, problem_of, with_words

ALL_NODES, ALL_SECONDS = 60_000, 8.0
"""For a sheet with the causes of what is wrong."""
CONVENTION_NODES, EXPLAINING_NODES, MISREADING_NODES = 10_000, 2_500, 6_000
LONG = 4.0
"""Seconds after which what makes few nodes and takes long is interrupted."""
PROBLEM_SECONDS = 3.0
"""For what problem a sheet states."""
LEAST, DOUBTING_SECONDS = 0.1, 1.0
Exercises: TypeAlias = "tuple[tuple[int, int, Problem | InputError], ...]"
Folded: TypeAlias = "tuple[tuple[Judged, Memory], ...]"
STRICT = "SYMGRAD_STRICT"
"""Set by tests and benchmarks, for which a fault of the checker must not pass as a line nobody can judge."""


def check_file(path: Path, problem: Problem | None = None) -> Check:
    """The verdicts on a file; its own forward pass and givens are the problem where none is given.

    Raises `InputError` where the file or the problem cannot be used.
    """
    effort = Effort()
    return check_submission(load_submission(path, words_of(problem)), problem, effort)


def check_text(text: str, problem: Problem | None = None, name: str = "submission.md") -> Check:
    """The verdicts on a text; the ending of ``name`` says how it is read (md, tex, ipynb, txt).

    Raises `InputError` where the text or the problem cannot be used.
    """
    effort = Effort()
    return check_submission(read_submission(text, name, words_of(problem)), problem, effort)


def prepare_problem(problem: Problem) -> None:
    """Work out now what the check of any submission needs of the problem: for processes forked later."""
    model = model_of(problem)
    for name in sorted(model.below(model.objective)):
        gradient_by(model, model.objective, name)
    points = points_of(model, ())
    for world in (*points.all, *(points.hot.all if any(fact.value == 1 for fact in model.facts) else ())):
        for name in world.model.graph.leaves:
            with suppress(NoValue):
                world.gradient(name)


def words_of(problem: Problem | None) -> tuple[str, ...]:
    """The problem's names, and their parts, that the reader could not tell from products of letters."""
    if problem is None:
        return ()
    names = (*problem.leaves, *problem.formulas, *problem.given, *words_in(problem.write))
    parts = (part for name in names for part in (name, *name.split("_")))
    return tuple(dict.fromkeys(part for part in parts if len(part) > 1 and part.isalpha()))


def check_submission(
    submission: Submission, problem: Problem | None = None, effort: Effort | None = None
) -> Check:
    """Every line judged against the problem, in reading order; without one, against the submission's own.

    ``effort`` is what may be spent on it, reading included. Raises `InputError` where no problem is given and
    the submission's own cannot be read.
    """
    effort = effort or Effort()
    if problem is not None:
        return _checked(submission, problem, effort)
    try:
        with within(PROBLEM_SECONDS):
            submission, problem, exercises = _own(submission)
    except (OutOfTime, RecursionError):
        hint = "write it shorter, or add --problem FILE"
        raise InputError("what this sheet derives cannot be made out in time", hint=hint) from None
    if problem is not None:
        return _checked(submission, problem, effort)
    parts = []
    for first, last, own in exercises:
        lines = tuple(line for line in submission.lines if first <= line.id <= last)
        part = replace(submission, lines=lines)
        parts.append(_unasked(part, own) if isinstance(own, InputError) else _checked(part, own, effort))
    return _together(submission, parts)


def _own(submission: Submission) -> tuple[Submission, Problem | None, Exercises]:
    """A submission with the problem that it states, or with those of its exercises."""
    submission = with_words(submission)
    exercises = exercises_of(submission)
    if not exercises:
        return submission, problem_of(submission), ()
    if all(isinstance(own, InputError) for _, _, own in exercises):
        raise next(own for _, _, own in exercises if isinstance(own, InputError))
    return submission, None, exercises


def _unasked(submission: Submission, fault: InputError) -> Check:
    """An exercise of several whose problem cannot be read: nothing is said about its lines."""
    lines = tuple(Judged(line, Verdict.UNCHECKED, fault.message) for line in submission.lines)
    return Check(submission, "", lines, notes=(fault.message,))


def _together(submission: Submission, parts: list[Check]) -> Check:
    """The checks of several exercises as one."""

    def joined(name: str) -> tuple[Any, ...]:
        return tuple(item for part in parts for item in getattr(part, name))

    names = ("lines", "givens", "bindings", "conventions", "notes", "missing")
    return replace(parts[0], submission=submission, **{name: joined(name) for name in names})


def _checked(submission: Submission, problem: Problem, effort: Effort) -> Check:
    try:
        with within(max(effort.left, LEAST)):
            submission, bench = bench_of(model_of(problem), submission, effort)
    except (OutOfTime, RecursionError, MemoryError):
        return _untimed(submission, problem)
    found = _judged(submission, bench)
    if told := told_apart([judged for judged, _ in found], submission.text, bench):
        bench = replace(bench, told=told)
        found = _judged(submission, bench)
    kept_to: tuple[Kept, ...] = ()
    with np.errstate(all="ignore"):
        kept = _convention(tuple(judged for judged, _ in found), submission.text, bench)
    if kept is not None:
        otherwise = replace(bench, convention=kept)
        again = _judged(submission, otherwise)
        if bench.effort.left > 0:
            kept_to = (_kept(kept, tuple(j for j, _ in found), tuple(j for j, _ in again)),)
            bench, found = otherwise, again
    slip = _misread(found, bench)
    if slip is not None:
        again = _judged(submission, bench, slip)
        slip, found = (slip, again) if bench.effort.left > 0 else (None, found)
    asked = replace(bench, effort=bench.effort.shared(EXPLAINING_NODES, ALL_NODES, ALL_SECONDS))
    explained = tuple(_explained(judged, memory, asked) for judged, memory in found)
    lines = _doubted(explained, bench)
    missing = () if isinstance(problem, Unstated) else tuple(_missing(lines, bench))
    bench.dictionary.values.clear()
    return Check(
        submission,
        problem.title,
        lines,
        (*_misreads(slip, lines), *_givens(lines, bench)),
        tuple(_bindings(bench)),
        kept_to,
        _notes(submission, problem),
        missing,
    )


def _doubted(lines: tuple[Judged, ...], bench: Bench) -> tuple[Judged, ...]:
    """The lines, those left unchecked whose notation has rather been misread."""
    try:
        with within(DOUBTING_SECONDS):
            return doubted(lines, bench.dictionary)
    except (OutOfTime, RecursionError):
        return lines


def _notes(submission: Submission, problem: Problem) -> tuple[str, ...]:
    """What is to be known of the whole: that there is no forward pass, that the end was not reached."""
    lack = (problem.lack.message,) if isinstance(problem, Unstated) and problem.lack is not None else ()
    stopped = (messages.stopped(submission.stopped),) if submission.stopped else ()
    return (*lack, *stopped)


def _untimed(submission: Submission, problem: Problem) -> Check:
    """A submission for which not even the meaning of its letters was found in time."""
    lines = tuple(Judged(line, Verdict.UNCHECKED, messages.TOO_DEEP) for line in submission.lines)
    return Check(submission, problem.title, lines, notes=_notes(submission, problem))


def _convention(lines: tuple[Judged, ...], text: str, bench: Bench) -> Convention | None:
    """The convention that the work keeps to, as far as that can be found out in time."""
    asked = replace(bench, effort=bench.effort.shared(CONVENTION_NODES))
    asked.effort.renew()
    try:
        with within(LONG):
            return convention_of(lines, text, asked, holds)
    except (TooLong, OutOfTime, NoValue, RecursionError):
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
        why = "as the work says" if letter in dictionary.declared else "the size that makes most lines right"
        if letter not in dictionary.open:
            yield Binding(letter, str(dim), why)
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
        if bench.effort.left < 0 or 0 < submission.unread <= line.id:
            judged, after = Judged(line, Verdict.UNCHECKED, messages.NO_TIME), memory
        else:
            judged, after = _guarded(line, memory, bench)
        found.append((judged, memory))
        memory = after if slip is None or slip.line != line.id else after.slipped(slip.root, slip)
    return tuple(found)


def _misread(found: Folded, bench: Bench) -> Slip | None:
    """A given that was read wrongly, as far as that can be found out in time."""
    asked = replace(bench, effort=bench.effort.shared(MISREADING_NODES))
    asked.effort.renew()
    try:
        with np.errstate(all="ignore"), within(LONG):
            return misread([judged for judged, _ in found], asked)
    except (TooLong, OutOfTime, RecursionError):
        return None


def _explained(judged: Judged, memory: Memory, bench: Bench) -> Judged:
    """A wrong line with its cause; whatever goes wrong in looking for that, the verdict stays."""
    if judged.verdict is not Verdict.WRONG or judged.explained:
        return judged
    bench = replace(bench, step=memory.step, example=memory.example)
    bench.effort.renew()
    try:
        with np.errstate(all="ignore"), within(LONG):
            bench.effort.spend()
            ready = prepare(judged.line, bench)
            return explain(judged, ready, tuple(steps_of(ready, bench, ())), memory, bench)
    except (TooLong, OutOfTime, RecursionError, MemoryError):
        return judged
    except Exception:
        if STRICT in environ:
            raise
        return judged


def _kept(convention: Convention, before: tuple[Judged, ...], after: tuple[Judged, ...]) -> Kept:
    """A convention with the lines that it explains."""
    explained = (a.line.id for b, a in zip(before, after, strict=True) if b.verdict != a.verdict)
    return Kept(convention.id, convention.message, tuple(explained))


def _guarded(line: Line, memory: Memory, bench: Bench) -> tuple[Judged, Memory]:
    """The verdict on a line; what goes wrong there is said as such, and the other lines are judged."""
    bench.effort.renew()
    try:
        with np.errstate(all="ignore"), within(LONG):
            return judge(line, memory, bench)
    except (TooLong, OutOfTime, RecursionError, MemoryError):
        return Judged(line, Verdict.UNCHECKED, messages.NOT_JUDGED), memory
    except Exception:
        if STRICT in environ:
            raise
        return Judged(line, Verdict.UNCHECKED, messages.INTERNAL, fault=True), memory

"""From a submission to its verdicts: the whole check, stage by stage."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from os import environ
from pathlib import Path

import numpy as np

from symgrad.calculus.facts import Fact

from symgrad.checking.judging import messages
from symgrad.checking.judging.conventions import Convention, convention_of
from symgrad.checking.judging.judge import Bench, judge, prepare
from symgrad.checking.judging.memory import Memory
from symgrad.checking.judging.readings import AGREE, Question, ask
from symgrad.checking.meaning.dictionary import Dictionary, dictionary_of
from symgrad.checking.meaning.evidence import bind_hot, bind_layout, stated_facts
from symgrad.checking.meaning.sizes import bind_sizes
from symgrad.checking.verdict import Check, Judged, Kept, Verdict
from symgrad.checking.worlds.model import Model, model_of
from symgrad.checking.worlds.points import Points
from symgrad.reading.problem import Problem
from symgrad.submission.lines import Line, Submission
from symgrad.submission.read import load_submission, read_submission
from symgrad.submission.sheet import problem_of

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

    Raises `InputError` where no problem is given and the submission states none.
    """
    problem = problem_of(submission) if problem is None else problem
    model = model_of(problem)
    bench = bench_of(model, submission)
    lines = _judged(submission, bench)
    kept = convention_of(lines, bench, partial(_judged, submission))
    if kept is not None:
        bench = replace(bench, convention=kept)
        before, lines = lines, _judged(submission, bench)
        told = (_kept(kept, before, lines),)
    else:
        told = ()
    return Check(submission, problem.title, lines, conventions=told)


def _judged(submission: Submission, bench: Bench) -> tuple[Judged, ...]:
    """The fold over all lines."""
    memory = Memory()
    lines: list[Judged] = []
    for line in submission.lines:
        judged, memory = _guarded(line, memory, bench)
        lines.append(judged)
    return tuple(lines)


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
    if worlds:
        with np.errstate(all="ignore"):
            dictionary = bind_sizes(submission, dictionary, worlds[0], partial(_holds, points=points))
            hot = Points(model, True) if any(fact.value == 1 for fact in model.facts) else points
            bound = bind_hot(submission, dictionary, partial(_holds, points=hot))
            if bound.hot:
                points = hot
                dictionary = bind_sizes(submission, bound, worlds[0], partial(_holds, points=points))
            dictionary = bind_layout(submission, dictionary, partial(_holds, points=points))
    return Bench(points, dictionary)


def _holds(line: Line, dictionary: Dictionary, points: Points) -> int:
    """How many neighbouring sides of a line agree under a dictionary."""
    bench = Bench(points, dictionary)
    ready = prepare(line, bench)
    count = 0
    for (_, left), (_, right) in pairwise(ready.sides):
        question = Question(left, right, dictionary, line.id - 1, ready.nodes, line.conditions)
        for worlds in (points.own, points.other):
            count += bool(worlds) and ask(question, worlds).kind == AGREE
    return count


def _guarded(line: Line, memory: Memory, bench: Bench) -> tuple[Judged, Memory]:
    """The verdict on a line; whatever goes wrong there, it is said as such, and the other lines are judged."""
    try:
        with np.errstate(all="ignore"):
            return judge(line, memory, bench)
    except (RecursionError, MemoryError):
        return Judged(line, Verdict.UNCHECKED, messages.NOT_JUDGED), memory
    except Exception:
        if STRICT in environ:
            raise
        return Judged(line, Verdict.UNCHECKED, messages.INTERNAL, fault=True), memory

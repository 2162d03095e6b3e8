"""From a submission to its verdicts: the whole check, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from os import environ
from pathlib import Path
from typing import TypeVar

import numpy as np

from symgrad.checking import messages
from symgrad.checking.chain import compare
from symgrad.checking.conventions import OTHERS, PLAIN, Convention
from symgrad.checking.effort import TooLong
from symgrad.checking.judge import chain_of, judge
from symgrad.checking.memory import RIGHT
from symgrad.checking.state import State, new_state
from symgrad.checking.verdict import Check, Contradicted, Judged, Verdict
from symgrad.checking.world import Model
from symgrad.reading.problem import Problem
from symgrad.solution import Solution
from symgrad.solving import facts_of, solve
from symgrad.submission.lines import Line, Submission
from symgrad.submission.read import load_submission, read_submission
from symgrad.submission.sheet import problem_of
from symgrad.tree import Array

STRICT = "SYMGRAD_STRICT"
"""Set by tests and benchmarks, for which a fault of the checker must not pass as a line nobody can judge."""
MANY = 2
"""How many lines another convention must make right, for it to be meant."""
Answer = TypeVar("Answer")


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
    return _checked(submission, solve(problem_of(submission) if problem is None else problem))


def _checked(submission: Submission, solution: Solution) -> Check:
    model = Model(solution.problem, solution.graph, solution.derivation)
    facts = facts_of(solution.problem, solution.graph)

    def judged_by(convention: Convention, explaining: bool = True) -> tuple[State, tuple[Judged, ...]]:
        state = new_state(model, facts)
        state.convention, state.explaining = convention, explaining
        return state, tuple(_judged(submission, state))

    state, lines = judged_by(PLAIN)
    if len(_wrong(lines)) >= MANY:
        for convention in OTHERS:
            if not any(_holds(judged.line, convention, state) for judged in lines if _is_wrong(judged)):
                continue
            other = _wrong(judged_by(convention, False)[1])
            if other < _wrong(lines) and len(other) + MANY <= len(_wrong(lines)):
                state, lines = judged_by(convention)
                state.notes.append(convention.note)
                break
    givens = tuple(_contradicted(state, lines))
    bindings = tuple(state.bindings.items())
    return Check(submission, solution.problem.title, lines, givens, bindings, tuple(state.notes))


def _judged(submission: Submission, state: State) -> Iterator[Judged]:
    for position, line in enumerate(submission.lines, start=1):
        state.ahead = submission.lines[position:]
        unjudged = Judged(line, Verdict.UNCHECKED, messages.NOT_JUDGED)
        yield _guarded(partial(judge, line, state), unjudged, state)


def _guarded(question: Callable[[], Answer], otherwise: Answer, state: State) -> Answer:
    """The answer to a question about one line: whatever goes wrong there, the other lines are judged.

    A fault that is not the line's length is raised where `STRICT` is set in the environment.
    """
    state.effort.renew()
    try:
        with np.errstate(all="ignore"):
            return question()
    except (TooLong, RecursionError, MemoryError):
        return otherwise
    except Exception:
        if STRICT in environ:
            raise
        return otherwise


def _wrong(lines: tuple[Judged, ...]) -> set[int]:
    return {judged.line.id for judged in lines if _is_wrong(judged)}


def _is_wrong(judged: Judged) -> bool:
    return judged.verdict == Verdict.WRONG


def _holds(line: Line, convention: Convention, state: State) -> bool:
    """Whether a line is true in a convention, at random points or at the givens."""
    return _guarded(partial(_true, line, convention, state), False, state)


def _true(line: Line, convention: Convention, state: State) -> bool:
    chain = chain_of(line, state)
    scopes = [replace(state.truth(world), convention=convention) for world in (state.here, *state.random)]
    here, *random = (partial(compare, chain, scope) for scope in scopes)
    return here().holds or (bool(random) and all(compared().holds for compared in random))


def _contradicted(state: State, lines: tuple[Judged, ...]) -> Iterator[Contradicted]:
    """The givens that the work contradicts: it is consistent with others, or goes on with the right ones."""
    stated = state.start.leaves
    if state.assumed is not None:
        roots = {state.stated[name] for name in state.contradicted if name in state.stated}
        for name, used in state.assumed.leaves.items():
            since = state.contradicted.get(name, len(lines))
            explained = sum(j.line.id >= since and j.root in roots for j in lines)
            yield from _differing(state, name, stated[name], used, max(explained, 1))
    for name, (line, array) in state.misread.items():
        about = [j for j in lines if j.line.id > line and j.verdict in RIGHT and j.quantity is not None]
        yield from _differing(state, name, array, stated[name], len(about))


def _differing(state: State, name: str, stated: Array, used: Array, explained: int) -> Iterator[Contradicted]:
    """Each entry with another value; the position along an axis of one entry is not told."""
    for where in np.argwhere(np.asarray(used) != np.asarray(stated)):
        index = tuple(where.tolist())
        along = tuple(n for n, size in zip(index, np.shape(used), strict=True) if size > 1)
        values = float(np.asarray(stated)[index]), float(np.asarray(used)[index])
        yield Contradicted(state.called.get(name, name), along or None, *values, explained)

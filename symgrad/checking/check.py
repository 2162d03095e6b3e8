"""From a submission to its verdicts: the whole check, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from symgrad.checking.judge import judge
from symgrad.checking.state import State, first, new_state
from symgrad.checking.verdict import Check, Contradicted, Judged
from symgrad.checking.world import Model
from symgrad.errors import InputError
from symgrad.reading.problem import Problem
from symgrad.solution import Solution
from symgrad.solving import facts_of, solve
from symgrad.submission.lines import Submission
from symgrad.submission.read import load_submission, read_submission


def check_file(path: Path, problem: Problem | None = None) -> Check:
    """The verdicts on a file; its own forward pass and givens are the problem where none is given.

    Raises `InputError` where the file or the problem cannot be used.
    """
    return check_submission(load_submission(path), problem)


def check_text(text: str, problem: Problem | None = None, name: str = "submission.md") -> Check:
    """The verdicts on a text; the ending of ``name`` says how it is read (md, tex, ipynb, txt).

    Raises `InputError` where the text or the problem cannot be used.
    """
    return check_submission(read_submission(text, name), problem)


def check_submission(submission: Submission, problem: Problem | None = None) -> Check:
    """Every line judged against the problem, in reading order."""
    if problem is None:
        raise InputError("no problem is given", hint="add --problem FILE")
    return _checked(submission, solve(problem))


def _checked(submission: Submission, solution: Solution) -> Check:
    model = Model(solution.problem, solution.graph, solution.derivation)
    state = new_state(model, facts_of(solution.problem, solution.graph))
    lines = tuple(judge(line, state) for line in submission.lines)
    givens = tuple(_contradicted(state, lines))
    bindings = tuple(state.bindings.items())
    return Check(submission, solution.problem.title, lines, givens, bindings, tuple(state.notes))


def _contradicted(state: State, lines: tuple[Judged, ...]) -> Iterator[Contradicted]:
    """The givens that the work contradicts: those of the world it is consistent with that are others."""
    if state.assumed is None:
        return
    stated = first(state.here).leaves
    for name, used in state.assumed.leaves.items():
        for where in np.argwhere(np.asarray(used) != np.asarray(stated[name])):
            index = tuple(where.tolist())
            explained = sum(judged.root == state.stated.get(name, -1) for judged in lines)
            values = float(np.asarray(stated[name])[index]), float(np.asarray(used)[index])
            yield Contradicted(name, index or None, *values, explained)

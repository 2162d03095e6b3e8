"""From a submission to the problem that it states, through the same checks as a problem file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.reading.problem import Problem, load_problem, problem_from_data
from symgrad.reading.source import Source
from symgrad.submission.lines import Submission
from symgrad.submission.read import load_submission
from symgrad.submission.sheet.forward import Forward, forward_pass, objective
from symgrad.submission.sheet.located import located, made_place
from symgrad.submission.sheet.mapping import Stated, mapping, stated_problem
from symgrad.submission.sheet.search import Reading, Unread, readings
from symgrad.submission.sheet.statements import Statements, statements
from symgrad.submission.written import Span, Symbol

SUFFIXES = frozenset((".md", ".markdown", ".tex", ".txt", ".ipynb"))
MOST_BUILT = 24
"""Readings of which the shapes are tried before the first fault is told."""
HINT = "write the forward equations and givens in the sheet, as in z = W x + b, or add --problem FILE"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The problem that a submission states, and what its lines are to it.

    ``defining`` gives the ids of the lines that define a quantity or give a value, with the name.
    """

    problem: Problem
    defining: Mapping[int, str]


def is_sheet(path: Path) -> bool:
    """Whether a file is a sheet of equations by its ending, and no problem file in YAML."""
    return path.suffix.lower() in SUFFIXES


def open_problem(path: Path) -> Problem:
    """The problem in a file: YAML, or a sheet in Markdown, LaTeX, plain text or a notebook.

    Raises `InputError` with its place.
    """
    return problem_of(load_submission(path)) if is_sheet(path) else load_problem(path)


def problem_of(submission: Submission) -> Problem:
    """The problem that a submission's own forward pass and givens state.

    Raises `InputError` with its place where no forward pass can be made out.
    """
    return sheet_of(submission).problem


def sheet_of(submission: Submission) -> Sheet:
    """The problem, and which lines define what. Raises `InputError` as `problem_of` does."""
    stated = statements(submission)
    found = forward_pass(stated)
    top = _objective(stated, found, submission)
    what = stated_problem(submission, stated, found, top)
    return Sheet(_problem(what, submission), dict(_defining(what)))


def _unread(submission: Submission, stated: Statements) -> Span | None:
    """The side that would say what a numerator is, and says it in no way that can be used."""
    tops = [gradient.of for gradient in stated.derivatives if isinstance(gradient.of, Symbol)]
    for line in submission.lines:
        if line.sides[0].node in tops:
            return line.sides[1].span
    return None


def _objective(stated: Statements, found: Forward, submission: Submission) -> Symbol:
    top = objective(stated, found)
    if top is not None:
        return top
    span = _unread(submission, stated)
    if span is None and found.refused:
        span = found.refused[0].side.span
    if span is not None:
        place = made_place(_source(submission), span.start, span.end)
        raise InputError("this cannot be read as a formula of the forward pass", place=place, hint=HINT)
    place = made_place(_source(submission), 0, 1)
    if found.equations:
        raise InputError(
            "no line says what the objective is that is differentiated here", place=place, hint=HINT
        )
    raise InputError("no forward pass is stated here", place=place, hint=HINT)


def _source(submission: Submission) -> Source:
    return Source(submission.name, submission.text)


def _problem(what: Stated, submission: Submission) -> Problem:
    """The first reading whose shapes fit throughout."""
    try:
        found = readings(what.options, what.equations, what.scope, what.shown)
    except Unread as unread:
        span = unread.equation.source.side.span
        place = made_place(_source(submission), span.start, span.end)
        raise InputError(
            "this formula of the forward pass cannot be made out", place=place, hint=_mend(what)
        ) from None
    fault: InputError | None = None
    for reading in found[:MOST_BUILT]:
        for with_shapes in (False, True):
            try:
                return _fitting(what, reading, with_shapes, submission)
            except InputError as error:
                fault = fault or error
    assert fault is not None
    raise fault


def _mend(what: Stated) -> str:
    kinds = ", ".join(what.options) or "nothing"
    return (
        f"no scalars, vectors and matrices for {kinds} fit it: check its signs, and the shapes of the givens"
    )


def _fitting(what: Stated, reading: Reading, with_shapes: bool, submission: Submission) -> Problem:
    """The problem of a reading. Raises `InputError` where its shapes are not those of the reading."""
    data, spans = mapping(what, reading, with_shapes)
    problem = problem_from_data(located(data, spans, submission))
    graph = build_graph(problem)
    for name, kind in reading.kinds.items():
        if name in graph.shapes and len(graph.shapes[name]) != kind.rank:
            raise InputError(
                f"the rank of '{name}' is not clear",
                place=problem.key_place("forward", problem.of),
                hint=HINT,
            )
    return problem


def _defining(what: Stated) -> Iterator[tuple[int, str]]:
    for name, equation in what.equations.items():
        yield equation.source.line.id, name
    for name, shown in what.given.items():
        yield shown.line.id, name

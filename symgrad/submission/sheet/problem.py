"""From a submission to the problem that it states, through the same checks as a problem file."""

from __future__ import annotations

from pathlib import Path

from symgrad.errors import InputError
from symgrad.graph import Graph, build_graph
from symgrad.reading.problem import Problem, load_problem, problem_from_data
from symgrad.reading.source import Source
from symgrad.submission.lines import Submission
from symgrad.submission.read import load_submission
from symgrad.submission.sheet.agreement import disagreements
from symgrad.submission.sheet.forward import Forward, forward_pass, objective, undefined
from symgrad.submission.sheet.located import located, made_place
from symgrad.submission.sheet.mapping import Stated, mapping, stated_problem
from symgrad.submission.sheet.search import Reading, Unread, readings
from symgrad.submission.sheet.statements import Statements, statements
from symgrad.submission.written import Symbol

SUFFIXES = frozenset((".md", ".markdown", ".tex", ".txt", ".ipynb"))
MOST_BUILT = 24
"""Readings of which the shapes are tried before the first fault is told."""
MOST_INFERRED = 8
"""Leaves without a value, beyond which their shapes are stated: to infer them takes ever longer."""
HINT = "write the forward equations and givens in the sheet, as in z = W x + b, or add --problem FILE"


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
    stated = statements(submission)
    found = forward_pass(stated)
    top = _objective(stated, found, submission)
    return _problem(stated_problem(submission, stated, found, top), submission)


def _objective(stated: Statements, found: Forward, submission: Submission) -> Symbol:
    """What is differentiated. Raises `InputError` at the line that should say what it is."""
    top = objective(stated, found)
    if top is not None:
        return top
    source = Source(submission.name, submission.text)
    missing = undefined(stated, found)
    sides = [line.sides for line in submission.lines if line.sides[0].node == missing is not None]
    if sides or (missing is None and found.refused):
        span = sides[0][1].span if sides else found.refused[0].side.span
        message = "this cannot be read as a formula of the forward pass"
        raise InputError(message, place=made_place(source, span.start, span.end), hint=HINT)
    if missing is not None:
        place = made_place(source, missing.span.start, missing.span.end)
        raise InputError("no line says what this is, which is differentiated here", place=place, hint=HINT)
    raise InputError("no forward pass is stated here", place=made_place(source, 0, 1), hint=HINT)


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
    best: tuple[int, Problem] | None = None
    for reading in found[:MOST_BUILT]:
        try:
            problem, graph = _fitting(what, reading, submission)
        except InputError as error:
            fault = fault or error
            continue
        wrong = disagreements(problem, graph, what.shown)
        if best is None or wrong < best[0]:
            best = (wrong, problem)
        if not wrong:
            break
    if best is not None:
        return best[1]
    assert fault is not None
    raise fault


def _mend(what: Stated) -> str:
    kinds = ", ".join(what.options) or "nothing"
    return (
        f"no scalars, vectors and matrices for {kinds} fit it: check its signs, and the shapes of the givens"
    )


def _fitting(what: Stated, reading: Reading, submission: Submission) -> tuple[Problem, Graph]:
    """The problem of a reading; shapes are stated only where habit would infer others.

    Raises `InputError` where its shapes are not those of the reading.
    """
    open_leaves = len(what.options) - len(what.given)
    for with_shapes in (False, True) if open_leaves <= MOST_INFERRED else (True,):
        data, spans = mapping(what, reading, with_shapes)
        problem = problem_from_data(located(data, spans, submission))
        try:
            graph = build_graph(problem)
        except InputError:
            if with_shapes:
                raise
            continue
        ranks = {name: len(shape) for name, shape in graph.shapes.items()}
        if all(reading.kinds[name].rank == rank for name, rank in ranks.items()):
            return problem, graph
    message = "it is not clear which names here are scalars, vectors or matrices"
    raise InputError(message, place=problem.place("forward", problem.of), hint=HINT)

"""From a submission to the problem that it states, through the same checks as a problem file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.graph import Graph, build_graph
from symgrad.reading.problem import Problem, problem_from_data
from symgrad.reading.source import Path, Source
from symgrad.submission.lines import Line, Submission
from symgrad.submission.sheet import said
from symgrad.submission.sheet.agreement import disagreements
from symgrad.submission.sheet.forward import Forward, forward_pass, objective, undefined, values_of
from symgrad.submission.sheet.indices import Range
from symgrad.submission.sheet.leaves import Sheet
from symgrad.submission.sheet.located import located, made_place
from symgrad.submission.sheet.mapping import What, mapping, stated_problem
from symgrad.submission.sheet.normal import normal, with_words
from symgrad.submission.sheet.reduce import size_name
from symgrad.submission.sheet.refusals import refused
from symgrad.submission.sheet.search import Reading, Unread, readings
from symgrad.submission.sheet.statements import Definition, Statements, is_list, statements
from symgrad.submission.sheet.unroll import unrolled
from symgrad.submission.written import Span, Symbol

MOST_BUILT = 24
"""Readings of which the shapes are tried before the first fault is told."""
MOST_INFERRED = 8
"""Leaves without a value, beyond which their shapes are stated: to infer them takes ever longer."""
HINT = "write the forward equations and givens in the sheet, as in z = W x + b, or add --problem FILE"
UNREAD = "this cannot be read as a formula of the forward pass"


class NoForwardPass(InputError):
    """A sheet that does not state what it differentiates: a derivation alone, or none."""


class Unmade(InputError):
    """An equation of which no reading fits; ``name`` is what it would make."""

    name = Symbol("")


class Gathered(Struct, frozen=True):
    """What a sheet says, and which of it is a forward pass."""

    submission: Submission
    lines: tuple[Line, ...]
    stated: Statements
    found: Forward
    sizes: tuple[said.Stated, ...]
    ranges: Mapping[str, Range]


def gathered(submission: Submission) -> Gathered:
    """The statements of a sheet."""
    submission = with_words(submission)
    sizes, ranges = tuple(said.sizes(submission)), said.ranges(submission)
    lines = normal(submission.lines)
    stated = unrolled(statements(lines), ranges)
    letters = frozenset(size for item in sizes for size in item.sizes if isinstance(size, str))
    found = forward_pass(stated, (item.symbol for item in sizes), letters)
    over = {letter: _range(first, last) for letter, (first, last) in ranges.items()}
    return Gathered(submission, lines, stated, found, sizes, over)


def problem_of_one(submission: Submission) -> Problem:
    """The problem of a sheet with one exercise.

    Raises `InputError` with its place where a part of it cannot be read, `NoForwardPass` where there is none.
    """
    gathering = gathered(submission)
    top = objective_of(gathering)
    return made(gathering, tuple(gathering.found.below(top)))


def made(gathering: Gathered, order: tuple[Symbol, ...]) -> Problem:
    """The problem of some equations, each after what it uses. Raises `InputError`, and `Unmade`."""
    submission = gathering.submission
    taken = {size_name(name) for name in gathering.found.equations}
    sizes = tuple(item.apart(taken) for item in gathering.sizes)
    values = values_of(gathering.stated)
    sheet = Sheet(submission, gathering.found, order, values, sizes, gathering.ranges)
    _complete(sheet, submission)
    title = submission.lines[0].heading if submission.lines else ""
    what = stated_problem(sheet, gathering.stated, tuple(said.one_hot(submission)), title)
    return _problem(what, submission)


def _range(first: int, last: int | str) -> Range:
    return Range(first, last if isinstance(last, int) else (last, 0))


def fault(message: str, span: Span, submission: Submission, hint: str = HINT) -> InputError:
    """An error at a stretch of a submission."""
    place = made_place(Source(submission.name, submission.text), span.start, span.end)
    return InputError(message, place=place, hint=hint)


def objective_of(gathering: Gathered) -> Symbol:
    """What is differentiated. Raises `NoForwardPass` at the line that should say what it is."""
    stated, found, submission = gathering.stated, gathering.found, gathering.submission
    top = objective(stated, found)
    missing = undefined(stated, found)
    pending = [item for item in found.refused if _is_pending(item, found, stated)]
    for item in pending:
        if item.target == missing or (missing is None and not stated.derivatives):
            raise (fault if top else _nothing)(UNREAD, item.side.span, submission)
    if top is not None:
        return top
    if missing is not None:
        raise _nothing("no line says what this is, which is differentiated here", missing.span, submission)
    raise _nothing("no forward pass is stated here", Span(0, 1), submission)


def _nothing(message: str, span: Span, submission: Submission) -> NoForwardPass:
    found = fault(message, span, submission)
    return NoForwardPass(found.message, place=found.place, hint=found.hint)


def _is_pending(item: Definition, found: Forward, stated: Statements) -> bool:
    """Whether nothing else says what a definition that cannot be read would say."""
    shown = any(other.target == item.target for other in stated.shown)
    return found.resolve(item.target) not in found.equations and not shown and not is_list(item.body)


def _complete(sheet: Sheet, submission: Submission) -> None:
    """Raises `InputError` at the first part of the forward pass that would be dropped, or read as another."""
    leaves = set(sheet.leaves)
    for item in sheet.found.refused:
        if item.target in leaves and item.target not in sheet.values and not is_list(item.body):
            raise fault(UNREAD, item.side.span, submission)
    for item in sheet.found.circles:
        if item.target in leaves and item.target not in sheet.values:
            message = f"{item.target.base} is defined here by what rests on it"
            raise fault(message, item.side.span, submission, "leave out one of the definitions")
    for equation in sheet.equations:
        for node, message, hint in refused(equation.body, sheet.found, sheet.counts()):
            span = node.span if node.span.end else equation.source.side.span
            raise fault(message, span, submission, hint)
    for leaf, letter in sheet.timeless():
        message = f"from where to where {letter} goes is not said"
        raise fault(message, leaf.span, submission, f"say it in the sheet, as in {letter} = 1, ..., 3")
    for leaf, whole in sheet.entries():
        message = f"which entry of {whole.base} is meant here is not known"
        raise fault(message, leaf.span, submission, "write a number, or say in a formula what it is")


def _problem(what: What, submission: Submission) -> Problem:
    """The first reading whose shapes fit throughout."""
    try:
        found = readings(
            what.options,
            what.equations,
            what.scope,
            what.shown,
            what.stated,
            what.ranges,
            what.sampled,
            what.groups,
            what.partners,
        )
    except Unread as unread:
        reasons = [reason for reason in unread.reasons if reason]
        why = f": {reasons[0]}" if reasons else ""
        message = f"this formula of the forward pass cannot be made out{why}"
        found_fault = fault(message, unread.equation.source.side.span, submission, _mend(what))
        unmade = Unmade(message, place=found_fault.place, hint=found_fault.hint)
        unmade.name = unread.equation.name
        raise unmade from None
    first: InputError | None = None
    best: tuple[int, Problem] | None = None
    for reading in found[:MOST_BUILT]:
        try:
            problem, graph = _fitting(what, reading, submission)
        except InputError as error:
            first = first or error
            continue
        wrong = disagreements(problem, graph, what.shown)
        if best is None or wrong < best[0]:
            best = (wrong, problem)
        if not wrong:
            break
    if best is not None:
        return best[1]
    assert first is not None
    raise first


def _mend(what: What) -> str:
    kinds = ", ".join(what.options) or "nothing"
    return (
        f"no scalars, vectors and matrices for {kinds} fit it: check its signs, and the shapes of the givens"
    )


def _fitting(what: What, reading: Reading, submission: Submission) -> tuple[Problem, Graph]:
    """The problem of a reading; shapes are stated only where habit would infer others.

    Raises `InputError` where its shapes are not those of the reading.
    """
    open_leaves = len(what.options) - len(what.given)
    for with_shapes in (False, True) if open_leaves <= MOST_INFERRED else (True,):
        data, spans = mapping(what, reading, with_shapes)
        problem = problem_from_data(located(data, spans, Source(submission.name, submission.text)))
        try:
            graph = build_graph(problem)
        except InputError:
            if with_shapes:
                raise
            continue
        ranks = {name: len(shape) for name, shape in graph.shapes.items()}
        if all(
            len(reading.kinds[name].axes) == rank for name, rank in ranks.items() if name in reading.kinds
        ):
            return _settled(data, spans, problem, graph), graph
    message = "it is not clear which names here are scalars, vectors or matrices"
    raise InputError(message, place=problem.place("forward", problem.of), hint=HINT)


def _settled(data: dict[str, Any], spans: dict[Path, Span], problem: Problem, graph: Graph) -> Problem:
    """The problem with one name for each size, whatever leaf has it."""
    shapes = {
        leaf: [graph.sizes.get(dim, dim) for dim in graph.shapes[leaf]]
        for leaf in problem.shapes
        if leaf not in problem.given
    }
    if all(shapes[leaf] == list(problem.shapes[leaf]) for leaf in shapes):
        return problem
    return problem_from_data(
        located({**data, "shapes": {**data["shapes"], **shapes}}, spans, problem.located.source)
    )

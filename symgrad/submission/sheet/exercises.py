"""Several exercises in one sheet, each with its own forward pass, told apart by their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.reading.problem import Problem
from symgrad.submission.lines import Line, Submission
from symgrad.submission.sheet.problem import NoForwardPass, fault, gathered, objective_of, problem_of_one
from symgrad.submission.sheet.unstated import unstated
from symgrad.submission.written import Span

_OPENING = r"(?:\#{1,6}[ \t]*|\*\*|__|\\(?:sub)*section\*?\{|\\paragraph\*?\{|\\textbf\{|\\item\b[ \t]*)?"
_WORD = r"(?:exercises?|exc?er[cs]i[sc]e|problem|question|task|assignment|aufgabe|übung|ex\.)"
_HEADING = re.compile(
    rf"^[ \t>]*{_OPENING}(?:\(?\d+(?:\.\d+)*[.)]?[ \t]+)?{_WORD}[ \t~]*(?:no\.|nr\.|\#)?[ \t]*(\d+)(?!\d)",
    re.IGNORECASE | re.MULTILINE,
)
SPLIT = "put each exercise in a file of its own, or add --problem FILE"


class Exercise(Struct, frozen=True):
    """A stretch of a sheet's text, and the lines in it."""

    start: int
    end: int
    lines: tuple[Line, ...]


def parts(submission: Submission) -> tuple[Exercise, ...]:
    """The exercises of a sheet, in order; what stands before the first belongs to it."""
    starts: list[int] = []
    number = ""
    for match in _HEADING.finditer(submission.text):
        if match[1] != number:
            starts.append(match.start() if starts else 0)
            number = match[1]
    bounds = [*(starts or [0]), len(submission.text)]
    return tuple(
        Exercise(start, end, lines)
        for start, end in pairwise(bounds)
        if (lines := tuple(line for line in submission.lines if start <= line.span.start < end))
    )


def problem_of(submission: Submission) -> Problem:
    """The problem that a submission's own forward pass and givens state.

    Raises `InputError` with its place where a part of it cannot be read, or where several exercises state one
    each; `NoForwardPass` where none is stated.
    """
    stating = [part for part in parts(submission) if _states(_only(submission, part))]
    if len(stating) > 1:
        message = "this sheet has several exercises, each with a forward pass of its own"
        raise fault(message, Span(stating[1].start, stating[1].start + 1), submission, SPLIT)
    return problem_of_one(submission)


def exercises_of(submission: Submission) -> tuple[tuple[int, int, Problem | InputError], ...]:
    """For each exercise the ids of its first and last line, and its problem.

    An exercise that states no forward pass goes on with the one before; where there is none, its problem
    holds the names only: an `Unstated`. What cannot be read is an `InputError`.
    """
    return tuple(_each(submission))


def _each(submission: Submission) -> Iterator[tuple[int, int, Problem | InputError]]:
    before: Problem | None = None
    for part in parts(submission):
        found = _problem(submission, part, before)
        yield part.lines[0].id, part.lines[-1].id, found
        if isinstance(found, Problem):
            before = found


def _problem(submission: Submission, part: Exercise, before: Problem | None) -> Problem | InputError:
    alone = _only(submission, part)
    try:
        return problem_of_one(alone)
    except NoForwardPass as lack:
        if part.start:
            try:
                return problem_of_one(_only(submission, replace(part, start=0)))
            except InputError:
                pass
        return unstated(alone, lack) if before is None else before
    except InputError as error:
        return error


def _states(submission: Submission) -> bool:
    """Whether an exercise by itself says what is differentiated."""
    try:
        objective_of(gathered(submission))
    except InputError:
        return False
    return True


def _only(submission: Submission, part: Exercise) -> Submission:
    """A submission of some of the text, in which everything stands where it stood."""
    text = submission.text
    blank = re.compile(r"[^\n]")
    shown = blank.sub(" ", text[: part.start]) + text[part.start : part.end]
    lines = tuple(line for line in submission.lines if part.start <= line.span.start < part.end)
    return replace(submission, text=shown, lines=lines)

"""One submission marked: for services that run a grader for each, and tell beside it whose it is."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import InputError
from symgrad.grading.box import one_file, open_box
from symgrad.grading.decisions import decided
from symgrad.grading.exports.summary import Summary, summary_of
from symgrad.grading.incoming import Incoming, only
from symgrad.grading.judging import Task, judge_all, opened
from symgrad.grading.marking import Piece, result_of, usual_rubric
from symgrad.grading.record import Record
from symgrad.grading.roster import open_roster
from symgrad.limits import Limits
from symgrad.opening import SUFFIXES
from symgrad.reading.rubric import load_rubric
from symgrad.variants.students import Student

NOBODY = Student("")


class User(Struct, frozen=True):
    """Somebody who handed it in, as Gradescope tells."""

    email: str = ""
    name: str = ""


class Metadata(Struct, frozen=True):
    """Of ``submission_metadata.json`` what is needed here."""

    users: tuple[User, ...]


def students_in(path: Path) -> tuple[Student, ...]:
    """Who handed it in, by Gradescope's ``submission_metadata.json``. Raises `InputError`."""
    try:
        users = msgspec.json.decode(path.read_bytes(), type=Metadata).users
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot use '{path}': {reason}", hint="it is Gradescope's metadata") from error
    return tuple(Student(user.email or user.name, user.name, user.email) for user in users)


def mark_one(
    place: Path,
    problem: Path,
    rubric: Path | None = None,
    students: tuple[Student, ...] = (),
    limits: Limits | None = None,
) -> Summary:
    """The summary of what is in a file, a folder or a ZIP, handed in by one student or several together.

    ``problem`` is a problem file, or the folder of the variants. Raises `InputError` for what is no fault
    of the work.
    """
    roster = open_roster(problem)
    first = opened(roster.first)
    points = usual_rubric(first) if rubric is None else load_rubric(rubric, first)
    box = one_file(place) if place.is_file() and place.suffix.lower() in SUFFIXES else open_box(place)
    work, data = only(box), b""
    if not work.look:
        try:
            data = work.text(box)
        except InputError as error:
            work = replace(work, look=error.message)
    whose = (_of(work, student) for student in students or (NOBODY,))
    found = [Piece(roster.whose(one, data), one) for one in whose]
    piece = next((piece for piece in found if not piece.whose.look), found[0])
    if not (piece.whose.look or piece.work.look) and piece.whose.problem is not None:
        piece = replace(piece, record=_judged(piece, data, piece.whose.problem, limits or Limits()))
    return summary_of(result_of(piece, points, decided(())))


def _of(work: Incoming, student: Student) -> Incoming:
    return replace(work, student=student.id, name=student.name, email=student.email)


def _judged(piece: Piece, data: bytes, problem: Path, limits: Limits) -> Record:
    """The check, made in a process that costs itself only."""
    task = Task("", f"{piece.whose.code}{piece.work.suffix}", data, problem)
    return next(iter(judge_all([task], limits, 1)))[1]

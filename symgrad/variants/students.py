"""The students of a class, from a table with commas: who they are, never how they did."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.reading.source import Source
from symgrad.reading.text import load_source

MOST = 10_000
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "student", "student_id", "student id", "sis login id", "login", "identifier"),
    "name": ("name", "full name", "full_name", "student name"),
    "email": ("email", "e-mail", "email address", "mail"),
}
"""How the heads of columns may be written, in letters of either case; others are passed over."""
_UNFIT = re.compile(r"[^A-Za-z0-9.@_-]+")


class Student(Struct, frozen=True):
    """One of a class: by an id that is nobody else's, and by name and address where they are known."""

    id: str
    name: str = ""
    email: str = ""

    @property
    def file(self) -> str:
        """The id in the name of a file."""
        return _UNFIT.sub("_", self.id).strip(".") or "_"


def read_students(path: Path) -> tuple[Student, ...]:
    """The students in a CSV file with a column ``id`` (or ``student``, …), and maybe ``name`` and ``email``.

    Raises `InputError` for a file without such a column, or without students, and for an id that is missing
    or there twice.
    """
    source = load_source(path)
    rows = list(csv.reader(source.text.splitlines(), delimiter=delimiter_of(source.text)))
    heads = [cell.strip().casefold() for cell in rows[0]] if rows else []
    places = {key: _column(heads, names) for key, names in COLUMNS.items()}
    if places["id"] is None:
        raise _fault(
            source, 1, "no column of these students is called 'id'", "its first line is as in id,name,email"
        )
    students: dict[str, Student] = {}
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {
            key: row[at].strip() if at is not None and at < len(row) else "" for key, at in places.items()
        }
        student = Student(**cells)
        if not student.id:
            raise _fault(source, line, "this student has no id", "give one in the column of ids")
        if student.file.casefold() in students:
            raise _fault(
                source, line, f"the id '{student.id}' is there twice", "give each student one of their own"
            )
        students[student.file.casefold()] = student
        if len(students) > MOST:
            raise _fault(source, line, f"more than {MOST:,} students", "split the class")
    if not students:
        raise _fault(source, 1, "there is no student in this file", "write one a line below id,name,email")
    return tuple(students.values())


def _column(heads: list[str], names: tuple[str, ...]) -> int | None:
    return next((heads.index(name) for name in names if name in heads), None)


def delimiter_of(text: str) -> str:
    """What parts the cells of a table, as its first line shows."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _fault(source: Source, line: int, message: str, hint: str) -> InputError:
    starts = [0, *(n + 1 for n, char in enumerate(source.text) if char == "\n")]
    start = starts[min(line, len(starts)) - 1]
    end = source.text.find("\n", start)
    place = source.place(start, len(source.text) if end < 0 else max(end, start))
    return InputError(message, place=place, hint=hint)

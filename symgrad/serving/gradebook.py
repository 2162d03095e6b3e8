"""The gradebook of a marked class, read: students, lines, points."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.grading.asked import HINT, kept
from symgrad.grading.gradebook import NAME

STUDENTS = """SELECT student, code, name, file, late, status, reason, earned, points FROM submissions"""
COUNTS = "SELECT student, verdict, count(*) FROM lines GROUP BY student, verdict"
MISTAKES = "SELECT DISTINCT student, mistake FROM lines WHERE verdict = 'wrong' AND mistake IS NOT NULL"
LINES = """SELECT line, row, latex, coalesce(quantity, ''), verdict, judged, coalesce(message, ''),
  coalesce(why, '') FROM lines WHERE student = ? ORDER BY line"""
MARKS = """SELECT quantity, sum(earned), sum(points), group_concat(reason, ', ') FROM marks
  WHERE student = ? GROUP BY quantity ORDER BY min(rowid)"""


class Student(Struct, frozen=True):
    """A row of the table; ``who`` is a code where the class was marked without names."""

    student: str
    code: str
    who: str
    late: bool
    status: str
    reason: str
    earned: float | None
    points: float
    counts: Mapping[str, int]
    mistakes: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The points, as they are written."""
        return "–" if self.earned is None else f"{self.earned:g}"

    @property
    def most(self) -> str:
        """The points that there are."""
        return f"{self.points:g}"

    def count(self, verdict: str) -> str:
        """How many lines have a verdict, nothing for none."""
        return str(self.counts.get(verdict, "")) or ""


class Written(Struct, frozen=True):
    """A line of a student's, its verdict, and how it had been judged before a decision."""

    number: str
    row: str
    latex: str
    quantity: str
    verdict: str
    judged: str
    message: str
    why: str


class Earned(Struct, frozen=True):
    """The points of a quantity."""

    quantity: str
    earned: str
    points: str
    reason: str


class Gradebook(Struct, frozen=True):
    """The gradebook in a folder; each question opens it anew, as marks may be made again meanwhile."""

    folder: Path

    @property
    def title(self) -> str:
        """What the class is called here: as its folder."""
        return self.folder.resolve().name

    def check(self) -> None:
        """Raises `InputError` for a folder that holds no marked class."""
        kept(self.folder)
        try:
            self._rows("SELECT 1 FROM submissions LIMIT 1")
        except sqlite3.Error as error:
            raise InputError(f"cannot use '{self.folder / NAME}': {error}", hint=HINT) from error

    def students(self) -> list[Student]:
        """All of them."""
        names = kept(self.folder).names
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for student, verdict, count in self._rows(COUNTS):
            counts[student][verdict] = count
        mistakes: dict[str, list[str]] = defaultdict(list)
        for student, mistake in self._rows(MISTAKES):
            mistakes[student].append(mistake)
        return [
            Student(
                *(student, code, (name or student) if names else code, bool(late), status, reason or ""),
                *(earned, points, counts[student], tuple(sorted(mistakes[student]))),
            )
            for student, code, name, _, late, status, reason, earned, points in self._rows(STUDENTS)
        ]

    def lines(self, student: str) -> Iterator[Written]:
        """A student's lines, in order."""
        for number, row, *others in self._rows(LINES, student):
            yield Written(str(number), str(row), *others)

    def marks(self, student: str) -> Iterator[Earned]:
        """A student's points."""
        for quantity, earned, points, reason in self._rows(MARKS, student):
            yield Earned(quantity, f"{earned:g}", f"{points:g}", reason or "")

    def _rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        place = (self.folder / NAME).resolve().as_uri()
        with closing(sqlite3.connect(f"{place}?mode=ro", uri=True)) as book:
            return book.execute(question, values).fetchall()

"""The gradebook: an SQLite file with a row a student, a line, a quantity and a decision.

It is made anew from the log and the decisions each time, and takes the old one's place when it is whole.
Columns are told in docs/course.md. What it says is what was told to students: before marks are made by
something else, they are compared with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import Struct

from symgrad.grading.decisions import Decision
from symgrad.grading.marking import Result
from symgrad.writing.passing import passing

NAME = "gradebook.sqlite"
VERSION = 2
"""In ``PRAGMA user_version``: of the tables and what their columns mean."""
TABLES = """
CREATE TABLE submissions (
  student TEXT PRIMARY KEY, code TEXT, name TEXT, email TEXT, variant TEXT, file TEXT, late INTEGER,
  number INTEGER, attempt TEXT, aside TEXT, status TEXT, reason TEXT, earned REAL, points REAL,
  seconds REAL, key TEXT, work TEXT, problem TEXT);
CREATE TABLE lines (
  student TEXT, line INTEGER, row INTEGER, latex TEXT, quantity TEXT, verdict TEXT, judged TEXT, proof TEXT,
  mistake TEXT, root INTEGER, message TEXT, why TEXT, PRIMARY KEY (student, line));
CREATE TABLE marks (
  student TEXT, quantity TEXT, part TEXT, points REAL, earned REAL, reason TEXT, lines TEXT,
  PRIMARY KEY (student, quantity, part));
CREATE TABLE decisions (
  student TEXT, line INTEGER, quantity TEXT, latex TEXT, judged TEXT, verdict TEXT, points REAL, why TEXT,
  everywhere INTEGER, at TEXT);
CREATE TABLE made_by (symgrad TEXT, rubric TEXT);
"""


class Standing(Struct, frozen=True):
    """What a student has: points (none where it is to look at), of which work, judged by what."""

    work: str
    problem: str
    key: str
    earned: float | None
    points: float


class Before(Struct, frozen=True):
    """What a gradebook says, and what it was made by."""

    path: Path
    symgrad: str
    rubric: str
    students: Mapping[str, Standing]

    def lines(self, student: str) -> list[tuple[int, str, str]]:
        """A student's lines: their numbers, what they say, their verdicts."""
        question = "SELECT line, latex, verdict FROM lines WHERE student = ? ORDER BY line"
        with closing(sqlite3.connect(self.path)) as book:
            return book.execute(question, (student,)).fetchall()


def read_gradebook(folder: Path) -> Before | None:
    """What the gradebook in a folder says; None where there is none, or one of another make."""
    path = folder / NAME
    if not path.exists():
        return None
    asked = "SELECT student, work, problem, coalesce(key, ''), earned, points FROM submissions"
    try:
        with closing(sqlite3.connect(path)) as book:
            if book.execute("PRAGMA user_version").fetchone() != (VERSION,):
                return None
            ((symgrad, rubric),) = book.execute("SELECT symgrad, rubric FROM made_by")
            return Before(path, symgrad, rubric, {row[0]: Standing(*row[1:]) for row in book.execute(asked)})
    except (sqlite3.Error, ValueError):  # what cannot be read is made anew
        return None


def write_gradebook(
    folder: Path,
    results: Sequence[Result],
    decisions: Sequence[Decision],
    symgrad: str = "",
    rubric: str = "",
) -> Path:
    """Write it, made by a version of ``symgrad`` and a ``rubric``.

    A student whose work is not marked has no points there: NULL.
    """
    path = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    whole = passing(path)
    whole.unlink(missing_ok=True)
    book = sqlite3.connect(whole, isolation_level=None)
    try:
        book.executescript(f"PRAGMA synchronous = OFF; PRAGMA user_version = {VERSION}; BEGIN; {TABLES}")
        for table, rows in _rows(results, decisions, (symgrad, rubric)).items():
            for row in rows:
                marks = ", ".join("?" * len(row))
                book.execute(f"INSERT INTO {table} VALUES ({marks})", row)
        book.execute("COMMIT")
    finally:
        book.close()
    whole.replace(path)
    return path


def _rows(
    results: Sequence[Result], decisions: Sequence[Decision], made_by: tuple[str, str]
) -> dict[str, Iterator[tuple[Any, ...]]]:
    return {
        "submissions": map(_submission, results),
        "lines": (row for result in results for row in _lines(result)),
        "marks": (row for result in results for row in _marks(result)),
        "decisions": map(_decision, decisions),
        "made_by": iter((made_by,)),
    }


def _submission(result: Result) -> tuple[Any, ...]:
    whose, work, record = result.piece.whose, result.piece.work, result.piece.record
    earned = None if result.look else result.marks.earned
    return (
        *(whose.student.id, whose.code, whose.student.name, whose.student.email, whose.variant, work.path),
        *(work.late, work.number, work.attempt, "\n".join(work.aside), result.status, result.look),
        *(earned, result.marks.points, record and record.seconds, record and record.key),
        *(result.piece.digest, result.piece.problem),
    )


def _lines(result: Result) -> Iterator[tuple[Any, ...]]:
    record = result.piece.record
    if record is None or record.failed:
        return
    for said, counts in zip(record.lines, result.lines, strict=True):
        found = result.decisions.get(counts.id)
        yield (
            *(result.student, counts.id, said["source"]["line"], said["latex"], said["quantity"]),
            *(counts.verdict.value, said["verdict"], said["proof"], said["mistake"], said["root"]),
            *(said["message"], None if found is None else found.why),
        )


def _marks(result: Result) -> Iterator[tuple[Any, ...]]:
    for row in result.marks.rows:
        lines = ",".join(map(str, row.lines))
        yield result.student, row.quantity, row.part, row.points, row.earned, row.reason, lines


def _decision(one: Decision) -> tuple[Any, ...]:
    return (
        *(one.student, one.line or None, one.quantity or None, one.latex or None, one.judged or None),
        *(one.verdict, one.points, one.why, one.everywhere, one.at),
    )

"""Grades in the table that Canvas or Moodle gave: a copy of it, one column, one cell a student.

Who has no result yet stays as they are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.grading.marking import MARKED, Result
from symgrad.grading.roster import names_in, signs_of
from symgrad.grading.sheets import Cell, Sheet, read_sheet
from symgrad.reading.nearest import mend

_NUMBERED = re.compile(r"\((\d+)\)\s*$")
_READ_ONLY = "(read only)"
_CANVAS = ("ID", "SIS User ID", "SIS Login ID", "Student")
_SECTION = "Section"
GRADE = frozenset(
    (
        "grade",
        "bewertung",
        "note",
        "calificación",
        "valutazione",
        "cijfer",
        "nota",
        "ocena",
        "karakter",
        "betyg",
    )
)
"""The head of Moodle's column of grades, as far as known, in the languages of its pages."""


class Filled(Struct, frozen=True):
    """A table filled in, and the students with points for whom it has no row."""

    content: bytes
    without: tuple[str, ...]


def canvas_grades(path: Path, results: Sequence[Result], naming: str, column: str | None = None) -> Filled:
    """Canvas's exported gradebook with the points of this class in one column.

    Raises `InputError` where it is not clear which.
    """
    sheet = read_sheet(path)
    heads = [cell.text for cell in sheet.rows[0]]
    if _SECTION not in heads or "ID" not in heads:
        raise InputError(f"'{path}' is no gradebook of Canvas", hint="export it in Canvas: Grades, Export")
    last = heads.index(_SECTION)
    titles = [head for head in heads[last + 1 :] if _NUMBERED.search(head) and _READ_ONLY not in head]
    place = heads.index(_column(path, column, titles))
    places = {head: heads.index(head) for head in _CANVAS if head in heads}

    def said(row: Sequence[Cell]) -> Iterator[tuple[bool, str]]:
        yield from ((head == "ID", row[at].text) for head, at in places.items() if at < len(row))

    return _filled(sheet, results, place, said, naming == "canvas")


def moodle_grades(path: Path, results: Sequence[Result], naming: str, column: str | None = None) -> Filled:
    """Moodle's grading worksheet with the points of this class.

    Raises `InputError` where it is not clear which column they go to, and for more points than it takes.
    """
    sheet = read_sheet(path)
    heads = [cell.text for cell in sheet.rows[0]]
    known = [head for head in heads if head.casefold() in GRADE]
    place = heads.index(_column(path, column, known or heads, bool(known)))

    def said(row: Sequence[Cell]) -> Iterator[tuple[bool, str]]:
        number = re.search(r"\d+$", row[0].text)
        yield True, number[0] if number else ""
        yield from ((False, cell.text) for cell in row[1:4])

    most = next((_number(row[place + 1].text) for row in sheet.rows[1:] if len(row) > place + 1), None)
    over = [one.student for one in results if one.status == MARKED and most and one.marks.earned > most]
    if over:
        message = f"more points than {most:g}, the most that '{path}' takes: {', '.join(over)}"
        raise InputError(
            message, hint="Moodle would pass them over: change the rubric, or the grade in Moodle"
        )
    return _filled(sheet, results, place, said, naming == "moodle")


def _column(path: Path, asked: str | None, titles: Sequence[str], sure: bool = True) -> str:
    if asked is not None:
        bare = {_NUMBERED.sub("", title).strip(): title for title in titles}
        if asked in titles or asked in bare:
            return asked if asked in titles else bare[asked]
        raise InputError(
            f"'{path}' has no column '{asked}'", hint=mend(asked, titles, "look at its first row")
        )
    if len(titles) == 1 and sure:
        return titles[0]
    named = ", ".join(f"'{title}'" for title in titles) or "none"
    raise InputError(f"which column of '{path}' takes the points is not clear: {named}", hint="say --column")


Said: TypeAlias = Callable[[Sequence[Cell]], Iterable[tuple[bool, str]]]
"""What a row says of whose it is: texts, each with whether it is the number that the page itself gave."""


def _filled(sheet: Sheet, results: Sequence[Result], place: int, said: Said, numbered: bool) -> Filled:
    """The points in one column, each where one row alone is the student's.

    ``numbered``: the work came by the numbers of that page. Else they are no ids of the class's own.
    """
    marked = {result.student: result for result in results if result.status == MARKED}
    known = _alone((sign, one.student) for one in marked.values() for sign in _signs(one, numbered))
    values: dict[Cell, str] = {}
    seen: set[str] = set()
    others = (cell.text for row in sheet.rows[1:] for cell in row[place : place + 2])
    comma = any(re.fullmatch(r"\d+,\d+", text) for text in others)
    for row in sheet.rows[1:]:
        if len(row) <= place:
            continue
        pairs = ((number, sign) for number, text in said(row) if text for sign in _texts(number, text))
        student = next((known[pair] for pair in pairs if pair in known), None)
        if student is not None and student not in seen:
            seen.add(student)
            points = f"{marked[student].marks.earned:.2f}"
            values[row[place]] = f'"{points.replace(".", ",")}"' if comma else points
    return Filled(sheet.filled(values), tuple(student for student in marked if student not in seen))


def _texts(number: bool, text: str) -> Iterator[str]:
    yield text.casefold()
    if not number:
        yield from names_in(text)


def _signs(result: Result, numbered: bool) -> Iterator[tuple[bool, str]]:
    """What tells a student in a table."""
    number = result.piece.work.student.casefold() if numbered else None
    if number is not None:
        yield True, number
    yield from ((False, sign) for sign in signs_of(result.piece.whose.student) if sign != number)
    yield from ((False, sign) for sign in names_in(result.piece.work.name))


def _alone(pairs: Iterable[tuple[tuple[bool, str], str]]) -> Mapping[tuple[bool, str], str]:
    """Signs of one student alone."""
    found: dict[tuple[bool, str], set[str]] = {}
    for sign, student in pairs:
        found.setdefault(sign, set()).add(student)
    return {sign: next(iter(students)) for sign, students in found.items() if len(students) == 1}


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None

"""A check for the terminal: a line for each line of the student's, and under a wrong one where and why.

Signs say what colours say. Nothing of a submission reaches the terminal but printable characters.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from io import StringIO
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.text import Text

from symgrad.checking.marks import Marked
from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.errors import caret
from symgrad.reading.source import Source
from symgrad.styles.remarks import remarks
from symgrad.styles.sentences import plain
from symgrad.styles.summary import by_heading
from symgrad.styles.witness import told
from symgrad.submission.lines import Side
from symgrad.submission.written import Span
from symgrad.writing.looks import HEADING, NOTE, TITLE, VERDICTS, WARNING, printable

INDENT = 8
WIDEST_SOURCE = 76
STYLES = {"text": "", "note": NOTE, "warning": WARNING}


class Piece(Struct, frozen=True):
    """One line of output and its style; ``indent`` counts for its continuation too."""

    text: str
    style: str = ""
    indent: int = 0


def shown(check: Check, marks: Marked | None = None) -> str:
    """A check as stdout is to have it: in colour and wrapped for a terminal (unless NO_COLOR is set)."""
    console, written = Console(), StringIO()
    width = console.width if console.is_terminal else None
    colours: Any = console.color_system  # stdout itself is not touched: it may be another process that prints
    aside = Console(file=written, force_terminal=console.is_terminal, color_system=colours, highlight=False)
    aside.print(terminal(check, marks, width), soft_wrap=True, end="")
    return written.getvalue()


def terminal(check: Check, marks: Marked | None = None, width: int | None = None) -> Text:
    """The check as styled text; sentences are wrapped at ``width``, or not at all where that is None."""
    said = Text()
    for piece in _pieces(check, marks):
        for line in _wrapped(piece, width):
            said.append(f"{line}\n", style=piece.style)
    return said


def _wrapped(piece: Piece, width: int | None) -> list[str]:
    blanks, text = " " * piece.indent, printable(piece.text)
    if width is None or not piece.indent or len(text) + piece.indent <= width:
        return [blanks + text]
    return textwrap.wrap(text, max(width, 40), initial_indent=blanks, subsequent_indent=blanks)


def _pieces(check: Check, marks: Marked | None) -> Iterator[Piece]:
    source = Source(check.submission.name, check.submission.text)
    yield Piece(source.file, TITLE)
    for heading, lines in by_heading(check.lines):
        yield Piece("")
        yield Piece(heading, HEADING)
        for judged in lines:
            yield from _line(judged, source)
    yield Piece("")
    yield from _summary(check)
    if marks is not None:
        yield Piece("")
        yield from _points(marks)


def _line(judged: Judged, source: Source) -> Iterator[Piece]:
    """Sign, number, place, verdict and the source; then the caret, the reason, the right line."""
    line, (sign, style) = judged.line, VERDICTS[judged.verdict.value]
    place = f"{line.line}:{line.column}"
    span = _doubted(judged)
    shown = _about(judged) if span is not None else _cut(" ".join(line.latex.split()))
    yield Piece(f"{sign} {line.id:4} {place:>7}  {judged.verdict.value:10} {shown}".rstrip(), style)
    if span is not None:
        yield from (Piece(" " * (INDENT - 2) + text, style) for text in _pointed(span, source))
    yield from (Piece(said, "", INDENT) for said in _said(judged))


def _about(judged: Judged) -> str:
    mistake = f" ({judged.mistake})" if judged.mistake else ""
    return (judged.quantity or "") + mistake


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST_SOURCE else text[: WIDEST_SOURCE - 1] + "…"


def _doubted(judged: Judged) -> Span | None:
    """The place of the first side that does not hold, or of the fault that made a line unreadable."""
    sides = judged.line.sides
    if judged.verdict is Verdict.UNREADABLE:
        faults = (side.fault.span for side in sides if side.fault is not None)
        return next(faults, judged.line.span)
    if judged.verdict is not Verdict.WRONG:
        return None
    side: Side | None = sides[judged.side] if judged.side is not None else None
    return judged.line.span if side is None else side.span


def _pointed(span: Span, source: Source) -> list[str]:
    place = source.place(span.start, span.end)
    return caret(replace(place, text=printable(place.text)))


def _said(judged: Judged) -> Iterator[str]:
    if judged.root is not None and f"line {judged.root}" not in judged.message:
        yield f"follows from line {judged.root}"
    if judged.message:
        yield plain(judged.message)
    elif judged.verdict is Verdict.UNREADABLE:
        yield from (side.fault.message for side in judged.line.sides if side.fault is not None)
    if numbers := told(judged):
        yield plain(numbers)
    if judged.hint:
        yield f"hint: {plain(judged.hint)}"
    if judged.right is not None:
        yield f"right: {judged.right}"


def _summary(check: Check) -> Iterator[Piece]:
    counts = ", ".join(f"{count} {verdict.value}" for verdict, count in check.counts.items() if count)
    lines = "1 line" if len(check.lines) == 1 else f"{len(check.lines)} lines"
    yield Piece(f"{lines}: {counts or 'nothing to check'}", TITLE)
    yield from (Piece(plain(remark.text), STYLES[remark.kind]) for remark in remarks(check))


def _points(marks: Marked) -> Iterator[Piece]:
    rows = (*marks.rows, *marks.sections)
    room = max(map(len, (*(row.title for row in rows), "all")))
    for row in rows:
        lines = f" (line {', '.join(map(str, row.lines))})" if row.lines else ""
        yield Piece(f"{row.title:{room}}  {row.earned:6g} of {row.points:<4g} {row.reason}{lines}")
    yield Piece(f"{'all':{room}}  {marks.earned:6g} of {marks.points:<4g}".rstrip(), TITLE)

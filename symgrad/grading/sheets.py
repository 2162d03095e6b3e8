"""Tables with commas of somebody else's, changed cell by cell: every other byte stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.variants.students import delimiter_of

_CELL = re.compile(r'"(?:[^"]|"")*"[^,;\t\r\n]*|[^,;\t\r\n]*')
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Cell(Struct, frozen=True):
    """A cell: what it says, and where it stands in the text."""

    text: str
    start: int
    end: int


class Sheet(Struct, frozen=True):
    """A table as its file has it; ``head`` is the mark that some programs begin a file with."""

    path: Path
    text: str
    rows: tuple[tuple[Cell, ...], ...]
    head: bytes = b""

    def filled(self, values: Mapping[Cell, str]) -> bytes:
        """The file with other texts in some cells."""
        parts, end = [], 0
        for cell in sorted(values, key=lambda cell: cell.start):
            parts += [self.text[end : cell.start], values[cell]]
            end = cell.end
        return self.head + "".join((*parts, self.text[end:])).encode()


def read_sheet(path: Path) -> Sheet:
    """The table in a file. Raises `InputError` where it cannot be read, or is none."""
    try:
        raw = path.read_bytes()
        head = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        text = raw[len(head) :].decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise InputError(f"cannot read '{path}': {reason.lower()}", hint="name a CSV file") from error
    delimiter = delimiter_of(text)
    rows, at = [], 0
    while at < len(text):
        row, at = _row(text, at, delimiter)
        rows.append(row)
    if not rows:
        raise InputError(f"'{path}' is empty", hint="name the table as it was downloaded")
    return Sheet(path, text, tuple(rows), head)


def _row(text: str, at: int, delimiter: str) -> tuple[tuple[Cell, ...], int]:
    cells: list[Cell] = []
    while True:
        start = at
        while True:  # a sign that parts other tables stands in a cell of this one
            found = _CELL.match(text, at)
            at = found.end() if found else at
            if at < len(text) and text[at] in ",;\t" and text[at] != delimiter:
                at += 1
                continue
            break
        cells.append(Cell(_said(text[start:at]), start, at))
        if at < len(text) and text[at] == delimiter:
            at += 1
            continue
        end = re.compile(r"\r\n|\r|\n|$").match(text, at)
        return tuple(cells), end.end() if end else len(text)


def _said(raw: str) -> str:
    text = raw.strip()
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def line_of(values: Sequence[str | float | None]) -> str:
    """A row of our own: texts in quotes, and none that a spreadsheet would take for a formula."""
    return ",".join(map(_own, values)) + "\r\n"


def _own(value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:.10g}"
    safe = f"'{value}" if value.startswith(_FORMULA) else value
    return '"' + safe.replace('"', '""') + '"'

"""Rows of numbers in a YAML text, read at once: a YAML reader takes as long for a number as for a name.

The YAML reader gets a text without all but the first number of each row; places are told in the whole text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from symgrad.reading.source import Path, Span

LONG = 40
"""Characters from which a row is shortened."""

# A finite one: more digits, or an exponent of three, are left to the YAML reader.
NUMBER = re.compile(r"[-+]?(?:[0-9]{1,200}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?")
_N = NUMBER.pattern
_GAP = r"[ \n]*+"
_NO_KEY = r"(?![ \n\]}]*:)"  # a key may not be as long as it likes
_FLOW = re.compile(rf"\[{_GAP}{_N}{_GAP},(?P<rest>{_GAP}{_N}(?:{_GAP},{_GAP}{_N})*+{_GAP})\]{_NO_KEY}")
_ITEM = rf"- ++{_N} *+(?=\n|\Z)"
_REST = rf"(?P<indent> *){_ITEM}(?:\n(?P=indent){_ITEM})*+\n?"
_BLOCK = re.compile(rf"^(?P<before>[ -]*){_ITEM}\n(?P<rest>{_REST})", re.MULTILINE)
_BELOW = re.compile(r"(?: *\n)*+( *)[^\s#]")


class Row(NamedTuple):
    """Where a row of numbers stands, and what of it the YAML reader need not see."""

    start: int
    end: int
    rest: Span


def find_rows(text: str) -> list[Row]:
    """Where long rows seem to stand: ``[1, 2, …]``, or an item a line; maybe in a text or a comment."""
    found = (*_flow_rows(text), *_block_rows(text))
    return sorted(row for row in found if row.end - row.start >= LONG)


def _flow_rows(text: str) -> Iterator[Row]:
    return (Row(*found.span(), found.span("rest")) for found in _FLOW.finditer(text))


def _block_rows(text: str) -> Iterator[Row]:
    for found in _BLOCK.finditer(text):
        below = _BELOW.match(text, found.end())
        column = len(found["before"])
        if len(found["indent"]) == column and not (below and len(below[1]) > column):
            yield Row(found.end("before"), found.end(), found.span("rest"))


class Shortened:
    """A text without the rest of its rows, which are in order."""

    def __init__(self, text: str, rows: Sequence[Row]) -> None:
        self.rows = {row.start: row for row in rows}
        ends = [0, *(row.rest[1] for row in rows)]
        starts = [*(row.rest[0] for row in rows), len(text)]
        self.text = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
        self._cut = [0, *accumulate(end - start for *_, (start, end) in rows)]
        self._where = [start - cut for start, cut in zip(starts, self._cut, strict=True)]

    def whole(self, index: int) -> int:
        """The place in the whole text of a place in the shorter one."""
        return index + self._cut[bisect_right(self._where, index, hi=len(self.rows))]


class Spans(dict[Path, Span]):
    """Where each value of a text stands; the entries of its rows are looked for when they are asked for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.rows: dict[Path, Row] = {}

    def __contains__(self, path: object) -> bool:
        return super().__contains__(path) or self._entry(path) is not None

    def __missing__(self, path: Path) -> Span:
        if (span := self._entry(path)) is None:
            raise KeyError(path)
        return span

    def _entry(self, path: object) -> Span | None:
        if not isinstance(path, tuple) or not path or not isinstance(path[-1], int) or path[-1] < 0:
            return None
        if (row := self.rows.get(path[:-1])) is None:
            return None
        numbers = NUMBER.finditer(self.text, row.start, row.end)
        return next((found.span() for found in islice(numbers, path[-1], None)), None)

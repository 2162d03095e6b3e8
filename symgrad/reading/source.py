"""A source text and where each piece of it stands, so that any later error can point at it."""

from __future__ import annotations

import pathlib
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import Place

Path: TypeAlias = "tuple[str | int, ...]"
Span: TypeAlias = "tuple[int, int]"


class Source(Struct, frozen=True, dict=True):
    """A text of lines that end in a line feed, and the name of the file it came from."""

    file: str
    text: str

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self._lines)]

    def place(self, start: int, end: int) -> Place:
        """The place of ``text[start:end]``; what runs over the end of the first line is not underlined."""
        row = min(bisect_right(self._starts, start), len(self._lines)) - 1
        line, column = self._lines[row], start - self._starts[row]
        width = max(1, min(end - start, len(line) - column))
        return Place(self.file, row + 1, column + 1, line, width)


class FoldedPlace(Place, frozen=True):
    """The place of a text that its file writes otherwise: folded over lines, or with escapes."""

    source: Source | None = None
    start: int = 0
    value: str = ""


class MadePlace(Place, frozen=True):
    """The place of what a text was made from: nothing inside the text has a place of its own."""


def within(place: Place, start: int, end: int) -> Place:
    """The place of the characters from ``start`` to ``end`` of the text that stands at ``place``."""
    if isinstance(place, MadePlace):
        return place
    if isinstance(place, FoldedPlace) and place.source is not None:
        first = _unfold(place.source.text, place.start, place.value[: start + 1])
        return place.source.place(first, first + end - start)
    return replace(place, column=place.column + start, width=max(1, end - start))


def _unfold(text: str, start: int, head: str) -> int:
    """Where the last character of ``head`` stands; folding moves blanks only, so the others count it off."""
    position = start - 1
    for character in head:
        if not character.isspace():
            position = text.find(character, position + 1)
            if position < 0:
                return start
    return max(position, start)


class Located(Struct, frozen=True):
    """Plain data (dict, list, str, int, float, bool, None) with the span of each value and key.

    ``folder`` is where its file lies; None where it was read from no file.
    """

    data: Any
    source: Source
    values: Mapping[Path, Span]
    keys: Mapping[Path, Span]
    folder: pathlib.Path | None = None

    def at(self, path: Path) -> Any:
        """The value at a path."""
        value = self.data
        for step in path:
            value = value[step]
        return value

    def written(self, path: Path) -> str:
        """The value at a path as the file writes it: ``0.10`` stays ``0.10``."""
        start, end = self.values[path]
        return self.source.text[start:end]

    def place(self, path: Path) -> Place:
        """The place of the value at ``path``, or of the nearest value around it."""
        while path not in self.values:
            path = path[:-1]
        start, end = self.values[path]
        value = self.at(path)
        at = self.source.place(start, end)
        if not isinstance(value, str) or self.source.text.startswith(value, start):
            return at
        return FoldedPlace(at.file, at.line, at.column, at.text, at.width, self.source, start, value)

    def key_place(self, path: Path) -> Place:
        """The place of the key that ends ``path``, or of the value where there is no such key."""
        return self.source.place(*self.keys[path]) if path in self.keys else self.place(path)

"""A problem's plain data with places in the sheet it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.errors import Place
from symgrad.reading.source import Located, MadePlace, Path, Source
from symgrad.submission.written import Span


class SheetLocated(Located, frozen=True):
    """Plain data made from a sheet: the text of a formula stands nowhere in it as such."""

    def written(self, path: Path) -> str:
        """A number as Python writes it."""
        return repr(self.at(path))

    def place(self, path: Path) -> Place:
        """The place of what the value was made from."""
        while path not in self.values:
            path = path[:-1]
        return made_place(self.source, *self.values[path])


def made_place(source: Source, start: int, end: int) -> MadePlace:
    """The place of a stretch of a sheet, for what is made from it."""
    at = source.place(start, end)
    return MadePlace(at.file, at.line, at.column, at.text, at.width)


def located(data: Mapping[str, Any], spans: Mapping[Path, Span], source: Source) -> Located:
    """The data, every value at its span, or at that of the nearest value around it."""
    values: dict[Path, tuple[int, int]] = {}
    keys: dict[Path, tuple[int, int]] = {}

    def visit(value: Any, path: Path, at: tuple[int, int]) -> None:
        span = spans.get(path)
        here = at if span is None else (span.start, span.end)
        values[path] = here
        if path and isinstance(path[-1], str):
            keys[path] = here
        items = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, part in items:
            visit(part, (*path, key), here)

    visit(data, (), (0, 0))
    return SheetLocated(data, source, values, keys)

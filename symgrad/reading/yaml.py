"""YAML 1.2, core schema, read into plain data with the place of every value.

Only the event layer of ruamel.yaml is used: no tags, no anchors, no constructors. Size and depth are
bounded before and while the events arrive, so a hostile file costs what its bytes cost and no more.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from symgrad.errors import InputError
from symgrad.limits import MOST_AXES
from symgrad.reading.rows import NUMBER, Row, Shortened, Spans, find_rows
from symgrad.reading.source import Located, Path, Source, Span
from symgrad.reading.text import STANDARD, check_printable, load_source, make_source
from symgrad.reading.yaml_faults import QUOTE, explain

MAX_DEPTH = 64
LONGEST_INTEGER = 320  # more digits than the largest float has; Python refuses to convert 4,300

_ESCAPE = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")


def _integer(text: str) -> int | float:
    return int(text) if len(text) < LONGEST_INTEGER else float(text)


def _number(text: str) -> int | float:
    return float(text) if "." in text or not text.lstrip("+-").isdigit() else _integer(text)


def _special(text: str) -> float:
    return float(text.replace(".", ""))


FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# https://yaml.org/spec/1.2.2/#1032-tag-resolution: the first pattern that matches a plain scalar decides.
CORE_SCHEMA: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"null|Null|NULL|~|"), lambda text: None),
    (re.compile(r"true|True|TRUE"), lambda text: True),
    (re.compile(r"false|False|FALSE"), lambda text: False),
    (re.compile(r"[-+]?[0-9]+"), _integer),
    (re.compile(r"0o[0-7]+"), lambda text: int(text[2:], 8)),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda text: int(text[2:], 16)),
    (FLOAT, float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), _special),
)


def _resolve(text: str) -> Any:
    """The value of a plain scalar; a text where no pattern of the schema matches."""
    return next((convert(text) for pattern, convert in CORE_SCHEMA if pattern.fullmatch(text)), text)


def load_yaml(path: pathlib.Path) -> Located:
    """The data of a YAML file. Raises `InputError` with the place and the mend."""
    folder = None if path == STANDARD else path.parent
    return replace(_read(load_source(path)), folder=folder)


def read_yaml(text: str, file: str) -> Located:
    """The data of a YAML text; ``file`` is its name in messages. Raises `InputError`."""
    return _read(make_source(text, file))


def _read(source: Source) -> Located:
    """The data of a text: with what looks like rows, then with what was read as such, at last without any.

    So a row in a comment or a text changes nothing, nor does one behind a fault: that is found where it is.
    """
    rows = find_rows(source.text)
    for _ in range(2):
        loader = _Loader(source, rows)
        try:
            located = loader.document()
            if loader.rows_read == set(rows):
                return located
        except InputError:
            if loader.rows_read == set(rows):
                raise
        rows = sorted(loader.rows_read)
    return _Loader(source, ()).document()


class _Loader:
    """Builds plain data from events; recursion goes no deeper than `MAX_DEPTH`."""

    def __init__(self, source: Source, rows: Sequence[Row]) -> None:
        self.source = source
        self.shortened = Shortened(source.text, rows)
        self.events = YAML(typ="safe", pure=True).parse(self.shortened.text)
        self.rows_read: set[Row] = set()
        self.values = Spans(source.text)
        self.keys: dict[Path, Span] = {}

    def document(self) -> Located:
        """The data of the text. Raises `InputError`."""
        try:
            next(self.events)
            data = self._first_document(next(self.events))
        except YAMLError as error:
            raise explain(error, self.source, self.shortened.whole) from error
        except (ValueError, OverflowError) as error:  # ruamel.yaml converts \U escapes unchecked
            found = _ESCAPE.search(self.source.text)
            place = self.source.place(*found.span()) if found else self.source.place(0, 1)
            raise InputError("no such character", place=place, hint="Unicode ends at \\U0010FFFF") from error
        return Located(data, self.source, self.values, self.keys)

    def _first_document(self, event: Event) -> Any:
        if isinstance(event, StreamEndEvent):
            self.values[()] = (0, 0)
            return None
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            raise self._fault(event, "YAML directives ('%') are not read", "a comment begins with #")
        data = self._value(next(self.events), ())
        next(self.events)
        after = next(self.events)
        if not isinstance(after, StreamEndEvent):
            raise self._fault(after, "a second YAML document begins here", "write one problem a file")
        return data

    def _value(self, event: Event, path: Path) -> Any:
        if isinstance(event, AliasEvent):
            raise self._fault(event, f"'*{event.anchor}' is a YAML alias, which is not read", QUOTE)
        if isinstance(event, NodeEvent) and event.anchor:
            raise self._fault(event, f"'&{event.anchor}' is a YAML anchor, which is not read", QUOTE)
        if getattr(event, "tag", None):
            raise self._fault(event, "a leading '!' is a YAML tag, which is not read", QUOTE)
        if len(path) > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} deep"
            raise self._fault(event, message, f"an array has at most {MOST_AXES} axes")
        return _BUILDERS[type(event)](self, event, path)

    def _scalar(self, event: ScalarEvent, path: Path) -> Any:
        self.values[path] = self._text_span(event)
        check_printable(event.value, lambda start, end: self.source.place(*self.values[path]))
        return event.value if event.style else _resolve(event.value)

    def _text_span(self, event: ScalarEvent) -> Span:
        """The span of the text: inside its quotes, below its ``|`` or ``>``; behind the key if missing."""
        text, (start, end) = self.source.text, self._span(event)
        if event.style in ("'", '"'):
            return start + 1, end - 1
        if event.style:
            start = text.find("\n", start)
            while start < end and text[start].isspace():
                start += 1
        while start == end and start > 0 and text[start - 1].isspace():
            start, end = start - 1, end - 1
        return start, end

    def _sequence(self, event: Event, path: Path) -> list[Any]:
        items = [self._value(item, (*path, n)) for n, item in enumerate(self._until_end(event, path))]
        row = self.shortened.rows.get(self._span(event)[0])
        numbers = self._numbers(row) if row else []
        if row is None or items != numbers[:1]:
            return items
        self.rows_read.add(row)
        self.values.rows[path] = row
        return numbers

    def _numbers(self, row: Row) -> list[Any]:
        return [_number(text) for text in NUMBER.findall(self.source.text, row.start, row.end)]

    def _mapping(self, event: Event, path: Path) -> dict[str, Any]:
        items: dict[str, Any] = {}
        for key in self._until_end(event, path):
            name = self._key(key, path)
            if name in items:
                first = self.source.place(*self.keys[(*path, name)]).line
                message = f"'{name}' stands here a second time, after line {first}"
                raise self._fault(key, message, "rename one of them, or delete it")
            self.keys[(*path, name)] = self._span(key)
            items[name] = self._value(next(self.events), (*path, name))
        return items

    def _key(self, event: Event, path: Path) -> str:
        if not isinstance(event, ScalarEvent):
            raise self._fault(event, "a key must be a name", QUOTE)
        name = self._value(event, path)
        if not isinstance(name, str):
            message = f"a key must be a name, and YAML reads '{event.value}' as a value"
            raise self._fault(event, message, QUOTE)
        return name

    def _until_end(self, start: Event, path: Path) -> Any:
        while not isinstance(event := next(self.events), CollectionEndEvent):
            yield event
        self.values[path] = (self._span(start)[0], self._span(event)[1])

    def _span(self, event: Event) -> Span:
        return self.shortened.whole(event.start_mark.index), self.shortened.whole(event.end_mark.index)

    def _fault(self, event: Event, message: str, hint: str) -> InputError:
        return InputError(message, place=self.source.place(*self._span(event)), hint=hint)


_BUILDERS: dict[type[Event], Callable[[Any, Any, Path], Any]] = {
    ScalarEvent: _Loader._scalar,
    SequenceStartEvent: _Loader._sequence,
    MappingStartEvent: _Loader._mapping,
}

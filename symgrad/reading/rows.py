"""Long rows of numbers in a YAML text, read at once: a YAML reader takes as long for a number as for a name.

The YAML reader gets a text of the same length, in which a short list stands in each long one's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

LONG = 1_000
"""Characters from which a list is taken out."""
_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_ROW = rf"\[\s*{_NUMBER}(?:\s*,\s*{_NUMBER})*\s*\]"
_ROWS = rf"\[\s*{_ROW}(?:\s*,\s*{_ROW})*\s*\]"
_LIST = re.compile(rf"{_ROWS}|{_ROW}")
_LINE = re.compile(r"[^\n]")


def without_rows(text: str) -> tuple[str, dict[int, str]]:
    """The text with its long lists of numbers emptied to ``[0   ]``, and those by where they begin."""
    lists = {found.start(): found[0] for found in _LIST.finditer(text) if len(found[0]) >= LONG}
    parts, end = [], 0
    for start, found in lists.items():
        parts += [text[end:start], f"[0{_LINE.sub(' ', found[2:-1])}]"]
        end = start + len(found)
    return "".join((*parts, text[end:])), lists


def read_rows(text: str, number: Callable[[str], Any]) -> list[Any]:
    """The entries of such a list, or its rows; ``number`` reads one."""
    rows = text[1:-1].split("[")
    if len(rows) == 1:
        return _row(text[1:-1], number)
    return [_row(row[: row.index("]")], number) for row in rows[1:]]


def _row(text: str, number: Callable[[str], Any]) -> list[Any]:
    return [number(entry.strip()) for entry in text.split(",")]

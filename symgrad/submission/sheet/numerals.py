"""Decimal commas: whether a sheet writes 0,5 for a half throughout."""

from __future__ import annotations

import re

_POINT = re.compile(r"(?<![\w.])\d+\.\d+")
_COMMA = re.compile(r"(?<![\d,.{_^\w])(\d+),(\d+)(?![\d,.\w])")
_WHOLE = r"(?:\s*-?\d+\s*,)+\s*-?\d+\s*"
_LISTS = re.compile(rf"[_^]\{{[^{{}}]*\}}|\\\{{[^{{}}]*\\\}}|\({_WHOLE}\)|\[{_WHOLE}\]")
"""Subscripts, sets and lists of whole numbers, whose commas part them."""


def decimal_commas(text: str) -> bool:
    """Whether the commas inside numbers are decimal: there are some, and no decimal point anywhere.

    One number with a 0 before the comma, or two others, are enough; a list (1,2) says nothing.
    """
    if _POINT.search(text):
        return False
    found = _COMMA.findall(_LISTS.sub(" ", text))
    return any(whole == "0" for whole, _ in found) or len(found) > 1


def with_points(text: str) -> str:
    """The text with points for its decimal commas; every character stays where it stands."""
    lists = [match.span() for match in _LISTS.finditer(text)]

    def point(match: re.Match[str]) -> str:
        inside = any(start <= match.start() < end for start, end in lists)
        return match[0] if inside else f"{match[1]}.{match[2]}"

    return _COMMA.sub(point, text)

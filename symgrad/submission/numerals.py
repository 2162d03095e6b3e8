"""Decimal commas: whether a text writes 0,5 or 0{,}5 for a half throughout."""

from __future__ import annotations

import re

from symgrad.operations import OPERATIONS
from symgrad.operations.signature import Signature

_POINT = re.compile(r"(?<![\w.])\d+\.\d+")
_COMMA = re.compile(r"(?<![\d,.^\w])(?<!_\{)(?<![^e}]\^\{)(\d+),(\d+)(?![\d,.\w])")
_BRACED = re.compile(r"(?<![\w.])(\d+)((?:\{,\}\d+)+)")
_WHOLE = r"(?:\s*-?\d+\s*,)+\s*-?\d+\s*"
_COUNTED = r"(?<![-+*/=·])(?<![-+*/=·] )\b[ijklmnrst]\s*=\s*\d+(?:,\d+)+"
_NAMES = "|".join(
    re.escape(name)
    for record in OPERATIONS.values()
    if isinstance(record.call, Signature) and len(record.call.arrays) > 2
    for name in record.spellings
)
_BOUNDED = rf"\b(?:{_NAMES})\}}?(?:\\left)?\s*\([^()]*\)"
_SCRIPTS = r"_\{[^{}]*\}|(?<!e)(?<!e\})\^\{[^{}]*\}"
_SETS = rf"\\\{{[^{{}}]*\\\}}|(?<![\w}}^])\{{{_WHOLE}\}}"
_LISTS = re.compile(rf"{_SCRIPTS}|{_SETS}|\({_WHOLE}\)|\[{_WHOLE}\]|{_COUNTED}|{_BOUNDED}")
"""Scripts but those of e, sets, lists of whole numbers, whose commas part them; what an index runs over;
clip(z,-1,1).
"""


_SINGLE = re.compile(r"\((?:-\d+,\d+|0,\d{2,})\)")
"""One number in brackets, for the sake of its sign or with its places, where commas are decimal."""
_OF_ONE = "|".join(
    re.escape(name)
    for record in OPERATIONS.values()
    if record.kind == "elementwise" and isinstance(record.call, Signature) and len(record.call.arrays) == 1
    for name in record.spellings
)
_APPLIED = re.compile(rf"(?<![A-Za-z])(?:{_OF_ONE}|ln|sigma)\}}?\s*$")
"""What takes one number: σ(0,1) is no list."""
_FAR = 40


def decimal_commas(text: str) -> bool:
    """Whether the commas inside numbers are decimal: there are some, and no decimal point anywhere.

    One number with a 0 before the comma, or two others, are enough; a list (1,2) says nothing.
    """
    if _POINT.search(text):
        return False
    found = _COMMA.findall(_LISTS.sub(" ", text))
    return any(whole == "0" for whole, _ in found) or len(found) > 1 or braced_commas(text)


def braced_commas(text: str) -> bool:
    """Whether a comma in braces parts other than thousands: 0{,}5, or 2{,}25. Then it is decimal anywhere."""
    return any(
        not whole.strip("0") or any(len(group) != 3 for group in groups.split("{,}")[1:])
        for whole, groups in _BRACED.findall(text)
    )


def with_points(text: str) -> str:
    """The text with points for its decimal commas, {.} for {,}; every character stays where it stands."""
    if decimal_commas(text):
        text = _plain_points(text)
    elif not braced_commas(text):
        return text
    return _BRACED.sub(lambda match: match[0].replace("{,}", "{.}"), text)


def _is_number(match: re.Match[str]) -> bool:
    """Whether brackets with a comma hold one number, where commas are decimal."""
    if _SINGLE.fullmatch(match[0]):
        return True
    before = match.string[max(0, match.start() - _FAR) : match.start()]
    return match[0].count(",") == 1 and match[0][0] == "(" and _APPLIED.search(before) is not None


def _plain_points(text: str) -> str:
    lists = [match.span() for match in _LISTS.finditer(text) if not _is_number(match)]

    def point(match: re.Match[str]) -> str:
        inside = any(start <= match.start() < end for start, end in lists)
        return match[0] if inside else f"{match[1]}.{match[2]}"

    return _COMMA.sub(point, text)

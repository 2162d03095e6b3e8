"""Single characters: ASCII signs, and the letters, accents, scripts and signs of Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from symgrad.submission.commands import COMBINING, GREEK, LOWERED, RAISED, UNICODE
from symgrad.submission.scanner import Scanner

_SPELLED = {"lambda": "lamda", "Lambda": "Lamda"}
_CASE = {True: "SMALL", False: "CAPITAL"}
_GREEK: Mapping[str, str] = {
    unicodedata.lookup(
        f"GREEK {'SMALL' if name.islower() else 'CAPITAL'} LETTER {_SPELLED.get(name, name)}"
    ): name
    for name in GREEK
    if not name.startswith("var")
}
_DIGIT = "MATHEMATICAL DOUBLE-STRUCK DIGIT ONE"
_SETS = {"ℝ": "R", "ℕ": "N", "ℤ": "Z", "ℚ": "Q", "ℂ": "C"}


def character(scanner: Scanner, match: re.Match[str]) -> None:
    """One character that begins nothing longer."""
    char, (start, end) = match[0], match.span()
    if char in COMBINING:
        scanner.accent(COMBINING[char], end)
    elif char in RAISED:
        _script(scanner, "raised", RAISED, start)
    elif char in LOWERED:
        _script(scanner, "lowered", LOWERED, start)
    elif char in UNICODE:
        scanner.put("command", UNICODE[char], start, end)
    elif char in _SETS:
        scanner.put("set", _SETS[char], start, end)
    elif char.isascii():
        scanner.put("sign" if char.isprintable() else "unknown", char, start, end)
    elif char in "−–—":
        scanner.put("sign", "-", start, end)
    else:
        _letter(scanner, char, start, end)


def _script(scanner: Scanner, kind: str, table: Mapping[str, str], start: int) -> None:
    position = start
    while position < scanner.end and scanner.text[position] in table:
        position += 1
    scanner.position = position
    scanner.put(kind, "".join(table[char] for char in scanner.text[start:position]), start, position)


def _letter(scanner: Scanner, char: str, start: int, end: int) -> None:
    """ŷ as y with a hat, 𝐖 as W, σ as sigma; what only looks like a letter is unknown."""
    base, *accents = list(unicodedata.normalize("NFKD", char))
    if "\N{FRACTION SLASH}" in accents:  # ½
        scanner.put("number", "".join((base, *accents)).replace("\N{FRACTION SLASH}", "/"), start, end)
        return
    accented = all(accent in COMBINING for accent in accents)
    if unicodedata.name(char, "") == _DIGIT:
        scanner.put("letter", "1", start, end)
    elif base in _GREEK and accented:
        scanner.put("command", _GREEK[base], start, end, upright=True)
    elif base in UNICODE and not accents:
        scanner.put("command", UNICODE[base], start, end)
    elif base.isascii() and base.isalnum() and accented:
        scanner.put("letter" if base.isalpha() else "number", base, start, end)
    else:
        scanner.put("unknown", char, start, end)
        return
    for accent in accents:
        scanner.accent(COMBINING[accent], end)

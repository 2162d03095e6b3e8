"""Text of a stranger's in maths: cut to a length, and with no character that a printer's fonts lack."""

from __future__ import annotations

import unicodedata

from symgrad.maths.nodes import Text
from symgrad.maths.symbols import SIGNS

LONGEST = 60
# Printable Latin, but for the letters that TeX's T1 fonts lack.
LATIN = frozenset(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)]))
TEX_LACKS = frozenset("¬ĦħĸĿŀŉŦŧſ")
TEX_HAS = (LATIN - TEX_LACKS) | SIGNS.keys()


def foreign(text: str, mono: bool = False) -> Text:
    """A text as maths; a character without a sign of ours is written by its code, as ``[U+4E2D]``."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    shown = composed if len(composed) <= LONGEST else composed[: LONGEST - 1] + "…"
    return Text(coded(shown), mono)


def coded(text: str) -> str:
    """A text in which what TeX's fonts lack is written by its code, as ``[U+4E2D]``."""
    return "".join(char if char in TEX_HAS else f"[U+{ord(char):04X}]" for char in text)

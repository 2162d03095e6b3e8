"""Words that say the contrary, or make a condition, of what stands beside them; and where they stand."""

from __future__ import annotations

import re

_WORDS = ("no", "not", "none", "neither", "nor", "never", "nowhere", "unless")
_ENDED = re.compile(r"[.!?;]\s|\n\s*\n")


def contrary(*more: str) -> re.Pattern[str]:
    """What finds such a word, or one of some more."""
    return re.compile(rf"\b(?:{'|'.join((*_WORDS, *more))})\b|n't", re.IGNORECASE)


def sentence_before(text: str, place: int, most: int) -> str:
    """What stands before a place in its sentence, of so many characters at the most."""
    return _ENDED.split(text[max(0, place - most) : place])[-1]

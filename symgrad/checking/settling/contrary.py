"""Words that say the contrary, or make a condition, of what stands beside them."""

from __future__ import annotations

import re

_WORDS = ("no", "not", "none", "neither", "nor", "never", "nowhere", "unless")


def contrary(*more: str) -> re.Pattern[str]:
    """What finds such a word, or one of some more."""
    return re.compile(rf"\b(?:{'|'.join((*_WORDS, *more))})\b|n't", re.IGNORECASE)

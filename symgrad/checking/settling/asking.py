"""What is asked of lines before any is judged, to settle what a notation means, and of how many."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.submission.lines import Line

Holds = Callable[[Line, Dictionary], int]
"""How many neighbouring sides of a line agree."""
MOST_LINES = 12
"""Lines that are asked of one notation."""

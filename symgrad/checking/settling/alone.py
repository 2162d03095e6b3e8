"""Inequalities that may be claims: alone on their rows, or behind words that make no condition of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symgrad.submission.lines import Line, Submission

_WORD = re.compile(r"[^\W\d_]{2,}")
_CLOSED = re.compile(r"(?:\$\$?|\\\)|\\\]|\\end\{[a-z]+\*?\}|[.\s*_`])*$")
"""What may stand behind it on its row: no colon, and no comma."""
_OPENED = re.compile(r"[\s>*+\-\d.()]*(?:\$\$?|\\\(|\\\[|\\begin\{[a-z]+\*?\}|&|\\\\)*\s*")
_HEDGED = re.compile(
    r"\b(?:no|not|never|cannot|impossible|contradict\w*|would|could|might|may|if|when\w*|where\w*|while|unless|until|for|"
    r"need\w*|requir\w*|want\w*|assum\w*|suppos\w*|let|given|provid\w*|long|whether|case|with|so|that|such|choos\w*|pick|"
    r"set|take|say|region|hold\w*|nicht|kein\w*|wenn|falls|für|sei|sodass)\b|n't",
    re.IGNORECASE,
)
"""Words that may make of it a condition, or the contrary."""


def alone_in(submission: Submission) -> Mapping[int, bool]:
    """The ids of such lines, with whether numbers that are given may refute them.

    So they may where there are no words, and no equation before them bears them as its condition.
    """
    earlier: set[tuple[int, int]] = set()
    found: dict[int, bool] = {}
    for line in submission.lines:
        own = {(each.span.start, each.span.end) for each in line.conditions}
        free = line.is_condition or not line.conditions
        if free and _is_alone(line, submission.text):
            found[line.id] = not own & earlier
        elif free and not line.is_condition and not _HEDGED.search(line.prose):
            found[line.id] = False
        earlier |= own
    return found


def _is_alone(line: Line, text: str) -> bool:
    row = text[line.span.end :].split("\n", 1)[0]
    before = text[: line.span.start].rsplit("\n", 1)[-1]
    silent = not _WORD.search(line.prose)
    return silent and _CLOSED.match(row) is not None and _OPENED.fullmatch(before) is not None

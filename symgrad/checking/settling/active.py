r"""What words say of kinks: that the hinge is active, for one line or from there on.

"If the margin is violated, ∂L/∂s = −y" is about the points at which every max(0, z) and relu(z) has z > 0.
"""

from __future__ import annotations

import re

from symgrad.checking.settling.contrary import contrary, sentence_before
from symgrad.submission.lines import Submission

_ON = (
    r"(?:(?:max|hinge|margin|relu|unit|constraint)(?:e?s)?\b[^.;!?]{0,20}?\s(?:is|are)\s+(?:all\s+)?(?:active|violated)\b"
    r"|(?:loss|hinge)(?:e?s)?\b[^.;!?]{0,20}?\s(?:is|are)\s+positive\b|violat(?:e|es|ing)\b[^.;!?]{0,12}\bmargin\b)"
)
_FROM_HERE = re.compile(
    r"\b(?:(?:I|we)\s+(?:only|just)\s+(?:look|consider|take|treat|care|deal|work)\b[^.;!?]{0,60}?"
    rf"|(?:assum|suppos)(?:e|ing)\b[^.;!?]{{0,40}}?)\b{_ON}"
    rf"|(?:\A(?:[^.;!?\n]{{0,40}}\()?|\.|\n\s*\n|\\\])"
    rf"\s*(?:the|this|all|both)\s+(?!(?:other|only)\b)(?:\w+\s+)?{_ON}(?:\s+here)?\s*[.):]",
    re.IGNORECASE,
)
"""Said of what follows; "the margin is violated." is a sentence, or stands in brackets in a title."""
_HERE = re.compile(
    rf"(?<!only )\b(?:if|when|whenever|where|while|for)\b[^.;!?]{{0,60}}?\b{_ON}"
    r"\s*[,:]?\s*(?:then|we have|we get|the gradient is|it is)?\s*[,:]?\s*$",
    re.IGNORECASE,
)


_CONTRARY = contrary(r"contradict\w*", "matters?")
_PART = re.compile(r"\b(?:only|other|another)\b", re.IGNORECASE)
"""Words that say it of others alone."""
_ENDED = re.compile(
    r"\b(?:satisfied|inactive|not\s+(?:active|violated)|in\s+general|otherwise|regardless)\b", re.IGNORECASE
)
_BACK = 60
"""Characters before the words in which there may be the contrary."""


def active_in(submission: Submission) -> frozenset[int]:
    """The ids of the lines for which it is said that what is cut off at 0 is not cut off."""
    text = submission.text
    said = next((found for found in _FROM_HERE.finditer(text) if not _is_contrary(found, text)), None)
    since = len(text) if said is None else said.end()
    until = len(text) if (ended := _ENDED.search(text, since)) is None else ended.start()
    return frozenset(
        line.id for line in submission.lines if since < line.span.start < until or _is_here(line.prose)
    )


def _is_here(prose: str) -> bool:
    """Whether the words before a line say it of this line."""
    found = _HERE.search(prose)
    return found is not None and not _PART.search(found[0]) and not _is_contrary(found, prose)


def _is_contrary(found: re.Match[str], text: str) -> bool:
    """Whether the sentence in which these words stand says the contrary."""
    before = sentence_before(text, found.start(), _BACK)
    return _CONTRARY.search(before + found[0]) is not None

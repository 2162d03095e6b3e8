r"""What words say of kinks: that the hinge is active, for one line or from there on.

"If the margin is violated, ∂L/∂s = −y" is about the points at which every max(0, z) and relu(z) has z > 0.
"""

from __future__ import annotations

import re

from symgrad.submission.lines import Submission

_ON = (
    r"[^.;!?]{0,80}?\b(?:(?:max|hinge|margin|relu|ReLU|unit|constraint|loss)s?\b[^.;!?]{0,30}?"
    r"\b(?<!not )(?:active|violated|positive)|(?<!not )violat(?:e|es|ing)\b[^.;!?]{0,12}\bmargin)\b"
)
_FROM_HERE = re.compile(rf"\b(?:only|assum(?:e|ing)|suppos(?:e|ing)|throughout|always)\b{_ON}", re.IGNORECASE)
_HERE = re.compile(rf"\b(?:if|when|whenever|where|while|for)\b{_ON}[^.;!?]*[:,]?\s*$", re.IGNORECASE)


def active_in(submission: Submission) -> frozenset[int]:
    """The ids of the lines for which it is said that what is cut off at 0 is not cut off."""
    said = _FROM_HERE.search(submission.text)
    since = len(submission.text) if said is None else said.end()
    return frozenset(
        line.id for line in submission.lines if line.span.start > since or _HERE.search(line.prose)
    )

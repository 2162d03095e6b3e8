r"""What words say of kinks: that the hinge is active, for one line or from there on.

"If the margin is violated, ∂L/∂s = −y" is about the points at which every max(0, z) and relu(z) has z > 0.
"""

from __future__ import annotations

import re

from symgrad.submission.lines import Submission

_ON = (
    r"(?:(?:max|hinge|margin|relu|unit|constraint)(?:e?s)?\b[^.;!?]{0,20}?\s(?:is|are)\s+(?:all\s+)?(?:active|violated)\b"
    r"|(?:loss|hinge)(?:e?s)?\b[^.;!?]{0,20}?\s(?:is|are)\s+positive\b|violat(?:e|es|ing)\b[^.;!?]{0,12}\bmargin\b)"
)
_FROM_HERE = re.compile(
    r"\b(?:(?:I|we)\s+(?:only|just)\s+(?:look|consider|take|treat|care|deal|work)\b[^.;!?]{0,60}?"
    rf"|(?:assum|suppos)(?:e|ing)\b[^.;!?]{{0,40}}?)\b{_ON}",
    re.IGNORECASE,
)
_HERE = re.compile(
    rf"(?<!only )\b(?:if|when|whenever|where|while|for)\b[^.;!?]{{0,60}}?\b{_ON}"
    r"\s*[,:]?\s*(?:then|we have|we get|the gradient is|it is)?\s*[,:]?\s*$",
    re.IGNORECASE,
)


def active_in(submission: Submission) -> frozenset[int]:
    """The ids of the lines for which it is said that what is cut off at 0 is not cut off."""
    said = _FROM_HERE.search(submission.text)
    since = len(submission.text) if said is None else said.end()
    return frozenset(
        line.id for line in submission.lines if line.span.start > since or _HERE.search(line.prose)
    )

"""How much a check says of what is wrong: where it is, by which rule to look, or the answer.

What is above the level asked for is taken out of the check itself, so that no format can hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from symgrad.checking.judging.messages import NOT_EQUAL
from symgrad.checking.verdict import Check, Judged, Verdict


def hinted(check: Check, level: str) -> Check:
    """A check that says no more than a level of `LEVELS` allows."""
    return replace(check, lines=tuple(map(LEVELS[level], check.lines)), hints=level)


def _where(judged: Judged) -> Judged:
    """Only the place: the first side that does not hold."""
    if judged.verdict is Verdict.WRONG:
        return replace(_rule(judged), message=NOT_EQUAL, mistake=None, hint=None, reason="")
    return _rule(judged)


def _rule(judged: Judged) -> Judged:
    """What was done and where to look, without right values or the right line."""
    if judged.verdict is Verdict.WRONG:
        return replace(judged, message=judged.reason or NOT_EQUAL, right=None, witness=None)
    return replace(judged, message=judged.reason or judged.message)


LEVELS: Mapping[str, Callable[[Judged], Judged]] = {
    "where": _where,
    "rule": _rule,
    "answer": lambda judged: judged,
}
"""What is left of a line at each level, the least first."""

"""Which other convention a work keeps to, if any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symgrad.checking.judging.bench import Bench
from symgrad.checking.judging.conventions import FEWEST, OTHERS, Convention
from symgrad.checking.verdict import Judged, Verdict
from symgrad.submission.lines import Line


def convention_of(
    lines: tuple[Judged, ...], bench: Bench, holds: Callable[[Line, Bench], bool | None]
) -> Convention | None:
    """The convention under which at least `FEWEST` wrong lines are right, and no right one is wrong."""
    wrong = [line.line for line in lines if line.verdict in (Verdict.WRONG, Verdict.CARRIED)]
    if sum(line.verdict is Verdict.WRONG for line in lines) < FEWEST:
        return None
    good = [line.line for line in lines if line.verdict in (Verdict.CORRECT, Verdict.ROUNDED)]
    for other in OTHERS:
        if other.scale is not None and (not bench.points.own or other.scale(bench.points.own[0]) == 1.0):
            continue
        tried = replace(bench, convention=other)
        if sum(bool(holds(line, tried)) for line in wrong) >= FEWEST and all(
            holds(line, tried) is not False for line in good
        ):
            return other
    return None

"""Which other convention a work keeps to, if any."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from msgspec.structs import replace

from symgrad.checking.judging.bench import Bench
from symgrad.checking.judging.conventions import FEWEST, OTHERS, Convention
from symgrad.checking.verdict import Judged, Verdict
from symgrad.submission.lines import Line

Holds: TypeAlias = "Callable[[Line, Bench], bool | None]"
NUMERATOR = re.compile(r"numerator[\s-]+layout", re.IGNORECASE)


def convention_of(lines: tuple[Judged, ...], text: str, bench: Bench, holds: Holds) -> Convention | None:
    """The convention under which at least `FEWEST` wrong lines are right, and no right one is wrong.

    One line is enough for the layout that the text of the work names.
    """
    wrong = [line.line for line in lines if line.verdict in (Verdict.WRONG, Verdict.CARRIED)]
    said = bool(NUMERATOR.search(text))
    if sum(line.verdict is Verdict.WRONG for line in lines) < (1 if said else FEWEST):
        return None
    good = [line.line for line in lines if line.verdict in (Verdict.CORRECT, Verdict.ROUNDED)]
    for other in OTHERS:
        if other.scale is not None and (not bench.points.own or other.scale(bench.points.own[0]) == 1.0):
            continue
        tried = replace(bench, convention=other)
        fewest = 1 if said and other.transposed else FEWEST
        if _make_right(wrong, fewest, tried, holds) and all(holds(line, tried) is not False for line in good):
            return other
    return None


def _make_right(lines: list[Line], fewest: int, bench: Bench, holds: Holds) -> bool:
    """Whether so many lines hold; no more are asked than tell."""
    right = 0
    for n, line in enumerate(lines):
        if right >= fewest or right + len(lines) - n < fewest:
            break
        right += bool(holds(line, bench))
    return right >= fewest

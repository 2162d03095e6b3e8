"""Hints by tries: of a wrong line more is said as it is changed, never because somebody asks for more.

A try is a text of the line that stood long enough to have been read. What is typed on the way from one to the
next is none, and a text that stood before is none again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.hints import LEVELS
from symgrad.checking.verdict import Check, Judged, Verdict

STOOD = 3.0
"""Seconds after which what is written counts as a try."""
RELEASED = ((3, "answer"), (1, "rule"), (0, "where"))
"""From how many changes on how much is said."""
MOST_KEPT, MOST_LINES = 32, 200
"""Tries of a line, and lines, that are remembered."""


class Tries(Struct, frozen=True):
    """The tries at one line: those before, by their hashes, what stands now, and since when."""

    before: frozenset[str] = frozenset()
    now: str = ""
    since: float = 0.0

    def after(self, text: str, at: float) -> Tries:
        """With what stands at a time."""
        if text == self.now:
            return self
        kept = self.now and at - self.since >= STOOD and len(self.before) < MOST_KEPT
        return Tries(self.before | {self.now} if kept else self.before, text, at)

    @property
    def changes(self) -> int:
        """How many other tries there were.

        >>> Tries().after("a", 0).after("b", 1).changes, Tries().after("a", 0).after("b", 5).changes
        (0, 1)
        """
        return len(self.before - {self.now})


Known = Mapping[str, Tries]
"""The tries at each line, by what it is about."""


class Released(Struct, frozen=True):
    """A check with as much as may be said, and the tries with those it shows.

    ``more`` has for every line of which more will be said how many changes are left until then.
    """

    check: Check
    tries: dict[str, Tries]
    more: dict[int, int]


def released(check: Check, known: Known, at: float, most: str) -> Released:
    """As much of a check as may be said at a time, ``most`` at the most."""
    tries, more = dict(known), {}
    lines = []
    for key, judged in _keyed(check):
        if judged.verdict is not Verdict.WRONG:
            lines.append(LEVELS["rule"](judged))
            continue
        if key in tries or len(tries) < MOST_LINES:
            tries[key] = tries.get(key, Tries()).after(_hash(judged.line.latex), at)
        changes = tries.get(key, Tries()).changes
        lines.append(LEVELS[level_of(changes, most)](judged))
        if left := _left(judged, changes, most):
            more[judged.line.id] = left
    return Released(replace(check, lines=tuple(lines), hints=most), tries, more)


def level_of(changes: int, most: str) -> str:
    """How much may be said of a line that was changed so many times.

    >>> level_of(0, "answer"), level_of(2, "answer"), level_of(3, "answer"), level_of(3, "rule")
    ('where', 'rule', 'answer', 'rule')
    """
    order = [*LEVELS]
    reached = next(level for count, level in RELEASED if changes >= count)
    return min(reached, most, key=order.index)


def _left(judged: Judged, changes: int, most: str) -> int:
    """How many changes are left until something else is said of a line; 0 where nothing will be."""
    now = _said(judged, changes, most)
    counts = (count for count, _ in RELEASED if count > changes and _said(judged, count, most) != now)
    return min(counts, default=changes) - changes


def _said(judged: Judged, changes: int, most: str) -> tuple[object, ...]:
    """What is said of a line after so many changes."""
    shown = LEVELS[level_of(changes, most)](judged)
    return shown.message, shown.hint, shown.mistake, shown.right, shown.witness is None


def _keyed(check: Check) -> Iterator[tuple[str, Judged]]:
    """The lines with what tells them apart as the work is changed: the quantity, and which line about it."""
    count: Counter[str] = Counter()
    for judged in check.lines:
        about = judged.quantity or ""
        count[about] += 1
        yield f"{about}:{count[about]}", judged


def _hash(latex: str) -> str:
    return sha256("".join(latex.split()).encode()).hexdigest()[:12]

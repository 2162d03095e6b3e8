"""What would become of marks made before, where the work is the same and what it is judged by is not.

Another version of symgrad, another problem or another rubric may judge a line or count points otherwise.
That is told line by line, beside what the gradebook says, before any of it is overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from symgrad.grading.decisions import squeezed
from symgrad.grading.gradebook import Before, Standing
from symgrad.grading.marking import LOOK, Result
from symgrad.grading.sheets import line_of

NAME = "changes.csv"
MOST_TOLD, MOST_SHOWN = 20, 48
NO_LINE = "no line"
POINTS = "points"


class Change(Struct, frozen=True):
    """A verdict on a line (``about`` its number), or the points, of a student: before and after."""

    who: str
    about: str
    latex: str
    before: str
    after: str


class Changes(Struct, frozen=True):
    """All that would change, and what by."""

    rows: tuple[Change, ...]
    causes: tuple[str, ...]

    def written(self) -> bytes:
        """A table of them, a row each."""
        heads = line_of(["student", "about", "latex", "before", "after"])
        rows = (line_of([one.who, one.about, one.latex, one.before, one.after]) for one in self.rows)
        return "".join((heads, *rows)).encode()

    def shown(self) -> str:
        """The first of them in columns."""
        cells = [(one.who, one.about, _cut(one.latex), f"{one.before} → {one.after}") for one in self.rows]
        cells = cells[:MOST_TOLD]
        wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(map(str.ljust, row, wide)).rstrip() for row in cells]
        more = len(self.rows) - len(cells)
        return "\n".join((*lines, f"… and {more} more") if more else lines)

    @property
    def said(self) -> str:
        """How many they are, and what by, in a line."""
        points = sum(one.about == POINTS for one in self.rows)
        lines = len(self.rows) - points
        counts = f"{_count(lines, 'verdict')} and the points of {_count(points, 'student')}"
        return f"{counts} ({', '.join(self.causes)})"


def changes_of(
    before: Before, symgrad: str, rubric: str, results: Sequence[Result], who: Mapping[str, str]
) -> Changes:
    """What would change of the same work by another ``symgrad``, problem or ``rubric``."""
    again = [(result, before.students[result.student]) for result in results if _is_again(before, result)]
    anew = [(one, old) for one, old in again if rubric != before.rubric or _key(one) != old.key]
    causes = {
        f"symgrad {before.symgrad} → {symgrad}": symgrad != before.symgrad,
        "another rubric": rubric != before.rubric,
        "another problem": any(one.piece.problem != old.problem for one, old in anew),
    }
    rows = (row for one, old in anew for row in _changes(old, one, who[one.student], before))
    return Changes(tuple(rows), tuple(cause for cause, holds in causes.items() if holds))


def _is_again(before: Before, result: Result) -> bool:
    old = before.students.get(result.student)
    return old is not None and bool(old.work) and old.work == result.piece.digest


def _key(result: Result) -> str:
    return result.piece.record.key if result.piece.record else ""


def _changes(old: Standing, result: Result, who: str, before: Before) -> Iterator[Change]:
    said = [] if result.piece.record is None else result.piece.record.lines
    verdicts = [str(line.verdict.value) for line in result.lines]
    new = dict(_numbered((line["id"], line["latex"], v) for line, v in zip(said, verdicts, strict=False)))
    known = dict(_numbered(before.lines(result.student)))
    for place in dict.fromkeys((*new, *known)):
        line, latex, after = new.get(place, (*known.get(place, (0, ""))[:2], NO_LINE))
        verdict = known.get(place, (0, "", NO_LINE))[2]
        if verdict != after:
            yield Change(who, f"line {line}", latex, verdict, after)
    points = (
        _points(old.earned, old.points),
        _points(None if result.look else result.marks.earned, result.marks.points),
    )
    if points[0] != points[1]:
        yield Change(who, POINTS, "", *points)


def _numbered(
    lines: Iterable[tuple[int, str, str]],
) -> Iterator[tuple[tuple[str, int], tuple[int, str, str]]]:
    """Lines by what they say, and which of those that say the same they are: numbers may be others."""
    seen: Counter[str] = Counter()
    for line in lines:
        text = squeezed(line[1])
        seen[text] += 1
        yield (text, seen[text]), line


def _points(earned: float | None, points: float) -> str:
    return LOOK if earned is None else f"{earned:g} of {points:g}"


def _cut(latex: str) -> str:
    flat = " ".join(latex.split())
    return flat if len(flat) <= MOST_SHOWN else flat[: MOST_SHOWN - 1] + "…"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"

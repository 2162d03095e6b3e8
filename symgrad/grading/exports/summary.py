"""What every format says of a marked submission: points by quantity, what decided them, why to look at it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from symgrad.checking.marks import Earned, Marked
from symgrad.checking.verdict import Verdict
from symgrad.grading.marking import Result


class Part(Struct, frozen=True):
    """The points of a quantity, and what decided them."""

    name: str
    earned: float
    points: float
    said: str

    @property
    def full(self) -> bool:
        """Whether all points are earned."""
        return self.earned >= self.points

    @property
    def line(self) -> str:
        """All of it in a line."""
        return f"{self.name}: {self.earned:g} of {self.points:g} ({self.said})"


class Summary(Struct, frozen=True):
    """A marked submission. Where somebody has to ``look``, points are not final, and never shown as a 0.

    ``failed`` says that symgrad itself is why; ``seconds`` is what it took.
    """

    who: str
    earned: float
    points: float
    parts: tuple[Part, ...]
    look: str = ""
    failed: bool = False
    first_wrong: int | None = None
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """What is earned of all points, from 0 to 1."""
        return min(1.0, self.earned / self.points) if self.points else 0.0

    @property
    def said(self) -> str:
        """What became of it, in a line."""
        if self.look:
            return f"Somebody has to look at it, these points are not final: {self.look}"
        points = f"{self.earned:g} of {self.points:g} points"
        return points if self.first_wrong is None else f"{points}. First wrong line: {self.first_wrong}"


def summary_of(result: Result) -> Summary:
    """The summary of a result."""
    record = result.piece.record
    inside = {name for capped in result.marks.capped for name in capped.quantities}
    rows = (row for row in result.marks.rows if row.quantity not in inside)
    wrong = (line.id for line in result.lines if line.verdict is Verdict.WRONG)
    return Summary(
        result.student,
        result.marks.earned,
        result.marks.points,
        (*map(_part, rows), *_sections(result.marks)),
        result.look,
        bool(record and (record.failed or record.check["faults"])),
        next(wrong, None),
        record.seconds if record else 0.0,
    )


def _sections(marks: Marked) -> Iterator[Part]:
    """Quantities with a most together are one part: what the parts are worth adds up to all points."""
    for capped, section in zip(marks.capped, marks.sections, strict=True):
        inner = (_part(row).line for row in marks.rows if row.quantity in capped.quantities)
        yield Part(section.quantity, section.earned, section.points, "; ".join((section.reason, *inner)))


def _part(row: Earned) -> Part:
    lines = ", ".join(map(str, row.lines))
    where = f", line{'s' * (len(row.lines) > 1)} {lines}" if lines else ""
    return Part(row.title, row.earned, row.points, row.reason + where)

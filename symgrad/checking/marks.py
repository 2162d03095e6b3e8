"""Points for a checked submission, as a marker gives them: a quantity earns by the worst of its lines.

All points where every line about it is right, the share for carried lines (the method mark) where
one follows from an earlier slip, nothing where one is wrong or there is none. Lines that were not
judged do not count; where there are no others, somebody has to look.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.reading.nearest import nearest
from symgrad.reading.rubric import Rubric

PLACES = 2

# From the worst to the best; what stands in none of them was not judged.
_ORDER = (Verdict.WRONG, Verdict.CARRIED, Verdict.ROUNDED, Verdict.CORRECT)


class Earned(Struct, frozen=True):
    """The points of a quantity, why they were earned or not, and the lines that decided it."""

    quantity: str
    points: float
    earned: float
    reason: str
    lines: tuple[int, ...] = ()


class Marked(Struct, frozen=True):
    """The points of a submission, quantity by quantity."""

    rows: tuple[Earned, ...]

    @property
    def earned(self) -> float:
        """All points earned."""
        return round(sum(row.earned for row in self.rows), PLACES)

    @property
    def points(self) -> float:
        """All points there are."""
        return round(sum(row.points for row in self.rows), PLACES)


def marks(check: Check, rubric: Rubric) -> Marked:
    """The points of every quantity of a rubric."""
    shares = {
        Verdict.WRONG: 0.0,
        Verdict.CARRIED: rubric.carried,
        Verdict.ROUNDED: rubric.rounded,
        Verdict.CORRECT: 1.0,
    }
    return Marked(tuple(_earned(check, name, points, shares) for name, points in rubric.points.items()))


def _earned(check: Check, quantity: str, points: float, shares: Mapping[Verdict, float]) -> Earned:
    about = [judged for judged in check.lines if judged.quantity == quantity]
    for verdict in _ORDER:
        if found := _ids(about, verdict):
            return Earned(quantity, points, round(points * shares[verdict], PLACES), verdict.value, found)
    for verdict in (Verdict.UNREADABLE, Verdict.UNCHECKED):
        if found := _ids(about, verdict):
            return Earned(quantity, points, 0.0, f"{verdict.value}: look at it by hand", found)
    return Earned(quantity, points, 0.0, _missing(check, quantity))


def _ids(about: list[Judged], verdict: Verdict) -> tuple[int, ...]:
    return tuple(judged.line.id for judged in about if judged.verdict is verdict)


def _missing(check: Check, quantity: str) -> str:
    """No line is about the quantity; a rubric may also call it by another name than the problem does."""
    known = {judged.quantity for judged in check.lines if judged.quantity is not None}
    other = nearest(quantity, sorted(known), cutoff=0.85)
    return f"missing (there is '{other}')" if other and other.lower() == quantity.lower() else "missing"

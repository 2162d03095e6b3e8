"""Points for a checked submission, as a marker gives them: a quantity earns by the worst of its lines.

All points where every line about it is right, the share for carried lines where one follows from an
earlier slip, nothing where one is wrong or there is none. Lines that were not judged do not count; where
there are no others, somebody has to look.

Points in parts are for the method and for the numbers. The method earns all where the formula is right and
only the numbers put into it are not, and where an earlier slip was carried on. Accuracy looks at the lines
that end in numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.judging.sides import has_names
from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.reading.nearest import nearest
from symgrad.reading.rubric import Rubric
from symgrad.submission.written import Node

PLACES = 2

# From the worst to the best; what stands in none of them was not judged.
_ORDER = (Verdict.WRONG, Verdict.CARRIED, Verdict.ROUNDED, Verdict.CORRECT)
_ALL: Mapping[Verdict, float] = {Verdict.WRONG: 0.0, **dict.fromkeys(_ORDER[1:], 1.0)}
METHOD, ACCURACY = "method", "accuracy"
RIGHT_FORMULA = "the formula is right"


class Earned(Struct, frozen=True):
    """The points of a quantity, why they were earned or not, and the lines that decided it.

    ``part`` is ``method`` or ``accuracy`` where the rubric parts them.
    """

    quantity: str
    points: float
    earned: float = 0.0
    reason: str = ""
    lines: tuple[int, ...] = ()
    part: str = ""

    @property
    def title(self) -> str:
        """The quantity, and the part of its points."""
        return f"{self.quantity}, {self.part}" if self.part else self.quantity


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
    return Marked(tuple(row for name in rubric.quantities for row in _rows(check, name, rubric)))


def _rows(check: Check, quantity: str, rubric: Rubric) -> Iterator[Earned]:
    shares = {**_ALL, Verdict.CARRIED: rubric.carried, Verdict.ROUNDED: rubric.rounded}
    about = [judged for judged in check.lines if judged.quantity == quantity]
    if quantity in rubric.points:
        yield _earned(check, Earned(quantity, rubric.points[quantity]), about, shares)
    if quantity in rubric.method:
        row = Earned(quantity, rubric.method[quantity], part=METHOD)
        slips = [judged for judged in about if _slips_in_numbers(judged)]
        others = [judged for judged in about if judged not in slips]
        if slips and not _ids(others, *_ORDER):
            found = _ids(slips, *_ORDER)
            yield replace(row, earned=row.points, reason=RIGHT_FORMULA, lines=found)
        else:
            yield _earned(check, row, others, _ALL)
    if quantity in rubric.accuracy:
        numbers = [judged for judged in about if _is_numbers(judged.line.sides[-1].node)]
        yield _earned(check, Earned(quantity, rubric.accuracy[quantity], part=ACCURACY), numbers, shares)


def _earned(check: Check, row: Earned, about: list[Judged], shares: Mapping[Verdict, float]) -> Earned:
    for verdict in _ORDER:
        if found := _ids(about, verdict):
            earned = round(row.points * shares[verdict], PLACES)
            return replace(row, earned=earned, reason=verdict.value, lines=found)
    for verdict in (Verdict.UNREADABLE, Verdict.UNCHECKED):
        if found := _ids(about, verdict):
            return replace(row, reason=f"{verdict.value}: look at it by hand", lines=found)
    return replace(row, reason=_missing(check, row.quantity))


def _ids(about: list[Judged], *verdicts: Verdict) -> tuple[int, ...]:
    return tuple(judged.line.id for judged in about if judged.verdict in verdicts)


def _slips_in_numbers(judged: Judged) -> bool:
    """Whether a wrong line has a formula that holds, and parts from it in what is numbers alone."""
    if judged.verdict is not Verdict.WRONG or judged.side is None:
        return False
    first, *between = judged.line.sides[: judged.side]
    formulas = [side.node for side in between if not _is_numbers(side.node)]
    return bool(formulas) and _is_numbers(judged.line.sides[judged.side].node) and not _is_numbers(first.node)


def _is_numbers(node: Node | None) -> bool:
    return node is not None and not has_names(node)


def _missing(check: Check, quantity: str) -> str:
    """No line is about the quantity; a rubric may also call it by another name than the problem does."""
    known = {judged.quantity for judged in check.lines if judged.quantity is not None}
    other = nearest(quantity, sorted(known - {quantity}), cutoff=0.85)
    return f"missing (there is '{other}')" if other and other.lower() == quantity.lower() else "missing"

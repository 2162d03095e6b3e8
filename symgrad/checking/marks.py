"""Points for a checked submission, as a marker gives them: a quantity earns by the worst of its lines.

All points where every line about it is right, the share for carried lines where one follows from an
earlier slip, nothing where one is wrong or there is none. Lines that were not judged do not count; where
there are no others, somebody has to look.

Points in parts are for the method and for the numbers. The method earns all where the formula is right and
only the numbers put into it are not, and where an earlier slip was carried on. Accuracy looks at the lines
that end in numbers alone. The quantities of a section may have a most together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
AT_MOST = "at most"
MISSING, BY_HAND = "missing", "look at it by hand"


class Evidence(Struct, frozen=True):
    """What of a judged line counts for points; marks are worked out from this alone.

    ``numbers`` says that the line ends in numbers, ``slips`` that its formula holds and its numbers do not.
    """

    id: int
    quantity: str | None
    verdict: Verdict
    numbers: bool = False
    slips: bool = False


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


class Capped(Struct, frozen=True):
    """Quantities that earn together so many points at ``most``."""

    name: str
    quantities: tuple[str, ...]
    most: float

    def earned(self, rows: Iterable[Earned]) -> Earned:
        """What they earn together."""
        own = [row for row in rows if row.quantity in self.quantities]
        points, earned = sum(row.points for row in own), sum(row.earned for row in own)
        most = self.most
        return Earned(
            self.name,
            round(min(points, most), PLACES),
            round(min(earned, most), PLACES),
            f"{AT_MOST} {most:g}",
        )


class Marked(Struct, frozen=True):
    """The points of a submission, quantity by quantity; ``capped`` are those with a most together."""

    rows: tuple[Earned, ...]
    capped: tuple[Capped, ...] = ()

    @property
    def earned(self) -> float:
        """All points earned."""
        return round(sum(row.earned for row in self._counted), PLACES)

    @property
    def points(self) -> float:
        """All points there are."""
        return round(sum(row.points for row in self._counted), PLACES)

    @property
    def sections(self) -> tuple[Earned, ...]:
        """What those with a most earn together."""
        return tuple(capped.earned(self.rows) for capped in self.capped)

    @property
    def _counted(self) -> tuple[Earned, ...]:
        """What adds up."""
        inside = {name for capped in self.capped for name in capped.quantities}
        return (*(row for row in self.rows if row.quantity not in inside), *self.sections)


def marks(check: Check, rubric: Rubric) -> Marked:
    """The points of every quantity of a rubric."""
    return marked(map(evidence, check.lines), rubric)


def evidence(judged: Judged) -> Evidence:
    """What of a line counts."""
    numbers = bool(judged.line.sides) and _is_numbers(judged.line.sides[-1].node)
    return Evidence(judged.line.id, judged.quantity, judged.verdict, numbers, _slips_in_numbers(judged))


def marked(lines: Iterable[Evidence], rubric: Rubric) -> Marked:
    """The points of every quantity of a rubric, by what counts of the lines."""
    found = tuple(lines)
    capped = tuple(Capped(name, inner, rubric.most[name]) for name, inner in rubric.sections.items())
    return Marked(tuple(row for name in rubric.quantities for row in _rows(found, name, rubric)), capped)


def _rows(lines: Sequence[Evidence], quantity: str, rubric: Rubric) -> Iterator[Earned]:
    shares = {**_ALL, Verdict.CARRIED: rubric.carried_of(quantity), Verdict.ROUNDED: rubric.rounded}
    about = [line for line in lines if line.quantity == quantity]
    if quantity in rubric.points:
        yield _earned(lines, Earned(quantity, rubric.points[quantity]), about, shares)
    if quantity in rubric.method:
        row = Earned(quantity, rubric.method[quantity], part=METHOD)
        slips = [line for line in about if line.slips]
        others = [line for line in about if not line.slips]
        if slips and not _ids(others, *_ORDER):
            found = _ids(slips, *_ORDER)
            yield replace(row, earned=row.points, reason=RIGHT_FORMULA, lines=found)
        else:
            yield _earned(lines, row, others, _ALL)
    if quantity in rubric.accuracy:
        numbers = [line for line in about if line.numbers]
        yield _earned(lines, Earned(quantity, rubric.accuracy[quantity], part=ACCURACY), numbers, shares)


def _earned(
    lines: Sequence[Evidence], row: Earned, about: Sequence[Evidence], shares: Mapping[Verdict, float]
) -> Earned:
    for verdict in _ORDER:
        if found := _ids(about, verdict):
            earned = round(row.points * shares[verdict], PLACES)
            return replace(row, earned=earned, reason=verdict.value, lines=found)
    for verdict in (Verdict.UNREADABLE, Verdict.UNCHECKED):
        if found := _ids(about, verdict):
            return replace(row, reason=f"{verdict.value}: {BY_HAND}", lines=found)
    return replace(row, reason=_missing(lines, row.quantity))


def _ids(about: Iterable[Evidence], *verdicts: Verdict) -> tuple[int, ...]:
    return tuple(line.id for line in about if line.verdict in verdicts)


def _slips_in_numbers(judged: Judged) -> bool:
    """Whether a wrong line has a formula that holds, and parts from it in what is numbers alone."""
    if judged.verdict is not Verdict.WRONG or judged.side is None:
        return False
    first, *between = judged.line.sides[: judged.side]
    formulas = [side.node for side in between if not _is_numbers(side.node)]
    return bool(formulas) and _is_numbers(judged.line.sides[judged.side].node) and not _is_numbers(first.node)


def _is_numbers(node: Node | None) -> bool:
    return node is not None and not has_names(node)


def _missing(lines: Iterable[Evidence], quantity: str) -> str:
    """No line is about the quantity; a rubric may also call it by another name than the problem does."""
    known = {line.quantity for line in lines if line.quantity is not None}
    other = nearest(quantity, sorted(known - {quantity}), cutoff=0.85)
    return f"{MISSING} (there is '{other}')" if other and other.lower() == quantity.lower() else MISSING

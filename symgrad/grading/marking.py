"""From what was judged and decided to points: of every student a result, or why somebody has to look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.marks import BY_HAND, MISSING, Earned, Evidence, Marked, marked
from symgrad.checking.verdict import Verdict
from symgrad.grading.decisions import Decided, Decision
from symgrad.grading.incoming import Incoming
from symgrad.grading.record import Record
from symgrad.grading.roster import Whose
from symgrad.graph import build_graph
from symgrad.reading.model import Problem
from symgrad.reading.rubric import Rubric

MARKED, LOOK = "marked", "to look at"
DECIDED = "decided"


class Piece(Struct, frozen=True):
    """A student's work: whose, what came in, how it was judged, by which problem, why it was not.

    ``digest`` is that of what came in.
    """

    whose: Whose
    work: Incoming
    record: Record | None = None
    problem: str = ""
    look: str = ""
    digest: str = ""


class Result(Struct, frozen=True):
    """Points of a piece of work, its lines with what was decided on them; ``look`` where it is not marked."""

    piece: Piece
    marks: Marked
    lines: tuple[Evidence, ...]
    decisions: Mapping[int, Decision]
    look: str = ""

    @property
    def status(self) -> str:
        """`MARKED`, or `LOOK`."""
        return LOOK if self.look else MARKED

    @property
    def student(self) -> str:
        """The student's id."""
        return self.piece.whose.student.id

    @property
    def code(self) -> str:
        """What stands for the student."""
        return self.piece.whose.code


def usual_rubric(problem: Problem) -> Rubric:
    """Without a rubric: the points in the problem's report, else one for every gradient that is asked for."""
    points = {name: float(worth) for name, worth in problem.report.points.items()}
    return Rubric(points=points or {f"d{problem.of}/d{name}": 1.0 for name in build_graph(problem).wrt})


def worth_of(rubric: Rubric, quantity: str) -> float:
    """All points of a quantity."""
    return sum(points.get(quantity, 0.0) for points in (rubric.points, rubric.method, rubric.accuracy))


def result_of(piece: Piece, rubric: Rubric, known: Decided) -> Result:
    """What a piece of work earns. Whatever is not judged and counts is for somebody to look at."""
    student, record = piece.whose.student.id, piece.record
    lines: tuple[Evidence, ...] = ()
    decisions: dict[int, Decision] = {}
    if record is not None and not record.failed:
        for said, counts in zip(record.lines, record.evidence, strict=True):
            found = known.on_line(student, counts.id, said["latex"], said["verdict"], piece.problem)
            if found is not None and found.verdict is not None:
                decisions[counts.id] = found
                counts = replace(counts, verdict=Verdict(found.verdict), slips=False)
            lines = (*lines, counts)
    marks = marked(lines, rubric)
    marks = replace(marks, rows=tuple(_decided(marks, student, known)))
    open_rows = tuple(row for row in marks.rows if row.reason != DECIDED)
    return Result(
        piece, marks, lines, decisions, _look(piece, open_rows, lines, decisions) if open_rows else ""
    )


def _decided(marks: Marked, student: str, known: Decided) -> Iterator[Earned]:
    """The rows, those of a quantity whose points are decided as one."""
    seen: set[str] = set()
    for row in marks.rows:
        found = known.on_quantity(student, row.quantity)
        if found is None or found.points is None:
            yield row
        elif row.quantity not in seen:
            seen.add(row.quantity)
            worth = sum(other.points for other in marks.rows if other.quantity == row.quantity)
            yield Earned(row.quantity, worth, found.points, DECIDED)


def _look(
    piece: Piece, rows: Sequence[Earned], lines: Sequence[Evidence], decisions: Mapping[int, Decision]
) -> str:
    """Why a piece of work is not marked: it could not be judged, or what decides a row was not."""
    if why := piece.look or piece.whose.look or piece.work.look:
        return why
    record = piece.record
    if record is None:
        return "it was not judged"
    if record.failed:
        return record.failed
    if not record.lines:
        return "no line was found in it"
    if faults := [id for id in record.check["faults"] if id not in decisions]:
        return f"symgrad failed at line {', '.join(map(str, faults))}"
    if unsure := [row.title for row in rows if row.reason.endswith(BY_HAND)]:
        return f"not judged: {', '.join(unsure)}"
    missing = [row.title for row in rows if row.reason.startswith(MISSING)]
    if missing and (unread := [line.id for line in unknown(record, lines)]):
        return f"{', '.join(missing)} may stand in line {', '.join(map(str, unread))}, which was not judged"
    return ""


def unknown(record: Record, lines: Sequence[Evidence]) -> Iterator[Evidence]:
    """Lines that say something and of which nobody knows what it is about."""
    for line, more in zip(lines, record.beside, strict=True):
        unread = line.verdict is Verdict.UNREADABLE or (line.verdict is Verdict.UNCHECKED and more.claims)
        if line.quantity is None and unread:
            yield line


def is_near(result: Result, share: float, within: float = 0.05) -> bool:
    """Whether the points are within a twentieth of all from the pass mark."""
    return abs(result.marks.earned - share * result.marks.points) <= within * result.marks.points

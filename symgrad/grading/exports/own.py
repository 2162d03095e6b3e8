"""Our own table of a class."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.grading.marking import Result
from symgrad.grading.sheets import line_of


def own_table(results: Sequence[Result]) -> bytes:
    """A row a student, a column a quantity; nothing where it is for somebody to look at."""
    titles = [*dict.fromkeys(row.title for result in results for row in result.marks.rows)]
    heads = ["student", "name", "email", "variant", "status", "reason", "late", *titles, "earned", "points"]
    rows = [line_of([*heads])]
    for result in results:
        student, marks = result.piece.whose.student, result.marks
        earned: dict[str, float] = {}
        for row in marks.rows:
            earned[row.title] = row.earned
        shown = [None if result.look else earned.get(title) for title in titles]
        whole = None if result.look else marks.earned
        late = "late" if result.piece.work.late else ""
        said = (student.id, student.name, student.email, result.piece.whose.variant, result.status)
        rows.append(line_of([*said, result.look, late, *shown, whole, marks.points]))
    return "".join(rows).encode()

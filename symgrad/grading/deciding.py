"""What is asked to be decided by hand, found in the work of the class: the student, the line, the points."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from symgrad.errors import InputError
from symgrad.grading.decisions import BACK, HINT, Asked, Decision, now, points_of, read_asked
from symgrad.grading.marking import Piece, worth_of
from symgrad.grading.roster import signs_of
from symgrad.reading.nearest import mend
from symgrad.reading.rubric import Rubric


class Deciding(Struct, frozen=True):
    """Decisions on ``pieces`` of work, with the reason for all of them."""

    pieces: Sequence[Piece]
    rubric: Rubric
    why: str
    everywhere: bool = False

    def all_of(self, texts: Sequence[str]) -> tuple[Decision, ...]:
        """What ``--set`` says. Raises `InputError` for a student or line that there is not."""
        asked = [read_asked(text) for text in texts]
        if asked and not self.why:
            raise InputError("a decision needs a reason", hint="say it with --why")
        return tuple(map(self._decision, asked))

    def _decision(self, asked: Asked) -> Decision:
        piece = self._piece(asked.student)
        student, at = piece.whose.student.id, now()
        if not asked.line:
            if asked.quantity not in self.rubric.quantities:
                hint = mend(asked.quantity, self.rubric.quantities, HINT)
                raise InputError(f"no points are for '{asked.quantity}'", hint=hint)
            most = worth_of(self.rubric, asked.quantity)
            points = points_of(asked, most)
            return Decision(student, self.why, at, quantity=asked.quantity, points=points)
        lines = [] if piece.record is None else piece.record.lines
        said = next((line for line in lines if line["id"] == asked.line), None)
        if said is None:
            message = f"the work of '{asked.student}' has no line {asked.line}"
            raise InputError(message, hint=f"it has {len(lines)} lines")
        return Decision(
            *(student, self.why, at, asked.line, said["latex"], said["verdict"], piece.problem),
            verdict=None if asked.value == BACK else asked.value,
            everywhere=self.everywhere,
        )

    def _piece(self, student: str) -> Piece:
        """The work of a student by id, code, name or address. Raises `InputError`."""
        sign = student.casefold()
        found = [
            piece
            for piece in self.pieces
            if sign in (piece.whose.code.casefold(), *signs_of(piece.whose.student))
        ]
        if len(found) != 1:
            known = [piece.whose.student.id for piece in self.pieces]
            raise InputError(f"no work is that of '{student}'", hint=mend(student, known, HINT))
        return found[0]

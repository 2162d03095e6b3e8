"""What a check says: a verdict for every line, and what the work as a whole shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from symgrad.submission.lines import Line, Submission


class Verdict(StrEnum):
    """What a line is; the contract defines each."""

    CORRECT = "correct"
    ROUNDED = "rounded"
    CARRIED = "carried"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    UNCHECKED = "unchecked"


class Proof(StrEnum):
    """How a correct line is known to be: for all sizes, at random points, or to the last printed digit."""

    IDENTITY = "identity"
    NUMERIC = "numeric"
    PRINTED = "printed"


@dataclass(frozen=True, slots=True)
class Judged:
    """A line and what was found.

    ``quantity`` is what it is about (``u``, ``dJ/dv``); ``root`` the id of the line whose slip a
    carried line follows; ``right`` the right line in LaTeX, where the line is wrong and one is known;
    ``side`` the position of the first side that does not hold.
    """

    line: Line
    verdict: Verdict
    message: str = ""
    quantity: str | None = None
    proof: Proof | None = None
    mistake: str | None = None
    root: int | None = None
    right: str | None = None
    side: int | None = None


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A given stated with one value while the work that follows uses another."""

    name: str
    index: tuple[int, ...] | None
    stated: float
    used: float
    lines_explained: int


@dataclass(frozen=True, slots=True)
class Check:
    """A checked submission. ``bindings`` tells which name of the student's is which of the problem's;
    ``notes`` are sentences about the whole work (another convention, a new example)."""

    submission: Submission
    title: str
    lines: tuple[Judged, ...]
    givens: tuple[Contradicted, ...] = ()
    bindings: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many lines have each verdict."""
        found = Counter(judged.verdict for judged in self.lines)
        return {verdict: found[verdict] for verdict in Verdict}

    @property
    def first_wrong(self) -> int | None:
        """The id of the first wrong line."""
        return next((judged.line.id for judged in self.lines if judged.verdict == Verdict.WRONG), None)

"""What a check says: a verdict for every line, and what the work as a whole shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from symgrad.submission.lines import Line, Submission


class Verdict(StrEnum):
    """What a line is: ``docs/checking.md`` says what each promises.

    >>> import symgrad as sg
    >>> [line.verdict is sg.Verdict.CORRECT for line in sg.check("$h = x^2$", {"forward": {"h": "x**2"}})]
    [True]
    """

    CORRECT = "correct"
    ROUNDED = "rounded"
    CARRIED = "carried"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    UNCHECKED = "unchecked"


JUDGED = (Verdict.CORRECT, Verdict.ROUNDED, Verdict.CARRIED, Verdict.WRONG)


class Proof(StrEnum):
    """How a correct line is known to be: for all sizes, at random points, or to the last printed digit."""

    IDENTITY = "identity"
    NUMERIC = "numeric"
    PRINTED = "printed"


class Witness(Struct, frozen=True):
    """Numbers at which two sides differ, or shapes that cannot fit: anyone can put them in.

    ``at`` is ``given`` (the problem's own numbers) or the values of the leaves; ``left`` and ``right`` are
    the values of the two ``sides`` there, counted from 0. ``functions`` stand for unspecified ones.

    >>> import symgrad as sg
    >>> (line,) = sg.check("$h = 2 x$", {"forward": {"h": "x**2"}, "given": {"x": 3}})
    >>> line.witness.sides, sorted(line.witness.at), line.witness.left == line.witness.right
    ((0, 1), ['x'], False)
    """

    at: str | Mapping[str, Any]
    sizes: Mapping[str, int]
    sides: tuple[int, int]
    left: Any = None
    right: Any = None
    shapes: tuple[tuple[int, ...], ...] | None = None
    functions: Mapping[str, str] | None = None
    reason: str = ""


class Judged(Struct, frozen=True):
    """A line and what was found.

    ``quantity`` is what it is about (``u``, ``dJ/dv``); ``root`` the id of the line whose slip a
    carried line follows; ``right`` the right line in LaTeX, where the line is wrong and one is known;
    ``side`` the position of the first side that does not hold; ``claims`` whether it says something
    about the problem; ``fault`` an internal one, which is never a verdict about the student;
    ``explained`` whether a cause was found, also one without a name; ``reason`` the message without the
    numbers that show it.
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
    hint: str | None = None
    witness: Witness | None = None
    claims: bool = True
    fault: bool = False
    explained: bool = False
    reason: str = ""


class Contradicted(Struct, frozen=True):
    """A given stated with one value while the work that follows uses another."""

    name: str
    index: tuple[int, ...] | None
    stated: float
    used: float
    lines_explained: int


class Kept(Struct, frozen=True):
    """A convention other than the problem's to which the work keeps, with the lines that it explains."""

    id: str
    message: str
    lines: tuple[int, ...]


class Binding(Struct, frozen=True):
    """What a written symbol was taken to mean, and why."""

    written: str
    means: str
    why: str


class Check(Struct, frozen=True):
    """A checked submission; ``notes`` are sentences about the whole work.

    ``missing`` are the gradients that are asked for and that no line is about. ``hints`` is how much is
    said of what is wrong, where that was asked for (`symgrad.checking.hints`).
    """

    submission: Submission
    title: str
    lines: tuple[Judged, ...]
    givens: tuple[Contradicted, ...] = ()
    bindings: tuple[Binding, ...] = ()
    conventions: tuple[Kept, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    hints: str | None = None

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many lines have each verdict."""
        found = Counter(judged.verdict for judged in self.lines)
        return {verdict: found[verdict] for verdict in Verdict}

    @property
    def first_wrong(self) -> int | None:
        """The id of the first wrong line."""
        return next((judged.line.id for judged in self.lines if judged.verdict == Verdict.WRONG), None)

    @property
    def coverage(self) -> tuple[int, int]:
        """How many lines claim something about the problem, and how many of them were judged."""
        claims = [judged for judged in self.lines if judged.claims]
        return len(claims), sum(judged.verdict in JUDGED for judged in claims)

    @property
    def faults(self) -> tuple[int, ...]:
        """The ids of lines at which the checker itself failed."""
        return tuple(judged.line.id for judged in self.lines if judged.fault)

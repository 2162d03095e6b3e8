"""What a marker decides by hand: kept in a file that is only added to, and applied whenever marks are made.

A decision on a line is about what stands there: it goes with the line where the work is handed in again,
and, where that is asked for, to equal lines of others that were judged alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from symgrad.checking.verdict import Verdict
from symgrad.errors import InputError
from symgrad.reading.nearest import mend

NAME = "decisions.jsonl"
BACK = "judged"
"""In place of a verdict: what was decided before is taken back."""
_SET = re.compile(r"(?P<student>.+):(?P<about>[^:=]+)=(?P<value>[^=]+)")
_LINE = re.compile(r"(?:line )?(\d+)")
_INDEX = re.compile(r"[_^]\s*(?:\{[^{}]*\}|\w)")
HINT = "as in ana:12=correct for a line, ana:dJ/dW2=1.5 for points of a quantity"


class Decision(Struct, frozen=True, omit_defaults=True):
    """A verdict on a line, or points for a quantity, of a student; None takes back what was decided.

    ``latex``, ``judged`` and ``problem`` are what stood there, how it had been judged, and by which problem.
    """

    student: str
    why: str
    at: str
    line: int = 0
    latex: str = ""
    judged: str = ""
    problem: str = ""
    verdict: str | None = None
    quantity: str = ""
    points: float | None = None
    everywhere: bool = False


class Asked(Struct, frozen=True):
    """What is to be decided, as it is written: ``value`` is a verdict, or points."""

    student: str
    line: int
    quantity: str
    value: str


def read_asked(text: str) -> Asked:
    """What ``--set`` says. Raises `InputError`."""
    found = _SET.fullmatch(text.strip())
    if found is None:
        raise InputError(f"'{text}' decides nothing", hint=HINT)
    about, value = found["about"].strip(), found["value"].strip()
    line = _LINE.fullmatch(about)
    if line and value not in (*Verdict, BACK):
        raise InputError(f"'{value}' is no verdict", hint=mend(value, (*Verdict, BACK), HINT))
    return Asked(found["student"].strip(), int(line[1]) if line else 0, "" if line else about, value)


def points_of(asked: Asked, most: float) -> float | None:
    """The points that are set. Raises `InputError` for what is no number from 0 to ``most``."""
    if asked.value == BACK:
        return None
    try:
        points = float(asked.value)
    except ValueError:
        points = -1
    if not 0 <= points <= most:
        message = f"'{asked.value}' are no points for {asked.quantity}"
        raise InputError(message, hint=f"a number from 0 to {most:g}, or {BACK}")
    return points


def now() -> str:
    """The time, as a decision keeps it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_decisions(folder: Path) -> tuple[Decision, ...]:
    """All decisions in a folder, the first first. Raises `InputError` for a file that cannot be read."""
    path = folder / NAME
    try:
        rows = path.read_bytes().splitlines()
        return tuple(msgspec.json.decode(row, type=Decision) for row in rows if row.strip())
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot use '{path}': {error}", hint="it holds what was decided: mend it"
        ) from error


def add_decisions(folder: Path, decisions: Iterable[Decision]) -> None:
    """Keep more of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("ab") as stream:
        stream.writelines(msgspec.json.encode(decision) + b"\n" for decision in decisions)


class Decided(Struct, frozen=True):
    """Decisions by what they are about: of a student's line or quantity, and of equal lines of all."""

    lines: Mapping[tuple[str, str], Decision]
    equal: Mapping[tuple[str, str, str], Decision]
    quantities: Mapping[tuple[str, str], Decision]

    def on_line(self, student: str, number: int, latex: str, judged: str, problem: str) -> Decision | None:
        """What is decided on a line: first for it where it stands, then for what it says."""
        found = (
            self.lines.get((student, f"{number}:{squeezed(latex)}"))
            or self.lines.get((student, f"{judged}:{squeezed(latex)}"))
            or self.equal.get((squeezed(latex), judged, problem))
            or (self.equal.get((squeezed(latex), judged, "")) if not has_numbers(latex) else None)
        )
        return found if found is not None and found.verdict is not None else None

    def on_quantity(self, student: str, quantity: str) -> Decision | None:
        """What is decided on the points of a quantity."""
        found = self.quantities.get((student, quantity))
        return found if found is not None and found.points is not None else None


def decided(decisions: Sequence[Decision]) -> Decided:
    """The decisions that hold: of several on one thing the last."""
    lines: dict[tuple[str, str], Decision] = {}
    equal: dict[tuple[str, str, str], Decision] = {}
    quantities: dict[tuple[str, str], Decision] = {}
    for one in decisions:
        if one.quantity:
            quantities[one.student, one.quantity] = one
            continue
        text = squeezed(one.latex)
        lines[one.student, f"{one.line}:{text}"] = lines[one.student, f"{one.judged}:{text}"] = one
        if one.everywhere:
            equal[text, one.judged, one.problem] = equal[text, one.judged, ""] = one
    return Decided(lines, equal, quantities)


def squeezed(latex: str) -> str:
    """A line without its blanks."""
    return "".join(latex.split())


def has_numbers(latex: str) -> bool:
    """Whether a line has other digits than those of names: it may hold for one variant and not for another.

    >>> has_numbers("W_2 = b^{(1)}"), has_numbers("W_2 = 3 x")
    (False, True)
    """
    return any(char.isdigit() for char in _INDEX.sub("", latex))


def told(decisions: Iterable[Decision]) -> Iterator[str]:
    """What was kept, in words."""
    for one in decisions:
        about = one.quantity or f"line {one.line}"
        value = one.points if one.quantity else one.verdict
        yield f"{one.student}, {about}: {BACK if value is None else value} ({one.why})"

"""What is kept of a judged submission: the check as its JSON, and what pages and points need beside that."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from symgrad.checking.marks import Evidence, evidence
from symgrad.checking.verdict import Check, Contradicted, Judged, Kept, Verdict, Witness
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import NOWHERE
from symgrad.writing.check_json import check_to_json


class Beside(Struct, frozen=True, array_like=True):
    """What the JSON of a line leaves out."""

    claims: bool
    numbers: bool
    slips: bool
    side: int | None
    explained: bool
    reason: str = ""


class Record(Struct, frozen=True, omit_defaults=True):
    """A submission once judged, under its ``key``. ``failed`` says why it could not be, within what limits.

    ``check`` is what `symgrad check --to json` prints.
    """

    key: str
    check: dict[str, Any] = {}
    beside: tuple[Beside, ...] = ()
    title: str = ""
    failed: str = ""
    within: str = ""
    seconds: float = 0.0

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines as the JSON has them."""
        found: list[dict[str, Any]] = self.check.get("lines", [])
        return found

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What counts for points."""
        return tuple(
            Evidence(line["id"], line["quantity"], Verdict(line["verdict"]), more.numbers, more.slips)
            for line, more in zip(self.lines, self.beside, strict=True)
        )


def key_of(version: str, problem: str, suffix: str, data: bytes) -> str:
    """The key of a submission: by all that it is judged by, and nothing that only its points depend on.

    ``problem`` is the hash of its problem.
    """
    head = f"{version}\n{problem}\n{suffix}\n{len(data)}\n"
    return sha256(head.encode() + data).hexdigest()


def digest_of(suffix: str, data: bytes) -> str:
    """The same for the same work, whatever it is judged by."""
    return sha256(suffix.encode() + b"\n" + data).hexdigest()


def recorded(key: str, check: Check, seconds: float) -> Record:
    """What is kept of a check."""
    beside = tuple(map(_beside, check.lines))
    return Record(key, json.loads(check_to_json(check)), beside, check.title, seconds=round(seconds, 3))


def _beside(judged: Judged) -> Beside:
    counts = evidence(judged)
    return Beside(judged.claims, counts.numbers, counts.slips, judged.side, judged.explained, judged.reason)


def restored(record: Record, submission: Submission) -> Check:
    """The check again, beside the lines of the work as they are read."""
    lines = {line.id: line for line in submission.lines}
    judged = tuple(
        _judged(_line(lines.get(said["id"]), said), said, more)
        for said, more in zip(record.lines, record.beside, strict=True)
    )
    check = record.check
    return Check(
        submission,
        record.title,
        judged,
        msgspec.convert(check["givens"], tuple[Contradicted, ...]),
        conventions=msgspec.convert(check["conventions"], tuple[Kept, ...]),
        notes=tuple(check["notes"]),
        missing=tuple(check["missing"]),
    )


def _line(line: Line | None, said: dict[str, Any]) -> Line:
    """The line of which something is said; where another stands there as it is read now, its source alone."""
    if line is not None and line.latex == said["latex"]:
        return line
    source = said["source"]
    return Line(said["id"], said["latex"], (), (), NOWHERE, source["line"], source["column"])


def _judged(line: Line, said: dict[str, Any], more: Beside) -> Judged:
    names = ("message", "quantity", "mistake", "root", "right", "hint")
    side = more.side if more.side is not None and more.side < len(line.sides) else None
    witness = None if said["witness"] is None else msgspec.convert(said["witness"], Witness)
    return Judged(
        line,
        Verdict(said["verdict"]),
        **{name: said[name] for name in names},
        side=side,
        witness=witness,
        claims=more.claims,
        explained=more.explained,
        reason=more.reason,
    )

"""Reading a submission: a file's text becomes lines, each a chain of sides."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from symgrad.errors import InputError, Place
from symgrad.submission.chains import Chain, chains, refusal, side_of
from symgrad.submission.groups import Item, group
from symgrad.submission.lines import Fault, Line, Side, Submission
from symgrad.submission.parser import parse_list
from symgrad.submission.pieces import Piece, pieces
from symgrad.submission.scanner import Unreadable
from symgrad.submission.tokens import tokenize
from symgrad.submission.written import Node, Span

MAX_BYTES = 2_000_000


def load_submission(path: Path) -> Submission:
    """The lines of a file. Raises `InputError` where it is too long or no text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{path.name} has {len(data):,} bytes; the limit is {MAX_BYTES:,}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8 text; a PDF or a picture cannot be read"
        raise InputError(f"{path.name} is no UTF-8 text (byte {error.start + 1:,})", hint=hint) from None
    return read_submission(text, path.name)


def read_submission(text: str, name: str = "submission.md") -> Submission:
    """The lines of a text; the ending of ``name`` says how it is read: md, txt, tex, ipynb.

    Raises `InputError` where it is too long, or no notebook though it is called one.
    """
    if len(text) > MAX_BYTES:
        raise InputError(f"a text of {len(text):,} characters; the limit is {MAX_BYTES:,}")
    suffix = Path(name).suffix.lower()
    if suffix == ".ipynb":
        text = _notebook(text, name)
    reader = _Reader(text)
    for piece in pieces(text, suffix == ".tex"):
        reader.add(piece)
    return Submission(name, text, tuple(reader.finish()))


def read_maths(latex: str) -> Node:
    """One expression. Raises `InputError` where it cannot be read."""
    try:
        items = list(group(tokenize(latex, 0, len(latex))))
        return parse_list(items, Span(0, len(latex)))
    except Unreadable as fault:
        place = Place("latex", 1, fault.span.start + 1, latex.partition("\n")[0])
        raise InputError(fault.message, place=place) from None


def _notebook(text: str, name: str) -> str:
    """The Markdown cells of a notebook, with blank lines between them."""
    try:
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
        return "\n\n".join(s if isinstance(s, str) else "".join(s) for s in sources)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{name} is no Jupyter notebook", hint="save it from Jupyter, or as .md") from None


@dataclass
class _Draft:
    """A line that may still go on."""

    piece: Piece
    sides: list[list[Item]]
    relations: list[str]
    chain: Chain
    prose: str
    heading: str
    passage: int
    fault: Fault | None = None
    latex: list[str] = field(default_factory=list)


class _Reader:
    """Gathers lines piece after piece."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.drafts: list[_Draft] = []
        self.pending: _Draft | None = None
        self.heading = ""
        self.prose = ""
        self.passage = 0

    def add(self, piece: Piece) -> None:
        """Take in one piece."""
        if piece.kind == "heading":
            self.heading = re.sub(r"^[\s#]+|\\\w+\*?\{|\}$", "", self.text[piece.start : piece.end]).strip()
            self.passage += 1
            self.pending = None
        elif piece.kind == "break":
            self.passage += 1
        elif piece.kind == "prose":
            self.prose += self.text[piece.start : piece.end]
        elif piece.kind in ("display", "inline"):
            self._maths(piece)

    def _maths(self, piece: Piece) -> None:
        try:
            found = chains(tokenize(self.text, piece.start, piece.end))
        except Unreadable as fault:
            self._refused(piece, fault)
            return
        for chain in found:
            self._chain(chain, piece)

    def _refused(self, piece: Piece, fault: Unreadable) -> None:
        cut = self.text.find("=", piece.start, piece.end)
        if cut < 0:
            return
        draft = self._draft(Chain([[], []], ["="]), piece)
        draft.fault = Fault(fault.message, fault.span)
        self.drafts.append(draft)

    def _draft(self, chain: Chain, piece: Piece) -> _Draft:
        prose, self.prose = self.prose, ""
        return _Draft(piece, chain.sides, chain.relations, chain, prose.strip(), self.heading, self.passage)

    def _chain(self, chain: Chain, piece: Piece) -> None:
        if not chain.relations:
            if chain.items:
                self.pending = _Draft(
                    piece, chain.sides, [], chain, self.prose.strip(), self.heading, self.passage
                )
            return
        if chain.open:
            before = self.pending or (self.drafts[-1] if self.drafts else None)
            if before is not None and before.heading == self.heading and before.fault is None:
                if before is self.pending:
                    self.drafts.append(before)
                before.sides += chain.sides[1:]
                before.relations += chain.relations
                before.chain.end = max(before.chain.end, chain.end)
                before.chain.tag = chain.tag or before.chain.tag
                self.pending = None
                return
            chain.sides.pop(0)
            chain.relations.pop(0)
            if not chain.relations:
                return
        self.drafts.append(self._draft(chain, piece))
        self.pending = None

    def finish(self) -> Iterator[Line]:
        """The lines."""
        starts = [0, *accumulate(len(row) for row in self.text.splitlines(keepends=True))]
        for n, draft in enumerate(self.drafts, start=1):
            yield self._line(n, draft, starts)

    def _line(self, n: int, draft: _Draft, starts: list[int]) -> Line:
        if draft.fault is not None:
            span = Span(draft.piece.start, draft.piece.end)
            latex = self.text[span.start : min(span.end, span.start + 200)]
            sides = tuple(Side(latex, None, draft.fault, span) for _ in range(2))
        else:
            sides = tuple(side_of(side, self.text) for side in draft.sides)
            span = Span(
                min(side.span.start for side in sides),
                max(draft.chain.end, *(side.span.end for side in sides)),
            )
            refused = refusal(draft.relations, span)
            if refused is not None:
                sides = tuple(Side(side.latex, None, refused, side.span) for side in sides)
        row = bisect_right(starts, span.start) - 1
        return Line(
            n,
            self.text[span.start : span.end],
            sides,
            tuple(draft.relations),
            span,
            row + 1,
            span.start - starts[row] + 1,
            draft.chain.label,
            draft.chain.tag,
            draft.chain.struck or draft.piece.struck,
            draft.heading,
            draft.prose,
            draft.passage,
            draft.piece.kind == "inline",
        )

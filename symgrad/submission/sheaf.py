"""The lines of a submission as they are gathered, piece after piece.

A chain that begins with a relation goes on with the one before it: the last one, if no words stand
between, else the last of its kind (displayed, or in the text). An expression that stands alone before
it, with no words between, is its first side.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

from msgspec import Struct, field

from symgrad.deadline import spend
from symgrad.errors import InputError
from symgrad.submission.chains import Chain, chains, extent
from symgrad.submission.commands import UNJUDGED
from symgrad.submission.conditions import Condition, comparisons
from symgrad.submission.groups import Item
from symgrad.submission.hidden import as_printed
from symgrad.submission.lines import Fault, Line, Side
from symgrad.submission.macros import Macros, macros_of
from symgrad.submission.numerals import with_points
from symgrad.submission.parser import parse_condition, parse_list
from symgrad.submission.pieces import Piece
from symgrad.submission.plain import plain_chains, plain_lines
from symgrad.submission.reach import NO_LETTERS, Letters, letters
from symgrad.submission.said import (
    Said,
    as_condition,
    as_said,
    has_colon,
    in_heading,
    is_joined,
    leads_on,
    stands_behind,
    typed,
)
from symgrad.submission.scanner import Token, Unreadable
from symgrad.submission.tokens import tokenize
from symgrad.submission.written import Comparison, Span, Symbol

UNKNOWN = "?"
"""The name that stands on both sides of a condition nobody can read."""
UNREAD = "there was no time to read this"
MAX_LINES = 4_000
MAX_PIECES = 20_000
MAX_ROW = 2_000
MAX_AFTER = 60
"""Characters looked at behind a condition."""
MAX_SHOWN = 200
"""Characters shown of what cannot be read at all."""

_HEADING = re.compile(r"^[\s#]+|^\\\w+\*?\{|\}$|[*_]{2}")
_MARKUP = re.compile(r"\\(?:begin|end)\{\w*\*?\}|\\[A-Za-z]+\*?|[*_#>{}\\$]|\s+")
_LABEL = re.compile(r"(?:^|\n)\W*?\(?([0-9]{1,2}[a-z]?|[a-z])([.)])\W*$")
_BRACES = re.compile(r"\\.|[{}]|[^\\{}]+|\\", re.DOTALL)
_TAG = re.compile(r"\s*\((\d{1,3}[a-z]?)\)\s*(?:\n|$)")


class Draft(Struct):
    """A line that may still go on."""

    chain: Chain
    piece: Piece
    prose: str = ""
    heading: str = ""
    passage: int = 0
    fault: Fault | None = None
    stretches: list[Span] = field(default_factory=list)
    """Where it stands, piece after piece."""


class Sheaf(Struct):
    """A text, and the lines found in it so far."""

    text: str
    latex: bool
    words: frozenset[str]
    drafts: list[Draft] = field(default_factory=list)
    alone: Draft | None = None
    heading: str = ""
    prose: str = ""
    passage: int = 0
    pieces: int = 0
    macros: Macros = field(default_factory=lambda: Macros({}))
    said: Said = field(default_factory=Said)
    numbers: str = ""
    """The text with decimal points."""

    def __post_init__(self) -> None:
        self.macros = Macros(macros_of(self.text))
        self.numbers = with_points(self.text)

    def add(self, piece: Piece) -> None:
        """Take in the next piece. Raises `InputError` where there are too many, of pieces or of lines."""
        self.pieces += piece.kind not in ("prose", "break")
        if self.pieces > MAX_PIECES or len(self.drafts) > MAX_LINES:
            message = f"more than {MAX_LINES:,} lines of maths"
            raise InputError(message, hint="check it in parts")
        _KINDS[piece.kind](self, piece)

    def begin(self, piece: Piece) -> None:
        """A heading begins a passage, and nothing goes on behind it."""
        self.heading = _HEADING.sub("", self.text[piece.start : piece.end]).strip()
        self.passage += 1
        self.alone = None
        self.said.end()
        found = in_heading(self.heading)
        if found:
            self.said.announce(found, self.passage, True, False)

    def pause(self, piece: Piece) -> None:
        """A blank line."""
        self.passage += 1

    def speak(self, piece: Piece) -> None:
        """Prose, and the lines in it that are maths."""
        tag = _TAG.match(self.text, piece.start, piece.end)
        last = self.drafts[-1] if self.drafts else None
        if tag is not None and last is not None and not self.prose.strip() and not last.chain.tag:
            last.chain.tag = tag[1]
        position = piece.start if tag is None else tag.end()
        for start, end in plain_lines(self.text, piece.start, piece.end):
            if len(self.drafts) > MAX_LINES:
                return
            if self._is_whole(start) and self._plain(start, end, code=False, struck=piece.struck):
                position = end
        words = self.text[position : piece.end]
        self.prose += words
        self.said.hear(words, self.passage)
        found = typed(words)
        if found:
            self.said.announce(found, self.passage, True, False)

    def _is_whole(self, start: int) -> bool:
        """Whether a line of prose has no other piece in it."""
        line = self._row(start)
        return "$" not in line and "`" not in line and "\\(" not in line

    def _row(self, position: int) -> str:
        """The line of the text around a position, as far as it is not overlong."""
        begin = self.text.rfind("\n", max(0, position - MAX_ROW), position) + 1
        end = self.text.find("\n", position, position + MAX_ROW)
        return self.text[max(begin, position - MAX_ROW) : end if end >= 0 else position + MAX_ROW]

    def quote(self, piece: Piece) -> None:
        """Code, and the lines in it that are maths."""
        for start, end in plain_lines(self.text, piece.start, piece.end):
            if len(self.drafts) > MAX_LINES:
                return
            self._plain(start, end, code=True, struck=piece.struck)

    def _plain(self, start: int, end: int, code: bool, struck: bool) -> bool:
        found = plain_chains(self.numbers, start, end, self.words, code)
        for chain in found:
            self._take(chain, Piece("plain", start, end, struck))
        return bool(found)

    def calculate(self, piece: Piece) -> None:
        """Maths between delimiters."""
        try:
            quoted = not self.latex and self._row(piece.start).lstrip().startswith(">")
            tokens = tokenize(self.numbers, piece.start, piece.end, words=self.words, quoted=quoted)
            found = chains(self.macros.expanded(tokens))
        except Unreadable as fault:
            self._refuse(piece, fault)
            return
        if found and all(chain.is_condition for chain in found[1:]):
            self._restrict(found, piece)
        for chain in found:
            self._take(chain, piece)

    def _restrict(self, found: list[Chain], piece: Piece) -> None:
        """A condition that stands alone belongs to the equation before it, or to those that follow."""
        chain, after = found[0], self.text[piece.end : piece.end + MAX_AFTER]
        last = self.drafts[-1] if self.drafts else None
        joined = last is not None and last.chain.is_condition and is_joined(self.prose)
        if chain.goes_on or not as_condition(chain, self.prose, after, joined):
            return
        chain.is_condition = True
        chain.conditions = as_said(chain.conditions or comparisons(chain.written), self.prose)
        said = [condition for one in found for condition in one.conditions]
        near = last is not None and last.passage == self.passage and not last.chain.is_condition
        ahead = leads_on(after)
        alone = self.alone is not None and stands_behind(self.prose[len(self.alone.prose) :], after)
        if alone and not ahead:
            return  # it belongs to an expression that claims nothing
        behind = last is not None and near and stands_behind(self.prose, after)
        if last is not None and behind and not (ahead and last.chain.conditions):
            last.chain.conditions += said
        if not behind or ahead:
            self.said.announce(said, self.passage, has_colon(after), joined)

    def _refuse(self, piece: Piece, fault: Unreadable) -> None:
        """A piece of which not even the sides can be told apart is a line if it has a relation."""
        if self.text.find("=", piece.start, piece.end) < 0:
            return
        whole: list[Item] = [Token("unknown", "", piece.start, piece.end)]
        end = min(piece.end, piece.start + MAX_SHOWN)
        draft = self._draft(Chain([whole, whole], ["="], piece.start, end), piece)
        draft.fault = Fault(fault.message, fault.span)
        self.drafts.append(draft)

    def _draft(self, chain: Chain, piece: Piece) -> Draft:
        prose, self.prose = self.prose, ""
        label = _LABEL.search(prose)
        if label is not None and not chain.label:
            chain.label = label[1] + label[2]
        said = _MARKUP.sub(" ", prose).strip()
        stretch = Span(chain.start, chain.end)
        return Draft(chain, piece, said, self.heading, self.passage, stretches=[stretch])

    def _take(self, chain: Chain, piece: Piece) -> None:
        if not chain.items:
            return
        if chain.goes_on:
            before = self._before(piece)
            if before is not None:
                _append(before, chain)
                self.alone = None
                return
            chain.sides.pop(0)
            chain.relations.pop(0)
        if chain.relations:
            if not chain.is_condition:
                self.said.apply(chain, piece.kind)
            self.drafts.append(self._draft(chain, piece))
            self.alone = None
        else:
            self.alone = Draft(chain, piece, self.prose, self.heading, self.passage)
            self.prose += " "

    def _before(self, piece: Piece) -> Draft | None:
        """What a chain that begins with a relation goes on with."""
        said = self.prose[len(self.alone.prose) :] if self.alone is not None else self.prose
        silent = not said.strip(" \t\n.,:;*>")
        if self.alone is not None and silent:
            self.drafts.append(self._draft(self.alone.chain, self.alone.piece))
            return self.drafts[-1]
        alike = (d for d in reversed(self.drafts) if silent or d.piece.kind == piece.kind)
        before = next(alike, None)
        going = before is not None and before.heading == self.heading and before.fault is None
        return before if going else None

    def lines(self, first: int = 1) -> Iterator[Line]:
        """All lines from one on, read."""
        starts = [0, *accumulate(len(row) + 1 for row in self.text.split("\n"))]
        for number, draft in enumerate(self.drafts[first - 1 :], start=first):
            spend()
            yield self._line(number, draft, starts)

    def unread(self, first: int) -> Iterator[Line]:
        """All lines from one on, as they stand there."""
        for draft in self.drafts[first - 1 :]:
            draft.fault = Fault(UNREAD, draft.stretches[0])
            draft.chain.conditions = []
        return self.lines(first)

    def _line(self, number: int, draft: Draft, starts: list[int]) -> Line:
        chain, piece = draft.chain, draft.piece
        first, *rest = chain.sides
        left = _side(first, self.text, draft.fault)
        outside = NO_LETTERS if left.node is None else letters(left.node)
        sides = (left, *(_side(items, self.text, draft.fault, outside) for items in rest))
        span = Span(draft.stretches[0].start, max(stretch.end for stretch in draft.stretches))
        unjudged = next((UNJUDGED[sign] for sign in chain.relations if sign in UNJUDGED), None)
        if unjudged is not None:
            sides = tuple(Side(s.latex, None, Fault(unjudged, span), s.span) for s in sides)
        row = bisect_right(starts, span.start) - 1
        return Line(
            id=number,
            latex=" ".join(_balanced(self.text[s.start : s.end]) for s in draft.stretches),
            sides=sides,
            relations=tuple(chain.relations),
            span=span,
            line=row + 1,
            column=span.start - starts[row] + 1,
            label=chain.label,
            tag=chain.tag,
            struck=chain.struck or piece.struck,
            heading=draft.heading,
            prose=draft.prose,
            passage=draft.passage,
            inline=piece.kind == "inline",
            conditions=tuple(_condition(items) for items in chain.conditions),
            is_condition=chain.is_condition,
        )


def _condition(items: Condition) -> Comparison:
    """A condition, read; of one that cannot be read each half that cannot is an unknown name."""
    span = extent(items)
    try:
        return parse_condition(items, span)
    except Unreadable:
        return Comparison(Symbol(UNKNOWN, span=span), "=", Symbol(UNKNOWN, span=span), span)


def _append(draft: Draft, chain: Chain) -> None:
    """Let a line go on with a chain that begins with a relation."""
    before = draft.chain
    draft.stretches.append(Span(chain.start, chain.end))
    before.sides += chain.sides[1:]
    before.conditions += [said for said in chain.conditions if said not in before.conditions]
    before.relations += chain.relations
    before.tag = chain.tag or before.tag


def _balanced(latex: str) -> str:
    r"""Without braces whose other half stands outside: of \underline{a = b} = c only the inside is a side."""
    found: list[str] = []
    opened: list[int] = []
    for match in _BRACES.finditer(latex):
        if match[0] == "}" and not opened:
            continue
        if match[0] == "}":
            opened.pop()
        elif match[0] == "{":
            opened.append(len(found))
        found.append(match[0])
    unclosed = set(opened)
    return "".join(part for n, part in enumerate(found) if n not in unclosed).strip()


def _side(items: list[Item], text: str, fault: Fault | None, outside: Letters = NO_LETTERS) -> Side:
    """A side, read or with the reason why not."""
    span = extent(items)
    latex = text[span.start : span.end]
    if fault is not None:
        return Side(latex[:MAX_SHOWN], None, fault, span)
    try:
        hidden = as_printed(items)
        printed = None if hidden is None else parse_list(hidden, span, outside)
        return Side(latex, parse_list(items, span, outside), None, span, printed)
    except Unreadable as reason:
        return Side(latex, None, Fault(reason.message, reason.span), span)


_KINDS: Mapping[str, Callable[[Sheaf, Piece], None]] = {
    "prose": Sheaf.speak,
    "heading": Sheaf.begin,
    "break": Sheaf.pause,
    "code": Sheaf.quote,
    "display": Sheaf.calculate,
    "inline": Sheaf.calculate,
}

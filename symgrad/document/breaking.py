"""Where displays break into lines: the same lines for every format with pages.

A chain stays on one line where it fits. Else every link begins a line, aligned at its relation, and
a link that is too long breaks before its plus and minus signs. What cannot be broken is marked
``tight``: the writer then measures it in the format's own type and makes it smaller where it must.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Away, Chain, Display, Inline, Jump, Link, Mark, Sentence, Sign, Words
from symgrad.maths.layout import flat
from symgrad.maths.measure import height, width
from symgrad.maths.nodes import Boxed, Maths, Operator, Row, Space
from symgrad.maths.symbols import sign

GAP = 2.0
CONTINUED = 2.0
SIGN_WIDTH = 1.8
NOTE_GAP = 1.5
# A left side longer than this share of the line stands on a line of its own.
LONGEST_LEFT = 0.35
# Widths are estimates: above this share of the room the writer is told to measure.
SURE = 0.85
CHARACTER = 0.47
NOTE_SIZE = 0.85
BETWEEN = 0.8
KEPT = 16.0
"""How high a chain may be, in em, to be kept on one page."""
SMALL = 10.0
"""The same of a display of several chains."""


class Line(Struct, frozen=True):
    """One line of a display: ``left sign body`` with the alignment point before ``sign``.

    ``indent`` is set before the sign. ``room`` is the width the body may take; ``tight`` tells that
    it might not fit. The note stands at the right margin, or below the line where it is ``below``.

    What is ``right`` of it stands in a column that begins ``across`` em from where the display does. A line
    that is to ``keep`` with the next one ends no page.
    """

    left: Maths | None
    sign: Operator | None
    body: Maths
    room: float
    indent: float = 0.0
    tight: bool = False
    note: Sentence = ()
    below: bool = False
    tag: str = ""
    mark: Mark | None = None
    right: Line | None = None
    across: float = 0.0
    keep: bool = False

    def formula(self) -> Maths:
        """All the maths of the line."""
        return Row(tuple(part for part in (self.left, self.sign, self.body) if part is not None))


def display_parts(display: Display, room: float) -> tuple[tuple[Line, ...], ...]:
    """The lines of a display in a column ``room`` em wide; those of one part are aligned with one another."""
    if not display.beside:
        lines = tuple(_stacked(display.chains, room))
        return (tuple(_together(lines)) if sum(map(line_height, lines)) <= SMALL else lines,)
    runs = groupby(_rows(display.chains, room), key=lambda row: _on_one_line(row, room))
    return tuple(tuple(_run(list(run), short, room)) for short, run in runs)


def sentence_width(sentence: Sentence) -> float:
    """About how wide a sentence is on one line, in em."""
    return sum(map(_part_width, sentence))


def _part_width(part: Words | Inline | Jump | Away | Sign) -> float:
    match part:
        case Inline(maths=maths):
            return width(maths)
        case Sign():
            return SIGN_WIDTH
    return CHARACTER * len(part.text)


def _rows(chains: Sequence[Chain], room: float) -> Iterator[tuple[Chain, ...]]:
    """Chains side by side while they fit; one with a tag or a note ends its row."""
    row: tuple[Chain, ...] = ()
    for chain in chains:
        if row and (row[-1].tag or row[-1].mark or _notes(row[-1]) or not _on_one_line((*row, chain), room)):
            yield row
            row = ()
        row = (*row, chain)
    yield row


def _on_one_line(row: Sequence[Chain], room: float) -> bool:
    return width(Row(_joined(row))) <= room and all(len(_notes(chain)) <= 1 for chain in row)


def _run(rows: Sequence[Sequence[Chain]], short: bool, room: float) -> Iterator[Line]:
    if not short:
        yield from _stacked([chain for row in rows for chain in row], room)
        return
    for row in rows:
        line = _line(None, None, Row(_joined(row)), room, 0.0)
        yield replace(_noted(line, *_notes(row[-1])), tag=row[-1].tag, mark=row[-1].mark)


def _stacked(chains: Sequence[Chain], room: float) -> Iterator[Line]:
    """Chains one below the other, aligned at their first relations."""
    column = left_column(chains, room)
    for chain in chains:
        yield from kept(chain, chain_lines(chain, column, room - column))


def _together(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of a small display, which is not torn."""
    yield from (replace(line, keep=True) for line in lines[:-1])
    yield from lines[-1:]


def left_column(chains: Iterable[Chain], room: float) -> float:
    """How wide the left sides of chains are, those apart that stand on a line of their own."""
    lefts = (width(chain.left) for chain in chains if chain.left is not None)
    return max((left for left in lefts if left <= LONGEST_LEFT * room), default=0.0)


def kept(chain: Chain, lines: Iterable[Line], highest: float = KEPT) -> Iterator[Line]:
    """The lines of a chain, its tag and mark at the last; one that is not higher than this is not torn."""
    *before, last = lines
    short = sum(line_height(line) for line in (*before, last)) <= highest
    yield from (replace(line, keep=True) for line in before) if short else before
    yield replace(last, tag=chain.tag, mark=chain.mark)


def line_height(line: Line) -> float:
    """About how much of a page a line takes, in em."""
    right = height(line.right.formula()) if line.right else 0.0
    return max(height(line.formula()), right) + BETWEEN


def chain_lines(chain: Chain, column: float, room: float) -> Iterator[Line]:
    """The lines of a chain whose left side stands in a ``column``, and the rest in what ``room`` there is."""
    left, links, indent = chain.left, chain.links, 0.0
    if left is not None and (width(left) > column or not links):
        yield _line(None, None, left, room, 0.0)
        left, indent = None, CONTINUED
    if links and len(_notes(chain)) <= 1 and width(merged(links).maths) <= room - indent - SIGN_WIDTH:
        links = (merged(links),)
    for link in links:
        *lines, last = _link(left, link, room, indent)
        yield from lines
        yield _noted(last, *filter(None, [link.note]))
        left = None


def _link(left: Maths | None, link: Link, room: float, indent: float) -> Iterator[Line]:
    """A link's first line at its relation, the others further in."""
    (_, first), *others = split(link.maths, room - indent - SIGN_WIDTH)
    yield _line(left, Operator(link.relation), first, room, indent)
    for operator, part in others:
        yield _line(None, operator, part, room, indent + CONTINUED)


def _line(left: Maths | None, operator: Operator | None, body: Maths, room: float, indent: float) -> Line:
    own = room - indent - (SIGN_WIDTH if operator else 0.0)
    return Line(left, operator, body, own, indent, tight=width(body) > SURE * own)


def _noted(line: Line, note: Sentence = ()) -> Line:
    taken = width(line.body) + NOTE_GAP + NOTE_SIZE * sentence_width(note)
    return replace(line, note=note, below=bool(note) and taken > line.room)


def split(maths: Maths, room: float) -> Iterator[tuple[Operator | None, Maths]]:
    """Parts of a formula no wider than ``room`` em, where it has signs to break before.

    All but the first come with the sign before them. What has no sign to break before stays whole.
    """
    if width(maths) <= room:
        yield None, maths
    elif isinstance(maths, Boxed):
        parts = split(maths.body, room - CONTINUED)
        yield from ((operator, replace(maths, body=part)) for operator, part in parts)
    else:
        yield from _packed(_terms(maths), room - CONTINUED)


def _packed(
    terms: Iterable[tuple[Operator | None, tuple[Maths, ...]]], room: float
) -> Iterator[tuple[Operator | None, Maths]]:
    operator: Operator | None = None
    line: tuple[Maths, ...] = ()
    for before, term in terms:
        longer = (*line, before, *term) if before else term
        if line and width(Row(longer)) > room:
            yield operator, Row(line)
            operator, line = before, term
        else:
            line = longer
    yield operator, Row(line)


def _terms(maths: Maths) -> Iterator[tuple[Operator | None, tuple[Maths, ...]]]:
    """The terms of a sum, or the sides of a relation, each with the sign before it."""
    before: Operator | None = None
    term: list[Maths] = []
    for part in flat(maths):
        if isinstance(part, Operator) and term and _breaks(part):
            yield before, tuple(term)
            before, term = part, []
        else:
            term.append(part)
    yield before, tuple(term)


def _breaks(operator: Operator) -> bool:
    return not operator.prefix and (operator.text in "+−±" or sign(operator.text).kind == "relation")


def _joined(chains: Sequence[Chain]) -> tuple[Maths, ...]:
    parts: list[Maths] = []
    for chain in chains:
        parts += [Space(GAP)] if parts else []
        parts += [chain.left] if chain.left is not None else []
        parts += [part for link in chain.links for part in (Operator(link.relation), link.maths)]
    return tuple(parts)


def merged(links: Sequence[Link]) -> Link:
    """All links as one: the first relation, and all that stands right of it."""
    first, *rest = links
    parts = (part for link in rest for part in (Operator(link.relation), link.maths))
    note = next((link.note for link in links if link.note), ())
    return Link(first.relation, Row((first.maths, *parts)), note)


def _notes(chain: Chain) -> list[Sentence]:
    return [link.note for link in chain.links if link.note]

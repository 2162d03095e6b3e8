"""Where the displays of a terminal break: every line measured in cells, and none wider than its room.

A chain stays on one line where it fits. Else every link begins a line, and a link that is too long
breaks before its plus and minus signs, then before any other part; a part that is too wide alone is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Chain, Display, Link, Mark, Sentence
from symgrad.maths.layout import flat
from symgrad.maths.nodes import Boxed, Maths, Operator
from symgrad.maths.pane import EMPTY, Pane, beside, blank, padded, sliced, text
from symgrad.maths.symbols import sign
from symgrad.maths.unicode import framed, joined, pane

GAP = 4
SIGN = 3
CONTINUED = 2
FRAME = 4
# A left side longer than this share of the line stands on a line of its own.
LONGEST_LEFT = 0.35


class Line(Struct, frozen=True):
    """One line of a display; ``note``, ``tag`` and ``mark`` as in a `Chain`."""

    pane: Pane
    note: Sentence = ()
    tag: str = ""
    mark: Mark | None = None


def display_lines(display: Display, room: int) -> Iterator[Line]:
    """The lines of a display in ``room`` cells."""
    if not display.beside:
        yield from _stacked(display.chains, room)
        return
    rows = _rows(display.chains, room)
    for fits, run in groupby(rows, key=lambda row: sum(_width(chain) for chain in row) <= room):
        if fits:
            yield from map(_abreast, run)
        else:
            yield from _stacked([chain for row in run for chain in row], room)


def _rows(chains: Iterable[Chain], room: int) -> Iterator[tuple[Chain, ...]]:
    """Chains side by side while they fit; one that says more than its formula has a row of its own."""
    row: tuple[Chain, ...] = ()
    for chain in chains:
        used = sum(_width(other) + GAP for other in row)
        if row and (_says_more(row[-1]) or _says_more(chain) or used + _width(chain) > room):
            yield row
            row = ()
        row = (*row, chain)
    yield row


def _says_more(chain: Chain) -> bool:
    return bool(chain.tag or chain.mark or any(link.note for link in chain.links))


def _width(chain: Chain) -> int:
    return _whole(chain).width


def _whole(chain: Chain) -> Pane:
    left = EMPTY if chain.left is None else pane(chain.left)
    return beside((left, *(part for link in chain.links for part in (_sign(link), pane(link.maths)))))


def _sign(link: Link) -> Pane:
    return text(f" {link.relation} ")


def _abreast(row: Sequence[Chain]) -> Line:
    first, *others = map(_whole, row)
    panes = beside((first, *(part for other in others for part in (blank(GAP), other))))
    note = next((link.note for link in row[-1].links if link.note), ())
    return Line(panes, note, row[-1].tag, row[-1].mark)


def _stacked(chains: Sequence[Chain], room: int) -> Iterator[Line]:
    """Chains one below the other, aligned at their first relations."""
    lefts = (pane(chain.left).width for chain in chains if chain.left is not None and chain.links)
    column = max((left for left in lefts if left <= LONGEST_LEFT * room), default=0)
    for chain in chains:
        *lines, last = _chain(chain, column, room)
        yield from lines
        yield replace(last, tag=chain.tag, mark=chain.mark)


def _chain(chain: Chain, column: int, room: int) -> Iterator[Line]:
    head = EMPTY if chain.left is None else pane(chain.left)
    if head.width > column or not chain.links:
        yield from map(Line, broken(chain.left, room) if chain.left else [EMPTY])
        head = EMPTY
    head = padded(head, column, "right")
    for links in _together(chain.links, room - column):
        first, *others = _links(links, room - column - SIGN)
        notes = [Line(blank(1))] * len(others) + [Line(blank(1), links[-1].note)]
        panes = [beside((head, _sign(links[0]), first))]
        panes += [beside((blank(column + SIGN + CONTINUED), other)) for other in others]
        yield from (replace(line, pane=part) for line, part in zip(notes, panes, strict=True))
        head = blank(column) if column else EMPTY


def _together(links: tuple[Link, ...], room: int) -> list[tuple[Link, ...]]:
    """All links on one line where they fit and say nothing between, else each on its own."""
    whole = sum(SIGN + pane(link.maths).width for link in links)
    silent = not any(link.note for link in links[:-1])
    return [links] if links and silent and whole <= room else [(link,) for link in links]


def _links(links: tuple[Link, ...], room: int) -> list[Pane]:
    first, *others = links
    if not others:
        return broken(first.maths, room)
    rest = (part for link in others for part in (_sign(link), pane(link.maths)))
    return [beside((pane(first.maths), *rest))]


def broken(maths: Maths, room: int) -> list[Pane]:
    """A formula on as many lines as it needs."""
    whole = pane(maths)
    if whole.width <= room:
        return [whole]
    if isinstance(maths, Boxed):
        return [framed(part) for part in broken(maths.body, room - FRAME)]
    return list(_filled(flat(maths), room - CONTINUED, [_is_sum, lambda part: True]))


def _filled(items: Sequence[Maths], room: int, breaks: Sequence[Callable[[Maths], bool]]) -> Iterator[Pane]:
    """Lines filled up with parts; a part too long for a line breaks at the next kind of place."""
    if not breaks:
        yield from _cut(joined(tuple(items)), room)
        return
    may_break, *finer = breaks
    line: tuple[Maths, ...] = ()
    for piece in _pieces(items, may_break):
        if line and joined((*line, *piece)).width > room:
            yield from _settled(line, room, finer)
            line = ()
        line = (*line, *piece)
    yield from _settled(line, room, finer)


def _settled(line: tuple[Maths, ...], room: int, finer: Sequence[Callable[[Maths], bool]]) -> Iterator[Pane]:
    whole = joined(line)
    if whole.width <= room:
        yield whole
    else:
        yield from _filled(line, room, finer)


def _pieces(items: Sequence[Maths], may_break: Callable[[Maths], bool]) -> Iterator[tuple[Maths, ...]]:
    """The parts of a row that stay together: a sign with what follows it."""
    piece: tuple[Maths, ...] = ()
    for item in items:
        if may_break(item) and any(not isinstance(part, Operator) for part in piece):
            yield piece
            piece = ()
        piece = (*piece, item)
    yield piece


def _is_sum(part: Maths) -> bool:
    if not isinstance(part, Operator) or part.prefix:
        return False
    return part.text in "+−±" or sign(part.text).kind == "relation"


def _cut(whole: Pane, room: int) -> Iterator[Pane]:
    for start in range(0, whole.width, room):
        yield sliced(whole, start, start + room)

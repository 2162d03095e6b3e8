"""Displays in two columns: symbols on the left, and the numbers put into them on the right.

The right of a chain begins beside the last line of its left, so that it is read as it is written; lines
before that one may be as long as any. Where the right column begins is the same for all chains of a display.
A chain of which one side does not fit has no columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Chain, Display, Link
from symgrad.document.breaking import (
    CONTINUED,
    SIGN_WIDTH,
    Line,
    chain_lines,
    display_parts,
    kept,
    left_column,
    line_height,
    merged,
)
from symgrad.maths.measure import width
from symgrad.maths.nodes import Row

SHARES = (0.45, 0.35, 0.25, 0.55, 0.65)
"""What the left column may take of a line; the first that serves best is chosen."""
GUTTER, SLACK = 1.5, 0.5
"""Between the columns, and right of them, in em: widths of left sides are estimates."""
HIGHEST = 30.0
"""In em; a chain that is higher may go on on the next page."""
STACKED, BROKEN = 20.0, 2.0
"""By how many em a chain without columns, or with a link that is broken, counts higher: it serves worse."""


class Halves(Struct, frozen=True):
    """The links of a chain: those above both columns, those left of the right one, if any, and its lines."""

    before: tuple[Link, ...]
    last: tuple[Link, ...]
    right: tuple[tuple[Link, ...], ...]


class Placed(Struct, frozen=True):
    """The lines of a chain; without ``halves`` it stands in one column."""

    halves: Halves | None
    lines: tuple[Line, ...]


STEP_ROOM = 17.0
"""How wide a step may be, in em, that has its reasons beside it."""


def fits_beside_reasons(display: Display) -> bool:
    """Whether no line of a display has to be broken, and nothing stands at its right margin."""
    lines = [line for part in display_parts(display, STEP_ROOM) for line in part]
    return all(_fits(line) and not (line.indent or line.note or line.tag or line.mark) for line in lines)


def column_parts(display: Display, room: float) -> tuple[tuple[Line, ...], ...]:
    """The lines of a display as in `display_parts`, in two columns where that serves."""
    if not has_columns(display):
        return display_parts(display, room)
    return (tuple(line for chain in placed(display, room) for line in chain.lines),)


def has_columns(display: Display) -> bool:
    """Whether something of it is to stand in a right column."""
    return not display.beside and any(link.right for chain in display.chains for link in chain.links)


def placed(display: Display, room: float) -> tuple[Placed, ...]:
    """The chains of a display in ``room`` em, the right column where it serves them best."""
    tried = (tuple(_placed(display.chains, room, share * room)) for share in SHARES)
    return min(tried, key=_cost)


def _cost(chains: Sequence[Placed]) -> float:
    lines = [line for chain in chains for line in chain.lines]
    stacked = sum(chain.halves is None for chain in chains)
    broken = sum(bool(side.indent) for line in lines for side in (line, line.right) if side)
    return sum(map(line_height, lines)) + STACKED * stacked + BROKEN * broken


def _placed(chains: Sequence[Chain], room: float, across: float) -> Iterator[Placed]:
    """Each chain, where the right column begins at ``across``."""
    column = left_column(chains, room)
    for chain in chains:
        first = next((n for n, link in enumerate(chain.links) if link.right), 0)
        halves = _halves(chain, first, across - GUTTER - column, room - across - SLACK) if first else None
        lines = _abreast(chain, halves, column, room, across) if halves else ()
        if halves and all(map(_fits, lines)) and not _is_broken(lines):
            yield Placed(halves, tuple(_whole(kept(chain, lines, HIGHEST))))
        else:
            yield Placed(None, tuple(kept(chain, chain_lines(chain, column, room - column))))


def _halves(chain: Chain, first: int, left: float, right: float) -> Halves:
    """The links before the ``first`` that is right, on one line if they fit; the others on few lines."""
    links = chain.links[:first]
    together = width(merged(links).maths) <= left - SIGN_WIDTH
    before, last = ((), links) if together else (links[:-1], links[-1:])
    if any(link.note for link in links):  # words need the room at the right
        before, last = links, ()
    return Halves(before, last, _balanced(tuple(_packed(chain.links[first:], right - SIGN_WIDTH)), right))


def _balanced(lines: tuple[tuple[Link, ...], ...], room: float) -> tuple[tuple[Link, ...], ...]:
    """The same with a result that would stand alone brought together with the link before it."""
    match lines:
        case (*others, (*most, last), (result,)) if most and not last.note:
            together = (last, result)
            if width(merged(together).maths) <= room - SIGN_WIDTH:
                return (*others, tuple(most), together)
    return lines


def _packed(links: Sequence[Link], room: float) -> Iterator[tuple[Link, ...]]:
    """As many links on a line as fit."""
    line: tuple[Link, ...] = ()
    for link in links:
        if line and (line[-1].note or width(merged((*line, link)).maths) > room):
            yield line
            line = ()
        line = (*line, link)
    yield line


def _abreast(chain: Chain, halves: Halves, column: float, room: float, across: float) -> tuple[Line, ...]:
    """The lines of both sides."""
    head: tuple[Line, ...] = ()
    left, indent = chain.left, 0.0
    if halves.before:
        head = tuple(chain_lines(replace(chain, links=halves.before), column, room - column))
        left, indent = None, 0.0 if head[0].sign else CONTINUED
    numbers = chain_lines(Chain(None, tuple(map(merged, halves.right))), 0.0, room - across - SLACK)
    first, *after = (Line(None, None, Row(()), 0.0, right=line, across=across) for line in numbers)
    if not halves.last:
        return (*head, first, *after)
    own = across - GUTTER - column - indent
    *before, last = chain_lines(Chain(left, (merged(halves.last),)), column, own)
    last = replace(last, indent=last.indent + indent, right=first.right, across=across)
    return (*head, *before, last, *after)


def _is_broken(lines: Iterable[Line]) -> bool:
    """Whether a sum on the left ends beside the numbers: its terms would seem to belong to them."""
    return any(line.right and line.sign and line.sign.text in "+−±" for line in lines)


def _whole(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, of which none that ends before the right column begins stands last on a page."""
    return (line if line.right else replace(line, keep=True) for line in lines)


def _fits(line: Line) -> bool:
    return width(line.body) <= line.room and (line.right is None or _fits(line.right))

"""Displays for a screen of any width: pieces side by side, which the browser wraps where it must.

Paper knows its width, so `breaking` chooses the lines; here it only cuts what a narrow screen could
not hold, and gives every link a row of its own where the whole chain is too long for a wide one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Chain, Display, Link, Mark, Sentence
from symgrad.document.breaking import LONGEST_LEFT, SIGN_WIDTH, SURE, split
from symgrad.document.columns import Halves, has_columns, placed
from symgrad.maths.measure import width
from symgrad.maths.nodes import Maths, Operator, Row
from symgrad.writing.remembered import plain_latex

WIDE = 40.0
"""The column of text on a wide screen, in em."""
SCREEN_INDENT = 3.0
"""What the buttons at the end of a line take of it, in em."""
NARROW = 20.0
"""What surely is free on a telephone, in em."""


class Piece(Struct, frozen=True):
    """A formula that is not broken; a ``wide`` one may have to be scrolled on a telephone."""

    maths: Maths
    wide: bool


class Run(Struct, frozen=True):
    """Pieces that follow one another, with the words at their end; ``left`` stands before the alignment.

    Those that are ``right`` stand in the right of two columns on a wide screen, and follow on a narrow one.
    """

    left: Piece | None
    pieces: tuple[Piece, ...]
    note: Sentence = ()
    right: tuple[Piece, ...] = ()
    said: Sentence = ()


class Equation(Struct, frozen=True):
    """A chain in runs, one below the other, and its LaTeX where it is copied by itself."""

    runs: tuple[Run, ...]
    latex: str
    tag: str
    mark: Mark | None


def equations(display: Display) -> tuple[Equation, ...]:
    """The chains of a display."""
    columns = placed(display, WIDE - SCREEN_INDENT) if has_columns(display) else ()
    halves = [chain.halves for chain in columns] or [None] * len(display.chains)
    return tuple(
        Equation(
            tuple(_halved(chain, found) if found else _runs(chain, display.beside)),
            "" if display.beside else plain_latex(_whole(chain)),
            chain.tag,
            chain.mark,
        )
        for chain, found in zip(display.chains, halves, strict=True)
    )


def together(display: Display) -> str:
    """The LaTeX of chains beside one another."""
    return r" \qquad ".join(plain_latex(_whole(chain)) for chain in display.chains)


def is_wide(maths: Maths) -> bool:
    """Whether a formula might be too wide for a telephone."""
    return width(maths) > SURE * NARROW


def _runs(chain: Chain, beside: bool) -> Iterator[Run]:
    left = None if chain.left is None else Piece(chain.left, is_wide(chain.left))
    if left is not None and (not chain.links or width(left.maths) > LONGEST_LEFT * WIDE):
        yield Run(None, (left,))
        left = None
    links = [tuple(_pieces(link)) for link in chain.links]
    notes = [link.note for link in chain.links if link.note]
    if beside or (len(notes) <= 1 and width(_whole(chain)) <= WIDE):
        if links:
            pieces = tuple(piece for pieces in links for piece in pieces)
            yield Run(left, pieces, notes[0] if notes else ())
        return
    for row, link in zip(links, chain.links, strict=True):
        yield Run(left, row, link.note)
        left = None


def _halved(chain: Chain, halves: Halves) -> Iterator[Run]:
    """The runs of a chain in two columns."""
    left = chain.left
    if halves.before or (left is not None and width(left) > LONGEST_LEFT * WIDE):
        yield from _runs(replace(chain, links=halves.before), beside=False)
        left = None
    pieces, note = _row(halves.last)
    for right, said in map(_row, halves.right):
        yield Run(None if left is None else Piece(left, is_wide(left)), pieces, note, right, said)
        left, pieces, note = None, (), ()


def _row(links: Sequence[Link]) -> tuple[tuple[Piece, ...], Sentence]:
    """The pieces of links on one line, and what is said beside them."""
    notes = [link.note for link in links if link.note]
    return tuple(piece for link in links for piece in _pieces(link)), notes[0] if notes else ()


def _pieces(link: Link) -> Iterator[Piece]:
    """A relation and what stands right of it, broken before signs where it is long."""
    before: Operator | None = Operator(link.relation)
    for operator, part in split(link.maths, SURE * NARROW - SIGN_WIDTH):
        yield Piece(Row(tuple(node for node in (operator or before, part) if node)), is_wide(part))
        before = None


def _whole(chain: Chain) -> Maths:
    links = (part for link in chain.links for part in (Operator(link.relation), link.maths))
    return Row((*(() if chain.left is None else (chain.left,)), *links))

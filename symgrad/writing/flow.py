"""Displays for a screen of any width: pieces side by side, which the browser wraps where it must.

Paper knows its width, so `breaking` chooses the lines; here it only cuts what a narrow screen could
not hold, and gives every link a row of its own where the whole chain is too long for a wide one.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from symgrad.document.blocks import Chain, Display, Link, Mark, Sentence
from symgrad.document.breaking import LONGEST_LEFT, SIGN_WIDTH, SURE, split
from symgrad.maths.measure import width
from symgrad.maths.nodes import Maths, Operator, Row
from symgrad.writing.remembered import plain_latex

WIDE = 40.0
"""The column of text on a wide screen, in em."""
NARROW = 20.0
"""What surely is free on a telephone, in em."""


class Piece(Struct, frozen=True):
    """A formula that is not broken; a ``wide`` one may have to be scrolled on a telephone."""

    maths: Maths
    wide: bool


class Run(Struct, frozen=True):
    """Pieces that follow one another, with the words at their end; ``left`` stands before the alignment."""

    left: Piece | None
    pieces: tuple[Piece, ...]
    note: Sentence = ()


class Equation(Struct, frozen=True):
    """A chain in runs, one below the other, and its LaTeX where it is copied by itself."""

    runs: tuple[Run, ...]
    latex: str
    tag: str
    mark: Mark | None


def equations(display: Display) -> tuple[Equation, ...]:
    """The chains of a display."""
    return tuple(
        Equation(
            tuple(_runs(chain, display.beside)),
            "" if display.beside else plain_latex(_whole(chain)),
            chain.tag,
            chain.mark,
        )
        for chain in display.chains
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
            yield Run(left, tuple(piece for pieces in links for piece in pieces), *notes)
        return
    for pieces, link in zip(links, chain.links, strict=True):
        yield Run(left, pieces, link.note)
        left = None


def _pieces(link: Link) -> Iterator[Piece]:
    """A relation and what stands right of it, broken before signs where it is long."""
    before: Operator | None = Operator(link.relation)
    for operator, part in split(link.maths, SURE * NARROW - SIGN_WIDTH):
        yield Piece(Row(tuple(node for node in (operator or before, part) if node)), is_wide(part))
        before = None


def _whole(chain: Chain) -> Maths:
    links = (part for link in chain.links for part in (Operator(link.relation), link.maths))
    return Row((*(() if chain.left is None else (chain.left,)), *links))

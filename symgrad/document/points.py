"""What answers are worth, said beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from symgrad.document.blocks import Block, Chain, Display, Document, Folded, Section, Words


def with_points(document: Document, points: Mapping[str, float]) -> Document:
    """The document with its points beside the first chain that leads to an answer."""
    return replace(document, blocks=tuple(_blocks(document.blocks, dict(points))))


def told(points: float) -> str:
    """1 point, 2.5 points.

    >>> told(1), told(2.5)
    ('1 point', '2.5 points')
    """
    return f"{points:g} point{'' if points == 1 else 's'}"


def _blocks(blocks: Iterable[Block], left: dict[str, float]) -> Iterator[Block]:
    """The blocks; points that are told are taken from those ``left``."""
    for block in blocks:
        match block:
            case Section() | Folded():
                yield replace(block, blocks=tuple(_blocks(block.blocks, left)))
            case Display():
                yield replace(block, chains=tuple(_chain(chain, left) for chain in block.chains))
            case _:
                yield block


def _chain(chain: Chain, left: dict[str, float]) -> Chain:
    if chain.of not in left or not chain.links:
        return chain
    *links, last = chain.links
    worth = Words(told(left.pop(chain.of)))
    note = (*last.note, Words("; "), worth) if last.note else (worth,)
    return replace(chain, links=(*links, replace(last, note=note)))

"""What answers are worth, said beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from symgrad.document.blocks import Block, Chain, Display, Document, Folded, Section, Words
from symgrad.languages import Language, language_of


def with_points(document: Document, points: Mapping[str, float]) -> Document:
    """The document with its points beside the first chain that leads to an answer."""
    say = language_of(document.language)
    shown = {name: told(worth, say) for name, worth in points.items()}
    return replace(document, blocks=tuple(_blocks(document.blocks, shown)))


def told(points: float, say: Language) -> str:
    """1 point, 2.5 points.

    >>> told(1, ENGLISH), told(2.5, ENGLISH)
    ('1 point', '2.5 points')
    """
    return say("1 point" if points == 1 else "{count} points", count=say.number(f"{points:g}"))


def _blocks(blocks: Iterable[Block], left: dict[str, str]) -> Iterator[Block]:
    """The blocks; points that are told are taken from those ``left``."""
    for block in blocks:
        match block:
            case Section() | Folded():
                yield replace(block, blocks=tuple(_blocks(block.blocks, left)))
            case Display():
                yield replace(block, chains=tuple(_chain(chain, left) for chain in block.chains))
            case _:
                yield block


def _chain(chain: Chain, left: dict[str, str]) -> Chain:
    if chain.of not in left or not chain.links:
        return chain
    *links, last = chain.links
    worth = Words(left.pop(chain.of))
    note = (*last.note, Words("; "), worth) if last.note else (worth,)
    return replace(chain, links=(*links, replace(last, note=note)))

"""Reasons by number: each said once in a document, and only called where it holds again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from symgrad.document.blocks import Block, Document, Folded, Reason, Reasoned, Section


def with_numbers(document: Document, *, again: bool = False) -> Document:
    """The document with numbered reasons; those that were said before are said ``again`` or only called."""
    return replace(document, blocks=tuple(_blocks(document.blocks, {}, again)))


def _blocks(blocks: Iterable[Block], numbers: dict[str, int], again: bool) -> Iterator[Block]:
    """The blocks; ``numbers`` holds those of all reasons that were said, and grows."""
    for block in blocks:
        match block:
            case Section() | Folded():
                yield replace(block, blocks=tuple(_blocks(block.blocks, numbers, again)))
            case Reasoned():
                yield replace(block, reasons=tuple(_numbered(block.reasons, numbers, again)))
            case _:
                yield block


def _numbered(reasons: Iterable[Reason], numbers: dict[str, int], again: bool) -> Iterator[Reason]:
    for reason in reasons:
        said = reason.text in numbers
        number = numbers.setdefault(reason.text, len(numbers) + 1)
        yield replace(reason, number=number, again=said and not again)

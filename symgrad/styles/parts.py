"""Small pieces that every section is built from: sentences, paragraphs, lists of formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from symgrad.document.blocks import Block, Inline, Paragraph, Section, Sentence, Words
from symgrad.graph.shapes import Shape
from symgrad.languages import Said
from symgrad.maths.nodes import Maths, Operator, Row, Script, Symbol
from symgrad.styles.setting import Setting
from symgrad.tree import (
    Cases,
    Delta,
    Entry,
    Formula,
    Gradient,
    Name,
    Number,
    Op,
    Partial,
    Prod,
    Second,
    Size,
    Total,
    Value,
)

Part: TypeAlias = "str | Maths | Formula | Words | Inline | list[Part] | tuple[Part, ...]"
"""What stands in a sentence: of a list its items as a, b and c, of a tuple one behind the other."""

_FORMULAS = (Number, Name, Size, Gradient, Partial, Second, Op, Value, Entry, Total, Delta, Cases, Prod)


def words(setting: Setting, text: str, /, **parts: Part) -> tuple[Words | Inline, ...]:
    """A sentence in the setting's language, with words and inline maths where it names them in braces."""
    pieces = setting.language.pieces(text)
    return _joined(
        word
        for n, piece in enumerate(pieces)
        for word in _words(setting, parts[piece] if n % 2 else (piece,))
    )


def inline(setting: Setting, *parts: Part) -> tuple[Words | Inline, ...]:
    """Parts one behind the other: maths, and text that is in no language."""
    return _joined(_words(setting, parts))


def _words(setting: Setting, part: Part) -> Iterator[Words | Inline]:
    match part:
        case Words() | Inline():
            yield part
        case str():
            yield Words(setting.language(part) if isinstance(part, Said) else part)
        case tuple():
            yield from (word for inner in part for word in _words(setting, inner))
        case list():
            for n, item in enumerate(part):
                if n:
                    yield Words(f" {setting.language('and')} " if n == len(part) - 1 else ", ")
                yield from _words(setting, item)
        case _:
            yield Inline(setting.maths(part) if isinstance(part, _FORMULAS) else part)


def _joined(pieces: Iterable[Words | Inline]) -> tuple[Words | Inline, ...]:
    """With words that follow one another in one piece."""
    found: list[Words | Inline] = []
    for piece in pieces:
        if isinstance(piece, Words) and found and isinstance(last := found[-1], Words):
            found[-1] = Words(last.text + piece.text)
        elif not isinstance(piece, Words) or piece.text:
            found.append(piece)
    return tuple(found)


def paragraph(setting: Setting, text: str, /, **parts: Part) -> Paragraph:
    """A paragraph of running text."""
    return Paragraph(words(setting, text, **parts))


def note(setting: Setting, text: str, /, **parts: Part) -> Paragraph:
    """A remark set apart from the running text."""
    return Paragraph(words(setting, text, **parts), "note")


def section(title: Sentence, blocks: Iterable[Block], anchor: str) -> Iterator[Section]:
    """A section, or nothing where it would be empty."""
    found = tuple(blocks)
    if found:
        yield Section(title, found, anchor)


def membership(setting: Setting, name: str, shape: Shape) -> Maths:
    """W ∈ ℝ^{m×n}."""
    return Row((setting.maths(Name(name)), Operator("∈"), reals(setting, shape)))


def reals(setting: Setting, shape: Shape) -> Maths:
    """ℝ^{m×n}."""
    space: Maths = Symbol("ℝ", "upright")
    return Script(space, sup=dimensions(setting, shape)) if shape else space


def dimensions(setting: Setting, shape: Shape) -> Maths:
    """m × n."""
    dims: list[Maths] = []
    for dim in shape:
        dims += [*([Operator("×")] if dims else []), setting.size(dim)]
    return dims[0] if len(dims) == 1 else Row(tuple(dims))

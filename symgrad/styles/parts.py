"""Small pieces that every section is built from: sentences, paragraphs, lists of formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from symgrad.document.blocks import Block, Inline, Paragraph, Section, Sentence, Words
from symgrad.graph.shapes import Shape
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

Part: TypeAlias = "str | Maths | Formula"

_FORMULAS = (Number, Name, Size, Gradient, Partial, Second, Op, Value, Entry, Total, Delta, Cases, Prod)


def words(*parts: Part, setting: Setting) -> Sentence:
    """A sentence of words and inline maths (formulas are written in the setting)."""
    return tuple(Words(part) if isinstance(part, str) else Inline(_maths(part, setting)) for part in parts)


def _maths(part: Maths | Formula, setting: Setting) -> Maths:
    return setting.maths(part) if isinstance(part, _FORMULAS) else part


def paragraph(setting: Setting, *parts: Part) -> Paragraph:
    """A paragraph of running text."""
    return Paragraph(words(*parts, setting=setting))


def note(setting: Setting, *parts: Part) -> Paragraph:
    """A remark set apart from the running text."""
    return Paragraph(words(*parts, setting=setting), "note")


def section(title: str | Sentence, blocks: Iterable[Block], anchor: str) -> Iterator[Section]:
    """A section, or nothing where it would be empty."""
    found = tuple(blocks)
    if found:
        yield Section((Words(title),) if isinstance(title, str) else title, found, anchor)


def listed(items: Iterable[Maths | Formula]) -> list[Part]:
    """a, b and c as the parts of a sentence."""
    found = list(items)
    parts: list[Part] = []
    for n, item in enumerate(found):
        if n:
            parts.append(" and " if n == len(found) - 1 else ", ")
        parts.append(item)
    return parts


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

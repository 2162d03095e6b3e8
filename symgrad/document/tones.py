"""One colour for every quantity, wherever its name stands: in formulas, in the graph, about its numbers.

Colour says nothing that is not said without it: the document reads the same in black.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Chain, Document, GraphNode
from symgrad.maths.nodes import Accent, Boxed, Fenced, Fraction, Maths, Operator, Row, Script, Symbol, Toned

Tones: TypeAlias = Mapping[Maths, int]
"""The names of quantities as they are written, and the place of their colour in `PALETTE`, from 1."""


class Tone(Struct, frozen=True):
    """A colour on white paper and on the dark one of a screen."""

    light: str
    dark: str


PALETTE = (
    Tone("006bce", "5fd8ff"),
    Tone("9c5e00", "efe181"),
    Tone("0b7446", "4cb275"),
    Tone("c12d84", "ca6fa6"),
    Tone("83090f", "d67425"),
    Tone("5d1f85", "7689fa"),
)
"""Colours with a contrast of 4.5 to 1 and more, apart from one another for those who see fewer of them too.

They were searched for so: the least distance of two of them, as people with each of the three kinds of colour
blindness see them (the matrices of Machado, Oliveira and Fernandes, A Physiologically-based Model for
Simulation of Color Vision Deficiency, 2009), is the greatest.
"""

_DERIVING = frozenset("∂∇")


def coloured(document: Document, tones: Tones) -> Document:
    """The document with every name of ``tones`` in its colour, and results in frames of that."""
    if not tones:
        return document
    return replace(
        document,
        blocks=_toned(document.blocks, tones),
        subtitle=_toned(document.subtitle, tones),
        coloured=True,
    )


def toneless(maths: Maths) -> Maths:
    """Maths without colours."""
    plain: Maths = _toneless(maths)
    return plain


def _toneless(part: Any) -> Any:
    match part:
        case Toned(body=body):
            return _toneless(body)
        case Boxed(body=body):
            return Boxed(_toneless(body))
        case tuple():
            return tuple(map(_toneless, part))
        case Struct():
            return _with_parts(part, _toneless)
    return part


def _toned(part: Any, tones: Tones, lead: int = 0) -> Any:
    """A part of a document in colour; ``lead`` is that of the quantity whose numbers it has."""
    match part:
        case tuple():
            return tuple(_toned(each, tones, lead) for each in part)
        case Symbol() | Script() | Accent() | Row() if (tone := tones.get(part)) is not None:
            return _painted(part, tone)
        case Script(base=Fenced(open="‖")):  # the F of a norm is no quantity
            return replace(part, base=_toned(part.base, tones, lead))
        case Boxed():
            return Boxed(_toned(part.body, tones, lead), lead)
        case Chain():
            lead = 0 if part.left is None else _lead(part.left, tones)
        case GraphNode():
            return _node(part, tones)
    return _with_parts(part, lambda each: _toned(each, tones, lead)) if isinstance(part, Struct) else part


def _node(node: GraphNode, tones: Tones) -> GraphNode:
    """A node of the graph: frame, name and numbers."""
    tone = tones.get(node.label, 0)
    if not tone:
        return node
    value, gradient = (maths and Toned(tone, maths) for maths in (node.value, node.gradient))
    return replace(node, label=_painted(node.label, tone), tone=tone, value=value, gradient=gradient)


def _with_parts(part: Any, change: Any) -> Any:
    """A block or formula with other parts; itself where nothing changes."""
    inner = ((name, getattr(part, name)) for name in part.__struct_fields__)
    changed = {name: change(each) for name, each in inner if isinstance(each, Struct | tuple)}
    return replace(part, **changed) if changed else part


def _painted(name: Maths, tone: int) -> Maths:
    """A name in colour. One with scripts keeps them, so that a transpose still finds its place."""
    if isinstance(name, Script):
        marks = (mark and Toned(tone, mark) for mark in (name.sub, name.sup))
        return Script(Toned(tone, name.base), *marks)
    return Toned(tone, name)


def _lead(left: Maths, tones: Tones) -> int:
    """The colour of the quantity that a chain is about: v, ∂J/∂v, ∇_v J."""
    found = tones.get(left)
    match left:
        case Fraction(Row((above, _)), Row((_, name))) if _derives(above):
            found = tones.get(name)
        case Row((Script(base=base, sub=name), _)) if name is not None and _derives(base):
            found = tones.get(name)
    return found or 0


def _derives(sign: Maths) -> bool:
    match sign:
        case Symbol(text=text):
            return text in _DERIVING
        case Script(base=base, sup=Operator()):
            return _derives(base)
    return False

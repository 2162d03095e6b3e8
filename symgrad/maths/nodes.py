"""The maths tree that printers write: how a formula looks, not what it means.

Brackets are already in it (as `Fenced`), so a printer needs no precedence: it is one table of
symbols and one small function a node. An unknown node is an error in every printer.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct


class Symbol(Struct, frozen=True):
    """An identifier, in Unicode: ``W``, ``α``, ``∂``, ``ReLU``; words are upright by habit."""

    text: str
    variant: Literal["italic", "upright", "bold"] = "italic"


class Numeral(Struct, frozen=True):
    """A number as printed: digits, one point, comma or none, an ASCII ``-`` or none; ``∞``, ``NaN``."""

    text: str


class Operator(Struct, frozen=True):
    """A sign between operands, in Unicode: ``+ − · ⊙ ⊘ × = ≈ ≠ < ≤ > ≥ ←``. Unary when ``prefix``."""

    text: str
    prefix: bool = False


class Text(Struct, frozen=True):
    """Words inside maths (``if i = j`` has Text('if')); user text, to be escaped. ``mono`` is source text."""

    text: str
    mono: bool = False


class Space(Struct, frozen=True):
    """A gap of so many em between parts of a row."""

    em: float = 1.0


class Row(Struct, frozen=True):
    """Parts side by side; two operands with nothing between are a product by juxtaposition."""

    items: tuple[Maths, ...]


class Fraction(Struct, frozen=True):
    """numerator over denominator; ``small`` for a text-size one such as ½ before a norm."""

    numerator: Maths
    denominator: Maths
    small: bool = False


class Script(Struct, frozen=True):
    """base with a subscript and a superscript; ``⊤`` (transpose) and ``′`` are Symbols in the superscript."""

    base: Maths
    sub: Maths | None = None
    sup: Maths | None = None


class Accent(Struct, frozen=True):
    """A mark over a symbol."""

    kind: Literal["vec", "bar", "hat", "tilde", "check", "dot"]
    body: Maths


class Fenced(Struct, frozen=True):
    """body between delimiters that grow with it: ``( )``, ``[ ]``, ``| |``, ``‖ ‖``, ``{ }``."""

    open: str
    body: Maths
    close: str


class Radical(Struct, frozen=True):
    """√body."""

    body: Maths


class Big(Struct, frozen=True):
    """A big operator with limits and its body: ``∑``."""

    sign: str
    body: Maths
    below: Maths | None = None
    above: Maths | None = None


class Matrix(Struct, frozen=True):
    """Rows of cells in square brackets (a vector is one column). Dots (``⋯ ⋮ ⋱``) are Symbols."""

    rows: tuple[tuple[Maths, ...], ...]


class Cases(Struct, frozen=True):
    """A left brace and rows (value, condition)."""

    rows: tuple[tuple[Maths, Maths], ...]


class Brace(Struct, frozen=True):
    """body with a brace under it and a label under the brace."""

    body: Maths
    label: Maths


class Boxed(Struct, frozen=True):
    """body in a frame: a result; ``tone`` is the frame's, as in `Toned`, or 0."""

    body: Maths
    tone: int = 0


class Gap(Struct, frozen=True):
    """An empty frame, so many em wide and high: what stands there is the reader's to fill in."""

    width: float = 3.0
    height: float = 1.6


class Toned(Struct, frozen=True):
    """body in the colour ``tone`` of the palette, counted from 1. It means nothing: in words it is body."""

    tone: int
    body: Maths


Maths: TypeAlias = (
    Symbol
    | Numeral
    | Operator
    | Text
    | Space
    | Row
    | Fraction
    | Script
    | Accent
    | Fenced
    | Radical
    | Big
    | Matrix
    | Cases
    | Brace
    | Boxed
    | Gap
    | Toned
)

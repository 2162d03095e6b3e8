"""The maths tree that printers write: how a formula looks, not what it means.

Brackets are already in it (as `Fenced`), so a printer needs no precedence: it is one table of
symbols and one small function a node. An unknown node is an error in every printer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Symbol:
    """An identifier, in Unicode: ``W``, ``α``, ``∂``, ``ReLU``; words are upright by habit."""

    text: str
    variant: Literal["italic", "upright", "bold"] = "italic"


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as printed: digits, at most one point, a ASCII ``-`` or none; ``∞`` and ``NaN`` too."""

    text: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A sign between operands, in Unicode: ``+ − · ⊙ ⊘ × = ≈ ≠ < ≤ > ≥ ←``. Unary when ``prefix``."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Words inside maths (``if i = j`` has Text('if')); user text, to be escaped. ``mono`` is source text."""

    text: str
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Space:
    """A gap of so many em between parts of a row."""

    em: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side; two operands with nothing between are a product by juxtaposition."""

    items: tuple[Maths, ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """numerator over denominator; ``small`` for a text-size one such as ½ before a norm."""

    numerator: Maths
    denominator: Maths
    small: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """base with a subscript and a superscript; ``⊤`` (transpose) and ``′`` are Symbols in the superscript."""

    base: Maths
    sub: Maths | None = None
    sup: Maths | None = None


@dataclass(frozen=True, slots=True)
class Accent:
    """A mark over a symbol."""

    kind: Literal["vec", "bar", "hat", "tilde", "check", "dot"]
    body: Maths


@dataclass(frozen=True, slots=True)
class Fenced:
    """body between delimiters that grow with it: ``( )``, ``[ ]``, ``| |``, ``‖ ‖``, ``{ }``."""

    open: str
    body: Maths
    close: str


@dataclass(frozen=True, slots=True)
class Radical:
    """√body."""

    body: Maths


@dataclass(frozen=True, slots=True)
class Big:
    """A big operator with limits and its body: ``∑``."""

    sign: str
    body: Maths
    below: Maths | None = None
    above: Maths | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of cells in square brackets (a vector is one column). Dots (``⋯ ⋮ ⋱``) are Symbols."""

    rows: tuple[tuple[Maths, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """A left brace and rows (value, condition)."""

    rows: tuple[tuple[Maths, Maths], ...]


@dataclass(frozen=True, slots=True)
class Brace:
    """body with a brace under it and a label under the brace."""

    body: Maths
    label: Maths


@dataclass(frozen=True, slots=True)
class Boxed:
    """body in a frame: a result."""

    body: Maths


Maths: TypeAlias = (
    "Symbol | Numeral | Operator | Text | Space | Row | Fraction | Script | Accent | Fenced | Radical"
    " | Big | Matrix | Cases | Brace | Boxed"
)

"""Maths with what decides about brackets: how tightly it binds, and whether its ends are open.

The convention, from loose to tight: ``a + b``, then ``a ⊙ b``, then products written side by side,
then scripts. A minus sign may stand first without brackets; a big sum may stand last.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct
from msgspec.structs import replace

from symgrad.maths.layout import function_word
from symgrad.maths.nodes import (
    Accent,
    Fenced,
    Fraction,
    Maths,
    Matrix,
    Numeral,
    Operator,
    Radical,
    Row,
    Script,
    Symbol,
    Text,
)


class Level(IntEnum):
    """How tightly the outermost operator of a piece of maths binds."""

    ANY = 0  # cases
    RELATION = 1  # a > b
    SUM = 2  # a + b
    HADAMARD = 3  # a ⊙ b
    CHAIN = 4  # A B, xᵀy: matrix factors side by side
    PRODUCT = 5  # 2 a, a/b, Σ a: factors that may be moved past others
    SCRIPT = 6  # aᵇ, which takes no further script
    ATOM = 7


class Written(Struct, frozen=True):
    """``signed``: begins with a minus sign. ``open``: draws in what follows by an operator so tight."""

    maths: Maths
    level: Level = Level.ATOM
    signed: bool = False
    open: Level | None = None

    def fit(self, level: Level, *, first: bool = False, last: bool = False) -> Written:
        """Itself where it binds as tightly as ``level`` and its ends do no harm, else in brackets."""
        closed = last or self.open is None or level < self.open
        tight = self.level >= level and closed and (first or not self.signed)
        return self if tight else Written(Fenced("(", self.maths, ")"))

    def script(self, sup: Maths) -> Written:
        """This with a superscript."""
        return Written(Script(self.fit(Level.ATOM).maths, sup=sup), Level.SCRIPT)


_LEVELS: dict[type[Maths], Level] = {Row: Level.CHAIN, Fraction: Level.PRODUCT, Radical: Level.SCRIPT}


def given(maths: Maths) -> Written:
    """Finished maths (a name, a number) with the level its form has."""
    match maths:
        case Numeral(text=text):
            return Written(maths, signed=text.startswith("-"))
        case Row(items=(Operator(prefix=True), *_)):
            return Written(maths, Level.PRODUCT, signed=True)
        case Row(items=(Numeral() as first, *_)):
            return replace(given(first), maths=maths, level=Level.PRODUCT)
        case Row(items=items) if any(isinstance(item, Operator) for item in items):
            return Written(maths, Level.ANY)
        case Row(items=(*_, last)) if function_word(_first(maths)) and not isinstance(last, Fenced):
            return Written(maths, Level.CHAIN, open=Level.CHAIN)  # log σ² x would be a logarithm of σ² x
        case Script(sup=sup) if sup is not None:
            return Written(maths, Level.SCRIPT)
    return Written(maths, _LEVELS.get(type(maths), Level.ATOM))


def beside(
    left: Written, right: Written, level: Level = Level.CHAIN, loosest: Level = Level.CHAIN
) -> Written:
    """The product ``left right``, with a dot where numbers or words would run together.

    ``loosest`` is what may stand at the right without brackets.
    """
    a, b = left.fit(Level.CHAIN, first=True), right.fit(loosest, last=True)
    # s(-2) would be a function of -2.
    called = right.signed and level is Level.PRODUCT
    dot = (Operator("·"),) if called or _run_together(a.maths, b.maths) else ()
    return Written(Row((a.maths, *dot, b.maths)), min(level, a.level, b.level), a.signed, b.open)


def scaled(scalar: Written, operand: Written) -> Written:
    """A scalar before what it multiplies: 2 A B, and 2 a ⊙ b, where both readings agree.

    A scalar xᵀy is bracketed, as y could else be taken for a factor of what follows.
    """
    return beside(scalar.fit(Level.PRODUCT, first=True), operand, Level.PRODUCT, Level.HADAMARD)


def joined(left: Written, sign: str, right: Written, level: Level, right_level: Level) -> Written:
    """``left sign right``, an operator of ``level``; a product with a dot is bracketed beside ⊙ and ⊘."""
    if level is Level.HADAMARD:
        left, right = _undotted(left), _undotted(right)
    a = left.fit(level, first=True)
    b = right.fit(right_level, last=True)
    return Written(Row((a.maths, Operator(sign), b.maths)), level, a.signed, b.open)


def _undotted(written: Written) -> Written:
    """A product of matrices in brackets where a dot stands in it, which does not bind more tightly than ⊙."""
    dotted = written.level is Level.CHAIN and _has_dot(written.maths)
    return Written(Fenced("(", written.maths, ")")) if dotted else written


def _has_dot(maths: Maths) -> bool:
    return maths == Operator("·") or (isinstance(maths, Row) and any(map(_has_dot, maths.items)))


def negated(operand: Written) -> Written:
    """−operand."""
    body = operand.fit(Level.HADAMARD, last=True)
    row = Row((Operator("−", prefix=True), body.maths))
    return Written(row, min(body.level, Level.PRODUCT), signed=True, open=body.open)


def _run_together(left: Maths, right: Maths) -> bool:
    return begins_with_number(right) or _is_word(_last(left)) or (_is_word(right) and not _is_number(left))


def begins_with_number(maths: Maths) -> bool:
    """Whether digits come first, also in a fraction."""
    match maths:
        case Numeral():
            return True
        case Row(items=(first, *_)) | Fraction(numerator=first) | Script(base=first):
            return begins_with_number(first)
    return False


def _is_number(maths: Maths) -> bool:
    return isinstance(maths, Numeral | Matrix)


def _first(maths: Maths) -> Maths:
    return _first(maths.items[0]) if isinstance(maths, Row) else maths


def _last(maths: Maths) -> Maths:
    return _last(maths.items[-1]) if isinstance(maths, Row) else maths


def _is_word(maths: Maths) -> bool:
    match maths:
        case Script(base=base) | Accent(body=base):
            return _is_word(base)
        case Symbol(text=text):
            return len(text) > 1
    return isinstance(maths, Text)

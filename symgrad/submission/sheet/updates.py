"""How far the steps of a sheet go: its rate, and what is kept of a velocity."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain

from symgrad.submission.sheet import said
from symgrad.submission.sheet.leaves import Sheet
from symgrad.submission.sheet.names import RATES, identifier
from symgrad.submission.sheet.statements import Shown, Statements
from symgrad.submission.written import Add, Literal, Negative, Product, Symbol


def rate(stated: Statements, sheet: Sheet) -> tuple[str, Shown | None] | Fraction | None:
    """The rate that the first step shows, or else what the sheet says that it is.

    None where it speaks of another method than plain descent, and does not show which.
    """
    if said.OTHER_METHOD.search(sheet.submission.text) and momentum(stated, sheet) is None:
        return None
    named = (symbol for symbol in sheet.values if symbol.base in RATES and symbol not in sheet.leaves)
    match next(chain((step.rate for step in stated.steps if step.rate is not None), named), None):
        case Literal(value):
            return value
        case Symbol() as symbol:
            return identifier(symbol), sheet.values.get(symbol)
    return said.rate(sheet.submission)


def momentum(stated: Statements, sheet: Sheet) -> Fraction | None:
    """How much of a velocity is kept, where words say so and a line adds the whole slope: 0.9 · 0 + 3."""
    kept = said.momentum(sheet.submission)
    for shown in stated.shown:
        match shown.value:
            case Add(Product(Literal(value), _), Literal() | Negative(Literal())) if value == kept:
                return kept
    return None

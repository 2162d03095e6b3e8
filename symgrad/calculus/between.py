"""Numbers between constant bounds: a maximum of a minimum, and bounds on a x + b as bounds on x."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from msgspec.structs import replace

from symgrad.tree import Formula, Number, Op

_WITHIN = {"maximum": "minimum", "minimum": "maximum"}


def bounded(formula: Formula) -> Formula:
    """max(min(x, hi), lo) and min(max(x, lo), hi) as ``between(x, lo, hi)``, where lo < hi; else as it is."""
    for outer, inner in _bounds(formula):
        for bound, x in _bounds(inner):
            if isinstance(formula, Op) and isinstance(inner, Op) and inner.name == _WITHIN[formula.name]:
                lo, hi = (outer, bound) if formula.name == "maximum" else (bound, outer)
                if value(lo) < value(hi):
                    return Op("between", (x, lo, hi))
    return formula


def freed(formula: Op) -> Op | None:
    """1[0 ≤ x/5 + 1/2 ≤ 1] as 1[−5/2 ≤ x ≤ 5/2]; None where the argument has no such factor or summand."""
    inside, *bounds = formula.args
    found = _freed(inside, bounds[0], bounds[1]) if all(map(is_constant, bounds)) else None
    return None if found is None else replace(formula, args=found)


def _freed(inside: Formula, lo: Formula, hi: Formula) -> tuple[Formula, Formula, Formula] | None:
    x, factor, summand = _line(inside)
    if x == inside or not factor:
        return None
    first, last = sorted((value(bound) - summand) / factor for bound in (lo, hi))
    return x, _constant(first), _constant(last)


def _line(formula: Formula) -> tuple[Formula, Fraction, Fraction]:
    """x, a and b, where a formula is a x + b for numbers a and b."""
    match formula:
        case Op("negative", (inner,)):
            return _scaled(inner, Fraction(-1))
        case Op("multiply", (Number(factor), inner)) | Op("multiply", (inner, Number(factor))):
            return _scaled(inner, factor)
        case Op("divide", (inner, Number(divisor))) if divisor:
            return _scaled(inner, 1 / divisor)
        case Op("add", (inner, Number(summand))) | Op("add", (Number(summand), inner)):
            return _shifted(inner, summand)
        case Op("subtract", (inner, Number(summand))):
            return _shifted(inner, -summand)
        case Op("subtract", (Number(summand), inner)):
            return _shifted(Op("negative", (inner,)), summand)
    return formula, Fraction(1), Fraction(0)


def _scaled(formula: Formula, factor: Fraction) -> tuple[Formula, Fraction, Fraction]:
    x, a, b = _line(formula)
    return x, a * factor, b * factor


def _shifted(formula: Formula, summand: Fraction) -> tuple[Formula, Fraction, Fraction]:
    x, a, b = _line(formula)
    return x, a, b + summand


def _constant(number: Fraction) -> Formula:
    return Number(number) if number >= 0 else Op("negative", (Number(-number),))


def _bounds(formula: Formula) -> Iterator[tuple[Formula, Formula]]:
    """The constant of a maximum or a minimum, and its other argument."""
    match formula:
        case Op("maximum" | "minimum", (left, right)):
            yield from ((a, b) for a, b in ((left, right), (right, left)) if is_constant(a))


def is_constant(formula: Formula) -> bool:
    """Whether a formula is a number."""
    return isinstance(formula, Number) or (
        isinstance(formula, Op) and formula.name == "negative" and isinstance(formula.args[0], Number)
    )


def value(formula: Formula) -> Fraction:
    """The number that a constant is."""
    match formula:
        case Number(number):
            return number
        case Op("negative", (inner,)):
            return -value(inner)
    raise TypeError(f"no constant: {formula!r}")

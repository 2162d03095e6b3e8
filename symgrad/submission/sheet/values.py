"""Numbers, vectors and matrices that stand written out, as plain lists for a problem's givens."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from symgrad.submission.written import Literal, Matrix, Negative, Node, Power, Product, Quotient, Transpose

Rows: TypeAlias = "tuple[tuple[Fraction, ...], ...]"
MOST_DIGITS = 40


def number(node: Node) -> Fraction | None:
    """The value of a number: 0.5, −2, 1/3, 3·10⁻²; None for anything else."""
    match node:
        case Literal(value):
            return value
        case Negative(body):
            inner = number(body)
            return None if inner is None else -inner
        case Quotient(Literal(above), Literal(below)) if below:
            return above / below
        case Product(Literal() | Negative() as left, Power(Literal(ten), Literal() | Negative() as raised)):
            factor, exponent = number(left), number(raised)
            small = exponent is not None and exponent.denominator == 1 and abs(exponent) < 300
            if ten == 10 and factor is not None and exponent is not None and small:
                return factor * Fraction(10) ** int(exponent)
    return None


def rows(node: Node) -> Rows | None:
    """The rows of a matrix of numbers, all of one length; None for anything else."""
    match node:
        case Transpose(Matrix() as body):
            found = rows(body)
            return None if found is None else tuple(zip(*found, strict=True))
        case Matrix(cells):
            values = tuple(tuple(map(number, line)) for line in cells)
            whole = len(set(map(len, values))) == 1 and all(values)
            if whole and all(value is not None for line in values for value in line):
                return tuple(tuple(value for value in line if value is not None) for line in values)
    return None


def is_flat(node: Node) -> bool:
    """Whether a matrix is a list of numbers, (1, 2, 3), that neither stands nor lies."""
    return isinstance(node, Matrix) and node.flat


def plain(value: Fraction) -> int | float:
    """The number as a problem file holds it."""
    return int(value) if value.denominator == 1 else float(value)


def written(value: Fraction) -> str | None:
    """A number in decimals, exactly; None where that takes too many digits, or infinitely many."""
    for digits in range(MOST_DIGITS):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            whole = str(abs(scaled.numerator)).rjust(digits + 1, "0")
            point = f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole
            return f"-{point}" if value < 0 else point
    return None

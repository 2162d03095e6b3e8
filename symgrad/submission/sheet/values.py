"""Numbers, vectors and matrices that stand written out, as plain lists for a problem's givens."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from symgrad.submission.written import (
    Add,
    Literal,
    Matrix,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Subtract,
    Transpose,
)

Rows: TypeAlias = "tuple[tuple[Fraction, ...], ...]"
MOST_DIGITS = 40
MOST_BASE, MOST_POWER = 1_000, 300


def number(node: Node) -> Fraction | None:
    """The value of a number: 0.5, −2, 1/3, 3·10⁻², 0.2 · 2 + 0.1; None for anything else."""
    match node:
        case Literal(value):
            return value
        case Negative(body):
            inner = number(body)
            return None if inner is None else -inner
        case Add(left, right) | Subtract(left, right) | Product(left, right) | Quotient(left, right):
            return _computed(type(node), number(left), number(right))
        case Power(left, right):
            return _computed(Power, number(left), number(right))
    return None


def _computed(kind: type, left: Fraction | None, right: Fraction | None) -> Fraction | None:
    if left is None or right is None or (kind is Quotient and not right):
        return None
    if kind is Power:
        short = max(abs(left.numerator), left.denominator) <= MOST_BASE and abs(right) < MOST_POWER
        return left ** int(right) if short and right.denominator == 1 and (left or right > 0) else None
    return _ARITHMETIC[kind](left, right)


_ARITHMETIC: Mapping[type, Callable[[Fraction, Fraction], Fraction]] = {
    Add: operator.add,
    Subtract: operator.sub,
    Product: operator.mul,
    Quotient: operator.truediv,
}


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


def is_hot(node: Node) -> bool:
    """Whether numbers are rows of a one and zeros: a class, and no parameter."""
    cells = rows(node) or ()
    return bool(cells) and all(len(row) > 1 and sorted(row) == [*[0] * (len(row) - 1), 1] for row in cells)


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

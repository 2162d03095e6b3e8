"""How numbers print: single values, exact constants, and arrays of values."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import numpy as np
from msgspec import Struct

from symgrad.maths import nodes
from symgrad.maths.nodes import Maths, Matrix, Numeral, Operator, Row, Script, Symbol
from symgrad.tree import Array

_HUGE = 1e6
MOST_SLICES = 4
"""How many matrices of an array of more axes are shown along an axis."""
WIDEST = 9
"""Columns of numbers that have room beside one another."""
_LONGEST_TAIL = 350  # past the smallest float
_NAMED = {"inf": "∞", "-inf": "-∞", "nan": "NaN"}


class Digits(Struct, frozen=True):
    """How many digits a number shows: ``decimals`` after the ``point``, or ``significant`` ones in all."""

    count: int = 3
    kind: Literal["decimals", "significant"] = "decimals"
    point: str = "."


def numeral(value: float, digits: Digits) -> Maths:
    """A value as printed.

    Decimals: a value that needs fewer is written with fewer (0.52, 3), a rounded one keeps its zeros
    (0.140). What would read 0.000 without being 0, and what reaches 10⁶, is written a · 10ᵏ.
    Significant: as ``%g``, but 2.00 and not 2 where that is rounded.
    """
    return _power_of_ten(_printed(value, digits), digits.point)


def is_exact(value: float | Array, digits: Digits) -> bool:
    """Whether what is printed equals the value (each of an array) to 12 digits: = and not ≈."""
    return all(_agrees(_printed(entry, digits), entry) for entry in set(np.ravel(value).tolist()))


def constant(value: Fraction, point: str = ".") -> Maths:
    """An exact constant: 2, ½ and ⅓ as fractions, 0.05 as a decimal."""
    tail = _tail(value.denominator)
    if tail is not None and not _reads_as_fraction(value):
        return _power_of_ten(_decimal(value, tail), point)
    # The sign stands before the fraction, where brackets are decided.
    fraction = nodes.Fraction(Numeral(str(abs(value.numerator))), Numeral(str(value.denominator)), small=True)
    return fraction if value > 0 else Row((Operator("−", prefix=True), fraction))


def array(value: Array, digits: Digits, *, row: bool = False, limit: int = 8) -> Maths:
    """A numeral, a column (a row, if asked), a matrix; of more axes the matrices of the last two.

    Past ``limit`` rows or columns the first three and the last are shown, with dots between.
    """
    if value.ndim == 0:
        return numeral(float(value), digits)
    write = _uniform(value, digits)
    if value.ndim > 2:
        return _slices(value, write, limit)
    return _table(
        value if value.ndim == 2 else value[np.newaxis, :] if row else value[:, np.newaxis], write, limit
    )


def _table(table: Array, write: Callable[[float], Maths], limit: int) -> Maths:
    down, across = (_shown(size, limit) for size in table.shape)
    return Matrix(tuple(tuple(_cell(table, i, j, write) for j in across) for i in down))


def _slices(value: Array, write: Callable[[float], Maths], limit: int) -> Maths:
    """The matrices of the last two axes, each with its index, [..]_{1,:,:}; side by side if there is room."""
    *_, blocks, _, width = value.shape
    rows = value.reshape(-1, blocks, *value.shape[-2:])
    side_by_side = min(blocks, MOST_SLICES) * min(width, limit) <= WIDEST
    lines = []
    for n in _shown(len(rows), MOST_SLICES):
        across = [] if n is None else _shown(blocks, MOST_SLICES)
        cells = [
            Symbol("⋯" if side_by_side else "⋮") if m is None else _slice(value, n, m, write, limit)
            for m in across
        ]
        cells = cells or [Symbol("⋮")]
        if side_by_side:
            lines.append((*cells, *[Symbol("⋮")] * (min(blocks, MOST_SLICES + 1) - len(cells))))
        else:
            lines += [(cell,) for cell in cells]
    return Matrix(tuple(lines))


def _slice(value: Array, n: int | None, m: int, write: Callable[[float], Maths], limit: int) -> Maths:
    lead = np.unravel_index(n or 0, value.shape[:-3]) if value.ndim > 3 else ()
    place = (*map(int, lead), m)
    index = [part for axis in place for part in (Numeral(str(axis + 1)), Operator(","))]
    below = Row((*index, Operator(":"), Operator(","), Operator(":")))
    return Script(_table(value[place], write, limit), sub=below)


def _printed(value: float, digits: Digits) -> str:
    """Python's text for the value, ``1.5e-07`` where it is to be scientific."""
    if not math.isfinite(value):
        return str(value)
    if digits.kind == "significant":
        text = f"{value or 0.0:.{digits.count}g}"
        looks_whole = text.lstrip("-").isdigit() and not _agrees(text, value)
        return f"{value:#.{digits.count}g}".rstrip(".") if looks_whole else text
    fixed = f"{value:.{digits.count}f}"
    vanishes = value != 0 and float(fixed) == 0
    text = f"{value:.{digits.count}e}" if vanishes or abs(float(fixed)) >= _HUGE else fixed
    return _trimmed(text) if _agrees(text, value) else text


def _agrees(text: str, value: float) -> bool:
    return math.isclose(float(text), value, rel_tol=1e-12) or value != value


def _trimmed(text: str) -> str:
    """The text without idle zeros (and without the sign of a zero)."""
    mantissa, e, exponent = text.partition("e")
    short = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return "0" if short == "-0" else short + e + exponent


def _power_of_ten(text: str, point: str) -> Maths:
    """``1.5e-07`` as 1.5 · 10⁻⁷; any other text as it stands."""
    mantissa, e, exponent = text.replace(".", point).partition("e")
    if not e:
        return Numeral(_NAMED.get(text, mantissa))
    return Row((Numeral(mantissa), Operator("·"), Script(Numeral("10"), sup=Numeral(str(int(exponent))))))


def _tail(denominator: int) -> int | None:
    """How many decimals a fraction with this denominator needs; None where they do not end."""
    return next((k for k in range(_LONGEST_TAIL) if 10**k % denominator == 0), None)


def _reads_as_fraction(value: Fraction) -> bool:
    return value.denominator in (2, 4) and abs(value.numerator) < 10


def _decimal(value: Fraction, tail: int) -> str:
    """All decimals of the value; scientific where plain notation would be mostly zeros."""
    if value != 0 and not Fraction(1, 10**5) < abs(value) < 10**9:
        return _trimmed(f"{float(value):.14e}")
    whole, rest = divmod(abs(value.numerator) * 10**tail // value.denominator, 10**tail)
    text = f"{whole}.{rest:0{tail}}" if tail else str(whole)
    return "-" + text if value < 0 else text


def _uniform(value: Array, digits: Digits) -> Callable[[float], Maths]:
    """How the entries of one array print: where one is rounded, all but whole numbers show all decimals."""
    if digits.kind == "significant" or is_exact(value, digits):
        return lambda entry: numeral(entry, digits)

    def write(entry: float) -> Maths:
        text = _printed(entry, digits)
        plain = "." in text and "e" not in text
        return _power_of_ten(f"{entry:.{digits.count}f}" if plain else text, digits.point)

    return write


def _shown(size: int, limit: int) -> tuple[int | None, ...]:
    """The positions that are written, None for the dots."""
    return tuple(range(size)) if size <= limit else (0, 1, 2, None, size - 1)


def _cell(table: Array, i: int | None, j: int | None, write: Callable[[float], Maths]) -> Maths:
    if i is not None and j is not None:
        return write(float(table[i, j]))
    return Symbol("⋱" if i is j else "⋮" if i is None else "⋯")

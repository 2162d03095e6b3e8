"""Printed numbers: what a side of a line shows to its last digit, and whether a value agrees with it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

import numpy as np

from symgrad.submission.written import Brace, Literal, Matrix, Negative, Node, walk
from symgrad.tree import Array

HALF = 0.5 + 1e-6
"""A rounded number lies within half a unit of its last digit; 10⁻⁶ of a unit allows for floats."""
WHOLE = 1 + 1e-6
FLOAT = 1e-9
"""Relative error that float64 and the differences of the checker may leave."""
LARGE = 10
"""A value beyond this may be printed as a whole number."""


class Agreement(IntEnum):
    """How well a printed number agrees with a value, worst first."""

    NONE = 0
    ROUNDED = 1
    EXACT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """Numbers as they are printed, and the unit of each one's last digit (0: a whole number, exact)."""

    array: Array
    unit: Array


def printed(node: Node) -> Printed | None:
    """The numbers of a side that is nothing but a number, a vector or a matrix of numbers; else None."""
    match node:
        case Literal(value, place):
            return Printed(np.asarray(float_of(value)), np.asarray(10.0**place if place < 0 else 0.0))
        case Negative(body):
            inner = printed(body)
            return None if inner is None else Printed(-inner.array, inner.unit)
        case Brace(body, _):
            return printed(body)
        case Matrix(rows, flat):
            cells = [[printed(cell) for cell in row] for row in rows]
            if len({len(row) for row in cells}) != 1:
                return None
            if not all(cell is not None and cell.array.ndim == 0 for row in cells for cell in row):
                return None
            array = np.array([[cell.array for cell in row if cell] for row in cells], dtype=float)
            unit = np.array([[cell.unit for cell in row if cell] for row in cells], dtype=float)
            if flat and len(rows) == 1:
                return Printed(array.reshape(-1), unit.reshape(-1))
            return Printed(array, unit)
    return None


def float_of(value: Fraction) -> float:
    """The float next to a written number; infinite where it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def is_numeric(node: Node) -> bool:
    """Whether decimals, or arrays of numbers, stand in a side: it speaks of the givens, not of all points."""
    return any(
        (isinstance(part, Literal) and part.place < 0)
        or (isinstance(part, Matrix) and printed(part) is not None)
        for part in walk(node)
    )


def same_shape(a: Array, b: Array) -> tuple[Array, Array] | None:
    """Both arrays in one shape; a vector is one whether it lies or stands, and a 1×1 matrix is a number."""
    if a.shape == b.shape:
        return a, b
    if a.size == b.size == 1:
        return a.reshape(()), b.reshape(())
    line_a, line_b = (x.ndim == 1 or (x.ndim == 2 and 1 in x.shape) for x in (a, b))
    if line_a and line_b and a.size == b.size:
        return a.reshape(-1), b.reshape(-1)
    return None


def agree(shown: Printed, value: Array, slack: Array | float = 0.0) -> Agreement:
    """How the printed numbers agree with a value that is known up to ``slack``."""
    if shown.array.ndim == 0 and shown.array == 0:  # "= 0" of an array: every entry
        shown = Printed(np.zeros(value.shape), np.zeros(value.shape))
    pair = same_shape(shown.array, value)
    units = same_shape(shown.unit, value)
    if pair is None or units is None:
        return Agreement.NONE
    unit, loose = units[0], _fitted(slack, pair[1])
    distance = np.abs(pair[0] - pair[1]) - loose - FLOAT * np.abs(pair[1]) - 1e-12
    if not np.isfinite(distance).all():
        return Agreement.NONE
    if (distance <= HALF * unit).all():
        return Agreement.EXACT
    whole = np.where((unit == 0) & (np.abs(pair[1]) >= LARGE), 0.5, WHOLE * unit)
    return Agreement.ROUNDED if (distance <= whole).all() else Agreement.NONE


def _fitted(slack: Array | float, like: Array) -> Array:
    found = np.asarray(slack)
    return found if found.size == 1 else found.reshape(like.shape)


def close(a: Array, b: Array, slack: Array | float = 0.0) -> bool:
    """Whether two values are one, up to ``slack`` and what floats leave."""
    pair = same_shape(a, b)
    if pair is None:
        return False
    scale = max(1e-3, float(np.max(np.abs(pair[1]), initial=0.0)))
    distance = np.abs(pair[0] - pair[1]) - _fitted(slack, pair[1])
    return bool(np.isfinite(distance).all() and (distance <= 1e-7 * scale).all())

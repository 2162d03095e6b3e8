"""How much a hand has to do: the digits of numbers, and the products of digits in a pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from symgrad.code.function import Line
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.tree import Array, Formula, Op, walk

ENDING = 6
"""Decimals after which a number is taken not to end."""
ROUNDED = 3
"""Decimals to which a hand rounds what does not end."""


def digits_of(number: float) -> int:
    """Significant digits of a number that ends; of another those of its rounded value.

    >>> digits_of(0.25), digits_of(120.0), digits_of(1 / 3)
    (2, 2, 3)
    """
    shown = round(number, ENDING if ends(number) else ROUNDED)
    return len(Decimal(str(shown)).normalize().as_tuple().digits)


def ends(number: float) -> bool:
    """Whether a number has few decimals."""
    return abs(number - round(number, ENDING)) < 1e-10


def longest(array: Array) -> int:
    """The most digits of an entry."""
    return max((digits_of(entry) for entry in np.ravel(array).tolist()), default=0)


def work_of(lines: tuple[Line, ...], point: Mapping[Formula, Array], sizes: Mapping[Any, int]) -> int:
    """Σ digits(a) · digits(b) over all products a · b of two numbers in a pass; 0 and ±1 are free."""
    values = Values(point, {1: 1, **sizes}, known={})
    return sum(
        _effort(node, values)
        for line in lines
        if line.letters is None
        for node in walk(line.formula)
        if isinstance(node, Op) and node.name in EFFORTS
    )


def _effort(node: Op, values: Values) -> int:
    try:
        weights = [_weights(evaluate(arg, values)) for arg in node.args]
        return int(np.sum(EFFORTS[node.name](*weights)))
    except (KeyError, TypeError, ValueError):  # of index notation, which no hand reckons with
        return 0


def _weights(array: Any) -> Array:
    """The digits of every entry; 0 where multiplying by it is no work."""
    numbers = np.asarray(array, dtype=float)
    found = [0 if abs(n) in (0.0, 1.0) else digits_of(n) for n in numbers.ravel().tolist()]
    return np.reshape(np.asarray(found, dtype=float), numbers.shape)


EFFORTS: Mapping[str, Callable[..., Any]] = {
    "multiply": np.multiply,
    "divide": np.multiply,
    "matmul": np.matmul,
    "dot": np.dot,
    "outer": np.outer,
}
"""What becomes of the digits of its arguments in each operation that multiplies numbers."""

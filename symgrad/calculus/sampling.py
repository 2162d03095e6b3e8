"""Random points to check a formula at: small sizes that differ, 50-digit numbers of both signs."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from symgrad.errors import DerivationError
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers
from symgrad.shapes import Shape


class Undefined(Exception):
    """The formula has no real value at this point (log of a negative number)."""


def at_some_point(seed: int, check: Callable[[Sampler], None]) -> None:
    """Run a check at a random point, of both signs where the formulas are defined there."""
    for low, high in ((-2, 2), (Fraction(1, 20), Fraction(19, 20)), (1, 3)):
        try:
            return check(Sampler(seed, Fraction(low), Fraction(high)))
        except Undefined:
            continue
    raise DerivationError("no point was found at which the formulas are defined")


class Sampler:
    """Random sizes and arrays of 50-digit numbers between two bounds."""

    def __init__(self, seed: int, low: Fraction, high: Fraction) -> None:
        self.random = random.Random(seed)
        self.low, self.high = low, high
        self.sizes: dict[Any, int] = {}

    def fix(self, sizes: Mapping[Any, int]) -> None:
        """Sizes that must be as they are (those that literal positions refer to)."""
        self.sizes.update(sizes)

    def size(self, dim: Any) -> int:
        """A size for a dimension, different from those before it where possible."""
        if dim == 1:
            return 1
        if dim not in self.sizes:
            free = [n for n in (2, 3, 4) if n not in self.sizes.values()] or [2, 3, 4]
            self.sizes[dim] = self.random.choice(free)
        return self.sizes[dim]

    def array(self, shape: Shape) -> Numbers:
        """An array of this shape."""
        lengths = tuple(self.size(dim) for dim in shape)
        width = self.high - self.low
        drawn = [
            self.low + width * Fraction(self.random.randrange(1, 10**6), 10**6)
            for _ in range(int(np.prod(lengths)))
        ]
        values = np.empty(len(drawn), dtype=object)
        values[:] = drawn
        return EXACT.array(values.reshape(lengths))


def real(array: Numbers) -> Numbers:
    """The array itself; raises `Undefined` where an entry is no finite real number."""
    flat = np.asarray(array, dtype=object).ravel()
    if any(not isinstance(v, mpmath.mpf) or not mpmath.isfinite(v) for v in flat):
        raise Undefined
    return np.asarray(array, dtype=object)

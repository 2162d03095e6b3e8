"""Random points to check a formula at: small sizes that differ, 50-digit numbers of both signs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

import numpy as np

from symgrad.calculus.sizes import NoSizes, Sizes
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.late import mpmath
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.operations.record import Numbers, as_object

BOUNDS = (
    (Fraction(-2), Fraction(2)),
    (Fraction(1, 20), Fraction(19, 20)),
    (Fraction(1), Fraction(3)),
)
ROUNDS = 8
FAR = tuple(
    (Fraction(low), Fraction(high))
    for low, high in ((-3, -1), (5, 9), (-9, -5), (20, 90), (-90, -20), (200, 900), (2000, 9000))
)
"""Where else to look once nothing was found near 0: log(x - 4) is defined there."""
MOST_DIGITS = 2000
"""How large a value may be, in decimal digits, before another point is tried."""
GUARD = 30
"""Digits beyond the usual ones that differences over a small step lose."""
POINTS_APART = 1000
"""What lies between the seeds of two rounds."""


class Undefined(Exception):
    """The formula has no real value at this point (log of a negative number)."""


def at_some_point(graph: Graph, seed: int, check: Callable[[Sampler], None]) -> bool:
    """Run a check at a random point of ``graph``, of both signs where the formulas are defined there.

    Each round draws other sizes: det(XᵀX) needs an X with no more columns than rows to have an inverse.
    False where no point was found at which everything is defined.
    """
    for attempt, bounds in enumerate(BOUNDS * ROUNDS + FAR):
        try:
            check(Sampler(graph, seed + POINTS_APART * (attempt // len(BOUNDS)), bounds))
        except (Undefined, ZeroDivisionError):
            continue
        except NoSizes:
            return False
        return True
    return False


@contextmanager
def precise_enough(*values: Numbers) -> Iterator[None]:
    """Enough digits for differences of values of this size: e^2000 would swallow 50 of them.

    Raises `Undefined` where the values are so large that no number of digits is reasonable.
    """
    largest = max((abs(v) for array in values for v in real(array).ravel()), default=mpmath.mpf(1))
    beyond = max(0, int(mpmath.log10(largest + 1)))
    if beyond > MOST_DIGITS:
        raise Undefined
    with mpmath.workdps(DIGITS + GUARD + beyond):
        yield


class Sampler:
    """Random sizes for the dimensions of a graph, and arrays of 50-digit numbers between two bounds."""

    def __init__(self, graph: Graph, seed: int, bounds: tuple[Fraction, Fraction]) -> None:
        self.random = random.Random(seed)
        self.low, self.high = bounds
        self.key = (seed, bounds)
        self.sizes = Sizes(graph, self.random)

    def array(self, shape: Shape) -> Numbers:
        """An array of this shape."""
        lengths = tuple(self.sizes[dim] for dim in shape)
        width = self.high - self.low
        values = np.empty(int(np.prod(lengths)), dtype=object)
        values[:] = [self.low + width * Fraction(self.random.randrange(1, 10**6), 10**6) for _ in values]
        return EXACT.array(values.reshape(lengths))

    def direction(self, shape: Shape) -> Numbers:
        """An array of this shape to move along: every entry counts, in either sense."""
        lengths = tuple(self.sizes[dim] for dim in shape)
        values = np.empty(int(np.prod(lengths)), dtype=object)
        values[:] = [
            self.random.choice((-1, 1)) * (1 + Fraction(self.random.randrange(10**6), 10**6)) for _ in values
        ]
        return EXACT.array(values.reshape(lengths))


def real(array: Numbers) -> Numbers:
    """The array itself; raises `Undefined` where an entry is no finite real number."""
    found = as_object(array)
    if any(not isinstance(v, mpmath.mpf) or not mpmath.isfinite(v) for v in found.ravel()):
        raise Undefined
    return found

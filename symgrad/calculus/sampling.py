"""Random points to check a formula at: small sizes that differ, 50-digit numbers of both signs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from symgrad.errors import DerivationError
from symgrad.graph import Graph
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.operations.record import Numbers, as_object
from symgrad.shapes import LENGTHS, Derived, Shape
from symgrad.tree import Op, walk

BOUNDS = (
    (Fraction(-2), Fraction(2)),
    (Fraction(1, 20), Fraction(19, 20)),
    (Fraction(1), Fraction(3)),
)
ROUNDS = 8
SPREAD = 3
"""How many sizes a dimension is drawn from at first."""
TRIALS, WIDER = 100, 10
"""How often sizes are drawn that rules must give, and after how many trials from a wider range."""
MOST_DIGITS = 2000
"""How large a value may be, in decimal digits, before another point is tried."""
GUARD = 12
"""Digits beyond the usual ones that differences over a small step lose."""
POINTS_APART = 1000
"""What lies between the seeds of two rounds."""


class Undefined(Exception):
    """The formula has no real value at this point (log of a negative number)."""


def at_some_point(seed: int, check: Callable[[Sampler], None]) -> None:
    """Run a check at a random point, of both signs where the formulas are defined there.

    Each round draws other sizes: det(XᵀX) needs an X with no more columns than rows to have an inverse.
    """
    for attempt, (low, high) in enumerate(BOUNDS * ROUNDS):
        try:
            return check(Sampler(seed + POINTS_APART * (attempt // len(BOUNDS)), low, high))
        except (Undefined, ZeroDivisionError):
            continue
    raise DerivationError("no point was found at which the formulas are defined")


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


def _reach(part: Any) -> int:
    """The least size at which a literal position exists, or a range picks something."""
    if isinstance(part, int):
        return part + 1 if part >= 0 else -part
    start, stop = part[1], part[2]
    return max(_end(start, 1), _end(stop, 0), 2)


def _end(end: int | None, beyond: int) -> int:
    """The size that one end of a range needs."""
    if end is None:
        return 1
    return end + beyond if end >= 0 else 1 - end


class Sampler:
    """Random sizes and arrays of 50-digit numbers between two bounds."""

    def __init__(self, seed: int, low: Fraction, high: Fraction) -> None:
        self.random = random.Random(seed)
        self.low, self.high = low, high
        self.sizes: dict[Any, int] = {}
        self.least: dict[Any, int] = {}
        self.spread, self.apart = SPREAD, True

    def fit(self, graph: Graph) -> None:
        """Respect what a graph's formulas need: dimensions that follow from others, literal positions."""
        for formula in graph.quantities.values():
            for node in walk(formula):
                if isinstance(node, Op) and node.name == "index":
                    for dim, part in zip(graph.shape(node.args[0]), node.option("key"), strict=False):
                        self.least[dim] = max(self.least.get(dim, 2), _reach(part))
        self._settle(graph.derived)

    def _settle(self, derived: tuple[tuple[Derived, str], ...]) -> None:
        """Draw the sizes that rules are about, again and from wider ranges until all rules hold."""
        for trial in range(TRIALS if derived else 0):
            self.sizes, self.spread = {}, SPREAD + trial // WIDER
            fits = all(self._obeys(key, dim) for key, dim in derived)
            self.apart = True
            if fits:
                return
        if derived:
            raise DerivationError("no small sizes were found that fit the shapes")

    def _obeys(self, key: Derived, dim: Any) -> bool:
        """Draw what a rule takes, where that is not drawn yet, so that it gives the size of its dimension."""
        kind, parts, sources = key
        before = self.sizes
        for trial in range(TRIALS):
            self.sizes, self.apart = dict(before), trial < TRIALS // 2  # some rules hold for equal sizes only
            length = LENGTHS[kind](parts, [self.size(source) for source in sources])
            if length >= 1 and length == (1 if dim == 1 else self.sizes.setdefault(dim, length)):
                return True
        return False

    def size(self, dim: Any) -> int:
        """A size for a dimension, different from those before it where possible."""
        if dim == 1:
            return 1
        if dim not in self.sizes:
            self.sizes[dim] = self._draw(self.least.get(dim, 2))
        return self.sizes[dim]

    def _draw(self, least: int) -> int:
        choices = range(least, least + self.spread)
        unused = [n for n in choices if self.apart and n not in self.sizes.values()]
        return self.random.choice(unused or choices)

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
    """The array itself; raises `Undefined` where an entry is no finite real number.

    √−1 times 0 is real: what a choice does not take may be undefined.
    """
    found = as_object(np.frompyfunc(_without_zero, 1, 1)(array))
    if any(not isinstance(v, mpmath.mpf) or not mpmath.isfinite(v) for v in found.ravel()):
        raise Undefined
    return found


def _without_zero(value: Any) -> Any:
    return value.real if isinstance(value, mpmath.mpc) and value.imag == 0 else value

"""Random points to check a formula at: small sizes that differ, 50-digit numbers of both signs."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from symgrad.errors import DerivationError
from symgrad.graph import Graph
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers
from symgrad.shapes import LENGTHS, Derived, Shape
from symgrad.tree import Op, walk


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


def _reach(part: Any) -> int:
    """The size that a literal position or range needs, with something left over."""
    ends = [part] if isinstance(part, int) else [end for end in part[1:] if end is not None]
    return max((end + 1 if end >= 0 else 1 - end for end in ends), default=2)


class Sampler:
    """Random sizes and arrays of 50-digit numbers between two bounds."""

    def __init__(self, seed: int, low: Fraction, high: Fraction) -> None:
        self.random = random.Random(seed)
        self.low, self.high = low, high
        self.sizes: dict[Any, int] = {}
        self.least: dict[Any, int] = {}
        self.derived: dict[Any, Derived] = {}

    def fit(self, graph: Graph) -> None:
        """Respect what a graph's formulas need: dimensions that follow from others, literal positions."""
        self.derived = {dim: key for key, dim in graph.derived}
        for formula in graph.quantities.values():
            for node in walk(formula):
                if isinstance(node, Op) and node.name == "index":
                    for dim, part in zip(graph.shape(node.args[0]), node.option("key"), strict=False):
                        self.least[dim] = max(self.least.get(dim, 2), _reach(part))

    def size(self, dim: Any) -> int:
        """A size for a dimension, different from those before it where possible."""
        if dim == 1:
            return 1
        if dim not in self.sizes:
            self.sizes[dim] = self._follow(dim) if dim in self.derived else self._draw(self.least.get(dim, 2))
        return self.sizes[dim]

    def _follow(self, dim: Any) -> int:
        kind, parts, sources = self.derived[dim]
        return LENGTHS[kind](parts, [self.size(source) for source in sources])

    def _draw(self, least: int) -> int:
        choices = range(least, least + 3)
        return self.random.choice([n for n in choices if n not in self.sizes.values()] or choices)

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

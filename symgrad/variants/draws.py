"""How numbers are drawn that look like those given: of the same shape and kind, and as easily written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.calculus.facts import Fact
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.points import bounds_of
from symgrad.reading.model import Problem
from symgrad.reading.schema import Variants
from symgrad.tree import Array

MOST_PLACES = 2
"""Decimals of the numbers that are drawn: more are nothing for a hand."""
FEWEST_STEPS = 4
"""Numbers on either side of 0 that there are to choose from, at least."""


class Named(Struct, frozen=True):
    """A given as the problem has it, and what is known of it."""

    name: str
    array: Array
    model: Model

    @property
    def is_learnt(self) -> bool:
        """Whether something is differentiated by it."""
        return self.name in self.model.graph.wrt

    @property
    def sums(self) -> tuple[Fact, ...]:
        """What its entries sum to."""
        return tuple(fact for fact in self.model.facts if fact.name == self.name)

    @property
    def numbers(self) -> frozenset[float]:
        """The different numbers in it."""
        return frozenset(np.unique(self.array).tolist())


class Way(Struct, frozen=True):
    """One way to draw; the first whose ``fits`` is true of a given is taken."""

    name: str
    fits: Callable[[Named], bool]
    draw: Callable[[Named, Random], Array]


def _is_kept(given: Named) -> bool:
    model, problem = given.model, given.model.problem
    structured = any(given.name == structure.name for structure in model.structures)
    constant = (
        given.name == model.rate or bool(model.counted(given.name)) or given.name not in model.graph.shapes
    )
    return (
        structured or constant or problem.seed == given.name or given.numbers == {0.0} or not given.array.size
    )


def _labels(given: Named, random: Random) -> Array:
    """Any class."""
    count = given.model.graph.sizes[given.model.labels[given.name]]
    return _filled(given.array.shape, lambda: random.randrange(count))


def _reordered(given: Named, random: Random) -> Array:
    """The same numbers in another order, so that their sums stay."""
    (axis, *_) = (fact.axis for fact in given.sums)
    if axis is None:
        return np.reshape(_shuffled(given.array.ravel(), random), given.array.shape)
    rows = np.moveaxis(given.array, axis, -1)
    found = [_shuffled(row, random) for row in rows.reshape(-1, rows.shape[-1])]
    return np.moveaxis(np.reshape(found, rows.shape), -1, axis)


def _few(given: Named, random: Random) -> Array:
    """Zeros and ones, or signs: as often as they are given, in another order; of one number, either."""
    if given.array.ndim:
        return np.reshape(_shuffled(given.array.ravel(), random), given.array.shape)
    return np.asarray(float(random.choice((0, 1) if given.numbers <= {0.0, 1.0} else (-1, 1))))


def _on_grid(given: Named, random: Random) -> Array:
    """Whole numbers or decimals up to the largest given; of what is learnt either sign, no 0 or ±1."""
    places = min(MOST_PLACES, max(map(places_of, given.array.ravel().tolist()), default=0))
    step = Decimal(1).scaleb(-places)
    most = max(FEWEST_STEPS, int(Decimal(float(np.abs(given.array).max())) / step))
    signed = bool(np.any(given.array < 0)) or (given.is_learnt and given.name not in bounds_of(given.model))
    return from_grid(given.array.shape, (-most if signed else 1, most), step, given.is_learnt, random)


def from_grid(
    shape: tuple[int, ...], steps: tuple[int, int], step: Decimal, plain: bool, random: Random
) -> Array:
    """Multiples of ``step``, from the first number of steps to the last; ``plain`` ones are not 0 or ±1."""
    shunned = {Decimal(0), Decimal(1), Decimal(-1)} if plain else {Decimal(0)}
    known = [n * step for n in range(steps[0], steps[1] + 1)]
    usable = [number for number in known if number not in shunned] or known
    return _filled(shape, lambda: float(random.choice(usable)))


WAYS: tuple[Way, ...] = (
    Way("kept", _is_kept, lambda given, random: given.array),
    Way("class numbers", lambda given: given.name in given.model.labels, _labels),
    Way("reordered", lambda given: bool(given.sums), _reordered),
    Way("zeros and ones", lambda given: given.numbers <= {0.0, 1.0}, _few),
    Way("signs", lambda given: given.numbers <= {-1.0, 1.0}, _few),
    Way("on a grid", lambda given: True, _on_grid),
)


class Drawer(Struct, frozen=True, dict=True):
    """What draws the givens of a problem, in the way that fits each, or that its file asks for."""

    model: Model
    asked: Variants = Variants()

    @property
    def problem(self) -> Problem:
        """Whose givens are drawn."""
        return self.model.problem

    def way(self, name: str, array: Array) -> Way:
        """How a given is drawn."""
        given = Named(name, array, self.model)
        return WAYS[0] if name in self.asked.keep else next(way for way in WAYS if way.fits(given))

    def draw(self, random: Random) -> tuple[dict[str, Array], tuple[dict[str, Array], ...]]:
        """New givens, and new data of every step."""
        given = {name: self._drawn(name, array, random) for name, array in self.problem.given.items()}
        each = tuple({n: self._drawn(n, a, random) for n, a in data.items()} for data in self.problem.each)
        return given | (each[0] if each else {}), each

    def _drawn(self, name: str, array: Array, random: Random) -> Array:
        if name in self.asked.draw and name not in self.asked.keep:
            low, high, step = (Decimal(str(number)) for number in self.asked.draw[name])
            return from_grid(array.shape, (int(low / step), int(high / step)), step, False, random)
        return self.way(name, array).draw(Named(name, array, self.model), random)


def places_of(number: float) -> int:
    """Decimals that a number is written with.

    >>> places_of(0.25), places_of(3.0), places_of(1e-3)
    (2, 0, 3)
    """
    exponent = Decimal(str(number)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _shuffled(numbers: Any, random: Random) -> list[float]:
    listed: list[float] = np.asarray(numbers, dtype=float).tolist()
    random.shuffle(listed)
    return listed


def _filled(shape: tuple[int, ...], number: Callable[[], float]) -> Array:
    count = int(np.prod(shape, dtype=int))
    return np.reshape(np.asarray([number() for _ in range(count)], dtype=float), shape)

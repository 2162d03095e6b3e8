"""The points at which a submission is looked at: the givens, and random ones that could refute a line.

At every kink (relu, |·|, max, where) the random points lie on both sides, entry by entry, as far as
such points can be found. What is known of the data holds at them: one-hot rows, zeros and ones, signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.calculus.between import is_constant, value
from symgrad.calculus.facts import Fact
from symgrad.checking.worlds.drawing import Shown, drawn_world, rate
from symgrad.checking.worlds.kinks import KINKS, is_active, kinks_of, sides_of
from symgrad.checking.worlds.model import RATE, Model
from symgrad.checking.worlds.moved import NoValue, at
from symgrad.checking.worlds.turned import given_symmetric
from symgrad.checking.worlds.world import World
from symgrad.tree import Array, Name, Op, names, walk

FEWEST, MOST, MANY = 3, 8, 24
"""Random points: without a kink, with many, and for what is rarely met."""
CONDITION = 1e4
LARGEST = 1e7
"""Of a derivative: beyond it a point lies next to a pole, or a matrix has hardly an inverse."""
TRIALS = 60
BOUNDS = ((-2.0, 2.0), (0.1, 0.9), (1.0, 3.0))


class Points(Struct, frozen=True, eq=False, dict=True):
    """All the worlds of a problem, each kind made when it is first asked for."""

    model: Model
    shown: Shown = Shown()
    """What the work shows of the leaves."""
    _also: dict[Shown, Points] = field(default_factory=dict)

    @cached_property
    def given(self) -> World | None:
        """The problem's own numbers, as far as they reach; None where it has none."""
        problem = self.model.problem
        if not problem.given:
            return None
        leaves = {**rate(self.model), **{n: np.asarray(a, dtype=float) for n, a in problem.given.items()}}
        return World(self.model, leaves, self.model.graph.sizes, "given")

    @property
    def complete(self) -> bool:
        """Whether every leaf is given."""
        return set(self.model.graph.leaves) <= set(self.model.problem.given)

    @cached_property
    def near(self) -> tuple[World, ...]:
        """Numbers close to those given, on the same side of every kink; none where not all is given."""
        if self.given is None or not self.complete or not any(kinks_of(self.model)):
            return ()
        draw = np.random.default_rng(11)
        labels = (-1.0, 0.0, 1.0)
        found = []
        for _ in range(FEWEST):
            moved = {
                name: array
                if name in self.model.labels or name == RATE
                else np.where(np.isin(array, labels), array, array * draw.uniform(0.97, 1.03, array.shape))
                if name in self.model.data
                else array + draw.uniform(-0.01, 0.01, array.shape)
                for name, array in self.given.leaves.items()
            }
            found.append(World(self.model, moved, self.given.sizes, "near"))
        return tuple(found)

    @cached_property
    def partly(self) -> tuple[World, ...]:
        """What is given as it is given, the rest random; none where nothing is left, or nothing given."""
        given = self.model.problem.given
        if not given or self.complete:
            return ()
        kept = {n: np.asarray(a, dtype=float) for n, a in given.items()}
        return tuple(_covering(self.model, self.model.graph.sizes, "partly", kept, self.shown))

    @cached_property
    def own(self) -> tuple[World, ...]:
        """Random numbers, of the sizes that the givens show."""
        return tuple(_covering(self.model, self.model.graph.sizes, "own", {}, self.shown))

    @cached_property
    def many(self) -> tuple[World, ...]:
        """More of these, for what is rarely met."""
        return tuple(_defined(self.model, self.model.graph.sizes, "own", {}, 1000, self.shown, MANY))

    @cached_property
    def data(self) -> tuple[World, ...]:
        """What is given of the data with random parameters; none where no data are given, or nothing else.

        Zeros, ones and signs stay: 2x = x² is not so for x = 2. A penalty's weight of 0 is no such zero: no
        term may be left out for it.
        """
        given = self.model.problem.given
        kept = {n: np.asarray(given[n], dtype=float) for n in self.model.data if n in given}
        kept = {n: a for n, a in kept.items() if a.any() or a.shape or not _is_weight(n, self.model)}
        if not kept or len(kept) == len(self.model.graph.leaves):
            return ()
        known = {fact.name for fact in self.model.facts} | {each.name for each in self.model.structures}
        known |= set(self.model.labels)
        known |= self.shown.symmetric
        alike = {n: a if n in known else _alike(a, n) for n, a in kept.items()}
        return tuple(_covering(self.model, self.model.graph.sizes, "data", alike, self.shown))

    @cached_property
    def other(self) -> tuple[World, ...]:
        """Random numbers, of other sizes than the givens show; none where the sizes are stated."""
        if self.model.literal_sizes:
            return ()
        return tuple(_defined(self.model, _fixed(self.model), "other", {}, 500, self.shown, 2))

    @property
    def hot(self) -> Points:
        """The same where data that sum to one are drawn one-hot."""
        return self.also(one_hot=True)

    def also(self, **more: Any) -> Points:
        """The same where more is shown of the leaves."""
        shown = replace(self.shown, **more)
        if shown == self.shown:
            return self
        if shown not in self._also:
            self._also[shown] = Points(self.model, shown)
        return self._also[shown]

    @property
    def all(self) -> tuple[World, ...]:
        """Every world there is."""
        given = () if self.given is None else (self.given,)
        return (*given, *self.near, *self.partly, *self.own, *self.data, *self.other)


def points_of(
    model: Model,
    stated: tuple[Fact, ...],
    positive: frozenset[str] = frozenset(),
    symmetric: frozenset[str] = frozenset(),
    counts: frozenset[str] = frozenset(),
) -> Points:
    """The points of a problem of which a work states these facts too, and what is positive, or symmetric,
    or how many there are.

    So are those given so. Found once for all such work.
    """
    given = model.problem.given
    known = {name for name in bounds_of(model) if np.all(np.asarray(given.get(name, 0.0)) > 0)}
    shown = Shown(positive=positive | known, symmetric=symmetric | given_symmetric(model), counts=counts)
    return _points(model, stated, shown)


@lru_cache(maxsize=8)
def _points(model: Model, stated: tuple[Fact, ...], shown: Shown) -> Points:
    return Points(model.with_facts(stated), shown)


@lru_cache(maxsize=8)
def bounds_of(model: Model) -> frozenset[str]:
    """The numbers on which it rests which side of a kink something is: margins, thresholds.

    They are data, or what is not learnt and stands alone on one side: the d of |r| ≤ d.
    """
    kinks = tuple(kinks_of(model))
    used = model.data.intersection(name for formula in kinks for name in names(formula))
    alone = {arg.id for kink in kinks if isinstance(kink, Op) for arg in kink.args if isinstance(arg, Name)}
    shapes, leaves = model.graph.shapes, model.graph.leaves
    bounds = (used | alone.difference(model.parameters)) & set(leaves)
    return frozenset(name for name in bounds if not shapes.get(name))


@lru_cache(maxsize=8)
def signs_of(model: Model) -> frozenset[str]:
    """The data of which nothing is given that have one number a sample and are only multiplied: maybe ±1."""
    parts = [part for formula in model.graph.quantities.values() for part in walk(formula)]
    free = (name for name in model.data if name not in model.problem.given and name not in model.labels)
    shapes = model.graph.shapes
    return frozenset(
        name
        for name in free
        if len(shapes.get(name, ())) == 1
        and {*shapes[name]} <= model.samples
        and all(part.name == "multiply" for part in parts if isinstance(part, Op) and Name(name) in part.args)
    )


def _alike(array: Array, name: str) -> Array:
    """Numbers of the same signs, with the same zeros and ones."""
    drawn = np.random.default_rng([len(name), array.size]).uniform(0.3, 2.0, array.shape).round(2)
    return np.where(np.isin(array, (-1.0, 0.0, 1.0)), array, np.sign(array) * drawn)


def _is_weight(name: str, model: Model) -> bool:
    """Whether a number weighs what is made of parameters alone: the λ of λ‖W‖², and not the x of w x."""
    for formula in model.graph.quantities.values():
        for part in walk(formula):
            if isinstance(part, Op) and part.name == "multiply":
                others = [arg for arg in part.args if name not in names(arg)]
                under = {leaf for arg in others for n in names(arg) for leaf in (n, *model.below(n))}
                made = any(not isinstance(arg, Name) or arg.id in model.graph.quantities for arg in others)
                if len(others) < len(part.args) and made and under and not under & set(model.data):
                    return True
    return False


def _fixed(model: Model) -> dict[Any, int]:
    """Sizes that the problem states as numbers, beside its givens."""
    return {
        dim: size
        for name, shape in model.problem.shapes.items()
        for dim, size in zip(model.graph.shapes.get(name, ()), shape, strict=False)
        if isinstance(size, int)
    }


def _covering(
    model: Model, sizes: Mapping[Any, int], kind: str, kept: Mapping[str, Array], shown: Shown
) -> list[World]:
    """Points that between them lie on both sides of every kink, and at least `FEWEST`."""
    found: list[World] = []
    seen: set[tuple[int, int, float]] = set()
    kinks = tuple(kinks_of(model))

    def has_new_side(world: World) -> bool:
        if shown.active and not is_active(world):
            return False
        return len(found) < FEWEST or not seen.issuperset(sides_of(world, kinks))

    looks = TRIALS * (1 + 3 * shown.active) if kinks else FEWEST
    for world in _defined(model, sizes, kind, kept, 0, shown, looks, has_new_side):
        found.append(world)
        seen.update(sides_of(world, kinks))
        if len(found) >= MOST or (len(found) >= FEWEST and _is_whole(seen)):
            break
    return found


def _is_whole(seen: set[tuple[int, int, float]]) -> bool:
    """Whether every entry of every kink was seen on both sides."""
    return all({(kink, entry, -1.0), (kink, entry, 1.0)} <= seen for kink, entry, _ in seen)


def _defined(
    model: Model,
    sizes: Mapping[Any, int],
    kind: str,
    kept: Mapping[str, Array],
    seed: int,
    shown: Shown,
    looks: int,
    wanted: Callable[[World], bool] = lambda world: True,
) -> Iterator[World]:
    """Random points at which every quantity is a finite number, as is every derivative: those wanted.

    ``looks`` is how many are found, wanted or not.
    """
    best, wide = 0, max(BOUNDS[0][1], 1.5 * _reach(model))
    ranges = ((-wide, wide), *BOUNDS[1:])
    for trial in range(seed, seed + 4 * TRIALS):
        for n, bounds in enumerate(ranges):
            if n < best:
                continue
            world = drawn_world(model, sizes, kind, kept, trial, bounds, shown)
            if world is None or not _is_defined(world, _values):
                continue
            new = wanted(world)
            if new and not _is_defined(world, _slopes):
                continue
            if new:
                yield world
            best, looks = n, looks - 1
            break
        if not looks:
            break


def _reach(model: Model) -> float:
    """The largest number that a kink lies at: beyond the bounds of a clip there must be points, too."""
    kinks = (
        n for f in model.graph.quantities.values() for n in walk(f) if isinstance(n, Op) and n.name in KINKS
    )
    numbers = (abs(value(arg)) for node in kinks for arg in node.args if is_constant(arg))
    return float(max(numbers, default=0))


def _is_defined(world: World, part: Callable[[World], bool]) -> bool:
    try:
        return part(world)
    except (ValueError, IndexError, NoValue, np.linalg.LinAlgError):
        return False


def _values(world: World) -> bool:
    names = world.model.graph.quantities
    return all(np.isfinite(world.value(name)).all() for name in names) and _is_regular(world)


def _slopes(world: World) -> bool:
    return all(np.abs(world.gradient(name)).max(initial=0.0) < LARGEST for name in world.model.parameters)


def _is_regular(world: World) -> bool:
    """Whether every matrix that is inverted, or has its determinant taken, is far from singular.

    The bounds of a clip stand in their order.
    """
    for formula in world.model.graph.quantities.values():
        for node in walk(formula):
            if isinstance(node, Op) and node.name in ("inv", "det", "logdet"):
                matrix = at(node.args[0], world.value, world.sizes)
                if np.linalg.cond(matrix) > CONDITION:
                    return False
            if isinstance(node, Op) and node.name == "clip":
                lo, hi = (at(bound, world.value, world.sizes) for bound in node.args[1:])
                if np.any(lo > hi):
                    return False
    return True

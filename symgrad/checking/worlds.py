"""The points at which a submission is looked at: the problem's own givens, and random ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice

import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.calculus.sampling import BOUNDS, Sampler
from symgrad.checking.world import Model, World, rate_name
from symgrad.errors import DerivationError
from symgrad.tree import Array

POINTS = 2
ATTEMPTS = 24
NEAR = 1e-3
"""How far, relatively, a point may lie from the givens and be close to them."""


def given_world(model: Model) -> World:
    """The problem at its givens, as far as they reach."""
    return World(model, {**_rate(model), **model.problem.given}, model.graph.sizes, exact=True)


def _rate(model: Model) -> dict[str, Array]:
    """A learning rate that is stated as a number, under a name of its own."""
    update = model.problem.update
    if update is None or isinstance(update.rate, str):
        return {}
    return {rate_name(model.problem): np.asarray(update.rate)}


def random_worlds(model: Model, facts: Iterable[Fact]) -> tuple[World, ...]:
    """Points with both signs where the problem is defined there, of the sizes that the givens show.

    What is known of the data (one-hot targets) holds at them too.
    """
    return tuple(islice(_defined(model, tuple(facts), {}), POINTS))


def near_worlds(model: Model) -> tuple[World, ...]:
    """Points close to the givens: what holds there holds for these data, and not by a chance of numbers.

    Signs stay as they are, and data of zeros and ones (targets) too: "as y = 1, the second term is 0".
    """
    given, parameters = given_world(model), set(model.graph.wrt)
    near = []
    for seed in range(POINTS):
        draw = np.random.default_rng(seed)
        leaves = {
            name: array
            if name not in model.graph.shapes or (name not in parameters and np.isin(array, (-1, 0, 1)).all())
            else array + NEAR * (1 + np.abs(array)) * draw.uniform(-1, 1, np.shape(array))
            for name, array in given.leaves.items()
        }
        near.append(given.with_leaves(leaves))
    return tuple(near)


def sample_worlds(model: Model, facts: Iterable[Fact]) -> tuple[World, ...]:
    """Points with a batch of one sample; none where the problem has no batch."""
    batch = model.batch
    found = _defined(model, tuple(facts), dict.fromkeys(batch, 1)) if batch else iter(())
    return tuple(islice(found, POINTS))


def _defined(model: Model, facts: tuple[Fact, ...], sizes: Mapping[str, int]) -> Iterator[World]:
    for seed in range(ATTEMPTS):
        for low, high in BOUNDS:
            world = _random(model, facts, seed, (low, high), sizes)
            if world is not None and all(np.isfinite(value).all() for value in world.values.values()):
                yield world
                break


def _random(
    model: Model,
    facts: tuple[Fact, ...],
    seed: int,
    bounds: tuple[Fraction, Fraction],
    sizes: Mapping[str, int],
) -> World | None:
    sampler = Sampler(seed, *bounds)
    graph = model.graph
    try:
        sampler.fit(graph)
    except DerivationError:
        return None
    sampler.sizes.update({**graph.sizes, **sizes})
    names = dict.fromkeys((*graph.leaves, *model.problem.given))
    leaves = {name: _drawn(sampler, model, name) for name in names}
    for fact in facts:
        if fact.name in leaves:
            leaves[fact.name] = _normalised(leaves[fact.name], fact)
    return World(model, {**_rate(model), **leaves}, sampler.sizes)


def _drawn(sampler: Sampler, model: Model, name: str) -> Array:
    """Random numbers of a leaf's shape; a given that no formula uses keeps its value (a learning rate)."""
    if name not in model.graph.shapes:
        return np.asarray(model.problem.given[name])
    return np.asarray(sampler.array(model.graph.shapes[name]), dtype=float)


def _normalised(array: Array, fact: Fact) -> Array:
    """Positive numbers that sum to what the fact says."""
    positive = np.abs(array) + 0.1
    total = positive.sum(axis=fact.axis, keepdims=fact.axis is not None)
    return np.asarray(positive / total * float(fact.value))

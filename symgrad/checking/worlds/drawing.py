"""The numbers of a random point: what is known of the data holds there, be it one-hot, signs, or a sum."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.calculus.facts import Fact
from symgrad.calculus.sampling import Undefined
from symgrad.calculus.sizes import NoSizes, Sizes
from symgrad.checking.worlds.model import RATE, Model
from symgrad.checking.worlds.world import World
from symgrad.tree import Array


class Shown(Struct, frozen=True):
    """What a work shows of leaves, beside what the problem states of them."""

    one_hot: bool = False
    """Whether data that sum to one are one-hot."""
    among: frozenset[tuple[str, tuple[float, ...]]] = frozenset()
    """Names with the few numbers that their entries are: 0 and 1, −1 and 1."""
    positive: frozenset[str] = frozenset()
    active: bool = False
    """Whether what is cut off at 0 is above it."""
    symmetric: frozenset[str] = frozenset()
    """Matrices that are their own transposes."""
    counts: frozenset[str] = frozenset()
    """Numbers that are how many of something there are."""


def drawn_world(
    model: Model,
    sizes: Mapping[Any, int],
    kind: str,
    kept: Mapping[str, Array],
    seed: int,
    bounds: tuple[float, float],
    shown: Shown,
) -> World | None:
    """A world of these sizes; the rest is drawn. None where no sizes fit one another, or a fact."""
    try:
        drawn = Sizes(model.graph, random.Random(seed))
    except NoSizes:
        return None
    drawn.update(sizes)
    draw = np.random.default_rng([seed, len(model.graph.leaves)])
    leaves: dict[str, Array] = {}
    for name in dict.fromkeys((*model.graph.leaves, *model.problem.given)):
        if name in kept or name not in model.graph.shapes:
            leaves[name] = np.asarray(kept.get(name, model.problem.given.get(name)), dtype=float)
            continue
        if name in shown.counts:
            leaves[name] = np.asarray(float(drawn[model.counted(name)[0]]))
            continue
        shape = tuple(drawn[dim] for dim in model.graph.shapes[name])
        if name in model.labels:
            leaves[name] = draw.integers(drawn[model.labels[name]], size=shape).astype(float)
            continue
        try:
            leaves[name] = _drawn(model, name, shape, draw, bounds, shown)
        except Undefined:
            return None
    return World(model, {**rate(model), **leaves}, dict(drawn), kind)


def _drawn(
    model: Model,
    name: str,
    shape: tuple[int, ...],
    draw: np.random.Generator,
    bounds: tuple[float, float],
    shown: Shown,
) -> Array:
    """Numbers of two decimals; data of zeros and ones, or of signs, stay such data."""
    given = model.problem.given.get(name)
    facts = [fact for fact in model.facts if fact.name == name]
    if given is not None and name in model.data - shown.positive and np.size(given) > 0:
        for kinds in ((0.0, 1.0), (-1.0, 1.0)):
            if np.isin(given, kinds).all() and (len(np.unique(given)) > 1 or kinds[0] < 0):
                if facts:
                    return _one_hot(shape, draw)
                return np.asarray(draw.choice(kinds, shape))
    if shown.one_hot and any(fact.value == 1 for fact in facts):
        return _one_hot(shape, draw)
    for among, few in shown.among:
        if among == name and not facts:
            return np.asarray(draw.choice(few, shape))
    array = np.round(draw.uniform(*bounds, shape), 2)
    array = np.where(array == 0, 0.37, array)
    for fact in facts:
        array = _normalised(array, fact)
    if name in shown.symmetric and len(shape) == 2:
        array = np.round(array @ array.T / len(array) + np.eye(len(array)) / 2, 2)
    for structure in model.structures:
        if structure.name == name:
            array = structure.made_true(array)
    return np.asarray(np.abs(array) if name in shown.positive else array, dtype=float)


def _one_hot(shape: tuple[int, ...], draw: np.random.Generator) -> Array:
    array = np.zeros(shape)
    if len(shape) == 1:
        array[draw.integers(shape[0])] = 1.0
    else:
        for row in array.reshape(-1, shape[-1]):
            row[draw.integers(shape[-1])] = 1.0
    return array


def _normalised(array: Array, fact: Fact) -> Array:
    """Positive numbers that sum to what the fact says."""
    positive = np.abs(array) + 0.1
    total = positive.sum(axis=fact.axis, keepdims=fact.axis is not None)
    return np.asarray(positive / total * float(fact.value))


def rate(model: Model) -> dict[str, Array]:
    """The learning rate of a problem's descent, by the name it goes by; nothing where there is none."""
    update = model.problem.update
    if update is None or update.rate is None:
        return {}
    if isinstance(update.rate, str):
        return {} if update.rate in model.problem.given else {update.rate: np.asarray(0.13)}
    return {RATE: np.asarray(float(update.rate))}

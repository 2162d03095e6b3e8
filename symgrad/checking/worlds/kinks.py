"""Kinks: which branch each takes at a point, and whether what is cut off at 0 is above it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from symgrad.calculus.between import is_constant
from symgrad.checking.worlds.model import Model
from symgrad.checking.worlds.moved import NoValue, at
from symgrad.checking.worlds.world import World
from symgrad.tree import Formula, Op, walk

KINKS = frozenset(
    (
        "relu",
        "leaky_relu",
        "elu",
        "abs",
        "maximum",
        "minimum",
        "where",
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "max",
        "min",
        "maxpool2d",
        "clip",
    )
)


def kinks_of(model: Model) -> Iterator[Formula]:
    """What decides which branch a kink takes."""
    for formula in model.graph.quantities.values():
        for node in walk(formula):
            if isinstance(node, Op) and node.name in KINKS:
                first, *others = node.args
                compared = others if len(others) == 1 or node.name == "clip" else ()
                yield from (Op("subtract", (first, other)) for other in compared) if compared else (first,)


def sides_of(world: World, kinks: tuple[Formula, ...]) -> Iterator[tuple[int, int, float]]:
    """The sign of every entry of every kink at a point, as far as it is known there."""
    for n, formula in enumerate(kinks):
        try:
            signs = np.sign(at(formula, world.value, world.sizes)).ravel()
        except (NoValue, KeyError, ValueError):
            continue
        yield from ((n, where, sign) for where, sign in enumerate(signs.tolist()))


def is_active(world: World) -> bool:
    """Whether relu(z) and max(0, z) are z, entry by entry."""
    cut = (
        Op("subtract", (arg, node))
        for formula in world.model.graph.quantities.values()
        for node in walk(formula)
        if isinstance(node, Op) and node.name in ("relu", "maximum")
        for arg in node.args
        if not is_constant(arg)
    )
    return not any(np.any(at(formula, world.value, world.sizes)) for formula in cut)

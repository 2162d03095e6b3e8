"""Gradients where their formula has no value though the derivative exists: what it is by definition.

det(X) X⁻ᵀ is 0/0 at a singular X, where the derivative is the matrix of cofactors; xᵍ log x at x = 0.
The difference quotients of the forward pass, in as many digits as needed, have a limit there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import mpmath
import numpy as np

from symgrad.calculus.sampling import Undefined
from symgrad.calculus.worlds import World, forward
from symgrad.graph import Graph
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers
from symgrad.tree import Array, Formula, Gradient, Name

PRECISION = 140
"""Digits: twice those of the inverse of a step, and some."""
STEPS = (mpmath.mpf(10) ** -30, mpmath.mpf(10) ** -33)
AGREE = mpmath.mpf(10) ** -14
"""How near, relative to them, the quotients on both sides at both steps must be to be a derivative."""
MOST_ENTRIES, MOST_NUMBERS = 500, 2000
"""Entries without a value, and numbers in the leaves, beyond which nothing is tried: it would take long."""


def defined(graph: Graph, point: Mapping[Formula, Array], targets: Iterable[Formula]) -> dict[Formula, Array]:
    """The gradients among ``targets`` that have entries without a value, those filled in as far as possible.

    Nothing where a quantity itself has no value.
    """
    missing = [t for t in targets if isinstance(t, Gradient) and not np.isfinite(point[t]).all()]
    leaves = {Name(leaf): point[Name(leaf)] for leaf in graph.leaves if Name(leaf) in point}
    entries = sum(int(np.count_nonzero(~np.isfinite(point[t]))) for t in missing)
    numbers = sum(array.size for array in leaves.values())
    known = all(Name(name) in point and np.isfinite(point[Name(name)]).all() for name in graph.shapes)
    if not (missing and known) or entries > MOST_ENTRIES or numbers > MOST_NUMBERS:
        return {}
    with mpmath.workdps(PRECISION):
        exact: dict[Formula, Numbers] = {name: EXACT.array(array) for name, array in leaves.items()}
        try:
            world = World(graph, forward(graph, exact, graph.sizes), graph.sizes, PRECISION)
        except (Undefined, ZeroDivisionError):
            return {}
        return {target: _filled(world, Name(target.wrt), point[target]) for target in missing}


def _filled(world: World, name: Name, gradient: Array) -> Array:
    found = np.array(gradient)
    for place in np.argwhere(~np.isfinite(gradient)):
        where = tuple(place.tolist())
        found[where] = _derivative(world, name, where, gradient[where])
    return found


def _derivative(world: World, name: Name, where: tuple[int, ...], otherwise: float) -> float:
    """The derivative by one entry; ``otherwise`` where the quotients have no common limit."""
    direction = EXACT.array(np.zeros(np.shape(world.names[name]), dtype=int))
    direction[where] = mpmath.mpf(1)
    signed = [sign * step for step in STEPS for sign in (1, -1)]
    try:
        slopes = [_slope(world, name, step * direction, step) for step in signed]
    except (Undefined, ZeroDivisionError):
        return otherwise
    if max(slopes) - min(slopes) > AGREE * (1 + abs(slopes[-1])):
        return otherwise
    return float(mpmath.chop((slopes[-2] + slopes[-1]) / 2, AGREE))


def _slope(world: World, name: Name, move: Any, step: Any) -> Any:
    return (world.moved({name: move}) - world.moved({name: 0 * move})) / step

"""Gradients where their formula has no value though the derivative exists: what it is by definition.

det(X) X⁻ᵀ is 0/0 at a singular X, where the derivative is the matrix of cofactors; xᵍ log x at x = 0.
The difference quotients of the formulas that use a quantity, in as many digits as needed, have a limit
there; times the upstream gradients they are its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.sampling import Undefined, real
from symgrad.calculus.worlds import World, forward
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.evaluate import evaluate
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers, as_object
from symgrad.tree import Array, Formula, Gradient, Name

PRECISION = 140
"""Digits: twice those of the inverse of a step, and some."""
STEPS = (-30, -33)
"""Powers of ten."""
AGREE = -14
"""How near, relative to them, the quotients on both sides at both steps must be to be a derivative."""
Beyond: TypeAlias = Callable[[Numbers], Any]
"""What a number that rests on a quantity is when that quantity is moved."""
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
        found: dict[Formula, Array] = {}
        for target in missing:  # from the objective back: what is filled in is upstream of the next
            beyond = _beyond(world, Name(target.wrt), {**point, **found})
            found[target] = _filled(beyond, world.names[Name(target.wrt)], point[target])
        return found


def _beyond(world: World, name: Name, point: Mapping[Formula, Array]) -> Beyond:
    """What a move of a quantity changes, by the conventions for kinks further on, where they have values."""
    graph = world.graph
    gradients = {c: point[g] for c in graph.consumers(name.id) if (g := Gradient(graph.of, c)) in point}
    if not all(np.isfinite(gradient).all() for gradient in gradients.values()):
        return lambda move: world.moved({name: move})
    upstream = {graph.quantities[c]: EXACT.array(gradient) for c, gradient in gradients.items()}

    def change(move: Numbers) -> Any:
        there = replace(
            world.values, names={**world.names, name: as_object(world.names[name] + move)}, known={}
        )
        return sum(np.sum(g * real(evaluate(formula, there))) for formula, g in upstream.items())

    return change


def _filled(beyond: Beyond, value: Numbers, gradient: Array) -> Array:
    found = np.array(gradient)
    for place in np.argwhere(~np.isfinite(gradient)):
        where = tuple(place.tolist())
        direction = EXACT.array(np.zeros(np.shape(value), dtype=int))
        direction[where] = mpmath.mpf(1)
        found[where] = _derivative(beyond, direction, gradient[where])
    return found


def _derivative(beyond: Beyond, direction: Numbers, otherwise: float) -> float:
    """The derivative by one entry; ``otherwise`` where the quotients have no common limit."""
    ten = mpmath.mpf(10)
    signed = [sign * ten**step for step in STEPS for sign in (1, -1)]
    try:
        start = beyond(0 * direction)
        slopes = [(beyond(step * direction) - start) / step for step in signed]
    except (Undefined, ZeroDivisionError):
        return otherwise
    if max(slopes) - min(slopes) > ten**AGREE * (1 + abs(slopes[-1])):
        return otherwise
    return float(mpmath.chop((slopes[-2] + slopes[-1]) / 2, ten**AGREE))

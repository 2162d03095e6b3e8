"""The gradients all at once: with every leaf and quantity moved by t d_w, dJ/dt is Σ ⟨∂J/∂w, d_w⟩.

A quantity is moved after it is made, so a gradient on the way counts though none below rests on it.
Where that differs, smaller parts are moved alone: an output of a relu that is 0 may cross the kink of
the next one, and its slopes to the left and to the right differ. Nothing is said about such an entry.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from symgrad.calculus.facts import Known
from symgrad.calculus.sampling import Sampler, at_some_point
from symgrad.calculus.steps import Derivation
from symgrad.calculus.verify import STEP, compare, tolerance
from symgrad.calculus.worlds import World, Worlds
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.operations.record import Numbers
from symgrad.tree import Formula, Gradient, Name, names

SEED = 7
"""Of the point."""
KINK = Fraction(1, 10**12)
"""How far, relative to them, the slopes on two sides differ where there is a kink between."""
MOST_LOOKS = 400
"""How many directions are looked along, one by one, before the rest is left unsaid."""


def verify_derivation(graph: Graph, derivation: Derivation, facts: Iterable[Known]) -> bool:
    """Whether all gradients agree with differences to 25 digits; False where no point was found.

    Raises `DerivationError` where one does not.
    """
    worlds = Worlds(graph, tuple(facts))
    with mpmath.workdps(DIGITS):
        return at_some_point(graph, SEED, lambda sample: _check(worlds.at(sample), derivation, sample))


def _check(world: World, derivation: Derivation, sample: Sampler) -> None:
    """Compare along one direction that moves everything; where that differs, along many."""
    graph = world.graph
    with mpmath.workdps(world.digits):
        gradients: dict[Formula, Numbers] = {}
        for target in derivation.gradients:
            world.know(Gradient(graph.of, target), derivation.gradients)
            gradients[Name(target)] = world.names[Gradient(graph.of, target)]
        directions: dict[Formula, Numbers] = {
            Name(target): sample.array(graph.shapes[target]) for target in derivation.gradients
        }
        expected = sum(np.sum(gradients[name] * directions[name]) for name in gradients)
        left, right = _slopes(world, directions)
        if abs((left + right) / 2 - expected) > tolerance(expected):
            looks = _looks(world, gradients, directions)
            deque(islice(looks, MOST_LOOKS), maxlen=0)


def _looks(
    world: World, gradients: Mapping[Formula, Numbers], directions: Mapping[Formula, Numbers]
) -> Iterator[None]:
    """Compare along one quantity at a time; where a kink is in the way, along half of its entries, again."""
    waiting = deque((name, np.ones(part.shape, dtype=bool)) for name, part in directions.items())
    while waiting:
        name, mask = waiting.popleft()
        direction = np.where(mask, directions[name], EXACT.array(0))
        left, right = _slopes(world, {name: direction})
        if abs(left - right) <= KINK.numerator * (1 + abs(left)) / mpmath.mpf(KINK.denominator):
            compare("whole", names(name)[0], np.sum(gradients[name] * direction), (left + right) / 2)
        elif np.count_nonzero(mask) > 1:
            places = np.flatnonzero(mask)
            for half in np.array_split(places, 2):
                waiting.append((name, np.isin(np.arange(mask.size), half).reshape(mask.shape)))
        yield


def _slopes(world: World, directions: Mapping[Formula, Numbers]) -> tuple[Any, Any]:
    """The difference quotients to the left and to the right."""
    step = mpmath.mpf(STEP.numerator) / STEP.denominator
    low, centre, high = (
        world.moved({name: sign * step * direction for name, direction in directions.items()})
        for sign in (-1, 0, 1)
    )
    return (centre - low) / step, (high - centre) / step

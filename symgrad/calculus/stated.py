"""Facts stated about quantities that formulas make: these are true or false, and a false one is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import mpmath
import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.calculus.sampling import Sampler, at_some_point
from symgrad.calculus.verify import TOLERANCE
from symgrad.calculus.worlds import Worlds, below
from symgrad.errors import InputError, Place
from symgrad.graph import Graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS
from symgrad.operations.record import Numbers
from symgrad.tree import Array, Formula, Name

SEED = 11
SHOWN = 6
"""Significant digits of a value in a message."""


def check_made(
    graph: Graph, fact: Fact, facts: tuple[Fact, ...], points: Iterable[Mapping[str, Array]], place: Place
) -> None:
    """Raises `InputError` where a fact about a quantity is false at the givens, or at a random point.

    The random point keeps to the ``facts`` about leaves.
    """
    rests = below(graph, fact.name)
    for point in points:
        if point.keys() >= set(rests.leaves):
            sums = _sums_at(rests, fact, point)
            if not np.allclose(sums, float(fact.value)):
                message = f"the numbers contradict this fact about '{fact.name}'"
                raise InputError(message, place=place, hint=_mend(sums))
    sums = _sums_anywhere(rests, fact, facts)
    if any(abs(found - _mpf(fact)) > _tolerance(fact) for found in np.ravel(sums)):
        message = f"this fact about '{fact.name}' does not follow from its formula"
        raise InputError(message, place=place, hint=f"at random numbers {_mend(sums)}")


def _mend(sums: Numbers) -> str:
    shown = [mpmath.nstr(mpmath.mpf(found), SHOWN) for found in np.ravel(sums)]
    whole = f"its sum is {shown[0]}" if len(shown) == 1 else f"its sums are {', '.join(shown)}"
    return f"{whole}: mend or delete the fact"


def _sums_at(graph: Graph, fact: Fact, given: Mapping[str, Array]) -> Numbers:
    point: dict[Formula, Numbers] = {Name(leaf): given[leaf] for leaf in graph.leaves}
    for name, formula in graph.quantities.items():
        point[Name(name)] = evaluate(formula, Values(point, graph.sizes))
    return np.asarray(np.sum(point[Name(fact.name)], axis=fact.axis))


def _sums_anywhere(graph: Graph, fact: Fact, facts: tuple[Fact, ...]) -> Numbers:
    found, worlds = list[Numbers](), Worlds(graph, facts)

    def check(sample: Sampler) -> None:
        made = worlds.at(sample).names[Name(fact.name)]
        found.append(np.asarray(np.sum(made, axis=fact.axis), dtype=object))

    with mpmath.workdps(DIGITS):
        at_some_point(graph, SEED, check)
    return found[-1] if found else np.empty(0)


def _mpf(fact: Fact) -> mpmath.mpf:
    return mpmath.mpf(fact.value.numerator) / fact.value.denominator


def _tolerance(fact: Fact) -> mpmath.mpf:
    return (1 + abs(_mpf(fact))) * TOLERANCE.numerator / mpmath.mpf(TOLERANCE.denominator)

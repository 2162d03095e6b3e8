"""Facts stated about quantities that formulas make: these are true or false, and a false one is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from symgrad.calculus.facts import Fact, Known
from symgrad.calculus.sampling import at_some_point
from symgrad.calculus.verify import tolerance
from symgrad.calculus.worlds import Worlds, below
from symgrad.errors import InputError, Place
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS
from symgrad.operations.record import Numbers
from symgrad.tree import Array, Formula, Name

SEED = 11
ROUNDING = 1e-7
"""How far from true a fact about floats may be."""
SHOWN = 6
"""Significant digits of a value in a message."""


def check_made(
    graph: Graph, fact: Known, facts: tuple[Known, ...], points: Iterable[Mapping[str, Array]], place: Place
) -> None:
    """Raises `InputError` where a fact about a quantity is false at the givens, or at a random point.

    The random point keeps to the ``facts`` about leaves.
    """
    rests = below(graph, fact.name)
    for point in points:
        if point.keys() >= set(rests.leaves):
            value = _value_at(rests, fact, point)
            if not is_true(fact, value):
                message = f"the numbers contradict this fact about '{fact.name}'"
                raise InputError(message, place=place, hint=_mend(fact, value))
    for value in _value_anywhere(rests, fact, facts):
        with mpmath.workdps(DIGITS):
            gaps = [abs(gap) - tolerance(*value.ravel()) for gap in np.ravel(fact.misfit(value))]
        if any(gap > 0 for gap in gaps):
            message = f"this fact about '{fact.name}' does not follow from its formula"
            raise InputError(message, place=place, hint=f"at random numbers {_mend(fact, value)}")


def is_true(fact: Known, value: Numbers) -> bool:
    """Whether a fact is true of floats, as far as they go."""
    return np.allclose(np.asarray(fact.misfit(value), dtype=float), 0, atol=ROUNDING)


def _mend(fact: Known, value: Numbers) -> str:
    if not isinstance(fact, Fact):
        return "mend or delete the fact"
    shown = [mpmath.nstr(mpmath.mpf(found), SHOWN) for found in np.ravel(np.sum(value, axis=fact.axis))]
    whole = f"its sum is {shown[0]}" if len(shown) == 1 else f"its sums are {', '.join(shown)}"
    return f"{whole}: mend or delete the fact"


def _value_at(graph: Graph, fact: Known, given: Mapping[str, Array]) -> Numbers:
    point: dict[Formula, Numbers] = {Name(leaf): given[leaf] for leaf in graph.leaves}
    for name, formula in graph.quantities.items():
        point[Name(name)] = evaluate(formula, Values(point, graph.sizes))
    return point[Name(fact.name)]


def _value_anywhere(graph: Graph, fact: Known, facts: tuple[Known, ...]) -> list[Numbers]:
    """The quantity at a random point, if there is one."""
    found, worlds = list[Numbers](), Worlds(graph, facts)
    with mpmath.workdps(DIGITS):
        at_some_point(graph, SEED, lambda sample: found.append(worlds.at(sample).names[Name(fact.name)]))
    return found

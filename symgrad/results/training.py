"""Gradient descent: every parameter w becomes w − η ∂J/∂w, all at once, step after step."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from symgrad.calculus.steps import Derivation
from symgrad.graph import Graph
from symgrad.reading.model import Update
from symgrad.results.run import Arrays, Program, program, split
from symgrad.tree import Gradient, Name

# Where the problem does not say which steps are shown: all of a few, else the first ones and the last.
_FEW = 10
_FIRST = 3


@dataclass(frozen=True)
class TrainingStep:
    """The values before the update of a step, and the parameters after it."""

    step: int
    quantities: Arrays
    gradients: Arrays
    updated: Arrays


@dataclass(frozen=True)
class Training:
    """The steps that are shown; a last entry holds the quantities after the last update, and nothing else."""

    rate: float
    steps: tuple[TrainingStep, ...]


def train(graph: Graph, derivation: Derivation, given: Arrays, update: Update | None) -> Training | None:
    """Gradient descent from the givens on.

    None without an ``update``, and where the rate, a parameter or its gradient has no number.
    """
    if update is None:
        return None
    rate = given.get(update.rate) if isinstance(update.rate, str) else update.rate
    whole = program(graph, derivation, given)
    reached = {line.target for line in whole.lines}
    numeric = all(name in given and Gradient(graph.of, name) in reached for name in update.parameters)
    if rate is None or not numeric:
        return None
    return Training(float(rate), tuple(_descend(graph, whole, given, update, float(rate))))


def _descend(
    graph: Graph, whole: Program, given: Arrays, update: Update, rate: float
) -> Iterator[TrainingStep]:
    """The shown steps and the last entry; a step that is not shown evaluates what the update needs."""
    shown = _shown(update)
    slopes = {name: Gradient(graph.of, name) for name in update.parameters}
    short = whole.only(slopes.values())
    leaves = dict(given)
    for step in range(1, update.steps + 1):
        point = (whole if step in shown else short).run(leaves)
        with np.errstate(all="ignore"):
            updated = {name: leaves[name] - rate * point[slope] for name, slope in slopes.items()}
        if step in shown:
            yield TrainingStep(step, *split(point, graph), updated)
        leaves |= updated
    forward = whole.only(map(Name, graph.quantities)).run(leaves)
    yield TrainingStep(update.steps + 1, *split(forward, graph), {})


def _shown(update: Update) -> Collection[int]:
    if update.show is not None:
        return frozenset(update.show)
    if update.steps <= _FEW:
        return range(1, update.steps + 1)
    return (*range(1, _FIRST + 1), update.steps)

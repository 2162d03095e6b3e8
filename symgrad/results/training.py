"""Gradient descent: every parameter w becomes w − η ∂J/∂w, all at once, step after step.

Online training puts other data in place of the givens at each step: step k takes entry k of
``update.each``, cycled, and what an entry leaves out is as given. The entry after the last update
is at the data that the next step would take.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from symgrad.calculus.steps import Derivation
from symgrad.graph import Graph
from symgrad.reading.model import Problem, Update
from symgrad.results.run import Arrays, Program, program, split
from symgrad.tree import Array, Gradient, Name

# Where the problem does not say which steps are shown: all of a few, else the first ones and the last.
_FEW = 10
_FIRST = 3


@dataclass(frozen=True)
class TrainingStep:
    """The values before the update of a step, ``leaves`` among them, and the parameters after it."""

    step: int
    leaves: Arrays
    quantities: Arrays
    gradients: Arrays
    updated: Arrays


@dataclass(frozen=True)
class Training:
    """The steps that are shown; a last entry holds the quantities after the last update, and nothing else.

    ``losses[n]`` is the objective (the sum of its entries) after n updates, shown or not, at the data
    of step n + 1. Empty where the objective has no number.
    """

    rate: float
    steps: tuple[TrainingStep, ...]
    losses: Array


def train(graph: Graph, derivation: Derivation, problem: Problem) -> Training | None:
    """Gradient descent from the givens on.

    None without an ``update``, and where the rate, a parameter or its gradient has no number.
    """
    update, given = problem.update, problem.given
    if update is None:
        return None
    rate = given.get(update.rate) if isinstance(update.rate, str) else update.rate
    whole = program(graph, derivation, given)
    reached = {line.target for line in whole.lines}
    numeric = all(name in given and Gradient(graph.of, name) in reached for name in update.parameters)
    if rate is None or not numeric:
        return None
    shown = {*_shown(update), update.steps + 1}
    steps: list[TrainingStep] = []
    losses: list[float] = []
    for entry in _descend(graph, whole, problem, update, float(rate)):
        if entry.step in shown:
            steps.append(entry)
        if graph.of in entry.quantities:
            losses.append(np.sum(entry.quantities[graph.of]).item())
    return Training(float(rate), tuple(steps), np.asarray(losses))


def _descend(
    graph: Graph, whole: Program, problem: Problem, update: Update, rate: float
) -> Iterator[TrainingStep]:
    """All steps and the entry after them; one that is not shown has what the update and the loss need."""
    shown = _shown(update)
    slopes = {name: Gradient(graph.of, name) for name in update.parameters}
    short = whole.only((Name(graph.of), *slopes.values()))
    leaves = dict(problem.given)
    for step in range(1, update.steps + 1):
        here = leaves | _data(problem, step)
        point = (whole if step in shown else short).run(here)
        with np.errstate(all="ignore"):
            updated = {name: leaves[name] - rate * point[slope] for name, slope in slopes.items()}
        yield TrainingStep(step, here, *split(point, graph), updated)
        leaves |= updated
    here = leaves | _data(problem, update.steps + 1)
    forward = whole.only(map(Name, graph.quantities)).run(here)
    yield TrainingStep(update.steps + 1, here, *split(forward, graph), {})


def _data(problem: Problem, step: int) -> dict[str, Array]:
    """What a step puts in place of the givens."""
    return dict(problem.each[(step - 1) % len(problem.each)]) if problem.each else {}


def _shown(update: Update) -> Collection[int]:
    if update.show is not None:
        return frozenset(update.show)
    if update.steps <= _FEW:
        return range(1, update.steps + 1)
    return (*range(1, _FIRST + 1), update.steps)

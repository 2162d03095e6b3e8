"""Descent: every parameter takes a step by the rule of the problem, all at once, step after step.

Online training puts other data in place of the givens at each step: step k takes entry k of
``update.each``, cycled, and what an entry leaves out is as given. The entry after the last update
is at the data that the next step would take.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.calculus.second import HessianOf
from symgrad.calculus.steps import Derivation
from symgrad.graph import Graph
from symgrad.limits import working_on
from symgrad.numbers.spaces import FLOATS
from symgrad.reading.methods import RATE, STEP
from symgrad.reading.model import Problem, Update
from symgrad.results.newton import Newton
from symgrad.results.residue import SETTLING, decimals, floats, may_be_residue, parted, with_digits
from symgrad.results.run import Arrays, Program, program, split
from symgrad.results.updating import Mover, assignments, begun, mover, own, point_of
from symgrad.tree import Array, Formula, Gradient, Name

# Where the problem does not say which steps are shown: all of a few, else the first ones and the last.
_FEW = 10
_FIRST = 3

MOST = 20_000
"""Numbers in all steps up to which 50 digits are no burden."""


class TrainingStep(Struct, frozen=True):
    """The values before the update of a step, ``leaves`` among them, and the parameters after it.

    ``before`` has the step's own names: rate, constants and states. ``moves`` are the values of its
    assignments, in order; ``state`` the states after it, by their name and then by the parameter.
    """

    step: int
    leaves: Arrays
    quantities: Arrays
    gradients: Arrays
    updated: Arrays
    before: Arrays
    moves: tuple[Array, ...]
    state: Mapping[str, Arrays]

    def __repr__(self) -> str:
        """The number of the step and what it moved, in angle brackets."""
        return f"<step {self.step}: {', '.join(self.updated) or 'after the last update'}>"


class Training(Struct, frozen=True):
    """The steps that are shown; a last entry holds the quantities after the last update, and nothing else.

    ``losses[n]`` is the objective (the sum of its entries) after n updates, shown or not, at the data
    of step n + 1. Empty where the objective has no number.
    """

    rate: float
    steps: tuple[TrainingStep, ...]
    losses: Array

    def __repr__(self) -> str:
        """The steps that are shown, in angle brackets."""
        return f"<Training: {', '.join(f'step {entry.step}' for entry in self.steps if entry.updated)}>"


def train(
    graph: Graph,
    derivation: Derivation,
    problem: Problem,
    hessians: tuple[HessianOf, ...] = (),
    jacobians: tuple[JacobianOf, ...] = (),
) -> Training | None:
    """Descent from the givens on; ``hessians`` and ``jacobians`` are those that Newton's method takes.

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
    descent = partial(_trained, graph, whole, problem, update, Move(problem, graph, hessians, jacobians))
    found = descent(Arithmetic(np.asarray(rate, dtype=float)))
    if whole.entries * update.steps > MOST or not _may_be_off(whole, found):
        return found
    exact = with_digits(
        lambda: descent(
            Arithmetic(
                decimals(np.asarray(rate, dtype=float)),
                Program.exact,
                Mover.exact,
                decimals,
                floats,
                SETTLING,
            )
        )
    )
    return exact if exact is not None and parted(_numbers(found), _numbers(exact)) else found


def _as_it_is(array: Array) -> Array:
    return array


class Arithmetic(Struct, frozen=True):
    """What training is worked out with: floats, or 50 digits where rounding left something of 0.

    The ``rate`` and what is ``read`` are numbers of it, written as floats in the end.
    """

    rate: Any
    run: Callable[[Program, Arrays], dict[Formula, Array]] = Program.run
    move: Callable[[Mover, Arrays], tuple[Array, ...]] = Mover.run
    read: Callable[[Array], Array] = _as_it_is
    written: Callable[[Array], Array] = _as_it_is
    space: Any = FLOATS


class Move(Struct, frozen=True, dict=True):
    """The step of a problem: its assignments, and the code that works them out."""

    problem: Problem
    graph: Graph
    hessians: tuple[HessianOf, ...] = ()
    jacobians: tuple[JacobianOf, ...] = ()

    @cached_property
    def newton(self) -> Newton | None:
        """What Newton's directions are worked out from; None for other methods."""
        rule = self.problem.rule
        taken = (self.problem, self.graph, self.hessians, self.jacobians)
        return Newton(*taken) if rule and rule.direction else None

    @cached_property
    def mover(self) -> Mover:
        """The step in numbers."""
        return mover(self.problem, self.graph)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """What each assignment makes."""
        return tuple(line.target.id for line in assignments(self.problem, self.graph))

    @cached_property
    def states(self) -> Mapping[str, Mapping[str, str]]:
        """The id of each state of each parameter, by its name and then by the parameter."""
        rule, update = self.problem.rule, self.problem.update
        assert rule is not None
        assert update is not None
        return {state: {name: own(state, name) for name in update.parameters} for state in rule.states}


def _trained(
    graph: Graph, whole: Program, problem: Problem, update: Update, move: Move, kind: Arithmetic
) -> Training:
    shown = {*_shown(update), update.steps + 1}
    steps: list[TrainingStep] = []
    losses: list[float] = []
    for entry in _descend(graph, whole, problem, update, move, kind):
        if entry.step in shown:
            steps.append(_written(entry, kind))
        if graph.of in entry.quantities:
            losses.append(float(np.sum(entry.quantities[graph.of])))
    return Training(float(kind.rate), tuple(steps), np.asarray(losses))


def _descend(
    graph: Graph, whole: Program, problem: Problem, update: Update, move: Move, kind: Arithmetic
) -> Iterator[TrainingStep]:
    """All steps and the entry after them; one that is not shown has what the update and the loss need."""
    shown = _shown(update)
    slopes = {name: Gradient(graph.of, name) for name in update.parameters}
    newton = move.newton
    short = whole.only((Name(graph.of), *slopes.values(), *(newton.needed if newton else ())))
    leaves = _each(kind.read, problem.given)
    before = {**_each(kind.read, begun(problem)), own(RATE): kind.rate}
    for step in range(1, update.steps + 1):
        working_on(f"step {step:,} of {update.steps:,} is taken", "update", "steps")
        here = leaves | _each(kind.read, _data(problem, step))
        point = kind.run(whole if step in shown else short, here)
        before = {**before, own(STEP): kind.read(np.asarray(float(step)))}
        if newton is not None:
            before = {**before, **newton.directions(point, kind.space, step)}
        gradients = {name: point[slope] for name, slope in slopes.items()}
        moves = kind.move(move.mover, point_of({**here, **before}, gradients))
        after = dict(zip(move.targets, moves, strict=True))
        updated = {name: after[name] for name in update.parameters}
        state = {name: _picked(after, ids) for name, ids in move.states.items()}
        yield TrainingStep(step, here, *split(point, graph), updated, before, moves, state)
        leaves |= updated
        before |= {id: array for id, array in after.items() if id in before}
    here = leaves | _each(kind.read, _data(problem, update.steps + 1))
    forward = kind.run(whole.only(map(Name, graph.quantities)), here)
    yield TrainingStep(update.steps + 1, here, *split(forward, graph), {}, {}, (), {})


def _picked(after: Arrays, ids: Mapping[str, str]) -> dict[str, Array]:
    return {name: after[id] for name, id in ids.items()}


def _each(change: Callable[[Array], Array], arrays: Arrays) -> dict[str, Array]:
    return {name: change(array) for name, array in arrays.items()}


def _written(entry: TrainingStep, kind: Arithmetic) -> TrainingStep:
    return TrainingStep(
        entry.step,
        _each(kind.written, entry.leaves),
        _each(kind.written, entry.quantities),
        _each(kind.written, entry.gradients),
        _each(kind.written, entry.updated),
        _each(kind.written, entry.before),
        tuple(map(kind.written, entry.moves)),
        {name: _each(kind.written, arrays) for name, arrays in entry.state.items()},
    )


def _numbers(training: Training) -> Iterator[Array]:
    """All arrays of the steps that are shown."""
    for entry in training.steps:
        for part in (entry.quantities, entry.gradients, entry.updated):
            yield from part.values()


def _may_be_off(whole: Program, found: Training) -> bool:
    """Whether rounding may show in a step: as a number, or beside a kink."""
    return may_be_residue(_numbers(found)) or any(
        whole.is_delicate_at(_point(entry)) for entry in found.steps
    )


def _point(entry: TrainingStep) -> dict[Formula, Array]:
    return {Name(name): array for name, array in {**entry.leaves, **entry.quantities}.items()}


def _data(problem: Problem, step: int) -> Arrays:
    """What a step puts in place of the givens."""
    return problem.each[(step - 1) % len(problem.each)] if problem.each else {}


def _shown(update: Update) -> Collection[int]:
    if update.show is not None:
        return frozenset(update.show)
    if update.steps <= _FEW:
        return range(1, update.steps + 1)
    return (*range(1, _FIRST + 1), update.steps)

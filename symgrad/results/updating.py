"""One step of an update as assignments, for training, reports and whoever else needs it.

What belongs to a step and not to the problem has a name with a point in it, which no name of a problem
has: ``m.W`` is the state m of the parameter W, ``rate.`` the rate, ``beta1.`` a constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
from msgspec import Struct

from symgrad.code.function import Function, Line
from symgrad.errors import InputError
from symgrad.graph import Graph
from symgrad.graph.shapes import Shape
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations.record import Numbers, ShapeMismatch
from symgrad.reading.methods import CLIP, PARAMETER, RATE, SLOPE, STEP
from symgrad.reading.problem import Problem
from symgrad.results.residue import SETTLING, settled
from symgrad.tree import ONE, TWO, Array, Formula, Gradient, Name, Op, added, substitute

SCHEDULED, LENGTH, SHRINKING = "scheduled", "length", "shrinking"
"""The rate of this step; the length of all gradients together; the factor that clips them."""


def own(name: str, parameter: str = "") -> str:
    """The id of what belongs to a step, or to one parameter in it."""
    return f"{name}.{parameter}"


class Assignment(Struct, frozen=True):
    """target ← formula; ``name`` is what the method calls it, ``parameter`` whose it is, '' for all."""

    name: str
    parameter: str
    target: Name
    formula: Formula


def assignments(problem: Problem, graph: Graph) -> tuple[Assignment, ...]:
    """The lines of one step in order, those that all parameters share first."""
    return tuple(_assignments(problem, graph))


def _assignments(problem: Problem, graph: Graph) -> Iterator[Assignment]:
    rule, update = problem.rule, problem.update
    if rule is None or update is None:
        return
    shared: dict[Formula, Formula] = {Name(name): Name(own(name)) for name in (RATE, STEP, *rule.constants)}
    slopes = {name: Gradient(graph.of, name) for name in update.parameters}
    if rule.schedule is not None:
        scheduled = Name(own(SCHEDULED))
        yield Assignment(SCHEDULED, "", scheduled, substitute(rule.schedule, shared))
        shared[Name(RATE)] = scheduled
    if CLIP in rule.constants:
        length, factor = Name(own(LENGTH)), Name(own(SHRINKING))
        whole = added(_square(slope, graph) for slope in slopes.values())
        yield Assignment(LENGTH, "", length, Op("sqrt", (whole,)))
        bound = Op("divide", (shared[Name(CLIP)], length))
        yield Assignment(SHRINKING, "", factor, Op("minimum", (ONE, bound)))
    made = {target for target, _ in rule.lines}
    for parameter, slope in slopes.items():
        now = shared | {Name(name): Name(own(name, parameter)) for name in made}
        now |= {Name(PARAMETER): Name(parameter), Name(SLOPE): slope}
        if rule.direction:
            now[Name(rule.direction)] = Name(own(rule.direction, parameter))
        if CLIP in rule.constants:
            clipped = Name(own(SLOPE, parameter))
            yield Assignment(SLOPE, parameter, clipped, Op("multiply", (factor, slope)))
            now[Name(SLOPE)] = clipped
        for name, formula in rule.lines:
            target = Name(parameter if name == PARAMETER else own(name, parameter))
            yield Assignment(name, parameter, target, substitute(formula, now))
            now[Name(name)] = target


def _square(slope: Gradient, graph: Graph) -> Formula:
    if not graph.shapes[slope.wrt]:
        return Op("power", (slope, TWO))
    return Op("power", (Op("norm", (slope,)), TWO))


class Mover(Struct, frozen=True, dict=True):
    """A step in numbers: from parameters, gradients, states and constants to what every line makes."""

    lines: tuple[Line, ...]
    graph: Graph

    @cached_property
    def _function(self) -> Function:
        return Function.of_lines(self.graph, self.lines)

    def run(self, point: Mapping[str, Array]) -> tuple[Array, ...]:
        """The values of all lines, by code that is generated once."""
        function = self._function
        with np.errstate(all="ignore"):
            found, _ = function.call(*(point[leaf] for leaf in function.leaves))
        return tuple(np.asarray(value, dtype=float) for value in found)

    def exact(self, point: Mapping[str, Numbers]) -> tuple[Numbers, ...]:
        """The same with 50 digits; slow."""
        known: dict[Formula, Numbers] = {Name(name): array for name, array in point.items()}
        values = Values(known, {1: 1, **self.graph.sizes}, SETTLING)
        for line in self.lines:
            shape = tuple(values.sizes[dim] for dim in line.shape)
            found = settled(line.formula, evaluate(line.formula, values), values)
            known[line.target] = np.broadcast_to(found, shape)
        return tuple(known[line.target] for line in self.lines)


def mover(problem: Problem, graph: Graph) -> Mover:
    """The step of a problem. Raises `InputError` for a rule whose shapes do not fit the parameters."""
    shapes, made = _leaf_shapes(problem, graph), dict[str, Formula]()
    within = Graph(made, shapes, graph.sizes, graph.of, (), (), derived=graph.derived)
    now: dict[Formula, Formula] = {slope: Name(_slope(slope.wrt)) for slope in _slopes(problem, graph)}
    lines: list[Line] = []
    for line in assignments(problem, graph):
        target = Name(f"{_id(now.get(line.target, line.target))}+")
        formula = substitute(line.formula, now)
        shape = graph.shapes[line.parameter] if line.parameter else ()
        _check_shape(within, formula, shape, line, problem)
        shapes[target.id], made[target.id], now[line.target] = shape, formula, target
        lines.append(Line(target, formula, shape))
    return Mover(tuple(lines), within)


def _id(formula: Formula) -> str:
    assert isinstance(formula, Name)
    return formula.id


def _slope(parameter: str) -> str:
    return own("gradient", parameter)


def _slopes(problem: Problem, graph: Graph) -> tuple[Gradient, ...]:
    return tuple(Gradient(graph.of, name) for name in (problem.update.parameters if problem.update else ()))


def _leaf_shapes(problem: Problem, graph: Graph) -> dict[str, Shape]:
    """What a step begins with: constants, and each parameter with its gradient and states."""
    rule = problem.rule
    if rule is None:
        return {}
    constants = (own(RATE), own(STEP), *map(own, rule.constants), *rule.givens)
    shapes: dict[str, Shape] = dict.fromkeys(constants, ())
    for slope in _slopes(problem, graph):
        name = slope.wrt
        kept = (*rule.states, *((rule.direction,) if rule.direction else ()))
        each = (name, _slope(name), *(own(state, name) for state in kept))
        shapes |= dict.fromkeys(each, graph.shapes[name])
    return shapes


def _check_shape(within: Graph, formula: Formula, shape: Shape, line: Assignment, problem: Problem) -> None:
    path = ("update", "rule", line.name)
    place = problem.place(*path) if path in problem.located.values else problem.place("update")
    hint = "a step is made for each entry of a parameter"
    try:
        found = within.shape(formula)
    except ShapeMismatch as error:
        raise InputError(f"with '{line.parameter}' as w, {error}", place=place, hint=hint) from None
    if found not in ((), shape):
        message = f"this has the shape {list(found)}, and '{line.parameter}' has {list(shape)}"
        raise InputError(message, place=place, hint=hint)


def begun(problem: Problem) -> dict[str, Array]:
    """The constants, and every state at 0, before the first step."""
    rule, update = problem.rule, problem.update
    if rule is None or update is None:
        return {}
    found = {own(name): value for name, value in rule.constants.items()}
    found |= {name: problem.given[name] for name in rule.givens}
    for parameter in update.parameters:
        zeros = np.zeros_like(problem.given[parameter])
        found |= {own(state, parameter): zeros for state in rule.states}
    return found


def point_of(leaves: Mapping[str, Numbers], gradients: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """The parameters and their gradients, by the names that a `Mover` has for them."""
    return {**leaves, **{_slope(name): array for name, array in gradients.items()}}

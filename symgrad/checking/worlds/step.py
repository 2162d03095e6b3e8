"""One step of a problem's method at a point: the states before it, and what its lines make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.checking.worlds.moved import NoValue
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.reading.methods import RATE, STEP
from symgrad.results.updating import assignments, own
from symgrad.tree import Array, Formula, Gradient, Name

SINGULAR = 1e8
"""The condition of a Hessian by differences from which on Newton's step has too few digits to compare."""


class Step(Struct, frozen=True, eq=False, dict=True):
    """The step that is made from a world. Ids are those of `symgrad.results.updating`: ``m.w``."""

    world: Any

    def made(self, id: str) -> Array:
        """What a line makes. Raises `NoValue` where there is no such line."""
        if not self.makes(id):
            raise NoValue(id)
        return np.asarray(self._lines[Name(id)])

    def makes(self, id: str) -> bool:
        """Whether there is such a line."""
        return self.world.model.problem.rule is not None and Name(id) in self._lines

    def state(self, id: str) -> Array:
        """What the step before has made, at first 0. Raises `NoValue` for what is no state."""
        if id not in self.states:
            raise NoValue(id)
        return np.asarray(self.states[id])

    def constant(self, name: str) -> Array:
        """A constant of the method."""
        rule = self.world.model.problem.rule
        changed = self.world.constants
        return np.asarray(changed[name] if name in changed or rule is None else rule.constants[name])

    @property
    def moments(self) -> tuple[Array, ...]:
        """The states and all that is made; nothing where the method is plain, or something is not given."""
        rule = self.world.model.problem.rule
        if rule is None or rule.is_plain:
            return ()
        try:
            lines = self._lines.items()
        except NoValue:
            return ()
        shared = (*map(own, rule.constants), own(RATE), own(STEP))
        return tuple(array for name, array in lines if not isinstance(name, Name) or name.id not in shared)

    @cached_property
    def states(self) -> Mapping[str, Array]:
        """The states before the step, by id."""
        world = self.world
        rule, update = world.model.problem.rule, world.model.problem.update
        if world.states is not None or rule is None or update is None:
            return world.states or {}
        of = {own(state, name): name for name in update.parameters for state in rule.states}
        if world.before is not None:
            return {id: world.before.next.made(id) for id in of}
        return {id: np.zeros_like(world.value(name)) for id, name in of.items()}

    @cached_property
    def _lines(self) -> Mapping[Formula, Array]:
        """What the step begins with, and what each of its lines makes, in order."""
        world, problem, graph = self.world, self.world.model.problem, self.world.model.graph
        rule, update = problem.rule, problem.update
        assert rule is not None
        assert update is not None
        known: dict[Formula, Array] = {Name(own(id)): self.constant(id) for id in rule.constants}
        known |= {Name(id): self._number(id) for id in rule.givens}
        known |= {
            Name(own(RATE)): world.value(world.model.rate),
            Name(own(STEP)): np.asarray(world.step + 1.0),
        }
        for name in update.parameters:
            known |= {Name(name): world.value(name), Gradient(graph.of, name): world.gradient(name)}
        known |= {Name(id): array for id, array in self.states.items()}
        known |= self._directions() if rule.direction else {}
        values = Values(known, world.sizes)
        for line in assignments(problem, graph):
            known[line.target] = np.asarray(evaluate(line.formula, values))
            if (key := ("moment", line.target.id)) in world.believed:
                known[line.target] = world.belief(key)
        return known

    def _directions(self) -> dict[Formula, Array]:
        """The solution of H d = g for Newton's method, part by part; `NoValue` where H has no inverse."""
        rule, update = self.world.model.problem.rule, self.world.model.problem.update
        assert rule is not None
        assert update is not None

        def slopes(world: Any) -> Array:
            return np.concatenate([np.ravel(world.gradient(name)) for name in update.parameters])

        hessian = self._through(rule.through) if rule.through else self._moved(update.parameters, slopes)
        if not np.isfinite(hessian).all() or np.linalg.cond(hessian) > SINGULAR:
            raise NoValue("a step of Newton's method")
        solution = np.linalg.solve(hessian, slopes(self.world))
        found: dict[Formula, Array] = {}
        for name in update.parameters:
            value = self.world.value(name)
            part, solution = np.split(solution, [np.size(value)])
            found[Name(own(rule.direction, name))] = part.reshape(np.shape(value))
        return found

    def _moved(self, names: Iterable[str], of: Callable[[Any], Array]) -> Array:
        """What changes with the entries of some names, a column for each."""
        rows = (row for name in names for row in self.world.shifted(name, False))
        return np.stack(
            [np.asarray(sum(weight * of(other) for weight, other in row)) for row in rows], axis=1
        )

    def _through(self, name: str) -> Array:
        """Jᵀ (∂²L/∂r∂r) J for the r that a step goes through."""
        update = self.world.model.problem.update
        assert update is not None
        slope = self._moved(update.parameters, lambda world: np.ravel(world.value(name)))
        return np.asarray(
            slope.T @ self._moved((name,), lambda world: np.ravel(world.gradient(name))) @ slope
        )

    def _number(self, id: str) -> Array:
        world = self.world
        return np.asarray(world.value(id) if id in world.leaves else world.model.problem.given[id])

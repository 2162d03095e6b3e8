"""Newton's directions: H d = g, H the Hessian by the entries of all parameters, one after the other.

Through a quantity r it is Jᵀ (∂²L/∂r∂r) J, J = ∂r/∂θ: the method of Gauss and Newton.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.calculus.second import HessianOf
from symgrad.errors import InputError
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.evaluate import Values
from symgrad.numbers.spaces import FLOATS
from symgrad.operations.record import Numbers, as_object
from symgrad.reading.methods import Rule
from symgrad.reading.model import Problem
from symgrad.results.updating import own
from symgrad.tree import Formula, Gradient, Name, names, walk

HESSIAN, JACOBIAN = "hessian", "jacobian"
SINGULAR = 1e14
"""The condition of a matrix from which on a solution has no digit that can be trusted."""


_OTHER = ("Gauss-Newton matrix", "the method")


def _one(rule: Rule) -> tuple[str, ...]:
    return (rule.through,) if rule.through else ()


def pairs(problem: Problem) -> tuple[tuple[str, str], ...]:
    """The blocks of the Hessian by all parameters that a step needs: one of each two that are transposes."""
    if problem.rule is None or problem.update is None or not problem.rule.direction:
        return ()
    if through := problem.rule.through:
        return ((through, through),)
    names = problem.update.parameters
    return tuple((a, b) for n, a in enumerate(names) for b in names[n:])


def slopes(problem: Problem) -> tuple[tuple[str, str], ...]:
    """The Jacobians that a step needs, of what it goes through by every parameter."""
    if problem.rule is None or problem.update is None or not problem.rule.through:
        return ()
    return tuple((problem.rule.through, name) for name in problem.update.parameters)


def check_through(problem: Problem, graph: Graph) -> None:
    """Raises `InputError` where the objective rests on a parameter in another way too."""
    for through, name in slopes(problem):
        reached = {name}
        for id, formula in graph.quantities.items():
            if id != through and reached & set(names(formula)):
                reached.add(id)
        if graph.of in reached:
            place = problem.place("update", "through")
            message = f"'{graph.of}' rests on '{name}' not only through '{through}'"
            hint = "name what all ways lead through, as in r: concat(y - X @ w, sqrt(lam)*w)"
            raise InputError(message, place=place, hint=hint)


class Newton(Struct, frozen=True, dict=True):
    """The blocks of the Hessian of a problem, from which every step has its directions."""

    problem: Problem
    graph: Graph
    hessians: tuple[HessianOf, ...]
    jacobians: tuple[JacobianOf, ...] = ()

    @cached_property
    def _blocks(self) -> Mapping[tuple[str, str], HessianOf]:
        return {(found.wrt, found.by): found for found in self.hessians}

    @cached_property
    def needed(self) -> tuple[Formula, ...]:
        """The quantities and gradients in the formulas of the blocks."""
        whole = (*(found.whole for found in self.hessians), *self._slopes.values())
        nodes = (node for found in whole for node in walk(found.result))
        through = (Name(of) for of, _ in self._slopes)
        return tuple(dict.fromkeys((*through, *(n for n in nodes if isinstance(n, Name | Gradient)))))

    @cached_property
    def _slopes(self) -> Mapping[tuple[str, str], JacobianOf]:
        wanted = slopes(self.problem)
        return {pair: found for found in self.jacobians if (pair := (found.of, found.wrt)) in wanted}

    def directions(self, point: Mapping[Formula, Numbers], space: Any, step: int) -> dict[str, Numbers]:
        """The Hessian, and the direction of every parameter, by their ids. Raises `InputError`."""
        update, rule = self.problem.update, self.problem.rule
        assert update is not None
        assert rule is not None
        hessian = self.hessian(Values(point, {1: 1, **self.graph.sizes}, space))
        gradients = [np.ravel(point[Gradient(self.graph.of, name)]) for name in update.parameters]
        solution = self._solved(hessian, np.concatenate(gradients), space, step)
        found: dict[str, Numbers] = {own(HESSIAN): hessian}
        for name, slope in zip(update.parameters, gradients, strict=True):
            part, solution = solution[: slope.size], solution[slope.size :]
            found[own(rule.direction, name)] = part.reshape(np.shape(point[Name(name)]))
        return found

    def hessian(self, values: Values) -> Numbers:
        """The Hessian by all parameters together, or what stands for it."""
        update, rule = self.problem.update, self.problem.rule
        assert update is not None
        assert rule is not None
        sizes = {name: int(np.size(values.names[Name(name)])) for name in (*update.parameters, *_one(rule))}
        if length := sizes.pop(rule.through, 0):
            parts = (self._slopes[rule.through, name].at(values) for name in update.parameters)
            whole = np.hstack([np.reshape(part, (length, -1)) for part in parts])
            middle = self._block(rule.through, rule.through, {rule.through: length}, values)
            return np.asarray(whole.T @ middle @ whole)
        return np.block([[self._block(a, b, sizes, values) for b in sizes] for a in sizes])

    def _block(self, a: str, b: str, sizes: Mapping[str, int], values: Values) -> Numbers:
        if (a, b) not in self._blocks:
            return self._block(b, a, sizes, values).T
        return np.reshape(self._blocks[a, b].whole.at(values), (sizes[a], sizes[b]))

    def _solved(self, hessian: Numbers, slope: Numbers, space: Any, step: int) -> Numbers:
        floats = np.asarray(hessian, dtype=float)
        if not np.isfinite(floats).all():
            return np.full(slope.shape, np.nan)
        if np.linalg.cond(floats) > SINGULAR:
            rule = self.problem.rule
            of, title = ("Hessian", "Newton's method") if not (rule and rule.through) else _OTHER
            message = f"the {of} is singular at step {step}: {title} has no direction there"
            place = self.problem.place("update", "method")
            raise InputError(
                message, place=place, hint="begin elsewhere, or add a term such as lam*dot(w, w)"
            )
        if space is FLOATS:
            return np.linalg.solve(floats, np.asarray(slope, dtype=float))
        found = mpmath.lu_solve(mpmath.matrix(hessian.tolist()), mpmath.matrix(slope.tolist()))
        return as_object(np.array(list(found), dtype=object))

"""Newton's directions: H d = g, H the Hessian by the entries of all parameters, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct

from symgrad.calculus.hessians import HessianOf
from symgrad.errors import InputError
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.evaluate import Values
from symgrad.numbers.spaces import FLOATS
from symgrad.operations.record import Numbers, as_object
from symgrad.reading.model import Problem
from symgrad.results.updating import own
from symgrad.tree import Formula, Gradient, Name, walk

HESSIAN = "hessian"
SINGULAR = 1e14
"""The condition of a matrix from which on a solution has no digit that can be trusted."""


def pairs(problem: Problem) -> tuple[tuple[str, str], ...]:
    """The blocks of the Hessian by all parameters that a step needs: one of each two that are transposes."""
    if problem.rule is None or problem.update is None or not problem.rule.direction:
        return ()
    names = problem.update.parameters
    return tuple((a, b) for n, a in enumerate(names) for b in names[n:])


class Newton(Struct, frozen=True, dict=True):
    """The blocks of the Hessian of a problem, from which every step has its directions."""

    problem: Problem
    graph: Graph
    hessians: tuple[HessianOf, ...]

    @cached_property
    def _blocks(self) -> Mapping[tuple[str, str], HessianOf]:
        return {(found.wrt, found.by): found for found in self.hessians}

    @cached_property
    def needed(self) -> tuple[Formula, ...]:
        """The quantities and gradients in the formulas of the blocks."""
        nodes = (node for found in self.hessians for node in walk(found.whole.result))
        return tuple(dict.fromkeys(node for node in nodes if isinstance(node, Name | Gradient)))

    def directions(self, point: Mapping[Formula, Numbers], space: Any, step: int) -> dict[str, Numbers]:
        """The Hessian, and the direction of every parameter, by their ids. Raises `InputError`."""
        update, rule = self.problem.update, self.problem.rule
        assert update is not None
        assert rule is not None
        hessian = self.hessian(Values(point, {1: 1, **self.graph.sizes}, space))
        slopes = [np.ravel(point[Gradient(self.graph.of, name)]) for name in update.parameters]
        solution = self._solved(hessian, np.concatenate(slopes), space, step)
        found: dict[str, Numbers] = {own(HESSIAN): hessian}
        for name, slope in zip(update.parameters, slopes, strict=True):
            part, solution = solution[: slope.size], solution[slope.size :]
            found[own(rule.direction, name)] = part.reshape(np.shape(point[Name(name)]))
        return found

    def hessian(self, values: Values) -> Numbers:
        """The Hessian by all parameters together."""
        update = self.problem.update
        assert update is not None
        sizes = {name: int(np.size(values.names[Name(name)])) for name in update.parameters}
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
            message = f"the Hessian is singular at step {step}: Newton's method has no direction there"
            place = self.problem.place("update", "method")
            raise InputError(
                message, place=place, hint="begin elsewhere, or add a term such as lam*dot(w, w)"
            )
        if space is FLOATS:
            return np.linalg.solve(floats, np.asarray(slope, dtype=float))
        found = mpmath.lu_solve(mpmath.matrix(hessian.tolist()), mpmath.matrix(slope.tolist()))
        return as_object(np.array(list(found), dtype=object))

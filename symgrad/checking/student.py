"""What a student believes: what is written so far, and what follows from it by the problem's formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from symgrad.calculus.steps import GradientOf
from symgrad.calculus.verify import result_value
from symgrad.checking.world import World, differences, rate_name
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.tree import Array, Formula, Gradient, Name, Op, names, walk

BY_OUTPUT: Mapping[str, Callable[[Array], Array]] = {
    "sigmoid": lambda a: _entrywise(a * (1 - a)),
    "tanh": lambda a: _entrywise(1 - a * a),
    "exp": lambda a: _entrywise(a),
    "softmax": lambda s: _entrywise(s) - np.multiply.outer(s, s),
}
"""Derivatives that people write with the function's own value; the softmax of a vector."""


def _entrywise(slope: Array) -> Array:
    """The derivative of an elementwise function, the axes of its value before those of its argument."""
    return np.asarray(np.diag(slope.reshape(-1)).reshape(slope.shape + slope.shape))


Target: TypeAlias = "tuple[str, str | None]"
"""A quantity (name, None), or the gradient (of, wrt)."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A value that the student wrote for a target at a line.

    ``root`` is the line whose slip it rests on, None where it is right up to rounding. ``unit`` is the
    unit of the last printed digit, entry by entry.
    """

    array: Array
    unit: Array
    line: int
    root: int | None = None


@dataclass
class Student:
    """A belief: see `symgrad.checking.scope.Belief`.

    A value that is written is taken as it is written; any other is worked out from those by the
    problem's own formulas and the chain rule. ``used`` collects what was taken. ``but`` is left out:
    a line is judged by what stood before it. ``derived``: gradients are worked out by the forms in
    which the derivation writes them, which differ from the chain rule once a value is wrong.
    """

    world: World
    written: Mapping[Target, Written]
    before: Student | None = None
    draws: np.random.Generator | None = None
    but: Target | None = None
    derived: bool = False
    used: list[Written] = field(default_factory=list)
    _known: dict[Target, Array] = field(default_factory=dict)
    _locals: dict[Target, Array] = field(default_factory=dict)

    def value(self, name: str) -> Array:
        """A leaf or quantity as the student has it."""
        return self._believed((name, None))

    def derivative(self, of: str, wrt: str, direct: bool = False) -> Array:
        """A gradient of a scalar as the student has it; any other derivative at the student's values."""
        if (of, wrt) in self.written and (of, wrt) != self.but:
            return self._believed((of, wrt))
        if direct or self.world.values[of].ndim:
            direct = direct or self.world.model.is_direct(wrt, of)
            return self._local(of, wrt) if direct else self.world.derivative(of, wrt)
        return self._believed((of, wrt))

    def _believed(self, target: Target) -> Array:
        if target not in self._known:
            self._known[target] = self._find(target)
        return self._known[target]

    def _find(self, target: Target) -> Array:
        written = self.written.get(target)
        if written is not None and target != self.but:
            self.used.append(written)
            return self._drawn(written)
        name, wrt = target
        return self._quantity(name) if wrt is None else self._gradient(name, wrt)

    def _drawn(self, written: Written) -> Array:
        if self.draws is None:
            return written.array
        return written.array + self.draws.choice((-1.0, 1.0), written.array.shape) * written.unit

    def _quantity(self, name: str) -> Array:
        model = self.world.model
        formula = model.graph.quantities.get(name)
        if formula is not None:
            point: dict[Formula, Array] = {Name(n): self.value(n) for n in names(formula)}
            return evaluate(formula, Values(point, self.world.sizes))
        update = model.problem.update
        if self.before is not None and update is not None and name in update.parameters:
            rate = self.before.value(rate_name(model.problem))
            return np.asarray(self.before.value(name) - rate * self.before.slope(name))
        return self.world.leaves[name]

    def slope(self, name: str) -> Array:
        """The gradient of the objective, or of the sum of its entries."""
        return self._believed((self.world.model.objective, name))

    def _gradient(self, of: str, wrt: str) -> Array:
        """The chain rule: Σ over what uses it of the gradient there times the local derivative."""
        shape = self.world.values[wrt].shape
        result = self.world.model.derivation.gradients.get(wrt)
        if self.derived and result is not None and of == self.world.model.objective != wrt:
            return self._by_result(result, shape)
        if of == wrt:
            return np.ones(shape)
        total = np.zeros(shape)
        graph = self.world.model.graph
        way = set(self.world.model.between(wrt, of))
        for consumer in graph.consumers(wrt):
            if consumer in way:
                upstream = self._believed((of, consumer))
                total = total + np.tensordot(upstream, self._local(consumer, wrt), upstream.ndim)
        return total

    def _by_result(self, gradient: GradientOf, shape: tuple[int, ...]) -> Array:
        """The gradient as the derivation writes it (o − y), with the student's values put in."""
        nodes = {node for node in walk(gradient.result) if isinstance(node, Name | Gradient)}
        point: dict[Formula, Array] = {}
        for node in nodes:
            target = (node.id, None) if isinstance(node, Name) else (node.of, node.wrt)
            point[node] = self._believed(target)
        found = result_value(gradient, Values(point, {1: 1, **self.world.sizes}))
        return np.asarray(np.broadcast_to(found, shape), dtype=float)

    def _by_output(self, of: str, wrt: str) -> Array | None:
        """∂of/∂wrt by the value of ``of``: s (1 − s), 1 − h², diag(s) − s s^T; None for other functions."""
        match self.world.model.graph.quantities.get(of):
            case Op(function, (Name(source),)) if source == wrt and function in BY_OUTPUT:
                value = np.asarray(self.value(of), dtype=float)
                return BY_OUTPUT[function](value) if function != "softmax" or value.ndim == 1 else None
        return None

    def _local(self, of: str, wrt: str) -> Array:
        if (of, wrt) in self.written and (of, wrt) != self.but:
            return self._believed((of, wrt))
        if (of, wrt) not in self._locals:
            shown = self._by_output(of, wrt) if self.derived else None
            self._locals[of, wrt] = self._by_differences(of, wrt) if shown is None else shown
        return self._locals[of, wrt]

    def _by_differences(self, of: str, wrt: str) -> Array:
        formula = self.world.model.graph.quantities[of]
        point: dict[Formula, Array] = {Name(n): self.value(n) for n in names(formula)}

        def function(moved: Array) -> Array:
            return evaluate(formula, Values({**point, Name(wrt): moved}, self.world.sizes))

        return differences(function, np.asarray(self.value(wrt), dtype=float), function(self.value(wrt)))

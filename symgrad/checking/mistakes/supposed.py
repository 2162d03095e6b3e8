"""What would stand on the left, were a quantity or a gradient what a mistake makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgrad.checking.scope import Belief, Scope
from symgrad.checking.student import Target
from symgrad.checking.world import World
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.tree import Array, Formula, Gradient, Name, Partial


@dataclass(frozen=True)
class Supposed:
    """A belief with another value for one target."""

    belief: Belief
    target: Target
    array: Array

    def value(self, name: str) -> Array:
        """A leaf or quantity, the supposed one included."""
        return self.array if self.target == (name, None) else self.belief.value(name)

    def derivative(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt, the supposed one included."""
        return self.array if self.target == (of, wrt) else self.belief.derivative(of, wrt, direct)


class Point(dict[Formula, Array]):
    """The values of names and gradients in a scope, each worked out when it is first asked for."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def __missing__(self, node: Formula) -> Array:
        match node:
            case Name(id):
                array = self.scope.value(id)
            case Gradient(of, wrt):
                array = self.scope.derivative(of, wrt)
                array = array.sum(axis=tuple(range(array.ndim - self.scope.value(wrt).ndim)))
            case Partial(of, wrt):
                array = self.scope.derivative(of, wrt)
            case _:
                raise KeyError(node)
        self[node] = np.asarray(array, dtype=float)
        return self[node]


def value_of(formula: Formula, point: Point) -> Array | None:
    """The value of a formula at a point; None where its shapes do not fit, or something has no value."""
    try:
        return np.asarray(evaluate(formula, Values(point, {1: 1, **point.scope.world.sizes})), dtype=float)
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def filled(array: Array, target: Target, world: World) -> Array:
    """A gradient with the axes of a derivative; of what is no scalar, it is that of its sum."""
    name, wrt = target
    rank = world.values[name].ndim if wrt is not None and name == world.model.objective else 0
    if not rank:
        return array
    shape = world.values[name].shape
    return np.broadcast_to(array / np.prod(shape), shape + array.shape)

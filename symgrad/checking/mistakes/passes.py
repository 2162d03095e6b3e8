"""A backward pass that goes through weights it has updated on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symgrad.checking.world import World, rate_name
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.tree import Array, Formula, Gradient, Name


@dataclass(frozen=True)
class SamePass:
    """What such a pass leaves: the gradients it finds, and the world after it."""

    gradients: dict[str, Array]
    after: World


def same_pass(world: World) -> SamePass | None:
    """The pass from the objective backwards, each parameter updated as soon as its gradient is known.

    None where the problem has no update, or a gradient has no matrix form.
    """
    model, update = world.model, world.model.problem.update
    if update is None or not set(update.parameters) <= world.gradients.keys():
        return None
    of, rate = model.objective, world.values[rate_name(model.problem)]
    point: dict[Formula, Array] = {Name(name): array for name, array in world.values.items()}
    gradients: dict[str, Array] = {}
    for wrt, gradient in model.derivation.gradients.items():
        if gradient.matrix_form is None:
            return None
        found = np.asarray(evaluate(gradient.matrix_form, Values(point, world.sizes)), dtype=float)
        point[Gradient(of, wrt)] = gradients[wrt] = np.broadcast_to(found, world.values[wrt].shape)
        if wrt in update.parameters:
            point[Name(wrt)] = point[Name(wrt)] - rate * found
    moved = {name: point[Name(name)] for name in update.parameters}
    after = World(model, {**world.leaves, **moved}, world.sizes, world.exact, world)
    return SamePass(gradients, after)

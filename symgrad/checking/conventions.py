"""Other conventions than the problem's that a whole submission may keep to: a convention is no slip.

A course may sum over the batch where the problem averages, leave the ½ of a square out, or write the
derivative by a column as a row. Work that does so throughout is judged by what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from symgrad.checking.world import World
from symgrad.tree import Array


def _samples(world: World) -> float:
    """The number of samples; 1 where the problem has no batch."""
    return float(np.prod([world.sizes[dim] for dim in world.model.batch], initial=1.0))


FACTORS: Mapping[str, Callable[[World], float]] = {
    "": lambda world: 1.0,
    "samples": _samples,
    "1/samples": lambda world: 1 / _samples(world),
    "2": lambda world: 2.0,
    "1/2": lambda world: 0.5,
}


@dataclass(frozen=True, slots=True)
class Convention:
    """What the objective is multiplied by, and whether gradients stand transposed; ``note`` says so."""

    multiple: str = ""
    transposed: bool = False
    note: str = ""

    def factor(self, world: World) -> float:
        """The student's objective over the problem's."""
        return FACTORS[self.multiple](world)

    def laid(self, array: Array) -> Array:
        """A gradient of a scalar in this layout: by a column a row, by an m×n matrix n×m."""
        if not self.transposed or array.ndim > 2:
            return array
        return array.reshape(1, -1) if array.ndim == 1 else array.T


PLAIN = Convention()
OTHERS = (
    Convention("samples", note="here the loss is summed over the samples, not averaged: judged by that"),
    Convention("1/samples", note="here the loss is averaged over the samples, not summed: judged by that"),
    Convention("2", note="here the loss is twice the problem's (no factor ½): judged by that"),
    Convention("1/2", note="here the loss is half the problem's (a factor ½): judged by that"),
    Convention(transposed=True, note="here gradients stand transposed (numerator layout): judged by that"),
)

"""Other conventions that a whole work keeps to: another factor before the loss, gradients transposed.

One is taken on the strength of several lines that only it makes right, and never against a definition
in the same work that says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from msgspec import Struct

from symgrad.checking.worlds.world import World

Scale: TypeAlias = "Callable[[World], float]"
FEWEST = 3
"""Lines that a convention must make right."""


def samples(world: World) -> float:
    """The number of samples; 1 where the problem has no batch."""
    return float(np.prod([world.sizes[dim] for dim in world.model.samples], initial=1.0))


class Convention(Struct, frozen=True):
    """What the student's objective is of the problem's; whether gradients of matrices stand transposed."""

    id: str = ""
    message: str = ""
    scale: Scale | None = None
    transposed: bool = False


PLAIN = Convention()
SCALES: Mapping[str, Scale] = {
    "sum-for-mean": samples,
    "mean-for-sum": lambda world: 1 / samples(world),
    "twice": lambda world: 2.0,
    "half": lambda world: 0.5,
}
MESSAGES: Mapping[str, str] = {
    "sum-for-mean": "the loss is summed over the samples, not averaged",
    "mean-for-sum": "the loss is averaged over the samples, not summed",
    "twice": "the loss is twice the problem's (no factor ½)",
    "half": "the loss is half the problem's (a factor ½)",
}
OTHERS = (
    Convention("numerator-layout", "gradients of matrices stand transposed (numerator layout)", None, True),
    *(Convention(id, MESSAGES[id], scale) for id, scale in SCALES.items()),
)

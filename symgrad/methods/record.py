"""An optimiser: how a parameter changes in one step, in the formula language."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

DECAY = "weight_decay"


class Method(Struct, frozen=True):
    """The lines of one step, in order, for each parameter ``w`` with its gradient ``g``.

    ``rate`` is the rate, ``step`` the number of the step, from 1. A name that is read before its line
    has made it is a state, 0 at first. ``title`` is how a sentence names it. ``constants`` have
    their defaults. ``weight_decay`` is added to the gradient by every method that does not hold it itself.
    ``direction`` is what the lines call the solution d of H d = g, H the Hessian by all parameters together,
    or, where the step goes ``through`` a quantity r that the problem names, Jᵀ (∂²L/∂r∂r) J with J = ∂r/∂θ.
    """

    name: str
    title: str
    lines: Mapping[str, str]
    constants: Mapping[str, float] = field(default_factory=dict)
    direction: str = ""
    through: bool = False

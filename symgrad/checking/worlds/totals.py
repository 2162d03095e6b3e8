"""What follows from what somebody believes of a total derivative: dh_2/dw of h_2 = tanh(r_2), r_2 = w h_1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from symgrad.checking.worlds.model import Model
from symgrad.tree import Array


class Point(Protocol):
    """Numbers for all names, and what somebody believes of them."""

    @property
    def model(self) -> Model:
        """The problem."""

    @property
    def believed(self) -> Any:
        """What somebody takes values and derivatives to be, by their kind and names."""

    def value(self, name: str) -> Array:
        """The value of a name."""

    def gradient(self, name: str) -> Array:
        """The gradient of the objective."""

    def earlier(self, key: Any) -> Point:
        """The point of who does not yet believe this."""

    def jacobian(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt, by the formula of ``of`` alone or by all that lies between."""


def total(world: Point, of: str, wrt: str) -> Array | None:
    """∂of/∂wrt by the chain rule, with what is believed of it further below; None where nothing is."""
    model = world.model
    below = model.below(of)
    if not any(kind == "jacobian" and name[1] == wrt and name[0] in below for kind, name in world.believed):
        return None
    uses = model.uses(of)
    shape = (*world.value(of).shape, *world.value(wrt).shape)
    found: Array = world.jacobian(of, wrt, True) if wrt in uses else np.zeros(shape)
    for name in uses:
        if name != wrt and wrt in model.below(name):
            inner = world.jacobian(name, wrt)
            found = found + np.tensordot(world.jacobian(of, name, True), inner, axes=world.value(name).ndim)
    return found


def further_down(world: Point, key: tuple[str, Any]) -> Iterator[tuple[str, Any]]:
    """Beliefs of total derivatives further down, on which one that was said before them rests: dh_1/dw."""
    kind, about = key
    if kind == "jacobian":
        below = world.model.below(about[0])
        yield from (k for k in world.believed if k[0] == kind and k[1][1] == about[1] and k[1][0] in below)


def through(world: Point, name: str) -> Array | None:
    """The gradient by a name by way of one quantity whose total derivative by it is believed to be something.

    None where no such quantity lies on every way to the objective.
    """
    for gate in _gates(world, name):
        if _all_ways_pass(world, name, gate):
            gradient = world.gradient(gate)
            return np.tensordot(gradient, world.jacobian(gate, name), axes=gradient.ndim)
    return None


def astray(world: Point, name: str) -> Iterator[Array]:
    """What the gradient by a name is off by, as total derivatives on some ways to the objective are.

    Who has ∂z/∂s = B goes on with ∂L/∂s = ∂L/∂z B and what comes by the other ways: that is ∂L/∂z (B − ∂z/∂s)
    more than all of them.
    """
    for gate in _gates(world, name):
        gradient, key = world.gradient(gate), ("jacobian", (gate, name))
        off = world.jacobian(gate, name) - world.earlier(key).jacobian(gate, name)
        yield np.tensordot(gradient, off, axes=gradient.ndim)


def _gates(world: Point, name: str) -> Iterator[str]:
    """Quantities before the objective whose total derivative by a name is believed to be something."""
    for (kind, about), belief in world.believed.items():
        if kind != "jacobian" or about[1] != name:
            continue
        if name in world.model.uses(about[0]) and not (belief.target.places or belief.whole):
            continue  # it may be said of the formula alone; of one entry all that lies between is
        if about[0] in world.model.below(world.model.objective):
            yield about[0]


def _all_ways_pass(world: Point, name: str, gate: str) -> bool:
    model, graph = world.model, world.model.graph
    inside = {name, *(n for n in model.below(gate) if name in model.below(n))}
    leading = {graph.of, *model.below(graph.of)}
    users = {user for each in inside for user in graph.consumers(each) if user in leading}
    return gate in leading and users <= inside | {gate}

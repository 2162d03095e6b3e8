"""The values of what belongs to a step of a method, at the step that a symbol says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from symgrad.checking.meaning.entries import entries
from symgrad.checking.meaning.moments import Moment
from symgrad.checking.meaning.named import MOST_STEPS
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.worlds.tensor import Tensor, scalar
from symgrad.checking.worlds.world import World
from symgrad.reading.methods import PARAMETER, SLOPE
from symgrad.results.updating import own
from symgrad.submission.written import Symbol
from symgrad.tree import Array

NOW, BEFORE = "now", "before"


def moment(symbol: Symbol, scope: Scope) -> Tensor | None:
    """The value of what belongs to a step; None where a symbol is nothing of the kind."""
    known = scope.dictionary.moments
    found, world = known.of(symbol), scope.world
    if found is None and not known.there:
        return None
    if not isinstance(world, World):
        if found is None and known.constant(symbol) is None:
            return None
        raise Unknown(f"{text_of(symbol)} is not moved here", symbol)
    if found is None:
        return _constant(symbol, world, scope)
    update = world.model.problem.update
    assert update is not None
    options: dict[str, Callable[[], Tensor]] = {
        name: partial(_value, found, name, world, scope)
        for name in ((found.parameter,) if found.parameter else update.parameters)
    }
    if len(options) > 1 and not found.places and not any(map(np.ndim, map(world.value, update.parameters))):
        each = tuple(options.values())
        options["all"] = lambda: _together([one() for one in each], scope)
    return scope.choices.among(("whose",), options)


def _together(numbers: list[Tensor], scope: Scope) -> Tensor:
    """G = (G_a, G_b) of two parameters that are numbers."""
    return Tensor(np.array([number.data for number in numbers]), (), scope.stands)


def _constant(symbol: Symbol, world: World, scope: Scope) -> Tensor | None:
    known = scope.dictionary.moments
    name = known.constant(symbol)
    if name is not None:
        return scalar(float(world.next.constant(name)))
    return scalar(world.step + 1.0) if known.is_step(symbol) else None


def _value(moment: Moment, parameter: str, world: World, scope: Scope) -> Tensor:
    array = _at(moment, parameter, world, scope)
    return entries(Tensor(array, (), scope.stands), moment.places, ("moment", moment.name), scope)


def _at(moment: Moment, parameter: str, world: World, scope: Scope) -> Array:
    """The value at the step that is meant; where none is said, as the step makes it, or before."""
    if moment.number is not None:
        return _after(moment.name, parameter, moment.number, world, scope)
    if moment.name == SLOPE:
        if moment.offset or moment.late is False:
            raise Unknown("the gradients of other steps are not looked at")
        return _gradient(parameter, world, scope)
    if moment.late is not None:
        return _made(moment.name, parameter, world, moment.late)
    if moment.offset is None:
        return _made(moment.name, parameter, world, _is_now(("moment", moment.name), scope))
    late = _late(moment.offset, moment.name == PARAMETER, scope)
    return _made(moment.name, parameter, world, late == 0)


def parameter_late(offset: int, scope: Scope) -> int:
    """Whether w_{t + offset} is what a step makes of w (0) or what it was before (−1)."""
    return _late(offset, True, scope)


def _late(offset: int, parameter: bool, scope: Scope) -> int:
    late = offset - (not _is_now(("clock", parameter), scope))
    if late not in (0, -1):
        raise Unknown("only a step and the one before it are looked at")
    return late


def _is_now(key: tuple[str, object], scope: Scope) -> bool:
    return scope.choices.name(key, (NOW, BEFORE)) == NOW


def _made(name: str, parameter: str, world: World, late: bool) -> Array:
    """What a step makes of a name, or what it was before."""
    if name == PARAMETER:
        return (world.after if late else world).value(parameter)  # as it is believed to be, too
    return world.next.made(own(name, parameter)) if late else world.next.state(own(name, parameter))


def _after(name: str, parameter: str, number: int, world: World, scope: Scope) -> Array:
    """The value after so many updates; of a gradient, that with which the last of them is made."""
    if number > MOST_STEPS:
        raise Unknown(f"no more than {MOST_STEPS} steps are looked at")
    while world.before is not None and world.step >= max(number, 1):
        world = world.before
    while world.step < number - 1:
        world = world.after
    if name == SLOPE:
        return _gradient(parameter, world, scope)
    return _made(name, parameter, world, number > 0)


def _gradient(parameter: str, world: World, scope: Scope) -> Array:
    """∂L/∂w, or what the step takes in its place: with the weight decay in it, or clipped."""
    plain, taken = world.gradient(parameter), own(SLOPE, parameter)
    if not world.next.makes(taken) or _is_now(("gradient", parameter), scope):
        return plain
    return world.next.made(taken)

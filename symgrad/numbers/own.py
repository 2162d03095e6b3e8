"""Numbers of the problem's own functions: body and derivative worked out operation by operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symgrad.operations import operation
from symgrad.operations.own_derivative import own_derivative
from symgrad.operations.record import Numbers
from symgrad.tree import Formula, Function, Name, Number, Op


def called(space: Any, function: Function, args: tuple[Numbers, ...]) -> Numbers:
    """f(args), with NumPy's broadcasting, in a space, which says what an unspecified f is there."""
    concrete = space.concrete(function)
    return _over(space, concrete, concrete.body, args)


def slope(space: Any, function: Function, position: int, args: tuple[Numbers, ...]) -> Numbers:
    """∂f/∂(argument at ``position``) at these arguments."""
    concrete = space.concrete(function)
    return _over(space, concrete, own_derivative(concrete, position), args)


def _over(space: Any, function: Function, formula: Formula, args: tuple[Numbers, ...]) -> Numbers:
    """A formula over the parameters; one that leaves some out still has the shape of all."""
    found = _value(space, formula, dict(zip(function.parameters, args, strict=True)))
    return np.array(np.broadcast_to(found, np.broadcast_shapes(*map(np.shape, args))))


def _value(space: Any, formula: Formula, names: Mapping[str, Numbers]) -> Numbers:
    match formula:
        case Number(value):
            return np.asarray(space.array(value))
        case Name(id):
            return names[id]
        case Op("pi"):
            return np.asarray(space.pi())
        case Op("prime", args, (("function", function), ("position", position), *options)):
            parts = tuple(_value(space, arg, names) for arg in args)
            return np.asarray(space.prime(function, position, parts, tuple(options)))
        case Op(name, args, options):
            parts = tuple(_value(space, arg, names) for arg in args)
            with np.errstate(all="ignore"):
                return np.asarray(operation(name).value(space, *parts, **dict(options)))
    raise TypeError(f"no body holds {formula!r}")

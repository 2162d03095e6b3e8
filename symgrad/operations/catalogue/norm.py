"""The Euclidean norm of a vector, the Frobenius norm of a matrix, and an array over its norm."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Indices, Numbers, Options, Scope, Space, Views, same_shape
from symgrad.operations.reductions import split


def _norm(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = split(scope, views[0], out, {})
    return sympy.sqrt(scope.sum(views[0](*indices) ** 2, *gone))


def _direction(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return views[0](*out) / _norm(scope, views, (), {})


def _norm_value(space: Space, x: Numbers) -> Numbers:
    return space.apply("sqrt", np.asarray((x * x).sum()))


def _direction_value(space: Space, x: Numbers) -> Numbers:
    length = _norm_value(space, x)
    return np.asarray(x / length if length != 0 else x)


NORM = Operation(
    "norm",
    "Euclidean (Frobenius) norm",
    "structured",
    _norm,
    lambda dims, shapes, options: (),
    _norm_value,
    "the derivative of a norm is the array over its norm (0 where the norm is 0)",
    layout="‖a‖",
    code="norm",
)
DIRECTION = Operation(
    "direction",
    "an array over its norm",
    "structured",
    _direction,
    same_shape,
    _direction_value,
    "the quotient rule, with the derivative of the norm",
    call="",
    layout="a/‖a‖",
    code="direction",
)

"""The Euclidean norm of a vector, the Frobenius norm of a matrix, and an array over its norm."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import (
    ARGUMENT,
    Dims,
    Indices,
    Numbers,
    Options,
    Scope,
    Shape,
    Space,
    Views,
    need_ranks,
    same_shape,
)
from symgrad.operations.reductions import split
from symgrad.operations.signature import OF_ORDER
from symgrad.tree import Op

SIGN = Op("prime", (ARGUMENT,), (("function", "abs"), ("position", 0)))


def _norm(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = split(scope, views[0], out, {})
    return sympy.sqrt(scope.sum(views[0](*indices) ** 2, *gone))


def _direction(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return views[0](*out) / _norm(scope, views, (), {})


def _largest(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_k p_k s_k x_k: the weights p of the largest |x_k|, and their signs s, are locally constant."""
    k = scope.index(views[0].dims[0])
    chosen = (("axis", None), ("extreme", "max"))
    weights = scope.constant(Op("attains", (Op("abs", (ARGUMENT,)),), chosen), views[0].dims)
    return scope.sum(weights(k) * scope.constant(SIGN, views[0].dims)(k) * views[0](k), k)


def _absolute(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_k s_k x_k: the signs are locally constant."""
    k = scope.index(views[0].dims[0])
    return scope.sum(scope.constant(SIGN, views[0].dims)(k) * views[0](k), k)


def _of_vector(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(map(len, shapes), {1}, "a norm of order 1 or inf is of a vector")
    return ()


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
    call=OF_ORDER,
    layout="‖a‖",
    code="norm",
)
NORM_ONE = Operation(
    "norm_one",
    "norm of order 1: the sum of absolute values",
    "structured",
    _absolute,
    _of_vector,
    lambda space, x: np.asarray(space.apply("abs", x).sum()),
    "each entry enters with its sign (0 where it is 0)",
    call="",
    layout="‖a‖₁",
    code="np.sum(np.abs({0:arg}))",
    example=Example("norm(x, ord=1)", {"x": ("n",)}),
)
NORM_LARGEST = Operation(
    "norm_largest",
    "norm of order inf: the largest absolute value",
    "structured",
    _largest,
    _of_vector,
    lambda space, x: np.asarray(np.max(space.apply("abs", x))),
    "only the entries of the largest absolute value count, with their signs",
    call="",
    layout="‖a‖∞",
    code="np.max(np.abs({0:arg}))",
    example=Example("norm(x, ord=inf)", {"x": ("n",)}),
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

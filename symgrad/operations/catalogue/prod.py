"""The product of entries along an axis, of which the other factors do not contain the one that varies."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import (
    ARGUMENT,
    Axis,
    Dims,
    Indices,
    Numbers,
    Options,
    Scope,
    Shape,
    Space,
    View,
    Views,
    axes,
)
from symgrad.operations.reductions import one_axis_shape, reduced_shape
from symgrad.operations.signature import ALONG
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    dims = tuple(scope.dims[i] for i in out)
    return scope.constant(Op("prod", (ARGUMENT,), tuple(sorted(options.items()))), dims)(*out)


def _factor(scope: Scope, x: View, y: View, at: Indices, by: Indices, options: Options) -> sympy.Expr:
    """Π x = x_k · (the product of the others), which does not contain x_k: right at zeros, too."""
    (axis,) = axes(x.rank, options.get("axis"))
    others = scope.constant(Op("others", (ARGUMENT,), tuple(sorted(options.items()))), x.dims)
    place = (*at[:axis], by[axis], *at[axis:])
    return y(*at) - x(*place) * others(*place)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    one_axis_shape(dims, shapes, options)
    return reduced_shape(dims, shapes, options)


def _value(space: Space, x: Numbers, axis: Axis = None) -> Numbers:
    return np.asarray(np.prod(x, axis=axis))


PROD = Operation(
    "prod",
    "product of entries",
    "implicit",
    _entry,
    _shape,
    _value,
    "the derivative of a product by one factor is the product of the others",
    identity=_factor,
    call=ALONG,
    example=Example("prod(x)", {"x": ("n",)}),
)

"""The mean of entries."""

from __future__ import annotations

import math

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Axis, Indices, Numbers, Options, Scope, Space, Views, axes
from symgrad.operations.reductions import by_columns, reduced_shape, split
from symgrad.operations.signature import REDUCED


def mean(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ over the reduced axes, over the number of their entries."""
    indices, gone = split(scope, views[0], out, options)
    return scope.sum(views[0](*indices), *gone) / sympy.Mul(*(scope.size(scope.dims[k]) for k in gone))


def mean_value(space: Space, x: Numbers, axis: Axis = None, keepdims: bool = False) -> Numbers:
    """Its numbers."""
    number = math.prod(np.shape(x)[place] for place in axes(np.ndim(x), axis))
    return np.asarray(np.sum(x, axis=axis, keepdims=keepdims) / number)


MEAN = Operation(
    "mean",
    "mean of entries",
    "linear",
    mean,
    reduced_shape,
    mean_value,
    "every entry enters the mean with weight one over their number",
    call=REDUCED,
    names=("Mean", "average", "avg"),
    example=by_columns("mean"),
)

"""The logarithm of the sum of exponentials along an axis."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Axis, Dims, Indices, Numbers, Options, Scope, Shape, Space, Views
from symgrad.operations.reductions import along_shape, reduced_shape, split
from symgrad.operations.signature import ALONG


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = split(scope, views[0], out, options)
    return sympy.log(scope.sum(sympy.exp(views[0](*indices)), *gone))


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    along_shape(dims, shapes, options)
    return reduced_shape(dims, shapes, options)


def _value(space: Space, x: Numbers, axis: Axis = None, keepdims: bool = False) -> Numbers:
    top = np.max(x, axis=axis, keepdims=True)
    kept = top + space.apply("log", np.sum(space.apply("exp", x - top), axis=axis, keepdims=True))
    return np.asarray(kept if keepdims else np.squeeze(kept, axis=axis))


LOGSUMEXP = Operation(
    "logsumexp",
    "logarithm of the sum of exponentials",
    "structured",
    _entry,
    _shape,
    _value,
    "the derivative of log Σ exp is the softmax",
    call=ALONG,
    code="logsumexp",
    names=("LSE",),
)

"""The logarithm of the softmax along an axis."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Axis, Indices, Numbers, Options, Scope, Space, Views
from symgrad.operations.reductions import along, along_shape, shifted
from symgrad.operations.signature import ALONG


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    others, summed = along(scope, x, out, options)
    return x(*out) - sympy.log(scope.sum(sympy.exp(x(*others)), *summed))


def _value(space: Space, x: Numbers, axis: Axis = None) -> Numbers:
    small = shifted(space, x, axis)
    return np.asarray(small - space.apply("log", np.sum(space.apply("exp", small), axis=axis, keepdims=True)))


LOG_SOFTMAX = Operation(
    "log_softmax",
    "logarithm of the softmax",
    "structured",
    _entry,
    along_shape,
    _value,
    "the derivative of log Σ exp is the softmax",
    call=ALONG,
    layout="logsoftmax",
    code="log_softmax",
    names=("LogSoftmax",),
)

"""The softmax along an axis."""

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
    return sympy.exp(x(*out)) / scope.sum(sympy.exp(x(*others)), *summed)


def _value(space: Space, x: Numbers, axis: Axis = None) -> Numbers:
    scaled = space.apply("exp", shifted(space, x, axis))
    return np.asarray(scaled / np.sum(scaled, axis=axis, keepdims=True))


SOFTMAX = Operation(
    "softmax",
    "softmax",
    "structured",
    _entry,
    along_shape,
    _value,
    "every output depends on every input: the Jacobian of the softmax",
    source="Bridle 1990",
    call=ALONG,
    code="softmax",
    names=("Softmax", "SoftMax", "SoFtmax"),
)

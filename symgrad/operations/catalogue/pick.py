"""The entry at its label of each row."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.lookups import hot, places
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import (
    Dims,
    Indices,
    Numbers,
    Options,
    Scope,
    Shape,
    ShapeMismatch,
    Space,
    Views,
)
from symgrad.operations.signature import Signature


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_k 1[y_i = k] x_ik."""
    x, labels = views
    k = scope.index(x.dims[-1])
    return scope.sum(hot(scope, 1, labels, x.dims[-1])(*out, k) * x(*out, k), k)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    x, labels = shapes
    if not x or len(labels) != len(x) - 1:
        raise ShapeMismatch("pick takes a matrix with a label for each row, or a vector with one label")
    return tuple(dims.same(*pair) for pair in zip(x[:-1], labels, strict=True))


def _value(space: Space, x: Numbers, y: Numbers) -> Numbers:
    at = np.expand_dims(places(y, x.shape[-1]), -1)
    return np.asarray(np.take_along_axis(x, at, -1)[..., 0])


PICK = Operation(
    "pick",
    "entry of each row at its label, which counts from 0",
    "linear",
    _entry,
    _shape,
    _value,
    "the gradient goes to the entry that was picked in each row, and is 0 elsewhere",
    call=Signature(("x", "y")),
    layout="pick(A, y)",
    code="pick",
    example=Example("pick(X, c)", {"X": ("m", "n"), "c": ("m",)}),
)

"""Rows of a matrix, or entries of a vector, by labels: an embedding, E[y]."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.limits import MOST_AXES
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


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_k 1[y_i = k] x_kj: a row that is looked up twice is in two sums."""
    x, labels = views
    at, rest = out[: labels.rank], out[labels.rank :]
    k = scope.index(x.dims[0])
    return scope.sum(hot(scope, 1, labels, x.dims[0])(*at, k) * x(k, *rest), k)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    x, labels = shapes
    if not x:
        raise ShapeMismatch("only a vector or a matrix has rows to look up")
    if len(labels) + len(x) - 1 > MOST_AXES:
        raise ShapeMismatch(f"what is looked up has at most {MOST_AXES} axes")
    return (*labels, *x[1:])


def _value(space: Space, x: Numbers, y: Numbers) -> Numbers:
    return np.asarray(x[places(y, x.shape[0])])


GATHER = Operation(
    "gather",
    "rows by their labels, which count from 0",
    "linear",
    _entry,
    _shape,
    _value,
    "the gradient of each row that was looked up goes back to it; rows looked up twice add up",
    call="x[y]",
    layout="lookup(A, y)",
    code="gather",
    example=Example("E[c]", {"E": ("n", "m"), "c": ("k",)}),
)

"""Running sums along an axis: each entry is the sum of those up to its place."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import (
    Indices,
    Numbers,
    Options,
    Scope,
    Space,
    Views,
    axes,
)
from symgrad.operations.reductions import one_axis_shape
from symgrad.operations.signature import ALONG
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_k T_ik x_k, T with ones on and below the diagonal."""
    (axis,) = axes(len(out), options.get("axis"))
    dim = views[0].dims[axis]
    k = scope.index(dim)
    below = scope.constant(Op("triangle", (), (("size", dim),)), (dim, dim))
    return scope.sum(below(out[axis], k) * views[0](*out[:axis], k, *out[axis + 1 :]), k)


def _value(space: Space, x: Numbers, axis: int | None = None) -> Numbers:
    return np.asarray(np.cumsum(x, axis=axis))


CUMSUM = Operation(
    "cumsum",
    "running sums along an axis",
    "linear",
    _entry,
    one_axis_shape,
    _value,
    "each entry is in the sums from its place on: tril(1) has ones on and below the diagonal",
    call=ALONG,
    example=Example("cumsum(x)", {"x": ("n",)}),
)

"""The matrix product A @ B, also with vectors."""

import numpy as np
import sympy

from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Options, Scope, Shape, Views, need_ranks


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    a, b = views
    k = scope.index(a.dims[-1])
    return scope.sum(a(*out[: a.rank - 1], k) * b(k, *out[a.rank - 1 :]), k)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(shapes, {1, 2}, "@ multiplies vectors and matrices")
    a, b = shapes
    dims.same(a[-1], b[0])
    return a[:-1] + b[1:]


MATMUL = Operation(
    "matmul",
    "matrix product",
    "linear",
    _entry,
    _shape,
    lambda space, a, b: np.asarray(a @ b),
    (
        "product rule: the gradient stands on the left, the right factor transposed on the right",
        "product rule: the left factor, transposed, stands before the gradient",
    ),
    call="A @ B",
    layout="A B",
    code="@",
    example=Example("A @ B", {"A": ("m", "k"), "B": ("k", "n")}),
)

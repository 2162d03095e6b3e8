"""The inner product of two vectors."""

import numpy as np
import sympy

from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Options, Scope, Shape, Views, need_ranks
from symgrad.operations.signature import TWO


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    k = scope.index(views[0].dims[0])
    return scope.sum(views[0](k) * views[1](k), k)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(shapes, {1}, "dot is of two vectors")
    dims.same(shapes[0][0], shapes[1][0])
    return ()


DOT = Operation(
    "dot",
    "inner product",
    "linear",
    _entry,
    _shape,
    lambda space, a, b: np.asarray((a * b).sum()),
    "product rule: each vector's gradient is the other vector times the upstream gradient",
    call=TWO,
    layout="a^T b",
    code="@",
    example=Example("dot(a, b)", {"a": ("n",), "b": ("n",)}),
)

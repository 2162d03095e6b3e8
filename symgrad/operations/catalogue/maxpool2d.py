"""The largest entry of each window of a matrix, or of each channel of images."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.pooling import POOLED, pooled_shape
from symgrad.operations.record import ARGUMENT, Indices, Options, Scope, Views
from symgrad.operations.windows import pool
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    places = tuple(map(scope.index, x.dims[-2:]))
    shape = tuple(scope.dims[i] for i in out)
    weights = Op("pooling", (ARGUMENT,), (("shape", shape), *sorted(options.items())))
    largest = scope.constant(weights, (*shape, *x.dims[-2:]))
    return scope.sum(largest(*out, *places) * x(*out[:-2], *places), *places)


MAXPOOL2D = Operation(
    "maxpool2d",
    "largest entry of each window",
    "structured",
    _entry,
    pooled_shape("maxpool2d"),
    pool,
    "the gradient of each window goes to its largest entry (equal shares at a tie)",
    call=POOLED,
    layout="maxpool",
    code="pool",
    example=Example("maxpool2d(x, 2)", {"x": (4, 4)}),
)

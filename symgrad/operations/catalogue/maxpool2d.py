"""The largest entry of each window of a matrix."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import ARGUMENT, Dims, Indices, Options, Scope, Shape, ShapeMismatch, Views
from symgrad.operations.signature import REQUIRED, SameAs, Signature
from symgrad.operations.windows import pool
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    places = tuple(map(scope.index, x.dims))
    shape = tuple(scope.dims[i] for i in out)
    weights = Op("pooling", (ARGUMENT,), (("shape", shape), *sorted(options.items())))
    largest = scope.constant(weights, (*shape, *x.dims))
    return scope.sum(largest(*out, *places) * x(*places), *places)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    (x,) = shapes
    if len(x) != 2:
        raise ShapeMismatch("maxpool2d is of a matrix")
    parts = (options["size"], options.get("stride", options["size"]))
    return tuple(dims.derive("pool", parts, n) for n in x)


MAXPOOL2D = Operation(
    "maxpool2d",
    "largest entry of each window",
    "structured",
    _entry,
    _shape,
    pool,
    "the gradient of each window goes to its largest entry (equal shares at a tie)",
    call=Signature(("x",), (("size", REQUIRED), ("stride", SameAs("size")))),
    layout="maxpool",
    code="pool",
    example=Example("maxpool2d(x, 2)", {"x": (4, 4)}),
)

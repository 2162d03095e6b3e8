"""A matrix, or an array of more axes, as a vector, row by row."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Options, Scope, Shape, ShapeMismatch, Views
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_ij S_nij x_ij, where S is 1 at n = i m + j."""
    (x,) = views
    if x.rank == 1:
        return x(*out)
    places = tuple(map(scope.index, x.dims))
    shape = (scope.dims[out[0]], *x.dims)
    meet = scope.constant(Op("flattening", (), (("shape", shape),)), shape)
    return scope.sum(meet(*out, *places) * x(*places), *places)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    (x,) = shapes
    if not x:
        raise ShapeMismatch("flatten is of an array, not a scalar")
    return x if len(x) == 1 else (dims.derive("product", (), *x),)


FLATTEN = Operation(
    "flatten",
    "flattening",
    "linear",
    _entry,
    _shape,
    lambda space, x: x.reshape(-1),
    "every entry keeps its gradient (𝟏[…] is 1 where the places match): they are put back into rows",
    code="np.ravel",
    example=Example("flatten(X)", {"X": ("m", "n")}),
)

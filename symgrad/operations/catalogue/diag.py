"""A vector as a diagonal matrix, and the diagonal of a matrix."""

import numpy as np
import sympy

from symgrad.operations.matrices import of_square
from symgrad.operations.model import Operation
from symgrad.operations.record import Dims, Indices, Numbers, Options, Scope, Shape, Space, Views, need_ranks


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    return x(*out, *out) if x.rank == 2 else x(out[0]) * sympy.KroneckerDelta(*out)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(shapes, {1, 2}, "diag is of a vector or a square matrix")
    (x,) = shapes
    return (dims.same(*x),) if len(x) == 2 else (x[0], x[0])


def _value(space: Space, x: Numbers) -> Numbers:
    """np.diag, but on object arrays too, whose zeros must be numbers of the space."""
    if x.ndim == 2:
        return np.asarray(np.diagonal(x))
    result = space.array(np.zeros((len(x), len(x)), dtype=int))
    result = result.astype(np.result_type(result, x))  # also a number that moves along a complex step
    result[np.arange(len(x)), np.arange(len(x))] = x
    return result


DIAG = Operation(
    "diag",
    "diagonal",
    "linear",
    _entry,
    _shape,
    _value,
    "only the diagonal is read or written",
    names=("Diag",),
    example=of_square("diag"),
)

"""What reductions over one axis or all share, and the functions along an axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example
from symgrad.operations.record import (
    Axis,
    Dims,
    Indices,
    Numbers,
    Options,
    Scope,
    Shape,
    ShapeMismatch,
    Space,
    View,
    Views,
    axes,
)


def reduced_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    """The shape without the reduced axes, or with 1 in their places."""
    (x,) = shapes
    gone = axes(len(x), options.get("axis"))
    if options.get("keepdims"):
        return tuple(1 if axis in gone else dim for axis, dim in enumerate(x))
    return tuple(dim for axis, dim in enumerate(x) if axis not in gone)


def along_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    """The shape rule of softmax and log_softmax: the axis may be left out for a vector only."""
    (x,) = shapes
    _along(x, options, f"{_ROWS_OR_COLUMNS}, axis=(0, 1) on all entries")
    return x


def one_axis_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    """The same of what runs along one axis: of cumsum, and of prod before that axis is gone."""
    (x,) = shapes
    if len(_along(x, options, _ROWS_OR_COLUMNS)) != 1:
        raise ShapeMismatch("it runs along one axis")
    return x


_ROWS_OR_COLUMNS = "axis=1 works on each row, axis=0 on each column"


def _along(x: Shape, options: Options, ways: str) -> tuple[int, ...]:
    if not x:
        raise ShapeMismatch("it is of a vector or a matrix, not of a scalar")
    if len(x) > 1 and options.get("axis") is None:
        raise ShapeMismatch(f"of a matrix the axis must be given: {ways}")
    return axes(len(x), options.get("axis"))


def along(scope: Scope, x: View, out: Indices, options: Options) -> tuple[Indices, Indices]:
    """The indices of the entries that one of ``x`` is compared with, and those of them that vary."""
    gone = axes(x.rank, options.get("axis"))
    others = tuple(scope.index(x.dims[axis]) if axis in gone else i for axis, i in enumerate(out))
    return others, tuple(others[axis] for axis in gone)


def split(scope: Scope, x: View, out: Indices, options: Options) -> tuple[Indices, Indices]:
    """The indices of ``x`` for the output entry ``out``, and those of them that are reduced."""
    gone = axes(x.rank, options.get("axis"))
    left = list(out)
    indices = []
    for axis, dim in enumerate(x.dims):
        if axis in gone:
            indices.append(scope.index(dim))
            if options.get("keepdims"):
                left.pop(0)
        else:
            indices.append(left.pop(0))
    return tuple(indices), tuple(indices[axis] for axis in gone)


def total(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ over the reduced axes."""
    indices, gone = split(scope, views[0], out, options)
    return scope.sum(views[0](*indices), *gone)


def reduce(method: str) -> Callable[..., Numbers]:
    """The values of a reduction that NumPy has."""

    def value(space: Space, x: Numbers, axis: Axis = None, keepdims: bool = False) -> Numbers:
        return np.asarray(getattr(np, method)(x, axis=axis, keepdims=keepdims))

    return value


def shifted(space: Space, x: Numbers, axis: Axis) -> Numbers:
    """x minus its largest entry, so that no exponential overflows."""
    return np.asarray(x - np.max(x, axis=axis, keepdims=True))


def by_columns(name: str) -> Example:
    """The example of a reduction."""
    return Example(f"{name}(X, axis=0)", {"X": ("m", "n")})

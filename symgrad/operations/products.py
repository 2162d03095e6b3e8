"""Matrix products, transposes, selections: operations linear in each argument."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from symgrad.operations.record import (
    Dims,
    Indices,
    Numbers,
    Operation,
    Options,
    Scope,
    Shape,
    ShapeMismatch,
    Space,
    Views,
)
from symgrad.tree import Op


def _need(shapes: tuple[Shape, ...], ranks: set[int], what: str) -> None:
    for shape in shapes:
        if len(shape) not in ranks:
            raise ShapeMismatch(f"{what}, not a {('scalar', 'vector', 'matrix')[len(shape)]}")


def _matmul_entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    a, b = views
    k = scope.index(a.dims[-1])
    return scope.sum(a(*out[: a.rank - 1], k) * b(k, *out[a.rank - 1 :]), k)


def _matmul_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    _need(shapes, {1, 2}, "@ multiplies vectors and matrices")
    a, b = shapes
    dims.same(a[-1], b[0])
    return a[:-1] + b[1:]


def _transpose_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    _need(shapes, {2}, ".T is of a matrix (the product of a vector a with a vector b's row is outer(a, b))")
    return shapes[0][::-1]


def _dot_entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    k = scope.index(views[0].dims[0])
    return scope.sum(views[0](k) * views[1](k), k)


def _dot_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    _need(shapes, {1}, "dot is of two vectors")
    dims.same(shapes[0][0], shapes[1][0])
    return ()


def _outer_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    _need(shapes, {1}, "outer is of two vectors")
    return shapes[0] + shapes[1]


def _trace_entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    k = scope.index(views[0].dims[0])
    return scope.sum(views[0](k, k), k)


def _trace_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    _need(shapes, {2}, "trace is of a square matrix")
    dims.same(*shapes[0])
    return ()


def _diag_entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    return x(*out, *out) if x.rank == 2 else x(out[0]) * sympy.KroneckerDelta(*out)


def _diag_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    _need(shapes, {1, 2}, "diag is of a vector or a square matrix")
    (x,) = shapes
    return (dims.same(*x),) if len(x) == 2 else (x[0], x[0])


def _index_entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """x[key] as a product with 0/1 arrays: a unit vector for a position, a selection matrix for a range."""
    (x,) = views
    remaining = list(out)
    indices: list[sympy.Symbol] = []
    body: sympy.Expr = sympy.Integer(1)
    key = options["key"]
    for axis, dim in enumerate(x.dims):
        part = key[axis] if axis < len(key) else ("slice", None, None)
        if part == ("slice", None, None):
            indices.append(remaining.pop(0))
            continue
        k = scope.index(dim)
        indices.append(k)
        if isinstance(part, int):
            unit = Op("unit", (), (("position", part), ("size", dim)))
            body *= scope.constant(unit, (dim,))(k)
        else:
            i = remaining.pop(0)
            chosen = (("length", scope.dims[i]), ("size", dim), ("start", part[1]), ("stop", part[2]))
            body *= scope.constant(Op("selection", (), chosen), (scope.dims[i], dim))(i, k)
    summed = [k for k in indices if k not in out]
    return scope.sum(body * x(*indices), *summed)


def _index_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    (x,) = shapes
    key = options["key"]
    if len(key) > len(x):
        raise ShapeMismatch(
            f"{len(key)} indices into an array with {len(x)} ax{'is' if len(x) == 1 else 'es'}"
        )
    result: list[Any] = []
    for axis, dim in enumerate(x):
        part = key[axis] if axis < len(key) else ("slice", None, None)
        if isinstance(part, int):
            dims.position(dim, part)
        elif part == ("slice", None, None):
            result.append(dim)
        else:
            result.append(dims.derive("range", part[1:], dim))
    return tuple(result)


def _index_value(space: Space, x: Numbers, key: tuple[Any, ...]) -> Numbers:
    return np.asarray(x[tuple(slice(part[1], part[2]) if isinstance(part, tuple) else part for part in key)])


def _diag_value(space: Space, x: Numbers) -> Numbers:
    """np.diag, but on object arrays too, whose zeros must be numbers of the space."""
    if x.ndim == 2:
        return np.asarray(np.diagonal(x))
    result = space.array(np.zeros((len(x), len(x)), dtype=int))
    result = result.astype(np.result_type(result, x))  # also a number that moves along a complex step
    result[np.arange(len(x)), np.arange(len(x))] = x
    return result


PRODUCTS = [
    Operation(
        "matmul",
        "matrix product",
        "linear",
        _matmul_entry,
        _matmul_shape,
        lambda space, a, b: np.asarray(a @ b),
        (
            "product rule: the gradient stands on the left, the right factor transposed on the right",
            "product rule: the left factor, transposed, stands before the gradient",
        ),
    ),
    Operation(
        "transpose",
        "transpose",
        "linear",
        lambda scope, views, out, options: views[0](*reversed(out)),
        _transpose_shape,
        lambda space, a: a.T,
        "the gradient of a transpose is the transpose of the gradient",
    ),
    Operation(
        "dot",
        "inner product",
        "linear",
        _dot_entry,
        _dot_shape,
        lambda space, a, b: np.asarray((a * b).sum()),
        "product rule: each vector's gradient is the other vector times the upstream gradient",
    ),
    Operation(
        "outer",
        "outer product",
        "linear",
        lambda scope, views, out, options: views[0](out[0]) * views[1](out[1]),
        _outer_shape,
        lambda space, a, b: a[:, None] * b[None, :],
        "product rule: the gradient is multiplied by the other vector",
    ),
    Operation(
        "trace",
        "trace",
        "linear",
        _trace_entry,
        _trace_shape,
        lambda space, a: np.asarray(np.diagonal(a).sum()),
        "only the diagonal enters the trace",
    ),
    Operation(
        "diag",
        "diagonal",
        "linear",
        _diag_entry,
        _diag_shape,
        _diag_value,
        "only the diagonal is read or written",
    ),
    Operation(
        "index",
        "indexing",
        "linear",
        _index_entry,
        _index_shape,
        _index_value,
        "the gradient goes to the entries that were picked, and is 0 elsewhere",
    ),
]

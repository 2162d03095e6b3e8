"""Operations that only move entries: flatten, concat, and the windows of conv2d and maxpool2d.

Each is linear in constant 0/1 arrays that say which entry goes where; pooling in locally constant
weights, 1 shared equally among the largest entries of a window.
"""

from __future__ import annotations

import numpy as np
import sympy

from symgrad.operations.record import (
    ARGUMENT,
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
    axes,
)
from symgrad.operations.windows import convolve, pool
from symgrad.tree import Op


def _flatten(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_ij S_nij x_ij, where S is 1 at n = i m + j."""
    (x,) = views
    if x.rank == 1:
        return x(*out)
    places = tuple(map(scope.index, x.dims))
    shape = (scope.dims[out[0]], *x.dims)
    meet = scope.constant(Op("flattening", (), (("shape", shape),)), shape)
    return scope.sum(meet(*out, *places) * x(*places), *places)


def _flatten_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    (x,) = shapes
    if not x:
        raise ShapeMismatch("flatten is of a matrix, not a scalar")
    return x if len(x) == 1 else (dims.derive("product", (), *x),)


def _concat(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ over the blocks of their entries, each moved to its place by columns of the identity."""
    (axis,) = axes(views[0].rank, options.get("axis", 0))
    whole = scope.dims[out[axis]]
    before: Shape = ()
    terms = []
    for view in views:
        length = view.dims[axis]
        chosen = (("before", before), ("length", length), ("size", whole))
        place = scope.constant(Op("placement", (), chosen), (whole, length))
        k = scope.index(length)
        terms.append(scope.sum(place(out[axis], k) * view(*out[:axis], k, *out[axis + 1 :]), k))
        before = (*before, length)
    return sympy.Add(*terms)


def _concat_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    first, *others = shapes
    if not first or any(len(shape) != len(first) for shape in others):
        raise ShapeMismatch("concat joins vectors with vectors, and matrices with matrices")
    (axis,) = axes(len(first), options.get("axis", 0))
    joined = dims.derive("sum", (), *(shape[axis] for shape in shapes))
    for shape in others:
        for n, (left, right) in enumerate(zip(first, shape, strict=True)):
            if n != axis:
                dims.same(left, right)
    return (*first[:axis], joined, *first[axis + 1 :])


def _convolution(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_abpq S_ijabpq x_pq k_ab, where S is 1 at p = si + a − padding, q = sj + b − padding."""
    x, k = views
    a, p = (tuple(map(scope.index, view.dims)) for view in (k, x))
    shape = (*(scope.dims[i] for i in out), *k.dims, *x.dims)
    chosen = (("padding", options.get("padding", 0)), ("shape", shape), ("stride", options.get("stride", 1)))
    meet = scope.constant(Op("window", (), chosen), shape)
    return scope.sum(meet(*out, *a, *p) * x(*p) * k(*a), *a, *p)


def _convolution_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    x, k = shapes
    if len(x) != 2 or len(k) != 2:
        raise ShapeMismatch("conv2d is of a matrix and a kernel, which is a matrix too")
    parts = (options.get("stride", 1), options.get("padding", 0))
    return tuple(dims.derive("window", parts, n, m) for n, m in zip(x, k, strict=True))


def _pooling(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    places = tuple(map(scope.index, x.dims))
    shape = tuple(scope.dims[i] for i in out)
    weights = Op("pooling", (ARGUMENT,), (("shape", shape), *sorted(options.items())))
    largest = scope.constant(weights, (*shape, *x.dims))
    return scope.sum(largest(*out, *places) * x(*places), *places)


def _pooling_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    (x,) = shapes
    if len(x) != 2:
        raise ShapeMismatch("maxpool2d is of a matrix")
    parts = (options["size"], options.get("stride", options["size"]))
    return tuple(dims.derive("pool", parts, n) for n in x)


def _concat_value(space: Space, *args: Numbers, axis: int = 0) -> Numbers:
    return np.concatenate(args, axis=axis)


LAYOUTS = [
    Operation(
        "flatten",
        "flattening",
        "linear",
        _flatten,
        _flatten_shape,
        lambda space, x: x.reshape(-1),
        "every entry keeps its gradient (S is 1 where the places match): they are put back into rows",
    ),
    Operation(
        "concat",
        "concatenation",
        "linear",
        _concat,
        _concat_shape,
        _concat_value,
        "each block gets its own stretch of the gradient",
    ),
    Operation(
        "conv2d",
        "convolution",
        "linear",
        _convolution,
        _convolution_shape,
        convolve,
        (
            "an input goes into every output whose window covers it: the gradients, weighted by the "
            "kernel, are added up (an entry that is not there counts as 0)",
            "a kernel entry meets one input in every window: the inputs, weighted by the gradients, are "
            "added up (an entry that is not there counts as 0)",
        ),
    ),
    Operation(
        "maxpool2d",
        "largest entry of each window",
        "structured",
        _pooling,
        _pooling_shape,
        pool,
        "the gradient of each window goes to its largest entry (equal shares at a tie)",
    ),
]

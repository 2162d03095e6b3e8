"""Vectors or matrices joined along an axis; a number among vectors is one with a single entry."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import (
    Dims,
    Indices,
    Numbers,
    Options,
    Scope,
    Shape,
    ShapeMismatch,
    Space,
    Views,
    axes,
)
from symgrad.operations.signature import Signature
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ over the blocks of their entries, each moved to its place by columns of the identity."""
    (axis,) = axes(len(out), options.get("axis", 0))
    whole = scope.dims[out[axis]]
    before: Shape = ()
    terms = []
    for view in views:
        length = view.dims[axis] if view.rank else 1
        chosen = (("before", before), ("length", length), ("size", whole))
        place = scope.constant(Op("placement", (), chosen), (whole, length))
        k = scope.index(length)
        at = (*out[:axis], k, *out[axis + 1 :]) if view.rank else ()
        terms.append(scope.sum(place(out[axis], k) * view(*at), k))
        before = (*before, length)
    return sympy.Add(*terms)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    first, *others = (shape or (1,) for shape in shapes)
    if any(len(shape) != len(first) for shape in others):
        raise ShapeMismatch("concat joins vectors with vectors, and matrices with matrices")
    (axis,) = axes(len(first), options.get("axis", 0))
    joined = dims.derive("sum", (), first[axis], *(shape[axis] for shape in others))
    for shape in others:
        for n, (left, right) in enumerate(zip(first, shape, strict=True)):
            if n != axis:
                dims.same(left, right)
    return (*first[:axis], joined, *first[axis + 1 :])


def _value(space: Space, *args: Numbers, axis: int = 0) -> Numbers:
    return np.concatenate([np.atleast_1d(arg) for arg in args], axis=axis)


CONCAT = Operation(
    "concat",
    "concatenation",
    "linear",
    _entry,
    _shape,
    _value,
    "each block gets its own stretch of the gradient",
    call=Signature(("a", "b"), (("axis", 0),), variadic=True),
    layout="(a; b)",
    code="np.concatenate",
    example=Example("concat(a, b)", {"a": ("m",), "b": ("n",)}),
)

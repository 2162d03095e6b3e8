"""Indexing with positions and ranges, x[1:3]."""

from __future__ import annotations

from typing import Any

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
)
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
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


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
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


def _value(space: Space, x: Numbers, key: tuple[Any, ...]) -> Numbers:
    return np.asarray(x[tuple(slice(part[1], part[2]) if isinstance(part, tuple) else part for part in key)])


INDEX = Operation(
    "index",
    "indexing",
    "linear",
    _entry,
    _shape,
    _value,
    "the gradient goes to the entries that were picked, and is 0 elsewhere",
    call="x[1:3]",
    layout="a_k",
    code="{0}[{key}]",
    example=Example("x[1:3]", {"x": ("n",)}),
)

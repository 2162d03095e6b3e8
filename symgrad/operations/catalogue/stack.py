"""Arrays of one shape, scalars too, along a new axis."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.limits import MOST_AXES
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
    """Σ over the arrays, each times 1 at its own place along the new axis, and 0 elsewhere."""
    (axis,) = axes(len(out), options.get("axis", 0))
    size = scope.dims[out[axis]]
    rest = (*out[:axis], *out[axis + 1 :])
    units = (Op("unit", (), (("position", n), ("size", size))) for n in range(len(views)))
    terms = (
        scope.constant(unit, (size,))(out[axis]) * view(*rest)
        for unit, view in zip(units, views, strict=True)
    )
    return sympy.Add(*terms)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    first = shapes[0]
    if any(len(shape) != len(first) for shape in shapes) or len(first) == MOST_AXES:
        raise ShapeMismatch(f"stack joins arrays of one shape, of at most {MOST_AXES - 1} axes")
    for shape in shapes[1:]:
        first = tuple(map(dims.same, first, shape))
    (axis,) = axes(len(first) + 1, options.get("axis", 0))
    return (*first[:axis], dims.derive("count", (len(shapes),)), *first[axis:])


def _value(space: Space, *args: Numbers, axis: int = 0) -> Numbers:
    return np.stack(args, axis=axis)


STACK = Operation(
    "stack",
    "arrays along a new axis",
    "linear",
    _entry,
    _shape,
    _value,
    "each array gets its own part of the gradient",
    call=Signature(("a", "b"), (("axis", 0),), variadic=True),
    layout="(a, b)",
    code="np.stack",
    example=Example("stack(a, b)", {"a": ("n",), "b": ("n",)}),
)

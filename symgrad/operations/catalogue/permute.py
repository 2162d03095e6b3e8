"""The axes of an array in another order: transpose(x, axes), and two of them exchanged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import (
    Dims,
    Indices,
    Options,
    Scope,
    Shape,
    ShapeMismatch,
    Views,
    axes,
)
from symgrad.operations.signature import REQUIRED, Signature

Order = Callable[[int, Options], tuple[int, ...]]
"""For an array of so many axes: the axis of it that each of the output is."""


def _order(rank: int, options: Options) -> tuple[int, ...]:
    if len(options["axes"]) != rank:
        raise ShapeMismatch(f"{options['axes']} is an order of {len(options['axes'])} axes, not of {rank}")
    return tuple(axis % rank for axis in options["axes"])


def _exchanged(rank: int, options: Options) -> tuple[int, ...]:
    (first,), (second,) = (axes(rank, options[name]) for name in ("axis1", "axis2"))
    return tuple({first: second, second: first}.get(axis, axis) for axis in range(rank))


def _reordered(name: str, title: str, order: Order, **written: object) -> Operation:
    def entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
        places = dict(zip(order(len(out), options), out, strict=True))
        return views[0](*(places[axis] for axis in range(len(out))))

    def shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
        return tuple(shapes[0][axis] for axis in order(len(shapes[0]), options))

    return Operation(
        name,
        title,
        "linear",
        entry,
        shape,
        lambda space, x, **options: np.transpose(x, order(x.ndim, options)),
        "every entry keeps its gradient: the axes are put back into their order",
        **written,  # type: ignore[arg-type]
    )


PERMUTE = _reordered(
    "permute",
    "axes in another order",
    _order,
    call=Signature(("x",), (("axes", None),), called="transpose"),
    code="np.transpose({0:arg}, ({axes}))",
    example=Example("transpose(X, (1, 0))", {"X": ("m", "n")}),
)
SWAPAXES = _reordered(
    "swapaxes",
    "two axes exchanged",
    _exchanged,
    call=Signature(("x",), (("axis1", REQUIRED), ("axis2", REQUIRED))),
    code="np.swapaxes({0:arg}, {axis1}, {axis2})",
    example=Example("swapaxes(X, 0, 1)", {"X": ("m", "n")}),
)

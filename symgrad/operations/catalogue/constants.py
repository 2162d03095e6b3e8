"""Arrays that are always the same: the identity, ones and zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Numbers, Options, Scope, Shape, Space, Views
from symgrad.operations.signature import Signature

WHY = "a constant: nothing goes back to it"


def _identity(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return sympy.KroneckerDelta(*out)


def _square(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    return options["size"], options["size"]


def _identity_value(space: Space, size: int) -> Numbers:
    return space.array(np.eye(size, dtype=int))


EYE = Operation(
    "eye",
    "identity matrix",
    "linear",
    _identity,
    _square,
    _identity_value,
    WHY,
    call=Signature((), sizes="size"),
    layout="the identity I",
    example=Example("x @ eye(n)", {"x": ("n",)}),
)


def _filled(name: str, title: str, number: int, numpy: Callable[..., Any]) -> Operation:
    """An array with one number everywhere."""

    def value(space: Space, shape: tuple[int, ...]) -> Numbers:
        return space.array(numpy(shape, dtype=int))

    return Operation(
        name,
        title,
        "linear",
        lambda scope, views, out, options: sympy.Integer(number),
        lambda dims, shapes, options: options["shape"],
        value,
        WHY,
        call=Signature((), sizes="shape"),
        layout=f"all entries {number}",
        example=Example(f"x + {name}(n)", {"x": ("n",)}),
    )


ONES = _filled("ones", "array of ones", 1, np.ones)
ZEROS = _filled("zeros", "array of zeros", 0, np.zeros)

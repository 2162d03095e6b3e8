"""What elementwise operations share: a function of one entry of each argument, with NumPy's broadcasting.

The SymPy formula is the definition. At kinks the branch that holds there decides: relu and abs have
derivative 0 at 0, leaky_relu its slope, elu 1, maximum and minimum one half at a tie. The NumPy
function is a stable way to the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symgrad.languages import Said
from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Numbers, Options, Scope, Space, View, broadcast_shape, same_shape
from symgrad.operations.signature import ONE, TWO, Signature

FLOAT_FUNCTIONS: dict[str, Callable[..., Any]] = {}
_ERF = np.frompyfunc(math.erf, 1, 1)


def erf(t: Numbers) -> Numbers:
    """The error function, which NumPy does not have."""
    return np.asarray(_ERF(t), dtype=float)


def sigmoid(t: Numbers) -> Numbers:
    """1 / (1 + e^-t) without overflow: e^-|t| stands on the side where it is small."""
    small = np.exp(-np.abs(t))
    return np.where(t >= 0, 1.0, small) / (1.0 + small)


def elementwise(
    name: str,
    title: str,
    scalar: Callable[..., sympy.Expr],
    numpy: Callable[..., Any],
    why: str | tuple[str, ...],
    *,
    call: Signature | str | None = None,
    **written: Any,
) -> Operation:
    """The record of an elementwise operation from its formula in scalars.

    ``call`` is a function of one or two arguments where nothing else is said; what is ``written`` are
    other fields of `Operation`.
    """

    def entry(
        scope: Scope, views: tuple[View, ...], out: tuple[sympy.Symbol, ...], options: Options
    ) -> sympy.Expr:
        return scalar(*(scope.spread(view, out) for view in views), **options)

    def value(space: Space, *args: Numbers, **options: Any) -> Numbers:
        return space.apply(name, *args, **options)

    FLOAT_FUNCTIONS[name] = numpy
    shape = same_shape if scalar.__code__.co_argcount == 1 else broadcast_shape
    called = call if call is not None else ONE if shape is same_shape else TWO
    return Operation(
        name, title, "elementwise", entry, shape, value, why, scalar=scalar, call=called, **written
    )


def chain(slope: str) -> Said:
    """Why of a function of one argument, whose derivative is said in words."""
    why = "an elementwise function: each entry is multiplied by its own derivative, {slope}"
    return Said(why, slope=Said(slope))

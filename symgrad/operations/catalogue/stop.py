"""Whatever stands in it, with its value and without a derivative: the target of a temporal difference."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import ARGUMENT, Indices, Options, Scope, Views, same_shape
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """An entry of an array that does not vary with the argument."""
    return scope.constant(Op("stop", (ARGUMENT,)), views[0].dims)(*out)


STOP = Operation(
    "stop",
    "value without a derivative",
    "linear",
    _entry,
    same_shape,
    lambda space, x: np.asarray(np.real(x)),  # without the change that a jet carries
    "what is stopped is a constant here: nothing goes back to it",
    code="{0}",
    names=("sg", "stopgrad", "detach", "StopGradient"),
)

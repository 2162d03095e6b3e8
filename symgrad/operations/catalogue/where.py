"""The choice of one of two by a condition."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import (
    ARGUMENT,
    Indices,
    Numbers,
    Options,
    Scope,
    Space,
    Views,
    broadcast_shape,
)
from symgrad.operations.signature import CONDITION, Signature
from symgrad.tree import Op

HOLDS = Op("indicator", (ARGUMENT,))
FAILS = Op("indicator", (ARGUMENT,), (("negated", True),))


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """1[c] p + 1[not c] q: where no comparison is at its boundary the weights are locally constant."""
    condition, yes, no = views
    weights = (scope.constant(formula, condition.dims) for formula in (HOLDS, FAILS))
    parts = zip(weights, (yes, no), strict=True)
    return sympy.Add(*(scope.spread(weight, out) * scope.spread(part, out) for weight, part in parts))


def _value(space: Space, condition: Numbers, yes: Numbers, no: Numbers) -> Numbers:
    """Picked, not multiplied: what is not chosen may be NaN or infinite; a condition may not."""
    picked = np.where(condition == 1, yes, no)
    return np.asarray(np.where(condition == condition, picked, condition))


WHERE = Operation(
    "where",
    "choice by a condition",
    "linear",
    _entry,
    broadcast_shape,
    _value,
    (
        "a condition is locally constant: nothing goes back through it",
        "the gradient goes on where the condition holds, and is 0 elsewhere",
        "the gradient goes on where the condition does not hold, and is 0 elsewhere",
    ),
    call=Signature((CONDITION, "a", "b")),
    layout="a if c, b otherwise",
    example=Example("where(c > 0, a, b)", {"c": ("n",), "a": ("n",), "b": ("n",)}),
)

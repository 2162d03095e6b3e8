"""Comparisons, which are 1 where they hold and 0 elsewhere, and the choice that they make."""

from __future__ import annotations

import numpy as np
import sympy
from sympy import Piecewise

from symgrad.operations.elementwise import elementwise
from symgrad.operations.record import (
    ARGUMENT,
    Indices,
    Numbers,
    Operation,
    Options,
    Scope,
    Space,
    Views,
    broadcast_shape,
)
from symgrad.tree import Op

HOLDS = Op("indicator", (ARGUMENT,))
FAILS = Op("indicator", (ARGUMENT,), (("negated", True),))


def _choice(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """1[c] p + 1[not c] q: where no comparison is at its boundary the weights are locally constant."""
    condition, yes, no = views
    weights = (scope.constant(formula, condition.dims) for formula in (HOLDS, FAILS))
    parts = zip(weights, (yes, no), strict=True)
    return sympy.Add(*(scope.spread(weight, out) * scope.spread(part, out) for weight, part in parts))


def _chosen(space: Space, condition: Numbers, yes: Numbers, no: Numbers) -> Numbers:
    """Picked, not multiplied: what is not chosen may be NaN or infinite; a condition may not."""
    picked = np.where(condition == 1, yes, no)
    return np.asarray(np.where(condition == condition, picked, condition))


def _holds(relation: sympy.Basic) -> sympy.Expr:
    return Piecewise((1, relation), (0, True))


CHOICES = [
    elementwise("less", "less than", lambda a, b: _holds(a < b), np.less, "a condition is locally constant"),
    elementwise(
        "less_equal",
        "less than or equal",
        lambda a, b: _holds(a <= b),
        np.less_equal,
        "a condition is locally constant",
    ),
    elementwise(
        "greater", "greater than", lambda a, b: _holds(a > b), np.greater, "a condition is locally constant"
    ),
    elementwise(
        "greater_equal",
        "greater than or equal",
        lambda a, b: _holds(a >= b),
        np.greater_equal,
        "a condition is locally constant",
    ),
    elementwise(
        "equal", "equal", lambda a, b: _holds(sympy.Eq(a, b)), np.equal, "a condition is locally constant"
    ),
    Operation(
        "where",
        "choice by a condition",
        "linear",
        _choice,
        broadcast_shape,
        _chosen,
        (
            "a condition is locally constant: nothing goes back through it",
            "the gradient goes on where the condition holds, and is 0 elsewhere",
            "the gradient goes on where the condition does not hold, and is 0 elsewhere",
        ),
    ),
]

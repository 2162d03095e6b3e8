"""Elementwise operations: a function of one entry of each argument, with NumPy's broadcasting.

The SymPy formula is the definition. At kinks the branch that holds there decides: relu and abs have
derivative 0 at 0, leaky_relu its slope, elu 1, maximum and minimum one half at a tie. The NumPy
function is a stable way to the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from sympy import Piecewise

from symgrad.operations.record import (
    Numbers,
    Operation,
    Options,
    Scope,
    Space,
    View,
    broadcast_shape,
    same_shape,
)

FLOAT_FUNCTIONS: dict[str, Callable[..., Any]] = {}


def _sigmoid(t: Numbers) -> Numbers:
    """1 / (1 + e^-t) without overflow: e^-|t| stands on the side where it is small."""
    small = np.exp(-np.abs(t))
    return np.where(t >= 0, 1.0, small) / (1.0 + small)


_erf = np.frompyfunc(math.erf, 1, 1)


def _gelu(t: Numbers) -> Numbers:
    return np.asarray(t * 0.5 * (1.0 + np.asarray(_erf(np.asarray(t) / math.sqrt(2.0)), dtype=float)))


def elementwise(
    name: str,
    title: str,
    scalar: Callable[..., sympy.Expr],
    numpy: Callable[..., Any],
    why: str | tuple[str, ...],
) -> Operation:
    """The record of an elementwise operation from its formula in scalars."""

    def entry(
        scope: Scope, views: tuple[View, ...], out: tuple[sympy.Symbol, ...], options: Options
    ) -> sympy.Expr:
        return scalar(*(scope.spread(view, out) for view in views), **options)

    def value(space: Space, *args: Numbers, **options: Any) -> Numbers:
        return space.apply(name, *args, **options)

    FLOAT_FUNCTIONS[name] = numpy
    shape = same_shape if scalar.__code__.co_argcount == 1 else broadcast_shape
    return Operation(name, title, "elementwise", entry, shape, value, why, scalar)


def _chain(written: str) -> str:
    return f"an elementwise function: each entry is multiplied by its own derivative, {written}"


def _tied_max(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    return Piecewise((a, a > b), (b, a < b), ((a + b) / 2, True))


def _tied_min(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
    return Piecewise((a, a < b), (b, a > b), ((a + b) / 2, True))


SLOPE = Fraction(1, 100)
"""The slope of leaky_relu where none is given."""


def _leaky(t: sympy.Expr, slope: Fraction = SLOPE) -> sympy.Expr:
    return Piecewise((t, t > 0), (sympy.Rational(slope) * t, True))


ELEMENTWISE = [
    elementwise("exp", "exponential", lambda t: sympy.exp(t), np.exp, _chain("which is exp itself")),
    elementwise("log", "natural logarithm", lambda t: sympy.log(t), np.log, _chain("one over the argument")),
    elementwise("sqrt", "square root", lambda t: sympy.sqrt(t), np.sqrt, _chain("one over twice the root")),
    elementwise("sin", "sine", lambda t: sympy.sin(t), np.sin, _chain("the cosine")),
    elementwise("cos", "cosine", lambda t: sympy.cos(t), np.cos, _chain("minus the sine")),
    elementwise(
        "tanh", "hyperbolic tangent", lambda t: sympy.tanh(t), np.tanh, _chain("one minus its square")
    ),
    elementwise(
        "sigmoid",
        "logistic sigmoid",
        lambda t: 1 / (1 + sympy.exp(-t)),
        _sigmoid,
        _chain("the sigmoid times one minus itself"),
    ),
    elementwise(
        "relu",
        "rectified linear unit",
        lambda t: Piecewise((t, t > 0), (0, True)),
        lambda t: np.maximum(t, 0.0),
        _chain("1 where the argument is positive and 0 elsewhere"),
    ),
    elementwise(
        "leaky_relu",
        "leaky rectified linear unit",
        _leaky,
        lambda t, slope=0.01: np.where(t > 0, t, float(slope) * t),
        _chain("1 where the argument is positive and the slope elsewhere"),
    ),
    elementwise(
        "elu",
        "exponential linear unit",
        lambda t: Piecewise((sympy.exp(t) - 1, t < 0), (t, True)),
        lambda t: np.where(t < 0, np.expm1(np.minimum(t, 0.0)), t),
        _chain("1 where the argument is not negative and its exponential elsewhere"),
    ),
    elementwise(
        "softplus",
        "softplus",
        lambda t: sympy.log(1 + sympy.exp(t)),
        lambda t: np.logaddexp(0.0, t),
        _chain("the sigmoid"),
    ),
    elementwise(
        "silu",
        "sigmoid linear unit",
        lambda t: t / (1 + sympy.exp(-t)),
        lambda t: t * _sigmoid(t),
        _chain("found by the product rule"),
    ),
    elementwise(
        "gelu",
        "Gaussian error linear unit",
        lambda t: t * (1 + sympy.erf(t / sympy.sqrt(2))) / 2,
        _gelu,
        _chain("found by the product rule"),
    ),
    elementwise(
        "abs",
        "absolute value",
        lambda t: Piecewise((t, t > 0), (-t, t < 0), (0, True)),
        np.abs,
        _chain("the sign of the argument"),
    ),
    elementwise(
        "maximum",
        "the larger of two",
        _tied_max,
        np.maximum,
        "the gradient goes to the larger argument, at a tie half of it to each",
    ),
    elementwise(
        "minimum",
        "the smaller of two",
        _tied_min,
        np.minimum,
        "the gradient goes to the smaller argument, at a tie half of it to each",
    ),
    elementwise("add", "sum", lambda a, b: a + b, np.add, "a sum passes the gradient on to each summand"),
    elementwise(
        "subtract",
        "difference",
        lambda a, b: a - b,
        np.subtract,
        (
            "a difference passes the gradient on to what is subtracted from",
            "a difference passes the gradient on with a minus to what is subtracted",
        ),
    ),
    elementwise(
        "multiply",
        "elementwise product",
        lambda a, b: a * b,
        np.multiply,
        "product rule: the gradient is multiplied by the other factor",
    ),
    elementwise(
        "divide",
        "elementwise quotient",
        lambda a, b: a / b,
        np.divide,
        (
            "the numerator's gradient is divided by the denominator",
            "quotient rule: the derivative by the denominator is minus the numerator over its square",
        ),
    ),
    elementwise(
        "power",
        "power",
        lambda a, b: a**b,
        lambda a, b: np.power(np.asarray(a, dtype=float), b),
        (
            "power rule: the exponent comes down as a factor and drops by one",
            "the derivative by an exponent is the power times the logarithm of its base",
        ),
    ),
    elementwise("negative", "negative", lambda a: -a, np.negative, "a minus sign is a constant factor"),
]

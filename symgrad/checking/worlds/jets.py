"""First-order jets in complex numbers: the real part is a value, the tiny imaginary part its change.

f(a + ih) = f(a) + ih f′(a) to the last digit where f is worked out in complex numbers and h² vanishes
beside 1 (the complex step of Squire and Trapp, 1998). What is not analytic (|t|, max, a power) takes
its branch by the real part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.numbers.own import called
from symgrad.numbers.spaces import EXACT, FLOATS, Floats
from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.elementwise import erf as real_erf
from symgrad.operations.model import Operation
from symgrad.operations.own import CALL
from symgrad.operations.record import Numbers
from symgrad.tree import Function

H = 1e-30
"""The step: its square is nothing beside any number that is not nothing itself."""


def _jet(value: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function of jets from the function and its derivative at real numbers."""

    def apply(t: Any) -> Any:
        real = np.real(t)
        found = np.asarray(value(real))
        return found + 1j * slope(real) * np.imag(t) if np.iscomplexobj(t) else found

    return apply


def erf(t: Any) -> Any:
    """The error function."""
    return _jet(real_erf, lambda a: 2 / math.sqrt(math.pi) * np.exp(-a * a))(t)


def sigmoid(t: Any) -> Any:
    """1 / (1 + e^-t)."""
    return _jet(
        lambda a: np.where(a >= 0, 1.0, np.exp(-np.abs(a))) / (1 + np.exp(-np.abs(a))),
        lambda a: np.exp(-np.abs(a)) / (1 + np.exp(-np.abs(a))) ** 2,
    )(t)


def log(t: Any) -> Any:
    """The logarithm; NaN below 0."""
    return _jet(np.log, lambda a: 1 / a)(t)


def sqrt(t: Any) -> Any:
    """The root; NaN below 0."""
    return _jet(np.sqrt, lambda a: 0.5 / np.sqrt(a))(t)


def power(a: Any, b: Any) -> Any:
    """a^b, with a whole exponent also of a negative a."""
    base, exponent = np.real(a) * 1.0, np.real(b) * 1.0
    value = np.power(base, exponent)
    if not np.iscomplexobj(a) and not np.iscomplexobj(b):
        return value
    change = exponent * np.power(base, exponent - 1) * np.imag(a)
    change = np.where(exponent == 0, 0.0, change)
    if np.any(np.imag(b)):
        change = change + value * np.log(base) * np.imag(b)
    return value + 1j * change


def _tied(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(a: Any, b: Any) -> Any:
        first = choose(np.real(a), np.real(b))
        return np.where(np.real(a) == np.real(b), (a + b) / 2, np.where(first, a, b))

    return apply


def absolute(t: Any) -> Any:
    """|t|."""
    return t * np.sign(np.real(t))


def _compare(holds: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda a, b: holds(np.real(a), np.real(b)).astype(float)


def _defined(record: Operation) -> Callable[..., Any]:
    """An elementwise operation by its numbers and by the slopes that follow from its definition."""

    def apply(*args: Any, **options: Any) -> Any:
        real = tuple(np.asarray(np.real(arg), dtype=float) for arg in args)
        found = FLOATS.apply(record.name, *real, **options)
        if not any(map(np.iscomplexobj, args)):
            return found
        stated = tuple(sorted(options.items()))
        slopes = (FLOATS.prime(record.name, n, real, stated) for n in range(len(args)))
        return found + 1j * sum(slope * np.imag(arg) for slope, arg in zip(slopes, args, strict=True))

    return apply


_QUICK: Mapping[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": log,
    "sqrt": sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "arctan": _jet(np.arctan, lambda a: 1 / (1 + a * a)),
    "tanh": _jet(np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "sigmoid": sigmoid,
    "relu": lambda t: np.where(np.real(t) > 0, t, 0.0),
    "leaky_relu": lambda t, slope=0.01: np.where(np.real(t) > 0, t, float(slope) * t),
    "elu": lambda t: np.where(np.real(t) < 0, np.exp(np.where(np.real(t) < 0, t, 0.0)) - 1, t),
    "softplus": _jet(lambda a: np.logaddexp(0.0, a), lambda a: sigmoid(a)),
    "silu": lambda t: t * sigmoid(t),
    "gelu": lambda t: t * 0.5 * (1.0 + erf(t / math.sqrt(2.0))),
    "erf": erf,
    "abs": absolute,
    "maximum": _tied(np.greater),
    "minimum": _tied(np.less),
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "power": power,
    "negative": np.negative,
    "less": _compare(np.less),
    "less_equal": _compare(np.less_equal),
    "greater": _compare(np.greater),
    "greater_equal": _compare(np.greater_equal),
    "equal": _compare(np.equal),
}
FUNCTIONS: Mapping[str, Callable[..., Any]] = Derived(
    OPERATIONS, lambda record: {record.name: _defined(record)} if record.scalar else {}, _QUICK
)


class Jets(Floats):
    """Where the numbers of the checker live: floats, or complex numbers that carry a change."""

    def apply(self, function: str, *args: Numbers, **options: Any) -> Numbers:
        """An elementwise function of jets."""
        if function == CALL.name:
            return called(self, options["definition"], args)
        with np.errstate(all="ignore"):
            return np.asarray(FUNCTIONS[function](*args, **options))

    def concrete(self, function: Function) -> Function:
        """The function itself, a smooth stand-in for an unspecified one."""
        return EXACT.concrete(function)

    def array(self, values: Any) -> Numbers:
        """Floats; jets stay what they are."""
        if isinstance(values, Fraction) or not np.iscomplexobj(values):
            return FLOATS.array(values)
        return np.asarray(values)

    def of_matrix(self, function: str, matrix: Numbers) -> Numbers:
        """inv, det, logdet of jets."""
        return np.asarray(_MATRIX[function](matrix))


def _inverse(matrix: Any) -> Any:
    try:
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return np.full(matrix.shape, math.nan)


def _logdet(matrix: Any) -> Any:
    found = np.linalg.det(matrix)
    return log(found * np.sign(np.real(found)))


_MATRIX: Mapping[str, Callable[[Any], Any]] = {"inv": _inverse, "det": np.linalg.det, "logdet": _logdet}
JETS = Jets()

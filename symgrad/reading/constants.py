"""Numbers computed from numbers alone: refused before anything tries to write 9**9**9 out."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.elementwise import FLOAT_FUNCTIONS
from symgrad.operations.model import Operation
from symgrad.tree import Formula, Number, Op, children, walk

Constant: TypeAlias = "Fraction | float"

MAX_EXPONENT = 1_000
MAX_BITS = 200_000  # of an exact numerator or denominator: (1 + 1/365)**365 passes, a tower does not


class NoValueError(ArithmeticError):
    """A numeric formula that has no usable value; the message says why."""


def _bits(value: Constant) -> int:
    if not isinstance(value, Fraction):
        return 0
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _power(base: Constant, exponent: Constant) -> Any:
    size = abs(float(exponent))
    if size > MAX_EXPONENT:
        raise NoValueError(f"an exponent beyond {MAX_EXPONENT:,}")
    if _bits(base) * size > MAX_BITS:
        raise NoValueError("a number with too many digits")
    return base**exponent


def _sigmoid(t: Constant) -> float:
    return 0.5 * (1 + math.tanh(t / 2))


def _itself(t: Constant, **options: Any) -> Constant:
    return t


# Only operations that take scalars: an array cannot be made of numbers alone.
_QUICK: Mapping[str, Callable[..., Any]] = {
    "pi": lambda: math.pi,
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "negative": operator.neg,
    "power": _power,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "where": lambda condition, a, b: a if condition else b,
    "maximum": max,
    "minimum": min,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigmoid": _sigmoid,
    "relu": lambda t: max(t, Fraction(0)),
    "leaky_relu": lambda t, slope=Fraction(1, 100): t if t >= 0 else slope * t,
    "elu": lambda t: t if t > 0 else math.expm1(t),
    "softplus": lambda t: max(t, 0) + math.log1p(math.exp(-abs(t))),
    "silu": lambda t: t * _sigmoid(t),
    "gelu": lambda t: t / 2 * (1 + math.erf(t / math.sqrt(2))),
    "norm": abs,
    **dict.fromkeys(("sum", "mean", "max", "min", "flatten"), _itself),
}


def _defined(record: Operation) -> Callable[..., float]:
    """An elementwise operation of numbers by its NumPy function."""

    def value(*args: Constant, **options: Any) -> float:
        with np.errstate(all="ignore"):
            return float(FLOAT_FUNCTIONS[record.name](*map(np.float64, args), **options))

    return value


_RULES: Mapping[str, Callable[..., Any]] = Derived(
    OPERATIONS, lambda record: {record.name: _defined(record)} if record.scalar else {}, _QUICK
)

_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (NoValueError, "{0}"),
    (ZeroDivisionError, "a division by zero"),
    (OverflowError, "a number beyond the largest float"),
    (TypeError, "a root of a negative number"),  # Python answers with a complex number
    (ValueError, "outside the domain of the function"),
)


def constant(formula: Formula, known: Mapping[int, Constant]) -> Constant | None:
    """The value of a formula of numbers alone, None for any other; ``known`` holds that of its parts by id.

    Raises `NoValueError` for a division by zero, an even root of a negative number, and beyond the floats.
    """
    if isinstance(formula, Number):
        return formula.value
    values = [known[id(part)] for part in children(formula) if id(part) in known]
    if not isinstance(formula, Op) or formula.name not in _RULES or len(values) < len(formula.args):
        return None
    return _usable(lambda: _RULES[formula.name](*values, **dict(formula.options)))


def value_of(formula: Formula) -> Constant:
    """The value of a formula without names. Raises `NoValueError` where it has none."""
    known: dict[int, Constant] = {}
    for node in reversed([*walk(formula)]):  # parts before their parents
        value = constant(node, known)
        if value is None:
            raise NoValueError("it makes an array")
        known[id(node)] = value
    return known[id(formula)]


def _usable(compute: Callable[[], Constant]) -> Constant:
    try:
        value = compute()
        finite = math.isfinite(float(value))
    except tuple(kind for kind, _ in _REASONS) as error:
        reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
        raise NoValueError(reason.format(error)) from None
    if not finite:
        raise NoValueError("a number beyond the largest float")
    if _bits(value) > MAX_BITS:
        raise NoValueError("a number with too many digits")
    return value

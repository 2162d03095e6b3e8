"""What rounding leaves where the exact result is 0: 0.1 · 3 − 0.3 is 5.6 · 10⁻¹⁷ in floats.

Such a number is printed, and beside a kink it chooses the wrong side. So where very small numbers come
out, all is worked out once more with 50 digits from the decimals that the user wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from symgrad.late import mpmath
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS, Exact
from symgrad.operations.record import Numbers, as_object
from symgrad.tree import (
    Array,
    Delta,
    Entry,
    Formula,
    Gradient,
    Name,
    Number,
    Op,
    Total,
    Value,
    transform,
    walk,
)

TINY = 1e-9
"""Below it a number may be what rounding has left of 0."""
NOTHING = 40
"""Digits beyond which a part of what was added up is no more than rounding, with 50 digits."""
ULPS = 16 * float(np.finfo(float).eps)
"""The same in floats."""
SHORT = 15
"""Digits up to which a float stands for the decimal that it is printed as."""
ADDITIVE = frozenset(
    (
        *("add", "subtract", "negative", "multiply", "divide", "matmul", "dot", "outer", "sum", "mean"),
        *("trace", "transpose", "diag", "flatten", "unflatten", "index", "squeeze", "unsqueeze", "concat"),
        *("ones", "zeros", "eye", "unit", "selection", "triangle", "placement", "part"),
        *("conv2d", "kernel_conv2d", "full_conv2d"),
    )
)
"""Operations whose value with all signs plus is what was added up."""

T = TypeVar("T")


def _one(*args: Numbers) -> Numbers:
    return args[0] * 0 + 1


# What the rounding of a function's value is measured by, where it may be 0 in the midst of its range.
_ORDER: Mapping[str, Callable[..., Numbers]] = {
    "add": np.maximum,
    "subtract": np.maximum,
    "sin": lambda a: np.minimum(a, _one(a)),
    "cos": _one,
    "log": _one,
}


class Settling(Exact):
    """50 digits, and 0 where a value is only rounding, so that kinks see what is exactly 0."""

    def apply(self, function: str, *args: Numbers, **options: Any) -> Numbers:
        """An elementwise function."""
        found = super().apply(function, *args, **options)
        return _settled(found, _ORDER[function](*map(np.abs, args))) if function in _ORDER else found

    def prime(
        self, function: str, position: int, args: tuple[Numbers, ...], options: tuple[Any, ...]
    ) -> Numbers:
        """The derivative of one."""
        found = super().prime(function, position, args, options)
        return _settled(found, _one(*args)) if function in ("sin", "cos") else found


SETTLING = Settling()


def decimals(array: Array) -> Numbers:
    """Floats as the decimals that they are printed as, with 50 digits."""
    return SETTLING.array(np.frompyfunc(lambda v: Fraction(repr(float(v))), 1, 1)(array))


def settled(formula: Formula, found: Numbers, values: Values) -> Numbers:
    """The value of a formula with 50 digits, 0 where it is only the rounding of what was added up."""
    size = _size(formula, values)
    return found if size is None else _settled(found, size)


def _settled(found: Numbers, size: Numbers) -> Numbers:
    nothing = mpmath.mpf(10) ** -NOTHING
    return as_object(np.frompyfunc(lambda v, s: v * 0 if abs(v) < nothing * s else v, 2, 1)(found, size))


def floats(array: Numbers) -> Array:
    """Numbers of 50 digits as floats. Raises TypeError for a complex one."""
    with np.errstate(invalid="ignore"):  # NaN and infinities stay what they are
        return np.asarray(np.frompyfunc(float, 1, 1)(array), dtype=float)


def may_be_residue(arrays: Iterable[Array]) -> bool:
    """Whether all numbers are finite and some so small that rounding may have left them of 0."""
    whole = [np.asarray(array) for array in arrays]
    return all(np.isfinite(a).all() for a in whole) and any(_tiny(a).any() for a in whole)


def parted(arrays: Iterable[Array], exact: Iterable[Array]) -> bool:
    """Whether floats have lost a number: what is exactly 0, a small one's digits, the side of a kink."""
    pairs = zip(arrays, exact, strict=True)
    return any(not np.isclose(array, true, rtol=TINY, atol=0).all() for array, true in pairs)


def is_delicate(formulas: Iterable[Formula], values: Values) -> bool:
    """Whether rounding may decide: so near is a kink, or a matrix to one that has no inverse."""
    nodes = [node for formula in formulas for node in walk(formula)]
    beside = (evaluate(side, values) for node in nodes for side in _sides(node))
    return any(_tiny(side).any() for side in beside) or any(
        _may_be_singular(evaluate(node.args[0], values))
        for node in nodes
        if isinstance(node, Op) and node.name in ("inv", "det", "logdet")
    )


def _may_be_singular(matrix: Array) -> bool:
    """Whether the determinant is as good as 0 beside the lengths of the rows, whose product it is at most."""
    if not np.isfinite(matrix).all():
        return False
    return bool(abs(np.linalg.det(matrix)) <= TINY * np.prod(np.linalg.norm(matrix, axis=1)))


def _sides(node: Formula) -> Iterator[Formula]:
    """What is 0 at the kink of an operation."""
    match node:
        case Op("relu" | "abs" | "leaky_relu", (arg,)):
            yield arg
        case Op("maximum" | "minimum" | "less" | "less_equal" | "greater" | "greater_equal", (left, right)):
            yield Op("subtract", (left, right))
        case Op("clip", (arg, *bounds)):
            yield from (Op("subtract", (arg, bound)) for bound in bounds)


def with_digits(work: Callable[[], T]) -> T | None:
    """What comes out with 50 digits; None where that has no real or no finite number on the way."""
    try:
        with mpmath.workdps(DIGITS):
            return work()
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None


def rounded(formula: Formula, value: Array, values: Values) -> Array:
    """The value of a sum or product of numbers, 0 where only rounding is left of it.

    Where the numbers are short decimals the exact result decides.
    """
    tiny = _tiny(value)
    size = _size(formula, values) if tiny.any() else None
    left = tiny & (np.abs(value) <= ULPS * size) if size is not None else np.zeros(())
    if not left.any():
        return value
    numbers = [node.array for node in walk(formula) if isinstance(node, Value)]
    exact = with_digits(lambda: floats(_exactly(formula, values))) if all(map(_is_short, numbers)) else None
    return np.where(left, np.zeros(()) if exact is None else exact, value)


def _exactly(formula: Formula, values: Values) -> Numbers:
    digits = transform(formula, lambda n: Value(decimals(n.array)) if isinstance(n, Value) else n)
    inside = Values({}, values.sizes, SETTLING)
    return settled(digits, evaluate(digits, inside), inside)


def _tiny(array: Array) -> Any:
    return (array != 0) & (np.abs(array) < TINY)


def _size(formula: Formula, values: Values) -> Numbers | None:
    """How large what was added up is: the value with all signs plus; None where not only sums are formed."""
    adds = (node.name in ADDITIVE or _is_power(node) for node in walk(formula) if isinstance(node, Op))
    if any(isinstance(node, Entry | Total | Delta) for node in walk(formula)) or not all(adds):
        return None

    def change(node: Formula) -> Formula:
        match node:
            case Value(array):
                return Value(np.abs(array))
            case Name() | Gradient():
                return Value(np.abs(values.names[node]))
            case Number(value):
                return Number(abs(value))
            case Op("subtract", args, options):
                return Op("add", args, options)
            case Op("negative", (inner,)):
                return inner
        return node

    return evaluate(transform(formula, change), values)


def _is_power(op: Op) -> bool:
    return op.name == "power" and isinstance(op.args[1], Number)


def _is_short(array: Array) -> bool:
    return all(float(f"{v:.{SHORT}g}") == v for v in np.ravel(array).tolist())

"""Where numbers live: ``FLOATS`` (float64, stable functions) and ``EXACT`` (50 digits, by definition)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from symgrad.late import mpmath, numpy_printing, sympy
from symgrad.numbers.own import called, slope
from symgrad.operations.derivative import arguments, scalar_derivative, scalar_formula
from symgrad.operations.elementwise import FLOAT_FUNCTIONS, erf
from symgrad.operations.own import CALL
from symgrad.operations.record import Numbers, as_object
from symgrad.operations.stand_in import stand_in
from symgrad.tree import Function

DIGITS = 50
SINGULAR = 42
"""Digits to which a determinant of 50-digit numbers must vanish for the matrix to count as singular."""
RESIDUE = 30
"""The last bits of a number, in which there is nothing but what was rounded before."""


class Floats:
    """float64; overflow and invalid operations give inf and NaN, as NumPy does, without a warning."""

    precision = 53
    """Bits of a number."""

    def apply(self, function: str, *args: Numbers, **options: Any) -> Numbers:
        """An elementwise function at float arrays."""
        if function == CALL.name:
            return called(self, options["definition"], args)
        with np.errstate(all="ignore"):
            return np.asarray(FLOAT_FUNCTIONS[function](*args, **options), dtype=float)

    def prime(
        self, function: str, position: int, args: tuple[Numbers, ...], options: tuple[Any, ...]
    ) -> Numbers:
        """f'(args) from SymPy's derivative; where floats overflow on the way, with 50 digits."""
        with np.errstate(all="ignore"):
            alike = tuple(np.broadcast_arrays(*args))  # cases of several conditions want arrays of one shape
            found = self._slope(function, position, alike, options) + np.zeros(alike[0].shape)
        bad = ~np.isfinite(found)
        if bad.any():
            picked = tuple(np.broadcast_to(a, found.shape)[bad] for a in args)
            exact = EXACT.prime(function, position, tuple(EXACT.array(p) for p in picked), options)
            found[bad] = [float(value) for value in exact]
        return found

    def _slope(
        self, function: str, position: int, args: tuple[Numbers, ...], options: tuple[Any, ...]
    ) -> Numbers:
        if function == CALL.name:
            return slope(self, dict(options)["definition"], position, args)
        fast = _compiled(function, position, options, len(args), "numpy")
        return np.asarray(fast(*args), dtype=float)

    def concrete(self, function: Function) -> Function:
        """The function itself; KeyError for an unspecified one, which has no numbers."""
        if function.body is None:
            raise KeyError(f"'{function.name}' is unspecified")
        return function

    def pi(self) -> Numbers:
        """π."""
        return np.asarray(math.pi)

    def array(self, values: Any) -> Numbers:
        """A float array; a fraction beyond the range of floats is infinite."""
        return np.asarray(_float(values) if isinstance(values, Fraction) else values, dtype=float)

    def sums(self, array: Numbers, axis: int) -> Numbers:
        """The sums along an axis, which stays, of length 1."""
        return np.asarray(np.sum(array, axis=axis, keepdims=True))

    def of_matrix(self, function: str, matrix: Numbers) -> Numbers:
        """The inverse or determinant of a matrix; NaN for the inverse of a singular one."""
        try:
            with np.errstate(all="ignore"):
                return np.asarray(FLOAT_MATRIX[function](matrix), dtype=float)
        except np.linalg.LinAlgError:
            return np.full(matrix.shape, math.nan)


class Exact:
    """mpmath numbers of 50 digits in object arrays; functions come from the SymPy definitions."""

    @property
    def precision(self) -> int:
        """Bits of a number, which the context of a calculation says."""
        return int(mpmath.mp.prec)

    def apply(self, function: str, *args: Numbers, **options: Any) -> Numbers:
        """An elementwise function at arrays of mpmath numbers."""
        if function == CALL.name:
            return called(self, options["definition"], args)
        direct = ARITHMETIC.get(function)
        if direct is not None:
            return as_object(direct(*args))
        return _mpf(_vectorised(function, tuple(sorted(options.items())), len(args))(*args))

    def prime(
        self, function: str, position: int, args: tuple[Numbers, ...], options: tuple[Any, ...]
    ) -> Numbers:
        """f'(args) from SymPy's derivative."""
        if function == CALL.name:
            return slope(self, dict(options)["definition"], position, args)
        scalar = _compiled(function, position, options, len(args), "mpmath")
        return _mpf(np.frompyfunc(_of_reals(scalar), len(args), 1)(*args))

    def concrete(self, function: Function) -> Function:
        """The function itself, a smooth stand-in for an unspecified one: the numbers of a check."""
        return stand_in(function) if function.body is None else function

    def pi(self) -> Numbers:
        """π to 50 digits."""
        return as_object(+mpmath.pi)

    def array(self, values: Any) -> Numbers:
        """An object array of mpmath numbers; fractions are taken exactly."""
        found = np.asarray(values)
        if found.dtype.kind in "iu":  # zeros and ones that say which entries meet: each number made once
            least, most = int(found.min(initial=0)), int(found.max(initial=0))
            if most - least <= found.size:
                return as_object(_reals(np.arange(least, most + 1, dtype=object))[found - least])
        return as_object(_reals(np.asarray(values, dtype=object)))

    def sums(self, array: Numbers, axis: int) -> Numbers:
        """The sums along an axis, which stays, of length 1; zeros, where δs are written out, take no time."""
        there = array.astype(bool)
        if np.count_nonzero(there) > there.size // 2:
            return as_object(np.sum(array, axis=axis, keepdims=True))
        whole = np.full([1 if n == axis else length for n, length in enumerate(array.shape)], mpmath.mpf(0))
        places = list(np.nonzero(there))
        places[axis] = np.zeros_like(places[axis])
        np.add.at(whole, tuple(places), array[there])
        return whole

    def of_matrix(self, function: str, matrix: Numbers) -> Numbers:
        """The inverse or determinant of a matrix; infinite where its rows are dependent."""
        nowhere = as_object(np.full(matrix.shape if function == "inv" else (), mpmath.inf))
        if any(value != value for value in matrix.ravel()):
            return nowhere
        rows = mpmath.matrix(matrix.tolist())
        largest = mpmath.fprod(mpmath.norm(rows[n, :]) for n in range(rows.rows))
        if function != "det" and abs(_determinant(rows)) <= largest * mpmath.mpf(10) ** -SINGULAR:
            return nowhere
        return EXACT_MATRIX[function](rows)


FLOATS = Floats()
EXACT = Exact()

LARGEST_EXPONENT = 10_000
"""Beyond it e^t counts as infinite: its digits alone would take minutes."""


def _of_reals(function: Callable[..., Any]) -> Callable[..., Any]:
    """A scalar function that is NaN at NaN, where no piece of it can be chosen, and where it is not real."""

    def value(*args: Any) -> Any:
        found = mpmath.nan if any(a != a for a in args) else function(*args)
        return mpmath.nan if isinstance(found, mpmath.mpc) else found

    return value


def _sum(a: Any, b: Any) -> Any:
    """What two numbers leave of one another in their last bits alone is 0: x − mean(x) for equal entries."""
    found = a + b
    if found and a and mpmath.mag(found) < mpmath.mag(a) - mpmath.mp.prec + RESIDUE:
        return mpmath.mpf(0)
    return found


def _product(a: Any, b: Any) -> Any:
    """0 times NaN is 0: what a choice does not take may be undefined. (0 times infinity is NaN.)"""
    found = a * b
    taken = found == found or (a and b) or (a == a and b == b)
    return found if taken else mpmath.mpf(0)


_each_product = np.frompyfunc(_product, 2, 1)


def _products(a: Numbers, b: Numbers) -> Any:
    """Entry by entry; those that hold a 0, most of them where δs are written out, take no time."""
    a, b = np.asarray(a), np.asarray(b)
    some, others = a.astype(bool), b.astype(bool)
    if not all(mpmath.isfinite(value) for value in (*a[some], *b[others])):
        return _each_product(a, b)
    both = some & others
    if both.all():
        return _each_product(a, b)
    found = np.full(both.shape, mpmath.mpf(0), dtype=object)
    found[both] = _each_product(*(np.broadcast_to(array, both.shape)[both] for array in (a, b)))
    return found


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "add": np.frompyfunc(_sum, 2, 1),
    "subtract": np.frompyfunc(lambda a, b: _sum(a, -b), 2, 1),
    "multiply": _products,
    "divide": lambda a, b: a / b,
    "negative": lambda a: -a,
    "exp": np.frompyfunc(lambda t: mpmath.inf if t >= LARGEST_EXPONENT else mpmath.exp(t), 1, 1),
    "log": np.frompyfunc(_of_reals(lambda t: mpmath.log(t)), 1, 1),
    "sqrt": np.frompyfunc(_of_reals(lambda t: mpmath.sqrt(t)), 1, 1),
    "power": np.frompyfunc(_of_reals(lambda a, b: mpmath.power(a, b)), 2, 1),
}

FLOAT_MATRIX: dict[str, Callable[[Numbers], Any]] = {
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logdet": lambda matrix: np.linalg.slogdet(matrix)[1],
}


def _determinant(matrix: Any) -> Any:
    """By elimination, to 0 where a row is made of the others; mpmath's own fails at a column of zeros."""
    rows, found = matrix.tolist(), mpmath.mpf(1)
    while rows:
        top = max(range(len(rows)), key=lambda n: abs(rows[n][0]))
        pivot = rows.pop(top)
        found *= pivot[0] * (-1) ** top
        if not found:
            return found
        rows = [_less(row, row[0] / pivot[0], pivot)[1:] for row in rows]
    return found


def _less(row: Sequence[Any], factor: Any, pivot: Sequence[Any]) -> list[Any]:
    return [_sum(b, -factor * a) for a, b in zip(pivot, row, strict=True)] if factor else list(row)


EXACT_MATRIX: dict[str, Callable[[Any], Numbers]] = {
    "inv": lambda rows: as_object((rows**-1).tolist()),
    "det": lambda rows: as_object(_determinant(rows)),
    "logdet": lambda rows: as_object(mpmath.log(abs(_determinant(rows)))),
}


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _real(value: Any) -> Any:
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    return mpmath.mpf(value)


_reals = np.frompyfunc(_real, 1, 1)


def _mpf(values: Any) -> Numbers:
    """An object array in which the integers of a branch (0 or 1) are mpmath numbers too."""
    return as_object(np.frompyfunc(lambda v: mpmath.mpf(v) if isinstance(v, int) else v, 1, 1)(values))


@lru_cache(maxsize=512)
def _vectorised(function: str, options: tuple[tuple[str, Any], ...], count: int) -> Any:
    formula = scalar_formula(function, options, (None,) * count)
    return np.frompyfunc(_of_reals(sympy.lambdify(arguments(count), formula, "mpmath")), count, 1)


@lru_cache(maxsize=512)
def _compiled(
    function: str, position: int, options: tuple[Any, ...], count: int, module: str
) -> Callable[..., Any]:
    derivative = scalar_derivative(function, options, (None,) * count, position)
    return COMPILERS[module](arguments(count), derivative.raw)


def _numpy_function(symbols: tuple[Any, ...], expression: Any) -> Callable[..., Any]:
    """A NumPy function; naming the module 'numpy' would make SymPy import every submodule it has."""
    plain = {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True}
    compiled: Callable[..., Any] = sympy.lambdify(
        symbols, expression, [{"erf": erf}, vars(np)], printer=numpy_printing.NumPyPrinter(plain)
    )
    return compiled


COMPILERS: dict[str, Callable[[tuple[Any, ...], Any], Callable[..., Any]]] = {
    "numpy": _numpy_function,
    "mpmath": lambda symbols, expression: sympy.lambdify(symbols, expression, "mpmath"),
}

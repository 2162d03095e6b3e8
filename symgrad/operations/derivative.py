"""Derivatives of scalar formulas by SymPy, in the shortest form that says the same.

tanh' is written with its own value (1 − tanh²), softplus' as the sigmoid; a derivative with no short
form keeps the name f' (relu', gelu'), which the report explains once.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from symgrad.late import sympy
from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.model import Operation


@cache
def output() -> Any:
    """The symbol of a function's own value, which its derivative is written with: 1 − #out² of tanh."""
    return sympy.Symbol("#out", real=True)


def _own_function(record: Operation) -> Mapping[Any, str]:
    """SymPy's function that an operation is defined as, where its definition is nothing else."""
    if record.scalar is None or not record.is_unary:
        return {}
    argument = arguments(1)
    defined = record.scalar(*argument)
    return {defined.func: record.name} if defined.is_Function and defined.args == argument else {}


FUNCTIONS: Mapping[Any, str] = Derived(OPERATIONS, _own_function)
"""SymPy's functions of one argument by the operations that are defined as them."""
SHORT = 9
"""SymPy operations a derivative may have and still be written out in place of f'."""
_POINTS = (Fraction(3, 10), Fraction(-11, 10), Fraction(17, 10))


class ScalarDerivative(Struct, frozen=True):
    """f' as SymPy has it, and how to write it: a short expression, another operation g(t), or the name f'."""

    raw: Any
    expression: Any | None = None
    operation: str | None = None


@lru_cache(maxsize=512)
def arguments(count: int) -> tuple[Any, ...]:
    """The symbols #0, #1, … of a scalar formula."""
    return tuple(sympy.Symbol(f"#{n}", real=True) for n in range(count))


@lru_cache(maxsize=512)
def scalar_formula(
    name: str, options: tuple[tuple[str, Any], ...], constants: tuple[Fraction | None, ...]
) -> Any:
    """The SymPy formula of an elementwise operation, over #0, #1, … and the numbers that are known."""
    record = OPERATIONS[name]
    assert record.scalar is not None, f"{name} is not elementwise"
    symbols = arguments(len(constants))
    values = [
        s if c is None else sympy.Rational(c.numerator, c.denominator)
        for s, c in zip(symbols, constants, strict=True)
    ]
    return record.scalar(*values, **dict(options))


@lru_cache(maxsize=512)
def scalar_derivative(
    name: str, options: tuple[tuple[str, Any], ...], constants: tuple[Fraction | None, ...], position: int
) -> ScalarDerivative:
    """∂f/∂#position of an elementwise operation.

    Raises nothing: where no short form is found the name f' is kept, which is always right.
    """
    formula = scalar_formula(name, options, constants)
    symbol = arguments(len(constants))[position]
    raw = sympy.diff(formula, symbol)
    if formula.is_Pow:
        raw = sympy.powsimp(raw)  # g x^(g − 1), which has a value at 0, and not g x^g / x
    short = _short(formula, raw, symbol, len(constants))
    if short is not None or len(constants) > 1:
        return ScalarDerivative(raw, short)
    known = _known(name, raw, symbol)
    plain = raw if known is None and _is_plain(raw) else None
    return ScalarDerivative(raw, plain, known)


def _is_plain(raw: Any) -> bool:
    """Whether a derivative is short as SymPy has it, exponentials and all: erf′ is 2 e^(−t²) / √π."""
    return raw.count_ops() <= SHORT and not raw.has(sympy.Piecewise, sympy.erf)


def _short(formula: Any, raw: Any, symbol: Any, count: int) -> Any | None:
    if raw.has(sympy.Piecewise, sympy.erf):
        return None
    if count > 1 or formula.is_Atom:
        return raw if raw.count_ops() <= SHORT else None
    in_output = raw.subs(formula, output())
    if not in_output.has(sympy.exp) and in_output.count_ops() <= SHORT:
        return in_output
    return _quadratic_in_output(formula, raw, symbol)


def _quadratic_in_output(formula: Any, raw: Any, symbol: Any) -> Any | None:
    """f' = a + b f + c f², where there are such numbers (sigmoid' = f − f²)."""
    points = [sympy.Rational(p.numerator, p.denominator) for p in _POINTS]
    values = [sympy.N(formula.subs(symbol, p), 30) for p in points]
    slopes = [sympy.N(raw.subs(symbol, p), 30) for p in points]
    matrix = sympy.Matrix([[1, v, v**2] for v in values])
    if not all(v.is_Float for v in values) or abs(matrix.det()) < sympy.Float("1e-12"):
        return None
    found = [sympy.nsimplify(c, rational=True, tolerance=1e-20) for c in matrix.solve(sympy.Matrix(slopes))]
    if any(c.q > 100 for c in found):
        return None
    a, b, c = found
    proved = _vanishes(raw - (a + b * formula + c * formula**2))
    return a + b * output() + c * output() ** 2 if proved else None


def _known(name: str, raw: Any, symbol: Any) -> str | None:
    """f' as another elementwise function of the table, where SymPy proves it equal."""
    if raw.has(sympy.Piecewise):
        return None
    for other, record in OPERATIONS.items():
        if record.kind != "elementwise" or record.scalar is None or other == name:
            continue
        if record.scalar.__code__.co_argcount != 1:
            continue
        candidate = record.scalar(symbol)
        if candidate.has(sympy.Piecewise) or not _agree(raw, candidate, symbol):
            continue
        if _vanishes(raw - candidate):
            return other
    return None


def _vanishes(expression: Any) -> bool:
    """Whether an expression is 0 once over one denominator; `simplify` says the same, but slowly."""
    numerator, _ = sympy.fraction(sympy.together(expression))
    return bool(sympy.expand(numerator) == 0)


def _agree(left: Any, right: Any, symbol: Any) -> bool:
    return all(
        abs(sympy.N((left - right).subs(symbol, sympy.Rational(p.numerator, p.denominator)), 15)) < 1e-10
        for p in _POINTS
    )

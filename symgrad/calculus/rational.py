"""Cancelling common factors: y/p · p (1 − p) − … over one denominator, by SymPy's polynomials."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from symgrad.calculus.index import Atom, Group, Poly, add, atom, components, constant, multiply, power, scale


def cancel(poly: Poly) -> Poly:
    """The polynomial with numerators and denominators cancelled, where a `Group` stands in a denominator.

    Contractions (terms with bound indices) count as symbols of their own; fractional powers are left alone.
    """
    if not any(_denominator(s, e) for term in poly.terms for s, e in term.factors):
        return poly
    symbols: dict[Any, Any] = {}
    try:
        expression = _expression(poly, symbols)
    except ValueError:
        return poly
    numerator, denominator = sympy.fraction(sympy.cancel(expression))
    back = {symbol: single for single, symbol in symbols.items()}
    return multiply(_poly(numerator, back), power(_poly(denominator, back), -1))


def _denominator(single: Atom, exponent: Fraction) -> bool:
    return isinstance(single, Group) and exponent < 0


def _expression(poly: Poly, symbols: dict[Any, Any]) -> Any:
    return sympy.Add(*(_term(term, symbols) for term in poly.terms))


def _term(term: Any, symbols: dict[Any, Any]) -> Any:
    result = sympy.Rational(term.coefficient.numerator, term.coefficient.denominator)
    for component in components(term):
        if component.bound:
            result *= _symbol(Poly((component,)), symbols)
            continue
        for single, exponent in component.factors:
            if exponent.denominator != 1:
                raise ValueError("a root")
            inner = (
                _expression(single.poly, symbols) if isinstance(single, Group) else _symbol(single, symbols)
            )
            result *= inner ** int(exponent)
    return result


def _symbol(single: Any, symbols: dict[Any, Any]) -> Any:
    return symbols.setdefault(single, sympy.Symbol(f"x{len(symbols)}"))


def _poly(expression: Any, back: dict[Any, Any]) -> Poly:
    terms = []
    for monomial in sympy.Add.make_args(sympy.expand(expression)):
        coefficient, rest = monomial.as_coeff_Mul()
        factors = [_factor(base, back) for base in sympy.Mul.make_args(rest) if base != 1]
        terms.append(scale(multiply(constant(1), *factors), Fraction(int(coefficient.p), int(coefficient.q))))
    return add(*terms)


def _factor(factor: Any, back: dict[Any, Any]) -> Poly:
    base, exponent = factor.as_base_exp()
    single = back[base]
    return power(single if isinstance(single, Poly) else atom(single), int(exponent))

"""Polynomials over one denominator: y/p · p (1 − p) − … added up and cancelled, in SymPy's polynomial rings.

Contractions (terms with bound indices) count as symbols of their own. SymPy's expressions would do the
same a hundred times as slowly where a variance stands in a denominator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symgrad.calculus.index import (
    Atom,
    Group,
    Poly,
    Term,
    add,
    atom,
    components,
    constant,
    multiply,
    power,
    scale,
)

MOST_TERMS = 20_000
"""Terms of numerator times terms of denominator beyond which no common factor is looked for."""
MOST_READ = 100
"""The same after cancelling, beyond which nobody would call the result simpler."""


class _Root(Exception):
    """A power that is not whole: no fraction of polynomials."""


@dataclass(frozen=True)
class _Quotient:
    """A numerator over a product of powers of polynomials, all elements of one ring."""

    numerator: Any
    denominator: Counter[Any]


def cancel(poly: Poly) -> Poly:
    """The polynomial with numerators and denominators cancelled, where a `Group` stands in a denominator.

    Left as it is where a power is not whole, and where it is or would be too long.
    """
    ring = _Ring(poly)
    quotient = ring.quotient()
    if quotient is None:
        return poly
    denominator = ring.product(quotient.denominator)
    if len(quotient.numerator) * len(denominator) > MOST_TERMS:
        return poly
    upper, lower = quotient.numerator.cancel(denominator)
    if len(upper) * len(lower) > MOST_READ:
        return poly
    return multiply(ring.poly(upper), power(ring.poly(lower), -1))


def vanishes(poly: Poly) -> bool:
    """Whether the polynomial is 0 for all values, once its terms stand over one denominator."""
    quotient = _Ring(poly).quotient()
    return not (poly.terms if quotient is None else quotient.numerator)


class _Ring:
    """The ring over ℚ in whose symbols a polynomial's factors and contractions are written."""

    def __init__(self, poly: Poly) -> None:
        self.whole = poly
        self.symbols = list(dict.fromkeys(_symbols(poly)))
        self.ring = sympy.QQ[[f"x{n}" for n in range(len(self.symbols))] or ["x"]].ring
        self.places = dict(zip(self.symbols, self.ring.gens, strict=False))

    def quotient(self) -> _Quotient | None:
        """The whole over one denominator; None where it has no `Group` in one, or a root."""
        if not any(_divides(single, e) for term in self.whole.terms for single, e in term.factors):
            return None
        try:
            return self._sum(self.whole)
        except _Root:
            return None

    def product(self, powers: Counter[Any]) -> Any:
        """Π of powers of elements."""
        result = self.ring.one
        for element, exponent in powers.items():
            result *= element**exponent
        return result

    def poly(self, element: Any) -> Poly:
        """An element of the ring as a polynomial again."""
        return add(*(self._monomial(exponents, number) for exponents, number in element.terms()))

    def _monomial(self, exponents: tuple[int, ...], number: Any) -> Poly:
        factors = (
            power(single if isinstance(single, Poly) else atom(single), exponent)
            for single, exponent in zip(self.symbols, exponents, strict=False)
            if exponent
        )
        return scale(
            multiply(constant(1), *factors), Fraction(int(number.numerator), int(number.denominator))
        )

    def _sum(self, poly: Poly) -> _Quotient:
        parts = [self._term(term) for term in poly.terms]
        common: Counter[Any] = Counter()
        for part in parts:
            common |= part.denominator
        lifted = (part.numerator * self.product(common - part.denominator) for part in parts)
        return _Quotient(sum(lifted, self.ring.zero), common)

    def _term(self, term: Term) -> _Quotient:
        upper = self.ring(sympy.QQ(term.coefficient.numerator, term.coefficient.denominator))
        lower: Counter[Any] = Counter()
        for single, exponent in _pieces(term):
            if exponent.denominator != 1:
                raise _Root
            base = (
                self._sum(single.poly)
                if isinstance(single, Group)
                else _Quotient(self.places[single], Counter())
            )
            times = abs(int(exponent))
            inner = Counter({element: e * times for element, e in base.denominator.items()})
            if exponent > 0:
                upper, lower = upper * base.numerator**times, lower + inner
            else:
                upper, lower = upper * self.product(inner), lower + Counter({base.numerator: times})
        return _Quotient(upper, lower)


def _pieces(term: Term) -> Iterator[tuple[Atom | Poly, Fraction]]:
    """The factors of a term, a contraction counting as one."""
    for component in components(term):
        if component.bound:
            yield Poly((component,)), Fraction(1)
        else:
            yield from component.factors


def _symbols(poly: Poly) -> Iterator[Atom | Poly]:
    for term in poly.terms:
        for single, _ in _pieces(term):
            if isinstance(single, Group):
                yield from _symbols(single.poly)
            else:
                yield single


def _divides(single: Atom, exponent: Fraction) -> bool:
    return isinstance(single, Group) and exponent < 0

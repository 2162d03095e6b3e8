"""What an index expression is made of: indices, atoms, terms and polynomials. Plain values, no rules."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any, TypeAlias

from msgspec import Struct

from symgrad.tree import Formula, Kept

FEW = 4
"""Below it a power of a sum is multiplied out, however long that is."""
MOST_FACTORS, MOST_TERMS = 60, 500
"""Factors, and terms that come of them, up to which a higher one is."""

Dim: TypeAlias = "str | int"
"""A dimension: the name of a size, or 1."""


class Index(Kept, frozen=True):
    """An index letter and the dimension it runs over."""

    name: str
    dim: Dim


class Cell(Kept, frozen=True):
    """An entry of an array: base[indices]. The base is a formula the calculus does not look into."""

    base: Formula
    indices: tuple[Index, ...] = ()


class Kron(Kept, frozen=True):
    """Kronecker's δ of two indices."""

    left: Index
    right: Index


class Count(Struct, frozen=True):
    """The number of values an index over ``dim`` takes."""

    dim: Dim


class Apply(Kept, frozen=True):
    """A function of scalars at polynomials: exp(z_k), max(a_i, b_i)."""

    function: str
    args: tuple[Poly, ...]
    options: tuple[tuple[str, Any], ...] = ()


class Group(Kept, frozen=True):
    """A polynomial under a power that cannot be multiplied out: (Σ_k exp z_k)^-1."""

    poly: Poly

    @property
    def is_number(self) -> bool:
        """Whether it is a number: one that roots are taken of."""
        return all(not term.factors for term in self.poly.terms)

    def opens_at(self, exponent: Fraction) -> bool:
        """Whether a power of it is multiplied out, but for a root: (√2)⁻² is 1/2; (a + b + c)⁴⁰ is left."""
        return self._is_short(exponent) if exponent >= 1 else exponent <= -1 and self.is_number

    def _is_short(self, exponent: Fraction) -> bool:
        last, whole = max(0, len(self.poly.terms) - 1), int(exponent)
        return exponent < FEW or (whole <= MOST_FACTORS and comb(whole + last, last) <= MOST_TERMS)


Atom: TypeAlias = "Cell | Kron | Count | Apply | Group"
Factors: TypeAlias = "tuple[tuple[Atom, Fraction], ...]"


class Term(Kept, frozen=True):
    """coefficient · Π atom^power, summed over the bound indices."""

    coefficient: Fraction
    factors: Factors = ()
    bound: tuple[Index, ...] = ()


class Poly(Kept, frozen=True):
    """The sum of its terms, which are canonical and sorted."""

    terms: tuple[Term, ...] = ()


def root(value: Fraction, exponent: Fraction) -> Fraction:
    """value^exponent where it is rational; ValueError where not."""
    if value == 1:
        return value
    if value <= 0:
        raise ValueError("no real root in general")
    found = Fraction(float(value) ** (1 / exponent.denominator)).limit_denominator(10**6)
    if found**exponent.denominator != value:
        raise ValueError("irrational")
    return found**exponent.numerator

"""What an index expression is made of: indices, atoms, terms and polynomials. Plain values, no rules."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.tree import Formula

Dim: TypeAlias = "str | int"
"""A dimension: the name of a size, or 1."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index letter and the dimension it runs over."""

    name: str
    dim: Dim


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry of an array: base[indices]. The base is a formula the calculus does not look into."""

    base: Formula
    indices: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Kron:
    """Kronecker's δ of two indices."""

    left: Index
    right: Index


@dataclass(frozen=True, slots=True)
class Count:
    """The number of values an index over ``dim`` takes."""

    dim: Dim


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of scalars at polynomials: exp(z_k), max(a_i, b_i)."""

    function: str
    args: tuple[Poly, ...]
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A polynomial under a power that cannot be multiplied out: (Σ_k exp z_k)^-1."""

    poly: Poly


Atom: TypeAlias = "Cell | Kron | Count | Apply | Group"
Factors: TypeAlias = "tuple[tuple[Atom, Fraction], ...]"


@dataclass(frozen=True, slots=True)
class Term:
    """coefficient · Π atom^power, summed over the bound indices."""

    coefficient: Fraction
    factors: Factors = ()
    bound: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Poly:
    """The sum of its terms, which are canonical and sorted."""

    terms: tuple[Term, ...] = ()

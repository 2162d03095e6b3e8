"""Sums that hold a product of sums: a c + a d + b c + b d + e is (a + b)(c + d) + e."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from msgspec import Struct

from symgrad.calculus.index import Atom, Cell, Kron, Term
from symgrad.tree import walk

Pieces: TypeAlias = "Mapping[Atom | Term, Fraction]"
"""The factors of a term and their powers, a contraction counting as one factor."""
Key: TypeAlias = "frozenset[tuple[Atom | Term, Fraction]]"
Terms: TypeAlias = "Mapping[Key, Fraction]"
MOST_TERMS = 16
LEAST = 4
"""Nodes that a bracket must save."""


class Grouping(Struct, frozen=True):
    """number · left · right + rest."""

    number: Fraction
    left: Terms
    right: Terms
    rest: Terms
    saved: int


def grouped(terms: Terms) -> Grouping | None:
    """The product of two sums that saves most; None where none saves enough."""
    if not 3 <= len(terms) <= MOST_TERMS or any(isinstance(p, Kron) for key in terms for p, _ in key):
        return None
    found = (_product(kernel, terms) for kernel in _kernels(terms))
    return max((g for g in found if g is not None and g.saved >= LEAST), key=lambda g: g.saved, default=None)


def _kernels(terms: Terms) -> Iterator[Terms]:
    """What is left of the terms that share a power of a factor, without what all of them share."""
    for piece, exponent in sorted({power for key in terms for power in key}, key=repr):
        shared = {k: v for k, v in terms.items() if _holds(dict(k).get(piece, Fraction(0)), exponent)}
        if 1 < len(shared) < len(terms):
            first, *others = (dict(key) for key in shared)
            common = {p: e for p, e in first.items() if all(other.get(p) == e for other in others)}
            yield _primitive({_divided(key, common): value for key, value in shared.items()})[1]


def _holds(exponent: Fraction, least: Fraction) -> bool:
    return exponent >= least > 0 or exponent <= least < 0


def _product(kernel: Terms, terms: Terms) -> Grouping | None:
    """The kernel times all that it is multiplied with in the terms."""
    (first, value), *_ = kernel.items()
    left, rest = dict[Key, Fraction](), dict(terms)
    for key, coefficient in terms.items():
        if rest.get(key) != coefficient:
            continue
        factor, number = _divided(key, dict(first)), coefficient / value
        made = []
        for other, v in kernel.items():
            made.append(_times(other, factor))
            if rest.get(made[-1]) != number * v:
                break
        else:
            left[factor] = number
            for k in made:
                del rest[k]
    if not left:
        return None
    number, left = _primitive(left)  # type: ignore[assignment]
    return Grouping(number, left, kernel, rest, _size(terms) - _size(left) - _size(kernel) - _size(rest))


def _primitive(terms: Terms) -> tuple[Fraction, Terms]:
    """A number, and the terms over it with whole coefficients; the first of them, or a plain 1, positive."""
    numbers = terms.values()
    content = Fraction(gcd(*(v.numerator for v in numbers)), lcm(*(v.denominator for v in numbers)))
    leading = terms.get(frozenset(), max(numbers))
    if leading < 0:
        content = -content
    return content, {key: value / content for key, value in terms.items()}


def _size(terms: Terms) -> int:
    """How long a sum is to read."""
    return sum(1 + sum(_weight(piece) for piece, _ in key) for key in terms)


def _weight(piece: Atom | Term) -> int:
    match piece:
        case Cell(base):
            return 1 + sum(1 for _ in walk(base))
        case Term(_, factors):
            return 2 + sum(_weight(single) for single, _ in factors)
    return 3


def _divided(key: Key, by: Pieces) -> Key:
    return _times(key, ((piece, -exponent) for piece, exponent in by.items()))


def _times(key: Key, other: Iterable[tuple[Atom | Term, Fraction]]) -> Key:
    found = dict(key)
    for piece, exponent in other:
        found[piece] = found.get(piece, Fraction(0)) + exponent
    return frozenset((piece, exponent) for piece, exponent in found.items() if exponent)

"""Polynomials over one denominator: y/p · p (1 − p) − … added up and cancelled, in SymPy's polynomial rings.

Contractions (terms with bound indices) count as symbols of their own, and so do roots. SymPy's
expressions would do the same a hundred times as slowly where a variance stands in a denominator.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Set
from fractions import Fraction
from math import lcm
from typing import Any, TypeAlias

from msgspec import Struct

from symgrad.calculus.index import (
    Atom,
    Count,
    Dim,
    Factors,
    Group,
    Index,
    Poly,
    Term,
    add,
    atom,
    atom_indices,
    components,
    constant,
    fresh,
    multiply,
    power,
    rename,
    scale,
    total,
)
from symgrad.late import sympy

MOST_TERMS = 20_000
"""Terms of numerator times terms of denominator beyond which no common factor is looked for."""
MOST_READ = 100
"""The same after cancelling, beyond which nobody would call the result simpler."""
MOST_FACTORED = 16
"""Terms of a denominator beyond which it is not looked through for squares."""
Piece: TypeAlias = "Atom | Poly"
"""A factor, or a contraction as a whole."""


class _Quotient(Struct, frozen=True):
    """A numerator over a product of powers of polynomials, all elements of one ring."""

    numerator: Any
    denominator: Counter[Any]


class Solution(Struct, frozen=True):
    """What an equation says of one of its atoms: single^exponent = poly."""

    single: Atom
    exponent: Fraction
    poly: Poly


def cancel(poly: Poly) -> Poly:
    """The polynomial with numerators and denominators cancelled, where a `Group` stands in a denominator.

    Inside a sum too: Σ_i a_i + Σ_i b_i is Σ_i (a_i + b_i). Left as it is where it is or would be too long.
    """
    poly = _cancelled_inside(poly)
    if not _has_fractions(poly):
        return poly
    ring = _Ring(poly)
    upper_lower = ring.cancelled(ring.sum(poly))
    return poly if upper_lower is None else ring.ratio(*upper_lower)


def _cancelled_inside(poly: Poly) -> Poly:
    """The polynomial with like sums over one index joined, where the fractions in them vanish then."""
    alike: dict[tuple[Dim, Factors], list[Term]] = defaultdict(list)
    for term in poly.terms:
        if len(term.bound) == 1:
            (index,) = term.bound
            outside = tuple(factor for factor in term.factors if index not in atom_indices(factor[0]))
            alike[index.dim, outside].append(term)
    found = poly
    for (dim, outside), terms in alike.items():
        if _has_fractions(whole := Poly(tuple(terms))):
            index, apart = fresh(dim), {single for single, _ in outside}
            body = cancel(add(*(_body(term, index, apart) for term in terms)))
            if not _has_fractions(body):
                found = add(
                    found, scale(whole, -1), total(multiply(Poly((Term(Fraction(1), outside),)), body), index)
                )
    return found


def _body(term: Term, index: Index, apart: Set[Atom]) -> Poly:
    """What a term sums, at ``index``, without the factors that stand before the sum."""
    inside = tuple(factor for factor in term.factors if factor[0] not in apart)
    return rename(Poly((Term(term.coefficient, inside),)), {term.bound[0]: index})


def with_squares(poly: Poly) -> Poly:
    """The polynomial with squares in its denominators seen: 1/(r⁴ + 2r²c² + c⁴) is 1/(r² + c²)²."""
    return add(*(_squares_below(term) for term in poly.terms))


def _squares_below(term: Term) -> Poly:
    factors = (
        multiply(*(power(root, times * e) for root, times in _roots(single.poly)))
        if isinstance(single, Group) and e < 0 and 3 <= len(single.poly.terms) <= MOST_FACTORED
        else atom(single, e)
        for single, e in term.factors
    )
    return total(multiply(constant(term.coefficient), *factors), *term.bound)


def _roots(poly: Poly) -> Iterator[tuple[Poly, int]]:
    """What a polynomial is a product of powers of, where one of them is the square of a sum."""
    ring = _Ring(poly)
    whole = ring.sum(poly)
    number, factors = (1, []) if whole.denominator else whole.numerator.sqf_list()
    if any(times > 1 and len(factor) > 1 for factor, times in factors):
        yield constant(Fraction(int(number.numerator), int(number.denominator))), 1
        yield from ((ring.poly(factor), times) for factor, times in factors)
    else:
        yield poly, 1


def vanishes(poly: Poly) -> bool:
    """Whether the polynomial is 0 for all values, once its terms stand over one denominator."""
    return not (_Ring(poly).sum(poly).numerator if _has_fractions(poly) else poly.terms)


def solved(poly: Poly) -> Iterator[Solution]:
    """What poly = 0 says of each atom that stands in its numerator to one power only."""
    ring = _Ring(poly)
    numerator = ring.sum(poly).numerator
    for n, single in enumerate(ring.symbols):
        powers = {exponents[n] for exponents, _ in numerator.terms()} - {0}
        if isinstance(single, Poly) or len(powers) != 1:
            continue
        (k,) = powers
        with_it = {(*e[:n], 0, *e[n + 1 :]): c for e, c in numerator.terms() if e[n]}
        rest = {e: -c for e, c in numerator.terms() if not e[n]}
        upper, lower = (ring.ring.from_dict(part) for part in (rest, with_it))
        found = ring.cancelled(_Quotient(upper, Counter({lower: 1})))
        if found is not None:
            yield Solution(single, Fraction(k, ring.roots[single]), ring.ratio(*found))


class _Ring:
    """The ring over ℚ in whose symbols a polynomial's factors and contractions are written.

    The symbol of an atom that stands under a root (``roots``: which one) is that root.
    """

    def __init__(self, poly: Poly) -> None:
        self.roots: dict[Piece, int] = {}
        for single, exponent in _symbols(poly):
            self.roots[single] = lcm(self.roots.get(single, 1), exponent.denominator)
        self.symbols = list(self.roots)
        self.ring = sympy.QQ[[f"x{n}" for n in range(len(self.symbols))] or ["x"]].ring
        self.places = dict(zip(self.symbols, self.ring.gens, strict=False))
        self.sums: dict[Poly, _Quotient] = {}

    def cancelled(self, quotient: _Quotient) -> tuple[Any, Any] | None:
        """Numerator and denominator without common factors; None where that is or would be too long."""
        denominator = self.product(quotient.denominator)
        if len(quotient.numerator) * len(denominator) > MOST_TERMS:
            return None
        upper, lower = quotient.numerator.cancel(denominator)
        if len(upper) * len(lower) > MOST_READ:
            return None
        _, number = min(lower.terms(), key=lambda term: (sum(term[0]), tuple(-e for e in term[0])))
        return (upper, lower) if number > 0 else (-upper, -lower)  # r (1 − r) and not r (r − 1)

    def ratio(self, upper: Any, lower: Any) -> Poly:
        """A quotient of two elements as a polynomial again, sizes and sums that are divided by apart."""
        alone = [isinstance(piece, Count | Poly) for piece in self.symbols] or [False]
        shared = tuple(min(e) * a for e, a in zip(zip(*lower.monoms(), strict=True), alone, strict=True))
        rest = lower.exquo(self.ring.from_dict({shared: self.ring.domain.one}))
        apart = self._monomial(tuple(-e for e in shared), self.ring.domain.one)
        return multiply(self.poly(upper), apart, power(self.poly(rest), -1))

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
            power(
                single if isinstance(single, Poly) else atom(single), Fraction(exponent, self.roots[single])
            )
            for single, exponent in zip(self.symbols, exponents, strict=False)
            if exponent
        )
        return scale(
            multiply(constant(1), *factors), Fraction(int(number.numerator), int(number.denominator))
        )

    def sum(self, poly: Poly) -> _Quotient:
        """The terms of a polynomial added up over one denominator."""
        parts = [self._term(term) for term in poly.terms]
        common: Counter[Any] = Counter()
        for part in parts:
            common |= part.denominator
        lifted = (part.numerator * self.product(common - part.denominator) for part in parts)
        return _Quotient(sum(lifted, self.ring.zero), common)

    def opened(self, poly: Poly) -> _Quotient:
        """The same, once for what stands in many terms: a denominator does."""
        if poly not in self.sums:
            self.sums[poly] = self.sum(poly)
        return self.sums[poly]

    def _term(self, term: Term) -> _Quotient:
        upper = self.ring(sympy.QQ(term.coefficient.numerator, term.coefficient.denominator))
        lower: Counter[Any] = Counter()
        for single, exponent in _pieces(term):
            opened = isinstance(single, Group) and single not in self.places
            base = self.opened(single.poly) if opened else _Quotient(self.places[single], Counter())  # type: ignore[union-attr]
            times = abs(int(exponent * self.roots.get(single, 1)))
            inner = Counter({element: e * times for element, e in base.denominator.items()})
            if exponent > 0:
                upper, lower = upper * base.numerator**times, lower + inner
            else:
                upper, lower = upper * self.product(inner), lower + Counter({base.numerator: times})
        return _Quotient(upper, lower)


def _pieces(term: Term) -> Iterator[tuple[Piece, Fraction]]:
    """The factors of a term, a contraction counting as one."""
    if not term.bound:
        yield from term.factors
        return
    for component in components(term):
        if component.bound:
            yield Poly((component,)), Fraction(1)
        else:
            yield from component.factors


def _symbols(poly: Poly) -> Iterator[tuple[Piece, Fraction]]:
    """What counts as a symbol, with its power: a `Group` only under a root, or to a power that stays."""
    rooted = {s for t in poly.terms for s, e in _pieces(t) if isinstance(s, Group) and _stays(s, e)}
    for term in poly.terms:
        for single, exponent in _pieces(term):
            if isinstance(single, Group) and single not in rooted:
                yield from _symbols(single.poly)
            else:
                yield single, exponent


def _stays(group: Group, exponent: Fraction) -> bool:
    return exponent.denominator != 1 or not group.opens_at(abs(exponent))


def _has_fractions(poly: Poly) -> bool:
    """Whether a sum stands in a denominator: powers of other atoms cancel as they are made."""
    return any(isinstance(single, Group) and e < 0 for term in poly.terms for single, e in term.factors)

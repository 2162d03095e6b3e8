"""The index calculus: sums of products of array entries, in a normal form that holds for all sizes.

A `Poly` is Σ over its terms; a `Term` is coefficient · Π atom^power, summed over its bound indices::

    Σ_k W_kj g_k      one term, factors W[k,j] and g[k], bound (k,)

Building one already puts it in normal form: Kronecker deltas are collapsed against the sums, equal
atoms merged, bound indices renamed canonically, like terms collected. Two expressions with the same
normal form are equal for all sizes; the converse need not hold (see `calculus.proof`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import count
from math import prod
from operator import itemgetter

from symgrad.calculus.atoms import atom_indices as atom_indices
from symgrad.calculus.atoms import atom_text, factor_text, indices_of, term_indices, term_text
from symgrad.calculus.atoms import free_indices as free_indices
from symgrad.calculus.atoms import kron as kron
from symgrad.calculus.budget import remembered, spending
from symgrad.calculus.dummies import letters, orders, unused
from symgrad.calculus.labels import looked_up
from symgrad.calculus.terms import Apply as Apply
from symgrad.calculus.terms import Atom as Atom
from symgrad.calculus.terms import Cell as Cell
from symgrad.calculus.terms import Count as Count
from symgrad.calculus.terms import Dim as Dim
from symgrad.calculus.terms import Factors as Factors
from symgrad.calculus.terms import Group as Group
from symgrad.calculus.terms import Index as Index
from symgrad.calculus.terms import Kron as Kron
from symgrad.calculus.terms import Poly as Poly
from symgrad.calculus.terms import Term as Term
from symgrad.calculus.terms import root
from symgrad.tree import Formula

ZERO = Poly()
ONE = Fraction(1)
MOST_REMEMBERED = 20_000
"""Terms and polynomials whose normal form, or other names, are remembered."""
_fresh = count()


def constant(value: int | Fraction) -> Poly:
    """A number as a polynomial."""
    return Poly((Term(Fraction(value)),)) if value else ZERO


def atom(single: Atom, power: int | Fraction = 1) -> Poly:
    """One atom to a power."""
    if power != 1 or isinstance(single, Count):
        return collect([Term(ONE, ((single, Fraction(power)),))])
    known: Poly | None = single.__dict__.get("alone")
    if known is None:
        known = single.__dict__["alone"] = collect([Term(ONE, ((single, ONE),))])
    return known


def cell(base: Formula, *indices: Index) -> Poly:
    """The entry base[indices]."""
    return atom(Cell(base, indices))


def fresh(dim: Dim) -> Index:
    """An index that occurs nowhere else."""
    return Index(f"_{next(_fresh)}f", dim)


# --- building -----------------------------------------------------------------------------------


def collect(terms: Iterable[Term]) -> Poly:
    """The polynomial of these terms: each in normal form, like terms added."""
    normal = [found for term in spending(terms) for found in normalise(term)]
    if len(normal) > 1:
        normal = _like_added(normal)
    return Poly(tuple(term for term in normal if term.coefficient))


def _like_added(terms: Iterable[Term]) -> list[Term]:
    found: dict[str, Term] = {}
    for term in terms:
        like = term_text(term)
        if like in found:
            term = _with_coefficient(term, found[like].coefficient + term.coefficient)
        found[like] = term
    return [found[like] for like in sorted(found)]


def add(*polys: Poly) -> Poly:
    """Σ of polynomials."""
    return collect(term for poly in polys for term in poly.terms)


def scale(poly: Poly, by: int | Fraction) -> Poly:
    """A polynomial times a number."""
    return Poly(tuple(_with_coefficient(t, t.coefficient * by) for t in poly.terms)) if by else ZERO


def multiply(*polys: Poly) -> Poly:
    """Π of polynomials, multiplied out. Single products are joined first, all at once."""
    plain = [poly.terms[0] for poly in polys if _is_product(poly)]
    if len(plain) < 2:
        return reduce(_times, polys) if polys else constant(1)
    factors = tuple(factor for term in plain for factor in term.factors)
    joined = collect([Term(prod((term.coefficient for term in plain), start=ONE), factors)])
    return reduce(_times, (poly for poly in polys if not _is_product(poly)), joined)


def _is_product(poly: Poly) -> bool:
    return len(poly.terms) == 1 and not poly.terms[0].bound


def total(poly: Poly, *indices: Index) -> Poly:
    """Σ over the given indices; a dummy that has the name of one is renamed first."""
    apart = (_apart(term, frozenset(indices)) for term in poly.terms)
    return collect(Term(t.coefficient, t.factors, t.bound + indices) for t in apart)


def power(poly: Poly, exponent: int | Fraction) -> Poly:
    """poly^exponent: multiplied out for whole exponents ≥ 0, else a `Group` or merged into one factor."""
    if exponent == 1:
        return poly
    exponent = Fraction(exponent)
    if len(poly.terms) == 1 and not poly.terms[0].bound:
        merged = _single_power(poly.terms[0], exponent)
        if merged is not None:
            return collect([merged])
    if exponent.denominator == 1 and (exponent == 0 or (Group(poly).opens_at(exponent) and exponent > 0)):
        return multiply(*[poly] * int(exponent))
    return atom(Group(poly), exponent)


def rename(poly: Poly, mapping: Mapping[Index, Index]) -> Poly:
    """Free indices replaced; bound ones are renamed apart first, so nothing is captured."""
    free = free_indices(poly)
    changed = tuple((old, new) for old, new in mapping.items() if old != new and old in free)
    return _renamed(poly, changed) if changed else collect(poly.terms)


@remembered(MOST_REMEMBERED)
def _renamed(poly: Poly, changed: tuple[tuple[Index, Index], ...]) -> Poly:
    mapping = dict(changed)
    taken = frozenset(mapping).union(mapping.values())
    apart = (_apart(term, taken) for term in poly.terms)
    return collect(Term(t.coefficient, _rename_factors(t.factors, mapping), t.bound) for t in apart)


def map_atoms(poly: Poly, change: Callable[[Atom], Poly]) -> Poly:
    """Every atom replaced by a polynomial in its indices."""
    found = []
    for term in poly.terms:
        changed = [change(single) for single, _ in term.factors]
        if all(new == atom(old) for new, (old, _) in zip(changed, term.factors, strict=True)):
            found.append(Poly((term,)))
            continue
        factors = (power(new, exponent) for new, (_, exponent) in zip(changed, term.factors, strict=True))
        found.append(total(multiply(constant(term.coefficient), *factors), *term.bound))
    return add(*found)


# --- normal form ----------------------------------------------------------------------------------


def normalise(term: Term) -> tuple[Term, ...]:
    """A term in normal form; several where a power of a `Group` had to be multiplied out."""
    return (term,) if _is_normal(term) else _normalised(term)


@remembered(MOST_REMEMBERED)
def _normalised(term: Term) -> tuple[Term, ...]:
    factors, bound, coefficient = _collapse(term)
    factors, bound = looked_up(factors, bound, _rename_atom, collect)
    merged: dict[Atom, Fraction] = {}
    for single, exponent in factors:
        if isinstance(single, Kron):
            merged[single] = Fraction(1)
        else:
            merged[single] = merged[single] + exponent if single in merged else exponent
    expanded = [(s, e) for s, e in merged.items() if isinstance(s, Group) and s.opens_at(e)]
    if expanded:
        return _multiply_out(coefficient, merged, expanded, bound)
    kept = [(s, e) for s, e in merged.items() if e]
    used = indices_of(kept)
    kept += [(Count(i.dim), Fraction(1)) for i in bound if i not in used and i.dim != 1]
    if len(kept) != len({s for s, _ in kept}):
        return normalise(Term(coefficient, tuple(kept), tuple(i for i in bound if i in used)))
    normal = _canonical(coefficient, kept, tuple(i for i in bound if i in used))
    normal.__dict__["normal"] = True
    return (normal,)


def _is_normal(term: Term) -> bool:
    """Whether a term came out of `normalise`."""
    return "normal" in term.__dict__


def _with_coefficient(term: Term, coefficient: Fraction) -> Term:
    """The same term with another coefficient: as normal as it was."""
    found = Term(coefficient, term.factors, term.bound)
    if _is_normal(term):
        found.__dict__["normal"] = True
        found.__dict__["likeness"] = term_text(term)
    return found


def _collapse(term: Term) -> tuple[Factors, tuple[Index, ...], Fraction]:
    """Σ_k δ_ik f(k) = f(i), again and again; δ_ii = 1 and powers of δ are δ."""
    factors, bound = term.factors, term.bound
    while True:
        delta = next((s for s, _ in factors if isinstance(s, Kron) and _collapsible(s, bound)), None)
        if delta is None:
            return factors, bound, term.coefficient
        rest = tuple((s, e) for s, e in factors if s != delta)
        gone, kept = (delta.right, delta.left) if delta.right in bound else (delta.left, delta.right)
        if gone == kept:
            factors = rest
        else:
            factors = tuple((_rename_atom(s, {gone: kept}), e) for s, e in rest)
            bound = tuple(i for i in bound if i != gone)


def _collapsible(delta: Kron, bound: tuple[Index, ...]) -> bool:
    return delta.left == delta.right or delta.left in bound or delta.right in bound


def _multiply_out(
    coefficient: Fraction,
    merged: Mapping[Atom, Fraction],
    expanded: Sequence[tuple[Atom, Fraction]],
    bound: tuple[Index, ...],
) -> tuple[Term, ...]:
    groups = dict(expanded)
    rest = tuple((s, e - int(e) if s in groups else e) for s, e in merged.items())
    start = Poly((Term(coefficient, tuple((s, e) for s, e in rest if e)),))
    whole = multiply(start, *(power(s.poly, int(e)) for s, e in expanded if isinstance(s, Group)))
    return total(whole, *bound).terms


def _single_power(term: Term, exponent: Fraction) -> Term | None:
    """(c · Π a^p)^exponent as one term, where that is the same real function."""
    whole = exponent.denominator == 1
    if not whole and (len(term.factors) > 1 or any(p % 2 == 0 for _, p in term.factors)):
        return None
    try:
        coefficient = term.coefficient ** int(exponent) if whole else root(term.coefficient, exponent)
    except ValueError:
        return None
    return Term(coefficient, tuple((s, p * exponent) for s, p in term.factors))


def components(term: Term) -> tuple[Term, ...]:
    """The factors of a term that no bound index ties together, each a term of its own, canonical."""
    bound = set(term.bound)
    groups: list[tuple[set[Index], list[tuple[Atom, Fraction]]]] = []
    for single, exponent in term.factors:
        tied = set(atom_indices(single) & bound)
        joined = [g for g in groups if g[0] & tied]
        groups = [g for g in groups if not (g[0] & tied)]
        indices = tied.union(*(g[0] for g in joined))
        groups.append((indices, [f for g in joined for f in g[1]] + [(single, exponent)]))
    return tuple(
        _canonical(Fraction(1), factors, tuple(i for i in term.bound if i in indices))
        for indices, factors in groups
    )


def _canonical(
    coefficient: Fraction, factors: Iterable[tuple[Atom, Fraction]], bound: tuple[Index, ...]
) -> Term:
    """The same term with bound indices renamed to _1, _2, … in the way that sorts first."""
    factors = tuple(factors)
    if not bound:
        return Term(coefficient, tuple(sorted(factors, key=atom_text)))
    _, mapped, renamed = min(_ways(factors, bound), key=itemgetter(0))
    return Term(coefficient, mapped, renamed)


def _ways(
    factors: Factors, bound: tuple[Index, ...]
) -> Iterator[tuple[list[str], Factors, tuple[Index, ...]]]:
    """The ways to name the bound indices: what the factors sort by, the factors, the indices.

    A factor is renamed once for all orders in which its own indices have the same places.
    """
    names = letters(factors, bound)
    own = [[n for n, index in enumerate(bound) if index in atom_indices(single)] for single, _ in factors]
    made: dict[tuple[int, ...], tuple[str, tuple[Atom, Fraction]]] = {}
    for order in spending(orders(factors, bound, _rename_atom)):
        renamed = tuple(Index(name, index.dim) for name, index in zip(names, order, strict=True))
        place = {index: n for n, index in enumerate(order)}
        places = [place[index] for index in bound]
        keys = [(n, *(places[m] for m in mine)) for n, mine in enumerate(own)]
        for n, *_ in (key for key in keys if key not in made):
            single, exponent = factors[n]
            named = _rename_atom(single, {bound[m]: renamed[places[m]] for m in own[n]}), exponent
            made[keys[n]] = factor_text(named), named
        found = sorted((made[key] for key in keys), key=itemgetter(0))
        yield [text for text, _ in found], tuple(factor for _, factor in found), renamed


# --- atoms ------------------------------------------------------------------------------------------


def _times(left: Poly, right: Poly) -> Poly:
    """All products of two terms; the dummies of one are no indices of the other."""
    lefts = [_apart(term, free_indices(right)) for term in left.terms]
    taken = free_indices(left).union(*(term.bound for term in lefts))
    rights = [_apart(term, taken) for term in right.terms]
    return collect(
        Term(a.coefficient * b.coefficient, a.factors + b.factors, a.bound + b.bound)
        for a in lefts
        for b in rights
    )


def _apart(term: Term, taken: frozenset[Index]) -> Term:
    """The term with its dummies renamed, where one of them is taken."""
    if taken.isdisjoint(term.bound):
        return term
    mapping = unused(term.bound, taken.union(term_indices(term)))
    return Term(term.coefficient, _rename_factors(term.factors, mapping), tuple(mapping.values()))


def _rename_factors(factors: Factors, mapping: Mapping[Index, Index]) -> Factors:
    return tuple((_rename_atom(s, mapping), e) for s, e in factors)


def _rename_atom(single: Atom, mapping: Mapping[Index, Index]) -> Atom:
    if all(mapping.get(index, index) == index for index in atom_indices(single)):
        return single
    match single:
        case Cell(base, indices):
            return Cell(base, tuple(mapping.get(i, i) for i in indices))
        case Kron(left, right):
            return kron(mapping.get(left, left), mapping.get(right, right))
        case Apply(function, args, options):
            return Apply(function, tuple(rename(a, mapping) for a in args), options)
        case Group(poly):
            return Group(rename(poly, mapping))
        case Count():
            return single

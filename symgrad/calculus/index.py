"""The index calculus: sums of products of array entries, in a normal form that holds for all sizes.

A `Poly` is Σ over its terms; a `Term` is coefficient · Π atom^power, summed over its bound indices::

    Σ_k W_kj g_k      one term, factors W[k,j] and g[k], bound (k,)

Building one already puts it in normal form: Kronecker deltas are collapsed against the sums, equal
atoms merged, bound indices renamed canonically, like terms collected. Two expressions with the same
normal form are equal for all sizes; the converse need not hold (see `calculus.proof`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from hashlib import blake2b
from itertools import count, islice, permutations, product

from symgrad.calculus.budget import spending
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
from symgrad.tree import Formula

ZERO = Poly()
_fresh = count()


def constant(value: int | Fraction) -> Poly:
    """A number as a polynomial."""
    return Poly((Term(Fraction(value)),)) if value else ZERO


def atom(single: Atom, power: int | Fraction = 1) -> Poly:
    """One atom to a power."""
    return collect([Term(Fraction(1), ((single, Fraction(power)),))])


def cell(base: Formula, *indices: Index) -> Poly:
    """The entry base[indices]."""
    return atom(Cell(base, indices))


def fresh(dim: Dim) -> Index:
    """An index that occurs nowhere else."""
    return Index(f"_{next(_fresh)}f", dim)


# --- building -----------------------------------------------------------------------------------


def collect(terms: Iterable[Term]) -> Poly:
    """The polynomial of these terms: each in normal form, like terms added."""
    total: dict[tuple[Factors, tuple[Index, ...]], Fraction] = defaultdict(Fraction)
    for term in spending(terms):
        for normal in normalise(term):
            total[normal.factors, normal.bound] += normal.coefficient
    found = [Term(value, factors, bound) for (factors, bound), value in total.items() if value]
    return Poly(tuple(sorted(found, key=_term_key)))


def add(*polys: Poly) -> Poly:
    """Σ of polynomials."""
    return collect(term for poly in polys for term in poly.terms)


def scale(poly: Poly, by: int | Fraction) -> Poly:
    """A polynomial times a number."""
    return Poly(tuple(Term(t.coefficient * by, t.factors, t.bound) for t in poly.terms)) if by else ZERO


def multiply(*polys: Poly) -> Poly:
    """Π of polynomials, multiplied out."""
    return reduce(_times, polys) if polys else constant(1)


def total(poly: Poly, *indices: Index) -> Poly:
    """Σ over the given indices; a dummy that has the name of one is renamed first."""
    apart = (_apart(t) if set(t.bound) & set(indices) else t for t in poly.terms)
    return collect(Term(t.coefficient, t.factors, t.bound + indices) for t in apart)


def power(poly: Poly, exponent: int | Fraction) -> Poly:
    """poly^exponent: multiplied out for whole exponents ≥ 0, else a `Group` or merged into one factor."""
    exponent = Fraction(exponent)
    if exponent.denominator == 1 and exponent >= 0:
        return multiply(*[poly] * int(exponent))
    if len(poly.terms) == 1 and not poly.terms[0].bound:
        merged = _single_power(poly.terms[0], exponent)
        if merged is not None:
            return collect([merged])
    return atom(Group(poly), exponent)


def rename(poly: Poly, mapping: Mapping[Index, Index]) -> Poly:
    """Free indices replaced; bound ones are renamed apart first, so nothing is captured."""
    if not mapping:
        return poly
    return collect(_rename_term(_apart(term), mapping) for term in poly.terms)


def map_atoms(poly: Poly, change: Callable[[Atom], Poly]) -> Poly:
    """Every atom replaced by a polynomial; bound indices are renamed apart first."""
    found = []
    for term in map(_apart, poly.terms):
        factors = (power(change(single), exponent) for single, exponent in term.factors)
        found.append(total(multiply(constant(term.coefficient), *factors), *term.bound))
    return add(*found)


def free_indices(poly: Poly) -> frozenset[Index]:
    """The indices a polynomial's value depends on."""
    return frozenset().union(*(_term_free(term) for term in poly.terms))


# --- normal form ----------------------------------------------------------------------------------


def normalise(term: Term) -> tuple[Term, ...]:
    """A term in normal form; several where a power of a `Group` had to be multiplied out."""
    factors, bound, coefficient = _collapse(term)
    merged: dict[Atom, Fraction] = defaultdict(Fraction)
    for single, exponent in factors:
        merged[single] = Fraction(1) if isinstance(single, Kron) else merged[single] + exponent
    expanded = [(s, e) for s, e in merged.items() if isinstance(s, Group) and s.opens_at(e)]
    if expanded:
        return _multiply_out(coefficient, merged, expanded, bound)
    kept = [(s, e) for s, e in merged.items() if e]
    used = frozenset().union(*(atom_indices(s) for s, _ in kept))
    kept += [(Count(i.dim), Fraction(1)) for i in bound if i not in used and i.dim != 1]
    if len(kept) != len({s for s, _ in kept}):
        return normalise(Term(coefficient, tuple(kept), tuple(i for i in bound if i in used)))
    return (_canonical(coefficient, kept, tuple(i for i in bound if i in used)),)


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
        coefficient = term.coefficient ** int(exponent) if whole else _root(term.coefficient, exponent)
    except ValueError:
        return None
    return Term(coefficient, tuple((s, p * exponent) for s, p in term.factors))


def _root(value: Fraction, exponent: Fraction) -> Fraction:
    """value^exponent where it is rational; ValueError where not."""
    if value == 1:
        return value
    if value <= 0:
        raise ValueError("no real root in general")
    found = Fraction(float(value) ** (1 / exponent.denominator)).limit_denominator(10**6)
    if found**exponent.denominator != value:
        raise ValueError("irrational")
    return found**exponent.numerator


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
        return Term(coefficient, tuple(sorted(factors, key=_factor_key)))
    best: tuple[tuple[str, ...], Factors, tuple[Index, ...]] | None = None
    taken = {i.name for s, _ in factors for i in atom_indices(s)} - {i.name for i in bound}
    letters = list(islice((name for n in count(1) if (name := f"_{n}") not in taken), len(bound)))
    for order in spending(_orders(factors, bound)):
        renamed = tuple(Index(name, index.dim) for name, index in zip(letters, order, strict=True))
        mapping = dict(zip(order, renamed, strict=True))
        mapped = tuple(sorted(((_rename_atom(s, mapping), e) for s, e in factors), key=_factor_key))
        key = tuple(map(_factor_key, mapped))
        if best is None or key < best[0]:
            best = key, mapped, renamed
    assert best is not None
    return Term(coefficient, best[1], best[2])


def _orders(factors: Factors, bound: tuple[Index, ...], limit: int = 5040) -> Iterable[tuple[Index, ...]]:
    """Orders of the bound indices to try: all that respect a colouring by how each index is used."""
    colours: dict[Index, str] = {index: str(index.dim) for index in bound}
    for _ in range(min(len(bound), 4)):
        colours = {index: _colour(index, factors, colours) for index in bound}
    classes: dict[str, list[Index]] = defaultdict(list)
    for index in bound:
        classes[colours[index]].append(index)
    groups = [classes[colour] for colour in sorted(classes)]
    tries = 1
    for group in groups:
        for n in range(2, len(group) + 1):
            tries *= n
    if tries > limit:
        return [tuple(i for group in groups for i in group)]
    return (tuple(i for part in parts for i in part) for parts in product(*map(permutations, groups)))


def _colour(index: Index, factors: Factors, colours: Mapping[Index, str]) -> str:
    marked = {other: Index(f"({colour})", other.dim) for other, colour in colours.items()}
    marked[index] = Index("*", index.dim)
    uses = sorted(f"{_atom_key(_rename_atom(s, marked))}^{e}" for s, e in factors if index in atom_indices(s))
    return blake2b(" ".join([str(index.dim), *uses]).encode(), digest_size=8).hexdigest()


# --- atoms ------------------------------------------------------------------------------------------


def _times(left: Poly, right: Poly) -> Poly:
    """All products of two terms; the dummies of one are no indices of the other."""
    free = free_indices(right)
    left_apart = [_apart(term) if free.intersection(term.bound) else term for term in left.terms]
    right_apart = [_apart(term) for term in right.terms]
    return collect(
        Term(a.coefficient * b.coefficient, a.factors + b.factors, a.bound + b.bound)
        for a in left_apart
        for b in right_apart
    )


def _apart(term: Term) -> Term:
    if not term.bound:
        return term
    mapping = {index: fresh(index.dim) for index in term.bound}
    return Term(term.coefficient, _rename_factors(term.factors, mapping), tuple(mapping.values()))


def _rename_term(term: Term, mapping: Mapping[Index, Index]) -> Term:
    return Term(term.coefficient, _rename_factors(term.factors, mapping), term.bound)


def _rename_factors(factors: Factors, mapping: Mapping[Index, Index]) -> Factors:
    return tuple((_rename_atom(s, mapping), e) for s, e in factors)


def _rename_atom(single: Atom, mapping: Mapping[Index, Index]) -> Atom:
    match single:
        case Cell(base, indices):
            return Cell(base, tuple(mapping.get(i, i) for i in indices))
        case Kron(left, right):
            return kron(mapping.get(left, left), mapping.get(right, right))
        case Apply(function, args, options):
            return Apply(function, tuple(rename(a, _relevant(a, mapping)) for a in args), options)
        case Group(poly):
            return Group(rename(poly, _relevant(poly, mapping)))
        case Count():
            return single


def _relevant(poly: Poly, mapping: Mapping[Index, Index]) -> dict[Index, Index]:
    used = free_indices(poly)
    return {old: new for old, new in mapping.items() if old in used}


def kron(left: Index, right: Index) -> Kron:
    """δ_ij, the same atom as δ_ji."""
    return Kron(*sorted((left, right), key=lambda index: (index.name, str(index.dim))))


@lru_cache(maxsize=10_000)
def atom_indices(single: Atom) -> frozenset[Index]:
    """The free indices of an atom."""
    match single:
        case Cell(_, indices):
            return frozenset(indices)
        case Kron(left, right):
            return frozenset((left, right))
        case Apply(_, args):
            return frozenset().union(*map(free_indices, args))
        case Group(poly):
            return free_indices(poly)
        case Count():
            return frozenset()


def _term_free(term: Term) -> frozenset[Index]:
    return frozenset().union(*(atom_indices(s) for s, _ in term.factors)) - set(term.bound)


@lru_cache(maxsize=10_000)
def _atom_key(single: Atom) -> str:
    return repr(single)


def _factor_key(factor: tuple[Atom, Fraction]) -> str:
    return f"{_atom_key(factor[0])}^{factor[1]}"


def _term_key(term: Term) -> str:
    return " ".join(map(_factor_key, term.factors)) + f" {term.bound}"

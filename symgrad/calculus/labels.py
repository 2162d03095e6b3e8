"""What is true of one-hot rows 1[y_i = k], in terms: they say which entry a look-up means.

1² is 1, Σ_k 1[y_i = k] is 1, and beside 1[y_i = k] the entry that was picked, P_{i,y_i}, is P_ik.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from symgrad.calculus.atoms import indices_of
from symgrad.calculus.terms import Apply, Atom, Cell, Factors, Group, Index, Poly, Term
from symgrad.operations.lookups import is_hot
from symgrad.tree import Op

Rename = Callable[[Atom, Mapping[Index, Index]], Atom]


def looked_up(
    factors: Factors, bound: tuple[Index, ...], rename: Rename, collected: Callable[[list[Term]], Poly]
) -> tuple[Factors, tuple[Index, ...]]:
    """The factors of a term with what their one-hot rows say, and the indices that are still summed over."""
    rows = {single for single, exponent in factors if _is_row(single) and exponent > 0}
    for row in rows:
        assert isinstance(row, Cell)
        again = {
            other.indices[-1]: row.indices[-1]
            for other in rows
            if isinstance(other, Cell) and other != row and _alike(row, other) and other.indices[-1] in bound
        }
        if again:
            renamed = tuple((rename(single, again), exponent) for single, exponent in factors)
            return looked_up(renamed, tuple(i for i in bound if i not in again), rename, collected)
    if not rows:
        return factors, bound
    others = (
        (_picked(single, rows, rename, collected), exponent)
        for single, exponent in factors
        if single not in rows
    )
    kept = (*((row, Fraction(1)) for row in sorted(rows, key=repr)), *others)
    return _summed(kept, bound)


def _summed(factors: Factors, bound: tuple[Index, ...]) -> tuple[Factors, tuple[Index, ...]]:
    """Σ_k 1[y_i = k] = 1, where k stands nowhere else."""
    for factor in factors:
        single, _ = factor
        if isinstance(single, Cell) and _is_row(single) and (last := single.indices[-1]) in bound:
            others = tuple(other for other in factors if other is not factor)
            if last not in indices_of(others) and last not in single.indices[:-1]:
                return _summed(others, tuple(i for i in bound if i != last))
    return factors, bound


def _is_row(single: Atom) -> bool:
    return isinstance(single, Cell) and is_hot(single.base)


def _alike(row: Cell, other: Cell) -> bool:
    """Whether two are entries of one row."""
    return row.base == other.base and row.indices[:-1] == other.indices[:-1]


def _picked(single: Atom, rows: set[Atom], rename: Rename, collected: Callable[[list[Term]], Poly]) -> Atom:
    """An atom with P_ik for the entry P_{i,y_i} that a row picks."""
    match single:
        case Cell(Op("pick", (whole, labels)), indices):
            for row in rows:
                match row:
                    case Cell(Op(args=(of,)), (*at, _)) if of == labels and tuple(at) == indices:
                        return Cell(whole, row.indices)
        case Group(poly):
            return Group(_inside(poly, rows, rename, collected))
        case Apply(function, args, options):
            return Apply(function, tuple(_inside(arg, rows, rename, collected) for arg in args), options)
    return single


def _inside(poly: Poly, rows: set[Atom], rename: Rename, collected: Callable[[list[Term]], Poly]) -> Poly:
    """The same within a sum: Σ_l 1[y_i = l] f_l is f_k."""
    terms, changed = [], False
    for term in poly.terms:
        factors, bound = term.factors, term.bound
        for row in rows:
            assert isinstance(row, Cell)
            for other, _ in term.factors:
                if isinstance(other, Cell) and _alike(row, other) and other.indices[-1] in bound:
                    place = {other.indices[-1]: row.indices[-1]}
                    rest = (factor for factor in factors if factor[0] != other)
                    factors = tuple((rename(one, place), exponent) for one, exponent in rest)
                    bound = tuple(i for i in bound if i not in place)
        inner = tuple((_picked(one, rows, rename, collected), exponent) for one, exponent in factors)
        changed = changed or inner != term.factors
        terms.append(Term(term.coefficient, inner, bound))
    return collected(terms) if changed else poly

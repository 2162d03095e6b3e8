"""What the parts of an index expression are by themselves: their free indices, and the text they sort by."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symgrad.calculus.terms import Apply, Atom, Cell, Count, Group, Index, Kron, Poly, Term

NONE: frozenset[Index] = frozenset()


def kron(left: Index, right: Index) -> Kron:
    """δ_ij, the same atom as δ_ji."""
    return Kron(*sorted((left, right), key=lambda index: (index.name, str(index.dim))))


def atom_indices(single: Atom) -> frozenset[Index]:
    """The free indices of an atom."""
    if isinstance(single, Count):
        return NONE
    try:
        known = single._free
    except AttributeError:
        known = _looked_up(single)
        object.__setattr__(single, "_free", known)
    return known


def _looked_up(single: Cell | Kron | Apply | Group) -> frozenset[Index]:
    match single:
        case Cell(_, indices):
            return frozenset(indices)
        case Kron(left, right):
            return frozenset((left, right))
        case Apply(_, args):
            return NONE.union(*map(free_indices, args))
        case Group(poly):
            return free_indices(poly)


def free_indices(poly: Poly) -> frozenset[Index]:
    """The indices a polynomial's value depends on."""
    try:
        known = poly._free
    except AttributeError:
        known = NONE.union(*map(term_indices, poly.terms))
        object.__setattr__(poly, "_free", known)
    return known


def term_indices(term: Term) -> frozenset[Index]:
    """The free indices of a term."""
    try:
        known = term._free
    except AttributeError:
        known = indices_of(term.factors).difference(term.bound)
        object.__setattr__(term, "_free", known)
    return known


def indices_of(factors: Iterable[tuple[Atom, Fraction]]) -> frozenset[Index]:
    """The indices that stand in any of these factors."""
    return NONE.union(*(atom_indices(single) for single, _ in factors))


def factor_text(factor: tuple[Atom, Fraction]) -> str:
    """What factors sort by."""
    return f"{factor[0]!r}^{factor[1]}"


def atom_text(factor: tuple[Atom, Fraction]) -> str:
    """What factors of one term sort by: its atoms differ, and the text of none begins that of another."""
    return repr(factor[0])


def term_text(term: Term) -> str:
    """What terms are like, or sort, by: factors and bound indices, whatever the coefficients."""
    try:
        known = term._likeness
    except AttributeError:
        known = " ".join(map(factor_text, term.factors)) + f" {term.bound}"
        object.__setattr__(term, "_likeness", known)
    return known

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
    known: frozenset[Index] | None = single.__dict__.get("free")
    if known is None:
        known = single.__dict__["free"] = _looked_up(single)
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
    known: frozenset[Index] | None = poly.__dict__.get("free")
    if known is None:
        known = poly.__dict__["free"] = NONE.union(*map(term_indices, poly.terms))
    return known


def term_indices(term: Term) -> frozenset[Index]:
    """The free indices of a term."""
    known: frozenset[Index] | None = term.__dict__.get("free")
    if known is None:
        known = term.__dict__["free"] = indices_of(term.factors).difference(term.bound)
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
    known: str | None = term.__dict__.get("likeness")
    if known is None:
        known = term.__dict__["likeness"] = " ".join(map(factor_text, term.factors)) + f" {term.bound}"
    return known

"""Derivatives of what an identity F(x, y) = 0 defines: ∂F/∂x + ∂F/∂y · ∂y/∂x = 0, solved for ∂y/∂x."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus.index import Atom, Cell, Index, Kron, Poly, atom, cell, kron, multiply, scale, total
from symgrad.tree import Op


def solve_identity(
    by_x: Poly, by_y: Poly, at: Sequence[Index], unknown: Sequence[Index], out: Sequence[Index]
) -> Poly:
    """∂y/∂x at the entries ``out`` of y.

    ``by_x`` is ∂F[at]/∂x, ``by_y`` is ∂F[at]/∂y[unknown]; the latter must be 1, or a product of δ's and
    matrices, each between an axis of F and one of y. Raises TypeError where it is anything else.
    """
    (term,) = by_y.terms
    if term.coefficient != 1 or term.bound:
        raise TypeError(f"no solution for the coefficient {by_y}")
    place = dict(zip(unknown, out, strict=True))
    inverted = (_inverted(single, place, at) for single, exponent in term.factors if exponent == 1)
    return scale(total(multiply(*inverted, by_x), *at), -1)


def _inverted(single: Atom, place: dict[Index, Index], at: Sequence[Index]) -> Poly:
    """What undoes a factor of ∂F/∂y: X_ik is undone by (X⁻¹)_ki, δ by itself."""
    match single:
        case Kron(left, right) if {left, right} & place.keys():
            return atom(kron(place.get(left, left), place.get(right, right)))
        case Cell(base, (row, column)) if row in at and column in place:
            return cell(Op("inv", (base,)), place[column], row)
    raise TypeError(f"no solution for the coefficient {single}")

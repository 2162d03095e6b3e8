"""What a definition says of its parts: z = (x − m)/s is x − m = z s.

The equation of a quantity and its formula is solved for each symbol that it fixes, at any indices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import permutations
from typing import TypeAlias

from msgspec import Struct

from symgrad.calculus.folding import fold
from symgrad.calculus.functions import apply
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Group,
    Index,
    Poly,
    Term,
    add,
    atom,
    atom_indices,
    cell,
    components,
    constant,
    free_indices,
    fresh,
    multiply,
    power,
    rename,
    scale,
    total,
)
from symgrad.calculus.rational import Solution, solved
from symgrad.calculus.reading import atoms_of
from symgrad.tree import Formula

MOST_TERMS = 12
"""Terms that putting in an equation once may make."""


class Relation(Struct, frozen=True):
    """``single`` to a power is ``poly``, because ``left`` = ``right``."""

    single: Atom
    exponent: Fraction
    poly: Poly
    left: Formula
    right: Formula

    def replaced(self, poly: Poly) -> Poly | None:
        """The polynomial with it put in wherever it stands; None where its power there does not allow it."""
        try:
            return _replaced(poly, self)
        except _OtherPower:
            return None


class Contraction(Struct, frozen=True):
    """A sum over indices that is an entry of ``left``, because ``left`` = ``right``: Σ_k A_ik y_k is a_i."""

    term: Term
    out: tuple[Index, ...]
    left: Formula
    right: Formula

    @staticmethod
    def of(left: Formula, right: Formula, at: tuple[Index, ...], poly: Poly) -> Contraction | None:
        """What the definition of ``left`` as an array with entries ``poly`` says; None where it is no sum."""
        match poly.terms:
            case (Term(coefficient, _, bound) as term,) if coefficient == 1 and bound:
                return Contraction(term, at, left, right) if len(components(term)) == 1 else None
        return None

    def replaced(self, poly: Poly) -> Poly:
        """The polynomial with it put in wherever it stands."""
        return add(*(self._in_term(term) for term in poly.terms))

    def _in_term(self, term: Term) -> Poly:
        parts = [self._named(part) or Poly((part,)) for part in components(term)]
        return multiply(constant(term.coefficient), *parts)

    def _named(self, part: Term) -> Poly | None:
        if len(part.factors) != len(self.term.factors) or not part.bound:
            return None
        free = sorted(free_indices(Poly((part,))), key=lambda index: index.name)
        for order in permutations(free) if len(free) == len(self.out) else ():
            renamed = rename(Poly((self.term,)), dict(zip(self.out, order, strict=True)))
            if renamed == Poly((part,)) and [i.dim for i in order] == [i.dim for i in self.out]:
                return cell(self.left, *order)
        return None


class Quotient(Struct, frozen=True):
    """A product that is an entry of ``left``, because ``left`` = ``right``: e^{z_i} / Σ_k e^{z_k} is p_i."""

    poly: Poly
    out: tuple[Index, ...]
    left: Formula
    right: Formula

    def replaced(self, poly: Poly) -> Poly:
        """The polynomial with it put in wherever it stands."""
        return fold(poly, self.poly, self.left, self.out)


Said: TypeAlias = Relation | Contraction | Quotient
"""What a definition says, in one of three ways."""


class _OtherPower(Exception):
    """x² is known, and x stands alone; or x is a sum, and x⁸ stands."""


def _replaced(poly: Poly, relation: Relation) -> Poly:
    found = []
    for term in poly.terms:
        apart = {index: fresh(index.dim) for index in term.bound}  # apart from those of sums inside too
        (free,) = rename(Poly((Term(term.coefficient, term.factors),)), apart).terms or (None,)
        if free is None:
            continue
        factors = (_replaced_atom(single, exponent, relation) for single, exponent in free.factors)
        found.append(total(multiply(constant(free.coefficient), *factors), *apart.values()))
    return add(*found)


def _replaced_atom(single: Atom, exponent: Fraction, relation: Relation) -> Poly:
    mapping = _meets(relation.single, single)
    if mapping is not None:
        times = exponent / relation.exponent
        if times.denominator != 1 or len(relation.poly.terms) ** max(0, int(times)) > MOST_TERMS:
            raise _OtherPower
        return power(rename(relation.poly, mapping), times)
    match single:
        case Group(inner):
            return power(_replaced(inner, relation), exponent)
        case Apply(function, args, options):
            return power(
                apply(function, *(_replaced(arg, relation) for arg in args), options=options), exponent
            )
    return atom(single, exponent)


def _meets(pattern: Atom, single: Atom) -> Mapping[Index, Index] | None:
    """The indices of the pattern as those of an atom that is the same but for them; else None."""
    match pattern, single:
        case Cell(base, indices), Cell(other, places) if base == other and len(indices) == len(places):
            mapping = dict(zip(indices, places, strict=True))
            return mapping if tuple(mapping[index] for index in indices) == places else None
        case (Apply(), Apply()) | (Group(), Group()):
            wanted = sorted(atom_indices(pattern), key=lambda index: index.name)
            present = sorted(atom_indices(single), key=lambda index: index.name)
            if len(wanted) == len(present):
                for order in permutations(present):
                    mapping = dict(zip(wanted, order, strict=True))
                    if rename(atom(pattern), mapping) == atom(single):
                        return mapping
    return None


def relations(left: Formula, right: Formula, at: tuple[Index, ...], poly: Poly) -> Iterator[Relation]:
    """What left = right says, where left[at] is an atom and right[at] is ``poly``."""
    for solution in solved(add(cell(left, *at), scale(poly, -1))):
        if _is_of_use(solution, Cell(left, at)):
            yield Relation(solution.single, solution.exponent, solution.poly, left, right)


def _is_of_use(solution: Solution, whole: Cell) -> bool:
    """Whether what is found is known wherever the atom stands, and does not hold the atom itself."""
    inside = atom_indices(solution.single)
    return (
        solution.single != whole
        and free_indices(solution.poly) <= inside
        and not any(base == kind(solution.single) for base in map(kind, atoms_of(solution.poly)))
    )


def kind(single: Atom) -> object:
    """What two atoms share that may be one but for their indices."""
    match single:
        case Cell(base):
            return base
        case Apply(function):
            return function
    return type(single)

"""What a form divides by: where that is 0, the form has no value, and another one may have."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.index import Apply, Atom, Cell, Group, Poly, Term
from symgrad.calculus.reading import atoms_of
from symgrad.calculus.relations import Relation, kind
from symgrad.tree import Formula, names


def divisors(poly: Poly) -> frozenset[str]:
    """The names that something is divided by: where they are 0, there is no value."""
    found: set[str] = set()
    for term in poly.terms:
        for single, exponent in term.factors:
            if exponent < 0:
                found.update(names_in(single))
            elif isinstance(single, Group):
                found |= divisors(single.poly)
            elif isinstance(single, Apply):
                found.update(*map(divisors, single.args))
    return frozenset(found)


def names_in(single: Atom) -> Iterator[str]:
    """The names in an atom."""
    match single:
        case Cell(base):
            yield from names(base)
        case Group(inner):
            yield from (name for part in atoms_of(inner) if isinstance(part, Cell) for name in names_in(part))
        case Apply(_, args):
            for arg in args:
                yield from (
                    name for part in atoms_of(arg) if isinstance(part, Cell) for name in names_in(part)
                )


def _names(poly: Poly) -> Iterator[str]:
    for part in atoms_of(poly):
        if isinstance(part, Cell):
            yield from names(part.base)


def known_divisors(poly: Poly, relation: Relation) -> frozenset[str]:
    """What may be divided by after an equation is put in: no name that might be 0 where nothing was.

    A name for the whole of what was divided by is one more.
    """
    known = divisors(poly)
    divided = (s for t in poly.terms for s, e in t.factors if e < 0)
    if _is_name(relation.poly, relation.left) and any(kind(s) == kind(relation.single) for s in divided):
        known |= frozenset(names(relation.left))
    return known


def _is_name(poly: Poly, name: Formula) -> bool:
    match poly.terms:
        case (Term(coefficient, ((Cell(base), exponent),), ()),):
            return base == name and coefficient == exponent == 1
    return False

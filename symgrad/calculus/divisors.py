"""What a form divides by: where that is 0, the form has no value, and another one may have."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.index import Apply, Atom, Cell, Count, Group, Poly, Term
from symgrad.calculus.reading import atoms_of
from symgrad.calculus.relations import Relation, Said, kind
from symgrad.tree import Formula, names


def may_replace(new: Poly, old: Poly, relation: Said) -> bool:
    """Whether a form divides by nothing that the one before it did not divide by.

    A sum may have changed its look: it is enough that its names were divided by. A name, or a function of
    it, may stand for the whole of what was divided by.
    """
    known = frozenset(_divisors(old))
    allowed = {kind(single) for single in known}
    if isinstance(relation, Relation) and _is_one(relation.poly, relation.left):
        allowed |= {relation.left} if kind(relation.single) in allowed else set()
    inside = {name for single in known for name in names_in(single)}.union(
        names(relation.left) if relation.left in allowed else ()
    )
    return all(
        inside.issuperset(names_in(single)) if isinstance(single, Group) else kind(single) in allowed
        for single in _divisors(new)
    )


def _divisors(poly: Poly) -> Iterator[Atom]:
    """The atoms that something is divided by."""
    for term in poly.terms:
        for single, exponent in term.factors:
            if exponent < 0 and not isinstance(single, Count):
                yield single
            elif isinstance(single, Group):
                yield from _divisors(single.poly)
            elif isinstance(single, Apply):
                for arg in single.args:
                    yield from _divisors(arg)


def names_in(single: Atom) -> Iterator[str]:
    """The names in an atom."""
    match single:
        case Cell(base):
            yield from names(base)
        case Group(inner):
            yield from _names(inner)
        case Apply(_, args):
            for arg in args:
                yield from _names(arg)


def _names(poly: Poly) -> Iterator[str]:
    for part in atoms_of(poly):
        if isinstance(part, Cell):
            yield from names(part.base)


def _is_one(poly: Poly, whole: Formula) -> bool:
    match poly.terms:
        case (Term(coefficient, ((Cell(base), exponent),), ()),):
            return base == whole and coefficient == exponent == 1
    return False

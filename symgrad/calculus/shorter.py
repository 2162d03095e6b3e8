"""The form of a gradient that a person would write: with what has a name already, and cancelled.

The definitions of quantities are read as equations (`calculus.relations`) and put in, a few at a time,
as long as the formula gets shorter. So are sums that stand as one, and what exponentials make up:
e^z / (1 + e^z) is σ(z).
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from fractions import Fraction

from msgspec import Struct, field

from symgrad.calculus.budget import TooLong, within
from symgrad.calculus.cost import cost
from symgrad.calculus.divisors import may_replace, names_in
from symgrad.calculus.identities import identities, inverted
from symgrad.calculus.index import Atom, Cell, Count, Index, Poly, atom, collect, map_atoms
from symgrad.calculus.lowering import expand, lower
from symgrad.calculus.matching import match
from symgrad.calculus.means import joined_sums, means
from symgrad.calculus.rational import cancel, with_squares
from symgrad.calculus.reading import (
    SUMS,
    absorbed,
    as_contraction,
    as_product,
    as_sum,
    atoms_of,
    products_apart,
    sums_in,
)
from symgrad.calculus.relations import Contraction, Relation, Said, kind, relations
from symgrad.graph import Graph
from symgrad.tree import Formula, Gradient, Name, Op, names

SHORT, LONG = 6, 80
"""Nodes of a formula below and beyond which nothing is looked for."""
WIDTH, DEPTH, DETOUR = 3, 4, 6
"""How many forms are followed at a time, how many equations are put in one after the other, and how
much longer than the shortest a form may be on the way.
"""
BUDGET = 30_000
"""Terms that are made in one search at most."""
MOST_TERMS = 16
"""Terms beyond which a form is not followed."""


class Shorter(Struct, frozen=True):
    """A form of a gradient, and the equations that led to it."""

    poly: Poly
    formula: Formula
    by: tuple[Said, ...] = ()

    @property
    def cost(self) -> float:
        """How long it is to read."""
        return cost(self.formula)

    @property
    def rule(self) -> str:
        """What leads to it: names of what was worked out before, or cancelling alone."""
        return "named" if self.named else "cancelled"

    @property
    def named(self) -> tuple[tuple[Formula, Formula], ...]:
        """The equations that are more than a sum written out, each once."""
        return tuple(dict.fromkeys((r.left, r.right) for r in self.by if r.left != r.right))


class Definitions(Struct, frozen=True, eq=False):
    """What the quantities of a problem say, read when it is first asked for."""

    graph: Graph
    _read: dict[tuple[Formula, Formula], tuple[Said, ...]] = field(default_factory=dict)

    def shorter(self, poly: Poly, free: tuple[Index, ...], joined: Formula | None) -> Shorter | None:
        """The shortest form that is found, where it is shorter than ``joined``."""
        if joined is None or not SHORT <= cost(joined) <= LONG or not _may_be_shorter(poly):
            return None
        best = plain = Shorter(poly, joined)
        with suppress(TooLong), within(BUDGET):
            for frontier in self._frontiers(poly, free):
                squared = (other for form in frontier for other in self._squared(form, free))
                best = min((best, *frontier, *squared), key=_cost)
        return best if best.cost < plain.cost else None

    def absorbed(self, poly: Poly) -> Poly:
        """h relu′(z) is h where h = relu(z) or max(0, z); sinh z / c is tanh z where c = cosh z."""
        called = {formula: Name(name) for name, formula in self.graph.quantities.items()}
        return collect(absorbed(term, called) for term in poly.terms)

    def _frontiers(self, poly: Poly, free: tuple[Index, ...]) -> Iterator[list[Shorter]]:
        """The most promising forms with no equation put in, with one, with two, …."""
        seen: set[Poly] = set()
        frontier = sorted(self._starts(poly, free, seen), key=_cost)
        for _ in range(DEPTH):
            yield frontier
            shortest = min(map(_cost, frontier), default=0)
            fresh = (form for old in frontier for form in self._next(old, free, seen))
            hopeful = (form for form in fresh if form.cost <= shortest + DETOUR)
            frontier = sorted(hopeful, key=_cost)[:WIDTH]
        yield frontier

    def _starts(self, poly: Poly, free: tuple[Index, ...], seen: set[Poly]) -> Iterator[Shorter]:
        """The gradient with products taken apart, with sums written out, with everything written out."""
        shape_of = self.graph.shape
        apart = products_apart(poly, shape_of)
        forms = (apart, cancel(map_atoms(apart, self._opened)), cancel(expand(apart, shape_of)))
        for start in dict.fromkeys(products_apart(form, shape_of) for form in forms):
            seen.add(start)
            yield from self._form(start, free, ())

    def _opened(self, single: Atom) -> Poly:
        match single:
            case Cell(Op() as base, indices):
                return as_sum(base, indices, self.graph.shape)
        return atom(single)

    def _form(self, poly: Poly, free: tuple[Index, ...], by: tuple[Said, ...]) -> Iterator[Shorter]:
        formula = self._written(poly, free, by)
        if formula is not None:
            yield Shorter(poly, formula, by)

    def _squared(self, form: Shorter, free: tuple[Index, ...]) -> Iterator[Shorter]:
        """The same form with the squares in its denominators seen."""
        squared = with_squares(form.poly)
        formula = None if squared == form.poly else self._written(squared, free, form.by)
        if formula is not None:
            yield Shorter(form.poly, formula, form.by)

    def _written(self, poly: Poly, free: tuple[Index, ...], by: tuple[Said, ...]) -> Formula | None:
        formula = match(poly, free) if len(poly.terms) <= MOST_TERMS else None
        if formula is None:
            return None
        said = joined_sums(formula, self.graph.shape)
        return means(said, self.graph.shape) if by else said

    def _next(self, form: Shorter, free: tuple[Index, ...], seen: set[Poly]) -> Iterator[Shorter]:
        for relation in self._relations(form.poly):
            replaced = relation.replaced(form.poly)
            if replaced is None or replaced == form.poly or len(replaced.terms) > MOST_TERMS:
                continue
            poly = cancel(products_apart(replaced, self.graph.shape))
            if poly not in seen and may_replace(poly, form.poly, relation):
                seen.add(poly)
                yield from self._form(poly, free, (*form.by, relation))

    def _relations(self, poly: Poly) -> Iterator[Said]:
        """The equations that are about a symbol of the polynomial.

        Of what stands in it, and of sums and quantities of which a part is made of nothing but what does: a
        recurrence uses its parameters at every step, and what other steps make of them is of no use here.
        """
        present = dict.fromkeys(atoms_of(poly))
        kinds = {kind(single) for single in present}
        used = frozenset(name for single in present for name in names_in(single))
        sums = dict.fromkeys(sums_in(poly))
        for name in self._near(used):
            formula = self.graph.quantities[name]
            inside = sums_in(as_product(formula, self._at(formula), self.graph.shape))
            sums.update(dict.fromkeys(whole for whole in inside if _is_near(whole, used)))
            if name in used or _is_near(formula, used):
                yield from (r for r in self._said(Name(name), formula) if _is_about(r, kinds))
        for whole in sums:
            yield from (r for r in self._said(whole, whole) if _is_about(r, kinds))
        for single in present:
            yield from identities(single)

    def _near(self, used: frozenset[str]) -> Iterator[str]:
        """The quantities that are used, or are made of something that is."""
        near = used.union(*(self.graph.consumers(name) for name in used if name in self.graph.shapes))
        yield from (name for name in self.graph.quantities if name in near)

    def _said(self, left: Formula, right: Formula) -> tuple[Said, ...]:
        if (left, right) not in self._read:
            self._read[left, right] = tuple(dict.fromkeys(self._equations(left, right)))
        return self._read[left, right]

    def _equations(self, left: Formula, right: Formula) -> Iterator[Said]:
        at, shape_of = self._at(right), self.graph.shape
        if left == right:
            poly = as_sum(right, at, shape_of)
            yield Relation(Cell(left, at), Fraction(1), poly, left, right)
            yield from relations(left, right, at, poly)
            return
        yield from relations(left, right, at, as_product(right, at, shape_of))
        if isinstance(right, Op) and right.name not in SUMS:
            lowered = products_apart(lower(right, at, shape_of), shape_of)
            yield from relations(left, right, at, lowered)
            for form in dict.fromkeys((lowered, as_contraction(right, at, shape_of))):
                if (contraction := Contraction.of(left, right, at, form)) is not None:
                    yield contraction
            for turned, inner in inverted(left, right):
                yield from relations(turned, inner, at, as_product(inner, at, shape_of))

    def _at(self, formula: Formula) -> tuple[Index, ...]:
        return tuple(Index(f"at{n}", dim) for n, dim in enumerate(self.graph.shape(formula)))


def _is_near(formula: Formula, used: frozenset[str]) -> bool:
    """Whether a formula, or something that it adds up, is made of these names alone."""
    return any(used.issuperset(names(part)) for part in (formula, *_summands(formula)))


def _summands(formula: Formula) -> Iterator[Formula]:
    """What a formula adds up, names alone apart: what a name is without the rest of a sum is no shorter."""
    match formula:
        case Op(name, args) if name in SUMS or name == "negative":
            for arg in args:
                yield from (part for part in _summands(arg) if not isinstance(part, Name))
        case _:
            yield formula


def _cost(form: Shorter) -> float:
    return form.cost


def _is_about(said: Said, kinds: Set[object]) -> bool:
    """Whether an equation is about a symbol of one of these kinds."""
    return not isinstance(said, Relation) or kind(said.single) in kinds


def _may_be_shorter(poly: Poly) -> bool:
    """Whether anything is divided by, or stands unnamed: sums of products of names are left as they are."""
    return any(
        exponent < 0 or not isinstance(single, Cell) or not isinstance(single.base, Name | Gradient)
        for term in poly.terms
        for single, exponent in term.factors
        if not isinstance(single, Count)
    )

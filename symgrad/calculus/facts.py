"""Facts: Σ_i y_i = 1, stated under ``assume`` or true of a quantity by its formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from fractions import Fraction
from functools import partial
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.budget import within_budget
from symgrad.calculus.index import (
    Atom,
    Cell,
    Count,
    Dim,
    Index,
    Poly,
    Term,
    atom,
    atom_indices,
    collect,
    constant,
    fresh,
    map_atoms,
    total,
)
from symgrad.calculus.lowering import lower
from symgrad.calculus.rational import cancel
from symgrad.calculus.structures import Structure
from symgrad.calculus.symmetric import is_symmetric
from symgrad.errors import NotSupported, Place
from symgrad.graph import Graph
from symgrad.graph.shapes import LITERAL, Shape
from symgrad.late import mpmath
from symgrad.operations.record import Numbers
from symgrad.tree import Formula, Name, Number, Op, walk


class Fact(Struct, frozen=True):
    """The entries of ``name`` along ``axis`` (None: all of them) sum to ``value``.

    ``sizes`` are those that it rests on: ε/3 sums to ε over three entries alone.
    """

    name: str
    axis: int | None
    value: Fraction
    sizes: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return f"sum to {self.value}"

    @property
    def about(self) -> Formula:
        """What it is a fact about."""
        return Name(self.name)

    def formula(self) -> tuple[Formula, Formula]:
        """Both sides of the fact, to be written."""
        options = () if self.axis is None else (("axis", self.axis),)
        return Op("sum", (Name(self.name),), options), Number(self.value)

    def made_true(self, array: Numbers) -> Numbers:
        """An array of 50-digit numbers, scaled so that the fact is true of it."""
        totals = np.sum(array, axis=self.axis, keepdims=True)
        return np.asarray(array * (mpmath.mpf(self.value.numerator) / self.value.denominator) / totals)

    def misfit(self, array: Numbers) -> Numbers:
        """What is 0 where the fact is true of an array."""
        value = mpmath.mpf(self.value.numerator) / self.value.denominator
        return np.asarray(np.sum(array, axis=self.axis) - value, dtype=object)

    def used_in(self, poly: Poly) -> Poly:
        """A polynomial with every Σ_k y_k replaced by its value."""
        return collect(_use(term, self) for term in poly.terms)


SUMMABLE = frozenset({"add", "subtract", "multiply", "divide", "negative", "exp", "sum", "mean", "onehot"})
"""Operations of formulas whose sums are looked at."""
INVERTED = frozenset({"inv", "det", "logdet"})
MOST_TERMS = 500
Known: TypeAlias = "Fact | Structure"


def read_fact(left: Formula, right: Formula, place: Place | None, shapes: Mapping[str, Shape]) -> Known:
    """The fact an equation states; `NotSupported` for one of another kind."""
    match left, right:
        case Op("sum", (Name(id),), options), Number(value):
            axis = dict(options).get("axis")
            rank = len(shapes[id])
            return Fact(id, axis % rank if isinstance(axis, int) and rank > 1 else None, value)
    for sides in ((left, right), (right, left)):
        structure = Structure.stated(*sides, lambda name: shapes[name][0] == shapes[name][-1])
        if structure is not None:
            return structure
    raise NotSupported(
        "this fact is not supported yet",
        place=place,
        hint="write it as sum(y) == 1, sum(Y, axis=1) == 1, S.T == S, inv(Q) == Q.T or Q.T @ Q == eye(n)",
    )


def by_definition(graph: Graph, stated: Iterable[Known] = ()) -> tuple[Known, ...]:
    """What is true of quantities because of their formulas: a softmax sums to 1, XᵀX is symmetric."""
    stated, found = tuple(stated), list[Known]()
    symmetric = {fact.name for fact in stated if isinstance(fact, Structure) and fact.kind == "symmetric"}
    for name, formula in graph.quantities.items():
        found += _sums(graph, name, formula, (*stated, *found))
        matrices = (m for m in _inverted(formula) if is_symmetric(m, symmetric, graph.shape))
        found += (Structure(matrix, "symmetric") for matrix in matrices)
        if is_symmetric(formula, symmetric, graph.shape):
            symmetric.add(name)
            found.append(Structure(Name(name), "symmetric"))
    return tuple(dict.fromkeys(found))


def _inverted(formula: Formula) -> Iterator[Formula]:
    """The matrices without a name of which an inverse stands in the formula or in its derivatives."""
    for node in walk(formula):
        if isinstance(node, Op) and node.name in INVERTED and isinstance(node.args[0], Op):
            yield node.args[0]


def _sums(graph: Graph, name: str, formula: Formula, known: tuple[Known, ...]) -> Iterator[Fact]:
    """What the entries of a vector, or of rows or columns of a matrix, sum to whatever the numbers are."""
    at = tuple(fresh(dim) for dim in graph.shapes[name])
    if isinstance(formula, Op) and formula.name == "softmax":
        axis = formula.option("axis")
        yield Fact(name, None if len(at) == 1 or isinstance(axis, tuple) else axis % 2, Fraction(1))
    elif 1 <= len(at) <= 2 and _may_sum_to_a_number(formula, {fact.name for fact in known}):
        for axis, index in enumerate(at):
            summed = within_budget(MOST_TERMS, partial(_summed, graph, formula, at, index, known))
            if summed is not None:
                yield from _to_a_number(
                    Fact(name, axis if len(at) == 2 else None, Fraction(0)), summed, graph
                )


def _summed(
    graph: Graph, formula: Formula, at: tuple[Index, ...], index: Index, known: tuple[Known, ...]
) -> Poly:
    return use_facts(cancel(total(lower(formula, at, graph.shape), index)), known)[0]


def _to_a_number(fact: Fact, summed: Poly, graph: Graph) -> Iterator[Fact]:
    """The fact with the sum for its value, where that is a number: at all sizes, or at the problem's own."""
    counted = {single.dim for term in summed.terms for single, _ in term.factors if isinstance(single, Count)}
    for sizes in ((), tuple((dim, size) for dim, size in graph.sizes.items() if dim in counted)):
        match map_atoms(summed, partial(_counted, dict(sizes))).terms:
            case (Term(value, (), ()),):
                yield replace(fact, value=value, sizes=sizes)
                return


def _counted(sizes: Mapping[Dim, int], single: Atom) -> Poly:
    return constant(sizes[single.dim]) if isinstance(single, Count) and single.dim in sizes else atom(single)


def at_sizes(graph: Graph, facts: Iterable[Known]) -> Graph:
    """The graph whose dimensions have the sizes that facts rest on, wherever numbers are drawn for it."""
    stated = dict.fromkeys(pair for fact in facts if isinstance(fact, Fact) for pair in fact.sizes)
    rules = tuple(((LITERAL, (size,), ()), dim) for dim, size in stated)
    return replace(graph, derived=(*graph.derived, *rules), _cache={}) if rules else graph


def _may_sum_to_a_number(formula: Formula, known: Set[str]) -> bool:
    """Whether a formula is of entries and sums alone, a quotient, a mean or what is known among them."""
    nodes = list(walk(formula))
    ops = {node.name for node in nodes if isinstance(node, Op)}
    given = any(isinstance(node, Name) and node.id in known for node in nodes)
    return ops <= SUMMABLE and (given or not ops.isdisjoint(("divide", "mean", "onehot")))


def use_facts(poly: Poly, facts: Iterable[Known]) -> tuple[Poly, tuple[Known, ...]]:
    """The polynomial with what the facts make of it, and the facts that were used."""
    used: list[Known] = []
    for fact in facts:
        changed = fact.used_in(poly)
        if changed != poly:
            used.append(fact)
            poly = changed
    return poly, tuple(used)


def _use(term: Term, fact: Fact) -> Term:
    for single, exponent in term.factors:
        match single:
            case Cell(Name(fact.name), indices) if exponent == 1:
                summed = indices if fact.axis is None else indices[fact.axis : fact.axis + 1]
                if _only_here(term, single, summed):
                    factors = tuple(f for f in term.factors if f[0] != single)
                    bound = tuple(i for i in term.bound if i not in summed)
                    return _use(Term(term.coefficient * fact.value, factors, bound), fact)
            case Cell(base) if base == fact.formula()[0] and exponent.denominator == 1 and fact.value:
                factors = tuple(f for f in term.factors if f[0] != single)
                return _use(Term(term.coefficient * fact.value ** int(exponent), factors, term.bound), fact)
    return term


def _only_here(term: Term, single: Cell, summed: tuple[Index, ...]) -> bool:
    others = frozenset().union(*(atom_indices(s) for s, _ in term.factors if s != single))
    apart = single.indices.count(summed[0]) == 1  # Σ_k Y_kk is a trace, not a sum along an axis
    return apart and all(i in term.bound and i not in others for i in summed)

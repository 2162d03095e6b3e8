"""Folding: an expression that contains a quantity's definition is written with the quantity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product

from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Count,
    Index,
    Poly,
    Term,
    atom,
    atom_indices,
    cell,
    collect,
    free_indices,
    map_atoms,
    rename,
)
from symgrad.graph.shapes import Shape
from symgrad.tree import Formula, Name, Op, walk


def fold(poly: Poly, definition: Poly, name: Formula, out: tuple[Index, ...]) -> Poly:
    """Every term of ``poly`` that contains ``definition`` (a product, to some power), with name[out] for it.

    exp(v_i) · (Σ_k exp v_k)^-1 becomes o_i wherever it stands, with any letters for i.
    """
    if len(definition.terms) != 1 or definition.terms[0].bound or not definition.terms[0].factors:
        return poly
    if definition.terms[0].factors == ((Cell(name, out), Fraction(1)),):
        return poly
    return collect(_fold_term(term, definition, name, out) for term in poly.terms)


def _fold_term(term: Term, definition: Poly, name: Formula, out: tuple[Index, ...]) -> Term:
    (pattern,) = definition.terms
    present = dict(term.factors)
    for mapping in _mappings(term, definition, out):
        (renamed,) = rename(definition, mapping).terms
        times = _multiplicity(renamed, present)
        if times and (pattern.coefficient == 1 or times.denominator == 1):
            for single, exponent in renamed.factors:
                present[single] = present.get(single, Fraction(0)) - times * exponent
            whole = Cell(name, tuple(mapping.get(i, i) for i in out))
            present[whole] = present.get(whole, Fraction(0)) + times
            scaled = (
                term.coefficient / pattern.coefficient**times if times.denominator == 1 else term.coefficient
            )
            left = Term(Fraction(scaled), tuple((s, e) for s, e in present.items() if e), term.bound)
            return _fold_term(left, definition, name, out)
    return term


def _mappings(term: Term, definition: Poly, out: tuple[Index, ...]) -> Iterator[Mapping[Index, Index]]:
    """The ways to read the pattern's indices as indices of the term."""
    wanted = [index for index in out if index in free_indices(definition)]
    present = sorted(
        frozenset().union(*(atom_indices(s) for s, _ in term.factors)), key=lambda index: index.name
    )
    choices = [[index for index in present if index.dim == want.dim] for want in wanted]
    for chosen in product(*choices):
        yield dict(zip(wanted, chosen, strict=True))


def _multiplicity(pattern: Term, present: Mapping[Atom, Fraction]) -> Fraction | None:
    """How often the whole pattern is in the factors (negative: in the denominator); None if not.

    Numbers of entries are constants: they are put right afterwards and do not count.
    """
    varying = [(s, e) for s, e in pattern.factors if not isinstance(s, Count)]
    ratios = [present.get(single, Fraction(0)) / exponent for single, exponent in varying]
    if len(ratios) == 1:
        return ratios[0] or None
    if all(r >= 1 for r in ratios):
        return Fraction(int(min(ratios)))
    if all(r <= -1 for r in ratios):
        return Fraction(int(max(ratios)))
    return None


def as_arrays(poly: Poly, shape_of: Callable[[Formula], Shape]) -> Poly:
    """Functions of entries as entries of arrays: f(z_k) as f(z)_k."""

    def change(single: Atom) -> Poly:
        match single:
            case Apply(
                function,
                (
                    Poly(
                        (Term(1, ((Cell(base, places), 1),), ())),
                    ),
                ),
                options,
            ):
                if shape_of(base) == tuple(index.dim for index in places) and len({*places}) == len(places):
                    return cell(Op(function, (base,), options), *places)
        return atom(single)

    return map_atoms(poly, change)


def fold_means(poly: Poly, name: str) -> Poly:
    """Σ_k X_kj / n, where k runs over n rows, as the mean of each column, for the array of this name.

    It is what deviations are taken from: X_ij − mean(X)_j. Sums of other arrays stay sums.
    """
    return collect(_fold_means(term, name) for term in poly.terms)


def _fold_means(term: Term, name: str) -> Term:
    present = dict(term.factors)
    for summed, exponent in term.factors:
        bound = tuple(index for index in term.bound if index in atom_indices(summed))
        mean = _mean(summed, bound, name) if exponent == 1 and _averaged(term, summed, bound) else None
        if mean is not None:
            left = present | {Count(k.dim): present[Count(k.dim)] + 1 for k in bound}
            del left[summed]
            left[mean] = left.get(mean, Fraction(0)) + 1
            rest = tuple(index for index in term.bound if index not in bound)
            return _fold_means(
                Term(term.coefficient, tuple((s, e) for s, e in left.items() if e), rest), name
            )
    return term


def _averaged(term: Term, summed: Atom, bound: tuple[Index, ...]) -> bool:
    """Whether a factor is summed over ``bound`` by itself, and divided by how many entries those are."""
    present = dict(term.factors)
    alone = all(index not in atom_indices(s) for s in present if s != summed for index in bound)
    counted = all(present.get(Count(k.dim), Fraction(0)) <= -1 for k in bound)
    return bool(bound) and alone and counted and len({k.dim for k in bound}) == len(bound)


def _mean(summed: Atom, bound: tuple[Index, ...], name: str) -> Cell | None:
    """The mean over these of its indices of an array that is made from ``name``."""
    match summed:
        case Cell(base, indices) if Name(name) in walk(base):
            left = tuple(index for index in indices if index not in bound)
            if len(indices) <= 2 and all(indices.count(k) == 1 for k in bound):
                return Cell(Op("mean", (base,), (("axis", indices.index(bound[0])),) if left else ()), left)
    return None

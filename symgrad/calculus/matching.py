"""Writing an index expression as a person would: Σ_k W_kj g_k is Wᵀ g.

A term is a graph: its indices are the vertices, two-index factors the edges, one-index factors marks
on a vertex. Summing over an index eliminates a vertex: with no neighbour it leaves a scalar, with one
a matrix-vector product, with two a matrix product. What cannot be eliminated so has no matrix form,
and stays in index form (`match` answers None).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec.structs import replace

from symgrad.calculus.grouping import Terms, grouped
from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Count,
    Factors,
    Group,
    Index,
    Kron,
    Poly,
    Term,
    atom,
    collect,
    components,
    free_indices,
    multiply,
    rename,
    scale,
)
from symgrad.calculus.parts import NoMatrixForm, Part, assemble, merge
from symgrad.calculus.patterns import contract, told_apart
from symgrad.calculus.tensors import is_wide, tensor_form
from symgrad.calculus.tidy import tidy
from symgrad.tree import Formula, Number, Op, Size, added


def match(poly: Poly, free: Sequence[Index]) -> Formula | None:
    """The array whose entry at ``free`` is ``poly``, as a formula; None where it has no matrix form."""
    try:
        return tidy(assemble([_part(poly, tuple(free))], tuple(free)))
    except NoMatrixForm:
        found = tensor_form(poly, tuple(free), match, factors_out) if is_wide(poly, free) else None
        return found if found is None else tidy(found)


# --- sums ---------------------------------------------------------------------------------------------


def _part(poly: Poly, free: tuple[Index, ...]) -> Part:
    """The polynomial as one array over those of the free indices it depends on."""
    if not poly.terms:
        return Part(Number(Fraction(0)), ())
    if len(poly.terms) == 1 and poly.terms[0].coefficient < 0:
        part = _term_part(replace(poly.terms[0], coefficient=-poly.terms[0].coefficient), free)
        return Part(Op("negative", (part.formula,)), part.axes)
    if len(poly.terms) == 1:
        return _term_part(poly.terms[0], free)
    axes = tuple(i for i in free if i in free_indices(poly))
    has_delta = any(isinstance(s, Kron) for term in poly.terms for s, _ in term.factors)
    common, rest = (None, poly) if has_delta else factors_out(poly)  # diag(o) − o oᵀ reads better whole
    if common is not None:
        parts = [*_term_parts(common, free), _part(rest, free)]
        return Part(assemble(parts, axes), axes)
    together = _summed_together(poly, free)
    if together is not None:
        return Part(together, axes)
    grouping = grouped({frozenset(_pieces(term).items()): term.coefficient for term in poly.terms})
    if grouping is not None:
        left, right, rest = map(_poly, (grouping.left, grouping.right, grouping.rest))
        factors = [*_numbers(abs(grouping.number)), _part(left, free), _part(right, free)]
        whole = assemble(factors, axes)
        signed = whole if grouping.number > 0 else Op("negative", (whole,))
        return Part(added([signed, *_added_terms(rest, axes)]), axes)
    return Part(added(_added_terms(poly, axes)), axes)


def _summed_together(poly: Poly, free: tuple[Index, ...]) -> Formula | None:
    """Σ_k a_k b_k + Σ_k a_k c_k as one sum over a_k (b_k + c_k), with the other terms behind it."""
    for dim in dict.fromkeys(index.dim for term in poly.terms for index in term.bound):
        over = Index("together", dim)
        alike = [t for t in poly.terms if [index.dim for index in t.bound] == [dim]]
        inner = collect(
            t for term in alike for t in rename(Poly((replace(term, bound=()),)), {term.bound[0]: over}).terms
        )
        common, rest = factors_out(inner) if len(inner.terms) > 1 else (None, inner)
        if common is None or over not in free_indices(Poly((common,))) or free_indices(rest) != {over}:
            continue
        parts = [_factor_part(single, exponent, free) for single, exponent in common.factors]
        if any(len(part.axes) > 2 for part in parts):
            continue
        parts = _eliminate([*parts, _part(rest, (over,))], over, free)
        axes = tuple(i for i in free if i in free_indices(poly))
        whole = assemble([*_numbers(common.coefficient), *parts], axes)
        others = Poly(tuple(term for term in poly.terms if term not in alike))
        return added([whole, *_added_terms(others, axes)])
    return None


def _added_terms(poly: Poly, axes: tuple[Index, ...]) -> Iterator[Formula]:
    stretched = not any(isinstance(s, Kron) for term in poly.terms for s, _ in term.factors)
    for term in sorted(poly.terms, key=lambda term: (term.coefficient < 0, _order(term))):
        yield _signed(term, axes, stretched)


def _poly(terms: Terms) -> Poly:
    return collect(_product(coefficient, dict(key)) for key, coefficient in terms.items())


def _order(term: Term) -> tuple[int, str]:
    return (len(term.bound), repr(term.factors))


def _signed(term: Term, axes: tuple[Index, ...], stretched: bool) -> Formula:
    size = Term(abs(term.coefficient), term.factors, term.bound)
    # 1 − h² and not 1·ones − h²: a plain number is stretched in a sum, but beside I it would be read as I
    plain = stretched and not term.factors
    formula = Number(size.coefficient) if plain else assemble([_term_part(size, axes)], axes)
    return Op("negative", (formula,)) if term.coefficient < 0 else formula


def factors_out(poly: Poly) -> tuple[Term | None, Poly]:
    """What all terms share (factors, contractions, a number) and what is left of each."""
    split = [_pieces(term) for term in poly.terms]
    shared: dict[Atom | Term, Fraction] = {}
    for piece in split[0]:
        exponents = [other.get(piece, Fraction(0)) for other in split]
        if all(e > 0 for e in exponents) or all(e < 0 for e in exponents):
            shared[piece] = min(exponents, key=abs)
    sizes = {abs(term.coefficient) for term in poly.terms}
    number = sizes.pop() if len(sizes) == 1 else Fraction(1)
    if not shared and number == 1:
        return None, poly
    rest = [
        _product(term.coefficient / number, {p: e - shared.get(p, 0) for p, e in pieces.items()})
        for term, pieces in zip(poly.terms, split, strict=True)
    ]
    return _product(number, shared), collect(rest)


def _pieces(term: Term) -> dict[Atom | Term, Fraction]:
    """The factors of a term and their powers, a contraction (Σ_k W_ki g_k) counting as one."""
    found: dict[Atom | Term, Fraction] = defaultdict(Fraction)
    for component in components(term):
        pieces = ((component, Fraction(1)),) if component.bound else component.factors
        for piece, exponent in pieces:
            found[piece] += exponent
    return found


def _product(coefficient: Fraction, pieces: Mapping[Atom | Term, Fraction]) -> Term:
    factors: tuple[tuple[Atom, Fraction], ...] = ()
    bound: tuple[Index, ...] = ()
    for piece, exponent in pieces.items():
        if not isinstance(piece, Term):
            factors = (*factors, (piece, exponent)) if exponent else factors
            continue
        for _ in range(int(exponent)):
            names = {i: Index(f"{i.name}.{len(bound)}", i.dim) for i in piece.bound}
            (apart,) = rename(Poly((Term(Fraction(1), piece.factors),)), names).terms
            factors, bound = factors + apart.factors, bound + tuple(names.values())
    return Term(coefficient, factors, bound)


# --- products -----------------------------------------------------------------------------------------


def _term_part(term: Term, free: tuple[Index, ...]) -> Part:
    """A term as one array over those of the free indices it depends on."""
    delta = next((s for s, _ in term.factors if isinstance(s, Kron)), None)
    if delta is not None:
        return _diagonal(term, delta, free)
    parts = _term_parts(term, free)
    axes = tuple(i for i in free if any(i in part.axes for part in parts))
    return Part(assemble(parts, axes), axes)


def _term_parts(term: Term, free: tuple[Index, ...]) -> list[Part]:
    """coefficient · Π factors, its bound indices eliminated one by one."""
    factors = sorted(_roots_joined(term.factors), key=_is_decay)
    parts, copies = told_apart([_factor_part(single, exponent, free) for single, exponent in factors])
    remaining = {*term.bound, *copies}
    while remaining:
        tied = {index for part in parts if len(part.axes) > 2 for index in part.axes}
        if remaining <= tied:
            parts, gone = contract(parts, remaining)
            remaining -= gone
            continue
        index = min(remaining - tied, key=lambda i: _difficulty(parts, i))
        parts = _eliminate(parts, index, free)
        remaining.remove(index)
    return [*_numbers(term.coefficient), *parts]


def _is_decay(factor: tuple[Atom, Fraction]) -> bool:
    """A power of an exponential: e^(−z²/2) stands behind the other factors, and not below a fraction line."""
    single, exponent = factor
    return isinstance(single, Apply) and single.function == "exp" and exponent != 1


def _roots_joined(factors: Factors) -> Factors:
    """√2 √π is √(2π), above a fraction line and below it."""
    for sign in (1, -1):
        roots = [(s, e) for s, e in factors if e == Fraction(sign, 2) and _is_constant(s)]
        if len(roots) > 1:
            inside = multiply(*(s.poly if isinstance(s, Group) else atom(s) for s, _ in roots))
            rest = tuple(factor for factor in factors if factor not in roots)
            factors = (*rest, (Group(inside), Fraction(sign, 2)))
    return factors


def _is_constant(single: Atom) -> bool:
    match single:
        case Cell(Op("pi")):
            return True
        case Group():
            return single.is_number
    return False


def _numbers(coefficient: Fraction) -> list[Part]:
    found = []
    if coefficient.numerator != 1:
        found.append(Part(Number(Fraction(coefficient.numerator)), ()))
    if coefficient.denominator != 1:
        found.append(Part(Number(Fraction(coefficient.denominator)), (), True))
    return found


def _diagonal(term: Term, delta: Kron, free: tuple[Index, ...]) -> Part:
    """u_i δ_ij = diag(u)_ij, for two free indices."""
    if delta.left not in free or delta.right not in free or delta.left.dim != delta.right.dim:
        raise NoMatrixForm("a delta that ties no two axes")
    rest = Poly((Term(term.coefficient, tuple(f for f in term.factors if f[0] != delta), term.bound),))
    first, second = (i for i in free if i in (delta.left, delta.right))
    inner = _part(rename(rest, {second: first}), (first,))
    if inner.axes == ():
        eye = Op("eye", (), (("size", first.dim),))
        return Part(assemble([inner, Part(eye, (first, second))], (first, second)), (first, second))
    return Part(Op("diag", (inner.formula,)), (first, second))


def _factor_part(single: Atom, exponent: Fraction, free: tuple[Index, ...]) -> Part:
    if isinstance(single, Apply) and _is_decay((single, exponent)):
        single, exponent = Apply("exp", (scale(single.args[0], exponent),)), Fraction(1)
    base, axes = _base(single, free)
    size = abs(exponent)
    if size == Fraction(1, 2):
        base = Op("sqrt", (base,))
    elif size != 1:
        base = Op("power", (base, Number(size)))
    return Part(base, axes, exponent < 0)


def _base(single: Atom, free: tuple[Index, ...]) -> tuple[Formula, tuple[Index, ...]]:
    match single:
        case Cell(Op("cover" | "other_pairs")):
            raise NoMatrixForm("a condition on two indices")
        case Cell(base, indices):
            if len(indices) == 2 and indices[0] == indices[1]:
                return Op("diag", (base,)), indices[:1]
            return base, indices
        case Count(dim):
            return Size(str(dim)), ()
        case Group(poly):
            part = _part(poly, _axes(poly, free))
            return part.formula, part.axes
        case Apply(function, args, options):
            axes = _axes(Poly(tuple(t for a in args for t in a.terms)), free)
            if any(_axes(a, axes) == axes[:1] for a in args):  # a vector lies along the last axis
                axes = axes[::-1]
            return Op(function, tuple(_stretched(a, axes) for a in args), options), axes
    raise NoMatrixForm(f"no array for {single!r}")


def _stretched(poly: Poly, axes: tuple[Index, ...]) -> Formula:
    """An argument of an elementwise function over ``axes``; one along the first axis alone is repeated."""
    own = _axes(poly, axes)
    return assemble([_part(poly, axes)], axes if own == axes[:1] else own)


def _axes(poly: Poly, free: tuple[Index, ...]) -> tuple[Index, ...]:
    """The free indices of a polynomial, in the order the result wants them."""
    found = free_indices(poly)
    if len(found) > 2:
        raise NoMatrixForm("more than two indices")
    wanted = [i for i in free if i in found]
    return (*wanted, *sorted(found - set(wanted), key=lambda index: index.name))


# --- eliminating a summed index -------------------------------------------------------------------------


def _difficulty(parts: Sequence[Part], index: Index) -> tuple[int, int, str]:
    """Vectors first: a product with a vector keeps everything after it a vector."""
    touching = [part for part in parts if index in part.axes]
    neighbours = {i for part in touching for i in part.axes} - {index}
    return len(neighbours), -sum(len(part.axes) == 1 for part in touching), index.name


def _eliminate(parts: list[Part], index: Index, free: tuple[Index, ...]) -> list[Part]:
    touching = [part for part in parts if index in part.axes]
    rest = [part for part in parts if index not in part.axes]
    vectors = [part for part in touching if len(part.axes) == 1]
    neighbours = sorted(
        {i for part in touching for i in part.axes} - {index},
        key=lambda i: (free.index(i) if i in free else len(free), i.name),
    )
    if len(neighbours) > 2:
        raise NoMatrixForm("three arrays share a summed index")
    if not neighbours:
        return [*rest, Part(_scalar(vectors, index), ())]
    first = merge([p for p in touching if neighbours[0] in p.axes], (neighbours[0], index))
    if len(neighbours) == 1:
        return [*rest, Part(_row_sum(first, vectors, index), tuple(neighbours))]
    second = merge([p for p in touching if neighbours[1] in p.axes], (index, neighbours[1]))
    if vectors:
        first = Op("matmul", (first, Op("diag", (merge(vectors, (index,)),))))
    return [*rest, Part(Op("matmul", (first, second)), tuple(neighbours))]


def _scalar(vectors: list[Part], index: Index) -> Formula:
    if len(vectors) == 2 and not any(part.inverse for part in vectors):
        return Op("dot", (vectors[0].formula, vectors[1].formula))
    match merge(vectors, (index,)):
        case Op("diag", (matrix,)):
            return Op("trace", (matrix,))
        case whole:
            return Op("sum", (whole,))


def _row_sum(matrix: Formula, vectors: list[Part], index: Index) -> Formula:
    """Σ_k M_ak u_k = (M u)_a, and Σ_k M_ak the sum of each row."""
    if vectors:
        return Op("matmul", (matrix, merge(vectors, (index,))))
    if index.dim == 1:
        return Op("squeeze", (matrix,), (("axis", 1),))
    if isinstance(matrix, Op) and matrix.name == "transpose":
        return Op("sum", matrix.args, (("axis", 0),))
    return Op("sum", (matrix,), (("axis", 1),))

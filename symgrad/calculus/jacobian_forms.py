"""A Jacobian as a person writes it: diag(f′(z)), W₂ diag(f′(z)) W₁, (I − u uᵀ) / n."""

from __future__ import annotations

from functools import reduce

from symgrad.calculus.index import Index, Poly, collect, free_indices, kron, rename
from symgrad.calculus.matching import factors_out, match
from symgrad.calculus.terms import Term
from symgrad.calculus.tidy import tidy
from symgrad.tree import ONE, Formula, Op


def as_matrix(poly: Poly, out: tuple[Index, ...], by: tuple[Index, ...]) -> Formula | None:
    """The array whose entries are the polynomial, the axes of ``out`` first; None where there is no form."""
    if len(out) == len(by) == 1 and (diagonal := _diagonal(poly, out[0], by[0])) is not None:
        return Op("diag", (diagonal,))
    common, rest = factors_out(poly) if len(poly.terms) > 1 else (None, poly)
    if common is not None and common.factors and not free_indices(Poly((common,))):
        number, inner = match(Poly((common,)), ()), match(rest, (*out, *by))
        if number is not None and inner is not None:
            return _scaled(number, inner)
    return match(poly, (*out, *by))


def _diagonal(poly: Poly, out: Index, by: Index) -> Formula | None:
    """v, where the polynomial is v_i δ_ij and v is a vector, no number."""
    delta = kron(out, by)
    if not poly.terms or not all(any(single == delta for single, _ in t.factors) for t in poly.terms):
        return None
    kept = (
        Term(t.coefficient, tuple(factor for factor in t.factors if factor[0] != delta), t.bound)
        for t in poly.terms
    )
    rest = rename(collect(kept), {by: out})
    return match(rest, (out,)) if out in free_indices(rest) else None


def _scaled(number: Formula, matrix: Formula) -> Formula:
    match number:
        case Op("divide", (above, below)) if above == ONE:
            return Op("divide", (matrix, below))
    return Op("multiply", (number, matrix))


def _factors(matrix: Formula) -> list[Formula]:
    match matrix:
        case Op("matmul", (a, b)):
            return [*_factors(a), *_factors(b)]
    return [matrix]


def transposed(matrix: Formula) -> Formula:
    """The transpose, without one of what is symmetric by its form."""
    match matrix:
        case Op("diag" | "eye"):
            return matrix
        case Op("outer", (a, b)):
            return matrix if a == b else Op("outer", (b, a))
        case Op("add" | "subtract" as name, args):
            return Op(name, tuple(map(transposed, args)))
        case Op("divide", (inner, below)):
            return Op("divide", (transposed(inner), below))
        case Op("matmul"):
            turned = map(transposed, reversed(_factors(matrix)))
            return reduce(lambda a, b: Op("matmul", (a, b)), turned)
    return tidy(Op("transpose", (matrix,)))

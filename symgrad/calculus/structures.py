"""Facts about the shape of a matrix: S is symmetric (Sᵀ = S), Q is orthogonal (Q⁻¹ = Qᵀ)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal

import numpy as np

from symgrad.calculus.index import Atom, Cell, Poly, Term, add, atom, atom_indices, collect, kron, map_atoms
from symgrad.calculus.parts import is_elementwise
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers
from symgrad.shapes import Shape
from symgrad.tree import Formula, Name, Op, transform

MOST_TURNED = 6
"""Symmetric factors of one term beyond which not every way to turn them is tried."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What a square matrix is."""

    name: str
    kind: Literal["symmetric", "orthogonal"]

    def __str__(self) -> str:
        return f"be {self.kind}"

    @staticmethod
    def stated(left: Formula, right: Formula) -> Structure | None:
        """What an equation states: Sᵀ = S or Q⁻¹ = Qᵀ; None where it is something else."""
        match left, right:
            case Op("transpose", (Name(id),)), Name(same) if id == same:
                return Structure(id, "symmetric")
            case Op("inv", (Name(id),)), Op("transpose", (Name(same),)) if id == same:
                return Structure(id, "orthogonal")
        return None

    def formula(self) -> tuple[Formula, Formula]:
        """Both sides of the fact, to be written."""
        turned = Op("transpose", (Name(self.name),))
        return (turned, Name(self.name)) if self.kind == "symmetric" else (_inverse(self.name), turned)

    def made_true(self, array: Numbers) -> Numbers:
        """A matrix of 50-digit numbers of which the fact is true: positive definite, or a rotation."""
        size, eye = len(array), EXACT.array(np.eye(len(array), dtype=int))
        if self.kind == "symmetric":
            largest = max(abs(value) for value in array.ravel())
            return np.asarray((array + array.T) / 2 + 2 * size * largest * eye)
        skew = array - array.T
        return np.asarray((eye - skew) @ EXACT.of_matrix("inv", eye + skew))

    def misfit(self, array: Numbers) -> Numbers:
        """What is 0 where the fact is true of an array."""
        other = array if self.kind == "symmetric" else EXACT.of_matrix("inv", EXACT.array(array))
        return np.asarray(array.T - other, dtype=object)

    def used_in(self, poly: Poly) -> Poly:
        """The polynomial in a form that is the same for all spellings the fact makes equal."""
        if self.kind == "symmetric":
            return collect(self._turned(term) for term in poly.terms)
        opened = map_atoms(poly, self._opened)
        return add(*map(self._met, opened.terms))

    def said(self, formula: Formula) -> Formula:
        """A formula with the transposes that change nothing left out, and inverses that are transposes."""
        return transform(formula, self._said)

    def _said(self, node: Formula) -> Formula:
        match node:
            case Op("transpose", (inner,)) if self.kind == "symmetric" and inner in self._bases:
                return inner
            case Op("inv", (Name(self.name),)) if self.kind == "orthogonal":
                return Op("transpose", (Name(self.name),))
        return node

    @property
    def _bases(self) -> tuple[Formula, Formula]:
        return Name(self.name), _inverse(self.name)

    def _turned(self, term: Term) -> Term:
        """The term with its symmetric factors turned so that it sorts first."""
        own = [single for single, _ in term.factors if self._is_own(single)]
        if not own:
            return term
        return min(self._ways(term, own[:MOST_TURNED]), key=lambda way: (repr(way.factors), repr(way.bound)))

    def _ways(self, term: Term, own: list[Atom]) -> Iterator[Term]:
        for choice in product((False, True), repeat=len(own)):
            turned = {single for single, turn in zip(own, choice, strict=True) if turn}
            factors = tuple((_turn(s) if s in turned else s, e) for s, e in term.factors)
            yield from collect([Term(term.coefficient, factors, term.bound)]).terms

    def _is_own(self, single: Atom) -> bool:
        return isinstance(single, Cell) and single.base in self._bases and len(single.indices) == 2

    def _opened(self, single: Atom) -> Poly:
        """(Q⁻¹)_ij = Q_ji."""
        if isinstance(single, Cell) and single.base == _inverse(self.name):
            return atom(Cell(Name(self.name), single.indices[::-1]))
        return atom(single)

    def _met(self, term: Term) -> Poly:
        """Σ_k Q_ki Q_kj = δ_ij = Σ_k Q_ik Q_jk."""
        own = [s for s, e in term.factors if isinstance(s, Cell) and s.base == Name(self.name) and e == 1]
        for one, other in ((a, b) for n, a in enumerate(own) for b in own[n + 1 :]):
            for axis in (0, 1):
                k = one.indices[axis]
                rest = tuple(f for f in term.factors if f[0] not in (one, other))
                alone = all(k not in atom_indices(s) for s, _ in rest)
                ends = one.indices[1 - axis], other.indices[1 - axis]
                if k == other.indices[axis] and k in term.bound and k not in ends and alone:
                    bound = tuple(i for i in term.bound if i != k)
                    delta = (kron(*ends), Fraction(1))
                    left = collect([Term(term.coefficient, (*rest, delta), bound)])
                    return add(*map(self._met, left.terms))
        return Poly((term,))


def is_symmetric(formula: Formula, known: Set[str], shape_of: Callable[[Formula], Shape]) -> bool:
    """Whether a matrix is its own transpose because of how it is made: XᵀX, A + Aᵀ, BᵀSB, S⁻¹, e^S.

    It is square: a name whose axes have two sizes is not asked about.
    """

    def same(part: Formula) -> bool:
        return is_symmetric(part, known, shape_of)

    match formula:
        case Name(id):
            return id in known
        case Op("matmul", (Op("matmul", (left, middle)), right)) if _are_turned(left, right):
            return same(middle)
        case Op("matmul", (left, Op("matmul", (middle, right)))) if _are_turned(left, right):
            return same(middle)
        case Op("matmul", (left, right)):
            return _are_turned(left, right) and len(shape_of(formula)) == 2
        case Op("outer", (left, right)):
            return left == right
        case Op("add", (left, right)) if _are_turned(left, right):
            return True
        case Op("inv" | "transpose", (inner,)):
            return same(inner)
        case Op("eye" | "ones" | "zeros"):
            return True
        case Op(name, args) if is_elementwise(name):
            return all(not shape_of(arg) or (len(shape_of(arg)) == 2 and same(arg)) for arg in args)
        case Op("diag", (inner,)):
            return len(shape_of(inner)) == 1
    return False


def _are_turned(left: Formula, right: Formula) -> bool:
    return Op("transpose", (left,)) == right or Op("transpose", (right,)) == left


def _inverse(name: str) -> Formula:
    return Op("inv", (Name(name),))


def _turn(single: Atom) -> Atom:
    assert isinstance(single, Cell)
    return Cell(single.base, single.indices[::-1])

"""Facts about the shape of a matrix: S is symmetric (Sᵀ = S), Q is orthogonal (Q⁻¹ = Qᵀ).

Of a matrix that need not be square, Qᵀ Q = I says that its columns are orthonormal, Q Qᵀ = I its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Literal

import numpy as np
from msgspec import Struct

from symgrad.calculus.index import Atom, Cell, Poly, Term, add, atom, atom_indices, collect, kron, map_atoms
from symgrad.calculus.sampling import Undefined
from symgrad.numbers.spaces import EXACT
from symgrad.operations.record import Numbers
from symgrad.tree import Formula, Name, Op, transform

MOST_TURNED = 6
"""Symmetric factors of one term beyond which not every way to turn them is tried."""


MET = {"orthogonal": (0, 1), "columns": (0,), "rows": (1,)}
"""The axes along which the sum of products of a matrix's entries is δ: Σ_k Q_ki Q_kj = δ_ij of axis 0."""
SAID = {"columns": "have orthonormal columns", "rows": "have orthonormal rows"}


class Structure(Struct, frozen=True):
    """What a matrix is, one with a name or a formula. ``identity`` is what Qᵀ Q or Q Qᵀ is stated to be."""

    about: Formula
    kind: Literal["symmetric", "orthogonal", "columns", "rows"]
    identity: Formula | None = None

    def __str__(self) -> str:
        return SAID.get(self.kind, f"be {self.kind}")

    @property
    def name(self) -> str:
        """The name of the matrix; nothing where it has none."""
        return self.about.id if isinstance(self.about, Name) else ""

    @staticmethod
    def stated(left: Formula, right: Formula, square: Callable[[str], bool]) -> Structure | None:
        """What an equation states: Sᵀ = S, Q⁻¹ = Qᵀ, Qᵀ Q = I; None where it is something else.

        ``square`` says whether a matrix is so whatever the sizes.
        """
        match left, right:
            case Op("transpose", (Name() as matrix,)), same if matrix == same:
                return Structure(matrix, "symmetric")
            case Op("inv", (Name() as matrix,)), Op("transpose", (same,)) if matrix == same:
                return Structure(matrix, "orthogonal")
            case Op("matmul", (Op("transpose", (Name() as matrix,)), same)), Op("eye") if matrix == same:
                return Structure._orthonormal(matrix, "columns", right, square)
            case Op("matmul", (Name() as matrix, Op("transpose", (same,)))), Op("eye") if matrix == same:
                return Structure._orthonormal(matrix, "rows", right, square)
        return None

    @staticmethod
    def _orthonormal(
        matrix: Name, kind: Literal["columns", "rows"], identity: Formula, square: Callable[[str], bool]
    ) -> Structure:
        return Structure(matrix, "orthogonal") if square(matrix.id) else Structure(matrix, kind, identity)

    def formula(self) -> tuple[Formula, Formula]:
        """Both sides of the fact, to be written."""
        turned = Op("transpose", (self.about,))
        if self.identity is not None:
            sides = (turned, self.about) if self.kind == "columns" else (self.about, turned)
            return Op("matmul", sides), self.identity
        return (turned, self.about) if self.kind == "symmetric" else (_inverse(self.about), turned)

    def made_true(self, array: Numbers) -> Numbers:
        """A matrix of numbers of which the fact is true: positive definite, a rotation, orthonormal vectors.

        Raises `Undefined` where there are more vectors than they have entries.
        """
        if self.kind == "columns":
            return _orthonormal_columns(array)
        if self.kind == "rows":
            return _orthonormal_columns(array.T).T
        size, eye = len(array), EXACT.array(np.eye(len(array), dtype=int))
        if self.kind == "symmetric":
            largest = max(abs(value) for value in array.ravel())
            return np.asarray((array + array.T) / 2 + 2 * size * largest * eye)
        skew = array - array.T
        return np.asarray((eye - skew) @ EXACT.of_matrix("inv", eye + skew))

    def misfit(self, array: Numbers) -> Numbers:
        """What is 0 where the fact is true of an array."""
        if self.identity is not None:
            columns = array if self.kind == "columns" else array.T
            return np.asarray(columns.T @ columns - np.eye(columns.shape[1], dtype=int), dtype=object)
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
            case Op("inv", (inner,)) if self.kind == "orthogonal" and inner == self.about:
                return Op("transpose", (inner,))
        return node

    @property
    def _bases(self) -> tuple[Formula, Formula]:
        return self.about, _inverse(self.about)

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
        if isinstance(single, Cell) and single.base == _inverse(self.about):
            return atom(Cell(self.about, single.indices[::-1]))
        return atom(single)

    def _met(self, term: Term) -> Poly:
        """Σ_k Q_ki Q_kj = δ_ij, and Σ_k Q_ik Q_jk."""
        own = [s for s, e in term.factors if isinstance(s, Cell) and s.base == self.about and e == 1]
        for one, other in ((a, b) for n, a in enumerate(own) for b in own[n + 1 :]):
            for axis in MET[self.kind]:
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


def _orthonormal_columns(array: Numbers) -> Numbers:
    """Gram and Schmidt's way. Raises `Undefined` where there are more columns than rows."""
    if array.shape[0] < array.shape[1]:
        raise Undefined
    found: list[Numbers] = []
    for column in array.T:
        for known in found:
            column = column - (known @ column) * known
        found.append(column / (column @ column) ** 0.5)
    return np.stack(found, axis=1)


def _inverse(matrix: Formula) -> Formula:
    return Op("inv", (matrix,))


def _turn(single: Atom) -> Atom:
    assert isinstance(single, Cell)
    return Cell(single.base, single.indices[::-1])

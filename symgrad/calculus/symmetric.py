"""Matrices that are their own transposes because of how they are made: M Mᵀ, M + Mᵀ, M D Mᵀ, exp(S), S⁻¹.

A formula and its transpose are brought into one form: transposes at the names, products of matrices as
chains, numbers before them, sums and products entry by entry in one order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import TypeAlias

from msgspec import Struct

from symgrad.calculus.parts import is_elementwise
from symgrad.graph.shapes import Shape
from symgrad.tree import ONE, Formula, Name, Op, number


def is_symmetric(formula: Formula, known: Set[str], shape_of: Callable[[Formula], Shape]) -> bool:
    """Whether a matrix is its own transpose, where the matrices with ``known`` names are."""
    forms, shape = _Forms(known, shape_of), shape_of(formula)
    is_square = len(shape) == 2 and shape[0] == shape[1]
    return is_square and forms.of(formula) == forms.of(formula, turned=True)


class _Form(Struct, frozen=True):
    """Numbers times a matrix."""

    scalars: tuple[Formula, ...]
    matrix: Formula

    @property
    def whole(self) -> Formula:
        return Op("multiply", (*sorted(self.scalars, key=repr), self.matrix)) if self.scalars else self.matrix


Rule: TypeAlias = "Callable[[_Forms, Op, bool], _Form | None]"
"""The form of an operation's result, or of its transpose; None where its arguments are of another kind."""


class _Forms(Struct, frozen=True):
    known: Set[str]
    shape_of: Callable[[Formula], Shape]

    def rank(self, formula: Formula) -> int:
        return len(self.shape_of(formula))

    def of(self, formula: Formula, turned: bool = False) -> Formula:
        """A matrix, or its transpose, in a form that does not depend on how it is written."""
        return self.form(formula, turned).whole

    def form(self, formula: Formula, turned: bool) -> _Form:
        if isinstance(formula, Op):
            rule = RULES.get(formula.name, _entrywise if is_elementwise(formula.name) else _other)
            if (found := rule(self, formula, turned)) is not None:
                return found
        same = not turned or (isinstance(formula, Name) and formula.id in self.known)
        return _Form((), formula if same else Op("transpose", (formula,)))


def _other(forms: _Forms, op: Op, turned: bool) -> _Form | None:
    return None


def _chain(forms: _Forms, op: Op, turned: bool) -> _Form | None:
    """(A B)ᵀ = Bᵀ Aᵀ."""
    if any(forms.rank(arg) != 2 for arg in op.args):
        return None
    factors = [forms.form(arg, turned) for arg in (op.args[::-1] if turned else op.args)]
    scalars = tuple(scalar for factor in factors for scalar in factor.scalars)
    return _Form(scalars, Op("matmul", tuple(_flat("matmul", (factor.matrix for factor in factors)))))


def _entrywise(forms: _Forms, op: Op, turned: bool) -> _Form | None:
    """Of matrices and numbers alone: a vector is a row beside a matrix."""
    if any(forms.rank(arg) == 1 for arg in op.args):
        return None
    parts = tuple(forms.of(arg, turned) if forms.rank(arg) else arg for arg in op.args)
    return _Form((), Op(op.name, parts, op.options))


def _sum(forms: _Forms, op: Op, turned: bool) -> _Form | None:
    left, right = op.args
    terms = _entrywise(forms, Op("add", (left, _minus(right) if op.name == "subtract" else right)), turned)
    if terms is None or not isinstance(terms.matrix, Op):
        return None
    return _Form((), Op("add", tuple(sorted(_flat("add", terms.matrix.args), key=repr))))


def _minus(formula: Formula) -> Formula:
    return Op("multiply", (number(-1), formula))


def _product(forms: _Forms, op: Op, turned: bool) -> _Form | None:
    """Numbers before the matrices; a row beside a matrix scales its columns: A ⊙ d is A diag(d)."""
    rows = [arg for arg in op.args if forms.rank(arg) == 1]
    matrices = [forms.form(arg, turned) for arg in op.args if forms.rank(arg) == 2]
    if rows:
        others = [arg for arg in op.args if arg not in rows]
        scaled = Op("matmul", (*others, Op("diag", tuple(rows))))
        return _chain(forms, scaled, turned) if len(rows) == len(matrices) == 1 else None
    numbers = (arg for arg in op.args if not forms.rank(arg))
    scalars = (*numbers, *(scalar for form in matrices for scalar in form.scalars))
    factors = sorted(_flat("multiply", (form.matrix for form in matrices)), key=repr)
    return _Form(scalars, factors[0] if len(factors) == 1 else Op("multiply", tuple(factors)))


def _quotient(forms: _Forms, op: Op, turned: bool) -> _Form | None:
    above, below = op.args
    if forms.rank(below) == 2:
        return _entrywise(forms, op, turned)
    return _product(forms, Op("multiply", (above, Op("divide", (ONE, below)))), turned)


def _diagonal(forms: _Forms, op: Op, turned: bool) -> _Form | None:
    return _Form((), op) if not op.args or forms.rank(op.args[0]) == 1 else None


def _flat(name: str, parts: Iterable[Formula]) -> Iterator[Formula]:
    for part in parts:
        yield from part.args if isinstance(part, Op) and part.name == name else (part,)


RULES: Mapping[str, Rule] = {
    "transpose": lambda forms, op, turned: forms.form(op.args[0], not turned),
    "inv": lambda forms, op, turned: _Form((), Op("inv", (forms.of(op.args[0], turned),))),
    "outer": lambda forms, op, turned: _Form((), Op("outer", op.args[::-1] if turned else op.args)),
    "negative": lambda forms, op, turned: forms.form(_minus(op.args[0]), turned),
    "matmul": _chain,
    "add": _sum,
    "subtract": _sum,
    "multiply": _product,
    "divide": _quotient,
    "diag": _diagonal,
    "eye": _diagonal,
    "ones": _diagonal,
    "zeros": _diagonal,
}

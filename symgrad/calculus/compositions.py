"""Derivatives of scalars and vectors multiplied and added: A B, A diag(d), g xᵀ, Aᵀ g, numbers before them.

A derivative of a vector by a vector is a matrix; one of a scalar by a vector, or of a vector by a scalar,
is kept as the vector of its entries, whether it stands as a row or as a column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from math import prod

from msgspec import Struct

from symgrad.calculus.tidy import tidy
from symgrad.tree import ONE, Formula, Number, Op, Size, added


class Scaled(Struct, frozen=True):
    """An array times the numbers ``over``, divided by the numbers ``under``."""

    array: Formula
    over: tuple[Formula, ...] = ()
    under: tuple[Formula, ...] = ()

    @property
    def formula(self) -> Formula:
        """Numbers first, divisors last: 2 Xᵀ X / n."""
        number = _value(self.over) / _value(self.under)
        over = [n for n in self.over if not isinstance(n, Number)]
        under = [n for n in self.under if not isinstance(n, Number)]
        whole = self.array
        for factor in (*reversed(over), Number(abs(number))):
            whole = _times(factor, whole)
        below: Formula = ONE
        for divisor in under:
            below = _times(below, divisor)
        whole = _over(whole, below)
        return Op("negative", (whole,)) if number < 0 else whole


def _value(factors: tuple[Formula, ...]) -> Fraction:
    return prod((n.value for n in factors if isinstance(n, Number)), start=Fraction(1))


class Matrix(Struct, frozen=True):
    """∂y/∂x as a sum of arrays: ``out`` and ``by`` count the axes of y and of x, none or one."""

    terms: tuple[Scaled, ...]
    out: int
    by: int

    @property
    def formula(self) -> Formula:
        """The sum; of diagonal matrices a diagonal one."""
        diagonals = [_diagonal(term) for term in self.terms]
        if len(self.terms) > 1 and (kept := [d for d in diagonals if d is not None]) and all(diagonals):
            return Op("diag", (tidy(added(kept)),))
        return tidy(added(term.formula for term in sorted(self.terms, key=_is_negative)))


def matrix(formula: Formula, out: int, by: int) -> Matrix:
    """A derivative by its array: the numbers before it are told apart, and those before an identity."""
    return Matrix((_scaled(formula) if out or by else Scaled(formula),), out, by)


def composed(upstream: Matrix, local: Matrix) -> Matrix:
    """∂of/∂c ∂c/∂x: multiplied out where no product of matrices is left, else as a product of brackets."""
    multiply = PRODUCTS[upstream.out, upstream.by, local.by]

    def each(left: Iterable[Scaled], right: Iterable[Scaled]) -> tuple[Scaled, ...]:
        return tuple(
            Scaled(tidy(multiply(a.array, b.array)), (*a.over, *b.over), (*a.under, *b.under))
            for a, b in product(left, right)
        )

    terms = each(upstream.terms, local.terms)
    if len(terms) > 1 and any(_is_product(term.array) for term in terms):
        terms = each(_bracket(upstream), _bracket(local))
    return Matrix(tuple(term for term in terms), upstream.out, local.by)


def summed(matrices: list[Matrix]) -> Matrix:
    """The sum over several ways."""
    terms = (term for each in matrices for term in each.terms)
    return Matrix(tuple(terms), matrices[0].out, matrices[0].by)


def _bracket(matrix: Matrix) -> tuple[Scaled, ...]:
    """A sum as one array; a single term as it is."""
    return matrix.terms if len(matrix.terms) == 1 else (Scaled(matrix.formula),)


def _is_product(array: Formula) -> bool:
    return isinstance(array, Op) and array.name in ("matmul", "add", "subtract")


def _is_negative(term: Scaled) -> bool:
    whole = term.formula
    return isinstance(whole, Op) and whole.name == "negative"


def _diagonal(term: Scaled) -> Formula | None:
    match term.array:
        case Op("diag", (d,)):
            return Scaled(d, term.over, term.under).formula
    return None


def _scaled(formula: Formula) -> Scaled:
    match formula:
        case Op("negative", (inner,)):
            rest = _scaled(inner)
            return Scaled(rest.array, (Number(-ONE.value), *rest.over), rest.under)
        case Op("multiply", (factor, inner)) if _is_number(factor) or _is_identity(inner):
            rest = _scaled(inner)
            return Scaled(rest.array, (*_factors(factor), *rest.over), (*_divisors(factor), *rest.under))
        case Op("divide", (inner, divisor)) if _is_number(divisor) or _is_identity(inner):
            rest = _scaled(inner)
            return Scaled(rest.array, rest.over, (*rest.under, divisor))
        case Op("diag", (vector,)):
            rest = _scaled(vector)
            return Scaled(Op("diag", (rest.array,)), rest.over, rest.under)
    return Scaled(formula)


def _factors(number: Formula) -> tuple[Formula, ...]:
    return _factors(number.args[0]) if isinstance(number, Op) and number.name == "divide" else (number,)


def _divisors(number: Formula) -> tuple[Formula, ...]:
    return (number.args[1],) if isinstance(number, Op) and number.name == "divide" else ()


def _is_number(formula: Formula) -> bool:
    """Whether it is a number for all problems: 2, n, 2/n."""
    match formula:
        case Op("multiply" | "divide", args):
            return all(map(_is_number, args))
    return isinstance(formula, Number | Size)


def _is_identity(formula: Formula) -> bool:
    """Whether it is I, or a vector of ones, times numbers."""
    match formula:
        case Op("multiply", (_, inner)) | Op("divide", (inner, _)) | Op("negative", (inner,)):
            return _is_identity(inner)
    return _is(formula, "eye") or _is(formula, "ones")


def _is(formula: Formula, name: str) -> bool:
    return isinstance(formula, Op) and formula.name == name


# --- products, by the axes of what is derived, of what stands between, and of what it is derived by ------


def _times(left: Formula, right: Formula) -> Formula:
    return right if left == ONE else left if right == ONE else Op("multiply", (left, right))


def _over(above: Formula, below: Formula) -> Formula:
    return above if below == ONE else Op("divide", (above, below))


def _entries(a: Formula, b: Formula) -> Formula:
    """a ⊙ b."""
    return b if _is(a, "ones") else a if _is(b, "ones") else Op("multiply", (a, b))


def _matrices(a: Formula, b: Formula) -> Formula:
    match a, b:
        case (Op("eye"), other) | (other, Op("eye")):
            return other
        case Op("diag", (d,)), Op("diag", (e,)):
            return Op("diag", (tidy(_entries(d, e)),))
        case Op("outer", (u, v)), _:
            return Op("outer", (u, _row_by_matrix(v, b)))
        case _, Op("outer", (u, v)):
            return Op("outer", (_matrix_by_column(a, u), v))
        case Op("matmul", (first, Op("diag") as second)), Op("diag"):
            return Op("matmul", (first, _matrices(second, b)))
    return Op("matmul", (a, b))


def _matrix_by_column(a: Formula, v: Formula) -> Formula:
    match a:
        case Op("eye"):
            return v
        case Op("diag", (d,)):
            return tidy(_entries(d, v))
        case Op("outer", (u, w)):
            return _times(_row_by_column(w, v), u)
        case Op("matmul", (first, second)):
            return _matrix_by_column(first, _matrix_by_column(second, v))
    return Op("matmul", (a, v))


def _row_by_matrix(v: Formula, b: Formula) -> Formula:
    match b:
        case Op("eye" | "diag"):
            return _matrix_by_column(b, v)
        case Op("outer", (u, w)):
            return _times(_row_by_column(v, u), w)
        case Op("matmul", (first, second)):
            return _row_by_matrix(_row_by_matrix(v, first), second)
    return Op("matmul", (tidy(Op("transpose", (b,))), v))


def _row_by_column(a: Formula, b: Formula) -> Formula:
    """aᵀ b."""
    if _is(a, "ones") or _is(b, "ones"):
        return Op("sum", (b if _is(a, "ones") else a,))
    return Op("dot", (a, b))


PRODUCTS: Mapping[tuple[int, int, int], Callable[[Formula, Formula], Formula]] = {
    (1, 1, 1): _matrices,
    (1, 1, 0): _matrix_by_column,
    (1, 0, 1): lambda a, b: Op("outer", (a, b)),
    (1, 0, 0): lambda a, b: _times(b, a),
    (0, 1, 1): _row_by_matrix,
    (0, 1, 0): _row_by_column,
    (0, 0, 1): _times,
    (0, 0, 0): _times,
}

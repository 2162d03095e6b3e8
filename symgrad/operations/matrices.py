"""Inverse and determinant: no entry of them has a short formula, so the identity they satisfy is stated."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from symgrad.operations.record import (
    ARGUMENT,
    Dims,
    Indices,
    Numbers,
    Operation,
    Options,
    Scope,
    Shape,
    ShapeMismatch,
    Space,
    View,
    Views,
)
from symgrad.tree import Op

INVERSE = Op("inv", (ARGUMENT,))
DETERMINANT = Op("det", (ARGUMENT,))


def _square(result: Callable[[Shape], Shape]) -> Callable[[Dims, tuple[Shape, ...], Options], Shape]:
    """The shape rule of an operation on a square matrix."""

    def shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
        (x,) = shapes
        if len(x) != 2:
            raise ShapeMismatch("it is of a square matrix")
        dims.same(*x)
        return result(x)

    return shape


def _value(function: str) -> Callable[..., Numbers]:
    def value(space: Space, x: Numbers) -> Numbers:
        return space.of_matrix(function, x)

    return value


def _inverse(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return scope.constant(INVERSE, views[0].dims)(*out)


def _determinant(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return scope.constant(DETERMINANT, ())()


def _log_determinant(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """log |d| = ½ log d², for a determinant d of either sign."""
    return sympy.log(scope.of("det") ** 2) / 2


def _inverse_identity(scope: Scope, x: View, y: View, at: Indices, by: Indices) -> sympy.Expr:
    """X Y = I."""
    k = scope.index(x.dims[1])
    return scope.sum(x(at[0], k) * y(k, at[1]), k) - sympy.KroneckerDelta(*at)


def _cofactor_expansion(scope: Scope, x: View, y: View, at: Indices, by: Indices) -> sympy.Expr:
    """det X = Σ_k X_pk C_pk along row p of the entry that varies: the cofactors C do not contain that row.

    They are C_pk = det(X) (X⁻¹)_kp, as the adjugate matrix is det(X) X⁻¹.
    """
    row, k = by[0], scope.index(x.dims[1])
    determinant, inverse = scope.constant(DETERMINANT, ()), scope.constant(INVERSE, x.dims)
    return y() - scope.sum(x(row, k) * determinant() * inverse(k, row), k)


MATRICES = [
    Operation(
        "inv",
        "inverse",
        "implicit",
        _inverse,
        _square(lambda x: x),
        _value("inv"),
        "differentiate the identity that a matrix times its inverse is the identity matrix",
        identity=_inverse_identity,
    ),
    Operation(
        "det",
        "determinant",
        "implicit",
        _determinant,
        _square(lambda x: ()),
        _value("det"),
        "expand the determinant along a row: the derivative by an entry is its cofactor, "
        "an entry of the transposed inverse times the determinant",
        identity=_cofactor_expansion,
    ),
    Operation(
        "logdet",
        "logarithm of the absolute determinant",
        "structured",
        _log_determinant,
        _square(lambda x: ()),
        _value("logdet"),
        "the derivative of the determinant over the determinant",
    ),
]

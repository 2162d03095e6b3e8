"""The inverse of a matrix: no entry of it has a short formula, so the identity it satisfies is stated."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.matrices import INVERSE, of_matrix, of_square, square
from symgrad.operations.model import Operation
from symgrad.operations.record import Indices, Options, Scope, View, Views


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return scope.constant(INVERSE, views[0].dims)(*out)


def _identity(scope: Scope, x: View, y: View, at: Indices, by: Indices, options: Options) -> sympy.Expr:
    """X Y = I."""
    k = scope.index(x.dims[1])
    return scope.sum(x(at[0], k) * y(k, at[1]), k) - sympy.KroneckerDelta(*at)


INV = Operation(
    "inv",
    "inverse",
    "implicit",
    _entry,
    square(lambda x: x),
    of_matrix("inv"),
    "differentiate the identity that a matrix times its inverse is the identity matrix",
    identity=_identity,
    layout="A^-1",
    code="inverse",
    example=of_square("inv"),
)

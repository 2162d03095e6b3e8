"""The determinant of a matrix, of which its expansion by cofactors is stated, and its logarithm."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.matrices import DETERMINANT, INVERSE, of_matrix, of_square, square
from symgrad.operations.model import Operation
from symgrad.operations.record import Indices, Options, Scope, View, Views


def _determinant(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return scope.constant(DETERMINANT, ())()


def _log_determinant(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """log |d| = ½ log d², for a determinant d of either sign."""
    return sympy.log(scope.of("det") ** 2) / 2


def _cofactor_expansion(
    scope: Scope, x: View, y: View, at: Indices, by: Indices, options: Options
) -> sympy.Expr:
    """det X = Σ_k X_pk C_pk along row p of the entry that varies: the cofactors C do not contain that row.

    They are C_pk = det(X) (X⁻¹)_kp, as the adjugate matrix is det(X) X⁻¹.
    """
    row, k = by[0], scope.index(x.dims[1])
    determinant, inverse = scope.constant(DETERMINANT, ()), scope.constant(INVERSE, x.dims)
    return y() - scope.sum(x(row, k) * determinant() * inverse(k, row), k)


DET = Operation(
    "det",
    "determinant",
    "implicit",
    _determinant,
    square(lambda x: ()),
    of_matrix("det"),
    "expand the determinant along a row: the derivative by an entry is its cofactor, "
    "an entry of the transposed inverse times the determinant",
    identity=_cofactor_expansion,
    code="np.linalg.det",
    example=of_square("det"),
)
LOGDET = Operation(
    "logdet",
    "logarithm of the absolute determinant",
    "structured",
    _log_determinant,
    square(lambda x: ()),
    of_matrix("logdet"),
    "the derivative of the determinant over the determinant",
    layout="log |det A|",
    code="np.linalg.slogdet({0:arg})[1]",
    example=of_square("logdet"),
)

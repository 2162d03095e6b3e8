"""The trace of a matrix."""

import numpy as np
import sympy

from symgrad.operations.matrices import of_square, square
from symgrad.operations.model import Operation
from symgrad.operations.record import Indices, Options, Scope, Views


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    k = scope.index(views[0].dims[0])
    return scope.sum(views[0](k, k), k)


TRACE = Operation(
    "trace",
    "trace",
    "linear",
    _entry,
    square(lambda x: (), "trace is of a square matrix"),
    lambda space, a: np.asarray(np.diagonal(a).sum()),
    "only the diagonal enters the trace",
    layout="tr",
    names=("Tr",),
    example=of_square("trace"),
)

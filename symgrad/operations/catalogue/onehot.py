"""Labels as rows of zeros with a single one."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.lookups import hot, hot_value
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Options, Scope, Shape, Views, need_ranks
from symgrad.operations.signature import Signature


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return hot(scope, 0, views[0], scope.dims[out[-1]])(*out)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(map(len, shapes), {0, 1, 2, 3}, "labels are whole numbers in an array of at most three axes")
    return (*shapes[0], options["size"])


ONEHOT = Operation(
    "onehot",
    "one-hot rows of labels, which count from 0",
    "linear",
    _entry,
    _shape,
    hot_value,
    "labels are whole numbers: nothing goes back to them",
    call=Signature(("y",), sizes="size"),
    layout="1[a = k]",
    code="onehot",
    example=Example("sum(onehot(c, n) * X, axis=1)", {"c": ("m",), "X": ("m", "n")}),
)

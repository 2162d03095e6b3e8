"""The mean of each window of a matrix, or of each channel of images."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.pooling import POOLED, pooled_shape
from symgrad.operations.record import Indices, Options, Scope, Views
from symgrad.operations.windows import average
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_pq S_ip S_jq x_pq over the number of entries, where S is 1 at the places p that window i covers."""
    (x,) = views
    size = options["size"]
    body = sympy.Rational(1, size**2)
    places = tuple(map(scope.index, x.dims[-2:]))
    for i, p in zip(out[-2:], places, strict=True):
        shape = (scope.dims[i], scope.dims[p])
        steps = (("shape", shape), ("size", size), ("stride", options.get("stride", size)))
        body *= scope.constant(Op("cover", (), steps), shape)(i, p)
    return scope.sum(body * x(*out[:-2], *places), *places)


AVGPOOL2D = Operation(
    "avgpool2d",
    "mean of each window",
    "linear",
    _entry,
    pooled_shape("avgpool2d"),
    average,
    "each window hands one over its number of entries of its gradient to every entry that it covers",
    call=POOLED,
    layout="avgpool",
    code="average",
    example=Example("avgpool2d(x, 2)", {"x": (4, 4)}),
)

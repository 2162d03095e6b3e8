"""The cross-correlation of a matrix with a kernel."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Options, Scope, Shape, ShapeMismatch, Views
from symgrad.operations.signature import Signature
from symgrad.operations.windows import convolve
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ_abpq S_ijabpq x_pq k_ab, where S is 1 at p = si + a − padding, q = sj + b − padding."""
    x, k = views
    a, p = (tuple(map(scope.index, view.dims)) for view in (k, x))
    shape = (*(scope.dims[i] for i in out), *k.dims, *x.dims)
    chosen = (("padding", options.get("padding", 0)), ("shape", shape), ("stride", options.get("stride", 1)))
    meet = scope.constant(Op("window", (), chosen), shape)
    return scope.sum(meet(*out, *a, *p) * x(*p) * k(*a), *a, *p)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    x, k = shapes
    if len(x) != 2 or len(k) != 2:
        raise ShapeMismatch("conv2d is of a matrix and a kernel, which is a matrix too")
    parts = (options.get("stride", 1), options.get("padding", 0))
    return tuple(dims.derive("window", parts, n, m) for n, m in zip(x, k, strict=True))


CONV2D = Operation(
    "conv2d",
    "convolution",
    "linear",
    _entry,
    _shape,
    convolve,
    (
        "an input goes into every output whose window covers it: the gradients, weighted by the "
        "kernel, are added up (an entry that is not there counts as 0)",
        "a kernel entry meets one input in every window: the inputs, weighted by the gradients, are "
        "added up (an entry that is not there counts as 0)",
    ),
    call=Signature(("x", "k"), (("stride", 1), ("padding", 0))),
    layout="conv",
    code="convolve",
    example=Example("conv2d(x, k)", {"x": (5, 5), "k": (2, 2)}),
)

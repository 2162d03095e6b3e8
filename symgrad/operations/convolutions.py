"""What convolutions share: of a matrix with a kernel, or of samples and channels with several kernels."""

from __future__ import annotations

from itertools import chain
from typing import Any

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import Dims, Indices, Options, Scope, Shape, ShapeMismatch, View, Views
from symgrad.operations.signature import Signature
from symgrad.operations.windows import convolve
from symgrad.tree import Op

SPACED = Signature(("x", "k"), (("stride", 1), ("padding", 0)))


def convolution(name: str, moved: int, plain: str, why: tuple[str, str], **written: Any) -> Operation:
    """The record of a convolution whose window is moved along the last ``moved`` axes.

    ``plain`` is what it is of where there are neither samples nor channels.
    """

    def entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
        x, k = views
        if x.rank == moved:
            return _plain(scope, x, k, out, options)
        return _channels(scope, x, k, out, options, moved)

    def shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
        x, k = shapes
        lead, kernels = len(x) - moved, len(k) - moved
        if (lead, kernels) not in ((0, 0), (1, 2), (2, 2)):
            sizes = ("length", "height, width")[moved - 1]
            raise ShapeMismatch(
                f"{name} is of {plain}, or of (samples, channels, {sizes}) and kernels (out, in, {sizes})"
            )
        if kernels:
            dims.same(x[lead - 1], k[1])
        parts = (options.get("stride", 1), options.get("padding", 0))
        places = zip(x[lead:], k[kernels:], strict=True)
        return (
            *x[: max(0, lead - 1)],
            *k[: kernels // 2],
            *(dims.derive("window", parts, n, m) for n, m in places),
        )

    return Operation(
        name, "convolution", "linear", entry, shape, convolve, why, call=SPACED, code="convolve", **written
    )


def _spaced(options: Options, shape: Shape) -> Op:
    """1 where the places of output, kernel and input meet, p = si + a − padding along every axis, else 0."""
    steps = (("padding", options.get("padding", 0)), ("shape", shape), ("stride", options.get("stride", 1)))
    return Op("window", (), steps)


def _plain(scope: Scope, x: View, k: View, out: Indices, options: Options) -> sympy.Expr:
    """Σ_abpq S_ijabpq x_pq k_ab, where S is 1 at p = si + a − padding, q = sj + b − padding."""
    a, p = (tuple(map(scope.index, view.dims)) for view in (k, x))
    shape = (*(scope.dims[i] for i in out), *k.dims, *x.dims)
    meet = scope.constant(_spaced(options, shape), shape)
    return scope.sum(meet(*out, *a, *p) * x(*p) * k(*a), *a, *p)


def _channels(scope: Scope, x: View, k: View, out: Indices, options: Options, moved: int) -> sympy.Expr:
    """Σ_cabpq S_iap S_jbq x_ncpq k_ocab: an S for every axis along which the window moves."""
    *samples, filter_ = out[: len(out) - moved]
    c, *a = map(scope.index, k.dims[1:])
    p = [scope.index(dim) for dim in x.dims[x.rank - moved :]]
    body = x(*samples, c, *p) * k(filter_, c, *a)
    for places in zip(out[len(out) - moved :], a, p, strict=True):
        shape = tuple(scope.dims[place] for place in places)
        body *= scope.constant(_spaced(options, shape), shape)(*places)
    return scope.sum(body, c, *chain(a, p))

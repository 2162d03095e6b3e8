"""The entries of an array, in their order, in another shape."""

from __future__ import annotations

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Numbers, Options, Scope, Shape, Space, Views
from symgrad.operations.signature import Signature
from symgrad.tree import Op


def apart(old: Shape, new: Shape) -> tuple[tuple[int, ...], tuple[int, ...], dict[int, int]]:
    """The axes of both shapes that are taken apart or joined, and those that stay, the new by the old.

    Axes stay from the front and from the back as long as their dimensions agree; an axis of size 1 does
    not count.
    """
    olds, news = ([axis for axis, dim in enumerate(shape) if dim != 1] for shape in (old, new))
    stay: dict[int, int] = {}
    for end in (0, -1):
        while olds and news and old[olds[end]] == new[news[end]]:
            stay[olds.pop(end)] = news.pop(end)
    return tuple(olds), tuple(news), stay


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ S x over the axes that are taken apart or joined, where S is 1 at places of one number, by rows."""
    (x,) = views
    olds, news, stay = apart(x.dims, tuple(scope.dims[i] for i in out))
    places = tuple(out[stay[axis]] if axis in stay else scope.index(dim) for axis, dim in enumerate(x.dims))
    body, summed = x(*places), [place for axis, place in enumerate(places) if axis not in stay]
    if olds:
        groups = [tuple(places[axis] for axis in olds), tuple(out[axis] for axis in news)]
        left, right = sorted(groups, key=len)
        shape = tuple(scope.dims[i] for i in (*left, *right))
        chosen = (("shape", shape), *((("split", len(left)),) if len(left) > 1 else ()))
        body *= scope.constant(Op("flattening", (), chosen), shape)(*left, *right)
    return scope.sum(body, *summed)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    return dims.reshaped(shapes[0], options["shape"])


def _value(space: Space, x: Numbers, shape: tuple[int, ...]) -> Numbers:
    return x.reshape(shape)


RESHAPE = Operation(
    "reshape",
    "another shape, row by row",
    "linear",
    _entry,
    _shape,
    _value,
    "every entry keeps its gradient, in its old place (𝟏[…] is 1 where the places match)",
    call=Signature(("x",), sizes="shape"),
    layout="reshape(a)",
    example=Example("reshape(X, (n, 1, m))", {"X": ("n", "m")}),
)

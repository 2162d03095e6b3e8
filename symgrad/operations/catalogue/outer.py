"""The outer product of two vectors."""

from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Options, Shape, need_ranks
from symgrad.operations.signature import TWO


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(shapes, {1}, "outer is of two vectors")
    return shapes[0] + shapes[1]


OUTER = Operation(
    "outer",
    "outer product",
    "linear",
    lambda scope, views, out, options: views[0](out[0]) * views[1](out[1]),
    _shape,
    lambda space, a, b: a[:, None] * b[None, :],
    "product rule: the gradient is multiplied by the other vector",
    call=TWO,
    layout="a b^T",
    example=Example("outer(a, b)", {"a": ("m",), "b": ("n",)}),
)

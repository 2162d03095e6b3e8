"""The transpose A.T."""

from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Options, Shape, need_ranks


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(
        shapes, {2}, ".T is of a matrix (the product of a vector a with a vector b's row is outer(a, b))"
    )
    return shapes[0][::-1]


TRANSPOSE = Operation(
    "transpose",
    "transpose",
    "linear",
    lambda scope, views, out, options: views[0](*reversed(out)),
    _shape,
    lambda space, a: a.T,
    "the gradient of a transpose is the transpose of the gradient",
    call="A.T",
    layout="A^T",
    code="{0}.T",
    example=Example("A.T", {"A": ("m", "n")}),
)

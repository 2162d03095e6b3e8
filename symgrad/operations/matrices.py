"""What operations on square matrices share."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.operations.model import Example
from symgrad.operations.record import ARGUMENT, Dims, Numbers, Options, Shape, Space, need_ranks
from symgrad.tree import Op

INVERSE = Op("inv", (ARGUMENT,))
DETERMINANT = Op("det", (ARGUMENT,))


def square(
    result: Callable[[Shape], Shape], what: str = "it is of a square matrix"
) -> Callable[[Dims, tuple[Shape, ...], Options], Shape]:
    """The shape rule of an operation on a square matrix."""

    def shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
        need_ranks(map(len, shapes), {2}, what)
        dims.same(*shapes[0])
        return result(shapes[0])

    return shape


def of_matrix(function: str) -> Callable[..., Numbers]:
    """The numbers that a space works out itself."""

    def value(space: Space, x: Numbers) -> Numbers:
        return space.of_matrix(function, x)

    return value


def of_square(name: str) -> Example:
    """The example of a function of a square matrix."""
    return Example(f"{name}(A)", {"A": ("n", "n")})

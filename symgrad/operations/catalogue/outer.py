"""The outer product of two vectors."""

from symgrad.operations.model import Example
from symgrad.operations.products import product
from symgrad.operations.signature import TWO

OUTER = product(
    "outer",
    "outer product",
    ("m,n->mn",),
    "outer is of two vectors",
    lambda space, a, b: a[:, None] * b[None, :],
    "product rule: the gradient is multiplied by the other vector",
    call=TWO,
    layout="a b^T",
    example=Example("outer(a, b)", {"a": ("m",), "b": ("n",)}),
)

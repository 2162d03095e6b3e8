"""The transpose A.T."""

from symgrad.operations.model import Example
from symgrad.operations.products import product

TRANSPOSE = product(
    "transpose",
    "transpose",
    ("mn->nm",),
    ".T is of a matrix (the product of a vector a with a vector b's row is outer(a, b))",
    lambda space, a: a.T,
    "the gradient of a transpose is the transpose of the gradient",
    call="A.T",
    layout="A^T",
    code="{0}.T",
    example=Example("A.T", {"A": ("m", "n")}),
)

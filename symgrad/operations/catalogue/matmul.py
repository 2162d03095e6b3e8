"""The matrix product A @ B, also with vectors."""

import numpy as np

from symgrad.operations.model import Example
from symgrad.operations.products import product

MATMUL = product(
    "matmul",
    "matrix product",
    ("mk,kn->mn", "mk,k->m", "k,kn->n", "k,k->"),
    "@ multiplies vectors and matrices",
    lambda space, a, b: np.asarray(a @ b),
    (
        "product rule: the gradient stands on the left, the right factor transposed on the right",
        "product rule: the left factor, transposed, stands before the gradient",
    ),
    call="A @ B",
    layout="A B",
    code="@",
    example=Example("A @ B", {"A": ("m", "k"), "B": ("k", "n")}),
)

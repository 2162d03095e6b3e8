"""The inner product of two vectors."""

import numpy as np

from symgrad.operations.products import product
from symgrad.operations.signature import TWO

DOT = product(
    "dot",
    "inner product",
    ("k,k->",),
    "dot is of two vectors",
    lambda space, a, b: np.asarray((a * b).sum()),
    "product rule: each vector's gradient is the other vector times the upstream gradient",
    call=TWO,
    layout="a^T b",
    code="@",
)

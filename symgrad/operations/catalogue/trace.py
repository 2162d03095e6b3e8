"""The trace of a matrix."""

import numpy as np

from symgrad.operations.matrices import of_square
from symgrad.operations.products import product

TRACE = product(
    "trace",
    "trace",
    ("kk->",),
    "trace is of a square matrix",
    lambda space, a: np.asarray(np.diagonal(a).sum()),
    "only the diagonal enters the trace",
    layout="tr",
    names=("Tr",),
    example=of_square("trace"),
)

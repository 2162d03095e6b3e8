"""The square root."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

SQRT = elementwise(
    "sqrt",
    "square root",
    lambda t: sympy.sqrt(t),
    np.sqrt,
    chain("one over twice the root"),
    layout="√a",
    torch=("sqrt",),
    bounds=(0.1, 2.0),
)

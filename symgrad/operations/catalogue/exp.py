"""The exponential, of each entry."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

EXP = elementwise(
    "exp",
    "exponential",
    lambda t: sympy.exp(t),
    np.exp,
    chain("which is exp itself"),
    layout="e^a",
    torch=("exp",),
)

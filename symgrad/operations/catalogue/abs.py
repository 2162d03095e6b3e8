"""The absolute value."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

ABS = elementwise(
    "abs",
    "absolute value",
    lambda t: sympy.Piecewise((t, t > 0), (-t, t < 0), (0, True)),
    np.abs,
    chain("the sign of the argument"),
    layout="|a|",
    torch=("abs",),
)

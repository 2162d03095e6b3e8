"""The hyperbolic sine and cosine; their quotient, the tangent, stands in a file of its own."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

SINH = elementwise(
    "sinh",
    "hyperbolic sine",
    lambda t: sympy.sinh(t),
    np.sinh,
    chain("the hyperbolic cosine"),
    torch=("sinh",),
)
COSH = elementwise(
    "cosh",
    "hyperbolic cosine",
    lambda t: sympy.cosh(t),
    np.cosh,
    chain("the hyperbolic sine"),
    torch=("cosh",),
)

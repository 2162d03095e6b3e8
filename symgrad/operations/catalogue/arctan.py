"""The inverse of the tangent."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

ARCTAN = elementwise(
    "arctan",
    "inverse tangent",
    lambda t: sympy.atan(t),
    np.arctan,
    chain("one over one plus the square of the argument"),
    names=("atan", "arctg"),
    torch=("arctan", "atan"),
)

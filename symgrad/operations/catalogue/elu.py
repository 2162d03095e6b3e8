"""The exponential linear unit."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

ELU = elementwise(
    "elu",
    "exponential linear unit",
    lambda t: sympy.Piecewise((sympy.exp(t) - 1, t < 0), (t, True)),
    lambda t: np.where(t < 0, np.expm1(np.minimum(t, 0.0)), t),
    chain("1 where the argument is not negative and its exponential elsewhere"),
    layout="ELU",
    code="elu",
)

"""The larger and the smaller of two; at a tie their mean, so that each gets half of the gradient."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import elementwise

MAXIMUM = elementwise(
    "maximum",
    "the larger of two",
    lambda a, b: sympy.Piecewise((a, a > b), (b, a < b), ((a + b) / 2, True)),
    np.maximum,
    "the gradient goes to the larger argument, at a tie half of it to each",
    layout="max",
)
MINIMUM = elementwise(
    "minimum",
    "the smaller of two",
    lambda a, b: sympy.Piecewise((a, a < b), (b, a > b), ((a + b) / 2, True)),
    np.minimum,
    "the gradient goes to the smaller argument, at a tie half of it to each",
    layout="min",
)

"""The natural logarithm."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

LOG = elementwise(
    "log",
    "natural logarithm",
    lambda t: sympy.log(t),
    np.log,
    chain("one over the argument"),
    names=("ln",),
    torch=("log",),
    bounds=(0.1, 2.0),
)

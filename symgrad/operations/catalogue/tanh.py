"""The hyperbolic tangent."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

TANH = elementwise(
    "tanh",
    "hyperbolic tangent",
    lambda t: sympy.tanh(t),
    np.tanh,
    chain("one minus its square"),
    torch=("tanh", "Tanh"),
)

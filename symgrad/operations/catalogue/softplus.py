"""log(1 + e^t), a smooth relu."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

SOFTPLUS = elementwise(
    "softplus",
    "softplus",
    lambda t: sympy.log(1 + sympy.exp(t)),
    lambda t: np.logaddexp(0.0, t),
    chain("the sigmoid"),
    code="np.logaddexp(0.0, {0:arg})",
    names=("Softplus",),
)

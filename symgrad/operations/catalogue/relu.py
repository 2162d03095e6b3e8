"""The rectified linear unit."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise

RELU = elementwise(
    "relu",
    "rectified linear unit",
    lambda t: sympy.Piecewise((t, t > 0), (0, True)),
    lambda t: np.maximum(t, 0.0),
    chain("1 where the argument is positive and 0 elsewhere"),
    layout="ReLU",
    code="np.maximum({0:arg}, 0)",
    names=("Relu", "RELU"),
    torch=("relu", "ReLU"),
)

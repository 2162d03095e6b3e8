"""The hyperbolic sine, cosine and secant; the tangent stands in a file of its own."""

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
SECH = elementwise(
    "sech",
    "hyperbolic secant",
    lambda t: sympy.sech(t),
    lambda t: 2 * np.exp(-np.abs(t)) / (1 + np.exp(-2 * np.abs(t))),
    chain("minus the secant times the tangent"),
    code="1 / np.cosh({0:arg})",
)

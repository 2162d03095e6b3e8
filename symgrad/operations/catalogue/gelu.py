"""The Gaussian error linear unit t Φ(t), Φ the distribution function of the normal distribution."""

import math

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise, erf
from symgrad.operations.record import Numbers


def _value(t: Numbers) -> Numbers:
    return np.asarray(t * 0.5 * (1.0 + erf(np.asarray(t) / math.sqrt(2.0))))


GELU = elementwise(
    "gelu",
    "Gaussian error linear unit",
    lambda t: t * (1 + sympy.erf(t / sympy.sqrt(2))) / 2,
    _value,
    chain("found by the product rule"),
    layout="GELU",
    code="gelu",
    torch=("gelu",),
)

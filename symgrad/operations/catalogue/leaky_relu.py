"""The leaky rectified linear unit."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise
from symgrad.operations.signature import Signature

SLOPE = Fraction(1, 100)
"""The slope where none is given."""


def _scalar(t: sympy.Expr, slope: Fraction = SLOPE) -> sympy.Expr:
    return sympy.Piecewise((t, t > 0), (sympy.Rational(slope) * t, True))


LEAKY_RELU = elementwise(
    "leaky_relu",
    "leaky rectified linear unit",
    _scalar,
    lambda t, slope=SLOPE: np.where(t > 0, t, float(slope) * t),
    chain("1 where the argument is positive and the slope elsewhere"),
    call=Signature(("x",), (("slope", SLOPE),)),
    layout="LeakyReLU",
    code="leaky_relu",
    names=("leakyReLU", "LReLU"),
)

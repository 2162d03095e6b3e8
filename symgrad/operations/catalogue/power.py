"""a**b."""

import numpy as np

from symgrad.operations.elementwise import elementwise

POWER = elementwise(
    "power",
    "power",
    lambda a, b: a**b,
    lambda a, b: np.power(np.asarray(a, dtype=float), b),
    (
        "power rule: the exponent comes down as a factor and drops by one",
        "the derivative by an exponent is the power times the logarithm of its base",
    ),
    call="a**b",
    layout="a^b",
    code="**",
    bounds=(0.2, 2.0),
)

"""a / b."""

import numpy as np

from symgrad.operations.elementwise import elementwise

DIVIDE = elementwise(
    "divide",
    "elementwise quotient",
    lambda a, b: a / b,
    np.divide,
    (
        "the numerator's gradient is divided by the denominator",
        "quotient rule: the derivative by the denominator is minus the numerator over its square",
    ),
    call="a / b",
    layout="a ⊘ b",
    code="/",
    bounds=(0.3, 2.0),
)

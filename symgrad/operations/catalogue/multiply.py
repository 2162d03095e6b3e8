"""a * b."""

import numpy as np

from symgrad.operations.elementwise import elementwise

MULTIPLY = elementwise(
    "multiply",
    "elementwise product",
    lambda a, b: a * b,
    np.multiply,
    "product rule: the gradient is multiplied by the other factor",
    call="a * b",
    layout="a ⊙ b",
    code="*",
)

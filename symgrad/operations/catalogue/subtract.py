"""a - b, and -a."""

import numpy as np

from symgrad.operations.elementwise import elementwise

SUBTRACT = elementwise(
    "subtract",
    "difference",
    lambda a, b: a - b,
    np.subtract,
    (
        "a difference passes the gradient on to what is subtracted from",
        "a difference passes the gradient on with a minus to what is subtracted",
    ),
    call="a - b",
    layout="a − b",
    code="-",
)
NEGATIVE = elementwise(
    "negative",
    "negative",
    lambda a: -a,
    np.negative,
    "a minus sign is a constant factor",
    call="-a",
    layout="−a",
    code="-{0}",
)

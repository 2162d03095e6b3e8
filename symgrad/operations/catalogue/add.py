"""a + b."""

import numpy as np

from symgrad.operations.elementwise import elementwise

ADD = elementwise(
    "add",
    "sum",
    lambda a, b: a + b,
    np.add,
    "a sum passes the gradient on to each summand",
    call="a + b",
    layout="a + b",
    code="+",
)

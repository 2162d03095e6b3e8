"""Numbers kept between two bounds: by ``clip``, and by a maximum of a minimum."""

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import elementwise
from symgrad.operations.model import Example
from symgrad.operations.signature import Signature

WHY = (
    "the gradient goes on where the argument lies between the bounds, and is 0 elsewhere",
    "the gradient goes to the lower bound where the argument lies below it",
    "the gradient goes to the upper bound where the argument lies above it",
)
BOUNDED = Signature(("x", "lo", "hi"))
CLIP = elementwise(
    "clip",
    "argument kept between two bounds",
    lambda x, lo, hi: sympy.Piecewise((hi, (x > hi) | (lo > hi)), (lo, x < lo), (x, True)),
    np.clip,
    WHY,
    call=BOUNDED,
    names=("clamp",),
    torch=("clip", "clamp"),
    example=Example("clip(x, lo, hi)", {"x": ("n",), "lo": (), "hi": ()}),
)
BETWEEN = elementwise(
    "between",
    "maximum of a minimum",
    lambda x, lo, hi: sympy.Piecewise(
        (hi, x > hi),
        ((x + hi) / 2, sympy.Eq(x, hi)),
        (lo, x < lo),
        ((x + lo) / 2, sympy.Eq(x, lo)),
        (x, True),
    ),
    lambda x, lo, hi: np.where(x > hi, hi, np.where(x < lo, lo, x)),
    WHY,
    call="",
)
"""What max(min(x, hi), lo) is for constants lo < hi; on a bound each of the two gets half, as everywhere."""

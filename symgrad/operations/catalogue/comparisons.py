"""Comparisons: 1 where they hold and 0 elsewhere."""

from collections.abc import Callable
from typing import Any

import numpy as np

from symgrad.late import sympy
from symgrad.operations.elementwise import elementwise
from symgrad.operations.model import Example, Operation


def _comparison(name: str, title: str, sign: str, written: str, holds: Callable[..., Any]) -> Operation:
    return elementwise(
        name,
        title,
        lambda a, b: sympy.Piecewise((1, holds(a, b)), (0, True)),
        getattr(np, name),
        "a condition is locally constant",
        layout=f"a {written} b",
        code=sign,
        call="",
        example=Example(f"where(a {sign} b, a, b)", {"a": ("n",), "b": ("n",)}),
    )


LESS = _comparison("less", "less than", "<", "<", lambda a, b: a < b)
LESS_EQUAL = _comparison("less_equal", "less than or equal", "<=", "≤", lambda a, b: a <= b)
GREATER = _comparison("greater", "greater than", ">", ">", lambda a, b: a > b)
GREATER_EQUAL = _comparison("greater_equal", "greater than or equal", ">=", "≥", lambda a, b: a >= b)
EQUAL = _comparison("equal", "equal", "==", "=", lambda a, b: sympy.Eq(a, b))

"""The sigmoid linear unit t σ(t)."""

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise, sigmoid

SILU = elementwise(
    "silu",
    "sigmoid linear unit",
    lambda t: t / (1 + sympy.exp(-t)),
    lambda t: t * sigmoid(t),
    chain("found by the product rule"),
    layout="SiLU",
    code="silu",
    names=("swish", "Swish"),
    torch=("silu", "SiLU"),
)

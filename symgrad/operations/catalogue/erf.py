"""The error function 2/√π ∫₀ᵗ e^(−s²) ds."""

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise, erf

ERF = elementwise(
    "erf",
    "error function",
    lambda t: sympy.erf(t),
    erf,
    chain("two over the root of π, times e to minus the square of the argument"),
    code="erf",
    torch=("erf",),
)

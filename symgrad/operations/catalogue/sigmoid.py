"""The logistic sigmoid."""

from symgrad.late import sympy
from symgrad.operations.elementwise import chain, elementwise, sigmoid

SIGMOID = elementwise(
    "sigmoid",
    "logistic sigmoid",
    lambda t: 1 / (1 + sympy.exp(-t)),
    sigmoid,
    chain("the sigmoid times one minus itself"),
    layout="σ",
    code="sigmoid",
    names=("sigma", "Sigmoid", "sigm", "logistic", "Logistic", "expit"),
    torch=("sigmoid", "Sigmoid"),
)

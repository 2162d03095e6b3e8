"""Adagrad: J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12, 2011 (diagonal)."""

from symgrad.methods.record import Method

ADAGRAD = Method(
    "adagrad",
    "Adagrad",
    {"G": "G + g**2", "w": "w - rate * g / (sqrt(G) + eps)"},
    {"eps": 1e-10},
)

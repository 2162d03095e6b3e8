"""RMSprop: G. Hinton, Neural Networks for Machine Learning, lecture 6e, 2012, with its ρ = 0.9.

The lecture divides by the root alone; ε beside it, 1e-8, is what deep-learning libraries add.
"""

from symgrad.methods.record import Method

RMSPROP = Method(
    "rmsprop",
    "RMSprop",
    {"v": "rho * v + (1 - rho) * g**2", "w": "w - rate * g / (sqrt(v) + eps)"},
    {"rho": 0.9, "eps": 1e-8},
)

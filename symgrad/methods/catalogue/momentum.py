"""Descent with momentum: B. T. Polyak, Speeding up the convergence of iteration methods, 1964.

In the form v ← μ v + g, w ← w − α v, which deep-learning libraries have; μ = 0.9 is among the usual ones
that I. Goodfellow et al., Deep Learning, 2016, section 8.3.2, name.
"""

from symgrad.methods.record import Method

MOMENTUM = Method(
    "momentum",
    "gradient descent with momentum",
    {"v": "momentum * v + g", "w": "w - rate * v"},
    {"momentum": 0.9},
)

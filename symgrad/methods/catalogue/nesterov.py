"""Nesterov's accelerated gradient: Y. Nesterov, A method of solving a convex programming problem, 1983.

In the form of I. Sutskever et al., On the importance of initialization and momentum in deep learning, 2013,
with the gradient taken at the parameters themselves, as deep-learning libraries do: no look-ahead.
"""

from symgrad.methods.record import Method

NESTEROV = Method(
    "nesterov",
    "Nesterov's method",
    {"v": "momentum * v + g", "w": "w - rate * (g + momentum * v)"},
    {"momentum": 0.9},
)

"""Adam: D. P. Kingma and J. Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1."""

from symgrad.methods.record import Method

ADAM = Method(
    "adam",
    "Adam",
    {
        "m": "beta1 * m + (1 - beta1) * g",
        "v": "beta2 * v + (1 - beta2) * g**2",
        "mhat": "m / (1 - beta1**step)",
        "vhat": "v / (1 - beta2**step)",
        "w": "w - rate * mhat / (sqrt(vhat) + eps)",
    },
    {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
)

"""AdamW: I. Loshchilov and F. Hutter, Decoupled weight decay regularization, ICLR 2019, algorithm 2.

The rate multiplies the decay too, as in deep-learning libraries, of which 0.01 is the usual one.
"""

from symgrad.methods.record import Method

ADAMW = Method(
    "adamw",
    "AdamW",
    {
        "m": "beta1 * m + (1 - beta1) * g",
        "v": "beta2 * v + (1 - beta2) * g**2",
        "mhat": "m / (1 - beta1**step)",
        "vhat": "v / (1 - beta2**step)",
        "w": "w - rate * (mhat / (sqrt(vhat) + eps) + weight_decay * w)",
    },
    {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
)

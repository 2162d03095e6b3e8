"""What NumPy has and formulas lack: what to write in its place."""

from collections.abc import Mapping

import numpy as np

INSTEAD: Mapping[str, str] = {
    "add": "a + b",
    "subtract": "a - b",
    "negative": "-x",
    "multiply": "a * b",
    "divide": "a / b",
    "true_divide": "a / b",
    "reciprocal": "1 / x",
    "power": "a**b",
    "float_power": "a**b",
    "square": "x**2",
    "cbrt": "x**(1/3)",
    "matmul": "a @ b",
    "inner": "dot(a, b), or A @ B.T of matrices",
    "vdot": "dot(a, b)",
    "cross": "the entries, with a[1] * b[2] - a[2] * b[1] and so on",
    "transpose": "x.T",
    "absolute": "abs(x)",
    "fabs": "abs(x)",
    "sign": "where(x > 0, 1, -1)",
    "amax": "max(x)",
    "amin": "min(x)",
    "average": "mean(x)",
    "ravel": "flatten(x)",
    "concatenate": "concat(a, b)",
    "hstack": "concat(a, b, axis=1)",
    "vstack": "concat(A, B)",
    "append": "concat(a, b)",
    "identity": "eye(n)",
    "take": "x[y], with labels y under 'given'",
    "log2": "log(x) / log(2)",
    "log10": "log(x) / log(10)",
    "log1p": "log(1 + x)",
    "exp2": "2**x",
    "expm1": "exp(x) - 1",
    "logaddexp": "log(exp(a) + exp(b))",
    "tan": "sin(x) / cos(x)",
    "hypot": "sqrt(a**2 + b**2)",
    "sinc": "sin(pi * x) / (pi * x)",
    "ptp": "max(x) - min(x)",
    "fmax": "maximum(a, b)",
    "fmin": "minimum(a, b)",
    "heaviside": "where(x > 0, 1, 0)",
    "full": "c * ones(n, m)",
    "ones_like": "ones(n, m)",
    "zeros_like": "zeros(n, m)",
    "diagonal": "diag(A)",
    "slogdet": "logdet(A), which is log |det A|",
    "solve": "inv(A) @ b",
    "deg2rad": "x * pi / 180",
    "rad2deg": "x * 180 / pi",
    "cumulative_sum": "cumsum(x)",
}
"""By NumPy's name."""


def instead(name: str) -> str | None:
    """What to write for a name that NumPy has; None for one that it lacks, too."""
    if name in INSTEAD:
        return f"write {INSTEAD[name]}"
    known = callable(getattr(np, name, None)) or callable(getattr(np.linalg, name, None))
    return "write it with the functions that are there: docs/operations.md lists them" if known else None

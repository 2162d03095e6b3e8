"""What NumPy and other libraries have and formulas lack: what to write in its place."""

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
    "transpose": "x.T, or transpose(x, (0, 2, 1)) with the order of all axes",
    "moveaxis": "transpose(x, (0, 2, 1)), with the order of all axes",
    "squeeze": "reshape(x, (n, m)), without the axis of length 1",
    "expand_dims": "reshape(x, (n, 1))",
    "broadcast_to": "x * ones(n, m); what is added or multiplied is stretched by itself",
    "tensordot": 'einsum("ij,jk->ik", A, B)',
    "tril": "A * M, with a given M of zeros and ones",
    "triu": "A * M, with a given M of zeros and ones",
    "shape": "the name of the size, as under 'shapes'",
    "size": "the name of the size, as under 'shapes'",
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
SPELLINGS: Mapping[str, str] = {
    "ln": "log(x)",
    "pow": "a**b",
    "swish": "silu(x)",
    "logistic": "sigmoid(x)",
    "frobenius": "norm(x)",
    "len": "the name of the size, as under 'shapes'",
    "view": "reshape(x, (n, m))",
    "permute": "transpose(x, (0, 2, 1)), with the order of all axes",
    "unsqueeze": "reshape(x, (n, 1))",
    "cat": "concat(a, b)",
    **dict.fromkeys(("mm", "mv", "bmm"), "a @ b"),
}
"""By the name that other languages and libraries have."""


def option_instead(option: str) -> str | None:
    """What to write for an option that functions have elsewhere."""
    return "it is called axis" if option == "dim" else None


def of_method(name: str) -> str | None:
    """What to write for x.name(), where that is no function of formulas with the same arguments."""
    found = INSTEAD.get(name) or SPELLINGS.get(name)
    return found and f"write {found}"


def spelled(name: str) -> str | None:
    """What to write for a name that neither formulas nor NumPy have."""
    return f"write {SPELLINGS[name]}" if name in SPELLINGS else None


def instead(name: str) -> str | None:
    """What to write for a name that NumPy has; None for one that it lacks, too."""
    if name in INSTEAD:
        return f"write {INSTEAD[name]}"
    known = callable(getattr(np, name, None)) or callable(getattr(np.linalg, name, None))
    return "write it with the functions that are there: docs/operations.md lists them" if known else None

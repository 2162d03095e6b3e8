"""Identities of matrix calculus found in handbooks: each gradient has the known value, as a matrix formula.

A row: the formula, the shapes of its leaves (the first is differentiated by), and the gradient in NumPy.
"""

import numpy as np
import pytest
from support import assert_close, solve

SQUARE, TALL = (3, 3), (4, 3)
V3, V4 = (3,), (4,)

DETERMINANTS = {
    "det(X)": ({"X": SQUARE}, "det(X) * inv(X).T"),
    "det(A @ X @ B)": ({"X": SQUARE, "A": SQUARE, "B": SQUARE}, "det(A @ X @ B) * inv(X).T"),
    "det(X.T @ A @ X)": ({"X": SQUARE, "A": SQUARE}, "2 * det(X.T @ A @ X) * inv(X).T"),
    "det(X.T @ (A @ A.T) @ X)": (
        {"X": TALL, "A": (4, 4)},
        "2 * det(X.T @ A @ A.T @ X) * A @ A.T @ X @ inv(X.T @ A @ A.T @ X)",
    ),
    "1 * det(X.T @ A @ X)": (
        {"X": TALL, "A": (4, 4)},
        "det(X.T @ A @ X) * (A @ X @ inv(X.T @ A @ X) + A.T @ X @ inv(X.T @ A.T @ X))",
    ),
    "log(det(X.T @ X))": ({"X": TALL}, "2 * pinv(X).T"),
    "logdet(X.T @ X)": ({"X": TALL}, "2 * pinv(X).T"),
    "logdet(X)": ({"X": SQUARE}, "inv(X).T"),
    "logdet(-X)": ({"X": SQUARE}, "inv(X).T"),
    "det(X @ X @ X)": ({"X": SQUARE}, "3 * det(X @ X @ X) * inv(X).T"),
    "det(inv(X))": ({"X": SQUARE}, "-det(inv(X)) * inv(X).T"),
}
INVERSES = {
    "a @ inv(X) @ b": ({"X": SQUARE, "a": V3, "b": V3}, "-inv(X).T @ outer(a, b) @ inv(X).T"),
    "trace(A @ inv(X) @ B)": ({"X": SQUARE, "A": TALL, "B": (3, 4)}, "-(inv(X) @ B @ A @ inv(X)).T"),
    "trace(inv(X + A))": ({"X": SQUARE, "A": SQUARE}, "-(inv(X + A) @ inv(X + A)).T"),
    "trace(inv(X.T @ C @ X) @ A)": (
        {"X": TALL, "C": (4, 4), "A": SQUARE},
        "-C @ X @ M(X, C) @ A @ M(X, C) - C.T @ X @ (M(X, C) @ A @ M(X, C)).T",
    ),
    "trace(inv(X.T @ C @ X) @ (X.T @ B @ X))": (
        {"X": TALL, "C": (4, 4), "B": (4, 4)},
        "(B @ X @ M(X, C)) + B.T @ X @ M(X, C).T"
        " - C @ X @ M(X, C) @ X.T @ B @ X @ M(X, C) - C.T @ X @ (M(X, C) @ X.T @ B @ X @ M(X, C)).T",
    ),
}
FIRST_ORDER = {
    "dot(x, a)": ({"x": V4, "a": V4}, "a"),
    "a @ X @ b": ({"X": TALL, "a": V4, "b": V3}, "outer(a, b)"),
    "a @ X.T @ b": ({"X": TALL, "a": V3, "b": V4}, "outer(b, a)"),
    "a @ X @ a": ({"X": SQUARE, "a": V3}, "outer(a, a)"),
    "trace(X)": ({"X": SQUARE}, "eye(3)"),
    "trace(X @ A)": ({"X": TALL, "A": (3, 4)}, "A.T"),
    "trace(A @ X @ B)": ({"X": TALL, "A": (2, 4), "B": (3, 2)}, "A.T @ B.T"),
    "trace(A @ X.T @ B)": ({"X": TALL, "A": (2, 3), "B": (4, 2)}, "B @ A"),
    "trace(X.T @ A)": ({"X": TALL, "A": TALL}, "A"),
    # tr(A ⊗ X) = tr(A) tr(X)
    "trace(A) * trace(X)": ({"X": SQUARE, "A": (2, 2)}, "trace(A) * eye(3)"),
}
SECOND_ORDER = {
    "sum(X)**2": ({"X": TALL}, "2 * X.sum() * ones_like(X)"),
    "b @ X.T @ X @ c": ({"X": TALL, "b": V3, "c": V3}, "X @ (outer(b, c) + outer(c, b))"),
    "(B @ x + b) @ C @ (D @ x + d)": (
        {"x": V3, "B": (4, 3), "b": V4, "C": (4, 2), "D": (2, 3), "d": (2,)},
        "B.T @ C @ (D @ x + d) + D.T @ C.T @ (B @ x + b)",
    ),
    "x @ B @ x": ({"x": V3, "B": SQUARE}, "(B + B.T) @ x"),
    "b @ X.T @ D @ X @ c": (
        {"X": TALL, "D": (4, 4), "b": V3, "c": V3},
        "D.T @ X @ outer(b, c) + D @ X @ outer(c, b)",
    ),
    "(X @ b + c) @ D @ (X @ b + c)": (
        {"X": TALL, "D": (4, 4), "b": V3, "c": V4},
        "outer((D + D.T) @ (X @ b + c), b)",
    ),
    "(x - A @ s) @ (W + W.T) @ (x - A @ s)": (
        {"s": V3, "x": V4, "A": TALL, "W": (4, 4)},
        "-2 * A.T @ (W + W.T) @ (x - A @ s)",
    ),
    "1 * ((x - A @ s) @ (W + W.T) @ (x - A @ s))": (
        {"A": TALL, "s": V3, "x": V4, "W": (4, 4)},
        "-2 * outer((W + W.T) @ (x - A @ s), s)",
    ),
    "x @ A @ x + dot(b, x)": ({"x": V3, "A": SQUARE, "b": V3}, "(A + A.T) @ x + b"),
    "trace(X @ X)": ({"X": SQUARE}, "2 * X.T"),
    "trace(X @ X @ B)": ({"X": SQUARE, "B": SQUARE}, "(X @ B + B @ X).T"),
    "trace(X.T @ B @ X)": ({"X": TALL, "B": (4, 4)}, "B @ X + B.T @ X"),
    "trace(X @ B @ X.T)": ({"X": TALL, "B": SQUARE}, "X @ B.T + X @ B"),
    "trace(A @ X @ B @ X)": (
        {"X": TALL, "A": (3, 4), "B": (3, 4)},
        "A.T @ X.T @ B.T + B.T @ X.T @ A.T",
    ),
    "trace(X.T @ X)": ({"X": TALL}, "2 * X"),
    "trace(B.T @ X.T @ C @ X @ B)": (
        {"X": TALL, "B": (3, 2), "C": (4, 4)},
        "C.T @ X @ B @ B.T + C @ X @ B @ B.T",
    ),
    "trace(X.T @ B @ X @ C)": ({"X": TALL, "B": (4, 4), "C": SQUARE}, "B @ X @ C + B.T @ X @ C.T"),
    "trace(A @ X @ B @ X.T @ C)": (
        {"X": TALL, "A": (2, 4), "B": SQUARE, "C": (4, 2)},
        "A.T @ C.T @ X @ B.T + C @ A @ X @ B",
    ),
    "trace((A @ X @ B + C) @ (A @ X @ B + C).T)": (
        {"X": TALL, "A": (2, 4), "B": (3, 5), "C": (2, 5)},
        "2 * A.T @ (A @ X @ B + C) @ B.T",
    ),
    # tr(X ⊗ X) = tr(X)²
    "trace(X) * trace(X)": ({"X": SQUARE}, "2 * trace(X) * eye(3)"),
}
HIGHER_ORDER = {
    "a @ X @ X @ X @ b": (
        {"X": SQUARE, "a": V3, "b": V3},
        "outer(a, b) @ X.T @ X.T + X.T @ outer(a, b) @ X.T + X.T @ X.T @ outer(a, b)",
    ),
    "trace(X @ X @ X)": ({"X": SQUARE}, "3 * (X @ X).T"),
    "trace(A @ X @ X @ X)": ({"X": SQUARE, "A": SQUARE}, "(X @ X @ A + X @ A @ X + A @ X @ X).T"),
    "trace(B.T @ X.T @ C @ X @ X.T @ C @ X @ B)": (
        {"X": TALL, "B": (3, 2), "C": (4, 4)},
        "C @ X @ X.T @ C @ X @ B @ B.T + C.T @ X @ B @ B.T @ X.T @ C.T @ X"
        " + C @ X @ B @ B.T @ X.T @ C @ X + C.T @ X @ X.T @ C.T @ X @ B @ B.T",
    ),
}
NORMS = {
    "norm(x - a)": ({"x": V4, "a": V4}, "(x - a) / norm(x - a)"),
    "sqrt(dot(x - a, x - a))": ({"x": V4, "a": V4}, "(x - a) / norm(x - a)"),
    "dot(x, x)": ({"x": V4}, "2 * x"),
    "norm(X)**2": ({"X": TALL}, "2 * X"),
    "norm(X)": ({"X": TALL}, "X / norm(X)"),
    "sqrt(trace(X @ X.T))": ({"X": TALL}, "X / norm(X)"),
}
NETWORKS = {
    "sum(log(1 + exp(A @ x)))": ({"x": V3, "A": TALL}, "A.T @ (1 / (1 + exp(-(A @ x))))"),
    "sum(tanh(X @ a)**2)": ({"X": TALL, "a": V3}, "outer(2 * tanh(X @ a) * (1 - tanh(X @ a)**2), a)"),
    "sum(A * X * X)": ({"X": TALL, "A": TALL}, "2 * A * X"),
    "log(sum(exp(x)))": ({"x": V4}, "exp(x) / exp(x).sum()"),
    "-dot(y, log(exp(x) / sum(exp(x))))": ({"x": V4, "y": V4}, "y.sum() * exp(x) / exp(x).sum() - y"),
}
COOKBOOK = {
    **DETERMINANTS,
    **INVERSES,
    **FIRST_ORDER,
    **SECOND_ORDER,
    **HIGHER_ORDER,
    **NORMS,
    **NETWORKS,
}

NUMPY = {name: getattr(np, name) for name in ("outer", "eye", "trace", "ones_like", "exp", "tanh")}
NUMPY |= {name: getattr(np.linalg, name) for name in ("det", "inv", "pinv", "norm")}
NUMPY["M"] = lambda X, C: np.linalg.inv(X.T @ C @ X)  # noqa: N803


def drawn(shape, numbers):
    """Random entries; a matrix is kept away from singular ones."""
    return numbers.uniform(-1, 1, shape).round(3) + (np.eye(*shape) if len(shape) == 2 else 0)


@pytest.mark.parametrize("formula", COOKBOOK)
def test_gradient(formula):
    shapes, expected = COOKBOOK[formula]
    numbers = np.random.default_rng(len(formula))
    given = {name: drawn(shape, numbers) for name, shape in shapes.items()}
    variable = next(iter(shapes))
    solved = solve({"f": formula}, given, backward={"wrt": [variable]})
    assert solved.derivation.gradients[variable].matrix_form is not None
    assert_close(solved.gradients()[variable], eval(expected, NUMPY, given), 9, formula)

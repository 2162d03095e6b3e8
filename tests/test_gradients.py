"""Gradients against sources that know nothing of symgrad: autograd, and central differences in 50 digits."""

import mpmath
import numpy as np
import pytest
from problems import UNARY, random_problem
from reference import autograd_gradients, central_differences
from support import assert_close, solve

from symgrad.numbers.spaces import DIGITS


def compare_with_autograd(lines, leaves):
    wrt = [*leaves, *lines]
    found = solve(lines, leaves, backward={"of": list(lines)[-1], "wrt": wrt}).gradients()
    expected = autograd_gradients(lines, leaves, wrt)
    for name in wrt:
        assert np.isfinite(expected[name]).all()
        assert_close(found[name], expected[name], 10, f"∂J/∂{name} of {lines}")


@pytest.mark.parametrize("seed", range(100))
def test_random_problems(seed):
    compare_with_autograd(*random_problem(seed, lines=2, depth=2))


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1000, 2000))
def test_more_random_problems(seed):
    compare_with_autograd(*random_problem(seed, lines=5))


def uniform(**shapes):
    numbers = np.random.default_rng(sum(map(ord, "".join(shapes))))
    return {name: numbers.uniform(-1.5, 1.5, shape).round(3) for name, shape in shapes.items()}


@pytest.mark.parametrize("text", UNARY)
def test_elementwise_functions_inside_a_layer(text):
    inner = text.format("W @ x + b")
    compare_with_autograd({"h": inner, "J": "sum(h * h * v)"}, uniform(W=(3, 2), x=(2,), b=(3,), v=(3,)))


BATCH = uniform(X=(4, 3), W=(3, 2), b=(2,), V=(2, 2), Y=(4, 2))
PROBLEMS = {
    "batch through two layers": (
        {"H": "relu(X @ W + b)", "O": "softmax(H @ V + b, axis=1)", "J": "-sum(Y * log(O)) / 4"},
        BATCH,
    ),
    "weights used twice": (
        {"h": "tanh(W @ x)", "k": "tanh(W @ h)", "J": "sum(W @ k)"},
        uniform(W=(3, 3), x=(3,)),
    ),
    "autoencoder with tied weights": (
        {"h": "sigmoid(W @ x)", "r": "W.T @ h", "J": "sum((r - x)**2)"},
        uniform(W=(2, 3), x=(3,)),
    ),
    "fan-out": (
        {"u": "a * b", "p": "u + c", "q": "u * c", "r": "exp(u)", "J": "p * q + r"},
        uniform(a=(), b=(), c=()),
    ),
    "batch normalisation": (
        {
            "m": "mean(X, axis=0)",
            "s": "std(X, axis=0)",
            "Z": "(X - m) / s * g + b",
            "J": "sum(Z**2 * Y) + sum(Z**3)",
        },
        uniform(X=(4, 3), g=(3,), b=(3,), Y=(4, 3)),
    ),
    "layer normalisation": (
        {
            "Z": "(X - mean(X, axis=1, keepdims=True)) / sqrt(var(X, axis=1, keepdims=True) + 0.01)",
            "J": "sum(Z * Y)",
        },
        uniform(X=(4, 3), Y=(4, 3)),
    ),
    "attention": (
        {"S": "Q @ K.T / sqrt(3)", "P": "softmax(S, axis=1)", "O": "P @ V", "J": "sum(O * Y)"},
        uniform(Q=(2, 3), K=(4, 3), V=(4, 2), Y=(2, 2)),
    ),
    "pairwise distances": (
        {
            "D": "sum(A**2, axis=1, keepdims=True) + sum(B**2, axis=1) - 2 * A @ B.T",
            "J": "logsumexp(diag(D))",
        },
        uniform(A=(3, 2), B=(3, 2)),
    ),
    "a column against a row": (
        {"M": "C * r", "J": "sum(M**2) + max(M) - min(M)"},
        uniform(C=(3, 1), r=(1, 4)),
    ),
    "sizes of one": ({"h": "tanh(W @ x + b)", "J": "v @ h"}, uniform(W=(1, 1), x=(1,), b=(1,), v=(1,))),
    "one output": ({"h": "W @ x + b", "J": "sum(h**2)"}, uniform(W=(1, 3), x=(3,), b=(1,))),
    "a one stretched over a batch": (
        {"H": "X @ w + b", "J": "sum(H**2 * Y)"},
        uniform(X=(4, 3), w=(3, 1), b=(1,), Y=(4, 2)),
    ),
    "equal sizes of different meaning": (
        {"h": "A @ x", "k": "A.T @ x", "J": "sum(h * k) + dot(h, x)"},
        uniform(A=(3, 3), x=(3,)),
    ),
    "slices that overlap": (
        {"d": "x[1:4] - x[0:3]", "J": "sum(d**2) + x[0] * x[-1]"},
        uniform(x=(4,)),
    ),
    "rows, columns and blocks": (
        {"B": "X[1:3, 0:2]", "r": "X[0]", "c": "X[:, -1]", "J": "sum(B @ B) + sum(r**2) * sum(c) + X[1, 1]"},
        uniform(X=(3, 3)),
    ),
    "the whole as a slice": ({"d": "x[0:3] * y", "J": "sum(d * x[:])"}, uniform(x=(3,), y=(3,))),
    "logarithm of a softmax": (
        {"p": "log_softmax(W @ x)", "q": "softmax(W @ x)", "J": "-dot(y, p) + sum(q**2)"},
        uniform(W=(3, 2), x=(2,), y=(3,)),
    ),
    "a power with a variable in the exponent": (
        {"h": "(1 + a**2)**b", "J": "sum(h * c)"},
        uniform(a=(3,), b=(3,), c=(3,)),
    ),
    "a vector raised against a matrix": (
        {"h": "(2 + v)**M", "k": "M @ h.T", "J": "sum(k**2)"},
        uniform(v=(3,), M=(2, 3)),
    ),
    "a variance scaled by its own argument": (
        {"h": "M * var(M, axis=1, keepdims=True)", "J": "sum(h * N)"},
        uniform(M=(3, 2), N=(3, 2)),
    ),
    "a contraction squared": (
        {"J": "sum(w * (A @ u)) * sum(A) * sum(A) + sum(A @ u) * sum(w) * sum(w)"},
        uniform(A=(3, 2), u=(2,), w=(3,)),
    ),
    "a convolution and its pooling": (
        {"C": "conv2d(X, K) + b", "P": "maxpool2d(C, 2, stride=1)", "f": "flatten(P)", "J": "sum(f**2 * w)"},
        uniform(X=(5, 4), K=(2, 2), b=(), w=(6,)),
    ),
    "a convolution with steps and a border": (
        {"C": "conv2d(tanh(X), K, stride=2, padding=1)", "J": "sum(C**3) + sum(K * K)"},
        uniform(X=(4, 5), K=(3, 2)),
    ),
    "one kernel in two layers": (
        {"C": "conv2d(X, K)", "D": "conv2d(relu(C), K)", "J": "sum(D * D)"},
        uniform(X=(4, 4), K=(2, 2)),
    ),
    "concatenation": (
        {"h": "concat(x, y * 2, x)", "G": "concat(A, A.T, axis=1)", "J": "sum(h**3) + sum(G @ G.T)"},
        uniform(x=(2,), y=(3,), A=(2, 2)),
    ),
    "a choice": (
        {"h": "where(a > b, a**2, b * c)", "J": "sum(where(h <= 0.1, h, 3 * h) * a)"},
        uniform(a=(4,), b=(4,), c=(4,)),
    ),
    "a Gaussian likelihood": (
        {"S": "A @ A.T + outer(b, b)", "J": "logdet(S) + x @ inv(S) @ x + det(S)"},
        uniform(A=(3, 3), b=(3,), x=(3,)),
    ),
    "constant arrays": (
        {
            "S": "A @ A.T + b * eye(3)",
            "H": "eye(3) - ones(3, 3) / 3",
            "J": "logdet(S) + sum((H @ A)**2) + ones(3) @ x",
        },
        uniform(A=(3, 3), b=(), x=(3,)) | {"b": np.array(0.7)},
    ),
    "bounds that are differentiated": (
        {"h": "clip(M, lo, hi)", "J": "sum(h * N) + sum(clip(x, -1, hi) * maximum(minimum(x, 1), -1))"},
        uniform(M=(3, 2), N=(3, 2), x=(4,)) | {"lo": np.array(-0.4), "hi": np.array(0.8)},
    ),
    "a unit by the error function": (
        {
            "F": "(1 + erf(z / sqrt(2))) / 2",
            "a": "z * F",
            "J": "sum(a * w) + sum(log(cosh(a)) * arctan(sinh(w)))",
        },
        uniform(z=(4,), w=(4,)),
    ),
    "no scalar": ({"h": "W @ x + b"}, uniform(W=(3, 2), x=(2,), b=(3,))),
    "an objective among others": (
        {"a": "sum(x**2)", "J": "a * sum(x)", "K": "J + a", "L": "K * J"},
        uniform(x=(3,)),
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_problems_of_the_kinds_that_go_wrong(name):
    compare_with_autograd(*PROBLEMS[name])


DIFFERENCES = ("batch through two layers", "layer normalisation", "weights used twice", "slices that overlap")


@pytest.mark.parametrize("name", DIFFERENCES)
def test_central_differences_in_fifty_digits(name):
    lines, leaves = PROBLEMS[name]
    found = solve(lines, leaves, backward={"of": "J", "wrt": list(leaves)}).exact_gradients(leaves)
    with mpmath.workdps(DIGITS):
        for leaf in leaves:
            assert_close(found[leaf], central_differences(lines, leaves, leaf), 25, leaf)


def test_what_the_objective_does_not_use_has_gradient_zero():
    lines, leaves = {"a": "x * y", "J": "sum(x**2)"}, uniform(x=(3,), y=(3,))
    found = solve(lines, leaves, backward={"of": "J", "wrt": ["x", "y"]}).gradients()
    assert_close(found["y"], np.zeros(3), 15)
    assert_close(found["x"], 2 * leaves["x"], 15)


def test_the_gradient_of_the_objective_by_itself_is_ones():
    solved = solve({"h": "W @ x"}, uniform(W=(3, 2), x=(2,)))
    assert_close(solved.gradients()["h"], np.ones(3), 15)

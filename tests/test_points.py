"""Points at which the calculus is looked at: their sizes, kinks, zeros, singular matrices, facts."""

import random
import re

import mpmath
import numpy as np
import pytest
from reference import autograd_gradients
from support import assert_close, forget, text_of

from symgrad.calculus import layers
from symgrad.calculus.index import scale
from symgrad.calculus.sizes import Sizes
from symgrad.calculus.steps import NONE_FOUND
from symgrad.errors import DerivationError, InputError
from symgrad.graph import build_graph
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.reading.formula import parse_formula
from symgrad.reading.problem import read_problem
from symgrad.solving import solve


def solved(lines, given=None, **sections):
    """The solution as the command line makes it, the check of the whole included."""
    return solve(read_problem(text_of(lines, given, **sections)))


def gradients(lines, given, **sections):
    return solved(lines, given, **sections).run.gradients


# --- a repeated index is an identity --------------------------------------------------------------

X45 = np.arange(20.0).reshape(4, 5) % 7 + np.linspace(0, 1, 20).reshape(4, 5)
K22 = np.array([[1.0, 2.0], [3.0, -4.0]])


@pytest.mark.parametrize(
    "text",
    [
        "trace(maxpool2d(X, 2))",
        "trace(conv2d(X, k, stride=2))",
        "sum(diag(conv2d(X, k, stride=2)) * v)",
        "sum(diag(maxpool2d(X, 2))**2)",
        "trace(maxpool2d(X, 2) @ k)",
        "trace(2 * conv2d(X, k, stride=2) + k)",
        "v @ diag(maxpool2d(X, 2)) + trace(k)",
    ],
)
def test_the_diagonal_of_what_a_window_makes(text):
    every = {"X": X45, "k": K22, "v": np.array([0.5, -2.0])}
    leaves = {name: value for name, value in every.items() if re.search(rf"\b{name}\b", text)}
    found, expected = gradients({"L": text}, leaves), autograd_gradients({"L": text}, leaves, leaves)
    for name in leaves:
        assert_close(found[name], expected[name], 12, f"{name} of {text}")


# --- sizes ----------------------------------------------------------------------------------------


def sizes_of(lines, **sections):
    graph = build_graph(read_problem(text_of(lines, **sections)))
    sizes = Sizes(graph, random.Random(0))
    return {name: tuple(sizes[dim] for dim in shape) for name, shape in graph.shapes.items()}


@pytest.mark.parametrize(
    "text",
    ["maxpool2d(X, 2)", "conv2d(X, K, stride=2)", "X[1:5, :3]", "concat(X, Y)", "maxpool2d(conv2d(X, K), 2)"],
)
def test_an_output_is_wide_and_its_sides_differ(text):
    shape = sizes_of({"c": text, "L": "sum(c)"})["c"]
    assert min(shape) > 1
    assert len(set(shape)) == 2


@pytest.mark.parametrize(
    "lines",
    [
        {"L": "sum(concat(a, b) * x[1:4])"},
        {"L": "sum(flatten(A) * x[0:4])"},
        {"c": "conv2d(A, B)", "L": "c[0, 1] * c[2, 0]"},
        {"c": "concat(a, b)", "L": "c[4] + c[-1]"},
        {"c": "concat(x[1:], a)", "L": "sum(c + x)"},
        {"p": "maxpool2d(A, 2, stride=1)", "q": "maxpool2d(p, 3)", "L": "q[1, 2]"},
    ],
)
def test_sizes_that_rules_tie_together_are_found(lines):
    assert solved(lines).derivation.checked


# --- kinks ----------------------------------------------------------------------------------------


def test_an_exact_zero_before_the_next_kink():
    found = gradients(
        {"h": "relu(w * x)", "g": "relu(v * h)", "L": "(g - t)**2"}, {"w": 0.5, "x": 2.0, "v": 0.8, "t": 1.0}
    )
    assert_close(found["w"], -0.64, 12)
    assert_close(found["v"], -0.4, 12)


NETS = {
    "no bias": {"h": "relu(U @ x)", "g": "relu(V @ h)", "L": "sum(relu(W @ g))"},
    "overlapping windows": {"R": "relu(C)", "P": "maxpool2d(R, 2, stride=1)", "L": "sum(P)"},
    "an abs of a relu": {"h": "relu(a)", "g": "abs(h * b)", "L": "sum(g * c)"},
    "the larger of two relus": {"h": "relu(a)", "g": "relu(b)", "m": "maximum(h, g)", "L": "sum(m * c)"},
    "a choice between zeros": {"h": "relu(a)", "m": "where(h > 0, h, b)", "L": "sum(m * c)"},
    "transposed weights": {"A": "relu(X @ U.T)", "B": "relu(A @ V.T)", "L": "sum(B @ W.T)"},
}


@pytest.mark.parametrize("net", NETS)
def test_a_kink_after_a_kink(net):
    assert solved(NETS[net]).derivation.checked


@pytest.mark.parametrize(
    "text",
    [
        "exp(-sqrt(x))",
        "exp(a * log(x))",
        "exp(x**p)",
        "exp(mean(log(x)))",
        "max(log(x)) * a",
        "softmax(sqrt(x))",
    ],
)
def test_a_function_of_what_is_not_always_real(text):
    assert solved({"L": f"sum({text})"}).derivation.checked


@pytest.mark.parametrize(
    "lines",
    [
        {"L": "sum(where(W @ z > 0, x, y))"},
        {"q": "y - max(exp(b), axis=0, keepdims=True)", "L": "sum(q)"},
        {"x": "A.T @ m", "G": "sum(x**2) / 2 - dot(m, A @ x)"},
        {"S": "R @ R.T", "q": "sum((X @ inv(S)) * X)", "L": "q + logdet(S) + trace(inv(S))"},
        {"p": "softmax(z)", "L": "sum(p * log(p)) + sum(p)"},
    ],
)
def test_legal_problems_are_solved(lines):
    assert solved(lines).derivation.checked


def test_a_size_is_a_number_in_a_formula():
    shapes = {"theta": ["d"], "X": ["N", "d"]}
    assert solved({"f": "sum(X @ theta)", "L": "f / N + sum(theta**2) / d"}, shapes=shapes).derivation.checked


# --- what is said where nothing is known, and where something is wrong ------------------------------


def test_a_step_without_a_point_says_so():
    found = solved({"h": "log(x - 1000000)", "L": "sum(h * w)"})
    proofs = {step.proof for step in found.derivation.steps("x")}
    assert proofs == {"definition", NONE_FOUND}
    assert not found.derivation.checked
    assert any("gradients of L by x" in warning for warning in found.warnings)
    assert {step.proof for step in found.derivation.steps("w")} <= {"definition", "identity"}


def test_a_contradiction_shows_both_numbers(monkeypatch):
    forget()
    original = layers.match
    monkeypatch.setattr(layers, "match", lambda poly, free: original(scale(poly, 3), free))
    with pytest.raises(
        DerivationError, match=r"'matrix-form' for \S+ is wrong: it gives 3.* differences give 1"
    ):
        solved({"L": "sum(x)"})
    forget()


# --- zeros and singular matrices ------------------------------------------------------------------


def test_a_power_at_zero():
    found = gradients({"L": "sum(x**g)"}, {"x": [0.0, 1.5], "g": [3.0, 2.0]})
    assert_close(found["x"], [0, 3], 14)
    assert_close(found["g"], [0, 2.25 * np.log(1.5)], 14)


@pytest.mark.parametrize("matrix", [[[1, 2], [2, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[0, 0], [0, 3]]])
def test_the_cofactors_of_a_singular_matrix(matrix):
    found = gradients({"L": "det(A)"}, {"A": matrix})["A"]
    minors = [
        [
            (-1) ** (i + j) * np.linalg.det(np.delete(np.delete(matrix, i, 0), j, 1))
            for j in range(len(matrix))
        ]
        for i in range(len(matrix))
    ]
    assert_close(found, minors, 12)


def test_the_cofactors_of_a_product_that_floats_take_for_regular():
    """M N has rank 2; in floats its determinant is 0 and it has an inverse nevertheless."""
    given = {
        "M": [[-1.08, -1.345], [-0.001, -0.449], [1.34, 1.375]],
        "N": [[1.076, -0.163, 0.113], [-0.001, 0.768, 1.159]],
        "v": [0.5, 1.5],
    }
    found = gradients({"A": "M @ N", "L": "(det(A) + ones(2)) @ v"}, given)["A"]
    product = np.array(given["M"]) @ np.array(given["N"])
    minors = [
        [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(product, i, 0), j, 1)) for j in range(3)]
        for i in range(3)
    ]
    assert_close(found, 2 * np.array(minors), 12)


def test_the_cofactors_before_a_kink():
    """det A lies on the kink of what follows, where the slope is 0.2 by convention."""
    found = gradients({"d": "det(A)", "L": "leaky_relu(d, slope=0.2) * 3"}, {"A": [[1, 2], [2, 4]]})["A"]
    assert_close(found, 0.6 * np.array([[4, -2], [-2, 1]]), 12)


def test_a_derivative_that_is_not_there_stays_open():
    found = solved({"L": "sum(sqrt(x))"}, {"x": [0.0, 4.0]})
    assert not np.isfinite(found.run.gradients["x"][0])
    assert_close(found.run.gradients["x"][1], 0.25, 14)


@pytest.mark.parametrize("spread", ["std(q)", "sqrt(mean((q - mean(q))**2))", "sqrt(sum((q - q[1])**2))"])
def test_no_deviation_is_made_of_what_rounding_left(spread):
    """In 50 digits q − mean(q) is 10⁻⁸¹ where all entries of q are the same, and 10⁻⁸¹/10⁻⁸¹ some number."""
    found = solved({"q": "var(a * v) + zeros(3)", "s": spread, "L": "s * b"}, {"a": 1.5, "v": [1, 2], "b": 3})
    assert not found.derivation.checked
    assert not np.isfinite(found.run.gradients["q"]).any()
    assert_close(found.run.gradients["b"], 0, 14)


def test_the_determinant_of_many_dependent_rows():
    """Elimination in 50 digits leaves zeros of the rows that are made of others, and ends."""
    x = np.linspace(1, 2, 40)
    matrix = EXACT.array(np.outer(x, x[::-1]).tolist())
    with mpmath.workdps(DIGITS):
        assert EXACT.of_matrix("det", matrix) == 0
        assert EXACT.of_matrix("det", EXACT.array([[1e60, 0], [1, 1e-60]])) == mpmath.mpf(1e60) * 1e-60


@pytest.mark.parametrize(
    ("lines", "sections"),
    [
        ({"L": "sum(inv(outer(a, b)))"}, {}),
        ({"S": "X.T @ X", "L": "trace(inv(S))"}, {"given": {"X": [[1, 2, 3], [4, 5, 6]]}}),
        ({"C": "A - A", "L": "logdet(C)"}, {}),
        ({"L": "trace(inv(X - mean(X, axis=0)))"}, {"shapes": {"X": ["n", "n"]}}),
    ],
)
def test_an_inverse_that_never_exists_is_an_input_error(lines, sections):
    with pytest.raises(InputError, match="singular whatever the numbers"):
        solved(lines, **sections)


# --- facts ----------------------------------------------------------------------------------------

ONE = {"assume": ["sum(y) == 1"]}
ROWS = {"assume": ["sum(Y, axis=1) == 1"]}
SYMMETRIC = {"assume": ["S.T == S"]}


@pytest.mark.parametrize(
    ("lines", "sections", "name", "form"),
    [
        ({"L": "-sum(y * log_softmax(z))"}, ONE, "z", "softmax(z) - y"),
        ({"L": "-dot(y, log_softmax(z))"}, ONE, "z", "softmax(z) - y"),
        ({"L": "-sum(y * log(softmax(z)))"}, ONE, "z", "softmax(z) - y"),
        ({"L": "-sum(Y * log_softmax(Z, axis=1))"}, ROWS, "Z", "softmax(Z, axis=1) - Y"),
        ({"L": "-sum(Y * log(softmax(Z, axis=1)))"}, ROWS, "Z", "softmax(Z, axis=1) - Y"),
        ({"q": "softmax(v)", "L": "-sum(q * log_softmax(z))"}, {}, "z", "softmax(z) - q"),
        ({"L": "x @ S @ x / 2"}, SYMMETRIC, "x", "S @ x"),
        ({"L": "x @ inv(S) @ x / 2"}, SYMMETRIC, "x", "inv(S) @ x"),
        ({"L": "logdet(S) + sum(x)"}, SYMMETRIC, "S", "inv(S)"),
        ({"S": "R @ R.T", "L": "x @ S @ x / 2"}, SYMMETRIC, "x", "S @ x"),
        ({"L": "sum((Q @ x)**2) / 2"}, {"assume": ["inv(Q) == Q.T"]}, "x", "x"),
        ({"L": "sum((Q @ x)**2) / 2"}, {"assume": ["Q.T @ Q == eye(2)"]}, "x", "x"),
        ({"L": "sum((Q.T @ x)**2) / 2"}, {"assume": ["eye(2) == Q @ Q.T"]}, "x", "x"),
        (
            {"L": "sum((Q.T @ x)**2) / 2"},
            {"assume": ["Q.T @ Q == eye(n)"], "shapes": {"Q": ["n", "n"]}},
            "x",
            "x",
        ),
    ],
)
def test_a_fact_makes_the_gradient_shorter(lines, sections, name, form):
    data = [name for name in ("y", "Y") if any(name in text for text in lines.values())]
    found = solved(lines, data=data, **sections)
    expected = parse_formula(form, found.problem.place("forward", "L"))
    assert found.derivation.gradients[name].result == expected.formula
    assert found.derivation.facts


@pytest.mark.parametrize(
    ("lines", "sections", "message"),
    [
        ({"L": "trace(S)"}, {"given": {"S": [[1, 2], [3, 4]]}}, "the given 'S' contradicts"),
        ({"S": "R @ T", "L": "trace(S)"}, {}, "does not follow from its formula"),
        ({"L": "sum(S)"}, {"given": {"S": [[1, 2, 3], [3, 4, 5]]}}, "do not fit in this fact"),
    ],
)
def test_a_false_fact_is_refused(lines, sections, message):
    with pytest.raises(InputError, match=message):
        solved(lines, **SYMMETRIC, **sections)


def test_orthonormal_columns_do_not_make_rows_so():
    """Q Qᵀ projects where Q has more rows than columns."""
    q = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 2)))[0]
    given = {"Q": q, "x": [1.0, 2.0, -1.0]}
    found = solved({"L": "sum((Q.T @ x)**2) / 2"}, given, assume=["Q.T @ Q == eye(2)"])
    assert_close(found.run.gradients["x"], q @ q.T @ given["x"], 12)
    with pytest.raises(InputError, match="the given 'Q' contradicts"):
        solved({"L": "sum((Q.T @ x)**2) / 2"}, {**given, "Q": 2 * q}, assume=["Q.T @ Q == eye(2)"])


def test_a_fact_is_a_step_of_its_own():
    steps = solved({"L": "x @ S @ x / 2"}, **SYMMETRIC).derivation.steps("x")
    assert [step.rule for step in steps][-2:] == ["fact", "combined"]

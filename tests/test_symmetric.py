"""Matrices that are symmetric by their formulas, with a name or without: seen, and used in gradients."""

import numpy as np
import pytest
from reference import autograd_gradients
from support import text_of

from symgrad.calculus.symmetric import is_symmetric
from symgrad.graph import build_graph
from symgrad.notation.plain import plain
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.reading.problem import read_problem
from symgrad.solving import solve
from symgrad.tree import Name

SHAPES = {
    **{name: ["m", "n"] for name in "AB"},
    **{name: ["m", "m"] for name in "MPS"},
    **{name: ["m"] for name in "dy"},
    "e": ["n"],
    "c": [],
}
SIZES = {"m": 3, "n": 4}


def given_of(used):
    """Random numbers; S is symmetric."""
    draw = np.random.default_rng(2)
    given = {name: draw.uniform(0.2, 0.9, [SIZES[d] for d in SHAPES[name]]) for name in sorted(used)}
    if "S" in given:
        given["S"] = given["S"] + given["S"].T + 6 * np.eye(SIZES["m"])
    return given


SYMMETRIC = (
    *(
        "A @ A.T",
        "A.T @ A",
        "M + M.T",
        "M.T + M",
        "outer(y, y)",
        "diag(y)",
        "S",
        "S.T",
        "inv(S)",
        "-S",
        "S / c",
    ),
    *(
        "M @ S @ M.T",
        "M.T @ (S @ M)",
        "M.T @ inv(S) @ M",
        "A @ diag(e) @ A.T",
        "A * e @ A.T",
        "A @ (A / e).T",
    ),
    *("inv(A @ A.T)", "inv(c * (A @ A.T) + diag(d))", "A @ B.T + B @ A.T", "(A + B) @ (A + B).T"),
    *(
        "M @ P @ P.T @ M.T",
        "(c * A) @ A.T / 2",
        "exp(A @ A.T)",
        "S * (A @ A.T)",
        "S**2",
        "S @ S",
        "S @ M @ S.T @ M.T @ S",
    ),
    *(
        "inv(M) + inv(M.T)",
        "M + P + M.T + P.T",
        "S - outer(y, y) / 3",
        "outer(y, d) + outer(d, y)",
        "M * M.T",
    ),
)
NOT_SYMMETRIC = (
    *("M", "A @ B.T", "M @ M", "M - M.T", "M + M", "S @ M", "S + y", "S * y", "A * e @ B.T", "outer(y, d)"),
    *("M @ P @ M.T", "inv(M)", "S @ diag(y)", "M @ P @ M.T @ P.T", "S / y", "diag(y) * d + M", "M * P.T"),
)


def seen_and_true(formula):
    """Whether the matrix is seen to be its own transpose, and whether it is at random numbers."""
    text = text_of({"K": formula, "L": "sum(K)"})
    shapes = {name: SHAPES[name] for name in read_problem(text).leaves}
    graph = build_graph(read_problem(text_of({"K": formula, "L": "sum(K)"}, shapes=shapes)))
    point = {Name(name): value for name, value in given_of(shapes).items()}
    made = evaluate(graph.quantities["K"], Values(point, SIZES))
    return is_symmetric(graph.quantities["K"], {"S"}, graph.shape), np.allclose(made, made.T, rtol=1e-8)


@pytest.mark.parametrize("formula", SYMMETRIC)
def test_what_is_symmetric(formula):
    assert seen_and_true(formula) == (True, True)


@pytest.mark.parametrize("formula", NOT_SYMMETRIC)
def test_what_is_not(formula):
    assert seen_and_true(formula) == (False, False)


FORMS = [
    ("log(det(A @ A.T))", "A", "2 * (inv(A @ A.T) @ A)"),
    ("logdet(A @ A.T + c * S)", "A", "2 * (inv(A @ A.T + c * S) @ A)"),
    ("logdet(A * e @ A.T)", "A", "2 * (inv(A * e @ A.T) @ A * e)"),
    ("trace(inv(B @ B.T))", "B", "-(2 * (a1 @ (a1 @ B)))"),
    ("y @ inv(M + M.T) @ y", "y", "2 * (inv(M + M.T) @ y)"),
    ("y @ inv(M + M.T) @ y", "M", "-(2 * outer(inv(M + M.T) @ y, inv(M + M.T) @ y))"),
    ("logdet(outer(y, y) + diag(d))", "y", "2 * (inv(outer(y, y) + diag(d)) @ y)"),
    # nothing is said of what is none
    ("logdet(A @ B.T)", "A", "inv(A @ B.T).T @ B"),
    ("y @ inv(M + P) @ y", "y", "(inv(M + P) + inv(M + P).T) @ y"),
]


@pytest.mark.parametrize(("formula", "target", "form"), FORMS)
def test_the_gradient_knows_it(formula, target, form):
    leaves = read_problem(text_of({"L": formula})).leaves
    given, shapes = given_of(leaves), {name: SHAPES[name] for name in leaves}
    assumed = ["S.T == S"] if "S" in leaves else []
    text = text_of({"L": formula}, given, shapes=shapes, assume=assumed, backward={"wrt": [target]})
    solution = solve(read_problem(text))
    assert plain(solution.derivation.gradients[target].result) == form
    truth = autograd_gradients({"L": formula}, given, [target])[target]
    np.testing.assert_allclose(solution.run.gradients[target], truth, rtol=1e-8)


def test_what_the_step_rests_on_is_told():
    text = text_of({"L": "logdet(A @ A.T)"}, shapes={"A": ["m", "n"]}, backward={"wrt": ["A"]})
    derivation = solve(read_problem(text)).derivation
    assert [step.rule for step in derivation.gradients["A"].steps] == ["fact", "combined"]
    assert [tuple(map(plain, fact.formula())) for fact in derivation.facts] == [("(A @ A.T).T", "A @ A.T")]
    assert {step.proof for step in derivation.gradients["A"].steps} == {"identity"}

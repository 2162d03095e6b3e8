"""Formulas as plain text: what a problem file can hold reads back as itself."""

import pytest
from problems import random_problem
from support import solve, text_of

from symgrad.notation.plain import plain
from symgrad.reading.problem import read_problem
from symgrad.tree import (
    Cases,
    Condition,
    Delta,
    Entry,
    Gradient,
    Name,
    Number,
    Op,
    Partial,
    Prod,
    Total,
    number,
)

SUM = Total(Op("multiply", (Entry(Name("W"), ("k", "j")), Entry(Gradient("J", "v"), ("k",)))), "k")
CASES = Cases(((Name("x"), Condition("i", "=", "j")), (number(0), Condition("", "", ""))))
W, X, G = Name("W"), Name("x"), Gradient("J", "v")


@pytest.mark.parametrize("seed", range(60))
def test_what_is_written_reads_back(seed, parsed):
    for name, formula in read_problem(text_of(*random_problem(seed))).forward:
        assert parsed(plain(formula.formula)) == formula.formula, name


@pytest.mark.parametrize(
    "text",
    [
        "a - (b - c)",
        "a / (b * c)",
        "(a + b)**2",
        "(-a)**2",
        "-a**2",
        "2**-a",
        "(a @ b) * c",
        "a @ (b * c)",
        "(A + B).T @ x[1:3]",
        "X[:, 0] + X[1, -1]",
        "where(a < b, leaky_relu(a, slope=0.2), sum(X, axis=1, keepdims=True))",
        "conv2d(X, K, stride=2, padding=1) + maxpool2d(X, 2)",
        "concat(a, b, axis=0) + softmax(X, axis=1) + pi",
        "1 / 3 + 0.25 - -2",
    ],
)
def test_brackets_stand_where_they_must(text, parsed):
    assert parsed(plain(parsed(text))) == parsed(text)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (Op("multiply", (Op("transpose", (W,)), G)), "W.T * ∂J/∂v"),
        (Partial("o", "v"), "∂o/∂v"),
        (Op("multiply", (SUM, number(2))), "(Σ_k W[k, j] * ∂J/∂v[k]) * 2"),
        (Op("subtract", (Delta("i", "j"), Entry(X, ("j",)))), "δ_ij - x[j]"),
        (Prod(G, Partial("v", "W")), "prod(∂J/∂v, ∂v/∂W)"),
        (Op("prime", (X,), (("function", "relu"), ("position", 0))), "relu'(x)"),
        (Op("ones", (), (("shape", ("n", "m")),)), "ones(n, m)"),
        (Op("eye", (), (("size", "n"),)), "eye(n)"),
        (CASES, "x if i = j; 0 otherwise"),
        (Number(number(1).value / 3), "1/3"),
    ],
)  # fmt: skip
def test_what_no_file_holds(formula, text):
    assert plain(formula) == text


def test_functions_of_the_problem_by_their_names():
    solved = solve({"h": "f(x)", "L": "sum(h)"}, functions={"f(t)": "t * sigmoid(t)"})
    assert plain(solved.graph.quantities["h"]) == "f(x)"
    assert plain(solved.formula("x")) == "f'(x)"


def test_anything_else_is_refused():
    with pytest.raises(TypeError, match="not a formula"):
        plain("x")

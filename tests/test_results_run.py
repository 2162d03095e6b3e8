"""The run against a forward and backward pass written out in NumPy, without symgrad."""

import math

import numpy as np
import pytest

from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.results.run import program, run
from symgrad.tree import Gradient, Name

RANDOM = np.random.default_rng(12)
X, V, C = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(3, 4)), RANDOM.normal(size=4)
U = RANDOM.normal(size=(4, 2))
T = np.eye(2)[[0, 1, 1, 0, 1]]

BATCH = """
forward:
  A: X @ V + c
  G: tanh(A)
  Z: G @ U
  P: softmax(Z, axis=1)
  L: -sum(T * log(P)) / 5
data: [X, T]
"""


def solved(text, **given):
    lines = [f"  {name}: {np.asarray(value).tolist()}" for name, value in given.items()]
    return solve(read_problem("\n".join([text, *(["given:"] if lines else []), *lines])))


def by_hand():
    """The batch problem: (quantities, gradients), each line from the textbook."""
    a = X @ V + C
    g = np.tanh(a)
    scores = np.exp(g @ U)
    p = scores / scores.sum(axis=1, keepdims=True)
    loss = -(T * np.log(p)).sum() / 5
    z_slope = (p - T) / 5
    g_slope = z_slope @ U.T
    a_slope = g_slope * (1 - g**2)
    slopes = {
        "Z": z_slope,
        "U": g.T @ z_slope,
        "G": g_slope,
        "A": a_slope,
        "V": X.T @ a_slope,
        "c": a_slope.sum(axis=0),
    }
    return {"A": a, "G": g, "P": p, "L": loss}, slopes


def test_quantities_and_gradients_of_a_batch():
    found = solved(BATCH, X=X, V=V, c=C, U=U, T=T).run
    quantities, slopes = by_hand()
    assert list(found.quantities) == ["A", "G", "Z", "P", "L"]
    for name, expected in quantities.items():
        np.testing.assert_allclose(found.quantities[name], expected, rtol=1e-12)
    for name, expected in slopes.items():
        np.testing.assert_allclose(found.gradients[name], expected, rtol=1e-10)
        assert found.gradients[name].shape == np.shape(expected)
    assert found.gradients["L"] == 1
    assert found.nonfinite == ()


def test_only_what_the_givens_reach_has_a_value():
    found = solved("forward: {u: x**2, v: u @ w, L: v + sum(exp(x))}", x=[1, 2]).run
    assert found.quantities.keys() == {"u"}
    # ∂L/∂x needs w, ∂L/∂w needs x alone.
    assert found.gradients.keys() == {"L", "v", "w"}
    np.testing.assert_array_equal(found.gradients["w"], [1, 4])


def test_without_givens_there_are_constants_only():
    found = solved("forward: {s: x + y, L: sum(s)}").run
    assert found.quantities == {}
    assert found.gradients == {"L": 1}


@pytest.mark.parametrize(
    ("formula", "shape", "value"),
    [("sum(x)", (3,), 1), ("mean(X)", (2, 4), 1 / 8), ("sum(mean(X, axis=0))", (2, 4), 1 / 2)],
)
def test_a_constant_gradient_has_the_shape_of_its_variable(formula, shape, value):
    leaf = "X" if "X" in formula else "x"
    found = solved(f"forward: {{L: '{formula}'}}", **{leaf: np.zeros(shape)}).run
    np.testing.assert_array_equal(found.gradients[leaf], np.full(shape, value))


def test_a_size_without_a_number_leaves_the_value_open():
    text = "forward: {m: sum(x) / n, L: m * a}\nshapes: {x: [n]}\n"
    assert solved(text, a=2).run.gradients.keys() == {"L", "m"}
    np.testing.assert_array_equal(solved(text, a=2, x=[1, 2, 3, 6]).run.gradients["x"], [0.5] * 4)


def test_what_is_not_finite_is_told_by_its_first_entry():
    found = solved("forward: {l: log(p), L: sum(l)}", p=[[1, 2], [0, 0]]).run
    told = {(entry.kind, entry.name): (entry.index, entry.value) for entry in found.nonfinite}
    assert told == {
        ("quantity", "l"): ((1, 0), -math.inf),
        ("quantity", "L"): ((), -math.inf),
        ("gradient", "p"): ((1, 0), math.inf),
    }


def test_a_program_may_be_cut_to_what_a_target_rests_on():
    solution = solved(BATCH, X=X, V=V, c=C, U=U, T=T)
    whole = program(solution.graph, solution.derivation, solution.problem.given)
    forward = whole.only([Name("G")])
    assert [line.target for line in forward.lines] == [Name("A"), Name("G")]
    needed = {line.target for line in whole.only([Gradient("L", "V")]).lines}
    assert Gradient("L", "A") in needed
    assert not {Name("L"), Gradient("L", "U")} & needed


def test_other_givens_of_the_same_shapes():
    solution = solved(BATCH, X=X, V=V, c=C, U=U, T=T)
    moved = run(solution.graph, solution.derivation, {**solution.problem.given, "c": C + 1})
    np.testing.assert_allclose(moved.quantities["A"], X @ V + C + 1)


@pytest.mark.parametrize(
    ("body", "slope"), [("t * tanh(log(1 + exp(t)))", [1, 0]), ("1 / (1 + exp(-t))", [0, 0])]
)
def test_functions_of_the_problem_far_out(body, slope):
    """Floats overflow on the way to these derivatives, whose values are plain."""
    text = f"forward: {{h: f(x), L: sum(h)}}\nfunctions: {{f(t): '{body}'}}"
    np.testing.assert_array_equal(solved(text, x=[800, -800]).run.gradients["x"], slope)

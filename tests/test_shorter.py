"""Gradients in the form a person would write: what is written, and that it is the same gradient.

The values are compared with autograd's, which knows nothing of any form.
"""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from reference import autograd_gradients
from support import solve, text_of

from symgrad.calculus.cost import cost
from symgrad.calculus.index import Index, atom, multiply, power
from symgrad.calculus.shorter import Definitions
from symgrad.calculus.steps import Step
from symgrad.calculus.terms import Cell
from symgrad.calculus.verify_named import verify_named
from symgrad.calculus.worlds import Worlds
from symgrad.errors import DerivationError
from symgrad.graph import build_graph
from symgrad.notation.plain import plain
from symgrad.reading.problem import read_problem
from symgrad.solving import solve as symgrad_solve
from symgrad.tree import Name, Op, number

NORMALISED = {"y": "(x - mean(x)) / std(x)", "L": "dot(g, y)"}
FORMS = [
    # what has a name is written by it
    (NORMALISED, "x", "(∂L/∂y - mean(∂L/∂y * y) * y - mean(∂L/∂y)) / std(x)"),
    ({"u": "x / norm(x)", "L": "dot(g, u)"}, "x", "(∂L/∂u - dot(∂L/∂u, u) * u) / norm(x)"),
    ({"k": "exp(-(a - b)**2 / w)"}, "a", "-(2 * k * (a - b) / w)"),
    ({"f": "1 / (1 + exp(-(a * b)))"}, "a", "b * f * (1 - f)"),
    ({"f": "(a + b) / (a - b)"}, "a", "(1 - f) / (a - b)"),
    # fractions are cancelled, signs and denominators as they are read
    ({"f": "log(a / (1 - a))"}, "a", "1 / (a * (1 - a))"),
    ({"L": "sum(g * log(g / x))"}, "x", "-(g / x)"),
    ({"f": "-(a - b)**2 / 2"}, "a", "b - a"),
    # what exponentials make up
    ({"L": "sum(log(1 + exp(x)))"}, "x", "sigmoid(x)"),
    ({"L": "sum(log((exp(x) + exp(-x)) / 2))"}, "x", "tanh(x)"),
    ({"L": "log(mean(exp(a * x))) / a"}, "x", "softmax(a * x)"),
    ({"L": "log(exp(a) + exp(b) + 1) - a"}, "b", "exp(b) / (exp(a) + exp(b) + 1)"),
    ({"s": "log(exp(a + b) + exp(w))", "L": "s * s"}, "w", "∂L/∂s * exp(w) / exp(s)"),
    ({"f": "a * exp(-(a**2) / (2 * b**2))"}, "b", "a**2 * f / b**3"),
    # powers of one base, signs over what they are the signs of
    ({"f": "a**a"}, "a", "f * (log(a) + 1)"),
    ({"L": "sum((x / a)**b)"}, "a", "-(L * b / a)"),
    ({"L": "-log(abs(a))"}, "a", "-(1 / a)"),
    # a square in the denominator, a common matrix, a difference that has a name inside a product
    ({"L": "a**2 / (a**2 + b**2)"}, "a", "2 * a * b**2 / (a**2 + b**2)**2"),
    ({"L": "dot(g, M @ x) + dot(y, M @ x) * a"}, "x", "M.T @ (g + a * y)"),
    ({"u": "M @ (x - y)", "L": "dot(u, u)**2 * a"}, "M", "outer(∂L/∂u, x - y)"),
    # what cancels inside a sum, deviations from a mean, twice an angle
    ({"p": "sigmoid(a * x + b)", "L": "-sum(y * log(p) + (1 - y) * log(1 - p))"}, "b", "sum(p - y)"),
    ({"q": "x - mean(x)", "L": "dot(g, q)**2"}, "x", "∂L/∂q - mean(∂L/∂q)"),
    ({"L": "sum(sin(x)**2)"}, "x", "sin(2 * x)"),
    ({"L": "sum(log(cosh(x)))"}, "x", "tanh(x)"),
    ({"y": "cosh(x)", "L": "sum(log(y))"}, "x", "tanh(x)"),
    ({"f": "arctan(a**2)"}, "a", "2 * a / (a**4 + 1)"),
    ({"f": "(1 + erf(a / sqrt(2))) / 2"}, "a", "exp(-(a**2 / 2)) / sqrt(2 * pi)"),
    # within bounds: one indicator, of the name itself
    ({"L": "dot(g, maximum(minimum(x, 1), -1))"}, "x", "g * between'(x, -1, 1)"),
    ({"L": "dot(g, clip(x / 5 + 0.5, 0, 1))"}, "x", "g * clip'(x, -2.5, 2.5) / 5"),
    ({"L": "dot(g, clip(1 - 2 * x, 0, 1))"}, "x", "-(2 * (g * clip'(x, 0, 0.5)))"),
    # the identity and ones as a person uses them
    ({"L": "trace(M + a * eye(4)) + sum(M * ones(4, 4))"}, "M", "eye(n) + ones(n, n)"),
    ({"C": "M + a * eye(4)", "L": "sum(C**2)"}, "a", "trace(∂L/∂C)"),
    # a kink times what it is the kink of
    ({"L": "sum(relu(x)**2) / 2"}, "x", "relu(x)"),
    ({"L": "sum(x * abs(x))"}, "x", "2 * abs(x)"),
    # a product of sums, sums of one factor, a matrix and its transpose, a choice
    (
        {"f": "a * tanh(log(1 + exp(a)))"},
        "a",
        "a * sigmoid(a) * (1 - tanh(log(1 + exp(a)))**2) + tanh(log(1 + exp(a)))",
    ),
    ({"L": "a * dot(g, x) - a * dot(g, y)"}, "a", "dot(g, x - y)"),
    ({"L": "x @ M @ x"}, "x", "(M + M.T) @ x"),
    ({"L": "sum(where(x > b, x**2, a * x))"}, "x", "where(x > b, 2 * x, a)"),
    ({"L": "sum(where(abs(x) <= 0.5, x**2 / 2, (abs(x) - 0.25) / 2))"}, "x", "clip(x, -0.5, 0.5)"),
]
SHAPES = {"x": ["n"], "y": ["n"], "g": ["n"], "M": ["n", "n"], "a": [], "b": [], "w": []}


def problem_of(forward, target):
    """The problem with random numbers for its leaves, towards one target."""
    used = {name for formula in forward.values() for name in re.findall(r"\b[a-zA-Z]\b", formula)}
    shapes = {name: shape for name, shape in SHAPES.items() if name in used and name not in forward}
    draw = np.random.default_rng(3)
    sizes = {"n": 4}
    given = {name: draw.uniform(0.2, 0.8, [sizes[d] for d in shape]) for name, shape in shapes.items()}
    backward = {"of": list(forward)[-1], "wrt": [target]}
    return solve(forward, given, shapes=shapes, backward=backward), given


@pytest.mark.parametrize(("forward", "target", "form"), FORMS)
def test_a_gradient_is_written_so(forward, target, form):
    found, given = problem_of(forward, target)
    assert plain(found.formula(target)) == form
    truth = autograd_gradients(forward, given, [target])[target]
    np.testing.assert_allclose(found.gradients()[target], truth, rtol=1e-9)


@pytest.mark.parametrize(("forward", "target", "form"), FORMS)
def test_a_name_for_what_is_written_inline_changes_no_gradient(forward, target, form):
    last = list(forward)[-1]
    named = {**{k: v for k, v in forward.items() if k != last}, "whole": forward[last], last: "whole * 1"}
    found, _ = problem_of(forward, target)
    other, _ = problem_of(named, target)
    np.testing.assert_allclose(found.gradients()[target], other.gradients()[target], rtol=1e-9)


@pytest.mark.parametrize(
    ("forward", "target"),
    [
        ({"J": "cos(sigmoid(a) * x * sum(sigmoid(a) * x, axis=0, keepdims=True)) @ y"}, "x"),
        ({"J": "sum(sinh(sigmoid(a * M * eye(4))**1.5 / 2))"}, "M"),
        ({"J": "sum(diag(abs(maximum(Q, M) - min(maximum(Q, M), axis=-1, keepdims=True))) * x)"}, "Q"),
    ],
)
def test_what_is_put_in_under_a_sum_keeps_its_places(forward, target):
    """The index of a sum inside a function is not that of the sum around it; Q_rj is not Q_jj."""
    draw = np.random.default_rng(5)
    shapes = {"a": (), "x": (4,), "y": (4,), "M": (4, 4), "Q": (1, 4)}
    used = set(re.findall(r"\b[a-zA-Z]\b", forward["J"]))
    given = {name: draw.uniform(-1, 1, shape) for name, shape in shapes.items() if name in used}
    found = solve(forward, given, backward={"of": "J", "wrt": [target]})
    truth = autograd_gradients(forward, given, [target])[target]
    np.testing.assert_allclose(found.gradients()[target], truth, rtol=1e-9)


def test_a_shorter_form_is_a_step_with_what_it_rests_on():
    found, _ = problem_of(NORMALISED, "x")
    (step,) = [step for step in found.derivation.gradients["x"].steps if step.rule == "named"]
    assert [plain(left) for left, _ in step.by] == ["y"]
    assert cost(step.after) < cost(step.before)
    assert step.proof in ("identity", "numeric")


def test_a_form_divides_by_nothing_new():
    """a = z σ(z): its derivative is not written with a/z, which has no value at z = 0."""
    found = solve({"a": "z * sigmoid(z)", "L": "sum(a)"}, {"z": [0.0, 0.5, -2.0]})
    z = np.array([0.0, 0.5, -2.0])
    s = 1 / (1 + np.exp(-z))
    np.testing.assert_allclose(found.gradients()["z"], s + z * s * (1 - s), rtol=1e-12)


@pytest.mark.parametrize(
    ("forward", "wrong"),
    [
        (NORMALISED, Op("divide", (Name("y"), number(2)))),
        ({"y": "x**2", "L": "dot(g, y)"}, Op("multiply", (Name("y"), Name("g")))),
    ],
)
def test_a_wrong_form_is_refused(forward, wrong):
    found, _ = problem_of(forward, "x")
    step = Step("x", "named", found.formula("x"), wrong, by=((Name("y"), found.graph.quantities["y"]),))
    with pytest.raises(DerivationError, match="named"):
        verify_named(Worlds(found.graph, ()), step, found.derivation.gradients, (Index("in0", "n"),))


def test_a_definition_is_put_in_where_its_right_side_stands():
    """x/‖x‖ is u."""
    found, _ = problem_of({"u": "x / norm(x)", "L": "dot(g, u)"}, "x")
    i = Index("in0", "n")
    poly = multiply(atom(Cell(Name("x"), (i,))), power(atom(Cell(Op("norm", (Name("x"),)))), -1))
    relations = Definitions(found.graph)._said(Name("u"), found.graph.quantities["u"])
    replaced = [r.replaced(poly) for r in relations]
    assert atom(Cell(Name("u"), (i,))) in replaced


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_form_does_not_depend_on_the_order_of_sets(seed):
    """Another process hashes strings in another way."""
    forward = {"f": "a / 2 * (1 + tanh(b * (a + w * a**3)))"}
    code = f"import symgrad as sg; s = sg.solve(sg.problem(forward={forward!r})); print(s.gradients['a'])"
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
    )
    assert found.stdout.split(" = ")[1].strip() == plain(problem_of(forward, "a")[0].formula("a"))


def test_sums_over_a_flattened_matrix_are_not_taken_for_products():
    given = {"M": np.arange(4.0).reshape(2, 2) / 3, "z": [1.0, 0.0, 1.0, 0.0], "w": [0.3, -0.2, 0.5, 0.1]}
    forward = {"L": "logsumexp(where(z == 0, flatten(M) * w, flatten(M)))"}
    found = solve(forward, given, backward={"wrt": ["M"]})
    chosen = np.where(np.array(given["z"]) == 0, given["w"], 1.0)
    values = np.exp(given["M"].ravel() * chosen)
    np.testing.assert_allclose(found.gradients()["M"].ravel(), values / values.sum() * chosen, rtol=1e-12)


@pytest.mark.parametrize(
    ("definition", "assumed"),
    [
        ("exp(y) / sum(exp(y))", []),
        ("y / sum(y)", []),
        ("(1 - a) * y + a / n", ["sum(y) == 1"]),
        ("2 * (y - mean(y)) + y", ["sum(y) == 1"]),
    ],
)
def test_what_a_quantity_sums_to_is_seen_in_its_formula(definition, assumed):
    """∂L/∂z = q̂ Σ q − q with Σ q = 1 for the cross-entropy of any q that sums to 1."""
    forward = {"q": definition, "L": "logsumexp(z) * sum(q) - dot(q, z)"}
    text = text_of(forward, shapes={"a": [], "y": ["n"], "z": ["n"]}, assume=assumed, backward={"wrt": ["z"]})
    solution = symgrad_solve(read_problem(text))
    assert plain(solution.derivation.gradients["z"].result) == "softmax(z) - q"


def test_a_path_through_a_condition_alone_leaves_no_zero():
    forward = {"w": "where(x > 0, b, 1 - b)", "L": "sum(w * x**2) / 2"}
    found, _ = problem_of(forward, "x")
    assert plain(found.formula("x")) == "w * x"


@pytest.mark.parametrize("hinge", ["maximum(0, x)", "maximum(0, x - g)", "relu(x)"])
def test_the_gradient_of_a_squared_hinge_is_the_hinge(hinge):
    forward = {"h": hinge, "L": "sum(h**2) / 2"}
    found, given = problem_of(forward, "x")
    assert plain(found.formula("x")) == "h"
    truth = autograd_gradients(forward, given, ["x"])["x"]
    np.testing.assert_allclose(found.gradients()["x"], truth)


def gain(last):
    """A recurrence whose parameter s stands in every step: p/(p + s) of a filter."""
    lines = {}
    for t in range(1, last + 1):
        lines[f"K{t}"] = f"P{t - 1} / (P{t - 1} + s)"
        lines[f"P{t}"] = f"(1 - K{t}) * P{t - 1}"
    return lines


SCALARS = {"P0": [], "s": []}


def test_what_other_steps_make_of_a_parameter_is_not_looked_at():
    form = multiply(atom(Cell(Name("s"))), power(atom(Cell(Op("add", (Name("P1"), Name("s"))))), -1))
    looked = []
    for last in (2, 12):
        graph = build_graph(read_problem(text_of(gain(last), shapes=SCALARS)))
        looked.append([said.left for said in Definitions(graph)._relations(form)])
    assert looked[0] == looked[1]


def test_the_gradient_of_a_gain_is_written_with_the_gain():
    found = solve(gain(2), shapes=SCALARS, backward={"of": "P2", "wrt": ["P1"]})
    assert plain(found.formula("P1")) == "(1 - K2)**2"

"""The JSON: its keys to the letter, full precision, and nothing that JSON does not have."""

import json
from pathlib import Path

import numpy as np
import pytest

from symgrad.maths.latex import latex
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits
from symgrad.notation.setting import context_of
from symgrad.pipeline import solve
from symgrad.reading.problem import load_problem, read_problem
from symgrad.writing.json import to_json

DATA = Path(__file__).parent / "data"


def no_constant(name):
    raise AssertionError(f"{name} is not JSON")


def as_json(problem):
    solution = solve(problem)
    context = context_of(solution.graph, problem, "prod", Digits())
    text = to_json(solution, lambda formula: latex(to_maths(formula, context)))
    return json.loads(text, parse_constant=no_constant)


@pytest.fixture(scope="module")
def two_layers():
    return as_json(load_problem(DATA / "two_layers.yaml"))


def test_the_keys(two_layers):
    assert list(two_layers) == ["symgrad", "title", "quantities", "gradients", "steps", "training"]
    assert two_layers["symgrad"] == 1
    assert two_layers["title"] == "Two layers & decay"
    for quantity in two_layers["quantities"].values():
        assert list(quantity) == ["shape", "latex", "formula", "value"]
    for gradient in two_layers["gradients"].values():
        assert list(gradient) == ["of", "shape", "latex", "value"]
    for step in two_layers["steps"]:
        assert list(step) == ["target", "rule", "before", "after", "shapes", "proof"]
        assert all(isinstance(step[key], str) and step[key] for key in ("target", "rule", "before", "after"))
    *steps, last = two_layers["training"]
    for entry in steps:
        assert list(entry) == ["step", "quantities", "gradients", "updated"]
    assert list(last) == ["step", "quantities"]


def test_quantities_are_the_forward_ones_as_the_user_wrote_them(two_layers):
    quantities = two_layers["quantities"]
    assert list(quantities) == ["a", "g", "z", "p", "E", "R", "C"]
    assert quantities["a"]["formula"] == "V @ x + c"
    assert quantities["a"]["latex"] == r"\vec{a}"
    assert quantities["z"]["shape"] == [3]
    assert quantities["C"]["shape"] == []


def test_values_are_full_doubles(two_layers):
    a = np.array([[0.2, -0.4], [0.7, 0.1]]) @ [0.5, -1.5] + [0.05, -0.1]
    np.testing.assert_allclose(two_layers["quantities"]["g"]["value"], np.tanh(a), rtol=1e-15)
    assert two_layers["quantities"]["R"]["value"] == pytest.approx(0.0139, rel=1e-15)


def test_gradients_of_all_between(two_layers):
    gradients = two_layers["gradients"]
    assert gradients.keys() == {"C", "R", "E", "p", "z", "g", "a", "U", "V", "c"}
    assert {gradient["of"] for gradient in gradients.values()} == {"C"}
    assert gradients["C"]["value"] == 1
    assert gradients["z"]["latex"] == r"\vec{p} - \vec{t}"
    assert np.shape(gradients["U"]["value"]) == tuple(gradients["U"]["shape"]) == (3, 2)


def test_every_gradient_is_reached_by_a_step(two_layers):
    steps = two_layers["steps"]
    assert {step["target"] for step in steps} == two_layers["gradients"].keys()
    assert {step["proof"] for step in steps} <= {"identity", "numeric", "definition"}
    shapes = next(step["shapes"] for step in steps if step["target"] == "V")
    assert shapes["V"] == [2, 2]


def test_a_gradient_that_vanishes_is_zeros():
    text = "forward: {L: a**2, M: sum(b)}\nbackward: {of: L, wrt: [a, b]}\ngiven: {a: 3, b: [1, 2]}"
    gradients = as_json(read_problem(text))["gradients"]
    assert gradients["b"]["value"] == [0, 0]
    assert gradients["a"]["value"] == 6


def test_without_numbers_shapes_are_names_and_values_are_left_out():
    found = as_json(load_problem(DATA / "partly_given.yaml"))
    assert found["quantities"]["d"]["value"] == [2, -1, -1]
    assert found["quantities"]["u"]["shape"] == ["k"]
    assert "value" not in found["quantities"]["u"]
    assert found["gradients"]["W"]["shape"] == ["k", 3]
    assert "value" not in found["gradients"]["W"]
    assert found["training"] == []


def test_what_is_not_finite_is_null():
    found = as_json(load_problem(DATA / "log_of_zero.yaml"))
    assert found["quantities"]["l"]["value"] == [0, None, None]
    assert found["quantities"]["L"]["value"] is None


def test_names_of_our_own_making_stay_out_of_values():
    text = "forward: {p: softmax(A @ w), L: log(p) @ p}\ngiven: {A: [[1, 2], [3, 4]], w: [1, 0]}\n"
    found = as_json(read_problem(text + "update: {rate: 1, parameters: [w]}"))
    assert list(found["quantities"]) == ["p", "L"]
    assert found["gradients"].keys() == {"L", "p", "w"}
    for entry in found["training"]:
        assert list(entry["quantities"]) == ["p", "L"]
    assert found["training"][0]["gradients"].keys() == {"L", "p", "w"}


def test_the_numbers_of_training(two_layers):
    first = two_layers["training"][0]
    assert first["quantities"].keys() == two_layers["quantities"].keys()
    assert first["gradients"].keys() == two_layers["gradients"].keys()
    assert first["quantities"]["C"] == two_layers["quantities"]["C"]["value"]
    moved = np.array([0.05, -0.1]) - 0.5 * np.array(first["gradients"]["c"])
    np.testing.assert_allclose(first["updated"]["c"], moved, rtol=1e-15)
    assert [entry["step"] for entry in two_layers["training"]] == [1, 2, 3, 4]

"""Where the exact result is 0, floats leave 5.6e-17; what is small by itself stays as it is."""

import re

import numpy as np
import pytest
from support import text_of

from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, Rendering, look_of

LINE = {"p": "w * x + b", "e": "p - y", "L": "e**2 / 2"}
LINE_GIVEN = {"w": 0.1, "x": 3, "b": 0, "y": 0.3}
SQUARES = {"z": "X @ w - y", "L": "sum(z**2)"}
SQUARES_GIVEN = {"X": [[0.1, 0.2], [0.7, -0.1]], "w": [3, 1], "y": [0.5, 2.0]}
KINK = {"z": "w * x - 0.3", "L": "relu(z) + 2 * z"}


def solved(forward, given, **sections):
    return solve(read_problem(text_of(forward, given, **sections)))


@pytest.mark.parametrize(
    ("forward", "given", "zeros"),
    [
        (LINE, LINE_GIVEN, ["e", "L", "dw", "dp"]),
        (SQUARES, SQUARES_GIVEN, ["z", "L", "dw"]),
        ({"L": "(w * x - y)**2"}, {"w": 0.1, "x": 3, "y": 0.3}, ["L", "dw", "dx"]),
        ({"d": "a + b - c", "L": "d"}, {"a": 0.1, "b": 0.2, "c": 0.3}, ["d"]),
        ({"d": "x / 3 - y", "L": "3 * d"}, {"x": 0.3, "y": 0.1}, ["d", "L"]),
        ({"d": "sum(x) - 0.6", "L": "d * k"}, {"x": [0.1, 0.2, 0.3], "k": 7}, ["d", "L", "dk"]),
        ({"d": "sqrt(x)**2 - x", "L": "d"}, {"x": 2}, ["d"]),
        ({"L": "sin(pi * x)"}, {"x": 1}, ["L"]),
        ({"L": "sin(pi * x / 2)"}, {"x": 1}, ["dx"]),
        ({"L": "log(a / b)"}, {"a": 0.3, "b": 0.3}, ["L"]),
        ({"u": "w @ x", "L": "tanh(u)"}, {"w": [0.1, -0.3], "x": [3, 1]}, ["u", "L"]),
    ],
)
def test_what_is_exactly_nothing_is_0(forward, given, zeros):
    run = solved(forward, given).run
    found = {**run.quantities, **{f"d{name}": array for name, array in run.gradients.items()}}
    for name in zeros:
        assert np.any(found[name] == 0), name
    assert all(not np.any((array != 0) & (np.abs(array) < 1e-12)) for array in found.values())


@pytest.mark.parametrize("function", ["relu", "abs", "leaky_relu"])
def test_a_kink_is_met_exactly(function):
    """At 0 the derivative of relu and abs is 0, that of leaky_relu its slope: not that of 5.6e-17."""
    slope = {"relu": 0, "abs": 0, "leaky_relu": 0.01}[function]
    named = {"z": "w * x - 0.3", "L": f"{function}(z) + 2 * z"}
    for forward in (named, {"L": f"{function}(w * x - 0.3) + 2 * w * x"}):
        gradient = solved(forward, {"w": 0.1, "x": 3}).run.gradients["w"]
        assert gradient == pytest.approx((slope + 2) * 3, abs=1e-12)


@pytest.mark.parametrize(
    ("forward", "given", "expected"),
    [
        ({"L": "exp(-x)"}, {"x": 40}, np.exp(-40)),
        ({"L": "x**2 / 2"}, {"x": 1e-30}, 5e-61),
        ({"L": "x - y"}, {"x": 1.000000000001, "y": 1}, 1e-12),
        ({"L": "a * b"}, {"a": 1e-20, "b": 1e-25}, 1e-45),
        ({"p": "softmax(z)", "L": "p[0]"}, {"z": [0, 50]}, 1 / (1 + np.exp(50))),
    ],
)
def test_what_is_small_stays(forward, given, expected):
    assert solved(forward, given).run.quantities["L"] == pytest.approx(expected, rel=1e-9, abs=0)


def test_training_stays_where_the_gradient_is_nothing():
    update = {"rate": 0.1, "parameters": ["w", "b"], "steps": 3}
    training = solved(LINE, LINE_GIVEN, update=update).training
    assert training.losses.tolist() == [0, 0, 0, 0]
    assert all(entry.updated["w"] == 0.1 for entry in training.steps[:-1])


def test_training_that_comes_to_rest():
    """w goes 0.5, 0.3: at the second step w x − y is 0.1 · 3 − 0.3 in decimals, and nothing moves."""
    update = {"rate": 0.5, "parameters": ["w"], "steps": 3}
    forward, given = {"e": "w * x - y", "L": "e**2"}, {"w": 0.5, "x": 1, "y": 0.3}
    training = solved(forward, given, update=update).training
    assert [entry.quantities["e"].item() for entry in training.steps] == [0.2, 0, 0, 0]
    assert [entry.updated["w"].item() for entry in training.steps[:-1]] == [0.3, 0.3, 0.3]


@pytest.mark.parametrize(
    ("forward", "given", "sections"),
    [
        (LINE, LINE_GIVEN, {"update": {"rate": 0.1, "parameters": ["w", "b"], "steps": 2}}),
        (SQUARES, SQUARES_GIVEN, {}),
        (KINK, {"w": 0.1, "x": 3}, {}),
        ({"L": "(0.1 * x - 0.3) * k + 5"}, {"x": 3, "k": 2}, {}),
        ({"L": "(x - sum(y))**2 + x"}, {"x": 0.6, "y": [0.1, 0.2, 0.3]}, {}),
        ({"L": "(x / 3 - y)**2 + x"}, {"x": 1, "y": 0.3333333333333333}, {}),
    ],
)
@pytest.mark.parametrize("style", ["lab", "practical"])
def test_no_report_shows_what_rounding_left(forward, given, sections, style):
    solution = solved(forward, given, **sections)
    text = Rendering(solution, look_of(solution.problem, Choices(style=style))).md().decode()
    assert not re.findall(r"10\^\{-\d+\}", text)


def test_many_numbers_are_left_to_floats():
    forward = {"d": "x - y", "L": "sum(d**2)"}
    given = {"x": [0.3] * 3000, "y": [0.1 + 0.2] * 3000}
    assert np.all(solved(forward, given).run.quantities["d"] != 0)

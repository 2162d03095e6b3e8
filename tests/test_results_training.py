"""Gradient descent against loops written out in NumPy."""

from pathlib import Path

import numpy as np
import pytest

from symgrad.errors import InputError
from symgrad.pipeline import solve
from symgrad.reading.problem import load_problem, read_problem

DATA = Path(__file__).parent / "data"

PARABOLA = "forward: {L: w**2 / 2}\ngiven: {w: 8, eta: 0.5}\n"


def trained(update):
    return solve(read_problem(PARABOLA + f"update: {update}")).training


def by_hand(steps):
    """The two layers of the data file: the parameters after each step, and the cost before it."""
    x, t, rate = np.array([0.5, -1.5]), np.array([0, 1, 0]), 0.5
    v, c = np.array([[0.2, -0.4], [0.7, 0.1]]), np.array([0.05, -0.1])
    u = np.array([[0.3, -0.2], [0.6, 0.5], [-0.1, 0.8]])
    for _ in range(steps):
        g = np.tanh(v @ x + c)
        scores = np.exp(u @ g)
        p = scores / scores.sum()
        cost = -np.log(p[1]) + 0.01 * (u**2).sum()
        back = (u.T @ (p - t)) * (1 - g**2)
        u = u - rate * (np.outer(p - t, g) + 0.02 * u)
        v, c = v - rate * np.outer(back, x), c - rate * back
        yield {"U": u, "V": v, "c": c}, cost


def test_all_parameters_move_at_once():
    *steps, last = solve(load_problem(DATA / "two_layers.yaml")).training.steps
    for number, (entry, (parameters, cost)) in enumerate(zip(steps, by_hand(3), strict=True), start=1):
        assert entry.step == number
        np.testing.assert_allclose(entry.quantities["C"], cost, rtol=1e-12)
        for name, expected in parameters.items():
            np.testing.assert_allclose(entry.updated[name], expected, rtol=1e-12)
    assert last.step == 4
    np.testing.assert_allclose(last.quantities["C"], [*by_hand(4)][-1][1], rtol=1e-12)
    assert not last.gradients
    assert not last.updated


@pytest.mark.parametrize(
    ("update", "shown"),
    [
        ("{rate: 0.5, parameters: [w], steps: 10}", [*range(1, 11), 11]),
        ("{rate: 0.5, parameters: [w], steps: 11}", [1, 2, 3, 11, 12]),
        ("{rate: 0.5, parameters: [w], steps: 40, show: [7, 2]}", [2, 7, 41]),
    ],
)
def test_which_steps_are_kept(update, shown):
    entries = trained(update).steps
    assert [entry.step for entry in entries] == shown
    for entry in entries:
        assert entry.quantities["L"] == (8 * 0.5 ** (entry.step - 1)) ** 2 / 2


def test_the_rate_may_be_a_given():
    training = trained("{rate: eta, parameters: [w]}")
    assert training.rate == 0.5
    assert training.steps[0].updated["w"] == 4


def test_thousands_of_steps():
    entries = trained("{rate: 0.001, parameters: [w], steps: 10000}").steps
    assert entries[-1].quantities["L"] == pytest.approx((8 * 0.999**10000) ** 2 / 2)


ONLINE = """
forward:
  u: W @ x + b
  h: tanh(u)
  L: sum((h - y)**2) / 2
given: {W: [[0.1, 0.2], [0.3, -0.4]], b: [0.1, 0], %s}
update: {rate: 0.5, parameters: [W, b], steps: %d, show: [2, 5], each: [%s]}
"""


def online_by_hand(points, steps):
    """The loss at each step's data before its update, and the parameters after it."""
    w, b = np.array([[0.1, 0.2], [0.3, -0.4]]), np.array([0.1, 0])
    for step in range(steps + 1):
        x, y = (np.array(part) for part in points[step % len(points)])
        h = np.tanh(w @ x + b)
        back = (h - y) * (1 - h**2)
        w, b = w - 0.5 * np.outer(back, x), b - 0.5 * back
        yield ((h - y) ** 2).sum() / 2, {"W": w, "b": b}


@pytest.mark.parametrize(
    ("given", "each", "points"),
    [
        (  # what is given twice counts at each step; what an entry leaves out is as given
            "x: [9, 9], y: [0, 1]",
            "{x: [1, 0]}, {x: [0.5, 2], y: [1, 0]}, {}",
            [([1, 0], [0, 1]), ([0.5, 2], [1, 0]), ([9, 9], [0, 1])],
        ),
        (
            "x: [1, 2]",
            "{y: [0, 1]}, {y: [1, 0]}",
            [([1, 2], [0, 1]), ([1, 2], [1, 0])],
        ),
    ],
)
def test_other_data_at_each_step(given, each, points):
    training = solve(read_problem(ONLINE % (given, 7, each))).training
    expected = list(online_by_hand(points, 7))
    np.testing.assert_allclose(training.losses, [loss for loss, _ in expected], rtol=1e-12)
    second, fifth, last = training.steps
    assert (second.step, fifth.step, last.step) == (2, 5, 8)
    for entry in (second, fifth):
        loss, parameters = expected[entry.step - 1]
        np.testing.assert_allclose(entry.quantities["L"], loss, rtol=1e-12)
        for name, array in parameters.items():
            np.testing.assert_allclose(entry.updated[name], array, rtol=1e-12)
    np.testing.assert_allclose(last.quantities["L"], expected[-1][0], rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "each"), [("x: [1, 0], y: [0, 1]", "{x: [5, 5]}"), ("y: [0, 1]", "{x: [1, 0]}, {x: [5, 5]}")]
)
def test_the_first_pass_is_at_the_givens_and_else_at_the_first_data(given, each):
    first = solve(read_problem(ONLINE % (given, 5, each))).run
    np.testing.assert_allclose(first.quantities["u"], [0.2, 0.3])


CROSS_ENTROPY = """
forward: {z: W @ x, p: softmax(z), L: -sum(y * log(p))}
given: {W: [[0.1, 0.2], [0.3, -0.4], [0.5, 0.1]], x: [1, 2], y: [0, 1, 0]}
update: {rate: 0.5, parameters: [W], steps: 2, each: [{}, {y: %s}]}
"""


def test_a_fact_must_hold_for_the_data_of_every_step():
    (fact,) = solve(read_problem(CROSS_ENTROPY % [1, 0, 0])).derivation.facts
    assert fact.name == "y"
    solution = solve(read_problem(CROSS_ENTROPY % [1, 0, 1]))
    assert not solution.derivation.facts
    _, second, _ = solution.training.steps
    p = second.quantities["p"]
    # -Σ y log softmax(z) by z is (Σ y) p - y, and Σ y = 2 here
    np.testing.assert_allclose(second.gradients["z"], 2 * p - [1, 0, 1], rtol=1e-12)


def test_a_stated_fact_that_a_step_contradicts():
    with pytest.raises(InputError, match="contradicts this fact") as error:
        solve(read_problem(CROSS_ENTROPY % [1, 0, 1] + "assume: [sum(y) == 1]\n"))
    assert error.value.place.text == "assume: [sum(y) == 1]"


def test_every_loss_is_kept_though_few_steps_are():
    training = trained("{rate: 0.5, parameters: [w], steps: 400, show: [7]}")
    np.testing.assert_array_equal(training.losses, [32 * 0.25**n for n in range(401)])


def test_no_losses_where_the_objective_has_no_number():
    text = "forward: {L: 3 * w + x}\ngiven: {w: 2}\nupdate: {rate: 0.5, parameters: [w]}"
    training = solve(read_problem(text)).training
    assert training.losses.size == 0
    assert training.steps[0].updated == {"w": 0.5}


def test_a_parameter_that_was_not_asked_for_is_updated_too():
    text = "forward: {L: (a * b)**2 / 2}\nbackward: {wrt: [a]}\ngiven: {a: 1, b: 2}\n"
    solution = solve(read_problem(text + "update: {rate: 0.1, parameters: [b]}"))
    assert solution.training.steps[0].updated == {"b": pytest.approx(1.8)}


@pytest.mark.parametrize(
    "text",
    [
        "given: {x: 1, w: 2}",
        "given: {w: 2}\nupdate: {rate: 0.1, parameters: [w]}",
        "given: {x: 1}\nupdate: {rate: 0.1, parameters: [w]}",
        "given: {w: 2}\nupdate: {rate: eta, parameters: [w]}",
    ],
)
def test_no_training_without_an_update_or_its_numbers(text):
    assert solve(read_problem("forward: {L: (w * x)**2}\n" + text)).training is None


def test_a_descent_that_diverges_is_a_warning():
    text = "forward: {L: sum(w**4)}\ngiven: {w: [0, 1e30]}\n"
    solution = solve(read_problem(text + "update: {rate: 10, parameters: [w], steps: 6}"))
    # 1e30 → -4e91 → 2.56e275, whose fourth power and cube are past the largest float.
    assert solution.warnings == (
        "at step 2, L is not finite: its value is inf",
        "at step 3, the gradient of L by w is not finite: entry [1] is inf",
    )

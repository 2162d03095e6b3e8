"""Optimisers against loops written from the papers in plain NumPy, and numbers printed elsewhere."""

import json

import numpy as np
import pytest
from reporting import formulas, report, sentences
from support import text_of

from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.methods import METHODS
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES
from symgrad.writing.json import to_json

RATE = 0.07


def momentum(state, w, g, t, mu=0.9):
    state["v"] = mu * state.get("v", 0) + g
    return w - RATE * state["v"]


def nesterov(state, w, g, t, mu=0.9):
    state["v"] = mu * state.get("v", 0) + g
    return w - RATE * (g + mu * state["v"])


def adagrad(state, w, g, t, eps=1e-10):
    state["G"] = state.get("G", 0) + g * g
    return w - RATE / (np.sqrt(state["G"]) + eps) * g


def rmsprop(state, w, g, t, rho=0.9, eps=1e-8):
    state["v"] = rho * state.get("v", 0) + (1 - rho) * g * g
    return w - RATE / (np.sqrt(state["v"]) + eps) * g


def adam(state, w, g, t, b1=0.9, b2=0.999, eps=1e-8):
    state["m"] = b1 * state.get("m", 0) + (1 - b1) * g
    state["v"] = b2 * state.get("v", 0) + (1 - b2) * g * g
    m, v = state["m"] / (1 - b1**t), state["v"] / (1 - b2**t)
    return w - RATE * m / (np.sqrt(v) + eps)


def adamw(state, w, g, t, decay=0.01, **others):
    return adam(state, w, g, t, **others) - RATE * decay * w


def sgd(state, w, g, t):
    return w - RATE * g


BY_HAND = {rule.__name__: rule for rule in (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)}
CASES = [
    *((name, {}, {}) for name in BY_HAND),
    ("momentum", {"momentum": 0.5}, {"mu": 0.5}),
    ("nesterov", {"momentum": 0.3}, {"mu": 0.3}),
    ("adagrad", {"eps": 0.1}, {"eps": 0.1}),
    ("rmsprop", {"rho": 0.6, "eps": 0.01}, {"rho": 0.6, "eps": 0.01}),
    ("adam", {"beta1": 0.5, "beta2": 0.8, "eps": 0.2}, {"b1": 0.5, "b2": 0.8, "eps": 0.2}),
    ("adamw", {"beta1": 0.7, "weight_decay": 0.3}, {"b1": 0.7, "decay": 0.3}),
]


def regression(update, seed=3):
    """A linear map with a matrix and a vector of parameters, and its gradients by hand."""
    draw = np.random.default_rng(seed)
    given = {name: draw.normal(size=size) for name, size in (("X", (5, 3)), ("Y", (5, 2)), ("W", (3, 2)))}
    given["b"] = draw.normal(size=2)

    def gradients(point):
        r = point["X"] @ point["W"] + point["b"] - point["Y"]
        return {"W": 2 * point["X"].T @ r, "b": 2 * r.sum(axis=0)}

    text = text_of(
        {"R": "X @ W + b - Y", "L": "sum(R**2)"},
        {name: array.tolist() for name, array in given.items()},
        update={"rate": RATE, "parameters": ["W", "b"], **update},
    )
    return solve(read_problem(text)), given, gradients


def compared(solution, given, gradients, rule, change=lambda slopes, point: slopes):
    states, point = {"W": {}, "b": {}}, dict(given)
    for entry in solution.training.steps[:-1]:
        slopes = change(gradients(point), point)
        for name in states:
            point[name] = rule(states[name], point[name], slopes[name], entry.step)
            np.testing.assert_allclose(entry.updated[name], point[name], rtol=1e-11, atol=1e-13)
            for state, arrays in entry.state.items():
                np.testing.assert_allclose(arrays[name], states[name][state], rtol=1e-11, atol=1e-13)
        assert set(entry.state) == set(states["W"])


def test_every_method_is_compared():
    others = {"newton", "gauss_newton"}  # have tests of their own
    assert set(BY_HAND) == set(METHODS) - others


@pytest.mark.parametrize(("name", "constants", "by_hand"), CASES)
def test_steps_are_those_of_a_loop_by_hand(name, constants, by_hand):
    found = regression({"method": name, "steps": 6, **constants})
    compared(*found, lambda *args: BY_HAND[name](*args, **by_hand))


@pytest.mark.parametrize("name", sorted(BY_HAND.keys() - {"adamw"}))
def test_weight_decay_is_added_to_the_gradient(name):
    found = regression({"method": name, "steps": 4, "weight_decay": 0.2})
    compared(*found, BY_HAND[name], lambda slopes, point: {n: g + 0.2 * point[n] for n, g in slopes.items()})
    entry = found[0].training.steps[0]
    np.testing.assert_allclose(entry.gradients["W"], found[2](found[1])["W"], rtol=1e-12)


DECAYED = {"w": [1.0, -2.0], "x": [0.5, 1.5], "lam": 0.2}


def decayed(name, decay, **more):
    update = {"method": name, "rate": 0.1, "parameters": ["w"], "steps": 3, "weight_decay": decay}
    return text_of({"L": "dot(w, x)**2"}, DECAYED | more, data=["x"], update=update)


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_the_decay_may_be_a_given_by_its_name(name):
    """The numbers are those of the number itself; the report writes λ."""
    named, plain_ = (solve(read_problem(decayed(name, decay))) for decay in ("lam", 0.2))
    for one, other in zip(named.training.steps, plain_.training.steps, strict=True):
        for key, value in other.quantities.items():
            np.testing.assert_array_equal(one.quantities[key], value)
    last = [entry.updated["w"] for entry in (named.training.steps[-2], plain_.training.steps[-2])]
    np.testing.assert_array_equal(*last)
    assert not named.problem.rule.is_plain


@pytest.mark.parametrize(
    ("decay", "message"),
    [
        ("lamb", "'lamb' is no given with one number"),
        ("x", "'x' is no given with one number"),
        ("m", "'m' is something else in a step of adamw"),
        ("step", "'step' is something else in a step of adamw"),
    ],
)
def test_what_no_decay_is_called_is_told(decay, message):
    with pytest.raises(InputError) as caught:
        read_problem(decayed("adamw", decay, m=0.1, step=0.2))
    assert caught.value.message == message
    assert caught.value.place is not None


def test_gradients_are_clipped_together_before_the_decay():
    def clipped(slopes, point):
        length = np.sqrt(sum((g**2).sum() for g in slopes.values()))
        return {n: g * min(1, 1.5 / length) + 0.1 * point[n] for n, g in slopes.items()}

    found = regression({"method": "momentum", "steps": 10, "clip": 1.5, "weight_decay": 0.1})
    compared(*found, momentum, clipped)


def test_a_schedule_changes_the_rate_of_each_step():
    found = regression({"schedule": "rate / (1 + 0.5 * step)", "steps": 4})
    compared(*found, lambda state, w, g, t: w - RATE / (1 + 0.5 * t) * g)


def test_a_rule_of_ones_own_has_states_and_givens():
    text = text_of(
        {"L": "w0**2 + mu * 0"},
        {"w0": 3, "mu": 0.8},
        update={
            "rate": 0.1,
            "parameters": ["w0"],
            "steps": 3,
            "rule": {"v": "mu*v - rate*g", "w": "w + v"},
        },
    )
    w, v = 3.0, 0.0
    for entry in solve(read_problem(text)).training.steps[:-1]:
        v = 0.8 * v - 0.1 * 2 * w
        w += v
        assert entry.updated["w0"] == pytest.approx(w, rel=1e-13)
        assert entry.state["v"]["w0"] == pytest.approx(v, rel=1e-13)


@pytest.mark.parametrize("style", STYLES)
def test_a_given_that_only_the_rule_uses_has_its_letter_and_its_number(style):
    rule = {"v": "mu*v - rate*g", "w": "w + v"}
    text = text_of(
        {"L": "q**2"}, {"q": 3, "mu": 0.8}, update={"rate": 0.1, "parameters": ["q"], "rule": rule}
    )
    problem = read_problem(text)
    assert not problem.warnings
    written = formulas(report(text, style))
    assert [line for line in written if line.startswith(r"v ← \mu v - \alpha")]
    assert r"\mu = 0.8" in written


def parabola(**update):
    given, update = {"theta": 5}, {"rate": 0.1, "parameters": ["theta"], **update}
    return text_of({"f": "theta**2"}, given, update=update)


def test_the_numbers_of_a_published_hand_computation():
    """gbasran.github.io/ADAM-Machine-Learning-Deepdive, concept 12: g, m, v, theta, and the next g."""
    solution = solve(read_problem(parabola(method="adam", steps=2)))
    first, second, _ = json.loads(to_json(solution, str))["training"]
    assert first["gradients"]["theta"] == 10
    assert first["state"]["m"]["theta"] == pytest.approx(1)
    assert first["state"]["v"]["theta"] == pytest.approx(0.1)
    assert first["updated"]["theta"] == pytest.approx(4.9, abs=1e-8)
    assert second["gradients"]["theta"] == pytest.approx(9.8, abs=1e-8)


def test_plain_descent_has_no_state():
    entries = json.loads(to_json(solve(read_problem(parabola())), str))["training"]
    assert all("state" not in entry for entry in entries)


@pytest.mark.nightly
def test_thousands_of_steps():
    entries = solve(read_problem(parabola(method="adam", steps=2000))).training.steps
    assert abs(entries[-1].quantities["f"]) < 1e-12


@pytest.mark.parametrize(
    ("update", "message", "hint"),
    [
        ({"method": "adm"}, "'adm' is no method", "adam"),
        ({"method": "adam", "momentum": 0.9}, "'momentum' is no constant of adam", "beta1"),
        ({"beta1": 0.9}, "'beta1' is no constant of sgd", "adam and adamw"),
        ({"method": "adam", "beta1": 1}, "'beta1' must be a number from 0, less than 1", "0.9"),
        ({"method": "adam", "beta3": 1}, "unknown key 'beta3'", "beta"),
        ({"method": "adam", "rule": {"w": "w - g"}}, "both a method and a rule", "keep one"),
        ({"rule": {"v": "v + g"}}, "no line for the parameter", "w - rate"),
        ({"rule": {"w": "w - rat * g"}}, "'rat' is nothing that a step knows", "rate"),
        ({"rule": {"rate": "1", "w": "w - g"}}, "a rule does not make 'rate'", "states"),
        ({"rule": {"w": "w - g @ g"}}, "as w", "each entry"),
        ({"schedule": "rate / (1 + t)"}, "'t' is nothing that a step knows", "step"),
        ({"clip": 0}, "'clip' must be a number above 0", "1.0"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_place(update, message, hint):
    with pytest.raises(InputError, match=message) as error:
        solve(read_problem(parabola(**update)))
    assert hint in error.value.hint
    assert error.value.place is not None


@pytest.mark.parametrize("style", STYLES)
def test_every_style_writes_states_and_corrections(style):
    document = report(parabola(method="adam", steps=1), style)
    written = formulas(document)
    for start in (r"m ← \beta_1 m + (1 - \beta_1)", r"\hat{v} ← \frac{v}{1 - \beta_2^t}"):
        assert [text for text in written if text.startswith(start)]
    assert r"\beta_2 = 0.999" in written
    assert any("Adam" in text for text in sentences(document)) or style in ("assignment", "practical")


def test_a_step_puts_the_numbers_of_its_states_in():
    written = formulas(report(parabola(method="adam", steps=2)))
    (second,) = [text for text in written if text.startswith(r"\hat{m} ←") and "0.9^2" in text]
    assert r"\frac{1.88}{1 - 0.9^2}" in second


@pytest.mark.parametrize(
    ("line", "verdict"),
    [(r"\theta \leftarrow 4.9", "correct"), (r"\theta \leftarrow 5 - 0.1 \cdot 10 = 4", "wrong")],
)
def test_a_new_parameter_is_judged_by_the_method(line, verdict):
    problem = read_problem(parabola(method="adam"))
    (judged,) = check_text(f"$${line}$$", problem, "a.md").lines
    assert str(judged.verdict) == verdict


def test_the_second_step_has_the_states_of_the_first():
    text = (
        r"$$\theta \leftarrow 4.9$$" + "\n\n" + r"$$f = 24.01$$" + "\n\n" + r"$$\theta \leftarrow 4.80006$$"
    )
    lines = check_text(text, read_problem(parabola(method="adam", steps=2)), "a.md").lines
    assert [str(line.verdict) for line in lines] == ["correct", "correct", "correct"]


def test_a_state_may_be_set_again():
    text = "$$m \\leftarrow 1$$\n\n$$\\theta \\leftarrow 4.9$$\n\n$$m \\leftarrow 1.88$$"
    lines = check_text(text, read_problem(parabola(method="adam", steps=2)), "a.md").lines
    assert "wrong" not in [str(line.verdict) for line in lines]


def test_constants_are_printed_as_they_were_written():
    text = parabola(method="adam", steps=2) + '\nreport: {"digits": 1}'
    assert [line for line in formulas(report(text)) if "(1 - 0.999) \\cdot" in line]


def test_states_of_several_parameters_name_them_and_keep_their_letters():
    text = text_of(
        {"p": "W @ x + b", "L": "sum(p**2)"},
        {"W": [[1, 2]], "x": [1, 2], "b": [1]},
        update={"method": "adam", "rate": 0.1, "parameters": ["W", "b"]},
    )
    written = formulas(report(text))
    assert [text for text in written if text.startswith("m_W ←")]
    assert "m = 1" not in written, "a size has another letter"
    assert [text for text in written if text.startswith(r"\hat{m}_b ←")]


def test_a_state_whose_letter_is_that_of_an_array_takes_another():
    text = text_of(
        {"L": "dot(v, v) * b**2"},
        {"v": [1, 2], "b": 2},
        update={"method": "momentum", "rate": 0.1, "parameters": ["v", "b"]},
    )
    written = formulas(report(text))
    assert [text for text in written if text.startswith("s_v ←")]

"""Cross-entropy with targets that sum to one: smoothed labels, a teacher's probabilities, given ones."""

import numpy as np
import pytest
from reference import autograd_gradients
from reporting import report
from support import assert_close, text_of

import symgrad as sg
from symgrad.checking.check import check_text
from symgrad.graph import build_graph
from symgrad.reading.problem import read_problem
from symgrad.solving import facts_of
from symgrad.writing.markdown import to_markdown

RANDOM = np.random.default_rng(12)
SOFT = [[0.7, 0.2, 0.1], [0.15, 0.25, 0.6], [0, 1, 0], [0.05, 0.05, 0.9]]
GIVEN = {
    "X": RANDOM.uniform(-1, 1, (4, 2)).round(2),
    "W": RANDOM.uniform(-1, 1, (2, 3)).round(2),
    "V": RANDOM.uniform(-2, 2, (4, 3)).round(2),
    "T": np.array(SOFT),
    "t": np.array([0.7, 0.2, 0.1]),
    "z": RANDOM.uniform(-1, 1, 3).round(2),
    "v": RANDOM.uniform(-1, 1, 3).round(2),
    "y": np.array([2.0, 0, 1, 1]),
    "c": np.array(1.0),
    "eps": np.array(0.1),
    "tau": np.array(2.5),
    "alpha": np.array(0.3),
}
ROWS = {"Z": "X @ W", "P": "softmax(Z, axis=1)"}
SMOOTHED = {**ROWS, "Q": "(1 - eps)*onehot(y, 3) + eps/3", "L": "-mean(sum(Q*log(P), axis=1))"}
FORMS = {
    "probabilities given": ({**ROWS, "L": "-sum(T*log(P))"}, "Z", "P - T"),
    "a vector of them": ({"p": "softmax(z)", "L": "-dot(t, log(p))"}, "z", "p - t"),
    "by rows, log-softmax": (
        {"Z": "X @ W", "L": "-mean(sum(T*log_softmax(Z, axis=1), axis=1))"},
        "Z",
        "(softmax(Z, axis=1) - T) / n",
    ),
    "made of them": (
        {**ROWS, "Q": "(1 - eps)*T + eps/3", "L": "-mean(sum(Q*log(P), axis=1))"},
        "Z",
        "(P - Q) / n",
    ),
    "smoothed labels": (SMOOTHED, "Z", "(P - Q) / n"),
    "one smoothed label": (
        {"p": "softmax(z)", "q": "(1 - eps)*onehot(c, 3) + eps/3", "L": "-sum(q*log(p))"},
        "z",
        "p - q",
    ),
    "a teacher": (
        {"u": "z/tau", "q": "softmax(v/tau)", "p": "softmax(u)", "L": "-sum(q*log(p))"},
        "u",
        "p - q",
    ),
    "a divergence": (
        {"u": "z/tau", "q": "softmax(v/tau)", "p": "softmax(u)", "L": "sum(q*log(q/p))*tau**2"},
        "u",
        "tau**2 * (p - q)",
    ),
    "a divergence of logarithms": (
        {"u": "z/tau", "q": "softmax(v/tau)", "l": "log_softmax(u)", "L": "sum(q*(log(q) - l))"},
        "u",
        "softmax(u) - q",
    ),
    "a teacher, and labels": (
        {
            **ROWS,
            "H": "-mean(log(pick(P, y)))",
            "R": "softmax(Z/tau, axis=1)",
            "Q": "softmax(V/tau, axis=1)",
            "S": "-mean(sum(Q*log(R), axis=1))",
            "L": "(1 - alpha)*H + alpha*tau**2*S",
        },
        "Z",
        "∂L/∂H * (P - onehot(y, k)) / n + ∂L/∂a1 / tau",
    ),
}


def solved(lines):
    used = sg.problem(lines).leaves
    given = {name: GIVEN[name].tolist() for name in used}
    asked = [name for name in used if name in ("W", "z")]
    return sg.solve(sg.problem(lines, given=given, backward={"of": "L", "wrt": asked})), asked


@pytest.mark.parametrize(("lines", "name", "form"), FORMS.values(), ids=FORMS)
def test_probabilities_less_targets(lines, name, form):
    solution, asked = solved(lines)
    assert str(solution.gradients[name]) == f"∂L/∂{name} = {form}"
    expected = autograd_gradients(lines, GIVEN, asked)
    for asked_name in asked:
        assert_close(solution.gradients[asked_name].value, expected[asked_name], 10)


def test_of_any_number_of_classes():
    lines = {"p": "softmax(z)", "q": "(1 - eps)*onehot(c, K) + eps/K", "L": "-sum(q*log(p))"}
    solution = sg.solve(
        sg.problem(lines, shapes={"z": ["K"], "eps": [], "c": []}, backward={"of": "L", "wrt": ["z"]})
    )
    assert str(solution.gradients["z"]) == "∂L/∂z = p - q"


def text(lines, **sections):
    used = sg.problem(lines).leaves
    given = {name: GIVEN[name].tolist() for name in used}
    backward = {"of": "L", "wrt": [name for name in used if name in ("W", "z")]}
    return text_of(lines, given, backward=backward, **sections)


def test_what_holds_for_three_classes_alone_is_said():
    made = to_markdown(report(text(SMOOTHED), "lab", "partial"))
    assert "The derivation holds for all sizes with $k = 3$. In the numbers below" in made
    without = to_markdown(report(text(FORMS["probabilities given"][0]), "lab", "partial"))
    assert "The derivation holds for all sizes. In the numbers below" in without


OTHERS = {
    "an input": ({"z": "W @ x", "L": "sum(z*sigmoid(z))"}, {"x": [0.7, 0.3]}),
    "an input of a softmax": ({"p": "softmax(W @ x)", "L": "-log(p[0])"}, {"x": [0.7, 0.3]}),
    "not quite one": ({"p": "softmax(W @ x)", "L": "-sum(r*log(p))"}, {"x": [1, 2], "r": [0.333, 0.666]}),
    "not positive": ({"p": "softmax(W @ x)", "L": "-sum(r*log(p))"}, {"x": [1, 2], "r": [1.5, -0.5]}),
}


@pytest.mark.parametrize(("lines", "data"), OTHERS.values(), ids=OTHERS)
def test_what_is_no_distribution_of_targets_is_left(lines, data):
    given = {"W": [[0.1, 0.2], [0.3, -0.4]], **data}
    problem = read_problem(text_of(lines, given, backward={"of": "L", "wrt": ["W"]}))
    assert facts_of(problem, build_graph(problem)) == ()


STUDENTS = {
    r"\frac{\partial L}{\partial z} = p - t": "correct",
    r"\frac{\partial L}{\partial z} = p \sum_k t_k - t": "correct",
    r"\frac{\partial L}{\partial z} = t - p": "wrong",
    r"\frac{\partial L}{\partial z_i} = p_i - 1": "wrong",
}


@pytest.mark.parametrize(("line", "verdict"), STUDENTS.items())
def test_a_students_line_is_judged(line, verdict):
    problem = read_problem(text(FORMS["a vector of them"][0], data=["t"]))
    assert [found.verdict for found in check_text(f"$${line}$$", problem).lines] == [verdict]

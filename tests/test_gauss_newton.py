"""The Gauss-Newton method: steps from autograd's Jacobians, what is refused, how a student's is judged."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, hessian, jacobian
from reporting import report
from support import assert_close, text_of

from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES
from symgrad.writing.markdown import to_markdown

T, Y = np.array([0.0, 1, 2, 3]), np.array([2, 1.2, 0.8, 0.4])
CURVE = {"f": "a*exp(b*t)", "r": "f - y", "L": "sum(r**2)/2"}
CURVE_GIVEN = {"t": T.tolist(), "y": Y.tolist(), "a": 1.5, "b": -0.3}
X, C = np.array([[0.5, -1], [1, 0.4], [-0.3, 0.8]]), 1
SOFTMAX = {"z": "W @ x", "L": "-log_softmax(z)[1]"}
SOFTMAX_GIVEN = {"W": [[0.2, -0.1], [0.5, 0.3], [-0.4, 0.1]], "x": [1.0, -0.5]}
NET = {"h": "tanh(X @ w)", "p": "v*h", "L": "sum((p - s)**4)"}
NET_GIVEN = {"X": X.tolist(), "w": [0.3, -0.2], "v": 0.7, "s": [0.5, -0.4, 0.1]}


def problem(lines, given, through, parameters, **update):
    update = {"method": "gauss_newton", "through": through, "rate": 1, "parameters": parameters, **update}
    return read_problem(text_of(lines, given, update=update))


def stepped(theta, outputs, loss, rate):
    """θ − rate (Jᵀ B J)⁻¹ g, with B the second derivative of the loss by the outputs."""
    slope = jacobian(outputs)(theta)
    curvature = slope.T @ hessian(loss)(outputs(theta)) @ slope
    return theta - rate * np.linalg.solve(curvature, grad(lambda t: loss(outputs(t)))(theta))


CASES = {
    "a curve": (
        problem(CURVE, CURVE_GIVEN, "r", ["a", "b"], steps=3),
        np.array([1.5, -0.3]),
        lambda t: t[0] * anp.exp(t[1] * T) - Y,
        lambda r: anp.sum(r**2) / 2,
        1,
    ),
    "through the curve itself": (
        problem(CURVE, CURVE_GIVEN, "f", ["a", "b"], steps=2, rate=0.5),
        np.array([1.5, -0.3]),
        lambda t: t[0] * anp.exp(t[1] * T),
        lambda f: anp.sum((f - Y) ** 2) / 2,
        0.5,
    ),
    "another loss": (
        problem(NET, NET_GIVEN, "p", ["w", "v"], steps=2, rate=0.3),
        np.array([0.3, -0.2, 0.7]),
        lambda t: t[2] * anp.tanh(X @ t[:2]),
        lambda p: anp.sum((p - np.array([0.5, -0.4, 0.1])) ** 4),
        0.3,
    ),
}


@pytest.mark.parametrize(("asked", "theta", "outputs", "loss", "rate"), CASES.values(), ids=CASES)
def test_steps_are_those_of_autograds_jacobians(asked, theta, outputs, loss, rate):
    for entry in solve(asked).training.steps[:-1]:
        theta = stepped(theta, outputs, loss, rate)
        made = np.concatenate([np.ravel(entry.updated[name]) for name in asked.update.parameters])
        assert_close(made, theta, 9)


def test_a_singular_matrix_is_told():
    with pytest.raises(InputError, match="the Gauss-Newton matrix is singular at step 1"):
        solve(problem(SOFTMAX, SOFTMAX_GIVEN, "z", ["W"]))


PENALTY = {**CURVE, "E": "L + b**2"}
REFUSED = {
    "no through": ({"through": None}, CURVE, "gauss_newton lacks its 'through'"),
    "another method": ({"method": "newton"}, CURVE, "newton goes through nothing"),
    "unknown": ({"through": "q"}, CURVE, "'q' is no forward quantity"),
    "around it": ({}, PENALTY, "'E' rests on 'b' not only through 'r'"),
    "decay": ({"weight_decay": 0.1}, CURVE, "'weight_decay' changes the gradient"),
}


@pytest.mark.parametrize(("update", "lines", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(update, lines, message):
    whole = {"method": "gauss_newton", "through": "r", "rate": 1, "parameters": ["a", "b"], **update}
    whole = {key: value for key, value in whole.items() if value is not None}
    with pytest.raises(InputError, match=message) as caught:
        solve(read_problem(text_of(lines, CURVE_GIVEN, update=whole)))
    assert caught.value.place is not None


@pytest.mark.parametrize("style", STYLES)
def test_reports_are_right_by_the_checker(style):
    update = {"method": "gauss_newton", "through": "r", "rate": 1, "parameters": ["a", "b"], "steps": 2}
    source = text_of(CURVE, CURVE_GIVEN, update=update)
    made = to_markdown(report(source, style, "partial"))
    lines = check_text(made, read_problem(source)).lines
    assert [line.line.latex for line in lines if line.verdict in ("wrong", "carried")] == []
    assert sum(line.verdict == "correct" for line in lines) > 10


STUDENTS = {
    "a^+ = 1.990": "correct",
    "b^+ = -0.5103": "correct",
    "b^+ = -0.4103": "wrong",
    r"\frac{\partial r}{\partial b} = a t e^{bt}": "correct",
    r"\frac{\partial^2 L}{\partial r \partial r^\top} = I": "correct",
}


@pytest.mark.parametrize(("line", "verdict"), STUDENTS.items())
def test_a_students_line_is_judged(line, verdict):
    asked = problem(CURVE, CURVE_GIVEN, "r", ["a", "b"])
    assert [found.verdict for found in check_text(f"$${line}$$", asked).lines] == [verdict]

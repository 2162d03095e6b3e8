"""The Hessian times a direction: autograd's on random numbers, what is written, and what students write."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from reporting import report
from support import assert_close, text_of

from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.writing.html import to_html
from symgrad.writing.markdown import to_markdown
from symgrad.writing.tex import to_tex

RNG = np.random.default_rng(5)


def numbers(*shape):
    return RNG.normal(size=shape).round(2)


X, T = numbers(4, 3), np.array([1.0, 0, 1, 1])
LOGISTIC = {"z": "X @ w", "p": "sigmoid(z)", "L": "-mean(t*log(p) + (1 - t)*log(1 - p))"}
NET = {"a": "W @ x + b", "h": "tanh(a)", "o": "dot(u, h)", "L": "(o - t)**2/2"}
SHAPES = {"w": (3,), "W": (2, 3), "b": (2,), "u": (2,)}


def logistic(w):
    p = 1 / (1 + anp.exp(-anp.dot(X, w)))
    return -anp.mean(T * anp.log(p) + (1 - T) * anp.log(1 - p))


def net(w, b, u):
    return (anp.dot(u, anp.tanh(anp.dot(w, X[0]) + b)) - 0.5) ** 2 / 2


CASES = {
    "logistic": (LOGISTIC, {"X": X, "t": T}, logistic, {"w": "v"}),
    "net": (NET, {"x": X[0], "t": np.array(0.5)}, net, {"W": "V", "b": "c", "u": "d"}),
}


def stated(name):
    lines, data, function, along = CASES[name]
    point = {wrt: numbers(*SHAPES[wrt]) for wrt in along}
    ways = {v: numbers(*SHAPES[wrt]) for wrt, v in along.items()}
    given = {key: value.tolist() for key, value in {**data, **point, **ways}.items()}
    backward = {"of": "L", "wrt": [*along], "hessian_products": along}
    return text_of(lines, given, backward=backward), function, along, point, ways


@pytest.mark.parametrize("name", CASES)
def test_it_agrees_with_autograd(name):
    source, function, along, point, ways = stated(name)
    found = solve(read_problem(source)).product

    def slope(e):
        return function(*(value + e * ways[along[wrt]] for wrt, value in point.items()))

    for position, wrt in enumerate(along):
        step = 1e-5
        ends = (
            grad(function, position)(*(value + sign * step * ways[along[w]] for w, value in point.items()))
            for sign in (1, -1)
        )
        high, low = ends
        assert_close(found.result(wrt).value, (high - low) / (2 * step), 7)
    inner = sum(np.sum(ways[v] * found.result(wrt).value) for wrt, v in along.items())
    assert_close(np.array(inner), np.array(grad(grad(slope))(0.0)), 9)


@pytest.mark.parametrize("name", CASES)
def test_it_is_written_and_read_back(name):
    source = stated(name)[0]
    made = report(source, "lab", "partial")
    for write in (to_html, to_tex):
        assert "Hessian times a direction" in write(made)
    lines = check_text(to_markdown(made), read_problem(source)).lines
    assert [line.line.latex for line in lines if line.verdict in ("wrong", "carried", "unreadable")] == []


@pytest.mark.parametrize(
    ("line", "verdict"),
    {
        r"\nabla^2 L v = \frac{1}{n} X^\top (p \odot (1-p) \odot X v)": "correct",
        r"\nabla_w (v^\top \nabla_w L) = \frac{1}{n} X^\top (p \odot (1-p) \odot X v)": "correct",
        r"\nabla_w^2 L v = \frac{1}{n} X^\top (p \odot X v)": "wrong",
        r"\mathcal{R}\{\frac{\partial L}{\partial z}\} = \frac{1}{n} \mathcal{R}\{p\}": "correct",
        r"\mathcal{R}\{\frac{\partial L}{\partial z}\} = \mathcal{R}\{p\}": "wrong",
    }.items(),
)
def test_what_students_write(line, verdict):
    (judged,) = check_text(f"$${line}$$", read_problem(stated("logistic")[0])).lines
    assert judged.verdict == verdict


@pytest.mark.parametrize(
    ("along", "message"),
    [
        ({"z": "v"}, "no leaf"),
        ({"w": "z"}, "made by a formula"),
        ({"w": "w"}, "moves itself"),
        ({"w": "t"}, "is"),
    ],
)
def test_what_is_refused(along, message):
    given = {"X": X.tolist(), "t": T.tolist(), "w": [1, 2, 3]}
    backward = {"of": "L", "hessian_products": along}
    with pytest.raises(InputError, match=message):
        solve(read_problem(text_of(LOGISTIC, given, backward=backward)))

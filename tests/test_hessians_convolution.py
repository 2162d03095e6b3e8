"""Second derivatives through convolutions: autograd's on random numbers, and what is written of them."""

import re

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, jacobian
from reporting import report
from support import assert_close, text_of

from symgrad.checking.check import check_text
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.writing.markdown import to_markdown

RNG = np.random.default_rng(7)
X, K = RNG.normal(size=(3, 4)).round(2), RNG.normal(size=(2, 2)).round(2)


def correlated(x, k, stride=1, padding=0):
    x = anp.concatenate([anp.zeros((padding, x.shape[1])), x, anp.zeros((padding, x.shape[1]))], axis=0)
    x = anp.concatenate([anp.zeros((x.shape[0], padding)), x, anp.zeros((x.shape[0], padding))], axis=1)
    rows, columns = ((x.shape[n] - k.shape[n]) // stride + 1 for n in (0, 1))
    return anp.array(
        [
            [
                anp.sum(x[i * stride : i * stride + k.shape[0], j * stride : j * stride + k.shape[1]] * k)
                for j in range(columns)
            ]
            for i in range(rows)
        ]
    )


CASES = {
    "kernel": ("conv2d(X, K)", "sum(C**2)/2", ("K", "K"), lambda c: anp.sum(c**2) / 2, {}),
    "input": ("conv2d(X, K)", "sum(C**3)", ("X", "X"), lambda c: anp.sum(c**3), {}),
    "both": ("conv2d(X, K)", "sum(tanh(C))", ("X", "K"), lambda c: anp.sum(anp.tanh(c)), {}),
    "both, the other way": ("conv2d(X, K)", "sum(C**2)", ("K", "X"), lambda c: anp.sum(c**2), {}),
    "stride": ("conv2d(X, K, stride=2)", "sum(C**2)", ("K", "K"), lambda c: anp.sum(c**2), {"stride": 2}),
    "padding": ("conv2d(X, K, padding=1)", "sum(C**2)", ("X", "K"), lambda c: anp.sum(c**2), {"padding": 1}),
}


@pytest.mark.parametrize(("made", "loss", "pair", "function", "spacing"), CASES.values(), ids=CASES)
def test_they_agree_with_autograd(made, loss, pair, function, spacing):
    backward = {"of": "L", "hessians": [pair[0] if pair[0] == pair[1] else list(pair)]}
    source = text_of({"C": made, "L": loss}, {"X": X.tolist(), "K": K.tolist()}, backward=backward)
    (found,) = solve(read_problem(source)).hessians
    places = {"X": 0, "K": 1}

    def objective(x, k):
        return function(correlated(x, k, **spacing))

    expected = jacobian(grad(objective, places[pair[0]]), places[pair[1]])(X, K)
    assert_close(found.whole.value, expected, 9)
    assert found.whole.proof in ("identity", "numeric")


def test_the_entries_are_sums_over_the_windows():
    backward = {"of": "L", "wrt": ["K"], "hessians": ["K"]}
    lines = {"C": "conv2d(X, K)", "L": "sum(C**2)/2"}
    source = text_of(lines, {"X": X.tolist(), "K": K.tolist()}, backward=backward)
    made = to_markdown(report(source, "lab", "partial"))
    place = r"X_\{\w \+ \w - 1, \w \+ \w - 1\}"
    assert re.search(rf"&= \\sum_\w \\sum_\w {place} {place}", made)
    lines = check_text(made, read_problem(source)).lines
    assert [line.line.latex for line in lines if line.verdict in ("wrong", "carried")] == []

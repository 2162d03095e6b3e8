"""Jacobians as answers: autograd's on random problems, the form that a person writes, what is refused."""

import json
from itertools import product

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import jacobian
from reporting import formulas, report, sentences, titles
from support import assert_close, text_of

from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.plain import plain
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES
from symgrad.writing.json import to_json
from symgrad.writing.markdown import to_markdown

RNG = np.random.default_rng(11)


def some(*shape):
    return RNG.normal(size=shape).round(2)


def softmax(z):
    e = anp.exp(z - anp.max(z))
    return e / anp.sum(e)


def norm(x):
    return anp.sqrt(anp.sum(x**2))


NET = {"z": "W @ x + b", "h": "relu(z)", "o": "V @ h", "p": "softmax(o)"}
LEAVES = {"W": some(4, 2), "x": some(2), "b": some(4), "V": some(3, 4)}


def net(w=LEAVES["W"], x=LEAVES["x"]):
    return softmax(LEAVES["V"] @ anp.maximum(w @ x + LEAVES["b"], 0))


UNIT, UNIT_LEAVES = {"n": "norm(x)", "u": "x / n"}, {"x": some(3)}
NORMED = {"mu": "mean(x)", "s": "sqrt(var(x) + eps)", "y": "gamma * (x - mu) / s"}
NORMED_LEAVES = {"x": some(4), "gamma": some(4), "eps": np.asarray(0.01)}


def normed(x):
    s = anp.sqrt(anp.mean((x - anp.mean(x)) ** 2) + 0.01)
    return NORMED_LEAVES["gamma"] * (x - anp.mean(x)) / s


GATED, GATED_LEAVES = {"s": "sigmoid(x)", "y": "s * tanh(x)"}, {"x": some(3)}
PLANE = {"f": "concat(x[0:1]**2 * x[1:2], 5 * x[0:1] + sin(x[1:2]))"}


def gate(x):
    return 1 / (1 + anp.exp(-x))


WIDE = some(3, 2)
CASES = {
    "net by input": (NET, LEAVES, "p", "x", lambda x: net(x=x), "x"),
    "net by matrix": (NET, LEAVES, "p", "W", lambda w: net(w=w), "W"),
    "unit vector": (UNIT, UNIT_LEAVES, "u", "x", lambda x: x / norm(x), "x"),
    "norm": (UNIT, UNIT_LEAVES, "n", "x", norm, "x"),
    "vector by scalar": (UNIT, UNIT_LEAVES, "u", "n", lambda n: UNIT_LEAVES["x"] / n, None),
    "layer norm": (NORMED, NORMED_LEAVES, "y", "x", normed, "x"),
    "two ways": (GATED, GATED_LEAVES, "y", "x", lambda x: gate(x) * anp.tanh(x), "x"),
    "one way held": (GATED, GATED_LEAVES, "y", "s", lambda s: s * anp.tanh(GATED_LEAVES["x"]), None),
    "by entries": (
        PLANE,
        {"x": some(2)},
        "f",
        "x",
        lambda x: anp.stack([x[0] ** 2 * x[1], 5 * x[0] + anp.sin(x[1])]),
        "x",
    ),
    "four axes": ({"Y": "X @ W"}, {"X": some(2, 3), "W": WIDE}, "Y", "X", lambda x: x @ WIDE, "X"),
}


def text(lines, leaves, pairs, **sections):
    given = {name: array.tolist() for name, array in leaves.items()}
    backward = {"of": list(lines)[-1], "wrt": list(leaves)[:1], "jacobians": [list(pair) for pair in pairs]}
    return text_of(lines, given, backward=backward, **sections)


@pytest.mark.parametrize(("lines", "leaves", "of", "wrt", "function", "leaf"), CASES.values(), ids=CASES)
def test_jacobians_agree_with_autograd(lines, leaves, of, wrt, function, leaf):
    solution = solve(read_problem(text(lines, leaves, [(of, wrt)])))
    (found,) = solution.jacobians
    at = leaves[leaf] if leaf else solution.run.quantities[wrt]
    assert_close(found.value, jacobian(function)(np.asarray(at, dtype=float)), 9)
    assert found.proof in ("identity", "numeric")


FORMS = {
    ("s", "x"): (GATED, "diag(s * (1 - s))"),
    ("y", "s"): (GATED, "diag(tanh(x))"),
    ("p", "o"): (NET, "diag(p) - outer(p, p)"),
    ("o", "h"): (NET, "V"),
    ("h", "x"): (NET, "diag(relu'(z)) @ W"),
    ("p", "x"): (NET, "(diag(p) - outer(p, p)) @ V @ diag(relu'(z)) @ W"),
    ("u", "x"): (UNIT, "(eye(k) - outer(u, u)) / n"),
    ("u", "u"): (UNIT, "eye(k)"),
}
SHAPES = {"W": ["m", "d"], "V": ["k", "m"], "x": ["k"], "b": ["m"]}


@pytest.mark.parametrize("pair", FORMS, ids="/".join)
def test_the_form_is_the_one_that_a_person_writes(pair):
    lines, form = FORMS[pair]
    shapes = SHAPES | {"x": ["d"]} if lines is NET else {"x": ["k"]}
    backward = {"of": list(lines)[-1], "wrt": ["x"], "jacobians": [list(pair)]}
    (found,) = solve(read_problem(text_of(lines, backward=backward, shapes=shapes))).jacobians
    assert plain(found.matrix_form) == form
    assert found.value is None


def test_a_function_given_by_entries_is_a_matrix_written_out():
    solution = solve(read_problem(text(PLANE, {"x": some(2)}, [("f", "x")])))
    (found,) = solution.jacobians
    assert [list(map(plain, row)) for row in found.entries] == [
        ["2 * x[0] * x[1]", "x[0]**2"],
        ["5", "cos(x[1])"],
    ]
    latex = json.loads(to_json(solution, plain))["jacobians"]["f/x"]["latex"]
    assert latex == r"\begin{bmatrix} 2 * x[0] * x[1] & x[0]**2 \\ 5 & cos(x[1]) \end{bmatrix}"


def test_the_json_has_the_axes_of_the_quantity_first():
    whole = json.loads(to_json(solve(read_problem(text(NET, LEAVES, [("p", "W"), ("z", "V")]))), plain))
    found = whole["jacobians"]
    assert found["p/W"]["shape"] == [3, 4, 2]
    assert np.shape(found["p/W"]["value"]) == (3, 4, 2)
    assert found["z/V"]["shape"] == [4, 3, 4]
    assert not np.any(found["z/V"]["value"])  # z does not rest on V
    assert "jacobians" not in json.loads(to_json(solve(read_problem(text(NET, LEAVES, []))), plain))


def test_the_layout_is_told_and_can_be_the_other():
    source = text(UNIT, UNIT_LEAVES, [("u", "x"), ("n", "x")])
    turned = text(NET, LEAVES, [("h", "x")], report={"layout": "denominator"})
    assert any(said.startswith("Numerator layout") for said in sentences(report(source)))
    assert any(said.startswith("Denominator layout") for said in sentences(report(turned)))
    assert r"W^{\top} \operatorname{diag}(" in " ".join(formulas(report(turned)))
    assert r"\frac{\partial n}{\partial \vec{x}} = \left(" in " ".join(formulas(report(source)))


@pytest.mark.parametrize(("style", "notation"), list(product(STYLES, NOTATIONS)))
def test_every_report_is_right_by_the_checker(style, notation):
    source = text(UNIT, UNIT_LEAVES, [("n", "x"), ("u", "x")])
    made = report(source, style, notation)
    assert "Jacobians" in titles(made)
    lines = check_text(to_markdown(made), read_problem(source)).lines
    assert [line for line in lines if line.verdict in ("wrong", "carried", "rounded")] == []
    assert sum(line.verdict == "correct" for line in lines) > 8


def test_no_sign_has_two_meanings():
    """∂u/∂x is the Jacobian: the sum of the entries, whose gradient is derived beside it, is L."""
    made = report(text(UNIT, UNIT_LEAVES, [("u", "x")]))
    assert any("is that of the sum of the entries" in said for said in sentences(made))
    assert r"\frac{\partial L}{\partial \vec{u}} = \mathbf{1}" in " ".join(formulas(made))
    apart = report(text(UNIT, UNIT_LEAVES, [("n", "x")]))
    assert r"\partial L" not in " ".join(formulas(apart))


REFUSED = {
    "unknown": ([("q", "x")], "'q' is no forward quantity"),
    "a leaf of nothing": ([("u", "w")], "'w' is no quantity or leaf"),
    "of a leaf": ([("x", "n")], "'x' is no forward quantity"),
    "twice": ([("u", "x"), ("u", "x")], "[u, x] is listed twice"),
}


@pytest.mark.parametrize(("pairs", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(pairs, message):
    with pytest.raises(InputError) as caught:
        read_problem(text(UNIT, UNIT_LEAVES, pairs))
    assert caught.value.message == message
    assert caught.value.place.text.startswith("backward")


def test_a_list_that_is_no_pair_is_told():
    source = text(UNIT, UNIT_LEAVES, []).replace('"jacobians": []', '"jacobians": [[u, x, n]]')
    with pytest.raises(InputError, match="'jacobians' must be a list of pairs of names"):
        read_problem(source)

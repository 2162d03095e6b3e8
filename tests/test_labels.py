"""Labels: look-ups by whole numbers, against autograd; their ranges; how a student's work on them is read."""

import numpy as np
import pytest
from reference import autograd_gradients
from support import assert_close, text_of

import symgrad as sg
from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.reading.problem import read_problem
from symgrad.solving import solve

RANDOM = np.random.default_rng(5)
GIVEN = {
    "Z": RANDOM.uniform(-1, 1, (4, 3)),
    "E": RANDOM.uniform(-1, 1, (5, 3)),
    "w": RANDOM.uniform(-1, 1, 3),
    "al": RANDOM.uniform(0.2, 1, 3),
    "y": np.array([2.0, 0.0, 2.0, 1.0]),
    "i": np.array([4.0, 0.0, 4.0, 1.0]),
    "c": np.array(2.0),
    "I": np.array([[4.0, 2], [0, 2], [4, 0], [1, 1]]),
}
LABELS = {"y", "i", "c", "I"}
LOSSES = {
    "cross-entropy": {"P": "softmax(Z, axis=1)", "L": "-mean(log(pick(P, y)))"},
    "scores": {"L": "-mean(pick(log_softmax(Z, axis=1), y))"},
    "focal": {"P": "softmax(Z, axis=1)", "q": "pick(P, y)", "L": "-mean(al[y] * (1 - q)**2 * log(q))"},
    "embedding": {"X": "E[i]", "s": "X @ w", "L": "sum(tanh(s)**2)"},
    "twice": {"L": "sum(E[i] * E[i] * Z) + dot(E[c], w)"},
    "hinge": {"L": "sum(maximum(0, 1 + Z @ w - pick(Z, y)))"},
    "one-hot": {"L": "sum((softmax(Z, axis=1) - onehot(y, 3))**2)"},
    "a column of labels": {"s": "E[I[:, 0]] @ w", "L": "sum(tanh(s)**2) - mean(pick(Z, I[:, 1]))"},
    "a row of labels": {"L": "sum(sin(E[I[1]] @ w)) + dot(w[I[2:4, 1]], w[0:2])"},
    "one label": {"L": "-log(softmax(w)[0] + pick(softmax(w), c)) + w[c]**3"},
    "powers": {"L": "sum(pick(Z, y)**2 * exp(pick(Z, y))) / sum(exp(pick(Z, y)))"},
}


@pytest.mark.parametrize("lines", LOSSES.values(), ids=LOSSES)
def test_gradients_agree_with_autograd(lines):
    used = set(sg.problem(lines).leaves)
    solution = sg.solve(sg.problem(lines, given={name: GIVEN[name].tolist() for name in used}))
    found = {name: solution.gradients[name].value for name in solution.gradients if name in used}
    assert set(found) == used - LABELS, "labels are no parameters"
    expected = autograd_gradients(lines, GIVEN, found)
    for name, value in found.items():
        assert_close(value, expected[name], 10, name)


def test_without_numbers_the_derivation_says_p_less_one_hot():
    lines = {"P": "softmax(Z, axis=1)", "L": "-mean(log(pick(P, y)))"}
    solution = sg.solve(sg.problem(lines, shapes={"Z": ["n", "k"], "y": ["n"]}))
    assert str(solution.gradients["Z"]) == "∂L/∂Z = (P - onehot(y, k)) / n"
    assert solution.gradients["Z"].steps[-1].proof == "identity"


def test_rows_looked_up_twice_add_up():
    lines = {"X": "E[i]", "L": "sum(C * X)"}
    given = {"E": [[0, 0]] * 3, "i": [1, 1, 0], "C": [[1, 2], [10, 20], [3, 4]]}
    solution = sg.solve(sg.problem(lines, given=given, data=["C"]))
    assert_close(solution.gradients["E"].value, [[3, 4], [11, 22], [0, 0]], 14)


@pytest.mark.parametrize(
    ("labels", "message", "hint"),
    [
        ([1, 2, 3, 3], "the label 3 in 'y' is out of range", "counted from 1"),
        ([0, 1, 2, 3], "the label 3 in 'y' is out of range", "0 to 2 are there"),
        ([0, -1, 2, 1], "the label -1 in 'y' is out of range", "count from 0"),
        ([0, 0.5, 2, 1], "0.5 in 'y' is no label", "whole numbers"),
    ],
)
@pytest.mark.parametrize("formula", ["sum(pick(Z, y))", "sum(onehot(y, 3) * Z)", "sum(Z.T[y])"])
def test_labels_out_of_range_are_told(formula, labels, message, hint):
    with pytest.raises(InputError) as caught:
        sg.solve(sg.problem({"L": formula}, given={"Z": GIVEN["Z"].tolist(), "y": labels}))
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("lines", "wrt", "message"),
    [
        ({"L": "sum(pick(Z, y))"}, ["y"], "nothing is differentiated by whole numbers"),
        ({"k": "y + 1", "L": "sum(pick(Z, k))"}, None, "labels are a given, not worked out"),
        ({"L": "sum(pick(Z, y * 2))"}, None, "labels are a given, not worked out"),
    ],
)
def test_labels_are_givens(lines, wrt, message):
    given = {"Z": GIVEN["Z"].tolist(), "y": GIVEN["y"].tolist()}
    sections = {"backward": {"of": "L", "wrt": wrt}} if wrt else {}
    with pytest.raises(InputError) as caught:
        solve(read_problem(text_of(lines, given, **sections)))
    assert message in caught.value.message


def test_students_write_one_hot_rows():
    lines = {"P": "softmax(Z, axis=1)", "L": "-mean(log(pick(P, y)))"}
    problem = sg.problem(lines, given={"y": [2, 0]}, data=["y"], shapes={"Z": [2, 3]})
    sheet = r"""
$$\frac{\partial L}{\partial Z} = \frac{1}{2} (P - \operatorname{onehot}(y))$$

$$\frac{\partial L}{\partial Z} = \frac{1}{2} (\operatorname{onehot}(y) - P)$$

$$\frac{\partial L}{\partial Z_{ij}} = \frac{1}{2} (P_{ij} - \operatorname{onehot}_3(y)_{ij})$$

$$\frac{\partial L}{\partial Z} = \frac{1}{2} P$$
"""
    verdicts = [line.verdict for line in check_text(sheet, problem).lines]
    assert verdicts == ["correct", "wrong", "correct", "wrong"]


def test_the_part_of_a_table_that_is_looked_up_is_what_must_be_in_range():
    given = {"E": [[1.0, 2], [3, 4]], "F": [[1.0], [2], [3]], "w": [[0, 2], [1, 1]]}
    lines = {"L": "sum(E[w[:, 0]]) + sum(F[w[:, 1]])"}
    assert sg.solve(sg.problem(lines, given=given)).gradients["F"].value.tolist() == [[0], [1], [1]]
    with pytest.raises(InputError, match="the label 2 in 'w' is out of range"):
        sg.solve(sg.problem({"L": "sum(E[w[:, 1]])"}, given=given))


def test_labels_that_are_worked_out_are_refused():
    with pytest.raises(InputError, match="labels are a given, not worked out"):
        sg.solve(sg.problem({"v": "w + 1", "L": "sum(E[v])"}, given={"E": [1.0, 2, 3], "w": [0, 1]}))


PARTS = {"X": "E[w[:, 1]]", "L": "sum(c * X)"}
OF_PARTS = {
    r"\frac{\partial L}{\partial E} = \operatorname{onehot}(w_{:,2})^\top c": "correct",
    r"\frac{\partial L}{\partial E} = \operatorname{onehot}(w_{:,1})^\top c": "wrong",
    r"X = \operatorname{lookup}(E, w_{:,2})": "correct",
    r"X = \operatorname{lookup}(E, w_{:,1})": "wrong",
}


@pytest.mark.parametrize(("line", "verdict"), OF_PARTS.items())
def test_work_on_a_part_of_a_table_is_judged(line, verdict):
    text = text_of(PARTS, shapes={"E": ["k", "d"], "w": ["n", 2], "c": ["n", "d"]}, data=["w", "c"])
    (judged,) = check_text(f"$${line}$$", read_problem(text), "work.md").lines
    assert judged.verdict == verdict

"""Formulas that are right at the given numbers only as these happen to be, and conditions that count."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

SLOPES = """
forward: {a: u * h + c, E: (a - y)**2 / 2}
backward: {of: E, wrt: [u, c, h]}
data: [y]
given: {u: 2, h: 1.5, c: 1, y: 1}
"""
SQUARES = """
forward: {a: u * h + c, E: (a - y)**2}
backward: {of: E, wrt: [u, c, h]}
data: [y]
given: {u: 2, h: 3, c: 1, y: 4}
"""
RUNNING = """
forward: {R: cumsum(v), E: sum(R**2) / 2}
backward: {of: E, wrt: [v]}
shapes: {v: [n]}
"""


def verdicts(problem, *lines):
    text = "\n\n".join(f"${line}$" for line in lines)
    return [line.verdict.value for line in check_text(text, read_problem(problem)).lines]


@pytest.mark.parametrize(
    ("problem", "line", "expected"),
    [
        (SLOPES, r"\frac{\partial E}{\partial u} = 3 h = 4.5", "correct"),  # a − y is 3
        (SLOPES, r"\frac{\partial E}{\partial u} = (4 - 1) h = 4.5", "correct"),
        (SLOPES, r"\frac{\partial E}{\partial h} = (a - y) u = 3 u = 3 \cdot 2 = 6", "correct"),
        (SLOPES, r"\frac{\partial E}{\partial h} = 2 (a - y) = 6", "correct"),  # u is 2
        (
            SLOPES,
            r"\frac{\partial E}{\partial h} = 2 (a - y) c = 6",
            "wrong",
        ),  # nothing that is 2 belongs here
        (SLOPES, r"\frac{\partial E}{\partial c} = 2 \cdot h = 3", "wrong"),
        (SLOPES, r"a = 2 h + 1 = 4", "correct"),
        (SQUARES, r"\frac{\partial E}{\partial u} = 2 \cdot 3 \cdot h = 18", "correct"),
        (SQUARES, r"\frac{\partial E}{\partial u} = 2 (7 - 4) h = 18", "correct"),
        (SQUARES, r"\frac{\partial E}{\partial u} = 6 h = 18", "correct"),
        (SQUARES, r"\frac{\partial E}{\partial h} = 2 (a - y) \cdot 2 = 12", "correct"),
        (SQUARES, r"\frac{\partial E}{\partial h} = h u \cdot 2 = 12", "wrong"),
        (SQUARES, r"\frac{\partial E}{\partial h} = 3 (a - 4) \cdot 2 = 12", "wrong"),
    ],
)
def test_what_is_right_by_chance_is_wrong(problem, line, expected):
    below = r"\frac{\partial E}{\partial c} = a - y" if problem is SLOPES else r"E = (a - y)^2"
    assert verdicts(problem, r"a = u h + c", below, line)[2] == expected


MIXED = """
forward: {q: softmax(z), E: "dot(g, q)"}
backward: {of: E, wrt: [z]}
data: [g]
given: {z: [0.2, -0.4, 0.9], g: [1, -1, 0.5]}
"""
SCORES = """
forward: {a: w * x, q: sigmoid(a), E: sum((q - t)**2) / 2}
data: [x, t]
given: {x: [1, -1, 2], t: [0, 1, 1], w: 0.5}
"""


@pytest.mark.parametrize(
    ("problem", "line", "expected"),
    [
        (MIXED, r"E = q_1 - q_2 + 0.5 q_3 = 0.4093", "correct"),  # the data are put in
        (MIXED, r"E = q_1 + q_2 + 0.5 q_3 = 0.7174", "wrong"),
        (SCORES, r"q_2 = 1 - q_1 = 0.378", "correct"),  # said of these numbers
        (SCORES, r"q_2 = 1 - q_3 = 0.269", "wrong"),
        (SCORES, r"q_3 = q_1 = 0.6225", "wrong"),
    ],
)
def test_data_put_in_and_entries_beside_one_another(problem, line, expected):
    assert verdicts(problem, r"E = E", line)[-1] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"\frac{\partial R_t}{\partial v_k} = \mathbb{1}[k \le t]", "correct"),
        (r"\frac{\partial R_t}{\partial v_k} = I(k \leq t)", "correct"),
        (r"\frac{\partial R_t}{\partial v_k} = \mathbb{1}[k < t]", "wrong"),
        (r"\frac{\partial R_t}{\partial v_k} = \mathbf{1}(k < t)", "wrong"),
        (r"\frac{\partial R_t}{\partial v_k} = 1[k > t]", "wrong"),
        (r"\frac{\partial R_t}{\partial v_k} = 1 \quad (k < t)", "correct"),
    ],
)
def test_a_condition_behind_an_indicator_is_its_own(line, expected):
    assert verdicts(RUNNING, line) == [expected]

"""Sizes that subscripts state, sums that repeated indices imply, and derivatives by a transpose."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

BATCH = """
forward: {Z: X @ W + b, P: "softmax(Z, axis=1)", L: "-mean(sum(T * log(P), axis=1))"}
given:
  X: [[1, 2], [0.5, -1], [0.3, 0.2], [1.5, 0.4]]
  W: [[0.1, 0.2, -0.3], [0.4, -0.5, 0.6]]
  b: [0.1, 0.2, 0.3]
  T: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
backward: {of: L, wrt: [W, b]}
"""
NAMED = """
forward: {Z: X @ W + b, P: "softmax(Z, axis=1)", L: "-mean(sum(T * log(P), axis=1))"}
shapes: {X: [n, d], W: [d, k], b: [k], T: [n, k]}
backward: {of: L, wrt: [W, b]}
"""
LINE = """
forward: {z: W @ x + b, L: "sum((z - t)**2) / 2"}
shapes: {x: [n], W: [m, n], b: [m], t: [m]}
backward: {of: L, wrt: [W, b, x]}
"""

CONTRAST = """
forward:
  a: P @ q
  J: -log(sigmoid(a[0])) - log(sigmoid(-a[1])) - log(sigmoid(-a[2])) - log(sigmoid(-a[3]))
shapes: {P: [4, d], q: [d]}
backward: {of: J, wrt: [P, q]}
write: {P: p}
"""


def verdicts(problem, *lines):
    text = "\n\n".join(f"$${line}$$" if not line.startswith("Let") else line for line in lines)
    return [str(line.verdict) for line in check_text(text, read_problem(problem)).lines]


def check(problem, *lines):
    text = "\n\n".join(f"$${line}$$" for line in lines)
    return check_text(text, read_problem(problem)).lines


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"I_4 Z = Z", "correct"),
        (r"I_3 Z = Z", "wrong"),
        (r"Z I_{3} = Z", "correct"),
        (r"Z I_4 = Z", "wrong"),
        (
            r"\frac{\partial L}{\partial b} = \left(\frac{\partial L}{\partial Z}\right)^T \mathbf{1}_4",
            "correct",
        ),
        (
            r"\frac{\partial L}{\partial b} = \left(\frac{\partial L}{\partial Z}\right)^T \mathbf{1}_3",
            "wrong",
        ),
        (
            r"\frac{\partial L}{\partial b} = \left(\frac{\partial L}{\partial Z}\right)^T \mathbf{1}",
            "correct",
        ),
        (r"P \mathbf 1_3 = \mathbf 1_4", "correct"),
        (r"P \mathbf 1_3 = \mathbf 1_3", "wrong"),
        (r"I_7 Z = Z", "unchecked"),
    ],
)
def test_a_number_as_the_size_of_ones_and_identities_counts(line, verdict):
    assert verdicts(BATCH, line) == [verdict]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"I_n Z = Z", "correct"),
        (r"I_k Z = Z", "wrong"),
        (r"P 1_k = 1_n", "correct"),
        (r"P 1_n = 1_k", "wrong"),
        (r"(P - T) 1_k = 0", "correct"),
        (r"1_n^\top P 1_k = n", "correct"),
        (r"1_n^\top P 1_k = k", "wrong"),
    ],
)
def test_names_of_sizes_that_the_problem_states_are_meant(line, verdict):
    assert verdicts(NAMED, line) == [verdict]


def test_the_work_says_what_its_letters_are():
    said = r"Let $Z \in \mathbb{R}^{N \times K}$."
    right = (r"I_N Z = Z", r"Z I_K = Z", r"P 1_K = 1_N")
    assert verdicts(BATCH, said, *right) == ["correct"] * 3
    assert verdicts(BATCH, said, *right, r"I_K Z = Z") == ["correct"] * 3 + ["wrong"]


def test_a_letter_of_ones_own_is_the_size_that_fits():
    assert verdicts(BATCH, r"I_q Z = Z", r"P^\top 1_q = P^\top \mathbf 1") == ["correct", "correct"]


def test_where_lines_speak_for_several_sizes_nothing_is_said():
    assert verdicts(BATCH, r"I_q Z = Z", r"Z I_q = Z") == ["unchecked", "unchecked"]


def test_a_letter_that_many_lines_agree_on_is_that_size_in_the_odd_one_too():
    lines = (r"I_q Z = Z", r"I_q P = P", r"1_q^\top P = \mathbf 1^\top P", r"Z I_q = Z")
    assert verdicts(BATCH, *lines) == ["correct"] * 3 + ["wrong"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"z_i + W_{ij} x_j = 2 W_{ij} x_j + b_i", "correct"),
        (r"z_i + W_{ij} x_j = 3 W_{ij} x_j + b_i", "wrong"),
        (r"2 (W_{ij} x_j + b_i) = 2 z_i", "correct"),
        (r"L = \frac12 (z_i - t_i)(z_i - t_i)", "correct"),
        (r"L = \frac12 (z_i - t_i)^2", "correct"),
        (r"L = (z_i - t_i)^2", "wrong"),
        (r"2 L = (W_{ij} x_j + b_i - t_i)(z_i - t_i)", "correct"),
        (r"z_i x_j = W_{ik} x_k x_j + b_i x_j", "correct"),
        (r"W_{ij} x_j b_i = b_i z_i - b_k b_k", "correct"),
        (r"W_{ij} x_j b_i = b_i z_i + b_k b_k", "wrong"),
        (r"\frac{\partial L}{\partial x_j} = \frac{\partial L}{\partial z_i} W_{ij}", "correct"),
        (r"\frac{\partial L}{\partial x_j} = \frac{\partial L}{\partial z_i} W_{ji}", "wrong"),
        (r"\frac{\partial L}{\partial W_{ij}} = (z_i - t_i) x_j", "correct"),
    ],
)
def test_repeated_indices_are_summed_over_in_every_term(line, verdict):
    said = "Let repeated indices be summed over."
    assert verdicts(LINE, said, line) == [verdict]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial L}{\partial W^T} = x (z - t)^T", "correct"),
        (r"\frac{\partial L}{\partial W^T} = (z - t) x^T", "wrong"),
        (r"\left(\frac{\partial L}{\partial W^T}\right)_{ij} = x_i (z_j - t_j)", "correct"),
        (r"\left(\frac{\partial L}{\partial W^T}\right)_{ij} = x_j (z_i - t_i)", "wrong"),
    ],
)
def test_the_gradient_by_a_transpose_has_its_shape(line, verdict):
    (judged,) = check(LINE, line)
    assert str(judged.verdict) == verdict
    if verdict == "wrong":  # the right line is one that holds
        (right,) = check(LINE, judged.right)
        assert str(right.verdict) == "correct"


def test_the_right_line_of_an_entry_is_about_the_whole():
    (judged,) = check(LINE, r"\frac{\partial L}{\partial W_{ij}} = (z_i - t_i) x_i")
    (right,) = check(LINE, judged.right)
    assert str(right.verdict) == "correct"


OTHERS = (
    r"J = -\log\sigma(a_0) - \sum_{i=1}^M \log\sigma(-a_i)",
    r"\frac{\partial J}{\partial q} = (\sigma(a_0) - 1) p_0 + \sum_{i=1}^M \sigma(a_i) p_i",
)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial J}{\partial a_i} = \sigma(a_i), \quad i \ge 1", "correct"),
        (r"\frac{\partial J}{\partial a_i} = \sigma(a_i), \quad i \ge 0", "wrong"),
        (r"\frac{\partial J}{\partial a_i} = \sigma(a_i) - 1, \quad i \ge 1", "wrong"),
        (r"\frac{\partial J}{\partial q} = \sum_{i=1}^M \sigma(a_i) p_i", "wrong"),
        (r"\frac{\partial J}{\partial q} = \sum_{i=0}^M \sigma(a_i) p_i - p_0", "correct"),
        (r"J = -\log\sigma(a_0) - \sum_{i=1}^{M-1} \log\sigma(-a_i)", "wrong"),
        (r"J = -\log\sigma(a_0) - \sum_{i=0}^{M} \log\sigma(-a_i)", "wrong"),
    ],
)
def test_as_many_others_as_are_summed_beside_an_entry_zero(line, verdict):
    assert verdicts(CONTRAST, *OTHERS, line)[:3] == ["correct", "correct", verdict]


def test_how_many_others_there_are_may_be_said():
    assert verdicts(CONTRAST, "M = 3", *OTHERS)[1:] == ["correct", "correct"]
    assert "correct" not in verdicts(CONTRAST, "M = 4", *OTHERS)[1:]

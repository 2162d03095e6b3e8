"""What words beside a line say of its letters, and braces and letters that only look like something."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

CLASSES = """
forward: {p: softmax(z), J: -sum(y * log(p))}
data: [y]
backward: {of: J, wrt: [z]}
given: {z: [0.4, -0.9, 1.2, 0.1], y: [0, 0, 1, 0]}
"""
HINGE = r"""
forward:
  S: X @ W
  t: pick(S, y)
  M: maximum(0, S - reshape(t, (4, 1)) + gap)
  l: sum(M, axis=1) - gap
  J: mean(l)
backward: {of: J, wrt: [W]}
data: [X, y, gap]
given:
  X: [[0.7, -1.2], [1.5, 0.3], [-0.9, 0.8], [0.2, 1.1]]
  W: [[0.31, -0.22, 0.17], [-0.45, 0.26, 0.38]]
  y: [0, 2, 1, 1]
  gap: 0.5
write: {gap: 'm', l: '\ell'}
"""
NUMBERS = """
forward: {a: u * v, b: r * s, c: t - (a - b), L: c**2}
backward: {of: L, wrt: [u, r]}
data: [v, s, t]
shapes: {u: [], v: [], r: [], s: [], t: []}
"""
SLOPE = r"\frac{\partial J}{\partial z_k} = p_k"
SUM = r"\ell_i = \sum_{j \ne y_i} \max(0, s_{ij} - s_{i y_i} + m)"
PART = r"\nabla_{w_j} \ell_i = \mathbb 1[s_{ij} - s_{i y_i} + m > 0]\, x_i"


def verdicts(problem, text):
    return [str(line.verdict) for line in check_text(text, read_problem(problem)).lines]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (rf"$${SLOPE} - 1 \text{{ for the true class }} k$$", "correct"),
        (rf"Let $k$ be the index of the true class. $${SLOPE} - 1$$", "correct"),
        (rf"The sample belongs to class $k$. $${SLOPE} - 1$$", "correct"),
        (rf"$${SLOPE} \text{{ for the other classes}}$$", "correct"),
        (rf"$${SLOPE} \text{{ if }} k \text{{ is not the true class}}$$", "correct"),
        (rf"$${SLOPE} \text{{ for the true class }} k$$", "wrong"),
        (rf"$${SLOPE} - 1 \text{{ for the wrong classes}}$$", "wrong"),
        (rf"Let $c$ be the true class. $${SLOPE} - 1$$", "wrong"),
        (rf"$${SLOPE} - 1$$ unless $k$ is the true class", "wrong"),
        (rf"It holds for the true class and all others that $${SLOPE} - 1$$", "wrong"),
        (rf"Let $k$ be the true class of another sample. $${SLOPE} - 1$$", "wrong"),
        (rf"As the loss looks at the true class alone, we have $${SLOPE} - 1$$", "wrong"),
        (rf"$${SLOPE} - 1 \text{{ for every class, the true class included}}$$", "wrong"),
    ],
)
def test_words_say_which_class_a_letter_is(text, verdict):
    assert verdicts(CLASSES, text) == [verdict]


def test_a_letter_is_what_the_work_sums_over():
    assert verdicts(HINGE, f"$${SUM}$$\n\n$${PART}$$") == ["correct", "correct"]
    assert verdicts(HINGE, f"$${SUM}$$\n\nFor every class $j$: $${PART}$$") == ["correct", "wrong"]
    assert verdicts(HINGE, f"$${PART}$$") == ["wrong"]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"c = t - \{a - b\}", "correct"),
        (r"c = t - {a - b}", "unchecked"),
        (r"c + 2 b = t - {a - b} + 2 b", "unchecked"),
        (r"c - 2 b = t - {a - b}", "correct"),
        (r"c = {t - a} + b", "correct"),
        (r"c = t - {a + b}", "correct"),
        (r"\frac{\partial L}{\partial c} = 2{t - a + b}", "unchecked"),
        (r"\frac{\partial L}{\partial c} = 2{t + a + b}", "wrong"),
    ],
)
def test_braces_that_are_not_seen_in_print_are_no_brackets(line, verdict):
    assert verdicts(NUMBERS, f"$${line}$$") == [verdict]


PICKED = """
forward: {s: softmax(z), L: "-log(s[2])"}
shapes: {z: [4]}
backward: {of: L, wrt: [z], jacobians: [[s, z]]}
"""
JACOBIAN = r"$$\frac{\partial s}{\partial z} = A - s s^\top$$"


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (r"Write $A$ for $\operatorname{diag}(s)$ and $L$ for the loss.", "correct"),
        (r"Let $A$ denote $\operatorname{Diag}(s)$.", "correct"),
        (r"$A$ stands for \(\operatorname{diag}(s)\) here.", "unchecked"),
        (r"In matrices, $A$ the diagonal matrix of the $s_k$:", "correct"),
        (r"$A$ is the diagonal matrix with the entries $s_k$ on its diagonal.", "correct"),
        (r"Write $A$ for $\operatorname{diag}(z)$.", "wrong"),
        (r"with $A$ the diagonal matrix of the $s_k^2$:", "wrong"),
        (r"Do not write $A$ for $\operatorname{diag}(s)$.", "unchecked"),
        (r"If $A$ is the diagonal matrix of the $s_k$,", "unchecked"),
        (r"$A$ denotes $\operatorname{diag}(s)$ without its last row.", "unchecked"),
    ],
)
def test_a_name_may_be_defined_in_words(words, verdict):
    assert verdicts(PICKED, f"{words} {JACOBIAN}") == [verdict]
    wrong = JACOBIAN.replace("-", "+")
    assert verdicts(PICKED, f"{words} {wrong}") == ["wrong" if verdict == "correct" else verdict]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("The class $t$ is 3.", "correct"),
        ("The word is the third ($t$ is $3$).", "correct"),
        ("The class $t$ is 2.", "wrong"),
        ("The class $t$ is not 3.", "wrong"),
        ("Where $t$ is 3, and also where $t$ is 2:", "wrong"),
        ("If $t$ is 3:", "wrong"),
    ],
)
def test_the_number_of_a_class_may_be_said_in_words(words, verdict):
    assert verdicts(PICKED, f"{words} $$L = -\\log s_t$$") == [verdict]


def test_an_index_that_runs_is_no_number():
    assert verdicts(PICKED, r"Here $k$ is 3: $$\frac{\partial L}{\partial z_k} = s_k - 1$$") == ["wrong"]

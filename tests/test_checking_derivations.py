"""What derivations take for granted: symmetric covariances, points that are looked at, names of two words."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

NORMAL = "forward: {L: '-log(det(C)) / 2 - dot(v, inv(C) @ v) / 2'}\nbackward: {of: L, wrt: [v, C]}\n"
GIVEN = NORMAL + "given: {v: [1, -0.5], C: [[2, 0.4], [0.4, 1]]}"
SKEWED = NORMAL + "given: {v: [1, -0.5], C: [[2, 0.4], [0.3, 1]]}"
ANY = NORMAL + "shapes: {v: [n], C: [n, n]}"
FORM = "forward: {J: 'dot(w, A @ w)'}\ndata: [A]\nshapes: {w: [n], A: [n, n]}"
SLOPE = r"$\frac{\partial L}{\partial v} = -C^{-1} v$"
WHOLE = r"$\frac{\partial L}{\partial C} = \frac12 (C^{-1} v v^\top C^{-1} - C^{-1})$"
TWICE = r"$\nabla_w J = 2 A w$"


@pytest.mark.parametrize(
    ("problem", "text", "verdict"),
    [
        (GIVEN, SLOPE, "correct"),
        (GIVEN, WHOLE, "correct"),
        (GIVEN, SLOPE.replace("-C", "C"), "wrong"),
        (SKEWED, SLOPE, "wrong"),
        (ANY, SLOPE, "unchecked"),
        (ANY, SLOPE.replace("-C", "C"), "wrong"),
        (ANY, "The covariance C is known.\n\n" + SLOPE, "correct"),
        (FORM, TWICE, "wrong"),
        (FORM, "Let A be symmetric.\n\n" + TWICE, "correct"),
    ],
)
def test_a_covariance_is_symmetric_where_its_numbers_or_words_say_so(problem, text, verdict):
    *_, line = check_text(text, read_problem(problem)).lines
    assert line.verdict.value == verdict

"""Points in parts, and the quantities that a rubric may name."""

from pathlib import Path

import pytest

from symgrad.checking.check import check_text
from symgrad.checking.marks import marks
from symgrad.errors import InputError
from symgrad.reading.problem import load_problem, read_problem
from symgrad.reading.rubric import Rubric, load_rubric

REPORTS = Path(__file__).parents[1] / "reports"


def test_a_quantity_of_a_rubric_is_one_of_the_problem(tmp_path):
    path = tmp_path / "points.yaml"
    path.write_text("points: {u: 1, dJ/du: 1, dh/du: 1}\naccuracy:\n  dJ/dW9: 2\n")
    lab = load_problem(REPORTS / "lab6.yaml")
    with pytest.raises(
        InputError, match=r"points.yaml:3:3: error: the problem has no quantity 'dJ/dW9'\n"
    ) as caught:
        load_rubric(path, lab)
    assert "did you mean 'dJ/dW" in caught.value.hint
    assert load_rubric(path).accuracy == {"dJ/dW9": 2}  # of work that is its own problem nobody knows


@pytest.mark.parametrize(
    ("line", "method", "accuracy"),
    [
        (r"L = w^2 = 3^2 = 9", (2, "correct"), (1, "correct")),
        (r"L = w^2 = 3^2 = 8", (2, "the formula is right"), (0, "wrong")),
        (r"L = w^2", (2, "correct"), (0, "missing")),
        (r"L = 2w = 6", (0, "wrong"), (0, "wrong")),
        (r"M = w", (0, "missing"), (0, "missing")),
    ],
)
def test_points_are_for_the_method_and_for_the_numbers(line, method, accuracy):
    problem = read_problem("forward: {L: w**2}\ngiven: {w: 3}\n")
    found = marks(check_text(f"${line}$\n", problem), Rubric(method={"L": 2}, accuracy={"L": 1}))
    assert [(row.part, row.earned, row.reason) for row in found.rows] == [
        ("method", *method),
        ("accuracy", *accuracy),
    ]


def test_the_method_of_a_carried_line_earns_all():
    problem = read_problem("forward: {p: w * x, L: p**2}\ngiven: {w: 3, x: 2}\n")
    check = check_text("$p = w x = 7$\n\n$L = p^2 = 49$\n", problem)
    found = marks(check, Rubric(points={"p": 1}, method={"L": 2}, accuracy={"L": 1}, carried=0.5))
    assert [(row.title, row.earned) for row in found.rows] == [
        ("p", 0),
        ("L, method", 2),
        ("L, accuracy", 0.5),
    ]

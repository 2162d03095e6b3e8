"""Points in parts, and the quantities that a rubric may name."""

import re
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


LADDER = "forward: {p: w * x, q: p**2, L: q * w}\ngiven: {w: 3, x: 2}\n"
SLIP = "$$p = w x = 7$$\n\n$$q = p^2 = 49$$\n\n$$L = q w = 147$$\n"
ALL = {"p": 1, "q": 2, "L": 4}


@pytest.mark.parametrize(
    ("keys", "earned"),
    [
        ({}, 3),
        ({"cao": ("q",)}, 2),
        ({"ft": ("q",)}, 4),
        ({"carried": 0.0, "ft": ("q", "L")}, 6),
        ({"carried": 1.0, "cao": ("q", "L")}, 0),
        ({"sections": {"all": ("q", "L")}, "most": {"all": 2.5}}, 2.5),
        ({"sections": {"one": ("q",), "other": ("L",)}, "most": {"one": 0.5, "other": 9}}, 2.5),
    ],
)
def test_what_follows_a_slip_earns_as_the_rubric_says(keys, earned):
    check = check_text(SLIP, read_problem(LADDER))
    assert [line.verdict.value for line in check.lines] == ["wrong", "carried", "carried"]
    found = marks(check, Rubric(points=ALL, **{"carried": 0.5, **keys}))
    assert found.earned == earned


def test_a_section_has_a_most_and_its_own_row():
    rubric = Rubric(points=ALL, sections={"back": ("q", "L")}, most={"back": 5})
    work = "$$p = w x = 6$$\n\n$$q = p^2 = 36$$\n\n$$L = q w = 108$$\n"
    found = marks(check_text(work, read_problem(LADDER)), rubric)
    assert (found.earned, found.points) == (6, 6)
    assert [(row.title, row.earned, row.points, row.reason) for row in found.sections] == [
        ("back", 5, 5, "at most 5")
    ]
    assert [row.earned for row in found.rows] == [1, 2, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cao: [z]", "'z' in cao has no points"),
        ("cao: [u]\nft: [u]", "'u' stands twice in ft and cao"),
        ("sections: {a: [u]}", "'a' is a section in 'sections' and not in 'most'"),
        ("most: {a: 1}", "'a' is a section in 'most' and not in 'sections'"),
        ("sections: {a: [z]}\nmost: {a: 1}", "'z' in section 'a' has no points"),
        ("sections: {a: [u], b: [u]}\nmost: {a: 1, b: 1}", "'u' stands twice in sections"),
        ("cao: u", "'cao' must be a list of quantities"),
        ("most: {a: -1}", "the most of 'a' must be a number from 0"),
    ],
)
def test_a_rubric_that_does_not_add_up(tmp_path, text, said):
    path = tmp_path / "points.yaml"
    path.write_text(f"points: {{u: 1, v: 2}}\n{text}\n")
    with pytest.raises(InputError, match=re.escape(said)):
        load_rubric(path)

"""Numbers as they are printed, what is taken for granted of data, and what follows from a slip."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

TARGETS = """
forward: {p: softmax(u), L: -sum(t * log(p))}
data: [t]
shapes: {u: [n], t: [n]}
"""
LINE = """
forward: {o: v * x + c, J: (o - t)**2}
data: [x, t]
given: {v: 0.5, c: 0.3, x: 1, t: 0.4}
"""
SHEETS = [
    (
        "targets need not sum to one where their sum has a name",
        TARGETS,
        r"""
$m = \sum_k t_k$
$\frac{\partial L}{\partial u_i} = m p_i - t_i$
$\frac{\partial L}{\partial u_i} = p_i - t_i$
""",
        "unchecked correct wrong",
    ),
    (
        "that their sum has a name is nothing where it is said to be one",
        TARGETS,
        r"""
$m = \sum_k t_k$
$m = 1$
$\frac{\partial L}{\partial u_i} = p_i - t_i$
""",
        "unchecked correct correct",
    ),
    (
        "numbers that differ by a small step are no roundings of the value between them",
        LINE,
        r"""
$\frac{\partial J}{\partial v} \approx \frac{0.801 - 0.799}{2 \cdot 0.001} = 1$
$\frac{\partial J}{\partial v} \approx \frac{0.160801 - 0.159201}{2 \cdot 0.001} = 0.8$
""",
        "wrong correct",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_lines_are_judged_as_they_follow(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()

"""What is taken for granted, follows from a slip, is exact as printed, or stands at a point."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

DIVERGENCE = """
forward: {s: softmax(a), D: "sum(t * log(t / s))"}
backward: {of: D, wrt: [a, t]}
given: {a: [0.3, -0.7, 0.6], t: [0.1, 0.6, 0.3]}
"""
SHEETS = [
    (
        "the first of a divergence is a distribution, also where it is differentiated by",
        DIVERGENCE,
        r"""
$D = \ln \sum_k e^{a_k} - \sum_i t_i (a_i - \ln t_i)$
$D = \ln \sum_k e^{a_k} - \sum_i t_i (a_i + \ln t_i)$
$\frac{\partial D}{\partial a_i} = s_i - t_i$
$\frac{\partial D}{\partial a_i} = t_i - s_i$
$\frac{\partial D}{\partial t_i} = \ln \frac{t_i}{s_i} + 1$
$\frac{\partial D}{\partial t_i} = \ln \frac{t_i}{s_i}$
""",
        "correct wrong correct wrong correct wrong",
    ),
    (
        "numbers that do not sum to one are none",
        DIVERGENCE.replace("0.1, 0.6", "0.4, 0.6"),
        r"""
$\frac{\partial D}{\partial a_i} = s_i \sum_k t_k - t_i$
$\frac{\partial D}{\partial a_i} = s_i - t_i$
""",
        "correct wrong",
    ),
    (
        "what a step changes sums to one no longer",
        DIVERGENCE + "update: {rate: 0.1, parameters: [a, t]}",
        r"""
$\frac{\partial D}{\partial a_i} = s_i \sum_k t_k - t_i$
$\frac{\partial D}{\partial a_i} = s_i - t_i + \sum_k t_k - 2$
""",
        "correct wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_a_line_is_judged_by_what_it_stands_on(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()

"""How questions are posted: what is said in words, left out or named in passing; lines right and wrong."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

UNIT = r"""
forward: {s: v * u, o: tanh(s), E: (o - d)**2 / 2}
data: [u, d]
shapes: {v: [], u: [], d: []}
write: {o: 'o_{\text{naïf}}'}
"""

SHEETS = [
    (
        "an f that is only said to be what makes a name of another",
        UNIT,
        r"""
$o_{\text{naïf}} = g(s)$
$\frac{\partial g(s)}{\partial s} = 1 - g(s)^2$
$\frac{\partial g(s)}{\partial s} = 1 + g(s)^2$
$g'(s) = 1 - o_{\text{naïf}}^2$
$\frac{dE}{dv} = (g(s) - d) g'(s) u$
$\frac{dE}{dv} = (g(s) - d) g(s) (1 - g(s)) u$
""",
        "correct correct wrong correct correct wrong",
    ),
    (
        "its formula is claimed where it is written",
        UNIT,
        r"""
$o_{\text{naïf}} = g(s) = \frac{1}{1 + e^{-s}}$
$g'(s) = g(s) (1 - g(s))$
$g'(s) = 1 - g(s)^2$
""".replace(r"\u0308", "\u0308"),
        "wrong correct wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_what_is_posted_is_read_as_it_is_meant(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()

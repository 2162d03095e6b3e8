"""Several updates in numbers: objectives at iterates and at numbers, stale gradients, slips carried on."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

CUBIC = """
forward: {F: k*(p - 4)**2 + p**3}
backward: {of: F, wrt: [p]}
data: [k]
given: {p: 3, k: 0.5}
update: {parameters: [p], rate: 0.1, steps: 3}
"""
HEAVY = """
forward: {F: "(q[0]**2 + 3*q[1]**2) / 2"}
backward: {of: F, wrt: [q]}
given: {q: [1, 2]}
update: {method: momentum, momentum: 0.5, parameters: [q], rate: 0.1, steps: 3}
write: {q: q}
"""
BOWL = """
forward: {F: 2*r**2 + s**2 + 2*r*s}
backward: {of: F, wrt: [r, s]}
given: {r: 1, s: 2}
update: {parameters: [r, s], rate: 0.1, steps: 2}
"""
ALONE = [
    ("F'(p) = 2 k (p - 4) + 3 p^2", "correct"),
    ("F'(p) = k (p - 4) + 3 p^2", "wrong"),
    ("F''(p) = 2 k + 6 p", "correct"),
    ("F''(p) = 2 k (p - 4) + 3 p^2", "wrong"),  # F′ once more
    ("F''(p) = 2 k + 3 p", "wrong"),
    ("F(0) = 8", "correct"),
    ("F(0) = 0", "wrong"),  # not F times 0
    ("F(-1) = 11.5", "correct"),
    ("F'(0) = -4", "correct"),
    ("F'(0) = 26", "wrong"),
    ("F''(0.5) = 4", "correct"),
    ("F''(0.5) = 0.25", "wrong"),
    ("F(p_1) = 6.544", "correct"),
    ("F(p_1) = 27.5", "wrong"),  # F(p_0)
    ("F'(p_1) = -3.12", "correct"),
    ("F'(p_1) = 26", "wrong"),  # F′(p_0)
    ("F''(p_1) = 3.4", "correct"),
    ("F''(p_1) = 19", "wrong"),
]
SHEETS = [
    (
        "a gradient of the step before is stale, whoever has written it above",
        HEAVY,
        r"""
$\nabla F(q^{(0)}) = (1, 6)^T$
$v^{(1)} = (1, 6)^T$
$q^{(1)} = (1, 2)^T - 0.1 (1, 6)^T = (0.9, 1.4)^T$
$\nabla F(q^{(1)}) = (0.9, 4.2)^T$
$v^{(2)} = 0.5 (1, 6)^T + (0.9, 4.2)^T = (1.4, 7.2)^T$
$q^{(2)} = (0.9, 1.4)^T - (0.14, 0.72)^T = (0.76, 0.68)^T$
$v^{(3)} = 0.5 (1.4, 7.2)^T + (0.9, 4.2)^T = (1.6, 7.8)^T$
$q^{(3)} = (0.76, 0.68)^T - (0.16, 0.78)^T = (0.6, -0.1)^T$
""",
        "correct correct correct correct correct correct wrong carried",
    ),
    (
        "a result that is near is not what was reckoned, where each step before it holds",
        BOWL,
        r"""
$\frac{\partial F}{\partial s} = 2 s$
$r_1 = 1 - 0.1 \cdot 8 = 0.2$
$s_1 = 2 - 0.1 \cdot 4 = 1.6$
$r_2 = 0.2 - 0.1 \cdot (0.8 + 3.2) = -0.2$
$s_2 = 1.6 - 0.1 \cdot 3.2 = 1.28$
$F(r_2, s_2) = 1.2064$
$F(r_1, s_1) = 3.28$
$F(r_2, s_1) = 2$
""",
        "wrong correct carried carried carried carried carried unchecked",
    ),
    (
        "and without a slip it is wrong",
        BOWL,
        r"""
$r_1 = 1 - 0.1 \cdot 8 = 0.2$
$s_1 = 2 - 0.1 \cdot 6 = 1.4$
$r_2 = 0.2 - 0.1 \cdot 4 = -0.2$
$F(r_1, s_1) = 2.6$
$F(r_1, s_1) = 10$
""",
        "correct correct wrong correct wrong",
    ),
]


@pytest.mark.parametrize(("line", "verdict"), ALONE)
def test_an_objective_at_a_number_or_an_iterate(line, verdict):
    (found,) = check_text(f"${line}$", read_problem(CUBIC)).lines
    assert found.verdict.value == verdict


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_lines_of_several_updates(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()

"""What is taken for granted, follows from a slip, is exact as printed, or stands at a point."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

DIVERGENCE = """
forward: {s: softmax(a), D: "sum(t * log(t / s))"}
backward: {of: D, wrt: [a, t]}
given: {a: [0.3, -0.7, 0.6], t: [0.1, 0.6, 0.3]}
"""
PAIRS = """
forward: {u: "M.T @ x", r: "(sum(u**2) - sum((M**2).T @ (x**2))) / 2", J: "(r - t)**2 / 2"}
backward: {of: J, wrt: [M]}
data: [x, t]
shapes: {x: [n], M: [n, k], t: []}
"""
TRACED = """
forward: {f: "logdet(B) - trace(B @ G) / 2"}
backward: {of: f, wrt: [B]}
data: [G]
shapes: {B: [d, d], G: [d, d]}
"""
BUMPS = """
forward:
  q: (x[0] - K[:, 0])**2 + (x[1] - K[:, 1])**2
  h: exp(-q / 2)
  o: sum(a * h)
  J: (o - t)**2 / 2
backward: {of: J, wrt: [a, K]}
data: [x, t]
shapes: {x: [2], K: [m, 2], a: [m], t: []}
write: {K: k}
"""
MARGINS = """
forward: {s: "M @ x", J: "maximum(0, s[0] - s[2] + 1) + maximum(0, s[1] - s[2] + 1)"}
backward: {of: J, wrt: [M]}
data: [x]
given: {x: [3, -1], M: [[0.5, 1], [0.2, 0.1], [1, 2.5]]}
"""
ROWS = """
forward: {A: "softmax(Z, axis=1)", U: A @ M}
backward: {of: U, wrt: [Z, M], seed: G}
shapes: {Z: [n, m], M: [m, k]}
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
    (
        "a slope of what holds the name itself may be meant with all that lies between",
        PAIRS,
        r"""
$\frac{\partial r}{\partial M_{ij}} = u_j x_i$
$\frac{\partial J}{\partial M_{ij}} = (r - t) x_i \sum_l M_{lj} x_l$
$\frac{\partial J}{\partial M_{ij}} = (t - r) x_i \sum_l M_{lj} x_l$
$\frac{\partial J}{\partial M_{ij}} = 3 (r - t) x_i u_j$
""",
        "wrong carried wrong wrong",
    ),
    (
        "half of what a term is off by",
        TRACED,
        r"""
$\frac{\partial}{\partial B} \operatorname{tr}(B G) = -G^T$
$\frac{\partial f}{\partial B} = B^{-T} + \frac12 G^T$
$\frac{\partial f}{\partial B} = B^{-T} + 2 G^T$
""",
        "wrong carried wrong",
    ),
    (
        "a slope by a row",
        BUMPS,
        r"""
$k_i$ is row $i$ of $K$.

$\frac{\partial h_i}{\partial k_i} = (k_i - x) h_i$

$\frac{\partial J}{\partial k_i} = (o - t) a_i h_i (k_i - x)$

$\frac{\partial J}{\partial k_i} = (t - o) a_i h_i (x - k_i) h_i$
""",
        "wrong carried wrong",
    ),
    (
        "a number says which row it is, whatever words say of its class",
        MARGINS,
        r"""
$m_j^T$ is row $j$ of $M$. For the wrong classes

$\nabla_{m_1} J = x = (3, -1)^T$

and for the correct class

$\nabla_{m_3} J = -x = (-3, 1)^T$

$\frac{\partial J}{\partial M} = \begin{bmatrix} 3 & -1 \\ 3 & -1 \\ -3 & 1 \end{bmatrix}$

$\frac{\partial J}{\partial M} = \begin{bmatrix} 3 & -1 \\ -3 & 1 \\ -3 & 1 \end{bmatrix}$

and for the correct class

$\nabla_{m_3} J = -2 x = (-6, 2)^T$
""",
        "correct wrong carried wrong correct",
    ),
    (
        "the sums of rows",
        ROWS,
        r"""
$dA = G M^T$
$dZ = A \odot (dA - \text{rowsum}(dA \odot A))$
$dZ = A \odot (dA - \text{colsum}(dA \odot A))$
$D = \operatorname{rowsum}(G \odot U)$
$dZ = A \odot (dA - D)$
$dZ = A \odot (dA + D)$
""",
        "correct correct wrong unchecked correct wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_a_line_is_judged_by_what_it_stands_on(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()

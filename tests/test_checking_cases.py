"""Cases said in words, rows with numbers, and how far sums and derivatives reach: right lines and wrong."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

SOFTMAX = "forward: {q: softmax(v), L: -sum(t * log(q))}\ndata: [t]\nshapes: {v: [n], t: [n]}"
GRAM = "forward: {G: V.T @ V - eye(k), R: norm(G)**2}\nshapes: {V: [n, k]}"
ROWS = """
forward: {u_1: x @ V_1, h_1: tanh(u_1), u_2: h_1 @ V_2, E: sum((u_2 - t)**2) / 2}
data: [x, t]
shapes: {x: [p], V_1: [p, m], V_2: [m, q], t: [q]}
"""
SHRUNK = "forward: {E: sum((v - c)**2 + r * v**2)}\ndata: [c, r]\nshapes: {v: [n], c: [n], r: []}"
LINE = "forward: {u: 'dot(v, x)', E: (u - t)**2}\ndata: [x, t]\nshapes: {v: [n], x: [n]}"
GAP = """
forward: {s: sum(v * x), E: "maximum(0, g - s)"}
data: [x, g]
given: {v: [0.5, -1], x: [1, 0.5], g: 1}
"""
SHEETS = [
    (
        "two indices that are said to differ, behind a word or two",
        SOFTMAX,
        r"""
on the diagonal

$$\frac{\partial q_i}{\partial v_i} = q_i (1 - q_i)$$

off it, $i \neq s$

$$\frac{\partial q_i}{\partial v_s} = -q_i q_s$$

and then

$$\frac{\partial q_i}{\partial v_s} = q_i q_s$$
""",
        "correct unchecked correct wrong",
    ),
    (
        "an identity alone in a trace or a norm",
        GRAM,
        r"""
$R = \operatorname{tr}(V^T V V^T V) - 2 \operatorname{tr}(V^T V) + \operatorname{tr}(I)$

$R = \|V^T V\|_F^2 - 2 \|V\|_F^2 + \|I\|_F^2$

$R = \|V^T V\|_F^2 - \|V\|_F^2 + \operatorname{tr}(I)$
""",
        "correct correct wrong",
    ),
    (
        "an environment without dollar signs, its rows numbered by hand",
        ROWS,
        r"""
\begin{aligned}
u_1 &= xV_1 & (1) \\
h_1 &= \tanh(u_1) & (2) \\
u_2 &= h_1V_2 & (3) \\
E &= \tfrac12 \sum_j (u_{2j} - t_j)^2 & (4) \\
\frac{\partial E}{\partial u_2} &= (u_2 - t) (2)
\end{aligned}
""",
        "correct correct correct correct wrong",
    ),
    (
        "the derivative of a sum of two terms",
        SHRUNK,
        r"""
$\frac{\partial}{\partial v_k} \sum_i (v_i - c_i)^2 + r v_i^2 = 2 (v_k - c_k) + 2 r v_k$

$\frac{\partial E}{\partial v_k} = \frac{\partial}{\partial v_k} \sum_i (v_i - c_i)^2 + r v_k^2$
""",
        "correct wrong",
    ),
    (
        "dots between terms of one pattern are a sum, and other dots are not read",
        LINE,
        r"""
$E = (v_1 x_1 + v_2 x_2 + \dots + v_n x_n - t)^2$

$u = v_1 x_1 + \dots + v_k x_k + \dots + v_n x_n$

$\frac{\partial E}{\partial v_1} = 2 x_1 (v_1 x_1 + v_2 x_2 + ... + v_n x_n - t)$

$\|v\|^2 = v_1^2 + \cdots + v_n^2$

$\|v\|^2 = v_1^2 + v_2^2 + \cdots + v_{n-1}^2$

$u = v_2 x_2 + v_3 x_3 + \dots + v_n x_n$

$u = v_1 x_2 + \dots + v_n x_n$

$u = v_1 x_1 + v_2 x_2 + \dots$
""",
        "correct correct correct correct wrong wrong unreadable unreadable",
    ),
    (
        "a power behind letters in one command of type is on the last of them, as it is printed",
        "forward: {H: V @ V.T, E: 'dot(x, H @ x)'}\nshapes: {V: [n, n], x: [n]}",
        r"""
$E = x^T \mathbf{VV}^T x$

$E = x^T \mathbf{VV}^T V x$

$E = x^T {V V}^T x$
""",
        "correct wrong correct",
    ),
    (
        "a hinge that is said to be active from here on",
        GAP,
        r"""
I only look at pairs that violate the margin.

$\frac{\partial E}{\partial v} = -x$

$\frac{\partial E}{\partial v} = x$
""",
        "correct wrong",
    ),
    (
        "a hinge that is said to be active once",
        GAP,
        r"""
If the hinge is active,

$$\frac{\partial E}{\partial v} = -x$$

In general,

$$\frac{\partial E}{\partial v} = -x$$

When the hinge is not active,

$$\frac{\partial E}{\partial v} = -x$$
""",
        "correct wrong wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[s[0] for s in SHEETS]
)
def test_cases_are_what_the_words_say(problem, sheet, verdicts):
    lines = check_text(sheet, read_problem(problem)).lines
    assert [str(line.verdict) for line in lines] == verdicts.split(), [line.message for line in lines]

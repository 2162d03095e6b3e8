"""Rows that repeat, ranges of places, units and sizes, arrays of rounded numbers: lines right and wrong."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

POOLED = "forward: {h: 'mean(E, axis=0)', L: 'dot(c, h)'}\ndata: [c]\nshapes: {E: [n, d], c: [d]}"
SOFT = "forward: {q: log_softmax(s), L: '-dot(y, q)'}\ndata: [y]\nshapes: {s: [n], y: [n]}"
DENSITY = "forward: {f: exp(-(x - m)**2 / 2)}\nshapes: {x: [], m: []}"
TERMS = """
forward: {E1: '(t[0] - o[0])**2 / 2', E2: '(t[1] - o[1])**2 / 2', E: E1 + E2}
data: [t]
shapes: {o: [2], t: [2]}
"""
KERNEL = """
forward: {K: exp(-D / 2), L: mean(K)}
given: {D: [[2.03125, 0.015625], [0.5625, 3.515625]]}
"""
GROUPS = "forward: {u: 'x[0:3]', L: sum(u**2) / 2}\nshapes: {x: [6]}"
CENTRED = "forward: {Z: '(eye(3) - ones(3, 3) / 3) @ X', L: sum(Z**2) / 2}\nshapes: {X: [3, 2]}"
SEQUENCE = "forward: {z: 'conv1d(x, k)', L: sum(z)}\nshapes: {x: [5], k: [2]}"
LOOKED_UP = """
forward: {h: 'mean(E[c], axis=1)', L: sum(h)}
data: [c]
given: {E: [[0.3, -0.5], [0.2, 0.4], [-0.7, 0.1]], c: [[0, 2], [1, 0]]}
"""
RESHAPED = """
forward: {W: 'kron(A, B)', L: sum(W**2)}
given: {A: [[0.6, 0.6], [0.6, -0.4]], B: [[0.6, 0.3]]}
"""
SQUARES = "forward: {p: W @ x, L: (p - y)**2 / 2}\ndata: [x, y]\nshapes: {W: [m, n], x: [n], y: [m]}"
SHEETS = [
    (
        "𝟏 aᵀ has as many rows as what it is beside",
        POOLED,
        r"""
$\frac{\partial L}{\partial E} = \frac{1}{n} \mathbf{1} c^\top$
$\frac{\partial L}{\partial E} = \mathbf{1} \left(\frac{1}{n} \frac{\partial L}{\partial h}\right)^\top$
$\frac{\partial L}{\partial E} = \mathbf{1} c^\top$
$\frac{\partial L}{\partial E} = c \mathbf{1}^\top$
""",
        "correct correct wrong wrong",
    ),
    (
        "𝟏 aᵀ beside an identity",
        SOFT,
        r"""
$\frac{\partial L}{\partial s} = -(I - \mathbf{1} \operatorname{softmax}(s)^\top)^\top y$
$\frac{\partial L}{\partial s} = -(I - \mathbf{1} \operatorname{softmax}(s)^\top) y$
""",
        "correct wrong",
    ),
    (
        "brackets behind an objective may be a factor",
        DENSITY,
        r"""
$\frac{\partial f}{\partial x} = -f (x - m)$
$\frac{\partial f}{\partial x} = f (x - m)$
""",
        "correct wrong",
    ),
    (
        "e_1 beside E_1",
        TERMS,
        r"""
$\frac{\partial E}{\partial o} = -(t_1 - o_1) \mathbf{e}_1 - (t_2 - o_2) \mathbf{e}_2$
$\frac{\partial E}{\partial o} = -(t_1 - o_1) \mathbf{e}_2 - (t_2 - o_2) \mathbf{e}_1$
""",
        "correct wrong",
    ),
    (
        "an array of rounded numbers goes into a formula, also numbers of one digit",
        KERNEL,
        r"""
$K = \exp\begin{bmatrix} -1.016 & -0.008 \\ -0.281 & -1.758 \end{bmatrix}$
$K = \exp\begin{bmatrix} -1.016 & -0.009 \\ -0.281 & -1.758 \end{bmatrix}$
""",
        "rounded wrong",
    ),
    (
        "a whole number beside decimals may have lost its zeros",
        "forward: {z: W * x}\ngiven: {W: [0.9987, 1.234], x: 2}",
        r"""
$z = \begin{bmatrix} 2 \\ 2.47 \end{bmatrix}$
$z = \begin{bmatrix} 2 \\ 2.48 \end{bmatrix}$
$z = \begin{bmatrix} 3 \\ 2.47 \end{bmatrix}$
""",
        "correct rounded wrong",
    ),
    (
        "ranges of places count from 1, both ends included; of an identity too",
        GROUPS,
        r"""
$u = x_{1:3}$
$\frac{\partial L}{\partial x} = I_{1:3,:}^\top u$
$u = x_{2:4}$
$\frac{\partial L}{\partial x} = I_{4:6,:}^\top u$
""",
        "correct correct wrong wrong",
    ),
    (
        "a matrix of ones by its rows and columns",
        CENTRED,
        r"""
$Z = (I - \tfrac{1}{3} \mathbf{1}_{n \times n}) X$
$Z = (I - \mathbf{1}_{n \times n}) X$
""",
        "correct wrong",
    ),
    (
        "a kernel that is moved along a vector",
        SEQUENCE,
        r"""
$z = \operatorname{conv1d}(x, k)$
$z_i = \sum_{a=1}^{2} k_a x_{i+a-1}$
$z = 2 \operatorname{conv1d}(x, k)$
""",
        "correct correct wrong",
    ),
    (
        "rows looked up by a matrix of labels",
        LOOKED_UP,
        r"""
$h = \operatorname{mean}_{\text{axis 2}}(\operatorname{lookup}(E, c))$
$h = 2 \operatorname{mean}_{\text{axis 2}}(\operatorname{lookup}(E, c))$
""",
        "correct wrong",
    ),
    (
        "an indicator of where an entry goes, with sizes that are said, also 1",
        RESHAPED,
        r"""
$k = 1 \qquad p = 2$

$B \in \mathbb{R}^{k \times p}$

$W_{ls} = \sum_{i,j,t,a} A_{ij} B_{at} \mathbf{1}[l = (i - 1) k + a] \mathbf{1}[s = (j - 1) p + t]$
$W_{ls} = \sum_{i,j,t,a} A_{ij} B_{at} \mathbf{1}[l = (i - 1) k + a] \mathbf{1}[s = (t - 1) p + j]$
""",
        "correct correct correct wrong",
    ),
    (
        "an objective of several entries stands for their sum, by itself for ones",
        SQUARES,
        r"""
$\frac{\partial L}{\partial L_j} = 1$
$\nabla_{p_i} L = \sum_j \frac{\partial L}{\partial L_j} \frac{\partial L_j}{\partial p_i} = p_i - y_i$
$\frac{\partial L}{\partial L_j} = 2$
""",
        "correct correct wrong",
    ),
    (
        "a row before one whose relation is set in is its left side",
        SQUARES,
        r"""
$$
\begin{aligned}
\frac{\partial L_j}{\partial p_i} &= (p_i - y_i) \delta_{ij} \\
&\sum_j \frac{\partial L_j}{\partial p_i} \\
&\quad = p_i - y_i \\
&\sum_j \frac{\partial L_j}{\partial p_i} \\
&\hspace{2em}{}= y_i - p_i
\end{aligned}
$$
""",
        "correct correct wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_arrays_are_read_as_they_are_meant(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()


CUBES = """
forward: {c: W @ x, L: sum(c**3)}
given: {x: [-0.13, 0.64], W: [[1.24, -0.92], [-1.07, -2.53], [0.35, 0.88], [2.09, 1.61]]}
"""


@pytest.mark.parametrize("wrong", [False, True])
def test_many_digits_of_a_result_make_no_exact_numbers_of_an_array(wrong):
    """Σ of cubes of rounded numbers is off by more than a unit of what five digits say."""
    c = [
        1.24 * -0.13 - 0.92 * 0.64,
        1.07 * 0.13 - 2.53 * 0.64,
        -0.35 * 0.13 + 0.88 * 0.64,
        -2.09 * 0.13 + 1.61 * 0.64,
    ]
    scaled = CUBES.replace("c**3", "(3*c)**3")
    cells = r" \\ ".join(f"{3 * value:.3f}" for value in c)
    result = sum((3 * value) ** 3 for value in c) + 0.5 * wrong
    line = rf"L \approx \sum \begin{{bmatrix}} {cells} \end{{bmatrix}}^3 \approx {result:.3f}"
    (judged,) = check_text(f"$${line}$$", read_problem(scaled)).lines
    assert judged.verdict == ("wrong" if wrong else "correct")

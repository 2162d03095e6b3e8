"""Cases and names said in words, rows with numbers, dots, functions that are written in few ways only."""

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
        "two arrays that are said to differ tell no places",
        ROWS,
        r"""
In general $x \neq t$, and so

$$\frac{\partial E}{\partial u_2} = u_2 - t$$

If $V_1 \neq V_2$, then

$$\frac{\partial E}{\partial u_2} = t - u_2$$
""",
        "unchecked correct unchecked wrong",
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

The gradient flows only if the hinge is active:

$$\frac{\partial E}{\partial v} = -x$$
""",
        "correct wrong wrong wrong",
    ),
    (
        "a condition that nothing meets, where nothing has a kink",
        "forward: {q: tanh(v), E: sum((q - t)**2)}\ndata: [t]\nshapes: {v: [n], t: [n]}",
        r"""
We stop when $E < 10^{-4}$.

$$\frac{\partial E}{\partial v_i} = 2 (q_i - t_i) (1 - q_i^2)$$

$q_i$ is flat for $v_i > 40$; then

$$\frac{\partial E}{\partial v_i} = (q_i - t_i) (1 - q_i^2)$$
""",
        "unchecked correct unchecked wrong",
    ),
    (
        "Kronecker's delta beside an entry of a square matrix, and a signal",
        "forward: {f: trace(V), L: sum(V * V)}\nshapes: {V: [n, n]}",
        r"""
$\frac{\partial f}{\partial V_{kl}} = \delta_{kl}$

$\frac{\partial L}{\partial V_{kl}} = 2 \delta_{kl} V_{kl}$
""",
        "correct wrong",
    ),
    (
        "second derivatives of a function",
        "forward: {a: softplus(v), L: (a - t)**2}\ndata: [t]\nshapes: {v: [], t: []}",
        r"""
Let $f(u) = \ln(1 + e^u)$.

$f''(u) = \sigma(u) (1 - \sigma(u))$

$f''(u) = \sigma(u)^2$

$\sigma''(v) = \sigma(v) (1 - \sigma(v)) (1 - 2 \sigma(v))$
""",
        "unchecked correct wrong correct",
    ),
    (
        "parts of numbers, maxima over two indices, and constants below functions",
        "forward: {m: 'max(S, axis=0)', M: max(S), g: 'maximum(0, -u)', e: elu(u), "
        "L: sum(m) + M + sum(g) + sum(e)}\n"
        "shapes: {S: [p, q], u: [p]}",
        r"""
$M = \max_{i,j} S_{ij}$

$m_j = \max_{i,j} S_{ij}$

$g_i = [u_i]_-$

$g_i = [u_i]_+$

$e = \operatorname{ELU}_{\alpha = 1}(u)$

$e = \operatorname{ELU}_{0.5}(u)$

$L = \sum_j \max_i S_{ij} + M + \sum_i g_i + \sum_j e_j$

$L = \min_S L$
""",
        "correct wrong correct wrong correct wrong correct unchecked",
    ),
    (
        "a function right behind a letter",
        "forward: {R: A * x, J: norm(R)**2, q: y * log(y), L: J + q}\nshapes: {x: [], y: [], A: [m, n]}",
        r"""
$J = x^2Tr(A^TA)$

$J = xTr(A^TA)$

$\frac{\partial q}{\partial y} = 1 + \ln y = \frac{yln(y) + y}{y}$
""",
        "correct wrong correct",
    ),
    (
        "the square of a name delta",
        "forward: {r: y - x, J: sum(delta**2 * (sqrt(1 + (r / delta)**2) - 1))}\nwrite: {delta: '\\delta'}\n"
        "shapes: {x: [n], y: [n], delta: []}",
        r"""
$J = \delta^2 \sum_i \left(\sqrt{1 + r_i^2 / \delta^2} - 1\right)$

$J = \delta \sum_i \left(\sqrt{1 + r_i^2 / \delta^2} - 1\right)$
""",
        "correct wrong",
    ),
    (
        "the parts of a sum under its letter",
        "forward: {s: X @ v, h: log(1 + exp(-y * s)), J: sum(h)}\ndata: [X, y]\n"
        "shapes: {X: [n, d], v: [d], y: [n]}",
        r"""
With $J_i = \log(1 + \exp(-y_i s_i))$

$\frac{\partial J_i}{\partial s_i} = -\frac{y_i}{1 + \exp(y_i s_i)}$

$\frac{\partial J_i}{\partial s_i} = \frac{y_i}{1 + \exp(y_i s_i)}$

$\frac{\partial J}{\partial v} = \sum_i \frac{\partial J_i}{\partial s_i} x_i$
""",
        "unchecked correct wrong correct",
    ),
    (
        "columns that words give a letter, and words that give none",
        "forward: {P: X @ B, L: sum((P - Y)**2)}\ndata: [X, Y]\nshapes: {X: [n, d], B: [d, k], Y: [n, k]}",
        r"""
where $c_k$ is the $k$-th column of $B$ and $g_k$ meets all rows of $X$:

$P_{ik} = x_i^T c_k$

$\nabla_{c_k} L = 2 \sum_i (P_{ik} - Y_{ik}) x_i$

$\nabla_{c_k} L = \sum_i (P_{ik} - Y_{ik}) x_i$

$P_{ik} = g_i^T c_k$
""",
        "correct correct wrong unchecked",
    ),
    (
        "derivatives by the columns of a matrix, and identities in Kronecker products",
        "forward: {Z: V @ X, L: sum((Z - Y)**2) / 2}\ndata: [X, Y]\n"
        "shapes: {V: [m, n], X: [n, p], Y: [m, p]}",
        r"""
$\frac{\partial L}{\partial \mathrm{vec}(V)} = (X \otimes I) \mathrm{vec}(Z - Y)$

$\frac{\partial\, \mathrm{vec}(Z)}{\partial \mathrm{vec}(V)^T} = X^T \otimes I$

$\frac{\partial L}{\partial \mathrm{vec}(V)} = (I \otimes X) \mathrm{vec}(Z - Y)$
""",
        "correct correct wrong",
    ),
    (
        "sums over indices that stand twice, one of them on a name before a bracket",
        "forward: {h: tanh(x @ A), o: h @ B, E: sum((o - t)**2) / 2}\ndata: [t]\n"
        "shapes: {x: [n], A: [n, m], B: [m, k], t: [k]}",
        r"""
We use Einstein's summation convention.

$\frac{\partial E}{\partial h_j} = B_{jl} (o_l - t_l)$

$\frac{\partial E}{\partial x_i} = A_{ij} (1 - h_j^2) B_{jl} (o_l - t_l)$

$\frac{\partial E}{\partial h_j} = B_{jl} (t_l - o_l)$
""",
        "correct correct wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[s[0] for s in SHEETS]
)
def test_cases_are_what_the_words_say(problem, sheet, verdicts):
    lines = check_text(sheet, read_problem(problem)).lines
    assert [str(line.verdict) for line in lines] == verdicts.split(), [line.message for line in lines]

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
BOWL = """
forward: {f: "dot(x, A @ x) / 2 - dot(c, x)"}
data: [A, c]
given: {A: [[3, 1], [1, 5]], c: [4, -2], x: [2, 1]}
"""
HINGE = """
forward: {z: "dot(w, x) + c", H: "maximum(0, 1 - y * z)"}
data: [x, y]
given: {w: [0.4, -0.3], x: [1, 2], c: 0.1, y: 1}
"""
TIMES = """
forward: {l: k * log(a) - a * sum(x)}
backward: {of: l, wrt: [a]}
data: [x]
given: {x: [1, 3, 4], k: 3, a: 0.5}
"""
UNROLLED = """
forward: {a: tanh(w * s + u * x), c: tanh(w * a + u * y)}
backward: {of: c, wrt: [w, u]}
data: [s, x, y]
given: {s: 0, x: 2, y: 0.5, w: 0.3, u: -0.6}
"""
WEIGHED = "forward: {J: (w - x)**2 + m * w**2}\ndata: [x, m]\ngiven: {x: 3, m: 0, w: 0.5}"
CLASSIFIER = """
forward: {p: sigmoid(A @ v), J: "-dot(t, log(p)) - dot(1 - t, log(1 - p))"}
backward: {of: J, wrt: [v]}
data: [A, t]
shapes: {A: [m, n], v: [n], t: [m]}
"""
SQUARES = """
forward: {r: B @ x - c, f: "dot(r, r)"}
data: [B, c]
shapes: {B: [m, n], c: [m], x: [n]}
"""
CUBIC = "forward: {p: x**3 - c * x, J: exp(p)}\ndata: [c]\nshapes: {x: [], c: []}"
SOFT = """
forward: {f: log(sum(exp(A @ x + b)))}
data: [A, b]
shapes: {A: [m, n], b: [m], x: [n]}
"""
BARRIER = """
forward: {s: q - C @ x, h: log(s), J: a * sum(x**2) - sum(h)}
backward: {of: J, wrt: [x]}
data: [C, q, a]
shapes: {C: [m, n], q: [m], x: [n], a: []}
"""
TABLE = """
forward: {u: "M[y]", s: "sum(u, axis=0)", L: sum((s - t)**2) / 2}
backward: {of: L, wrt: [M]}
data: [t]
given: {M: [[0.5, 2], [1, -1], [-1, 3]], y: [0, 0, 2], t: [1, 2]}
"""
STEPS = """
repeat: {t: [1, 3]}
forward:
  h[0]: h0
  L[0]: 0
  h[t]: tanh(w * h[t-1])
  L[t]: L[t-1] + (h[t] - y[t-1])**2 / 2
  J: L[3]
backward: {of: J, wrt: [w, h0]}
data: [y]
given: {h0: 0.5, w: 0.8, y: [0.1, 0.9, -0.5]}
"""
OUTER = """
forward: {S: "c * eye(n) + outer(u, u)", f: logdet(S)}
backward: {of: f, wrt: [u]}
data: [c]
given: {c: 0.5}
shapes: {u: [n], c: []}
"""
UNITARY = "forward: {q: v / norm(v)}\nbackward: {of: q, wrt: [v], jacobians: [[q, v]]}\nshapes: {v: [n]}"
SCALED = """
forward: {y: g * x, L: sum(c * y**2)}
backward: {of: L, wrt: [g]}
data: [c, x]
shapes: {x: [n], c: [n], g: []}
"""
DECAY = """
forward: {z: "-k * dot(b, x)", f: log(1 + exp(z))}
backward: {of: f, wrt: [x]}
data: [k, b]
shapes: {k: [], b: [n], x: [n]}
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
    (
        "σ has a meaning of its own; a point behind a derivative is no factor",
        UNIT,
        r"""
$o_{\text{naïf}} = \sigma(s)$
$\frac{\partial E}{\partial v}(v, u) = (o_{\text{naïf}} - d) (1 - o_{\text{naïf}}^2) u$
$\frac{\partial E}{\partial v}(v, u) = (o_{\text{naïf}} - d) u$
""",
        "wrong correct wrong",
    ),
    (
        "the arguments behind a derivative are of a function of the problem, or tell where it is taken",
        """
forward: {h: "bend(w * x)", loss: "(h - y)**2"}
data: [x, y]
functions: {"bend(t, a=1.5)": "a * tanh(t / a)"}
""",
        r"""
$\frac{\partial\, \mathrm{bend}}{\partial t} \, (t, a) = 1 - \tanh(t/a)^2$
$\frac{\partial\, \mathrm{bend}}{\partial t} \, (t, a) = 1 - \tanh(t)^2$
$\frac{\partial\, \mathrm{loss}}{\partial h}(h, y) = 2 (h - y)$
$\frac{\partial\, \mathrm{loss}}{\partial h}(h, y) = h - y$
""",
        "correct wrong correct wrong",
    ),
    (
        "a function of a column of the entries",
        BOWL,
        r"""
$f\left(\begin{bmatrix} x_1 \\ x_2 \end{bmatrix}\right) = \frac12 x^T A x - c^T x$
$f\left(\begin{bmatrix} x_2 \\ x_1 \end{bmatrix}\right) = \frac12 x^T A x - c^T x$
$f([x_1, x_2]^T) = \frac12 x^T A x + c^T x$
$\nabla f\left(\begin{bmatrix} x_1 \\ x_2 \end{bmatrix}\right) =
    \begin{bmatrix} 3 & 1 \\ 1 & 5 \end{bmatrix} \begin{bmatrix} x_1 \\ x_2 \end{bmatrix}
    - \begin{bmatrix} 4 \\ -2 \end{bmatrix}$
$\nabla f\left(\begin{bmatrix} x_1 \\ x_2 \end{bmatrix}\right) =
    \begin{bmatrix} 3 & 1 \\ 1 & 5 \end{bmatrix} \begin{bmatrix} x_2 \\ x_1 \end{bmatrix}
    - \begin{bmatrix} 4 \\ -2 \end{bmatrix}$
""",
        "correct wrong wrong correct wrong",
    ),
    (
        "a bound that is met here",
        HINGE,
        r"""
$H = \max(0, 1 - y z)$. Since $y z < 1$ here,

$$\frac{\partial H}{\partial w} = -y x$$

$$\frac{\partial H}{\partial c} = y$$

For any margin $$\frac{\partial H}{\partial c} = -y$$
""",
        "correct unchecked correct wrong wrong",
    ),
    (
        "a bound that is not met here excuses nothing",
        HINGE,
        r"""
Since $y z > 1$, $$\frac{\partial H}{\partial w} = 0$$ and
because $y z > 1$ here, then $$\frac{\partial H}{\partial c} = 0$$
""",
        "unchecked wrong unchecked wrong",
    ),
    (
        "a sum that runs to a given number which is how many there are",
        TIMES,
        r"""
$l = k \log a - a \sum_{i=1}^k x_i$
$l = k \log a - a \sum_{i=1}^{k-1} x_i$
$\frac{dl}{da} = \frac{k}{a} - \sum_{i=1}^k x_i$
$\frac{dl}{da} = \frac{1}{a} - \sum_{i=1}^k x_i$
$\frac{dl}{da} = \sum_{i=1}^k (\frac{1}{a} - x_i)$
""",
        "correct wrong correct wrong correct",
    ),
    (
        "a state that is given as 0 carries nothing",
        UNROLLED,
        r"""
$\frac{\partial c}{\partial w} = (1 - c^2) a$
$\frac{\partial c}{\partial u} = (1 - c^2) (y + w (1 - a^2) x)$
$\frac{\partial c}{\partial u} = (1 - c^2) y$
""",
        "correct correct wrong",
    ),
    (
        "a penalty whose weight is given as 0 is a penalty",
        WEIGHED,
        r"$\frac{dJ}{dw} = 2 (w - x)$ and not $\frac{dJ}{dw} = 2 (w - x) + 2 m w$",
        "wrong correct",
    ),
    (
        "names in bold side by side, and a function behind which its argument stands",
        CLASSIFIER,
        r"""
$\textbf{p} = p(\textbf{Av})$
$\nabla_v J = (p(\textbf{Av}) - \textbf{t})^T \textbf{A}$
$\nabla_v J = (p(\textbf{Av}) + \textbf{t})^T \textbf{A}$
$\nabla_v J(v) = -[\nabla_v \ln p(\mathbf{Av})] t - [\nabla_v \ln (1 - p(\mathbf{Av}))] (1 - t)$
$\nabla_v J(v) = -[\nabla_v \ln p(\mathbf{Av})] t + [\nabla_v \ln (1 - p(\mathbf{Av}))] (1 - t)$
""",
        "correct correct wrong correct wrong",
    ),
    (
        "primes on a function of what it rests on through others",
        SQUARES,
        r"""
$f'(x) = 2 B^T (B x - c)$
$f'(x) = 2 B |B x - c|$
$f''(x) = 2 B^T B$
$f''(x) = 2 B B^T$
$f'(r) = 2 r$
""",
        "correct wrong correct wrong correct",
    ),
    (
        "two primes are two derivatives",
        CUBIC,
        r"""
$p''(x) = 6 x$
$p''(x) = 3 x^2 - c$
$J''(x) = J p'(x)^2 + 6 x J$
$J''(x) = J$
""",
        "correct wrong correct wrong",
    ),
    (
        "a plain 1 that is transposed, and an e of the work's own",
        SOFT,
        r"""
$e = \exp(A x + b)$
$\phi = 1^T e$
$f = \log \phi$
$\frac{\partial f}{\partial x} = \phi^{-1} A^T e$
$\frac{\partial f}{\partial x} = \phi^{-1} A^T b$
""",
        "unchecked unchecked correct correct wrong",
    ),
    (
        "entries with what they are made of behind them",
        BARRIER,
        r"""
$J(x) = a \|x\|^2 - \sum_i \log(s_i(x))$
$J(x) = a \|x\|^2 + \sum_i \log(s_i(x))$
$h_i(x) = \log(s_i(x)) = \log(q_i - C_i x)$
$\nabla h_i(x) = \frac{1}{s_i(x)} \nabla s_i(x) = -\frac{1}{s_i(x)} C_i$
$\nabla h_i(x) = \frac{1}{s_i(x)} C_i$
$\frac{\partial s_i(x)}{\partial x_j} = -C_{ij}$
$\frac{\partial s_i(x)}{\partial x_j} = -C_{ji}$
""",
        "correct wrong correct correct wrong correct wrong",
    ),
    (
        "a letter that is said to be a row by its number, and its entries",
        BARRIER,
        r"""
Let $u_i$, row $i$ of $C$, be a point.

$s_i = q_i - u_i^T x$
$s_i = q_i - \sum_j u_{ij} x_j$
$s_i = q_i - \sum_j u_{ji} x_j$
$\frac{\partial J}{\partial x_j} = 2 a x_j + \sum_i \frac{u_{ij}}{s_i}$
$\frac{\partial J}{\partial x_j} = 2 a x_j - \sum_i \frac{u_{ij}}{s_i}$
""",
        "correct correct wrong correct wrong",
    ),
    (
        "rows with one index, counted from 0",
        TABLE,
        r"""
$s = 2 M_0 + M_2 = (0, 7)$
$\frac{\partial L}{\partial M_2} = (-1, 5)$
$\frac{\partial L}{\partial M_0} = (-2, 10)$
$\frac{\partial L}{\partial M_1} = (-1, 5)$
""",
        "correct correct correct wrong",
    ),
    (
        "entries counted from 0 beside times that are counted from 1, and one entry too many",
        STEPS,
        r"""
$\frac{\partial J}{\partial h_3} = h_3 - y_2$
$\frac{\partial J}{\partial h_3} = h_3 - y_3$
$\frac{\partial J}{\partial h_2} = h_2 - y_1 + w (1 - h_3^2) \frac{\partial J}{\partial h_3}$
$\frac{\partial J}{\partial h_1} = h_1 - y_0 + w (1 - h_2^2) \frac{\partial J}{\partial h_2}$
$\frac{\partial J}{\partial h_1} = h_1 - y_1 + w (1 - h_2^2) \frac{\partial J}{\partial h_2}$
""",
        "correct wrong correct correct wrong",
    ),
    (
        "the trace of what holds the derivative of a matrix by a vector",
        OUTER,
        r"""
$\operatorname{tr}(\frac{\partial S}{\partial u}) = 2 u$
$\operatorname{tr}(\frac{\partial S}{\partial u}) = u$
$\frac{\partial f}{\partial u} = \operatorname{tr}(S^{-1} \frac{\partial S}{\partial u})$
$\frac{\partial f}{\partial u} = \operatorname{tr}(S^{-1}) \operatorname{tr}(\frac{\partial S}{\partial u})$
$\frac{df}{du} = \operatorname{tr}(S^{-1}) 2 u$
""",
        "correct wrong correct wrong carried",
    ),
    (
        "a derivative by an index",
        UNITARY,
        r"""
$\partial_j q_i = \frac{\delta_{ij}}{\|v\|} - \frac{v_i v_j}{\|v\|^3}$
$\partial_j q_i = \frac{\delta_{ij}}{\|v\|} + \frac{v_i v_j}{\|v\|^3}$
$\partial_k q_k = \frac{1}{\|v\|} - \frac{v_k^2}{\|v\|^3}$
$\partial_w q_i = v_i$
""",
        "correct wrong correct unchecked",
    ),
    (
        "a derivative by an array with its capital letter",
        SCALED,
        r"""
$\partial L / \partial Y = 2 c \odot y$
$\partial L / \partial Y = c \odot y$
$u = \partial L / \partial Y$ and so $\frac{dL}{dg} = \sum_i u_i x_i$ and $\frac{dL}{dg} = \sum_i u_i y_i$
""",
        "correct wrong unchecked correct wrong",
    ),
    (
        "the sigmoid by three of its letters",
        DECAY.replace("log(1 + exp(z))", "sigmoid(z)"),
        r"""
$f = \text{Sig}(z)$
$f = \text{Sig}(-z)$
""",
        "correct wrong",
    ),
    (
        "a slip that the next line works out",
        DECAY,
        r"""
$\nabla f(x) = \frac{-k b e^{-k b^T x}}{e^{-k b^T x}}$
$\nabla f(x) = -k b$
$\nabla f(x) = k b$
""",
        "wrong carried wrong",
    ),
    (
        "a slip follows from itself in another form, and in the same words from nothing",
        DECAY,
        r"""
$\nabla f(x) = -k b$
$f = \log(1 + e^z)$
$\nabla f(x) = -b k$
$\nabla f(x) = -b k$
$\nabla f(x) = -k b \sigma(z)$
$\nabla f(x) = -k b$
$\nabla f(x) = \frac{-k b e^{z}}{e^{z}}$
$\nabla f(x) = \frac{k b e^{z}}{e^{z}}$
""",
        "wrong correct carried wrong correct wrong carried wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_what_is_posted_is_read_as_it_is_meant(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()

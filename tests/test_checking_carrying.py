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
COLUMNS = """
forward: {z: X @ u, t: mean(z), J: t**2 + sum(u)}
data: [X]
given: {X: [[0.5, 1.5], [1.0, -2.0], [2.5, 0.5], [1, 1]], u: [0.2, 0.6]}
"""
LARGEST = """
forward: {m: "norm(v, ord=inf)", E: m**2 / 2}
given: {v: [1, -6, 4]}
"""
NEURON = """
forward: {h1: v1 * x, h2: v2 * sigmoid(h1), J: (h2 - t)**2 / 2}
data: [x, t]
given: {x: 0.4, t: 0.1, v1: 0.5, v2: 0.8}
update: {rate: 0.5, parameters: [v1, v2]}
write: {h1: 'h^{(1)}', h2: 'h^{(2)}', v1: 'v^{(1)}', v2: 'v^{(2)}'}
"""
FIT = """
forward: {q: v * X + c, err: q - y, J: sum(err**2) / 6}
data: [X, y]
given: {X: [10, 20, 30], y: [21, 17, 14], v: 0, c: 0}
update: {rate: 0.001, parameters: [v, c], steps: 2}
write: {err: 'e'}
"""
ROW = """
forward: {h: V @ x, L: sum(h**2)}
data: [x]
given: {V: [[0.3, 0.7], [0.2, -0.4]], x: [0.5, 0.1]}
"""
MEAN = """
forward: {r: X @ w - y, J: sum(r**2) / N}
data: [X, y]
shapes: {X: [N, d], w: [d], y: [N]}
"""
LAYERS = """
forward: {T: "1 - a[0]", C: "c[0] * a[0] + c[1] * a[1] * T", L: (C - k)**2 / 2}
data: [k]
given: {a: [0.5, 0.4], c: [1, 0.2], k: 0.3}
"""
SQUARES = """
forward: {r: X @ w - y, J: sum(r**2) / 2}
data: [X, y]
shapes: {X: [n, d], w: [d], y: [n]}
"""
FACTORS = """
forward: {R: A @ B @ C - A, f: norm(R)**2}
data: [A]
shapes: {A: [m, n], B: [n, k], C: [k, n]}
"""
NET = """
forward: {u: V @ x, h: sigmoid(u), o: "dot(c, h)", J: (o - t)**2 / 2}
data: [x, t]
shapes: {V: [m, n], x: [n], c: [m], t: []}
"""
CHOICE = """
forward: {s: V @ x, q: softmax(s), J: -sum(t * log(q))}
data: [x, t]
assume: ['sum(t) == 1']
shapes: {V: [m, n], x: [n], t: [m]}
"""
NOISE = """
forward: {v: m + eps * exp(0.5 * s), K: sum(exp(s) - s) / 2, J: norm(B @ v - x)**2 / 2 + K}
data: [x, eps]
shapes: {m: [d], s: [d], eps: [d], B: [n, d], x: [n]}
"""
MATRICES = """
forward: {g: norm(B - Y.T)**2}
data: [B]
shapes: {Y: [k, k], B: [k, k]}
"""
FREE = """
forward: {q: a * exp(c * x), J: (q - t)**2 / 2}
data: [x, t]
given: {a: 1, c: -0.5, x: 2, t: 0.1}
"""
BOWL = """
forward: {f: a**2 + 9 * c**2}
given: {a: 1, c: 1}
update: {method: adagrad, rate: 0.5, eps: 0, parameters: [a, c], steps: 2}
"""
CURVE = """
forward: {r: "t - (u * x**2 + v)", J: sum(r**2)}
data: [x, t]
given: {x: [-1, 0, 2], t: [3, 1, 5]}
shapes: {u: [], v: []}
"""
LATTICE = """
forward: {H: "-(s @ M @ s) / 2 + dot(b, s)"}
backward: {of: H, wrt: [s]}
given: {M: [[0, 1.5], [1.5, 0]], b: [0.5, -1], s: [1, -1]}
"""
SHEETS = [
    (
        "slopes with the parameter as a subscript, and all data put in",
        CURVE,
        r"""
$J_u = -2 \sum t_i x_i^2 + 2u \sum x_i^4 + 2v \sum x_i^2$
$J_v = -2 \sum t_i + 2u \sum x_i^2 + 6v$
$J_u = -46 + 34u + 10v$
$J_v = -18 + 10u + 6v$
$J_v = -18 + 10u + 3v$
$J_u = -46 + 34u$
$\frac{\partial J}{\partial v} = -18 + 10u + 6v$
$\frac{\partial J}{\partial v} = 18 + 10u + 6v$
""",
        "unchecked unchecked correct correct wrong wrong correct wrong",
    ),
    (
        "the matrix of a quadratic form that is given symmetric, as a product of three",
        LATTICE,
        r"""
Because of symmetry, $M_{ij} = M_{ji}$
$\frac{\partial H}{\partial s_i} = -\sum_j M_{ij} s_j + b_i$
$\frac{\partial H}{\partial s_i} = -\sum_j M_{ij} s_j - b_i$
$M_{ij} = M_{ji} + 1$
""",
        "correct correct wrong wrong",
    ),
    (
        "a tuple of what a step has for each parameter",
        BOWL,
        r"""
$g = (2a, 18c) = (2, 18)$
$G = (4, 324)$
$a_1 = 1 - 0.5 \cdot \frac{2}{\sqrt{4}} = 0.5$
$c_1 = 1 - 0.5 \cdot \frac{18}{\sqrt{324}} = 0.5$
$g = (1, 9)$
$G = (1, 81)$
$a_2 = 0.5 - 0.5 \cdot \frac{1}{\sqrt{1}} = 0$
$c_2 = 0.5 - 0.5 \cdot \frac{9}{\sqrt{9}} = -1$
""",
        "correct correct correct correct correct wrong carried wrong",
    ),
    (
        "a tuple that is not that of the next step",
        BOWL,
        r"""
$g = (2a, 18c) = (2, 18)$
$G = (4, 324)$
$G = (4, 18)$
$G = (324, 4)$
$g = (1, 9)$
""",
        "correct correct wrong wrong wrong",
    ),
    (
        "new parameters in numbers, where the problem has no step",
        FREE,
        r"""
$a' = 1 - 0.1 \cdot 0.2 = 0.98$
$c' = -0.5 - 0.1 \cdot 0.2 = -0.52$
$c' = -0.5 - 0.1 \cdot 0.2 = -0.42$
$a' = 2 - 0.1 \cdot 0.2 = 1.98$
""",
        "correct correct wrong unchecked",
    ),
    (
        "a slip in one term of what is differentiated, and where the gradient vanishes for who made it",
        MATRICES,
        r"""
$g = \text{tr}(B^T B - Y B - B^T Y^T + Y Y^T)$
$\frac{\partial}{\partial Y} \text{tr}(Y B) = B$
$\frac{\partial g}{\partial Y} = 2Y - B - B^T$
$Y = \frac12 (B + B^T)$
$Y = B + B^T$
$\frac{\partial g}{\partial Y} = 2Y - 2B$
$\frac{\partial g}{\partial Y} = 2Y + B - B^T$
""",
        "correct wrong carried unchecked wrong wrong wrong",
    ),
    (
        "what follows from the slope of one entry by what it alone rests on",
        NET,
        r"""
$\frac{\partial h_i}{\partial V_{ij}} = h_i x_j$
$\frac{\partial J}{\partial V_{ij}} = (o - t) c_i h_i x_j$
$\frac{\partial J}{\partial V} = (o - t) (c \odot h) x^\top$
$\frac{\partial J}{\partial V_{ij}} = (o - t) c_i x_j$
""",
        "wrong carried carried wrong",
    ),
    (
        "a slope that was said of some entries only",
        CHOICE,
        r"""
$\frac{\partial q_i}{\partial s_j} = q_i q_j \quad (i \neq j)$
$\frac{\partial q_i}{\partial s_i} = q_i (1 - q_i)$
$\frac{\partial J}{\partial s_j} = -t_j (1 - q_j) - \sum_{i \neq j} t_i q_j$
$\frac{\partial J}{\partial s_j} = t_j (1 - q_j) - \sum_{i \neq j} t_i q_j$
""",
        "wrong correct carried wrong",
    ),
    (
        "a slip on one of several ways to the objective",
        NOISE,
        r"""
Let $\sigma = e^{0.5 s}$, so $\frac{\partial v_j}{\partial \sigma_j} = \epsilon_j$
$\frac{\partial v_j}{\partial s_j} = \epsilon_j e^{0.5 s_j}$
$\frac{\partial J}{\partial s} = B^\top (B v - x) \odot \epsilon \odot e^{0.5 s} + \frac12 (e^s - 1)$
$\frac{\partial J}{\partial s} = B^\top (B v - x) \odot \epsilon \odot e^{0.5 s} + (e^s - 1)$
""",
        "correct correct wrong carried wrong",
    ),
    (
        "a slope of what has no name is that of the quantity that it is equal to",
        NET,
        r"""
$h = \sigma(u)$
$\frac{\partial}{\partial V_{ij}} \sigma(u_i) = \sigma(u_i) x_j$
$\frac{\partial J}{\partial V_{ij}} = (o - t) c_i h_i x_j$
$\frac{\partial J}{\partial V_{ij}} = (o - t) c_i x_j$
$\sigma'(u) = \sigma(u) (1 + \sigma(u))$
$\frac{\partial J}{\partial u} = (o - t) c \odot h \odot (1 + h)$
$\frac{\partial J}{\partial u} = (o - t) c \odot (1 + h)$
""",
        "correct wrong carried wrong wrong carried wrong",
    ),
    (
        "the slope of what only differs by a constant from a quantity",
        NET,
        r"""
$e = o - t$
$\frac{\partial e}{\partial c} = c$
$\frac{\partial J}{\partial c} = e c$
$\frac{\partial J}{\partial c} = -e c$
""",
        "unchecked wrong carried wrong",
    ),
    (
        "slopes written as a vector, entry by entry",
        NET,
        r"""
$h = \sigma(u)$
$\frac{\partial h}{\partial u} = h \odot (1 + h)$
$\frac{\partial J}{\partial u} = (o - t) c \odot h \odot (1 + h)$
$\frac{\partial J}{\partial u} = (o - t) c \odot (1 + h)$
""",
        "correct wrong carried wrong",
    ),
    (
        "a letter on a sum makes a name for one of its terms",
        SQUARES,
        r"""
$J_i = \frac12 r_i^2$
$J = \sum_i J_i$
$\frac{\partial J_i}{\partial w} = r_i x_i$
$\frac{\partial J_i}{\partial w} = 2 r_i x_i$
$\frac{\partial J}{\partial w} = \sum_i r_i x_i$
""",
        "unchecked correct correct wrong correct",
    ),
    (
        "what follows from the derivative of one entry by a whole array",
        SQUARES,
        r"""
$\frac{\partial r_i}{\partial w} = -x_i$
$\frac{\partial J}{\partial w} = -\sum_i r_i x_i = -X^\top r$
$\frac{\partial J}{\partial w} = -2 \sum_i r_i x_i$
""",
        "wrong carried wrong",
    ),
    (
        "who goes on with a formula that has no name is traced to it",
        FACTORS,
        r"""
$\frac{\partial}{\partial B} \text{tr}(C^T B^T A^T A B C) = 2 A^T A C B C^T$
$\frac{\partial}{\partial B} \text{tr}(C^T B^T A^T A) = A^T A C^T$
$\frac{\partial f}{\partial B} = 2 A^T A C B C^T - 2 A^T A C^T$
$\frac{\partial f}{\partial B} = 2 A^T A C B C^T - A^T A C^T$
""",
        "wrong correct carried wrong",
    ),
    (
        "sums without limits are no notation of their own",
        TARGETS,
        r"""
$\frac{\partial L}{\partial u_i} = -\sum_{k=1}^n \frac{t_k}{p_k} \frac{\partial p_k}{\partial u_i}$
$L = \sum_k \frac{t_k}{p_k}$
$\frac{\partial L}{\partial u_i} = \sum_k \frac{t_k}{p_k}$
""",
        "correct wrong wrong",
    ),
    (
        "a step is taken of names whose labels are raised, too",
        NEURON,
        r"""
$v^{(2)} := v^{(2)} - 0.5 \frac{\partial J}{\partial v^{(2)}}$
$v^{(1)} \leftarrow v^{(1)} - 0.5 \frac{\partial J}{\partial v^{(1)}}$
$v^{(1)} \leftarrow v^{(1)} + 0.5 \frac{\partial J}{\partial v^{(1)}}$
""",
        "correct correct wrong",
    ),
    (
        "what is reckoned wrongly of numbers is no notation that could be misread",
        NEURON,
        r"""
$h^{(1)} = 0.5 \cdot 0.4 = 0.2$
$h^{(2)} = 0.8 \sigma(h^{(1)}) = \frac{0.8}{1 + e^{-0.2}} = 0.4491$
$J = \frac12 (0.4491 - 0.1)^2 = 0.0609$
$h^{(2)} = 0.8 \sigma(h^{(1)}) = \frac{0.8}{1 + e^{-0.2}} = 0.4291$
""",
        "correct wrong carried wrong",
    ),
    (
        "after an update who goes on with what was printed is right up to rounding",
        FIT,
        r"""
$v = 0 + 0.001 \cdot \frac{970}{3} = 0.3233$
$c = 0 + 0.001 \cdot \frac{52}{3} = 0.0173$
$q = 0.3233 \cdot [10, 20, 30] + 0.0173 = [3.2503, 6.4833, 9.7163]$
$e = [3.2503 - 21, 6.4833 - 17, 9.7163 - 14] = [-17.7497, -10.5167, -4.2837]$
$e = [3.2503 - 21, 6.4833 - 17, 9.7163 - 14] = [-17.7497, -10.5167, -4.3837]$
""",
        "correct correct rounded rounded wrong",
    ),
    (
        "wide blanks part the entries of rows and matrices",
        ROW,
        r"""
$h_1 = [0.3 \quad 0.7] \begin{bmatrix} 0.5 \\ 0.1 \end{bmatrix} = 0.22$
$V = \begin{pmatrix} 0.3 \quad 0.7 \\ 0.2 \quad -0.4 \end{pmatrix}$
$V = \begin{pmatrix} 0.3 \quad 0.7 \\ 0.2 \quad 0.4 \end{pmatrix}$
""",
        "correct correct wrong",
    ),
    (
        "a size that may be any is not defined by what is said of one sample",
        MEAN,
        r"""
$J = \frac{1}{N} \sum_i r_i^2$
$\frac{\partial J}{\partial w} = \frac{2}{N} X^\top r$
For a single sample, $N = 1$
""",
        "correct correct unchecked",
    ),
    (
        "what follows from a derivative by one entry",
        LAYERS,
        r"""
$\frac{\partial C}{\partial a_1} = c_1 - c_2$
$\frac{\partial L}{\partial a_1} = (C - k) (c_1 - c_2)$
$\frac{\partial L}{\partial a_2} = (C - k) c_2$
""",
        "wrong carried wrong",
    ),
    (
        "sizes that the problem does not name have the letters that the work says",
        COLUMNS,
        r"""
With $n = 2$ features and $m = 4$ samples
$\frac{\partial J}{\partial z_i} = \frac{2t}{m}$
$\frac{\partial J}{\partial z_i} = \frac{2t}{n}$
$t = \frac{1}{m} \sum_i z_i = 0.4$
""",
        "correct correct correct wrong correct",
    ),
    (
        "nobody who goes on rightly believes what was written before",
        LARGEST,
        r"""
$m = \max_i v_i$
$E = \frac12 \|v\|_\infty^2 = 18$
$\frac{\partial E}{\partial v_3} = 4$
""",
        "wrong correct wrong",
    ),
    (
        "who goes on with a slip believes it",
        LARGEST,
        r"""
$m = \max_i v_i$
$\frac{\partial E}{\partial v_3} = 4$
""",
        "wrong carried",
    ),
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
        "targets need not sum to one where words say so",
        TARGETS,
        r"""
Here the $t_k$ don't have to sum to one.
$\frac{\partial L}{\partial u_i} = p_i \sum_k t_k - t_i$
$\frac{\partial L}{\partial u_i} = p_i - t_i$
""",
        "correct wrong",
    ),
    (
        "what is said of others is not said of the targets",
        TARGETS,
        r"""
The weights of a mean need not sum to one.
$\frac{\partial L}{\partial u_i} = p_i - t_i$
""",
        "correct",
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

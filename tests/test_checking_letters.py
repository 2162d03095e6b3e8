"""What letters mean that a work brings along: layers, labels, sizes, functions, and where rules reach."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

LAYERS = """
functions: {f(t): 1 / (1 + exp(-t))}
forward: {Hq: A @ x, Zq: f(Hq), Hr: B @ Zq, Zr: f(Hr), L: sum((t - Zr)**2) / 2}
data: [x, t]
shapes: {x: [n], A: [m, n], B: [l, m], t: [l]}
write: {Hq: 's_q', Zq: 'o_q', Hr: 's_r', Zr: 'o_r', A: 'v_{qp}', B: 'v_{rq}'}
"""
VECTORS = """
forward: {a: A @ x, b: tanh(a), L: sum((b - t)**2) / 2}
data: [x, t]
shapes: {x: [n], A: [m, n], t: [m]}
write: {a: 'a_i', b: 'a_j'}
"""
NETWORK = """
forward: {z_1: W_1 @ x, a_1: tanh(z_1), z_2: W_2 @ a_1, L: sum((z_2 - y)**2) / 2}
data: [x, y]
shapes: {x: [n], W_1: [h, n], W_2: [o, h], y: [o]}
"""
NORMED = """
forward: {m: mean(u), v: mean((u - m)**2), c: (u - m) / sqrt(v + e), f: sum(g * c)}
backward: {of: f, wrt: [u], jacobians: [[c, u]]}
data: [g, e]
shapes: {u: [N], g: [N], e: []}
"""
PRODUCT = "forward: {a: w * x, b: exp(w), J: a * b}\ndata: [x]\nshapes: {w: [], x: []}"
LINE = "forward: {h: w * x + b, J: mean((y - h)**2)}\ndata: [x, y]\nshapes: {x: [N], y: [N], w: [], b: []}"
COUNTED = """
forward: {h: m * x + c, J: sum((y - h)**2) / (2 * N)}
data: [x, y, N]
given: {x: [1, 2, 4], y: [3, 1, 5], N: 3, m: 0.5, c: 0.1}
"""
SCORES = "forward: {J: -sum(log(sigmoid(q)))}\ngiven: {q: [0.3, -0.2, 0.8, 1.1, -0.4]}"
BATCHES = """
forward: {G: X @ V1, Q: G @ V2, J: sum((Q - Y)**2)}
data: [X, Y]
shapes: {X: [n, p], V1: [p, m], V2: [m, 1], Y: [n, 1]}
write: {G: 'G^1', V1: 'V^1', V2: 'V^2'}
"""
MEAN = "forward: {J: mean(q**2)}\nshapes: {q: [n]}"
CLASSES = """
forward:
  A: X @ V.T
  q: softmax(A, axis=1)
  l: -mean(log(pick(q, c)))
data: [X, c]
given:
  X: [[0.7, -1.2], [1.5, 0.3], [-0.9, 0.8], [0.2, -0.5], [0.4, 0.1]]
  V: [[0.31, -0.22], [-0.45, 0.26], [0.12, 0.53]]
  c: [0, 2, 1, 0, 2]
"""
UNITS = """
forward:
  n1: w_1 * x_1 + w_2 * x_2
  n2: w_3 * x_1 + w_4 * x_2
  a1: sigmoid(n1)
  a2: sigmoid(n2)
  E: ((x_1 - a1)**2 + (x_2 - a2)**2) / 2
data: [x_1, x_2]
shapes: {w_1: [], w_2: [], w_3: [], w_4: [], x_1: [], x_2: []}
write: {n1: 'net(u_1)', n2: 'net(u_2)', a1: 'act(u_1)', a2: 'act(u_2)'}
"""
PENALTY = r"""
forward: {fit: sum((y - X @ w)**2) / 2, tot: fit + lam * sum(abs(w))}
data: [X, y, lam]
shapes: {X: [N, d], y: [N], w: [d], lam: []}
write: {fit: 'SSE^{fit}', tot: 'SSE^{tot}', lam: '\lambda'}
"""
PAIR = "forward: {z: u @ v, J: -log(sigmoid(z))}\nshapes: {u: [d], v: [d]}"
NEURON = "forward: {z: w * x, s: sigmoid(z), L: -log(s)}\ndata: [x]\nshapes: {w: [], x: []}"
RELU = """
forward: {z: W @ x, a: relu(z), L: sum(a * g)}
data: [x, g]
shapes: {x: [n], W: [m, n], g: [m]}
"""
SOFTMAX = """
forward: {z: W @ x, p: softmax(z), L: "-log(pick(p, y))"}
data: [x, y]
shapes: {W: [k, n], x: [n], y: []}
"""

SHEETS = [
    (
        "layers told apart by their index, and signals that the work defines itself",
        LAYERS,
        r"""
$s_q = \sum_{p=1}^{n} v_{qp} x_p$
$s_r = \sum_{q=1}^{m} v_{rq} o_q$
$s_r = \sum_{q=1}^{m} v_{rq} s_q$
$\delta_r = (t_r - o_r) o_r (1 - o_r)$
$\frac{\partial L}{\partial v_{rq}} = -\delta_r o_q$
$\frac{\partial L}{\partial v_{rq}} = \delta_r o_q$
$\delta_q = o_q (1 - o_q) \sum_r \delta_r v_{rq}$
$\frac{\partial L}{\partial v_{pq}} = -\delta_q x_p$
$\frac{\partial L}{\partial v_{qp}} = -\delta_q x_p o_q$
$\frac{\partial L}{\partial o_q} = -\sum_r \delta_r v_{rq}$
$\frac{\partial s_r}{\partial v_{rq}} = o_q$
$\frac{\partial s_r}{\partial v_{rq}} = o_r$
""",
        "correct correct wrong unchecked correct wrong unchecked correct wrong correct correct wrong",
    ),
    (
        "vectors whose names differ by a letter stay vectors where the work has them so",
        VECTORS,
        r"""
$a_i = A x$
$a_j = \tanh(a_i)$
$a_j = \tanh(a_j)$
$\frac{\partial L}{\partial A} = ((a_j - t) \odot (1 - a_j^2)) x^T$
$\frac{\partial L}{\partial A} = ((a_j - t) \odot (1 - a_i^2)) x^T$
""",
        "correct correct wrong correct wrong",
    ),
    (
        "a signal with the opposite sign is a definition where the work goes on with it so",
        NETWORK,
        r"""
$\delta_2 = y - z_2$
$\frac{\partial L}{\partial W_2} = -\delta_2 a_1^T$
$\delta_1 = (W_2^T \delta_2) \odot (1 - a_1^2)$
$\frac{\partial L}{\partial W_1} = -\delta_1 x^T$
$\frac{\partial L}{\partial W_1} = -(W_2^T \delta_2) x^T$
""",
        "unchecked correct unchecked correct wrong",
    ),
    (
        "it is a slip where the work goes on with the gradient",
        NETWORK,
        r"""
$\delta_2 = y - z_2$
$\frac{\partial L}{\partial W_2} = \delta_2 a_1^T$
""",
        "wrong correct",
    ),
    (
        "a minus before a signal that is the gradient is one too many",
        NETWORK,
        r"""
$\delta_2 = z_2 - y$
$\frac{\partial L}{\partial W_2} = -\delta_2 a_1^T$
$\delta_1 = (W_2^T \delta_2) \odot (1 - a_1^2)$
""",
        "correct wrong correct",
    ),
    (
        "the rule for quotients with its inner derivatives still to be taken",
        NORMED,
        r"""
$\frac{\partial c_i}{\partial u_i} = \frac{1}{v + e} \left[\frac{\partial}{\partial u_i} (u_i - m)
    \sqrt{v + e} - (u_i - m) \frac{\partial}{\partial u_i} \sqrt{v + e}\right]$
$\frac{\partial c_i}{\partial u_i} = \frac{1}{v + e} \left[\frac{\partial}{\partial u_i} (u_i - m)
    \sqrt{v + e} + (u_i - m) \frac{\partial}{\partial u_i} \sqrt{v + e}\right]$
$\frac{\partial c_i}{\partial u_i} = \frac{\sqrt{v + e} \frac{\partial}{\partial u_i} (u_i - m)
    - (u_i - m) \frac{\partial}{\partial u_i} \sqrt{v + e}}{\sqrt{v + e}}$
""",
        "correct wrong wrong",
    ),
    (
        "the rule for products, what an operator takes, and where a derivative is taken",
        PRODUCT,
        r"""
$\frac{d J}{d w} = \frac{d}{d w} (w x) e^w + w x \frac{d}{d w} e^w$
$\frac{d J}{d w} = \frac{d}{d w} (w x) e^w - w x \frac{d}{d w} e^w$
$\frac{d J}{d w}(w) = x e^w + w x e^w$
$\frac{d J}{d w}(w) = x e^w$
$\frac{d J}{d w} = \frac{d}{d w} (w x e^w)$
$\frac{d}{d w} w x + 3 = x$
$\frac{d}{d w} w x + 3 = w$
""",
        "correct wrong correct wrong correct correct wrong",
    ),
    (
        "brackets behind a derivative that are a factor, and an operator before brackets",
        NEURON,
        r"""
$\frac{dL}{ds} (s)(1 - s) x = \frac{dL}{dw}$
$\frac{dL}{ds} (s)(1 + s) x = \frac{dL}{dw}$
$\frac{dL}{ds} (s) = -1/s$
$\frac{d}{dw} (w x) + 1 = x$
""",
        "correct wrong correct wrong",
    ),
    (
        "derivatives by a function, as its letter",
        NEURON,
        r"""
$\frac{dL}{dw} = \frac{dL}{d\sigma} \frac{d\sigma}{dz} \frac{dz}{dw}$
$\frac{\partial L}{\partial \sigma} = -1/s$
$\frac{\partial L}{\partial \sigma} = 1/s$
$\frac{d(-\log \sigma(z))}{d\sigma} = -\frac{1}{\sigma(z)}$
$\frac{d(-\log \sigma(z))}{d\sigma} = \frac{1}{\sigma(z)}$
""",
        "correct correct wrong correct wrong",
    ),
    (
        "what the data are modelled by is no claim",
        LINE,
        r"""
$y = w x + b$
$h = w x + b$
$h = w x - b$
$J = y - w x - b$
""",
        "unchecked correct wrong wrong",
    ),
    (
        "data that are the number of samples, at the end of a sum",
        COUNTED,
        r"""
$J = \frac{1}{2N} \sum_{i=1}^{N} (y_i - h_i)^2$
$J = \frac{1}{N} \sum_{i=1}^{N} (y_i - h_i)^2$
$\frac{\partial J}{\partial m} = -\frac{1}{N} \sum_{i=1}^{N} x_i (y_i - h_i)$
$\frac{\partial J}{\partial m} = \frac{1}{N} \sum_{i=1}^{N} x_i (y_i - h_i)$
""",
        "correct wrong correct wrong",
    ),
    (
        "a parameter's letter at the end of a sum says no number",
        COUNTED,
        r"$J = \frac{1}{2m} \sum_{i=1}^{m} (y_i - h_i)^2$",
        "unchecked",
    ),
    (
        "sums to one more than a letter",
        SCORES,
        r"""
$J = -\sum_{k=1}^{M+1} \log \sigma(q_k)$
$J = -\sum_{k=1}^{M+1} \sigma(q_k)$
""",
        "correct wrong",
    ),
    (
        "a letter that is one less everywhere",
        MEAN,
        r"""
$J = \frac{1}{K+1} \sum_{k=1}^{K+1} q_k^2$
$\frac{\partial J}{\partial q_i} = \frac{2}{K+1} q_i$
$\frac{\partial J}{\partial q_i} = \frac{2}{K} q_i$
""",
        "correct correct wrong",
    ),
    (
        "a sum that runs too far",
        MEAN,
        r"""
$J = \frac{1}{K} \sum_{k=1}^{K} q_k^2$
$\frac{\partial J}{\partial q_i} = \frac{2}{K} q_i$
$J = \frac{1}{K} \sum_{k=1}^{K+1} q_k^2$
$J = \frac{1}{n} \sum_{k=1}^{n+1} q_k^2$
""",
        "correct correct wrong wrong",
    ),
    (
        "classes: indicators as exponents and in sums, probabilities of classes",
        CLASSES,
        r"""
where $x^{(i)}$ is row $i$ of $X$ and $V_j$ is row $j$ of $V$

$l = -\frac{1}{m} \sum_{i=1}^m \sum_{j=1}^K \log (\frac{e^{V_j^T x^{(i)}}}
    {\sum_{r=1}^K e^{V_r^T x^{(i)}}})^{1\{c^{(i)} = j\}}$
$l = -\frac{1}{m} \sum_{i=1}^m \sum_{j=1}^K \log (\frac{e^{V_j^T x^{(i)}}}
    {\sum_{r=1}^K e^{-V_r^T x^{(i)}}})^{1\{c^{(i)} = j\}}$
$P(c^{(i)} = j | x^{(i)}; V) = \frac{e^{V_j^T x^{(i)}}}{\sum_{r=1}^K e^{V_r^T x^{(i)}}}$
$l = -\frac{1}{m} \sum_{i=1}^m \sum_{j=1}^K 1\{c^{(i)} = j\} \log P(c^{(i)} = j | x^{(i)}; V)$
$l = -\sum_{i=1}^m \sum_{j=1}^K 1\{c^{(i)} = j\} \log P(c^{(i)} = j | x^{(i)}; V)$
$\nabla_{V_j} l = \frac{1}{m} \sum_{i=1}^m (P(c^{(i)} = j | x^{(i)}) - 1\{c^{(i)} = j\}) x^{(i)}$
$\nabla_{V_j} l = \frac{1}{m} \sum_{i=1}^m (1\{c^{(i)} = j\} - P(c^{(i)} = j | x^{(i)})) x^{(i)}$
$\frac{\partial l}{\partial V_p}
    = -\frac{1}{m} \sum_{i=1}^m \sum_{j=1}^K \mathbb{I}(c^{(i)} = j) (\delta_{jp} - q_{ip}) x^{(i)}$
$\frac{\partial l}{\partial V_p}
    = -\frac{1}{m} \sum_{i=1}^m \sum_{j=1}^K \mathbb{I}(c^{(i)} = j) (\delta_{jp} - q_{ij}) x^{(i)}$
""",
        "correct wrong correct correct wrong correct wrong correct wrong",
    ),
    (
        "names with brackets, one by one and in a sum",
        UNITS,
        r"""
$net(u_1) = w_1 x_1 + w_2 x_2$
$net(u_2) = w_1 x_1 + w_2 x_2$
$act(u_1) = \frac{1}{1 + \exp^{-net(u_1)}}$
$act(u_1) = \frac{1}{1 + \exp^{net(u_1)}}$
$E = \frac{1}{2} \sum_{i=1}^2 (x_i - act(u_i))^2$
$E = \sum_{i=1}^2 (x_i - act(u_i))^2$
$\frac{d}{d(w_1)} E = \frac{d}{d(act(u_1))} E * \frac{d}{d(net(u_1))} act(u_1) * \frac{d}{d(w_1)} net(u_1)$
$\frac{d}{d(net(u_1))} act(u_1) = act(u_1) (1 - act(u_2))$
$\frac{d}{d(w_1)} net(u_1) = \frac{d}{d(w_1)} w_1 x_1 + w_2 x_2 = x_1$
$\frac{d}{d(w_1)} net(u_1) = \frac{d}{d(w_1)} w_1 x_1 + w_2 x_2 = x_2$
""",
        "correct wrong correct wrong correct wrong correct carried correct wrong",
    ),
    (
        "words high on a name, and all slopes that there are at a kink",
        PENALTY,
        r"""
$SSE^{tot}(w) = SSE^{fit}(w) + \lambda \|w\|_1$
$SSE^{tot}(w) = SSE^{fit}(w) - \lambda \|w\|_1$
$\partial_{w_j} \lambda \sum_{j=1}^d |w_j| = \begin{cases} \{-\lambda\} & w_j < 0
    \\ [-\lambda, \lambda] & w_j = 0 \\ \{\lambda\} & w_j > 0 \end{cases}$
$\partial_{w_j} \lambda \sum_{j=1}^d |w_j| = \begin{cases} \lambda & w_j < 0
    \\ [-\lambda, \lambda] & w_j = 0 \\ \lambda & w_j > 0 \end{cases}$
$\frac{\partial}{\partial w} SSE^{fit}(w) = -X^T (y - X w)$
$\frac{\partial}{\partial w} SSE^{fit}(w) = X^T (y - X w)$
""",
        "correct wrong correct wrong correct wrong",
    ),
    (
        "a function that is said in words",
        PAIR,
        r"""
where $\phi$ is the logistic function

$J = -\log \phi(u^T v)$
$J = \log \phi(u^T v)$
$\frac{\partial J}{\partial u} = (\phi(u^T v) - 1) v$
$\frac{\partial J}{\partial u} = \phi(u^T v) v$
""",
        "correct wrong correct wrong",
    ),
    (
        "no function is said in words",
        PAIR,
        r"""
where $\phi$ is not the sigmoid, and $\psi$ is the softmax loss.

$J = \phi(z)$
$J = \psi(z)$
""",
        "unchecked unchecked",
    ),
    (
        "indices with primes are letters of their own",
        RELU,
        r"""
$z_i = \sum_{j'=1}^n W_{ij'} x_{j'}$
$a_i = \max(0, \sum_{j'} W_{j'i} x_{j'})$
$\frac{\partial z_i}{\partial W_{i'j}} = \delta_{ii'} x_j$
$\frac{\partial z_i}{\partial W_{i'j}} = \delta_{ij} x_{i'}$
$\frac{\partial a_i}{\partial z_i} = \begin{cases} 1 & z_i > 0 \\ [0, 1] & z_i = 0 \\ 0 & z_i < 0 \end{cases}$
$\frac{\partial a_i}{\partial z_i} = \begin{cases} 0 & z_i > 0 \\ [0, 1] & z_i = 0 \\ 1 & z_i < 0 \end{cases}$
""",
        "correct wrong correct wrong correct wrong",
    ),
    (
        "a primed letter is not the letter",
        SOFTMAX,
        r"""
$p_j = \frac{e^{z_j}}{\sum_{j'} e^{z_{j'}}}$
$\frac{\partial p_j}{\partial z_{j'}} = p_j (\delta_{jj'} - p_{j'})$
$\frac{\partial p_j}{\partial z_{j'}} = p_j (\delta_{jj'} - p_j)$
""",
        "correct correct wrong",
    ),
    (
        "a function is said to be another",
        "forward: {u: tanh(w * p), q: sigmoid(u * v)}\ndata: [p]\nshapes: {w: [], v: [], p: []}",
        r"""
$u = g(w p)$ where $g = \tanh$, so $g'(s) = 1 - g(s)^2$ and not $g'(s) = 1 + g(s)^2$
$q = g(u v)$
$h = \sigma$, $q = h(u v)$
$u = h(w p)$
""",
        "correct correct correct wrong wrong unchecked correct wrong",
    ),
    (
        "entries of a layer in small letters, its number high",
        BATCHES,
        r"""
$g^1_{i,j} = \sum_k x_{i,k} v^1_{k,j}$
$g^1_{i,j} = \sum_k x_{i,k} v^1_{j,k}$
$q_i = \sum_j g^1_{i,j} v^2_j$
$\frac{\partial J}{\partial v^1_{k,j}} = 2 \sum_i (q_i - y_i) v^2_j x_{i,k}$
$\frac{\partial J}{\partial v^1_{k,j}} = 2 \sum_i (q_i - y_i) v^2_k x_{i,j}$
""",
        "correct wrong correct correct wrong",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_letters_mean_what_the_work_means(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    claims = [line.verdict.value for line in found if len(line.line.sides) > 1]
    assert claims == verdicts.split()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([r"\pi = \sigma(-r)", r"\frac{\partial L}{\partial r} = -\pi"], "correct"),
        ([r"\pi = \sigma(-r)", r"\frac{\partial L}{\partial r} = \pi"], "wrong"),
        ([r"\pi = \sigma(r)", r"\frac{\partial L}{\partial r} = \pi - 1"], "correct"),
        ([r"\pi(r) = \sigma(r)", r"\frac{\partial L}{\partial r} = \pi(r) - 1"], "correct"),
        ([r"\pi = 3.1416"], "correct"),
        ([r"\pi = 3.2416"], "wrong"),
        ([r"\log(2\pi) = 1.8379"], "correct"),
    ],
)
def test_pi_is_what_the_work_says_it_is(lines, expected):
    problem = "forward: {L: log(1 + exp(-r))}\nbackward: {of: L, wrt: [r]}"
    text = "\n\n".join(f"${line}$" for line in lines)
    assert check_text(text, read_problem(problem)).lines[-1].verdict.value == expected

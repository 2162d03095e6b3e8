"""How people write, and what the checker makes of it: for each notation lines that are right and wrong."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

LINEAR = "forward: {z: W @ x + b, L: sum((z - t)**2) / 2}\ndata: [x, t]\nshapes: {x: [n], W: [m, n]}"
NEURON = """
forward: {z: w * x + b, p: sigmoid(z), L: (p - t)**2 / 2}
data: [x, t]
given: {w: 0.5, x: 2, b: 0.25, t: 1}
update: {rate: 0.5, parameters: [w, b]}
"""
NUMBERED = """
forward: {z2: W1 @ x, a2: sigmoid(z2), z3: W2 @ a2, C: sum((z3 - y)**2) / 2}
data: [x, y]
shapes: {x: [2], W1: [3, 2], W2: [1, 3], y: [1]}
write: {z2: 'z^2', a2: 'a^2', z3: 'z^3', W1: 'w^1', W2: 'w^2'}
"""
NETWORK = """
forward: {z1: W1 @ x, a1: sigmoid(z1), z2: W2 @ a1, a2: sigmoid(z2), C: sum((a2 - y)**2) / 2}
data: [x, y]
shapes: {x: [2], W1: [3, 2], W2: [1, 3], y: [1]}
"""
RECURRENT = """
forward: {a1: u * x1 + v * h0, h1: tanh(a1), a2: u * x2 + v * h1, h2: tanh(a2), L: (h2 - y)**2 / 2}
data: [x1, x2, h0, y]
given: {u: 0.5, v: -0.4, x1: 1, x2: 2, h0: 0.3, y: 0.2}
"""
LOGISTIC = """
forward: {z: X @ w, s: sigmoid(z), L: -sum(y * log(s) + (1 - y) * log(1 - s))}
data: [X, y]
shapes: {X: [n, d], w: [d], y: [n]}
"""
BATCH = """
forward: {Z: X @ W + b, P: "softmax(Z, axis=1)", L: -sum(Y * log(P)) / n}
data: [X, Y]
shapes: {X: [n, d], W: [d, k], b: [k], Y: [n, k]}
assume: ["sum(Y, axis=1) == 1"]
"""
KERNEL = """
forward: {Y: "conv2d(X, K)", L: sum(G * Y)}
data: [G]
given: {X: [[1, 2, 0], [0, 1, 3], [2, 1, 0]], G: [[1, 0], [-1, 2]]}
shapes: {K: [2, 2]}
"""
NORMED = """
forward: {mu: mean(x), s: sqrt(mean((x - mu)**2)), xp: (x - mu) / s, L: sum(k * xp)}
data: [k]
shapes: {x: [n], k: [n]}
write: {xp: "x'", mu: '\\mu'}
"""
PENALTY = """
forward: {r: X @ w - y, J: sum(r**2) / 2 + lam * sum(w**2)}
data: [X, y, lam]
given: {X: [[1, 2], [0, 1], [2, 0]], y: [1, 0, 2], w: [1, -1], lam: 0}
write: {lam: '\\lambda'}
"""
RIDGE = "forward: {r: X @ w - y, J: sum(r**2) / 2}\ndata: [X, y]\nshapes: {X: [n, d], w: [d], y: [n]}"
BOUNDED = """
forward: {a: arctan(z), b: erf(z), c: cosh(z), k: "clip(z, -1, 2)", L: a + b + c + k}
shapes: {z: []}
"""
FRACTIONS = "forward: {p: sigmoid(z), L: -t * log(p)}\ndata: [t]\ngiven: {z: 0, t: 1}"
ONES = """
forward: {r: k + m * u, e: r - s, J: e**2}
data: [u, s]
given: {k: 2, m: 5, u: 1, s: 4}
"""
MARGIN = """
forward: {g: y * (X @ w), e: log(1 + exp(-g)), L: mean(e)}
data: [X, y]
shapes: {X: [n, d], w: [d], y: [n]}
"""

QUOTIENT = "forward: {L: sum(q / (c * (u + v)))}\nshapes: {q: [n], c: [n], u: [n], v: [n]}"
SHEETS = [
    (
        "brackets around a product keep the square outside from its last factor",
        QUOTIENT,
        r"""
$\frac{\partial L}{\partial c_i} = -\frac{q_i (u_i + v_i)}{(c_i (u_i + v_i))^2}$
$\frac{\partial L}{\partial c_i} = -\frac{q_i (u_i + v_i)}{c_i (u_i + v_i)^2}$
$\frac{\partial L}{\partial u_i} = -\frac{q_i}{c_i (u_i + v_i)^2}$
$\frac{\partial L}{\partial u_i} = -\frac{q_i}{\left(c_i (u_i + v_i)\right)^2}$
""",
        "correct wrong correct wrong",
    ),
    (
        "commas in braces are decimal in the whole sheet",
        NEURON,
        r"""
$z = 0{,}5 \cdot 2 + 0{,}25 = 1{,}250$
$p = 0{,}777$
$p = 0{,}877$
""",
        "correct correct wrong",
    ),
    (
        "where one comma is decimal all are, also one before three digits",
        NEURON,
        r"""
$w = 0,5$
$z = 0,5 \cdot 2 + 0,25 = 1{,}250$
$z = 0,5 \cdot 2 + 0,25 = 1{,}350$
""",
        "correct correct wrong",
    ),
    (
        "a transpose behind a label that stands high",
        "forward: {a: U_h @ s, E: sum((a - d)**2) / 2}\ndata: [d]\n"
        "shapes: {U_h: [m, m], s: [m], d: [m]}\nwrite: {U_h: 'U^h'}",
        r"""
$\frac{\partial E}{\partial s} = U^{h\top} (a - d)$
$\frac{\partial E}{\partial s} = U^{h} (a - d)$
$\frac{\partial E}{\partial s} = U^{h\top} (a + d)$
""",
        "correct wrong wrong",
    ),
    (
        "commas are decimal in fractions, in exponents of e and in what a function takes",
        NEURON,
        r"""
$z = \frac{0,5 \cdot 4 + 0,5}{2} = 1,250$
$p = \sigma(1,25) = 0,777$
$p = \frac{1}{1 + e^{-1,25}} = 0,777$
$p = \frac{1}{1 + e^{-1,52}} = 0,777$
$p = \sigma(1,5) = 0,777$
""",
        "correct correct correct wrong wrong",
    ),
    (
        "a label stands where the problem writes it",
        NUMBERED,
        r"""
$z^2_3 = w^1_{31} x_1 + w^1_{32} x_2$
$\frac{\partial C}{\partial w^1_{32}} = (z^3_1 - y_1)\, w^2_{13}\, a^2_3 (1 - a^2_3)\, x_2$
$\frac{\partial C}{\partial w^1_{32}} = (z^3_1 - y_1)\, w^2_{12}\, a^2_3 (1 - a^2_3)\, x_2$
""",
        "correct correct wrong",
    ),
    (
        "entries from 0, and what is given for some names only",
        KERNEL,
        r"""
$Y_{00} = K_{00} X_{00} + K_{01} X_{01} + K_{10} X_{10} + K_{11} X_{11}$
$\frac{\partial L}{\partial K_{01}} = 1 \cdot 2 + 0 \cdot 0 + (-1) \cdot 1 + 2 \cdot 3 = 7$
$\frac{\partial L}{\partial K_{01}} = G_{00} X_{10} + G_{01} X_{11} + G_{10} X_{20} + G_{11} X_{21}$
$\frac{\partial L}{\partial X_{00}} = 1 \cdot 4.5 = 4.5$
""",
        "correct correct wrong unchecked",
    ),
    (
        "a quantity's name as the function by which it comes about",
        LOGISTIC,
        r"""
$\frac{\partial L}{\partial w} = \sum_{i=1}^n (s(w^T x_i) - y_i) x_i$
$\frac{\partial s(w^T x_i)}{\partial w} = s(w^T x_i) (1 - s(w^T x_i)) x_i$
$\frac{\partial s(w^T x_i)}{\partial w} = s(w^T x_i) (1 + s(w^T x_i)) x_i$
""",
        "correct correct wrong",
    ),
    (
        "a signal defined once for every time",
        RECURRENT,
        r"""
I write $\delta_t = \frac{\partial L}{\partial a_t}$.
$\delta_2 = (h_2 - y)(1 - h_2^2)$
$\delta_1 = v\,\delta_2 (1 - h_1^2)$
$\frac{\partial L}{\partial u} = \delta_1 x_1 + \delta_2 x_2$
$\delta_1 = v\,\delta_2 (1 - h_1)$
""",
        "unchecked correct correct correct wrong",
    ),
    (
        "sums over indices that stand twice",
        LINEAR,
        r"""
$L = \frac{1}{2} (z_i - t_i)(z_i - t_i)$
$z_i = W_{ij} x_j + b_i$
$\frac{\partial L}{\partial x_j} = (z_i - t_i) W_{ij}$
$\frac{\partial L}{\partial x_j} = (z_i - t_i) W_{ij} x_j$
""",
        "correct correct correct wrong",
    ),
    (
        "a sum without index over the samples, and an index that is not summed",
        BATCH,
        r"""
$\frac{\partial L}{\partial b} = \frac{1}{n} \sum (P - Y)$
$\frac{\partial L}{\partial b} = \sum (P - Y)$
$\frac{\partial L}{\partial b_j} = \frac{1}{n} \sum_{j} (P_{ij} - Y_{ij})$
""",
        "correct wrong wrong",
    ),
    (
        "sigma for the softmax where its formula stands beside it",
        BATCH,
        r"""
$P_{ij} = \sigma(Z)_{ij} = \frac{e^{Z_{ij}}}{\sum_l e^{Z_{il}}}$
""",
        "correct",
    ),
    (
        "the error of each sample",
        BATCH,
        r"""
$\delta_Z = P - Y$
$\frac{\partial L}{\partial W} = \frac{1}{n} X^T \delta_Z$
$\frac{\partial L}{\partial b} = \frac{1}{n} \sum_i \delta_{Z,i}$
""",
        "correct correct correct",
    ),
    (
        "an update with an equals sign, a pass after it, and what goes on",
        NEURON,
        r"""
$w = w - 0.5 \frac{\partial L}{\partial w}$
$z = 0.5 \cdot 2 = 1 + 0.25 = 1.25$
$z = 0.5 \cdot 2 = 1 + 0.25 = 1.35$
""",
        "correct correct wrong",
    ),
    (
        "mixed numbers",
        "forward: {z: w * x}\ngiven: {w: 2.5, x: 0.5}",
        r"""
$z = 2\tfrac12 \cdot \tfrac12 = 1\tfrac14$
$z = 2\tfrac12 \cdot \tfrac12 = 1\tfrac34$
""",
        "correct wrong",
    ),
    (
        "Kronecker products, sized identities and ones",
        "forward: {z: V @ h + c, L: sum(z)}\nshapes: {V: [k, m], h: [m], c: [k]}",
        r"""
$z = (h^T \otimes I_k) \operatorname{vec}(V) + c$
$z = (I_k \otimes h^T) \operatorname{vec}(V) + c$
$\frac{\partial L}{\partial V} = 1_k h^T$
""",
        "correct wrong correct",
    ),
    (
        "entries of a name with a prime",
        NORMED,
        r"""
$x'_i = \frac{x_i - \mu}{s}$
$\frac{\partial s}{\partial x_j} = \frac{1}{n} x'_j$
$\frac{\partial x'_i}{\partial x_j} = \frac{1}{s}\left(\delta_j^i - \frac{1}{n} - \frac{x'_i x'_j}{n}\right)$
$\frac{\partial x'_i}{\partial x_j} = \frac{1}{s}\left(\delta_j^i + \frac{1}{n} - \frac{x'_i x'_j}{n}\right)$
""",
        "correct correct correct wrong",
    ),
    (
        "a weight of 0 excuses no term, and a transpose before an r is no trace",
        PENALTY,
        r"""
$\frac{\partial J}{\partial w} = X^Tr + 2 \lambda w$
$\frac{\partial J}{\partial w} = X^Tr$
""",
        "correct wrong",
    ),
    (
        "what is right by chance at the numbers given",
        FRACTIONS,
        r"""
$\frac{\partial p}{\partial z} = p (1 - p) = \frac14$
$\frac{\partial p}{\partial z} = p^2 = \frac14$
$\frac{\partial L}{\partial p} = -\frac{t}{1 - p} = -2$
""",
        "correct wrong wrong",
    ),
    (
        "a name e, squared, is no constant; and a factor of 1 is left out, but not added",
        ONES,
        r"""
$\frac{\partial J}{\partial e} = 2 e = 6$
$\frac{\partial J}{\partial e} = \frac{2}{3} e^2 = 6$
$e^2 = 9$
$\frac{\partial J}{\partial m} = 2 e = 6$
$\frac{\partial J}{\partial k} = 2 e u = 6$
$\frac{\partial J}{\partial k} = 2 e = 6$
$\frac{\partial J}{\partial m} = 2 e u^2$
$\frac{\partial J}{\partial k} = \frac{2 e}{u} = 6$
$r = k + m \cdot 1 = k + m u = 7$
""",
        "correct wrong correct correct wrong correct wrong wrong correct",
    ),
    (
        "a gradient that is set to zero, and what holds there",
        RIDGE,
        r"""
$\nabla_w J = X^T (X w - y) = 0$
$X^T X w = X^T y$
""",
        "unchecked unchecked",
    ),
    (
        "the square of a function, and sums over sets that nobody lists",
        LOGISTIC,
        r"""
$\sigma'(z) = \sigma(z) - \sigma^2(z)$
$\sigma'(z) = \sigma(z) - \sigma(z^2)$
$L = \sum_{i \in A} \log s_i + \sum_{i \in B} \log s_i$
""",
        "correct wrong unchecked",
    ),
    (
        "own names for quantities, and what follows from a slip about them",
        MARGIN,
        r"""
$m_i = y_i w^T x_i$
$\ell_i = \log(1 + e^{-m_i})$
$\frac{d \ell_i}{d m_i} = \frac{1}{1 + e^{m_i}}$
$\frac{\partial L}{\partial w} = \frac{1}{n} \sum_i \frac{1}{1 + e^{m_i}} y_i x_i$
""",
        "correct correct wrong carried",
    ),
    (
        "a notation that no right line confirms, and a function that everybody knows",
        LOGISTIC,
        r"""
$\frac{\partial L}{\partial w} = X^T (s - y)$
$z = \max(X, w)$
$\frac{\partial L}{\partial w} = \max(X, s - y)$
$z = \tanh(X w)$
$s = \tanh(X w)^2$
$\frac{\partial s(w^T x_i)}{\partial w} = s(w^T x_i)(1 + s(w^T x_i)) x_i$
""",
        "correct unchecked unchecked wrong wrong wrong",
    ),
    (
        "data of each step, and a slip in one of them",
        """
forward: {p: w * x + b, L: (p - t)**2 / 2}
data: [x, t]
given: {x: 2, t: 1, w: 0.75, b: 0.5}
update: {rate: 0.25, parameters: [w, b], each: [{x: 2, t: 1}, {x: -1, t: 0.5}]}
""",
        r"""
$p = 0.75 \cdot 2 + 0.5 = 2$
$w^{+} = 0.75 - 0.25 \cdot 2 = 0.25$
$b^{+} = 0.5 - 0.25 \cdot 1 = 0.25$
$p = 0.25 \cdot (-1) + 0.5 = 0.25$
$L = \frac{1}{2} (0.25 - 0.5)^2 = 0.03125$
""",
        "correct correct correct wrong carried",
    ),
    (
        "functions by the names that people write",
        BOUNDED,
        r"""
$a = \tan^{-1}(z) = \operatorname{arctg} z$
$a = \arctan(z)^{-1}$
$b = \mathrm{erf}(z)$
$\frac{\partial b}{\partial z} = \frac{2}{\sqrt{\pi}} e^{-z^2}$
$\frac{\partial b}{\partial z} = \frac{2}{\sqrt{\pi}} e^{-z}$
$\frac{\partial a}{\partial z} = \frac{1}{1 + z^2}$
$\frac{\partial c}{\partial z} = \sinh(z) = c \tanh(z)$
""",
        "correct wrong correct correct wrong correct correct",
    ),
    (
        "bounds",
        BOUNDED,
        r"""
$k = \operatorname{clip}(z,-1,2) = \mathrm{clamp}(z, -1, 2) = \min(\max(z, -1), 2)$
$\frac{\partial k}{\partial z} = \mathbf{1}[-1 \le z \le 2]$
$\frac{\partial k}{\partial z} = \mathbb{1}_{2 > z > -1}$
$\frac{\partial k}{\partial z} = \mathbf{1}[z > -1]$
$\frac{\partial k}{\partial z} = \begin{cases} 1 & -1 < z < 2 \\ 0 & \text{otherwise} \end{cases}$
""",
        "correct correct correct wrong correct",
    ),
    (
        "constant arrays",
        'forward: {C: W @ W.T + s * eye(d), E: "C - ones(d, d)", L: logdet(C)}\nshapes: {W: [d, k], s: []}',
        r"""
$C = W W^\top + s I_d$
$E = C - \mathbf{1} \mathbf{1}^\top + \mathbf{0}_{d \times d} = C - \mathbf{1}_{d \times d}$
$\frac{\partial L}{\partial s} = \operatorname{tr}(C^{-1})$
$C = W W^\top + I$
""",
        "correct correct correct wrong",
    ),
    (
        "units that are on at the numbers put in",
        "forward: {h: relu(w * x + b), L: (h - t)**2 / 2}\ndata: [x, t]\ngiven: {w: 0.5, x: 3, b: 0.2, t: 1}",
        r"""
$\frac{\partial L}{\partial w} = (h - t) x = 0.7 \cdot 3 = 2.1$
$\frac{\partial L}{\partial w} = (h - t) x$
""",
        "correct wrong",
    ),
    (
        "numbers that are traced to what they were said to be",
        RECURRENT.replace("L: (h2 - y)**2 / 2", "q: 3 * h2 + h1, L: (q - y)**2 / 2"),
        r"""
$h_1 = 0.95$
$\frac{\partial L}{\partial q} = 0.91$
$\frac{\partial L}{\partial h_2} = 3 \cdot 0.91 = 2.73$
""",
        "wrong wrong carried",
    ),
    (
        "another example begins where data are stated anew, with a value of their shape",
        NEURON,
        r"""
$x = 2$
$z = 0.5 \cdot 2 + 0.25 = 1.25$
$x = 4$
$z = 0.5 \cdot 4 + 0.25 = 2.25$
$z = 1.25$
$x = \begin{pmatrix} 4 \\ 1 \end{pmatrix}$
$z = 2.25$
""",
        "correct correct correct correct wrong wrong correct",
    ),
    (
        "a derivative by a transposed matrix",
        LINEAR,
        r"""
$\frac{\partial L}{\partial W^T} = x (z - t)^T$
$\frac{\partial L}{\partial W^T} = x (z + t)^T$
""",
        "correct wrong",
    ),
    (
        "bars around a square matrix are its determinant, around a number its absolute value",
        "forward: {L: log(det(A))}\nshapes: {A: [n, n]}",
        r"""
$L = \log |A|$
$L = \log |A^2|$
$L = \frac12 \log |A^2|$
$\frac12 \log (L^2) = \log |L|$
""",
        "correct wrong correct correct",
    ),
    (
        "an orthogonal matrix keeps lengths",
        "forward: {z: W @ x, L: sum(z**2)}\nshapes: {x: [n], W: [n, n]}\nassume: ['W.T @ W == eye(n)']",
        r"""
$L = x^T x$
$\frac{\partial L}{\partial x} = 2 x$
$\frac{\partial L}{\partial x} = 2 W x$
$W^{-1} = W^T$
$W = W^T$
""",
        "correct correct wrong correct unchecked",
    ),
    (
        "an extreme over an index that nothing bears is none",
        LOGISTIC,
        r"""
$\max_i s_i = \max(s)$
$\max_k s_i = \max(s)$
""",
        "correct wrong",
    ),
    (
        "a quantity of the student's own with its argument",
        LOGISTIC,
        r"""
$q = s - y$
$\nabla L = X^T q(w)$
$\nabla L = 2 X^T q(w)$
""",
        "unchecked correct wrong",
    ),
    (
        "the last layer is L, the one before it L - 1",
        NETWORK,
        r"""
$\frac{\partial C}{\partial a^L} = a^L - y$
$\frac{\partial C}{\partial a^{L-1}} = (W^L)^T \frac{\partial C}{\partial z^L}$
$\frac{\partial C}{\partial a^{L-1}} = (W^{L-1})^T \frac{\partial C}{\partial z^{L-1}}$
$\frac{\partial C}{\partial W^{L-1}} = \frac{\partial C}{\partial z^{L-1}} x^T$
$\frac{\partial C}{\partial W^{L-1}} = \frac{\partial C}{\partial z^L} x^T$
$\frac{\partial C}{\partial a_{L-1}} = (W_L)^T \frac{\partial C}{\partial z_L}$
""",
        "correct correct wrong correct wrong correct",
    ),
    (
        "sums and products of a constant, of as many terms as can be",
        NEURON,
        r"""
$\sum_{i=1}^{4} 2 = 8$
$\sum_{i=1}^{4} 2 = 6$
$\prod_{i=1}^{4} 2 = 16$
$\sum_{i=5}^{3} 2 = -2$
$\sum_{i=1}^{10^{12}} 2 = 2 \cdot 10^{12}$
""",
        "correct wrong correct unchecked unchecked",
    ),
    (
        "the larger one of two, where one is larger and at numbers",
        "forward: {m: 'maximum(a, b)', L: sum(m**2)}\nshapes: {a: [n], b: [n]}",
        r"""
$m_i = \max(a_i, b_i)$
$\frac{\partial L}{\partial a} = 2 m \odot \mathbb{1}[a > b]$
$\frac{\partial L}{\partial b} = 2 m \odot \mathbb{1}[a > b]$
$\frac{\partial L}{\partial b_i} = \begin{cases} 2 b_i & b_i > a_i \\ 0 & \text{otherwise} \end{cases}$
""",
        "correct correct wrong correct",
    ),
    (
        "at a tie the larger one is half of each",
        "forward: {m: 'maximum(a, b)', L: m**2}\ngiven: {a: 3, b: 3}",
        r"""
$\frac{\partial L}{\partial a} = 3$
$\frac{\partial L}{\partial b} = 3$
$\frac{\partial L}{\partial a} = 6$
$\frac{\partial m}{\partial b} = \frac12$
""",
        "correct correct wrong correct",
    ),
    (
        "numbers with a power of ten are as exact as their digits",
        "forward: {z: w * x, L: z**2}\ngiven: {w: 0.000412, x: 3}",
        r"""
$z = 1.2 \cdot 10^{-3}$
$z = 1.236 \cdot 10^{-3}$
$z = 1.5 \cdot 10^{-3}$
$\frac{\partial L}{\partial w} = 2 z x = 7.4 \cdot 10^{-3}$
$\frac{\partial L}{\partial w} = 2 z x = 7.9 \cdot 10^{-3}$
""",
        "correct correct wrong correct wrong",
    ),
    (
        "an index that stands twice in a term is summed, one that stands once is not",
        "forward: {r: X @ w - y, S: sum(r), Q: sum(r**2)}\nshapes: {X: [n, d], w: [d], y: [n]}",
        r"""
$r_i = X_{ij} w_j - y_i$
$Q = r_i r_i$
$Q = r_i r_j$
$S = r_i$
$S = \sum_i r_i$
""",
        "correct correct wrong wrong correct",
    ),
    (
        "two digits behind a bracket are two indices where there are no so many entries",
        KERNEL,
        r"""
$\left(\frac{\partial L}{\partial Y}\right)_{12} = G_{12}$
$\left(\frac{\partial L}{\partial Y}\right)_{12} = G_{21}$
""",
        "correct wrong",
    ),
    (
        "matrices between bars, and colours around what is differentiated",
        KERNEL,
        r"""
$\begin{vmatrix} Y_{11} & Y_{12} \\ Y_{21} & Y_{22} \end{vmatrix} = Y$
$\frac{\partial L}{\partial Y} = \begin{vmatrix} G_{11} & G_{12} \\ G_{21} & G_{22} \end{vmatrix}$
$\frac{\partial L}{\partial Y} = \begin{vmatrix} G_{11} & G_{21} \\ G_{12} & G_{22} \end{vmatrix}$
$\frac{\partial L}{\color{red}{\partial K_{11}}} = X_{11} G_{11} + G_{12} X_{21} + G_{21} X_{12}
    + G_{22} X_{22}$
$\frac{\partial L}{\color{red}{\partial K_{11}}} = X_{11} G_{11} + G_{12} X_{12} + G_{21} X_{21}
    + G_{22} X_{22}$
""",
        "correct correct wrong carried correct",
    ),
    (
        "a triangle for nabla, Frobenius by more letters, a number that is transposed",
        RIDGE,
        r"""
$\bigtriangledown_w J = X^T (X w - y)$
$\bigtriangledown_w J = (X w - y) X^T$
$J = \frac12 \|X w - y\|_{Fro}^2$
$J = \|X w - y\|_{\text{Fro}}^2$
$y^T X w = (w^T X^T y)^T$
$J = \frac12 \sum_{1=1}^{n} r_i^2$
""",
        "correct wrong correct wrong correct unreadable",
    ),
    (
        "an index beside the data that pick the entry already is no class",
        """
forward: {p: softmax(z), J: -sum(y * log(p))}
data: [y]
shapes: {z: [n], y: [n]}
assume: [sum(y) == 1]
""",
        r"""
$J = -\sum_i y_i \log p_j$
$J = -\sum_i y_i \log p_i$
""",
        "wrong correct",
    ),
    (
        "d before a name that a bracket follows",
        NETWORK,
        r"""
$da_2 = a_2 - y$
$dz_2 = da_2 \odot a_2 \odot (1 - a_2)$
$dW_2 = dz_2 (a_1)^T$
$dW_2 = -dz_2 (a_1)^T$
$dW_1 = dz_1 (x)^T$
""",
        "correct correct correct wrong correct",
    ),
]


@pytest.mark.parametrize(
    ("problem", "sheet", "verdicts"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_notations_are_read_as_they_are_meant(problem, sheet, verdicts):
    found = check_text(sheet, read_problem(problem)).lines
    assert [line.verdict.value for line in found] == verdicts.split()


GATE = r"""
forward: {v: x @ V_x + g @ V_g, c: tanh(v), gn: c * g, L: sum(k * gn**2)}
data: [k]
shapes: {x: [1, n], g: [1, m], V_x: [n, m], V_g: [m, m], k: [1, m]}
backward: {of: L, wrt: [V_x, V_g, x, g]}
write: {v: '\bar v', gn: "g'"}
"""


def verdicts(problem, *lines):
    text = "\n\n".join(f"$${line}$$" for line in lines)
    return [str(line.verdict) for line in check_text(text, read_problem(problem)).lines]


LOW = (r"d_c = d_{g'} \circ g", r"d_{\bar v} = d_c \circ (1 - c \circ c)")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"d_{V_x} = x^T d_{\bar v}", "correct"),
        (r"d_{V_x} = x^T d_c", "wrong"),
        (r"d_{V_g} = x^T d_{\bar v}", "wrong"),
        (r"d_g = d_{\bar v} V_g^T + d_{g'} \circ c", "correct"),
        (r"d_g = d_{\bar v} V_g^T", "wrong"),
        (r"d_x = d_{\bar v} V_x^T", "correct"),
    ],
)
def test_what_a_gradient_is_by_may_stand_low_on_a_d(line, expected):
    assert verdicts(GATE, *LOW, line) == ["correct", "correct", expected]


def test_a_d_with_something_low_may_be_a_name():
    problem = "forward: {p: 2 * a, q: 3 * a, f: p * q}\nshapes: {a: []}"
    assert verdicts(problem, r"d_p = p - q", r"d_p = -a", r"f = (q + d_p) q") == [
        "unchecked",
        "correct",
        "correct",
    ]


ROW = """
forward: {q: softmax(u), L: sum(g * q**2) / 2}
data: [g]
backward: {of: L, wrt: [u], jacobians: [[q, u]]}
shapes: {u: [N], g: [N]}
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"du[i] = q[i] (dq[i] - \sum_j dq[j] q[j])", "correct"),
        (r"du[i] = q[i] dq[i] - q[i] \sum_j q[j] dq[j]", "correct"),
        (r"du[i] = q[i] dq[i]", "wrong"),
        (r"du[i] = q[i] (dq[i] + \sum_j dq[j] q[j])", "wrong"),
    ],
)
def test_the_entry_of_a_gradient_in_the_notation_of_programs(line, expected):
    assert verdicts(ROW, r"dq[i] = g[i] q[i]", line) == ["correct", expected]


COSINE = """
forward: {r: "dot(u, w) / (norm(u) * norm(w))"}
backward: {of: r, wrt: [u, w]}
shapes: {u: [n], w: [n]}
write: {r: 'sim(u,w)'}
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"sim(u,w) = \frac{u \cdot w}{|u| |w|}", "correct"),
        (r"sim(u,w) = \frac{u \cdot w}{|u| |u|}", "wrong"),
        (
            r"\frac{\partial}{\partial u_1} sim(u,w) = \frac{w_1}{|u||w|} - sim(u,w) \frac{u_1}{|u|^2}",
            "correct",
        ),
        (
            r"\frac{\partial}{\partial u_1} sim(u,w) = \frac{w_1}{|u||w|} - \frac{u_1^2 w_1}{|u||w|}|u|^{-2}",
            "wrong",
        ),
        (
            r"\frac{\partial}{\partial u_1} sim(u,w) = \frac{w_1}{|u||w|} + sim(u,w) \frac{u_1}{|u|^2}",
            "wrong",
        ),
    ],
)
def test_a_name_may_be_written_as_a_call_of_two(line, expected):
    assert verdicts(COSINE, line) == [expected]

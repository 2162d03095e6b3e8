"""Class numbers as places, unit vectors, the objective elsewhere, and what only the given numbers refute."""

import pytest

from symgrad.checking.check import check_text
from symgrad.reading.problem import read_problem

CLASS = """
forward: {z: W @ x, p: softmax(z), L: "-log(p[y])"}
backward: {of: L, wrt: [W]}
data: [x, y]
given: {x: [2, -1], W: [[0.5, 0.3], [-0.4, 0.2], [0.1, -0.6]], y: 2}
"""
CLASSES = """
forward: {Z: X @ W, P: "softmax(Z, axis=1)", L: "-mean(log(pick(P, y)))"}
backward: {of: L, wrt: [W]}
data: [X, y]
given: {X: [[1, 2], [0.5, -1], [0.3, 0.2]], W: [[0.5, 0.3], [-0.4, 0.2]], y: [1, 0, 1]}
"""
TRIPLET = """
forward: {f: W @ a, g: W @ p, h: W @ n, L: "relu(norm(f - g)**2 - norm(f - h)**2 + 1)"}
backward: {of: L, wrt: [W]}
data: [a, p, n]
given: {W: [[1, 0.5], [-0.5, 1]], a: [1, 0], p: [0, 1], n: [2, 1]}
"""
LOGISTIC = """
forward: {z: "dot(w, x)", L: log(1 + exp(-z))}
backward: {of: L, wrt: [w]}
data: [x]
given: {w: [0.5, 0.3], x: [2, -1]}
"""
SUBTRACTION = """
forward: {s: x - y, L: norm(s)**2 / 2}
backward: {of: L, wrt: [x]}
data: [y]
given: {x: [1, 2], y: [3, 5]}
"""
NORMED = """
forward: {u: x - mean(x), s: sqrt(mean(u**2)), h: u / s, L: "dot(g, h)"}
backward: {of: L, wrt: [x]}
data: [g]
shapes: {x: [m], g: [m]}
"""
LAYER = """
forward: {Y: X @ W + b, L: "sum(G * Y)"}
backward: {of: L, wrt: [W, b]}
data: [G]
shapes: {X: [n, d], W: [d, k], b: [k], G: [n, k]}
"""
DECAY = """
forward: {J: sum((theta - c)**2) / 2}
backward: {of: J, wrt: [theta]}
data: [c]
given: {theta: [0, 0], c: [1, 2]}
update: {rate: 0.5, schedule: rate / step, parameters: [theta], steps: 2}
"""


def verdicts(problem, *lines):
    text = "\n\n".join(f"$${line}$$" for line in lines)
    return [str(line.verdict) for line in check_text(text, read_problem(problem)).lines]


SLOPE = r"\frac{\partial L}{\partial z_k} = "


@pytest.mark.parametrize(
    ("problem", "line", "verdict"),
    [
        (CLASS, r"L = -\log p_y", "correct"),
        (CLASS, r"L = -\log p_{y} = -z_y + \log \sum_j e^{z_j}", "correct"),
        (CLASS, r"L = z_y + \log \sum_j e^{z_j}", "wrong"),
        (CLASS, SLOPE + r"p_k - [k = y]", "correct"),
        (CLASS, SLOPE + r"p_k - \mathbb 1[y = k]", "correct"),
        (CLASS, SLOPE + r"p_k - \delta_{ky}", "correct"),
        (CLASS, SLOPE + r"p_k + \delta_{ky}", "wrong"),
        (CLASS, r"\frac{\partial L}{\partial z} = p - e_y", "correct"),
        (CLASS, r"\frac{\partial L}{\partial z} = p - e_3", "correct"),
        (CLASS, r"\frac{\partial L}{\partial z} = p - e_1", "wrong"),
        (CLASS, r"\frac{\partial L}{\partial x} = W^\top (p - e_y)", "correct"),
        (CLASS, r"\frac{\partial L}{\partial x} = W^\top (e_y - p)", "wrong"),
        (CLASSES, r"L = -\frac13 \sum_i \log P_{i, y_i}", "correct"),
        (CLASSES, r"\frac{\partial L}{\partial Z_{ik}} = \frac13 (P_{ik} - [y_i = k])", "correct"),
        (CLASSES, r"\frac{\partial L}{\partial Z_{ik}} = P_{ik} - [y_i = k]", "wrong"),
        (CLASSES, r"\frac{\partial L}{\partial Z_{ik}} = \frac13 (P_{ik} - \delta_{k y_i})", "correct"),
        (TRIPLET, r"\frac{\partial L}{\partial g} = -2 (f - g)", "correct"),
        (TRIPLET, r"\frac{\partial L}{\partial g} = 2 (f - g)", "wrong"),
        (TRIPLET, r"\frac{\partial L}{\partial g} = 9 (f - g)", "wrong"),
        (TRIPLET, r"\frac{\partial L}{\partial g} = 2 (f - g) [L > 0]", "wrong"),
        (LOGISTIC, r"L(w + 0.01 e_1) = 0.39659", "correct"),
        (LOGISTIC, r"L(w - 0.01 e_1) = 0.41987", "wrong"),
        (LOGISTIC, r"\frac{L(w + 0.01 e_1) - L(w - 0.01 e_1)}{0.02} = -0.664", "correct"),
        (SUBTRACTION, r"s = x - (3, 5)^\top", "correct"),
        (SUBTRACTION, r"s = x - [3, 5]^T = (-2, -3)^T", "correct"),
        (SUBTRACTION, r"s = x - (5, 3)^\top", "wrong"),
        (SUBTRACTION, r"s = x - \binom{3}{5} = \binom{-2}{-3}", "correct"),
        (SUBTRACTION, r"s = x - \binom35 = \binom{-2}{3}", "wrong"),
        (NORMED, r"u = (I - \frac1m \mathbf 1 \mathbf 1^\top) x", "correct"),
        (NORMED, r"u = (I + \frac1m \mathbf 1 \mathbf 1^\top) x", "wrong"),
        (
            NORMED,
            r"\frac{\partial L}{\partial x} = \frac1s (I - \frac1m 1 1^\top - \frac1m h h^\top) g".replace(
                "1 1^", r"\mathbf 1 \mathbf 1^"
            ),
            "correct",
        ),
        (
            LAYER,
            r"\operatorname{vec}(Y) = (I_k \otimes X) \operatorname{vec}(W) + b \otimes \mathbf 1_n",
            "correct",
        ),
        (
            LAYER,
            r"\operatorname{vec}(Y) = (X \otimes I_k) \operatorname{vec}(W) + b \otimes \mathbf 1_n",
            "wrong",
        ),
        (DECAY, r"J(\theta^{(0)}) = 2.5", "correct"),
        (DECAY, r"J(\theta^{(1)}) = 0.625", "correct"),
        (DECAY, r"J(\theta^{(1)}) = 2.5", "wrong"),
    ],
)
def test_lines_are_judged_as_they_are_meant(problem, line, verdict):
    before = r"\theta^{(1)} = (0.5, 1)^\top" if problem is DECAY else None
    assert verdicts(problem, *filter(None, (before, line)))[-1] == verdict

"""Work by hand in numbers: objectives at iterates and numbers, times, stale gradients, slips carried on."""

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
HINGE = """
forward: {m: "dot(v, x) + c", J: "maximum(0, -y*m)"}
backward: {of: J, wrt: [v, c]}
data: [x, y]
given: {c: 0, y: 1, v: [0.5, -1], x: [1, 3]}
update: {each: [{y: 1, x: [1, 3]}, {y: -1, x: [2, 1]}], parameters: [v, c], rate: 1, steps: 2}
"""
CELL = """
forward: {k: tanh(d*x + e*h), J: (k - t)**2 / 2}
backward: {of: J, wrt: [d, e]}
data: [x, h, t]
given: {d: 0.4, e: 0.2, x: 1, h: 0.5, t: 0}
write: {k: '\\tilde{h}'}
"""
UNROLLED = """
forward:
  h1: tanh(a*h0 + b*x1)
  h2: tanh(a*h1 + b*x2)
  J: (h2 - t)**2 / 2
backward: {of: J, wrt: [a, b]}
data: [x1, x2, h0, t]
given: {a: 0.6, b: 0.5, h0: 0.2, x1: 1, x2: 2, t: 0.5}
"""
DELTA = """
forward: {a: M @ h, o: sigmoid(a), E: sum((t - o)**2) / 2}
backward: {of: E, wrt: [M]}
data: [h, t]
given: {M: [[0.5, -0.2], [0.3, 0.1]], h: [0.6, 0.4], t: [1, 0]}
update: {parameters: [M], rate: 0.5, steps: 1}
"""
TWO_LAYERS = """
forward: {z1: x @ W1, a1: tanh(z1), z2: a1 @ W2, p: softmax(z2), L: "-sum(t * log(p))"}
backward: {of: L, wrt: [W1, W2]}
data: [x, t]
shapes: {W1: [d, h], W2: [h, c], x: [d], t: [c]}
assume: [sum(t) == 1]
"""
COLUMNS = """
forward: {z: U.T @ x, a: relu(z), o: V.T @ a, L: sum((o - t)**2) / 2}
backward: {of: L, wrt: [U, V]}
data: [x, t]
shapes: {U: [n, h], V: [h, k], x: [n], t: [k]}
"""
SQUARES = """
forward: {r: A @ x - b, f: sum(r**2)}
backward: {of: f, wrt: [x]}
data: [A, b]
shapes: {A: [m, n], x: [n]}
"""
STEADY = """
forward: {v: mean(x**2), s: sqrt(v + eps), y: g * x / s, J: sum(y)}
data: [eps]
given: {x: [1, -3], g: 2, eps: 0.00001}
write: {eps: \\epsilon}
"""
ADAM = """
forward: {F: k * w}
backward: {of: F, wrt: [w]}
data: [k]
given: {w: 0.5, k: -0.3}
update: {method: adam, rate: 0.01, eps: 1e-8, parameters: [w], steps: 1}
"""
ENERGY = """
forward: {s: a*q, E: (s - t)**2}
backward: {of: E, wrt: [q]}
data: [a, t]
given: {a: 2, t: 4, q: 1}
update: {parameters: [q], rate: 0.05, steps: 3}
"""
ROLLING = """
forward: {f: "dot(q, K @ q)/2 - dot(c, q)"}
backward: {of: f, wrt: [q]}
data: [K, c]
given: {K: [[1, 0], [0, 2]], c: [1, 2], q: [3, -1]}
update: {method: momentum, momentum: 0.5, rate: 0.1, parameters: [q], steps: 3}
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
    ("F(1) = 6.544", "correct"),  # after one update
    ("F(1) = 5.5", "correct"),
    ("F(1) = 7", "wrong"),
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
    (r"p_{k+1} = p_k - \eta F'(p_k)", "correct"),
    (r"p_{k} = p_{k-1} - \eta F'(p_{k-1})", "correct"),
    (r"p_{k+1} = p_k - \eta F'(p_{k+1})", "wrong"),
    (r"p_{k+1} = p_k - F'(p_k)", "wrong"),
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
    (
        "at the numbers at hand a kink is on one side, and the next step has the next example",
        HINGE,
        r"""
$v^{(1)} = v^{(0)} + y x = (1.5, 2)$, $c^{(1)} = c^{(0)} + y = 1$
$m = 1.5 \cdot 2 + 2 \cdot 1 + 1 = 6$
$v^{(2)} = v^{(1)} + y x = (1.5, 2) - (2, 1) = (-0.5, 1)$
$v^{(2)} = v^{(1)} + 2 y x = (1.5, 2) - (2, 1) = (-0.5, 1)$
$v^{(2)} = v^{(1)} - y x = (1.5, 2) + (2, 1) = (3.5, 3)$
""",
        "correct correct correct correct wrong wrong",
    ),
    (
        "dx is d times x where d has a name",
        CELL,
        r"""
$\tilde h = tanh(dx + eh) = 0.4621$
$\tilde h = tanh(dx - eh)$
$dx = 0.5$
$\frac{\partial J}{\partial \tilde h} = \tilde h - t = 0.4621$
""",
        "correct wrong wrong correct",
    ),
    (
        "or the gradient, where a work with a name d writes gradients so",
        "forward: {y: w * x, d: y - t, L: d**2 / 2}\ndata: [x, t]\ngiven: {w: 0.5, x: 2, t: 3}",
        r"""
$dL = 1$
$dy = d = -2$
$dw = d x = -4$
$dw = d w$
""",
        "correct correct correct wrong",
    ),
    (
        "decimal commas behind t =",
        CELL,
        r"""
$k = \tilde h = 0,4621$
$\frac{\partial J}{\partial \tilde h} = \tilde h - t = 0,4621$
$\frac{\partial J}{\partial \tilde h} = \tilde h - t = 0,5621$
""",
        "correct correct wrong",
    ),
    (
        "a name for what is inside every step",
        UNROLLED,
        r"""
$s_t = a h_{t-1} + b x_t$
$\delta_t = \frac{\partial J}{\partial s_t}$
$\delta_2 = (h_2 - t)(1 - h_2^2)$
$\delta_1 = \delta_2 a (1 - h_1^2)$
$\frac{\partial J}{\partial b} = \delta_1 x_1 + \delta_2 x_2$
$\frac{\partial J}{\partial b} = \delta_2 x_2$
$\delta_1 = \delta_2 (1 - h_1^2)$
""",
        "correct unchecked correct correct correct wrong wrong",
    ),
    (
        "an entry of a formula in numbers; the other letter under Δ; new in other languages",
        DELTA,
        r"""
$\delta_k = (t_k - o_k) o_k (1 - o_k)$
$\delta_1 = (1 - 0.5548) \cdot 0.5548 \cdot 0.4452 = 0.1100$
$\Delta m_{11} = \eta \delta_1 h_1 = 0.0330$
$\Delta m_{11} = \eta \delta_1 h_2$
$\Delta m_{12} = \eta \delta_2 h_2$
$m_{11}^{neu} = 0.5 + 0.0330 = 0.5330$
$m_{11}^{nuevo} = 0.4330$
""",
        "unchecked correct correct wrong wrong correct wrong",
    ),
    (
        "errors counted from the second quantity on",
        TWO_LAYERS,
        r"""
$\delta_3 = p - t$
$\delta_2 = (1 - \tanh^2 z_2) \odot \delta_3 W_2^T$
$\frac{\partial L}{\partial W_2} = a_1^T \delta_3$
$\frac{\partial L}{\partial W_1} = x^T \delta_2$
$\frac{\partial L}{\partial W_1} = x^T \delta_3$
""",
        "correct wrong correct correct wrong",
    ),
    (
        "primes on an objective that is made in steps",
        SQUARES,
        r"""
$f'(x) = 2 A^T (A x - b)$
$f'(x) = 2 A^T A x - b$
$f''(x) = 2 A^T A$
$f''(x) = A^T A$
""",
        "correct wrong correct wrong",
    ),
    (
        "a product that does not fit, gone on with as it was written",
        COLUMNS,
        r"""
$\frac{\partial L}{\partial a} = V^\top (o - t)$
$\frac{\partial L}{\partial z} = V^T (o - t) \odot 1[z > 0]$
$\frac{\partial L}{\partial U} = x (V^\top (o - t) \odot 1[z > 0])^\top$
$\frac{\partial L}{\partial U} = (V^\top (o - t) \odot 1[z > 0])^\top$
""",
        "wrong carried carried wrong",
    ),
    (
        "a time in a heading claims nothing of a target",
        "forward: {o: v * x, J: (o - t)**2 / 2}\ndata: [x, t]\ngiven: {v: 0.5, x: 2, t: 3}",
        r"""
Time step $t = 1$

$o = 0.5 \cdot 2 = 1$

Step $t = 2$:

$J = 2$
""",
        "unchecked correct unchecked correct",
    ),
    (
        "a whole number for what is no other before the sixth digit",
        STEADY,
        r"""
$v = 5$
$s^2 = 5$
$s^2 = 6$
$v = 5.1$
""",
        "correct rounded wrong wrong",
    ),
    (
        "beside four digits one digit is no rounding",
        ADAM,
        r"""
$w_0 = 0.5$
$g_1 = \frac{\partial F}{\partial w} = -0.3$
$m_1 = 0.9 \cdot 0 + 0.1 \cdot (-0.3) = -0.03$
$v_1 = 0.001 \cdot (-0.3)^2 = 0.0003$
$\hat m_1 = \frac{-0.03}{1 - 0.9} = 0.1$
$\hat v_1 = \frac{0.0003}{1 - 0.999} = 0.0003$
$w_1 = 0.5 - 0.01 \cdot \frac{0.1}{\sqrt{0.0003} + 10^{-8}} = 0.4556$
""",
        "correct correct correct wrong wrong wrong wrong",
    ),
    (
        "what begins exactly and ends to the last digit is right",
        ADAM,
        r"""
$e^1 + e^0 + e^2 = 2.718 + 1 + 7.389 = 11.107$
$e^1 + e^0 + e^2 = 2.718 + 1 + 7.389 = 11.108$
$e^1 + e^0 + e^2 = 2.718 + 1 + 7.389 = 11.17$
""",
        "correct rounded wrong",
    ),
    (
        "the objective at the last of several updates that are numbered",
        CUBIC,
        r"""
$p_1 = 3 - 0.1 \cdot 26 = 0.4$
$p_2 = 0.4 - 0.1 \cdot (-3.12) = 0.712$
$F = 0.5 \cdot (0.4 - 4)^2 + 0.4^3 = 6.544$
$F = 0.5 \cdot (0.712 - 4)^2 + 0.712^3 = 5.766$
$F = 0.5 \cdot (0.712 - 4)^2 - 0.712^3 = 5.045$
""",
        "correct correct correct correct wrong",
    ),
    (
        "and where one of them is a slip",
        CUBIC,
        r"""
$p_1 = 3 - 0.1 \cdot 26 = 0.4$
$p_2 = 0.4 + 0.1 \cdot (-3.12) = 0.088$
$F = 0.5 \cdot (0.088 - 4)^2 + 0.088^3 = 7.6526$
$F = 0.5 \cdot (0.088 - 4)^2 + 0.088 = 7.7399$
""",
        "correct wrong carried wrong",
    ),
    (
        "a derivative at a point",
        CUBIC,
        r"""
$\left.\frac{dF}{dp}\right|_{p_1} = 2 k (p_1 - 4) + 3 p_1^2$
$\left.\frac{dF}{dp}\right|_{p_1} = 2 k (p_0 - 4) + 3 p_0^2$
$\left.\frac{dF}{dp}\right|_{p = 2} = 2 \cdot 0.5 \cdot (2 - 4) + 3 \cdot 2^2 = 10$
$\left.\frac{dF}{dp}\right|_{p = 2} = 2 \cdot 0.5 \cdot (3 - 4) + 3 \cdot 3^2 = 26$
$\frac{dF}{dp}(p_1) = 2 k (p_1 - 4) + 3 p_1^2$
$\frac{dF}{dp}(p_1) = 2 k (p_1 - 4) + 3 p_1$
$\nabla F(p_1) = 2 k (p_1 - 4) + 3 p_1^2$
$\nabla F(p_1) = 2 k (p_1 + 4) + 3 p_1^2$
$\left.\frac{dF}{dp}\right|_{k} = 2$
""",
        "correct wrong correct wrong correct wrong correct wrong unreadable",
    ),
    (
        "below a bar that nothing opens",
        ENERGY,
        r"""
$\frac{dE}{dq}\Big|_{q_0} = 4 \cdot (2 - 4) = -8$
$\frac{dE}{dq}|_{q = q_1} = 4 \cdot (2.8 - 4) = -4.8$
$\frac{dE(q)}{dq}\bigg\rvert_{q^{(1)}} = -4.8$
$\frac{dE}{dq}\big\vert_{q = 3} = 8$
$\nabla E|_{q_1} = -4.8$
$E'|_{q_1} = -4.8$
$E|_{q = q_1} = 1.44$
$s|_{q_1} = 2.8$
$q_2 = q_1 - 0.05 \frac{dE}{dq}\Big|_{q_1} = 1.64$
$\frac{dE}{dq}\Big|_{q_1} = -8$
$\nabla E|_{q_0} = -4.8$
$E|_{q_1} = 4$
$s|_{q_1} = 2$
$q_2 = q_1 - 0.05 \frac{dE}{dq}\Big|_{q_0} = 1.8$
$\frac{dE}{dq}\Big|_{t} = -8$
$\nabla E|_{q = 3} = 8$
""",
        " ".join(["correct"] * 9 + ["wrong"] * 5 + ["unreadable"] * 2),
    ),
    (
        "E is no mean where the problem has one",
        ENERGY,
        r"""
$E(q_1) = 1.44$
$E(q_1) = 1.84$
$E(q_1) = 4$
""",
        "correct wrong wrong",
    ),
    (
        "values with the number of an iterate, from zero",
        ENERGY,
        r"""
$s_0 = a q_0 = 2 \cdot 1 = 2$
$E_0 = (2 - 4)^2 = 4$
$q_1 = 1 + 0.4 = 1.4$
$s^{(1)} = a q_1 = 2.8$
$E_1 = (s_1 - t)^2 = 1.44$
$E_1 = 4$
$s_1 = a q_0$
$s_2 = 2.8$
""",
        "correct correct correct correct correct wrong wrong wrong",
    ),
    (
        "from one",
        ENERGY,
        r"""
$s_1 = a q_0 = 2$
$E_1 = (2 - 4)^2 = 4$
$q_1 = 1.4$
$s_2 = 2 \cdot 1.4 = 2.8$
$E_2 = 1.44$
$E_2 = 4$
$s_2 = a q_0$
""",
        "correct correct correct correct correct wrong wrong",
    ),
    (
        "where nothing shows that parameters are counted they are the work's own",
        ENERGY,
        r"""
$E_1 = (s - t)^2 = 4$
$E_2 = 3 q^2$
""",
        "unchecked unchecked",
    ),
    (
        "the number of a vector that a quantity is taken at is no place in it",
        ROLLING,
        r"""
$\nabla f(q_1) = (1.8, -3.2)$
$\nabla f(q_1) = (2, -4)$
$\nabla f(q_2) = (2, -4)$
$f(q_0) = 4.5$
$f(q_1) = 4.5$
""",
        "correct wrong wrong correct wrong",
    ),
    (
        "a slip in a gradient goes on into parameters and values behind it",
        ENERGY,
        r"""
$E_0 = 4$
$\frac{dE}{dq}\Big|_{q_1} = 4 \cdot (2 \cdot 1.4 - 4) = 4 \cdot (-1.2) = -6.8$
$q_2 = 1.4 + 0.05 \cdot 6.8 = 1.74$
$s_2 = a q_2 = 3.48$
$E_2 = (2 q_2 - 4)^2 = 0.2704$
$q_2 = 1.4 + 0.05 \cdot 9 = 1.85$
$E_2 = (2 q_2 - 4)^2 = 0.2407$
""",
        "correct wrong carried carried carried wrong wrong",
    ),
    (
        "a slip in a value at one iterate is none at another",
        ENERGY,
        r"""
$q_1 = 1.4$
$s_0 = 2$
$s_1 = a q_1 = 2.9$
$E_1 = (s_1 - 4)^2 = 1.21$
$\frac{dE}{dq}\Big|_{q_1} = 4 \cdot (2.9 - 4) = -4.4$
$E_0 = (s_0 - 4)^2 = 1.21$
$s_0 = 2.9$
$E_1 = (s_1 - 4)^2 = 1.12$
""",
        "correct correct wrong carried carried wrong wrong wrong",
    ),
    (
        "a slip in a velocity goes on into the gradient at the vector behind it",
        ROLLING,
        r"""
$v_2 = \nabla f(q_1) = (1.8, -3.2)$
$q_2 = q_1 - 0.1 v_2 = (2.62, -0.28)$
$\nabla f(q_2) = (1.62, -2.56)$
$\nabla f(q_2) = (1.62, -2.65)$
$\nabla f(q_1) = (1.62, -2.56)$
""",
        "wrong carried carried wrong wrong",
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

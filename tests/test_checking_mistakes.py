"""Each mistake of the catalogue, found and named in a line that makes it; and no name where none fits."""

import functools

import numpy as np
import pytest

from symgrad.checking.check import check_text
from symgrad.checking.mistakes.catalogue import BY_ID, MISTAKES
from symgrad.reading.problem import read_problem
from symgrad.solving import solve

PROBLEMS = {
    "softmax": """
forward:
  u: W1 @ x + b1
  h: relu(u)
  v: W2 @ h + b2
  o: softmax(v)
  L: -sum(y * log(o))
  s: lam / 2 * norm(W2)**2
  J: L + s
backward: {wrt: [W2, b2, W1, b1]}
given:
  x: [1.5, -0.4]
  W1: [[0.3, 0.5], [-0.2, 0.7], [0.4, -0.1]]
  b1: [0.1, 0.4, -0.2]
  W2: [[0.3, -0.5, 0.1], [0.2, 0.7, 0.8], [-0.6, 0.4, 0.25]]
  b2: [0.3, -0.15, 0.05]
  y: [0, 1, 0]
  lam: 0.1
  eta: 0.5
update: {rate: eta, parameters: [W2, b2, W1, b1]}
""",
    "tanh": """
forward: {z: W1 @ x + b1, a: tanh(z), p: W2 @ a + b2, e: p - t, C: "dot(e, e) / 2"}
backward: {wrt: [W1, b1, W2, b2]}
given:
  x: [0.8, -1.2, 0.5]
  W1: [[0.4, -0.3, 0.7], [0.1, 0.9, -0.5]]
  b1: [0.05, -0.1]
  W2: [[1.1, -0.6], [0.2, 0.45]]
  b2: [0.3, 0.15]
  t: [0.5, -0.25]
""",
    "recurrent": """
forward:
  a1: W * h0 + U * x1
  h1: tanh(a1)
  a2: W * h1 + U * x2
  h2: tanh(a2)
  o: V * h2
  L: (o - y)**2 / 2
backward: {wrt: [W, U, V]}
given: {W: 0.6, U: 0.9, V: 1.3, h0: 0.2, x1: 0.5, x2: -0.4, y: 0.3}
""",
    "scalar": """
forward: {p: x * k, q: sin(x) + z, r: q**2, f: p * r}
given: {x: 1.2, k: -0.7, z: 0.4}
""",
    "composed": """
forward: {u: x**2 + 1, v: log(u), J: (v - k)**2}
given: {x: 0.8, k: 0.3}
""",
    "batch": """
forward: {Z: X @ W + b, P: "softmax(Z, axis=1)", L: -sum(Y * log(P)) / 4}
backward: {wrt: [W, b]}
given:
  X: [[1.0, -0.5], [0.3, 0.8], [-1.2, 0.4], [0.6, 0.9]]
  W: [[0.2, -0.4, 0.5], [0.7, 0.1, -0.3]]
  b: [0.05, -0.1, 0.2]
  Y: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
""",
    "convolution": """
forward: {z: "conv2d(a, w)", L: sum(g * z)}
backward: {wrt: [a, w]}
given:
  a: [[1.0, 0.5, -1.0], [2.0, -0.3, 0.8], [0.4, 1.5, -0.6]]
  w: [[0.5, -1.0], [2.0, 0.3]]
  g: [[1.0, -0.5], [0.2, 0.7]]
""",
}

D = r"\frac{\partial %s}{\partial %s}"


def d(of, wrt):
    """∂of/∂wrt."""
    return D % (of, wrt)


SLIPS = (
    (
        "softmax_jacobian_diagonal_only",
        "softmax",
        d("J", "v"),
        rf"{d('J', 'o')} \odot o \odot (1 - o)",
        "o - y",
    ),
    ("seed_with_loss_value", "softmax", d("J", "L"), "J", "1"),
    (
        "norm_vs_squared_norm",
        "softmax",
        "s",
        r"\frac{\lambda}{2} \|W_2\|_F",
        r"\frac{\lambda}{2} \|W_2\|_F^2",
    ),
    ("bias_omitted_forward", "softmax", "v", "W_2 h", "W_2 h + b_2"),
    (
        "regularising_the_bias",
        "softmax",
        d("J", "b_2"),
        rf"{d('J', 'v')} + \lambda b_2",
        d("J", "v"),
    ),
    (
        "regulariser_gradient_forgotten",
        "softmax",
        d("J", "W_2"),
        rf"{d('J', 'v')} h^\top",
        rf"{d('J', 'v')} h^\top + \lambda W_2",
    ),
    ("missing_transpose", "softmax", d("J", "h"), rf"W_2 {d('J', 'v')}", rf"W_2^\top {d('J', 'v')}"),
    ("extra_transpose", "softmax", "v", r"W_2^\top h + b_2", "W_2 h + b_2"),
    (
        "outer_product_order",
        "tanh",
        d("C", "W_2"),
        rf"a \cdot ({d('C', 'p')})^\top",
        rf"{d('C', 'p')} \, a^\top",
    ),
    ("sign_t_minus_y", "tanh", d("C", "p"), "t - p", "p - t"),
    ("factor_two_or_half", "tanh", d("C", "p"), "2 (p - t)", "p - t"),
    ("extra_factor_output", "tanh", d("C", "p"), r"(p - t) \odot p", "p - t"),
    ("bias_gradient_wrong_reduction", "tanh", d("C", "b_1"), rf"{d('C', 'z')} \odot b_1", d("C", "z")),
    (
        "jacobian_at_preactivation_value",
        "tanh",
        d("C", "z"),
        rf"{d('C', 'a')} \odot (1 - z^2)",
        rf"{d('C', 'a')} \odot (1 - a^2)",
    ),
    ("dropped_chain_factor", "tanh", d("C", "z"), d("C", "a"), rf"{d('C', 'a')} \odot (1 - a^2)"),
    ("wrong_bias_or_wrong_index_substituted", "tanh", "z", "W_1 x + b_2", "W_1 x + b_1"),
    (
        "bptt_no_carry",
        "recurrent",
        d("L", "W"),
        rf"{d('L', 'a_2')} h_1",
        rf"{d('L', 'a_1')} h_0 + {d('L', 'a_2')} h_1",
    ),
    (
        "fanout_path_missing",
        "scalar",
        d("f", "x"),
        rf"{d('f', 'p')} k",
        rf"{d('f', 'p')} k + {d('f', 'q')} \cos(x)",
    ),
    ("wrong_factor_in_product", "scalar", d("f", "r"), "r", "p"),
    ("chain_rule_wrong_argument", "composed", d("v", "u"), r"\frac{1}{x}", r"\frac{1}{u}"),
    ("batch_average_missing_or_doubled", "batch", d("L", "Z"), "P - Y", r"\frac{1}{4} (P - Y)"),
    ("total_vs_term", "softmax", "J", "L", "L + s"),
    ("learning_rate", "softmax", "W_2^+", rf"W_2 - {d('J', 'W_2')}", rf"W_2 - \eta {d('J', 'W_2')}"),
    (
        "softmax_vs_sigmoid_or_wrong_loss",
        "softmax",
        d("J", "v"),
        r"(o - y) \odot o \odot (1 - o)",
        "o - y",
    ),
)
"""A mistake, the problem, the left side, a right side that makes it, and the true one."""


@functools.cache
def problem(name):
    """A problem of the table."""
    return read_problem(PROBLEMS[name].strip() + "\n")


def judged(name, *lines):
    """The verdicts on lines, each a display of its own."""
    return check_text("\n\n".join(f"$${line}$$" for line in lines), problem(name)).lines


@pytest.mark.parametrize(
    ("mistake", "name", "left", "wrong", "right"), SLIPS, ids=lambda value: str(value)[:30]
)
def test_slip_is_named_and_truth_is_not(mistake, name, left, wrong, right):
    (false,) = judged(name, f"{left} = {wrong}")
    assert (false.verdict, false.mistake) == ("wrong", mistake), false.message
    assert false.message
    (true,) = judged(name, f"{left} = {right}")
    assert (true.verdict, true.mistake) == ("correct", None), true.message


NUMBERS = (
    ("seed_with_loss_value", "softmax", d("J", "s"), lambda values, slopes: values["J"]),
    ("sign_t_minus_y", "tanh", d("C", "p"), lambda values, slopes: -slopes["p"]),
    ("missing_transpose", "softmax", d("J", "h"), lambda values, slopes: values["W2"] @ slopes["v"]),
    ("total_vs_term", "softmax", "J", lambda values, slopes: values["L"]),
    ("learning_rate", "softmax", "b_2^+", lambda values, slopes: values["b2"] - 0.25 * slopes["b2"]),
    ("inplace_or_stale_values", "softmax", "h", lambda values, slopes: values["u"]),
    (
        "updated_weights_same_pass",
        "softmax",
        d("J", "h"),
        lambda values, slopes: (values["W2"] - 0.5 * slopes["W2"]).T @ slopes["v"],
    ),
)
DECOYS = (
    ("softmax", "v", "W_2 h + b_2 + 7 h"),
    ("softmax", d("J", "v"), r"\sin(o) - y"),
    ("tanh", "C", "4.711"),
    ("tanh", d("C", "p"), "[0.31337, 0.90909]"),
)


def shown(value):
    """A number or a vector, to five decimals."""
    return f"[{', '.join(f'{entry:.5f}' for entry in value)}]" if np.ndim(value) else f"{value:.5f}"


@pytest.mark.parametrize(("mistake", "name", "left", "wrong"), NUMBERS)
def test_slip_in_printed_numbers_is_named(mistake, name, left, wrong):
    solution = solve(problem(name))
    values = {**problem(name).given, **solution.run.quantities}
    (found,) = judged(name, f"{left} = {shown(wrong(values, solution.run.gradients))}")
    assert (found.verdict, found.mistake) == ("wrong", mistake), found.message


def test_right_line_stands_beside_a_wrong_one():
    named, numbers = judged("tanh", f"{d('C', 'p')} = t - p", f"{d('C', 'p')} = [1.197, 0.615]")
    assert named.right == d("C", "p") + r" = \vec{e}"
    assert "1.197" in numbers.right
    assert "0.165" in numbers.right


@pytest.mark.parametrize(("name", "left", "wrong"), DECOYS)
def test_no_mistake_is_claimed_that_does_not_reproduce_the_line(name, left, wrong):
    (found,) = judged(name, f"{left} = {wrong}")
    assert (found.verdict, found.mistake) == ("wrong", None), found.message


def test_catalogue_is_whole():
    assert len(MISTAKES) == len(BY_ID) == 29
    for mistake in MISTAKES:
        assert mistake.statement
        assert mistake.sentence.format(part="W2")
        assert mistake.wrong != mistake.right

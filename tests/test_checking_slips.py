"""Slips planted into right derivations: which mistake is named, and which part of the line.

Each row is a right side that was changed by hand in one place; what is named is what was changed.
"""

import pytest

from symgrad.checking.check import check_text
from symgrad.checking.explaining.examples import (
    BATCH,
    COMPOSED,
    CONVOLUTION,
    ENTROPY,
    PRODUCT,
    RECURRENT,
    SCALAR,
    SOFTMAX,
    TANH,
    d,
)
from symgrad.checking.verdict import Verdict
from symgrad.reading.problem import read_problem
from symgrad.styles.sentences import plain

EXPONENTIAL = "forward: {u: 2 * x + 1, v: exp(u), J: v * k}\ngiven: {x: 0.5, k: 2}"
FACTOR = "a factor of the chain rule is missing: "
TIME = "belongs to another time step"
OUTER = "the outer product has its factors in the wrong order, or is not taken as one: "
STEP = r"W_2 - \eta "
NORM = """
forward: {c: norm(x), L: "dot(g, x) / c"}
backward: {of: L, wrt: [x]}
data: [g]
given: {x: [0.5, -2], g: [1.5, 0.25]}
"""
KERNEL = """
forward: {y: "q[0] * x[0:3] + q[1] * x[1:4]", L: "dot(g, y)"}
backward: {of: L, wrt: [x, q]}
data: [g]
given: {x: [1, -2, 0.5, 3], q: [0.5, 2], g: [1, -1, 2]}
"""
NEURON = """
forward: {z: w * x + b, a: sigmoid(z), L: (a - t)**2 / 2}
backward: {of: L, wrt: [w, b]}
data: [x, t]
given: {x: 1.5, w: -0.5, b: 0.25, t: 1}
"""
RATIO = "forward: {f: p / q, L: f**2}\nbackward: {of: L, wrt: [p, q]}\ngiven: {p: 1.5, q: 0.7}"
NUMBERED = """
forward: {u: v1 * h1 + v2 * h2, L: (u - t)**2 / 2}
backward: {of: L, wrt: [h1, h2]}
data: [t]
given: {v1: 0.9, v2: -0.35, h1: 0.525, h2: 0.69, t: 0.2}
"""


SLIPS = [
    # norms, kernels that slide, parts of a derivative, numbers beside
    (NORM, d("c", "x"), "2x", "norm_vs_squared_norm", "‖x‖₂"),
    (NORM, d("L", "x"), r"\frac{g}{c}", "fanout_path_missing", "x also reaches L through c"),
    (NORM, d("L", "x"), r"\frac{g}{c} - \frac{L}{c} x", "norm_vs_squared_norm", "for one another: c"),
    (KERNEL, "y_2", "q_2 x_2 + q_1 x_3", "conv_kernel_flip", ": q"),
    (KERNEL, d("L", "x_3"), "g_2 q_1 + g_3 q_2", "conv_kernel_flip", ": q"),
    (NEURON, d("L", "z"), "(a - t) a", "dropped_chain_factor", f"{FACTOR}1 - a"),
    (NEURON, d("L", "z"), "(a - t) (1 - a)", "dropped_chain_factor", f"{FACTOR}a"),
    (RATIO, d("f", "q"), r"-\frac{1}{q^2}", "dropped_chain_factor", f"{FACTOR}p"),
    (NUMBERED, "u", r"0.9 \cdot 0.5250 + 0.9 \cdot 0.6900", "wrong_bias_or_wrong_index_substituted",
     "0.9 is another entry than the one that belongs here"),
    # time steps
    (RECURRENT, d("L", "a_1"), rf"{d('L', 'h_1')} (1 - h_1)", "bptt_no_carry", "1 - h², not 1 - h"),
    (RECURRENT, d("L", "a_1"), rf"{d('L', 'h_1')} (1 - h_2^2)",
     "wrong_bias_or_wrong_index_substituted", "the index 1 belongs here in the place of 2: h₂"),
    (RECURRENT, d("L", "a_1"), rf"{d('L', 'h_2')} (1 - h_1^2)",
     "dropped_chain_factor", f"{FACTOR}W and the derivative of tanh(a₂) by a₂"),
    (RECURRENT, d("L", "W"), rf"{d('L', 'a_2')} h_1", "bptt_no_carry", "W also reaches L through a₁"),
    (RECURRENT, d("L", "W"), rf"{d('L', 'a_1')} h_0", "bptt_no_carry", "W also reaches L through a₂"),
    (RECURRENT, d("L", "W"), rf"{d('L', 'a_1')} h_1 + {d('L', 'a_2')} h_2",
     "bptt_no_carry", f"each h {TIME}"),
    (RECURRENT, d("L", "W"), rf"\sum_{{t=1}}^2 {d('L', 'a_t')} h_t", "bptt_no_carry", f"hₜ {TIME}"),
    (RECURRENT, d("L", "W"), rf"\sum_{{t=1}}^1 {d('L', 'a_t')} h_{{t-1}}",
     "bptt_no_carry", "W also reaches L through a₂"),
    (RECURRENT, d("L", "h_1"), rf"{d('L', 'a_1')} W", "bptt_no_carry", f"each a {TIME}"),
    (RECURRENT, d("L", "h_1"), rf"{d('L', 'a_2')} U", "total_vs_term", "this is the derivative by x₂"),
    (RECURRENT, d("L", "U"), rf"\sum_{{t=1}}^2 {d('L', 'h_t')} (1 - h_{{t-1}}^2) x_t",
     "bptt_no_carry", f"hₜ₋₁ {TIME}"),
    (RECURRENT, d("L", "W"), rf"\sum_{{t=0}}^1 {d('L', 'a_{t+1}')} h_{{t+1}}",
     "bptt_no_carry", f"hₜ₊₁ {TIME}"),
    # a layer, its parameters and their updates
    (SOFTMAX, d("J", "W_2"), rf"{d('J', 'v')} h^T",
     "regulariser_gradient_forgotten", "W₂ also reaches J through s"),
    (SOFTMAX, d("J", "W_2"), rf"{d('J', 'v')} h^T + 2 \lambda W_2",
     "factor_two_or_half", "the derivative of ‖W₂‖_F by W₂ is doubled"),
    (SOFTMAX, d("J", "W_2"), rf"{d('J', 'v')} h^T - \lambda W_2",
     "sign_t_minus_y", "the derivative of ‖W₂‖_F by W₂ has the opposite sign"),
    (SOFTMAX, d("J", "h"), rf"W_2 {d('J', 'v')}", "missing_transpose", "W₂ has to be transposed"),
    (SOFTMAX, d("J", "h"), rf"W_1^T {d('J', 'v')}",
     "wrong_bias_or_wrong_index_substituted", "W₂ belongs here, not W₁"),
    (SOFTMAX, d("J", "h"), rf"W_2^T {d('J', 'o')}",
     "dropped_chain_factor", f"{FACTOR}the derivative of softmax(v) by v"),
    (SOFTMAX, d("J", "h"), "W_2^T (y - o)", "sign_t_minus_y", "everything has the opposite sign"),
    (SOFTMAX, d("J", "h"), r"W_2^T (o - y) \odot h", "extra_factor_output", "the factor h is one too many"),
    (SOFTMAX, d("J", "h_i"), rf"\sum_j W_{{2,ij}} {d('J', 'v_j')}",
     "missing_transpose", "W₂ has to be transposed"),
    (SOFTMAX, d("J", "u"), rf"{d('J', 'h')} \odot \mathbb{{1}}[v > 0]",
     "wrong_bias_or_wrong_index_substituted", "u belongs here, not v"),
    (SOFTMAX, d("J", "u"), d("J", "h"), "dropped_chain_factor", f"{FACTOR}the derivative of ReLU(u) by u"),
    (SOFTMAX, d("J", "b_1"), rf"{d('J', 'u')} x^T",
     "bias_gradient_wrong_reduction", "it is multiplied by x"),
    (SOFTMAX, d("J", "b_1"), rf"\sum_i {d('J', 'u_i')}",
     "bias_gradient_wrong_reduction", "everything is summed"),
    (SOFTMAX, d("J", "b_1"), rf"{d('J', 'u')} + \lambda b_1",
     "regularising_the_bias", "the penalty does not hold b1"),
    (SOFTMAX, d("J", "x"), rf"W_1 {d('J', 'u')}", "missing_transpose", "W₁ has to be transposed"),
    (SOFTMAX, "W_2^+", rf"W_2 + \eta {d('J', 'W_2')}", "sign_t_minus_y", "the step is subtracted"),
    (SOFTMAX, "W_2^+", rf"W_2 - {d('J', 'W_2')}", "learning_rate", "the rate is left out"),
    (SOFTMAX, "W_2^+", STEP + d("L", "W_2"),
     "wrong_bias_or_wrong_index_substituted", "J belongs here, not L"),
    (SOFTMAX, "W_2^+", STEP + d("J", "W_1"),
     "wrong_bias_or_wrong_index_substituted", "W₂ belongs here, not W₁"),
    # several uses, several factors
    (SCALAR, d("f", "x"), "k r", "fanout_path_missing", "x also reaches f through q"),
    (SCALAR, d("f", "x"), r"p \cdot 2 q \cos x", "fanout_path_missing", "x also reaches f through p"),
    (SCALAR, d("f", "x"), r"k r + p \cdot q \cos x",
     "factor_two_or_half", "the derivative of sin(x) by x is halved"),
    (SCALAR, d("f", "x"), r"k r + p \cdot 2 q \sin x", None, "cos belongs here, not sin"),
    (SCALAR, d("f", "x"), r"k r + p \cdot 2 \cos x", "dropped_chain_factor", f"{FACTOR}q"),
    (SCALAR, d("f", "x"), r"k r + 2 q \cos x", "dropped_chain_factor", f"{FACTOR}p"),
    (SCALAR, d("f", "x"), r"k p + p \cdot 2 q \cos x", "wrong_factor_in_product", "the other one: p"),
    (SCALAR, d("f", "x"), r"k r + p \cdot 2 q \cos z",
     "wrong_bias_or_wrong_index_substituted", "x belongs here, not z"),
    (SCALAR, d("f", "x"), r"k r + p \cdot 2 q^2 \cos x",
     "extra_factor_output", "the factor q is one too many"),
    (PRODUCT, d("f", "x"), r"x \sin x", "fanout_path_missing", "x also reaches f through sin(x)"),
    (PRODUCT, d("f", "x"), r"x \sin x + \frac{x^3}{2} \cos x",
     None, "an exponent is wrong: x belongs to the power 2"),
    (PRODUCT, d("f", "x"), r"2 x \sin x + \frac{x^2}{2} \cos x",
     "factor_two_or_half", "the derivative of x² by x is doubled"),
    (ENTROPY, d("J", "w"), r"\frac{w}{\|w\|^2} + 3 w^2",
     "norm_vs_squared_norm", "the norm and its square are taken for one another"),
    (ENTROPY, d("J", "w"), r"\frac{w}{\|w\|_1} + 3 w^2", None, "the norm has the subscript 2"),
    (ENTROPY, d("H", "p"), r"-\log p", "fanout_path_missing", "p also reaches H through log(p)"),
    (ENTROPY, d("H", "p"), r"-\log_2 p - 1", None, "the natural logarithm is meant"),
    (COMPOSED, d("J", "x"), r"2 (v - k) \frac{1}{x} 2x",
     "chain_rule_wrong_argument", "x stands where u belongs"),
    (COMPOSED, d("J", "x"), r"2 v \frac{1}{u} 2x",
     "chain_rule_wrong_argument", "v stands where v − k belongs"),
    (COMPOSED, d("J", "x"), r"2 (v + k) \frac{1}{u} 2x", "sign_t_minus_y", "a minus belongs before k"),
    (COMPOSED, d("J", "x"), r"2 (v - k) \frac{1}{u}",
     "dropped_chain_factor", f"{FACTOR}the derivative of x² by x"),
    (EXPONENTIAL, d("J", "x"), "2 k e^x", "chain_rule_wrong_argument", "x stands where u belongs"),
    (EXPONENTIAL, d("J", "x"), "2 k u", "jacobian_at_preactivation_value", "u stands where exp of it"),
    (EXPONENTIAL, "v", "e^x", "wrong_bias_or_wrong_index_substituted", "u belongs here, not x"),
    # samples
    (BATCH, d("L", "Z"), "P - Y",
     "batch_average_missing_or_doubled", "the whole is not divided by the number of samples"),
    (BATCH, d("L", "Z"), r"\frac{1}{16} (P - Y)",
     "batch_average_missing_or_doubled", "the whole is divided by it once too often"),
    (BATCH, d("L", "Z"), r"\frac14 P - Y",
     "batch_average_missing_or_doubled", "Y is not divided by the number of samples"),
    (BATCH, d("L", "Z"), r"\frac12 (P - Y)", "factor_two_or_half", "the whole is doubled"),
    (BATCH, d("L", "b"), d("L", "Z"), "bias_gradient_wrong_reduction", "it is not summed over the samples"),
    (BATCH, d("L", "b"), rf"\frac14 \sum_i {d('L', 'Z_i')}",
     "bias_gradient_wrong_reduction", "the mean stands for the sum"),
    (BATCH, d("L", "W"), rf"X {d('L', 'Z')}", "missing_transpose", "X has to be transposed"),
    (BATCH, d("L", "W"), rf"{d('L', 'Z')} X^T",
     "outer_product_order", f"{OUTER}the factors stand the wrong way round"),
    (BATCH, d("L", "W"), rf"{d('L', 'Z')}^T X", "outer_product_order", f"{OUTER}the whole is transposed"),
    (BATCH, d("L", "W"), rf"W^T {d('L', 'Z')}", "wrong_factor_in_product", "W stands where X belongs"),
    (CONVOLUTION, d("L", "w_{ij}"), r"\sum_{m=1}^{1} \sum_{n=1}^{2} g_{mn} a_{i+m-1,j+n-1}",
     "fanout_path_missing", "the sum over m leaves something out"),
    # activations
    (TANH, d("C", "z"), r"W_2^T e \odot (1 - z^2)",
     "jacobian_at_preactivation_value", "z stands where tanh of it belongs"),
    (TANH, d("C", "z"), r"W_2^T e \odot (1 - \tanh^2(a))",
     "jacobian_at_preactivation_value", "tanh' stands at the value of tanh(z)"),
    (TANH, d("C", "z"), r"W_2^T e \odot (1 + a^2)", "sign_t_minus_y", "a minus belongs before a²"),
    (TANH, d("C", "z"), r"e \odot (1 - a^2)", "dropped_chain_factor", f"{FACTOR}W₂"),
    (TANH, d("C", "W_2"), "(a - t) a^T", "wrong_bias_or_wrong_index_substituted", "p belongs here, not a"),
    # forward passes
    (TANH, "p", "W_2 z + b_2", "wrong_bias_or_wrong_index_substituted", "a belongs here, not z"),
    (TANH, "p", "W_2 a + b_1", "wrong_bias_or_wrong_index_substituted", "b₂ belongs here, not b₁"),
    (TANH, "p", "W_2 a", "bias_omitted_forward", "the bias b2 is missing"),
    (TANH, "p", r"W_2 \sigma(z) + b_2", "softmax_vs_sigmoid_or_wrong_loss", "sigmoid stands for tanh"),
    (TANH, "p", "W_2 a - b_2", "sign_t_minus_y", "a plus belongs before b₂"),
    (SOFTMAX, "u", "W_1^T x + b_1", "extra_transpose", "W₁ stands here as it is"),
    (SOFTMAX, "o_i", r"\frac{1}{1 + e^{-v_i}}",
     "softmax_vs_sigmoid_or_wrong_loss", "sigmoid stands for softmax"),
    (SOFTMAX, "J", r"L + \frac{\lambda}{2} \|W_2\|_F",
     "norm_vs_squared_norm", "taken for one another: ‖W₂‖_F"),
    (SOFTMAX, "J", "L", "total_vs_term", "this is only L, not the whole"),
    (SOFTMAX, d("o_i", "v_j"), r"o_i (\delta_{ij} + o_j)", "sign_t_minus_y", "a minus belongs before oⱼ"),
    (SOFTMAX, d("o_i", "v_j"), r"o_i (\delta_{ij} - o_i)",
     "wrong_bias_or_wrong_index_substituted", "the index j belongs here in the place of i: oᵢ"),
    (SOFTMAX, d("L", "v_i"), r"o_i (1 - o_i) \left(-\frac{y_i}{o_i}\right)",
     "softmax_jacobian_diagonal_only", "its diagonal s (1 - s) alone drops the mixed terms"),
    (SOFTMAX, d("L", "v_i"), r"-\frac{y_i}{o_i}",
     "dropped_chain_factor", f"{FACTOR}the derivative of softmax(v) by v"),
    (TANH, d("C", "W_2"), "e^2 a^T", "extra_factor_output", "the factor e is one too many"),
]  # fmt: skip


NO_RIGHT_LINE = {"W_2^+", d("L", "w_{ij}"), d("o_i", "v_j")}
"""Of an update none is shown; beside one entry the whole array is."""


def judged(problem, text):
    (line,) = check_text(f"$${text}$$", read_problem(problem)).lines
    return line


@pytest.mark.parametrize(("problem", "left", "wrong", "mistake", "words"), SLIPS)
def test_what_was_changed_is_named(problem, left, wrong, mistake, words):
    line = judged(problem, f"{left} = {wrong}")
    assert line.verdict is Verdict.WRONG
    assert line.mistake == mistake
    assert words in plain(line.message)
    if left not in NO_RIGHT_LINE:
        assert judged(problem, line.right).verdict is Verdict.CORRECT


def test_a_quantity_called_e_is_no_constant():
    problem = "forward: {e: w * x - t, L: e**2}\ndata: [x, t]\ngiven: {w: 3, x: 2, t: 1}"
    assert judged(problem, r"\frac{\partial L}{\partial e} = e").right.endswith("= 2 e")


SHAPES = [
    (TANH, d("C", "W_2"), "(p - t) x^T", "the left side is 2 × 2, the right side 2 × 3"),
    (SOFTMAX, d("J", "b_1"), rf"\sum_i {d('J', 'u_i')}", "the left side is 3, the right side a number"),
    (BATCH, d("L", "W"), rf"X {d('L', 'Z')}", "4 × 2 times 4 × 3 does not fit"),
    (TANH, d("C", "z"), r"W_1^T e \odot (1 - a^2)", "3 and 2 do not fit entry by entry"),
]


@pytest.mark.parametrize(("problem", "left", "wrong", "words"), SHAPES)
def test_shapes_that_do_not_fit_are_told(problem, left, wrong, words):
    line = judged(problem, f"{left} = {wrong}")
    assert line.verdict is Verdict.WRONG
    assert words in plain(line.message)

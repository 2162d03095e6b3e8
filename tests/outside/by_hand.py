"""Lines of the sheets written once more, by hand: each side as NumPy over the problem's names.

A key is a sheet and the place of a line in it (its row; `8b` is the second of row 8), a value the
line's sides from left to right; None stands for a side that nobody wrote down. Where a line has free
indices, a side is the whole array over them. Symbols of the student's own are put in.
"""

import numpy as np

one, diag, exp, log, tanh = np.ones, np.diag, np.exp, np.log, np.tanh


def sigmoid(t):
    return 1 / (1 + exp(-t))


def on(z):
    return (z > 0).astype(float)


def through(w):
    """∂L/∂h of the residual block, through the units that are on, to z."""
    return on(w.z) * (w.V.T @ w.d("L", "h"))


def delta(w):
    """∂E/∂Z of the batch in columns."""
    return (w.A - w.T) * w.A * (1 - w.A)


def margin(w, active):
    """-1/N Σ over the active samples of y_i x_i."""
    return -(w.X.T @ (active * w.y)) / 4


def swished(z):
    return sigmoid(z) * (1 - sigmoid(z))


def gates(w):
    """∂L/∂a_1, ∂L/∂a_2, ∂L/∂a_3 of the recurrence."""
    return np.array([w.d("L", f"a{t}") for t in (1, 2, 3)])


def tree(w):
    """The slopes of the four units of the tree of sigmoids: O, h2, h3, h1."""
    return [value * (1 - value) for value in (w.O, w.h2, w.h3, w.h1)]


def kron(h):
    return np.eye(len(h))


SHAPES = {
    "softmax_net_rows_deltas": {"x": ("n",), "b1": ("m",), "b2": ("k",), "y": ("k",)},
    "relu_on_both_sides_of_its_kink": dict.fromkeys(("w1", "b1", "w2", "b2", "x", "y"), ()),
}
"""Shapes that a sheet's problem leaves open."""

BY_HAND = {
    ("attention_numbers", "3"): (lambda w: w.e, lambda w: np.array([-0.283, 0.981])),
    ("attention_numbers", "11"): (
        lambda w: w.d("L", "a")[0],
        lambda w: 0.7 * (-0.251) + (-1.2) * 1.177,
        lambda w: -1.588,
    ),
    ("attention_numbers", "19"): (
        lambda w: w.d("L", "e")[0],
        lambda w: 0.22 * (1 - 0.22) * (-1.588),
        lambda w: -0.272,
    ),
    ("attention_numbers", "23"): (
        lambda w: w.d("L", "q")[0],
        lambda w: (0.4 * (-0.545) + 1.1 * 0.545) / 3,
        lambda w: 0.127,
    ),
    ("residual_block", "3"): (lambda w: w.d("L", "f"), lambda w: w.f - w.t),
    ("residual_block", "4"): (lambda w: w.d("L", "w"), lambda w: (w.f - w.t) * w.h),
    ("residual_block", "6"): (
        lambda w: w.d("h", "x"),
        lambda w: np.eye(2) + w.V @ diag(on(w.z)) @ w.W,
    ),
    ("residual_block", "7"): (lambda w: w.d("L", "x"), lambda w: w.d("L", "h") + w.W.T @ through(w)),
    ("residual_block", "12"): (lambda w: w.d("L", "x"), lambda w: w.W.T @ through(w)),
    ("residual_block", "13"): (lambda w: w.d("L", "z"), lambda w: w.V.T @ w.d("L", "h")),
    ("residual_block", "14"): (lambda w: w.d("L", "V"), lambda w: np.outer(w.d("L", "h"), w.z)),
    ("residual_block", "15"): (
        lambda w: w.d("L", "z")[2],
        lambda w: w.d("L", "a")[2],
        lambda w: 0.861,
    ),
    ("residual_block", "17"): (lambda w: w.d("h", "x"), lambda w: w.V @ diag(on(w.z)) @ w.W),
    ("batch_in_columns", "6"): (lambda w: w.d("E", "W"), lambda w: delta(w) @ w.X.T),
    ("batch_in_columns", "7"): (lambda w: w.d("E", "b"), lambda w: delta(w) @ one((3, 1))),
    ("batch_in_columns", "9"): (lambda w: w.d("E", "X"), lambda w: w.W.T @ delta(w)),
    ("batch_in_columns", "11"): (lambda w: w.d("E", "X"), lambda w: w.W @ delta(w)),
    ("batch_in_columns", "12"): (lambda w: w.d("E", "W"), lambda w: w.X @ delta(w).T),
    ("batch_in_columns", "13"): (lambda w: w.d("E", "b"), lambda w: one((1, 2)) @ delta(w)),
    ("batch_in_columns", "14"): (lambda w: w.d("E", "W"), lambda w: delta(w) @ w.X.T / 3),
    ("batch_in_columns_slips", "3"): (lambda w: w.d("E", "A"), lambda w: 2 * (w.A - w.T)),
    ("batch_in_columns_slips", "8"): (
        lambda w: w.d("E", "W"),
        lambda w: np.array([[-0.240, -0.319], [0.585, -0.187]]),
    ),
    ("batch_in_columns_slips", "10"): (
        lambda w: w.d("E", "b"),
        lambda w: np.array([[-0.057], [0.090]]),
    ),
    ("batch_in_columns_slips", "11"): (
        lambda w: w.d("E", "b"),
        lambda w: np.array([[-0.057], [0.180]]),
    ),
    ("batch_in_columns_slips", "12"): (lambda w: w.d("E", "X"), lambda w: 2 * w.W @ delta(w)),
    ("batch_in_columns_slips", "13"): (
        lambda w: w.d("E", "Z"),
        lambda w: 2 * (w.A - w.T) * w.A * (1 + w.A),
    ),
    ("softmax_layer_index_slips", "3"): (
        lambda w: w.d("p", "v"),
        lambda w: np.outer(w.p, w.p) - diag(w.p),
    ),
    ("softmax_layer_index_slips", "8"): (lambda w: w.d("h", "u"), lambda w: kron(w.h) * (1 - w.h)[:, None]),
    ("softmax_layer_index_slips", "9"): (
        lambda w: w.d("h", "u"),
        lambda w: kron(w.h) * (1 - w.u**2)[:, None],
    ),
    ("softmax_layer_index_slips", "10"): (
        lambda w: w.d("L", "W1"),
        lambda w: np.outer(((w.p - w.y) @ w.W2) * (1 + w.h**2), w.x),
    ),
    ("softmax_layer_numerator_layout", "5"): (
        lambda w: w.d("L", "x"),
        lambda w: (w.p - w.y) @ w.W2 @ diag(1 - w.h**2) @ w.W1,
    ),
    ("softmax_layer_numerator_layout", "6"): (
        lambda w: w.d("p", "v"),
        lambda w: diag(w.p) - np.outer(w.p, w.p),
    ),
    ("softmax_layer_numbers", "13"): (
        lambda w: w.p[2],
        lambda w: 1 - w.p[0] - w.p[1],
        lambda w: 1 - 0.548 - 0.288,
        lambda w: 0.164,
    ),
    ("softmax_layer_numbers", "17"): (lambda w: w.L, lambda w: -np.log2(w.p[1]), lambda w: 1.797),
    ("softmax_layer_numbers", "19"): (
        lambda w: w.p[0],
        lambda w: exp(w.v[0]) / exp(w.v).sum(),
        lambda w: 2.534 / 4.264,
        lambda w: 0.548,
    ),
    ("softmax_layer_numbers", "23"): (lambda w: w.p[0], lambda w: 5.48e-2),
    ("softmax_layer_numbers", "25"): (
        lambda w: w.d("L", "v")[1],
        lambda w: w.p[1] - 1,
        lambda w: 0.288 - 1,
        lambda w: -0.712,
    ),
    ("softmax_layer_numbers", "29"): (
        lambda w: w.d("L", "W2")[0, 1],
        lambda w: -0.712 * 0.927,
        lambda w: -0.660,
    ),
    ("softmax_layer_paths", "5"): (
        lambda w: w.d("L", "h")[1],
        lambda w: sum((w.p[i] - w.y[i]) * w.W2[i, 1] for i in range(3)),
    ),
    ("softmax_layer_paths", "6"): (
        lambda w: w.d("L", "h")[1],
        lambda w: sum(w.d("L", "v")[i] * w.d("v", "h")[i, 1] for i in range(2)),
    ),
    ("softmax_layer_paths", "7"): (
        lambda w: w.d("L", "h")[1],
        lambda w: sum((w.p[i] - w.y[i]) * w.W2[i, 1] for i in range(2)),
    ),
    ("softmax_layer_paths", "11"): (
        lambda w: w.d("L", "u")[0],
        lambda w: w.d("L", "h")[0] * 4 / (exp(w.u[0]) + exp(-w.u[0])) ** 2,
    ),
    ("softmax_layer_paths", "12"): (
        lambda w: w.d("L", "u")[0],
        lambda w: w.d("L", "h")[0] * 2 / (exp(w.u[0]) + exp(-w.u[0])),
    ),
    ("two_sigmoid_layers_carried", "5"): (
        lambda w: w.d("E", "a2"),
        lambda w: w.t - w.a2,
        lambda w: np.array([-0.198, -0.370]),
    ),
    ("two_sigmoid_layers_carried", "10"): (
        lambda w: w.d("E", "b2"),
        lambda w: np.array([0.0417, -0.0907]),
    ),
    ("tied_weights", "4"): (lambda w: w.d("L", "h"), lambda w: w.W @ (w.r - w.x)),
    ("tied_weights", "6"): (
        lambda w: w.d("L", "W"),
        lambda w: np.outer(w.d("L", "z"), w.x) + np.outer(w.h, w.r - w.x),
    ),
    ("tied_weights", "9"): (lambda w: w.d("L", "W"), lambda w: np.outer(w.d("L", "z"), w.x)),
    ("tied_weights", "10"): (lambda w: w.d("L", "W"), lambda w: np.outer(w.h, w.r - w.x)),
    ("tied_weights", "14"): (
        lambda w: w.d("L", "x"),
        lambda w: w.W.T @ w.d("L", "z") - (w.r - w.x),
    ),
    ("tied_weights", "15"): (lambda w: w.d("L", "x"), lambda w: w.W.T @ w.d("L", "z")),
    ("tied_weights_differentials", "8"): (
        lambda w: w.d("L", "W"),
        lambda w: np.outer(w.h, w.r - w.x) + np.outer(w.h * (1 - w.h) * (w.W @ (w.r - w.x)), w.x),
    ),
    ("tied_weights_differentials", "12"): (lambda w: w.L, lambda w: np.dot(w.r - w.x, w.r - w.x) / 2),
    ("ridge_numbers", "11"): (
        lambda w: w.d("J", "w")[1],
        lambda w: (0.0525 + 0.056 - 1.552 - 1.0665) / 4 - 0.105,
        lambda w: -0.6275 - 0.105,
        lambda w: -0.7325,
    ),
    ("ridge_numbers", "13"): (
        lambda w: w.d("J", "w")[1],
        lambda w: (0.0525 + 0.056 - 1.552 - 1.0665) / 8 - 0.105,
        lambda w: -0.419,
    ),
    ("ridge_numbers", "15"): (
        lambda w: w.d("J", "w")[1],
        lambda w: -0.6275 + 0.105,
        lambda w: -0.5225,
    ),
    ("ridge_numbers", "19"): (lambda w: w.d("J", "w"), lambda w: np.array([0.2024, -0.7235])),
    ("ridge_numbers", "23"): (
        lambda w: w.w - 0.1 * w.d("J", "w"),
        lambda w: w.w - 0.1 * w.d("J", "w"),
        lambda w: np.array([0.670, -0.423]),
    ),
    ("hinge_loss", "7"): (
        lambda w: w.d("J", "w"),
        lambda w: w.lam * w.w + margin(w, w.y * w.s < 1),
    ),
    ("hinge_loss", "9"): (lambda w: w.d("J", "w"), lambda w: w.lam * w.w - margin(w, w.y * w.s < 1)),
    ("hinge_loss", "10"): (lambda w: w.d("J", "w"), lambda w: w.lam * w.w + margin(w, w.y * w.s > 1)),
    ("hinge_loss", "11"): (lambda w: w.d("J", "w"), lambda w: w.lam * w.w + margin(w, one(4))),
    ("hinge_loss", "12"): (lambda w: w.d("J", "w"), lambda w: w.lam * w.w - w.X.T @ (w.l > 0) / 4),
    ("hinge_loss", "14"): (lambda w: w.d("J", "b"), lambda w: 1 / 4),
    ("hinge_loss", "15"): (lambda w: w.d("J", "b"), lambda w: -1 / 4),
    ("logistic_regression_penalty", "7"): (
        lambda w: w.d("J", "w"),
        lambda w: (w.p - w.y) @ w.X / 4 + w.lam * w.w,
    ),
    ("logistic_regression_penalty", "9"): (
        lambda w: w.d("J", "b"),
        lambda w: one(4) @ (w.p - w.y) / 4,
        lambda w: w.p.mean() - w.y.mean(),
    ),
    ("logistic_regression_penalty", "10"): (
        lambda w: w.d("J", "w"),
        lambda w: w.X.T @ (w.p - w.y) / 4 + w.lam / 2 * w.w,
    ),
    ("logistic_regression_penalty", "12"): (
        lambda w: w.d("J", "b"),
        lambda w: (w.p - w.y).sum() / 4 + w.lam * w.b,
    ),
    ("logistic_regression_penalty", "13"): (
        lambda w: w.d("L", "p"),
        lambda w: -(w.y / w.p + (1 - w.y) / (1 - w.p)) / 4,
    ),
    ("logistic_regression_in_prose", "12"): (lambda w: 2 * w.lam * w.w, lambda w: w.lam * w.w),
    ("logistic_regression_in_prose", "13"): (lambda w: log(w.p / (1 - w.p)), lambda w: w.z),
    ("logistic_regression_in_prose", "15"): (
        lambda w: w.L,
        lambda w: (log(1 + exp(w.z)) - w.y * w.z).sum() / 4,
    ),
    ("logistic_regression_in_prose", "16"): (
        lambda w: w.L,
        lambda w: log(1 + exp(-w.y * w.z)).sum() / 4,
    ),
    ("batch_in_rows", "7"): (
        lambda w: w.d("L", "W"),
        lambda w: w.X.T @ w.d("L", "S"),
        lambda w: w.X.T @ (w.P - w.Y) / 3,
    ),
    ("batch_in_rows", "12"): (lambda w: w.d("L", "W"), lambda w: w.X.T @ (w.P - w.Y) / 3),
    ("batch_per_sample", "8"): (lambda w: w.d("L", "W"), lambda w: w.X.T @ (w.P - w.Y)),
    ("layer_norm", "5"): (lambda w: w.d("v", "c"), lambda w: 2 * w.c / 4),
    ("layer_norm", "8"): (
        lambda w: w.d("xh", "x"),
        lambda w: (kron(w.x) - 1 / 4 - np.outer(w.xh, w.xh) / 4) / w.s,
    ),
    ("layer_norm", "11"): (
        lambda w: w.d("xh", "x"),
        lambda w: (kron(w.x) - 1 / 4 - np.outer(w.xh, w.xh)) / w.s,
    ),
    ("layer_norm", "12"): (lambda w: w.d("xh", "x"), lambda w: (kron(w.x) - 1 / 4) / w.s),
    ("layer_norm", "13"): (lambda w: w.d("v", "c"), lambda w: 2 * w.c),
    ("layer_norm", "14"): (lambda w: w.d("L", "be"), lambda w: w.d("L", "o").sum()),
    ("swish_neuron", "3"): (
        lambda w: w.d("a", "z"),
        lambda w: sigmoid(w.z) + w.z * swished(w.z),
        lambda w: sigmoid(w.z) + w.z * swished(w.z),
    ),
    ("swish_neuron", "9"): (lambda w: w.d("a", "z"), lambda w: swished(w.z)),
    ("swish_neuron", "10"): (lambda w: w.d("a", "z"), lambda w: w.z * swished(w.z)),
    ("swish_neuron", "11"): (lambda w: w.d("a", "z"), lambda w: swished(w.z) + w.z * sigmoid(w.z)),
    ("swish_neuron", "12"): (lambda w: w.d("L", "a"), lambda w: w.a - w.t),
    ("swish_neuron", "13"): (lambda w: w.d("L", "w"), lambda w: 2 * (w.a - w.t) * sigmoid(w.z) * w.x),
    ("swish_neuron", "16"): (
        lambda w: w.d("a", "z"),
        lambda w: 1 / (1 + exp(-w.z)) + w.z * exp(-w.z) / (1 + exp(-w.z)) ** 2,
        lambda w: (1 + exp(-w.z) + w.z * exp(-w.z)) / (1 + exp(-w.z)) ** 2,
    ),
    ("swish_neuron", "17"): (
        lambda w: w.d("a", "z"),
        lambda w: 1 / (1 + exp(-w.z)) - w.z * exp(-w.z) / (1 + exp(-w.z)) ** 2,
    ),
    ("recurrence_three_steps", "6"): (
        lambda w: w.d("h3", "h1"),
        lambda w: w.w * (1 - w.h2**2) * w.w * (1 - w.h3**2),
        lambda w: w.w**2 * (1 - w.h2**2) * (1 - w.h3**2),
    ),
    ("recurrence_three_steps", "7"): (
        lambda w: w.d("L", "w"),
        lambda w: gates(w) @ np.array([w.h0, w.h1, w.h2]),
    ),
    ("recurrence_three_steps", "11"): (
        lambda w: w.d("L", "w"),
        lambda w: gates(w) @ np.array([w.h1, w.h2, w.h3]),
    ),
    ("recurrence_three_steps", "12"): (lambda w: w.d("L", "w"), lambda w: w.d("L", "a3") * w.h2),
    ("recurrence_three_steps", "13"): (
        lambda w: w.d("h3", "h1"),
        lambda w: w.w * (1 - w.h2**2) * (1 - w.h3**2),
    ),
    ("softmax_ce_two_classes", "16"): (
        lambda w: w.d("A", "Z"),
        lambda w: np.array(
            [[w.Z[0] * (1 - w.Z[0]), -w.Z[0] * w.Z[1]], [-w.Z[1] * w.Z[0], w.Z[1] * (1 - w.Z[1])]]
        ),
    ),
    ("factorisation_trace", "15"): (
        lambda w: w.d("L", "W"),
        lambda w: 2 * (w.D.T @ w.D @ w.W - w.D.T @ w.X),
    ),
    ("weighted_factorisation", "3"): (
        lambda w: w.d("f", "U"),
        lambda w: 2 * (w.W * (w.U @ w.V.T - w.A)) @ w.V,
    ),
    ("sigmoid_tree", "13"): (
        lambda w: w.d("O", "w1"),
        lambda w: tree(w)[0] * (tree(w)[1] + tree(w)[2]) * tree(w)[3] * w.I,
    ),
    ("sigmoid_tree", "17"): (
        lambda w: w.d("O", "w1"),
        lambda w: tree(w)[0] * (w.w4 * tree(w)[1] * w.w2 + w.w5 * tree(w)[2] * w.w3) * tree(w)[3] * w.I,
    ),
    ("logistic_regression_hessian", "5"): (
        lambda w: w.p,
        lambda w: 1 / (1 + exp(-w.X @ w.theta)),
        lambda w: exp(-w.X @ w.theta) / (1 + exp(w.X @ w.theta)),
    ),
    ("negative_sampling_products", "5"): (
        lambda w: w.d("E", "sO"),
        lambda w: sigmoid(w.sO) * (sigmoid(w.sO) - 1),
    ),
    ("negative_sampling_products", "7"): (
        lambda w: w.d("E", "s"),
        lambda w: sigmoid(w.s) * sigmoid(-w.s),
    ),
    ("softmax_net_rows_deltas", "12"): (
        None,
        lambda w: w.d("J", "Z2"),
        lambda w: w.yhat - w.y,
    ),
    ("one_weight_of_a_net", "2"): (
        lambda w: w.d("l", "w121"),
        None,
        lambda w: (2 * w.o * w.o * (1 - w.o) * w.w22 * w.h2 * (1 - w.h2) * w.x1).mean(),
    ),
    ("batch_norm", "56"): (
        lambda w: w.xhat,
        lambda w: (w.x - w.mu) * np.sqrt(w.s2 + w.eps) ** -0.5,
    ),
    ("relu_net_numbers", "22"): (
        lambda w: w.d("L", "W2"),
        lambda w: w.d("L", "yh") * w.h,
        lambda w: -1.25 * np.array([0.1, 1.0]),
        lambda w: np.array([-0.125, -1.25]),
    ),
    ("limits_of_a_sum", "1"): (lambda w: w.s, lambda w: w.x[:3].sum()),
    ("limits_of_a_sum", "3"): (lambda w: w.s, lambda w: w.x[:2].sum()),
    ("limits_of_a_sum", "5"): (lambda w: w.s, lambda w: w.x[3:].sum()),
    ("limits_of_a_sum", "7"): (lambda w: w.s, lambda w: w.x[[0, 1]].sum()),
    ("subscript_of_a_norm", "1"): (lambda w: w.n, lambda w: (abs(w.x) ** 3).sum() ** (1 / 3)),
    ("subscript_of_a_norm", "3"): (lambda w: w.n, lambda w: abs(w.x).max()),
    ("subscript_of_a_norm", "5"): (lambda w: w.n, lambda w: float(np.count_nonzero(w.x))),
    ("maximum_norm", "1"): (lambda w: w.n, lambda w: abs(w.x).max()),
    ("subscript_of_a_function", "1"): (lambda w: w.h, lambda w: np.where(w.z > 0, w.z, 0.2 * w.z)),
    ("another_function_is_not_the_activation", "1"): (lambda w: w.p, lambda w: tanh(w.z)),
    ("another_function_is_not_the_activation", "3"): (lambda w: w.p, lambda w: np.cos(w.z)),
    ("another_function_is_not_the_activation", "5"): (
        lambda w: w.d("L", "z"),
        lambda w: (w.p - w.t) * on(w.z),
    ),
    ("relu_on_both_sides_of_its_kink", "1"): (
        lambda w: w.d("L", "w1"),
        lambda w: (w.yhat - w.y) * w.w2 * w.x,
    ),
    ("relu_on_both_sides_of_its_kink", "3"): (
        lambda w: w.yhat,
        lambda w: w.w2 * (w.w1 * w.x + w.b1) + w.b2,
    ),
}

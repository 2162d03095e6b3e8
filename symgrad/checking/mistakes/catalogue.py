"""The mistakes, the most specific first: where several explain a line, the first of them is claimed."""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.checking.mistakes.record import Mistake

MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "softmax_jacobian_diagonal_only",
        "the Jacobian of softmax is taken for its diagonal",
        "every output of softmax depends on every input: its Jacobian is diag(s) − s s^T, and its diagonal "
        "s ⊙ (1 − s) alone drops the mixed terms −s_i s_j",
        r"\frac{\partial J}{\partial v} = \frac{\partial J}{\partial o} \odot o \odot (1 - o)",
        r"\frac{\partial J}{\partial v} = (\operatorname{diag}(o) - o o^\top) \frac{\partial J}{\partial o}",
    ),
    Mistake(
        "jacobian_at_preactivation_value",
        "the derivative of an activation is taken at the wrong one of its input and output",
        "the derivative of the activation is taken at the wrong place: {part}",
        r"\frac{\partial a}{\partial z} = z (1 - z)",
        r"\frac{\partial a}{\partial z} = a (1 - a)",
    ),
    Mistake(
        "seed_with_loss_value",
        "the seed of the backward pass is the value of the objective",
        "the backward pass starts with the derivative of {part} with respect to itself, which is 1, "
        "and not with its value",
        r"\frac{\partial J}{\partial J} = 1.403",
        r"\frac{\partial J}{\partial J} = 1",
    ),
    Mistake(
        "conv_kernel_flip",
        "a kernel is rotated where it should not be, or not where it should",
        "the kernel is turned by 180° where it should not be, or is not where it should: {part}",
        r"\frac{\partial L}{\partial a} = \frac{\partial L}{\partial z} \star w",
        r"\frac{\partial L}{\partial a} = \frac{\partial L}{\partial z} \star \operatorname{rot}_{180}(w)",
    ),
    Mistake(
        "updated_weights_same_pass",
        "the backward pass goes on through weights that are updated already",
        "this is what comes out if {part} is updated first and the backward pass then goes through the new "
        "value; all gradients of one pass belong to the old weights",
        r"\frac{\partial J}{\partial h} = (W_2^+)^\top \delta",
        r"\frac{\partial J}{\partial h} = W_2^\top \delta",
    ),
    Mistake(
        "norm_vs_squared_norm",
        "a norm stands where its square is meant, or its derivative",
        "the square of the norm is meant here, not the norm itself: {part}",
        r"s = \frac{1}{2} \lVert W \rVert",
        r"s = \frac{1}{2} \lVert W \rVert^2",
    ),
    Mistake(
        "bias_omitted_forward",
        "the bias is left out of a forward step",
        "the bias {part} is missing",
        r"z = W x",
        r"z = W x + b",
    ),
    Mistake(
        "regularising_the_bias",
        "the penalty's gradient is given to a parameter that it does not hold",
        "the penalty does not hold {part}, so its gradient has no such term",
        r"\frac{\partial J}{\partial b} = \delta + \lambda b",
        r"\frac{\partial J}{\partial b} = \delta",
    ),
    Mistake(
        "regulariser_gradient_forgotten",
        "the penalty's share of a gradient is left out",
        "the penalty depends on this parameter too: the term {part} is missing",
        r"\frac{\partial J}{\partial W} = \delta x^\top",
        r"\frac{\partial J}{\partial W} = \delta x^\top + \lambda W",
    ),
    Mistake(
        "bptt_no_carry",
        "the gradient is not carried through all time steps",
        "a derivative of a step, or of tanh, is not right: {part}",
        r"\frac{\partial L}{\partial W} = \delta_3 h_2",
        r"\frac{\partial L}{\partial W} = \delta_1 h_0 + \delta_2 h_1 + \delta_3 h_2",
    ),
    Mistake(
        "fanout_path_missing",
        "a quantity is used more than once, and only some of the uses are counted",
        "the gradients of all uses are added, and here something is missing: {part}",
        r"\frac{\partial E}{\partial h} = w_5 \delta_1",
        r"\frac{\partial E}{\partial h} = w_5 \delta_1 + w_7 \delta_2",
    ),
    Mistake(
        "outer_product_order",
        "an outer product is written in the wrong order, or entry by entry",
        "the outer product has its factors in the wrong order, or is taken entry by entry: {part}",
        r"\frac{\partial J}{\partial W} = x \delta^\top",
        r"\frac{\partial J}{\partial W} = \delta x^\top",
    ),
    Mistake(
        "extra_transpose",
        "a transpose stands where none belongs",
        "there is a transpose too many: {part}",
        r"z = W^\top x",
        r"z = W x",
    ),
    Mistake(
        "missing_transpose",
        "a transpose is left out",
        "a transpose is missing: {part}",
        r"\frac{\partial J}{\partial h} = W \delta",
        r"\frac{\partial J}{\partial h} = W^\top \delta",
    ),
    Mistake(
        "learning_rate",
        "the learning rate is left out, another one, or used twice; or something else than the gradient is "
        "subtracted",
        "the step of the update is not the learning rate times the gradient: {part}",
        r"W^+ = W - \Delta W",
        r"W^+ = W - \eta \, \Delta W",
    ),
    Mistake(
        "sign_t_minus_y",
        "a sign is wrong: target minus output for output minus target, plus for minus",
        "the sign is wrong: {part}",
        r"\frac{\partial J}{\partial o} = t - o",
        r"\frac{\partial J}{\partial o} = o - t",
    ),
    Mistake(
        "factor_two_or_half",
        "a factor 2 or ½ is lost or put in",
        "a factor 2 or ½ is wrong: {part}",
        r"\frac{\partial E}{\partial o} = 2 (o - t)",
        r"\frac{\partial E}{\partial o} = o - t",
    ),
    Mistake(
        "batch_average_missing_or_doubled",
        "the average over a batch is left out, or taken twice",
        "the average over the batch is left out, or taken twice: {part}",
        r"\frac{\partial L}{\partial S} = P - Y",
        r"\frac{\partial L}{\partial S} = \frac{1}{N} (P - Y)",
    ),
    Mistake(
        "softmax_vs_sigmoid_or_wrong_loss",
        "the activation or the loss of another kind of network is used",
        "this belongs to another activation or another loss: {part}",
        r"\frac{\partial L}{\partial v} = (o - y) \odot o \odot (1 - o)",
        r"\frac{\partial L}{\partial v} = o - y",
    ),
    Mistake(
        "bias_gradient_wrong_reduction",
        "the gradient of a bias is summed wrongly, or multiplied by an input",
        "a bias is added as it is: its gradient is what arrives, summed over the batch alone; {part}",
        r"\frac{\partial L}{\partial b} = \sum_{ij} \delta_{ij}",
        r"\frac{\partial L}{\partial b_j} = \sum_i \delta_{ij}",
    ),
    Mistake(
        "extra_factor_output",
        "the output stands as one factor too many",
        "the factor {part} is one too many",
        r"\frac{\partial E}{\partial o} = (o - t) \, o",
        r"\frac{\partial E}{\partial o} = o - t",
    ),
    Mistake(
        "dropped_chain_factor",
        "a factor of the chain rule is left out",
        "the factor {part} of the chain rule is missing",
        r"\frac{\partial J}{\partial z} = \frac{\partial J}{\partial a}",
        r"\frac{\partial J}{\partial z} = \frac{\partial J}{\partial a} \odot f'(z)",
    ),
    Mistake(
        "chain_rule_wrong_argument",
        "the outer derivative is taken at the innermost variable",
        "the outer derivative is taken at the inner function's value, not at its variable: {part}",
        r"\frac{d}{dx} f(g(x)) = f'(x) \, g'(x)",
        r"\frac{d}{dx} f(g(x)) = f'(g(x)) \, g'(x)",
    ),
    Mistake(
        "inplace_or_stale_values",
        "a value of before stands where a new one belongs",
        "this is still the value of {part}",
        r"h = u",
        r"h = \operatorname{relu}(u)",
        generic=True,
    ),
    Mistake(
        "wrong_factor_in_product",
        "the derivative by one factor of a product is the other factor, and the factor itself was written",
        "the derivative by one factor of a product is the other one: {part}",
        r"\frac{\partial (w x)}{\partial w} = w",
        r"\frac{\partial (w x)}{\partial w} = x",
        generic=True,
    ),
    Mistake(
        "total_vs_term",
        "one term stands for the total, or another quantity for this one",
        "this is {part}, not the whole of what is asked",
        r"J = L",
        r"J = L + s",
        generic=True,
    ),
    Mistake(
        "wrong_bias_or_wrong_index_substituted",
        "a neighbouring name or index stands in the place of the right one",
        "{part}",
        r"v = W_2 h + b_1",
        r"v = W_2 h + b_2",
        generic=True,
    ),
    Mistake(
        "rounding_too_early",
        "a value was rounded before it was used again",
        "the numbers that this was worked out from were rounded too early",
        r"0.33 \cdot 3 = 0.99",
        r"\frac{1}{3} \cdot 3 = 1",
        generic=True,
    ),
    Mistake(
        "vacuous_gradient_check",
        "a gradient is checked where every formula would pass",
        "the gradient is zero at this point whatever the formula: the check shows nothing",
        r"\left. \frac{\partial J}{\partial w} \right|_{u < 0} = 0",
        r"\left. \frac{\partial J}{\partial w} \right|_{u > 0} = x",
        generic=True,
    ),
)

RANK: Mapping[str, int] = {mistake.id: n for n, mistake in enumerate(MISTAKES)}
BY_ID: Mapping[str, Mistake] = {mistake.id: mistake for mistake in MISTAKES}

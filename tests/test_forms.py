"""The form in which gradients are written: as a person would, pinned in LaTeX."""

import pytest
from reporting import formulas, report
from support import text_of

from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem

NORMALISED = {
    "mu": "mean(X, axis=0)",
    "sigma": "sqrt(var(X, axis=0) + 0.01)",
    "N": "(X - mu) / sigma",
    "Y": "gamma * N",
    "L": "sum(Y * G)",
}
ALONG_ROWS = {
    "mu": "mean(X, axis=1, keepdims=True)",
    "v": "var(X, axis=1, keepdims=True)",
    "L": "sum(G * (X - mu) / v)",
}
INVERSE = {"P": "inv(S)", "L": "logdet(S) + trace(P @ A)"}
FORMS = [
    # a mean that has a name stands by it, and one that has none as a mean
    (NORMALISED, "X", r"(X - \vec{\mu}^{\top}) \odot"),
    ({"s": "std(x)", "L": "sum(x / s)"}, r"\vec{x}", r"\vec{x} - \operatorname{mean}(\vec{x})"),
    # rows are scaled and added as the forward pass writes it; a column is written out over its rows
    (NORMALISED, "N", r"\partial_Y L \odot \vec{\gamma}^{\top}"),
    (NORMALISED, "X", r"= \left(\frac{\partial_{\vec{\mu}} L}{n}\right)^{\top} +"),
    (
        ALONG_ROWS,
        "X",
        r"= \frac{\partial_{\mu} L}{m} \, \mathbf{1}^{\top} + "
        r"\frac{2(\partial_v L) \mathbf{1}^{\top} \odot (X - \mu \mathbf{1}^{\top})}{m} + ",
    ),
    # an inverse that has a name, and transposes of products
    (INVERSE, "S", r"-P^{\top}(\partial_P L) P^{\top} + P^{\top}"),
    ({"L": "-dot(x, A @ x) / 2"}, r"\vec{x}", r"= -\tfrac{1}{2}(A + A^{\top}) \vec{x}"),
    # the square of a norm needs no norm
    ({"L": "norm(h - y)**2 / 2"}, r"\vec{h}", r"= \vec{h} - \vec{y}"),
    ({"C": "conv2d(X, K) + b0", "L": "sum(C**2)"}, "b_0", r"= \sum \partial_C L"),
    ({"L": "sum(x - mean(x)) + mean(x)**2"}, r"\vec{x}", r"\operatorname{mean}(\vec{x})"),
]
SHAPES = {"X": ["n", "m"], "G": ["n", "m"], "gamma": ["m"], "K": ["p", "q"], "b0": []}


@pytest.mark.parametrize(("forward", "target", "form"), FORMS)
def test_a_gradient_reads_so(forward, target, form):
    used = " ".join(forward.values())
    shapes = {name: shape for name, shape in SHAPES.items() if name in used}
    text = text_of(forward, shapes=shapes) if shapes else text_of(forward)
    found = formulas(report(text, "lab", "partial"))
    left = rf"\partial_{{{target}}} L =" if len(target) > 1 else rf"\partial_{target} L ="
    assert any(line.startswith(left) and form in line for line in found), "\n".join(found)


def test_entries_stand_before_a_bracket():
    found = formulas(report(text_of({"h": "tanh(a)", "L": "sum(h)"}), "lab", "partial"))
    assert r"\partial_{a_i} h_j = \delta_{i j}(1 - h_i^2)" in found


@pytest.mark.parametrize("name", ["var", "std", "max"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("keepdims", [True, False])
def test_a_reduction_of_a_matrix_may_be_a_quantity(name, axis, keepdims):
    """Its output has fewer entries than its input: there is no case i = j to tell apart."""
    solved = solve(
        read_problem(text_of({"v": f"{name}(X, axis={axis}, keepdims={keepdims})", "L": "sum(v**2)"}))
    )
    assert solved.derivation.gradients["X"].matrix_form is not None or name == "max"


REASONS = [
    (
        {"Z": "X @ W + b", "L": "sum(Z**2)"},
        "the same values stand in every row, so the gradients of all rows",
    ),
    ({"z": "A @ x + b0", "L": "sum(z**2)"}, "the same number stands in every entry"),
    ({"Z": "X - c", "L": "sum(Z**2)"}, "the same values stand in every column"),
    ({"L": "sum(x**2) / 2"}, "a constant factor stays"),
]


@pytest.mark.parametrize(("forward", "reason"), REASONS)
def test_the_reason_is_told(forward, reason):
    shapes = {"b0": [], "c": ["n", 1], "X": ["n", "m"]}
    used = " ".join(forward.values()).split()
    text = text_of(forward, shapes={name: shape for name, shape in shapes.items() if name in used})
    solution = solve(read_problem(text))
    told = [step.why for g in solution.derivation.gradients.values() for p in g.paths for step in p.steps]
    assert any(reason in why for why in told), told


def test_sizes_that_follow_from_others_are_written():
    text = text_of(
        {"L": "mean(conv2d(X, K, stride=2, padding=1)) + sum(concat(a, b))"}, shapes={"X": ["n", "m"]}
    )
    found = formulas(report(text, "lab"))
    assert any(r"\lfloor" in line and "+ 1" in line for line in found), found

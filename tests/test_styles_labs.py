import re

import numpy as np
import pytest
from reporting import formulas, found, lab, report, sentences, titles
from support import text_of

from symgrad.document.blocks import Section, Words
from symgrad.maths.nodes import Brace


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]


def ending(document, start):
    """The numbers that the worked chain of a formula ends with."""
    chains = [text for text in formulas(document) if text.startswith(start) and "boxed" in text]
    return numbers(chains[-1].rpartition("boxed")[2])


def test_lab6_ends_with_the_right_numbers():
    document = lab("lab6")
    gradient = r"\frac{\partial J}{\partial %s}"
    assert ending(document, r"\vec{o}") == [0.116, 0.884]
    assert ending(document, "J") == [1.403]
    assert ending(document, gradient % r"\vec{v}") == [0.116, -0.116]
    assert ending(document, gradient % "W_2") == [0.695, 0.906, 0.344, -0.195, 0.294, 0.556]
    assert ending(document, gradient % "W_1") == [0.370, 0.535, 0.061, 0.630, -0.388, 0.156]


def test_a_short_softmax_is_worked_out_entry_by_entry():
    (chain,) = [text for text in formulas(lab("lab6")) if text.startswith(r"\vec{o} =") and "boxed" in text]
    assert r"\mathrm{e}^{3.28} / (\mathrm{e}^{3.28} + \mathrm{e}^{5.31})" in chain
    assert numbers(chain.split("≈")[1]) == [26.576, 228.926, 202.350, 228.926]


def test_no_minus_sign_stands_before_another():
    text = text_of({"L": "-sum(y * log(p)) / 2"}, {"y": [0.5, 0.5], "p": [0.1, 0.2]})
    chains = [*formulas(lab("lab6")), *formulas(report(text))]
    assert [text for text in chains if r"\frac{1.956}{2}" in text]
    assert not [text for text in chains if r"0.123 ≈ \boxed{0.123}" in text]
    assert not [text for text in chains if re.search(r"- ?(\\frac\{|\(|\\left\()?-\d", text)]


def test_the_shapes_explain_a_transpose_once_for_each_arrangement():
    told = [text for text in sentences(lab("lab6")) if text.startswith("The transpose makes the shapes fit")]
    assert [text.rpartition(", as ")[2] for text in told] == ["W_2 is.", r"\vec{h} is."]
    assert r"is k \times 1, \vec{h}^{\top} is 1 \times m, so their product is k \times m" in told[0]


@pytest.mark.parametrize(
    ("shapes", "u", "told"),
    [
        ("{W: [m, n], x: [n]}", "W @ x", {"W", r"\vec{x}"}),
        ("{W: [n, n], x: [n]}", "W @ x", {"W"}),
        ("{A: [n, n], B: [n, n]}", "A @ B", set()),
        ("{A: [n, n], B: [n, m], x: [m]}", "A @ (B @ x)", {"A", "B"}),
        ("{W: [3, 3], x: [3]}", "W @ x", {"W"}),
        ("{W: [3, 2], x: [2]}", "W @ x", {"W", r"\vec{x}"}),
    ],
)
def test_the_shapes_explain_no_transpose_that_would_fit_without(shapes, u, told):
    text = f'forward:\n  u: {u}\n  L: "sum(tanh(u))"\nshapes: {shapes}\nreport: {{detail: full}}'
    reasons = [said for said in sentences(report(text)) if said.startswith("The transpose makes the shapes")]
    assert {said.rpartition(", as ")[2].removesuffix(" is.") for said in reasons} == told


def test_the_exercise_counts_forward_and_back():
    found_titles = titles(lab("softmax_square_loss"))
    steps = [title[:2] for title in found_titles if re.match(r"\d\)", title)]
    assert steps == ["1)", "2)", "3)", "3)", "2)", "1)"]
    assert [title for title in found_titles if title.startswith("I")] == ["I. Forward", "II. Backward"]


def test_the_exercise_pulls_the_common_factor_out_of_the_jacobian():
    document = lab("softmax_square_loss")
    (jacobian,) = [text for text in formulas(document) if re.search(r"≈ 0\.171", text) and "0.781" in text]
    assert numbers(jacobian.rpartition("≈")[2]) == [0.171, 1, -1, -1, 1]
    assert ending(document, r"\partial_{\vec{z}_1}") == [0.535, -0.535]
    assert ending(document, r"\partial_{W_1}") == [0.160, 0.160, 0.481, -0.160, -0.160, -0.481]


def test_the_assignment_is_symbolic_and_vectorises_at_the_end():
    document = lab("csc311_a1_q2")
    chains = formulas(document)
    assert [title for title in titles(document) if "Example" in title or title == "Gradient descent"] == []
    assert r"W_{i j} ← W_{i j} - \alpha \bar{W}_{i j}" in chains
    assert r"W ← W - \alpha \bar{W}" in chains
    assert r"\bar{W}_{i j} = \bar{z}_i h_j" in chains
    assert r"\bar{W} = \bar{z} \vec{h}^{\top}" in chains
    assert [c for c in chains if c.startswith(r"\bar{z} = J_{\mathrm{softmax}}^{\top}(\vec{z}) \bar{y}")]


def test_the_practical_shows_every_factor_and_braces_the_deltas():
    document = lab("practical1")
    chain = r"\cdot \frac{\partial y_{\mathrm{out}}}{\partial s_{\mathrm{out}}} \cdot"
    assert [
        text for text in formulas(document) if chain in text and r"\frac{\partial s_1}{\partial W}" in text
    ]
    labels = [brace.label for brace in found(document.blocks, Brace)]
    assert len(labels) == 2
    by_delta = (
        r"\frac{\partial L}{\partial W} = \delta_1 \cdot \frac{\partial s_1}{\partial W} = x \delta_1^{\top}"
    )
    assert rf"\Delta W = {by_delta}" in formulas(document)


@pytest.fixture(scope="module")
def iterations():
    """Three iterations of the practical's network, by hand."""
    x = np.array([[0.75, 0.2, -0.75, 0.2], [0.8, 0.05, 0.8, -0.05]])
    first, last = np.array([[0.6, 0.7, 0], [0.01, 0.43, 0.88]]), np.array([[0.02], [0.03], [0.09]])
    y = np.array([[1, 1, -1, -1]])
    made = []
    for _ in range(3):
        s1 = first.T @ x
        z1 = s1 * (s1 > 0)
        out = np.tanh(last.T @ z1)
        delta = (out - y) * (1 - out**2)
        delta1 = (last @ delta) * (s1 > 0)
        slope, slope_last = x @ delta1.T, z1 @ delta.T
        first, last = first - 0.1 * slope, last - 0.1 * slope_last
        made.append({"s_1 ": s1, r"\delta_1 ": delta1, r"\Delta W ": slope, "W ←": first, "w ←": last})
    return made


def test_the_practical_prints_every_iteration_to_six_digits(iterations):
    sections = [s for s in found(lab("practical1").blocks, Section) if s.anchor.startswith("iteration-")]
    assert len(sections) == 3
    for section, expected in zip(sections, iterations, strict=True):
        for start, array in expected.items():
            (chain,) = [text for text in formulas(section) if text.startswith(start)]
            printed = numbers(chain.replace(start, "", 1))
            assert printed == [float(f"{entry:.6g}") for entry in array.ravel()]


def test_a_report_says_once_what_it_is():
    untitled, titled = report("forward: {L: w**2}"), lab("lab6")
    assert (untitled.title, untitled.subtitle) == ("Worked solution", ())
    assert titled.title == "Lab 6: Implementing Gradients"
    assert titled.subtitle == (Words("Worked solution"),)

"""Steps of gradient descent in works that are their own problem, where only numbers show them."""

import pytest

from symgrad.checking.check import check_text

LINE = r"""
$g = u p + v$, $E = \frac12 (g - t)^2$

$p = 2$, $t = 4$, $u = 1$, $v = 1$

$\frac{\partial E}{\partial u} = (g - t) p = -2$

$\frac{\partial E}{\partial v} = g - t = -1$

"""


def verdicts(text):
    found = check_text(LINE + text).lines
    assert [line.verdict.value for line in found[:8]] == ["correct"] * 8
    return [line.verdict.value for line in found[8:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Learning rate 0.1:\n\n$u' = 1 + 0.2 = 1.2$", "correct"),
        ("With a step size of $\\frac{1}{10}$\n\n$u' = 1 + \\frac15 = \\frac65$", "correct"),
        ("Learning rate 0.1:\n\n$u' = 1 - 0.2 = 0.8$", "wrong"),
        ("Learning rate 0.1:\n\n$u' = 1.2$, $v' = 1.2$", "correct wrong"),
        ("Learning rate 0.1:\n\n$u' = 1.2$, $v' = 1.1$, $g' = 2 \\cdot 1.2 + 1.1 = 3.5$", "correct " * 3),
        (
            "Learning rate 0.1:\n\n$u' = 1.2$, $v' = 1.1$, $g' = 2 \\cdot 1.2 + 2 = 4.4$",
            "correct correct wrong",
        ),
        (r"$\eta = 0.1$, $u := 1 - 0.1 \cdot (-2) = 1.2$", "correct correct"),
        (r"$\eta = 0.1$, $u = 1 - 0.1 \cdot (-2) = 1.2$, $v = 1 + 0.1 = 1.1$", "correct correct correct"),
        (r"$\eta = 0.1$, $u := 1 - 0.1 \cdot 2 = 0.8$", "correct wrong"),
        (r"$\eta = 0.1$, $u := 1 - 0.5 \cdot (-2) = 2$", "correct wrong"),
        (r"$u' = 1 + 0.2 = 1.2$", "correct"),  # how far the step goes is not said, but it goes down
        (r"$u' = 1 - 0.2 = 0.8$", "unchecked"),
        ("A learning rate of 0.1 or a learning rate of 0.2\n\n$u' = 1.2$", "unchecked"),
    ],
)
def test_numbers_alone_show_a_step(text, expected):
    assert verdicts(text) == expected.split()


MOMENTUM = r"""
**Step 1**

$s_u = 0.8 \cdot 0 + (-2) = -2$, $s_v = 0.8 \cdot 0 + (-1) = -1$

$u_{new} = 1 - 0.1 \cdot (-2) = 1.2$, $v_{new} = 1 - 0.1 \cdot (-1) = 1.1$

**Step 2**

$g = 1.2 \cdot 2 + 1.1 = 3.5$

"""


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("Rate 0.1:", r"$u_{new} = 1 - 0.1 \cdot (-2) = 1.2$, $v_{new} = 1 - 0.1 = 0.9$", "correct wrong"),
        (
            "Momentum 0.8, rate 0.1.",
            MOMENTUM + r"$u_{new} = 1.2 - 0.1 \cdot (-2.6) = 1.46$",
            "correct " * 6,
        ),
        (
            "Momentum 0.8, rate 0.1.",
            MOMENTUM + r"$u_{new} = 1.2 - 0.1 \cdot (-1) = 1.3$",
            "correct " * 5 + "wrong",
        ),
        (
            "Momentum 0.8, rate 0.1.",
            MOMENTUM.replace("1.1$", "1.1$, $u_{new} = 1 + 0.1 = 1.1$") + "$g = 3$",
            "correct " * 4 + "wrong correct wrong",
        ),
        (
            "A velocity $s$.",
            "# Step 1\n\n$s = 0.8 \\cdot 0 - 2 = -2$\n\n# Step 2\n\n"
            "$s = 0.8 \\cdot (-2) - 1 = -2.6$, $s = 0.8 \\cdot (-2) - 2 = -3.6$",
            "correct correct wrong",
        ),
    ],
)
def test_words_give_the_momentum_and_the_rate(words, text, expected):
    assert verdicts(f"{words}\n\n{text}") == expected.split()

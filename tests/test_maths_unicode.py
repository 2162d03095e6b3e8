"""Formulas as lines of Unicode text: what they look like, and that every line is as wide as the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from test_maths_printers import SAMPLES, matrix, row, sub

from symgrad.maths.level import line_of
from symgrad.maths.nodes import Big, Fraction, Numeral, Operator, Row, Script, Symbol, Text
from symgrad.maths.pane import Pane, above, beside, grid, sliced, text
from symgrad.maths.unicode import pane
from symgrad.styles.lines import read_inline

PICTURES = {
    "affine": ["u⃗ = W₁x⃗ + b⃗₁"],
    "function": ["h⃗ = ReLU(u⃗) = log(o⃗) + tr A + 2 tr B"],
    "word": ["Loss = λ Loss, 2 Loss + (Loss, a)"],
    "prime": ["softmax′(v⃗) + f′(x)"],
    "prime sub": ["f₁′"],
    "gradient": ["∂J    ∂J", "─── = ── h⃗ᵀ + W₂", "∂W₂   ∂v⃗"],
    "difference": ["∂J", "── = (o⃗ − y)(1 − o⃗) · (-0.5)", "∂v⃗"],
    "norm": ["s₁ = ½‖W₁‖²", "          F"],
    "sum": ["     n", "L = −∑ yₖ log(oₖ)", "     k"],
    "maximum": ["max xₖ", " k"],
    "product": [
        "⎡0.3  0.5⎤       ⎡ 0.1⎤",
        "⎢0.2  0.7⎥ ⎡6⎤ + ⎢ 0.2⎥",
        "⎣0.1  0.4⎦ ⎣3⎦   ⎣-0.3⎦",
    ],
    "cases": ["    ⎧ 1    if u > 0", "x = ⎨", "    ⎩ 0    otherwise"],
    "brace": ["Wx + b +  x", "╰─┬──╯   ╰┬╯", "affine    u"],
    "gaps": ["W = [______  ______] + ________________"],
    "boxed": [
        "┌───────────────┐",
        "│ ∂J            │    ┌───┐",
        "│ ── = ⎡-0.163⎤ │    │ 3 │",
        "│ ∂v⃗   ⎣ 0.163⎦ │    └───┘",
        "└───────────────┘",
    ],
    "roots": ["       _", " _____│x", "√x + 1│─", "      √y"],
    "tall fences": ["⎛∂x⎞ ⎡∂x⎤ ⎧∂x⎫ │∂x│ ║∂x║", "⎜──⎟ ⎢──⎥ ⎨──⎬ │──│ ║──║", "⎝∂y⎠ ⎣∂y⎦ ⎩∂y⎭ │∂y│ ║∂y║"],
    "bold": ["𝐖𝛂𝟏 𝐧𝐞𝐭 x net"],
}
# A bar ends a line.
SCRIPTS = {
    "x²": Script(Symbol("x"), sup=Numeral("2")),
    "wₖ₊₁ⁿ": Script(Symbol("w"), row("k", "+", "1"), Symbol("n")),
    "ℝⁿˣᵐ": Script(Symbol("ℝ"), sup=row("n", "×", "m")),
    "(x²)³": Script(Script(Symbol("x"), sup=Numeral("2")), sup=Numeral("3")),
    "x| w": Script(Symbol("x"), Symbol("w")),
    " q|x": Script(Symbol("x"), sup=Symbol("q")),
    " q|x| w": Script(Symbol("x"), Symbol("w"), Symbol("q")),
    "x²| w": Script(Symbol("x"), Symbol("w"), Numeral("2")),
    " ⊙2|x": Script(Symbol("x"), sup=row("⊙", "2")),
}


def drawn(node):
    return [line.rstrip() for line in pane(node).lines]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name):
    assert drawn(SAMPLES[name]) == PICTURES[name]


@pytest.mark.parametrize("picture", SCRIPTS)
def test_scripts_are_small_letters_or_stand_on_lines_of_their_own(picture):
    assert drawn(SCRIPTS[picture]) == [line.rstrip() for line in picture.split("|")]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_line_is_as_wide_as_the_others(name):
    whole = pane(SAMPLES[name])
    assert {cell_len(line) for line in whole.lines} == {whole.width}
    assert 0 <= whole.base < whole.height


def test_scripts_of_a_matrix_stand_at_its_corners():
    assert drawn(Script(matrix("1", "2", "3"), Symbol("k"), Symbol("⊤"))) == ["⎡1⎤ᵀ", "⎢2⎥", "⎣3⎦ₖ"]


def test_a_sum_stands_apart_from_its_factor():
    assert drawn(row("δ", Big("∑", sub("x", "k")))) == ["δ ∑ xₖ"]


def test_numbers_beside_each_other_do_not_run_together():
    assert drawn(Row((Numeral("2"), Numeral("3")))) == ["2 3"]


def test_a_sign_alone_is_not_set_off_and_one_between_is():
    assert drawn(Row((Operator("−", prefix=True), Symbol("x"), Operator("−"), Symbol("y")))) == ["−x − y"]


def test_control_characters_of_a_text_do_not_pass():
    assert drawn(Text("a\x1b[31mb\x07")) == ["a [31mb"]


def test_the_line_of_writing_is_the_bar_of_a_fraction():
    inner = Fraction(Symbol("a"), Symbol("b"))
    assert drawn(Fraction(inner, Symbol("c"))) == ["a", "─", "b", "─", "c"]
    assert pane(Fraction(inner, Symbol("c"))).base == 3


boxes = st.builds(
    lambda width, lines: Pane(tuple(line[:width].ljust(width) for line in lines), len(lines) // 2),
    st.integers(1, 6),
    st.lists(st.text("abx", max_size=6), min_size=1, max_size=4),
)


@given(st.lists(boxes, min_size=1, max_size=4))
def test_side_by_side_and_above_nothing_is_lost(panes):
    wide, high = beside(panes), above(panes, 0)
    assert (wide.width, high.width) == (sum(p.width for p in panes), max(p.width for p in panes))
    assert high.height == sum(p.height for p in panes)
    letters = sorted("".join(line for p in panes for line in p.lines).replace(" ", ""))
    for whole in (wide, high, grid([panes], ["left"] * len(panes), 1)):
        assert sorted("".join(whole.lines).replace(" ", "")) == letters
        assert len({cell_len(line) for line in whole.lines}) == 1


def test_a_cut_keeps_marks_with_their_letters():
    line = text("u⃗v⃗w⃗")
    assert [sliced(line, start, start + 2).lines for start in (0, 2)] == [("u⃗v⃗",), ("w⃗",)]


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\frac{\partial L}{\partial W_{ij}}", "∂L/∂Wᵢⱼ"),
        (r"\frac{a + b}{2 c}", "(a + b)/(2c)"),
        (r"\lVert W_2 \rVert_F", "‖W₂‖_F"),
        (r"e^{-\frac{x}{2}}", "e^(−x/2)"),
        (r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}", None),
    ],
)
def test_maths_in_a_sentence_takes_one_line(latex, line):
    assert line_of(read_inline(latex)) == line

"""Students' maths in our own type: needed brackets, digits as printed, nothing passed through."""

from fractions import Fraction
from typing import get_args

import pytest

from symgrad.maths import nodes
from symgrad.maths.latex import latex
from symgrad.maths.measure import width
from symgrad.maths.speech import speech
from symgrad.maths.typst import typst
from symgrad.notation.handwriting import handwriting
from symgrad.notation.phrases import respaced
from symgrad.submission import written
from symgrad.submission.commands import GREEK
from symgrad.submission.read import read_maths
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Cases,
    Comparison,
    Derivative,
    Element,
    Literal,
    Matrix,
    Negative,
    Norm,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    Transpose,
)

A, B, C = map(Symbol, "abc")
ONE, TWO = Literal(Fraction(1)), Literal(Fraction(2))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (Product(A, Add(B, C)), "a(b + c)"),
        (Add(Product(A, B), C), "a b + c"),
        (Subtract(A, Subtract(B, C)), "a - (b - c)"),
        (Subtract(Subtract(A, B), C), "a - b - c"),
        (Subtract(A, Negative(B)), "a - (-b)"),
        (Negative(Add(A, B)), "-(a + b)"),
        (Negative(Product(A, B)), "-a b"),
        (Product(Negative(A), B, "dot"), r"(-a) \cdot b"),
        (Product(A, Product(B, C, "odot"), "odot"), r"a \odot (b \odot c)"),
        (Product(TWO, ONE), r"2 \cdot 1"),
        (Product(A, B, "at"), "a b"),
        (Product(A, B, "star"), r"a \ast b"),
        (Power(Negative(A), TWO), "(-a)^2"),
        (Power(Quotient(A, B), TWO), r"\left(\frac{a}{b}\right)^2"),
        (Power(Symbol("w", marks=("(1)",)), TWO), "(w^{(1)})^2"),
        (Transpose(Product(A, B)), r"(a b)^{\top}"),
        (Product(Transpose(Symbol("W", "2")), A), r"W_2^{\top} a"),
        (Product(Sum(A, "i"), B), r"\left(\sum_i a\right) b"),
        (Product(A, Sum(B, "i")), r"a \sum_i b"),
        (Sum(Add(A, B), "i", ONE, Symbol("n")), r"\sum_{i = 1}^n (a + b)"),
        (Sum(A, product=True), r"\prod a"),
        (Derivative(Symbol("J"), Symbol("W", "1")), r"\frac{\partial J}{\partial W_1}"),
        (Derivative(Product(A, B), A), r"\frac{\partial(a b)}{\partial a}"),
        (Derivative(A, B, "d"), r"\frac{d a}{d b}"),
        (Derivative(A, B, "nabla"), r"\nabla_b a"),
        (Derivative(None, B), r"\frac{\partial}{\partial b}"),
        (Call(Symbol("f", "3", ("'",)), (A,)), "f_3'(a)"),
        (Call(Symbol("softmax"), (A, B)), r"\operatorname{softmax}(a, b)"),
        (Call(Symbol("sqrt"), (A,)), r"\sqrt{a}"),
        (Element(Product(A, B), "ij"), "(a b)_{i j}"),
        (Norm(A, "2"), r"\lVert a \rVert_2"),
        (Norm(A, single=True), r"\lvert a \rvert"),
        (Matrix(((ONE, TWO),), flat=True), "(1, 2)"),
        (Matrix(((ONE, TWO), (ONE,))), r"\begin{bmatrix} 1 & 2 \\ 1 & \mathord{?} \end{bmatrix}"),
        (
            Cases(((A, Comparison(B, "≠", C)), (B, None))),
            r"\begin{cases} a & \text{if } b \ne c \\ b & \text{otherwise} \end{cases}",
        ),
        (Brace(A, B), r"\underbrace{a}_{b}"),
        (Brace(A, None), "a"),
        (Symbol("w", "h1", ("+",), ("tilde",)), r"\tilde{w}_{h 1}^+"),
        (Symbol("W", "out", ("new",), ("Delta",)), r"\Delta W_{\mathrm{out}}^{\mathrm{new}}"),
        (Symbol("z", "i+1,j", ("[2]",)), "z_{i + 1, j}^{[2]}"),
        (Symbol("mu"), r"\mu"),
    ],
)
def test_trees_as_they_are_written(tree, expected):
    assert latex(handwriting(tree)) == expected


@pytest.mark.parametrize("letter", sorted(GREEK))
def test_every_greek_letter_of_the_reader_is_set_as_a_letter(letter):
    twin = {"epsilon": r"\varepsilon", "phi": r"\varphi", "omicron": "o"}.get(letter, f"\\{letter}")
    assert latex(handwriting(read_maths(f"\\{letter}"))) == twin


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.50", "0.50"), ("12", "12"), ("-0.05", "-0.05"), ("0.000", "0.000"), ("100", "100")],
)
def test_numbers_keep_their_printed_digits(text, expected):
    places = len(text.partition(".")[2])
    assert latex(handwriting(Literal(Fraction(text), -places))) == expected


def test_numbers_beyond_print():
    assert latex(handwriting(Literal(Fraction(1, 2)))) == r"\tfrac{1}{2}"
    assert latex(handwriting(Literal(Fraction(10) ** 5000, 5000))) == r"1 \cdot 10^{5000}"
    assert latex(handwriting(Literal(Fraction(5, 4 * 10**60), -62))) == r"1.25 \cdot 10^{-60}"


def test_every_node_of_a_submission_is_written_by_every_printer():
    samples = {
        Literal: ONE, Symbol: A, Call: Call(A, (B,)), Add: Add(A, B), Subtract: Subtract(A, B),
        Negative: Negative(A), Product: Product(A, B), Quotient: Quotient(A, B), Power: Power(A, B),
        Transpose: Transpose(A), Element: Element(A, "i"), Matrix: Matrix(((A,),)), Sum: Sum(A),
        Derivative: Derivative(A, B), Norm: Norm(A), Comparison: Comparison(A, "=", B),
        Cases: Cases(((A, None),)), Brace: Brace(A, B),
    }  # fmt: skip
    assert set(samples) == set(get_args(written.Node))
    for tree in samples.values():
        maths = handwriting(tree)
        assert latex(maths)
        assert typst(maths)
        assert speech(maths)
        assert width(maths) > 0


@pytest.mark.parametrize("name", [r"\input{/etc/passwd}", "中", "$x$", "#eval", "\u202e", "a b", "x_1", "}"])
def test_no_name_is_markup(name):
    """Whatever a name or a subscript holds, it is printed and does nothing."""
    for tree in (Symbol(name), Symbol("x", name), Symbol("x", marks=(name,)), Element(A, name)):
        maths = handwriting(tree)
        assert "\\input" not in latex(maths)
        assert "#eval" not in typst(maths).replace('"#eval"', "")
        assert latex(maths).isascii()


def test_a_long_sum_needs_no_depth():
    tree = ONE
    for _ in range(3000):
        tree = Add(tree, ONE)
    assert latex(handwriting(tree)).count("+") == 3000


def test_a_huge_matrix_is_not_typeset():
    assert isinstance(handwriting(Matrix(((ONE,) * 500,) * 500)), nodes.Text)


def test_an_unknown_node_is_an_error():
    with pytest.raises(TypeError, match="not a node of a submission: 'W'"):
        handwriting("W")


def test_an_accent_keeps_its_scripts_from_those_around_it():
    """TeX opens a group that holds an accent alone, so that x̂₁ with a second subscript would be an error."""
    assert latex(handwriting(Element(Symbol("x", "1", (), ("hat",)), "i"))) == r"{{}\hat{x}_1}_i"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"a \oslash b", r"a \oslash b"),
        ("A : B", "A : B"),
        (r"A \otimes B", r"A \otimes B"),
        (r"\nabla J", r"\nabla J"),
        (r"\nabla_w^2 J", r"\nabla_w^2 J"),
        (r"\frac{\partial^+ h}{\partial w}", r"\frac{\partial^+ h}{\partial w}"),
        (r"\frac{\partial^2 J}{\partial a \partial b}", r"\frac{\partial^2 J}{\partial a \partial b}"),
        (r"\frac{d^2 f}{dx^2}", r"\frac{d^2 f}{d x^2}"),
        (r"\frac{\partial}{\partial w} (wx - y)^2", r"\frac{\partial}{\partial w} \, (w x - y)^2"),
        (r"\frac{\partial}{\partial a}\frac{\partial J}{\partial b}",
         r"\frac{\partial}{\partial a} \, \frac{\partial J}{\partial b}"),
        ("(A - B)'", "(A - B)'"),
        (r"\mathbf{1}^T x", r"\mathbf{1}^{\top} x"),
        (r"\mathbb{1}_{\{u>0\}}", r"\mathbf{1}[u > 0]"),
        ("(u > 0)", "(u > 0)"),
        (r"\sum_{i,j} x_{ij}", r"\sum_{i, j} x_{i j}"),
        (r"\sum_{i,j=1}^n x_{ij}", r"\sum_{i, j = 1}^n x_{i j}"),
        (r"\sum_{n=1}^N \sum_{k} t_{nk}", r"\sum_{n = 1}^N \sum_k t_{n k}"),
        (r"\sum_{k \ne i} x_k", r"\sum_{k \ne i} x_k"),
        (r"\sum_{k=1, k \neq i}^{n} a_k", r"\sum_{k = 1, k \ne i}^n a_k"),
        (r"\sum_{i \in S} x_i", r"\sum_{i \in S} x_i"),
        (r"\sum_{i \in B_k} x_i", r"\sum_{i \in B_k} x_i"),
        (r"\sum_{i \in \{1,2,3\}} x_i", r"\sum_{i \in \{1, 2, 3\}} x_i"),
        (r"\|x\|_\infty", r"\lVert x \rVert_{\infty}"),
        ("x_{i_k}", "x_{i_k}"),
        (r"z^{[\ell-1]}", r"z^{[\ell - 1]}"),
        (r"\sum_{\text{each column}} x", r"\sum_{\text{each column}} x"),
        (r"y_{\text{hidden layer}}", r"y_{\text{hidden layer}}"),
        (r"J_{\text{naive-softmax}}", r"J_{\text{naive-softmax}}"),
    ],
)  # fmt: skip
def test_what_is_read_is_written_again(source, expected):
    assert latex(handwriting(respaced(read_maths(source), source))) == expected

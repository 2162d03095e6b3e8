"""What students write, read: trees, places, lines, and input that means harm."""

import json
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import InputError
from symgrad.submission.parser import MAX_HEIGHT
from symgrad.submission.read import MAX_BYTES, load_submission, read_maths, read_submission
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
    parts,
    walk,
)

A, B, C, E, J, L, U, V, W, X, Y, Z = map(Symbol, "abceJLuvWxyz")
INDEX_I, INDEX_J = map(Symbol, "ij")
X_I, Y_I = Symbol("x", "i"), Symbol("y", "i")
NINE = Literal(Fraction(9))
ZERO = Literal(Fraction(0))
ONE, TWO, THREE = (Literal(Fraction(n)) for n in (1, 2, 3))
Y_HAT = Symbol("y", accents=("hat",))
DELTA = Symbol("delta")
INDICATOR = Call(Symbol("indicator"), (Comparison(U, ">", Literal(Fraction(0))),))


def call(name, *args):
    return Call(Symbol(name), args)


TREES = {
    # precedence
    "a + b - c": Subtract(Add(A, B), C),
    "-a b": Negative(Product(A, B)),
    "a + -b": Add(A, Negative(B)),
    r"2 \cdot -1": Product(TWO, Negative(ONE), "dot"),
    r"a \odot W b": Product(A, Product(W, B), "odot"),
    r"a \odot b \cdot c": Product(Product(A, B, "odot"), C, "dot"),
    "1/2 x": Product(Quotient(ONE, TWO), X),
    "a * b / c": Product(A, Quotient(B, C), "star"),
    r"a \times b \otimes c": Product(Product(A, B, "times"), C, "otimes"),
    r"\frac12 x": Product(Quotient(ONE, TWO), X),
    r"\dfrac{a}{b}^2": Power(Quotient(A, B), TWO),
    "2(a + b)c": Product(Product(TWO, Add(A, B)), C),
    # names
    "wx": Product(Symbol("w"), X),
    "net_{h1}": Symbol("net", "h1"),
    r"E_{\text{total}}": Symbol("E", "total"),
    "W2 h": Product(Symbol("W", "2"), Symbol("h")),
    r"\vec{b}_1": Symbol("b", "1"),
    r"\mathcal{L}": L,
    r"\boldsymbol\mu": Symbol("mu"),
    r"\tilde{w}_{h1}^{(2)\prime}": Symbol("w", "h1", ("(2)", "'"), ("tilde",)),
    "W_{i+1,j}": Symbol("W", "i+1,j"),
    r"W^{\text{new}}": Symbol("W", marks=("new",)),
    "w_5^{+}": Symbol("w", "5", ("+",)),
    "y^*": Symbol("y", marks=("*",)),
    r"W\ '": Symbol("W", marks=("'",)),
    "x^{(t+1)}": Symbol("x", marks=("(t+1)",)),
    "a^{[2]}": Symbol("a", marks=("[2]",)),
    r"\Delta W_{out}": Symbol("W", "out", accents=("Delta",)),
    "dW_1": Symbol("W", "1", accents=("d",)),
    r"\overline{W}": Symbol("W", accents=("bar",)),
    r"\delta_{ij}": Symbol("delta", "ij"),
    # powers and transposes
    "e^{-x}": Power(E, Negative(X)),
    "e^{(2)}": Power(E, TWO),
    "z^i": Power(Z, INDEX_I),
    "w_5^{(1 - 1)}": Power(Symbol("w", "5"), Subtract(ONE, ONE)),
    r"\sigma^2_j": Power(Symbol("sigma", "j"), TWO),
    "9^{9^{9^9}}": Power(NINE, Power(NINE, Power(NINE, NINE))),
    "x^T y": Product(Transpose(X, certain=False), Y),
    r"x^\top": Transpose(X),
    r"x^{\mathsf T}": Transpose(X),
    r"x^\mathsf T": Transpose(X),
    r"\mathbf x^\mathsf T y": Product(Transpose(X), Y),
    r"\mathbf x y": Product(X, Y),
    r"W^{\intercal}": Transpose(W),
    "W^{(1)T}": Transpose(Symbol("W", marks=("(1)",))),
    "W_2^T": Transpose(Symbol("W", "2"), certain=False),
    "W^{-1}": Power(W, Negative(ONE)),
    "W^{-T}": Transpose(Power(W, Negative(ONE))),
    "(W x)_i": Element(Product(W, X), "i"),
    "W^T_{ij}": Element(Transpose(W, certain=False), "ij"),
    # functions
    "y(1 - y)": Call(Y, (Subtract(ONE, Y),), certain=False),
    "f_{3}'(s)": Call(Symbol("f", "3", ("'",)), (Symbol("s"),), certain=False),
    "f_{(s_1)}": Call(Symbol("f"), (Symbol("s", "1"),)),
    r"\text{softmax}'(v)": Call(Symbol("softmax", marks=("'",)), (V,)),
    "ReLU(u)": call("ReLU", U),
    r"\log A_i": call("log", Symbol("A", "i")),
    r"\ln 2x + 1": Add(call("ln", Product(TWO, X)), ONE),
    r"y \ln \hat{y}": Product(Y, call("ln", Y_HAT)),
    r"\log a \frac{b}{c}": Product(call("log", A), Quotient(B, C)),
    r"\log_e(o)": Call(Symbol("log", "e"), (Symbol("o"),)),
    r"\tanh^2 x": Power(call("tanh", X), TWO),
    r"\max(0, x)": call("max", Literal(Fraction(0)), X),
    r"\text{prod}\left(a, b\right)": call("prod", A, B),
    r"\exp \begin{pmatrix} 1 \\ 2 \end{pmatrix}": call("exp", Matrix(((ONE,), (TWO,)))),
    r"\sqrt{x + 1}": call("sqrt", Add(X, ONE)),
    r"\mathbb{1}[u > 0]": INDICATOR,
    r"\mathbf 1_{u > 0}": INDICATOR,
    "(u > 0)": INDICATOR,
    # derivatives
    r"\frac{\partial J}{\partial W_1}": Derivative(J, Symbol("W", "1")),
    r"\frac{dL}{d\hat y}": Derivative(L, Y_HAT, "d"),
    r"\frac{\mathrm{d}L}{\mathrm{d}x}": Derivative(L, X, "d"),
    r"\frac{\delta L}{\delta x}": Derivative(L, X),
    r"\frac{\delta_1}{\delta_2}": Quotient(Symbol("delta", "1"), Symbol("delta", "2")),
    r"\partial J/\partial W x": Product(Derivative(J, W), X),
    "dL/dz": Derivative(L, Z, "d"),
    r"\frac{\partial}{\partial z}(a z)": Derivative(Product(A, Z), Z),
    r"\nabla_W J": Derivative(J, W, "nabla"),
    r"\partial_{\bar{y}^*} (a)^2": Derivative(Power(A, TWO), Symbol("y", marks=("*",), accents=("bar",))),
    r"\frac{\partial J}{\partial x}^\top": Transpose(Derivative(J, X)),
    r"\frac{\partial^2 L}{\partial x^2}": Derivative(Derivative(L, X), X),
    r"\frac{\partial^2 J}{\partial x \partial y}": Derivative(Derivative(J, Y), X),
    r"\frac{\partial J}{\partial x \partial y}": Derivative(Derivative(J, Y), X),
    r"\frac{\partial J}{\partial \sigma^2}": Derivative(J, Power(Symbol("sigma"), TWO)),
    r"\frac{d^2 L}{dx^2}": Derivative(Derivative(L, X, "d"), X, "d"),
    "∂²L/∂x²": Derivative(Derivative(L, X), X),
    r"\frac{\partial^{+} L}{\partial w}": Derivative(L, Symbol("w"), "direct"),
    r"\partial^+ L / \partial w": Derivative(L, Symbol("w"), "direct"),
    r"\partial_w^+ L": Derivative(L, Symbol("w"), "direct"),
    r"\partial^{+}_w L": Derivative(L, Symbol("w"), "direct"),
    r"{\partial J}/{\partial z}": Derivative(J, Z),
    r"(\partial J)/(\partial z)": Derivative(J, Z),
    r"{\partial J \over \partial z}": Derivative(J, Z),
    r"\partial J(x)/\partial z": Derivative(Call(J, (X,), False), Z),
    r"\pdv{J}{z}": Derivative(J, Z),
    r"\pdv[2]{J}{z}": Derivative(Derivative(J, Z), Z),
    "∇ₓ J": Derivative(J, X, "nabla"),
    "∂ₓ J": Derivative(J, X, "partial"),
    r"\nabla J": Derivative(J, None, "nabla"),
    r"\nabla^2 J": Derivative(Derivative(J, None, "nabla"), None, "nabla"),
    r"\nabla_W^2 J": Derivative(Derivative(J, W, "nabla"), W, "nabla"),
    r"\nabla J(W) x": Product(Derivative(Call(J, (W,), False), None, "nabla"), X),
    "J^{}(W)": Call(J, (W,), False),
    "W^{i,j}": Power(W, Matrix(((INDEX_I, INDEX_J),), flat=True)),
    "d(a + b)/dx": Derivative(Add(A, B), X, "d"),
    r"\nabla_W J(W) x": Product(Derivative(Call(J, (W,), False), W, "nabla"), X),
    r"\nabla_x \frac12 \|x\|^2": Derivative(Product(Quotient(ONE, TWO), Power(Norm(X), TWO)), X, "nabla"),
    r"\nabla_x x^\top y": Derivative(Product(Transpose(X), Y), X, "nabla"),
    r"\nabla_x \lambda x": Derivative(Product(Symbol("lambda"), X), X, "nabla"),
    r"\frac{d}{dx} x^\top y + a": Add(Derivative(Product(Transpose(X), Y), X, "d"), A),
    r"\frac{\partial}{\partial x} -x y": Derivative(Negative(Product(X, Y)), X),
    r"\frac{\partial}{\partial x} \frac12 \cdot x": Derivative(Product(Quotient(ONE, TWO), X, "dot"), X),
    r"\frac{\partial}{\partial z} a \cdot x": Product(Derivative(A, Z), X, "dot"),
    r"\frac{\partial}{\partial z} a \frac{\partial z}{\partial x}": Product(
        Derivative(A, Z), Derivative(Z, X)
    ),
    # sums and norms
    r"\sum_{i=1}^{N} x_i y_i + 1": Add(
        Sum(Product(Symbol("x", "i"), Symbol("y", "i")), "i", ONE, Symbol("N")), ONE
    ),
    r"\sum_i -x": Sum(Negative(X), "i"),
    r"\sum\limits_{o}{a * b}": Sum(Product(A, B, "star"), "o"),
    r"\sum": Symbol("Sigma"),
    r"\sum_{i,j} a": Sum(Sum(A, "j"), "i"),
    r"\sum_{k \neq i} a": Sum(A, "k", condition=Comparison(Symbol("k"), "≠", INDEX_I)),
    r"\prod_k a": Sum(A, "k", product=True),
    r"\prod_{k \neq i} a": Sum(A, "k", product=True, condition=Comparison(Symbol("k"), "≠", INDEX_I)),
    r"\sum_{i : u > 0} a": Sum(A, "i", condition=Comparison(U, ">", ZERO)),
    r"\sum_{i | u > 0} a": Sum(A, "i", condition=Comparison(U, ">", ZERO)),
    r"\sum_{j < i} a": Sum(A, "j", condition=Comparison(INDEX_J, "<", INDEX_I)),
    r"\sum_{j = 1, j \neq i}^{3} a": Sum(
        A, "j", ONE, THREE, condition=Comparison(INDEX_J, "≠", INDEX_I)
    ),
    r"\sum_{\substack{j = 1 \\ j \neq i}}^{3} a": Sum(
        A, "j", ONE, THREE, condition=Comparison(INDEX_J, "≠", INDEX_I)
    ),
    r"\sum_{1 \le i \le 3} a": Sum(A, "i", ONE, THREE),
    r"\sum_{i \in S} a": Sum(A, "i", over="S"),
    r"\sum_{i \in \{1, 2\}} a": Sum(A, "i", over="{1,2}", chosen=(ONE, TWO)),
    r"\sum_{i \in \{1, \dots, 3\}} a": Sum(A, "i", ONE, THREE, over="{1,dots,3}"),
    r"\sum_{\text{each row}} a": Sum(A, "eachrow"),
    r"\underset{i}{\sum} a": Sum(A, "i"),
    "∑ᵢ₌₁³ a": Sum(A, "i", ONE, THREE),
    # how far a sum reaches
    r"-\sum_i x_i + y_i": Negative(Sum(Add(X_I, Y_I), "i")),
    r"-\frac{1}{2} \sum_i x_i - y_i": Negative(
        Product(Quotient(ONE, TWO), Sum(Subtract(X_I, Y_I), "i"))
    ),
    r"\sum_i x_i + y_j": Add(Sum(X_I, "i"), Symbol("y", "j")),
    r"y_i + \sum_i x_i + y_i": Add(Add(Y_I, Sum(X_I, "i")), Y_I),
    r"\sum_i x_i + \sum_i y_i": Add(Sum(X_I, "i"), Sum(Y_I, "i")),
    r"\sum_j \sum_i x_i + y_i": Sum(Sum(Add(X_I, Y_I), "i"), "j"),
    r"x_i (\sum_i x_i + y_i)": Call(X_I, (Add(Sum(X_I, "i"), Y_I),), certain=False),
    # reductions
    r"\max_j x_j": Call(Symbol("max", "j"), (Symbol("x", "j"),)),
    r"\underset{j}{\max} x_j": Call(Symbol("max", "j"), (Symbol("x", "j"),)),
    r"\arg\max_j x_j": Call(Symbol("argmax", "j"), (Symbol("x", "j"),)),
    r"{\rm argmax}_j x_j": Call(Symbol("argmax", "j"), (Symbol("x", "j"),)),
    r"\operatorname{tr} A^T B": call("tr", Product(Transpose(Symbol("A"), False), Symbol("B"))),
    r"\log_2(p)": Call(Symbol("log", "2"), (Symbol("p"),)),
    # positive parts, indicators, ones
    "[z]_+": call("relu", Z),
    "(z)^+": call("relu", Z),
    "z_+": Symbol("z", "+"),
    "1_{u > 0}": INDICATOR,
    "1(u > 0)": INDICATOR,
    r"\mathbb{1}_{\{u > 0\}}": INDICATOR,
    r"\mathbf 1\{u > 0\}": INDICATOR,
    "y (u > 0)": Call(Y, (INDICATOR,), certain=False),
    r"\mathbb{1}_n": Symbol("1", "n"),
    r"\Delta \mathbf{1}": Product(Symbol("Delta"), Symbol("1")),
    # other signs and spellings
    r"a \oslash b": Product(A, B, "oslash"),
    "(2 a : b)": Product(Product(TWO, A), B, "colon"),
    "a.b": Product(A, B, "dot"),
    r"{a \over b}": Quotient(A, B),
    r"\vect{a} b": Product(A, B),
    r"\relu{u}": call("relu", U),
    r"\pmatrix{1 & 2 \cr 3 & a}": Matrix(((ONE, TWO), (THREE, A))),
    r"54.8\%": Literal(Fraction("0.548"), -3),
    r"54.8\,\%": Literal(Fraction("0.548"), -3),
    r"0.548\ldots": Literal(Fraction("0.548"), -3),
    "0.548... + a": Add(Literal(Fraction("0.548"), -3), A),
    r"1, \ldots, 3": call("range", ONE, THREE),
    r"(a, \dots, b)": Matrix(((A, Symbol("dots"), B),), flat=True),
    "P(a = 1 | b)": Call(Symbol("P"), (Comparison(A, "=", ONE), B)),
    "J(a | b)": Call(J, (A, B)),
    r"New\ w": Symbol("w", marks=("new",)),
    r"\delta 5": Symbol("delta", "5"),
    "CE(y)": Call(Symbol("CE"), (Y,), certain=False),
    "(a - b)'": Transpose(Subtract(A, B), False, sign="'"),
    r"\|x\|^2_F": Power(Norm(X, "F"), TWO),
    r"a^{\langle t \rangle}": Symbol("a", marks=("<t>",)),
    r"\ddot{x}": Symbol("x", accents=("ddot",)),
    r"y_ilog(a)": Product(Symbol("y", "i"), call("log", A)),
    r"\|W\|_F^2": Power(Norm(W, "F"), TWO),
    "||W||^2": Power(Norm(W), TWO),
    "|x|": Norm(X, single=True),
    # arrays
    r"\begin{bmatrix} 1 & -2 \\[4pt] 3 & a \end{bmatrix}": Matrix(((ONE, Negative(TWO)), (THREE, A))),
    r"\left[\begin{array}{cc} 1 & 2 \end{array}\right]": Matrix(((ONE, TWO),)),
    r"(1, 2)^{\mathsf T}": Transpose(Matrix(((ONE, TWO),), flat=True)),
    "[[1, 2], [3, 1]]": Matrix(((ONE, TWO), (THREE, ONE))),
    "[1 -2 3]": Matrix(((ONE, Negative(TWO), THREE),), flat=True),
    r"\begin{cases} 1 & \text{if } i = j \\ 2 & \text{otherwise} \end{cases}": Cases(
        ((ONE, Comparison(INDEX_I, "=", INDEX_J)), (TWO, None))
    ),
    r"\begin{cases} j = i: 1 \\ j \neq i: 2 \end{cases}": Cases(
        ((ONE, Comparison(INDEX_J, "=", INDEX_I)), (TWO, Comparison(INDEX_J, "≠", INDEX_I)))
    ),
    r"\underbrace{a b}_{\delta}": Brace(Product(A, B), DELTA),
    # Unicode
    "∂J/∂W₁": Derivative(J, Symbol("W", "1")),
    "Wᵀδ ⊙ x": Product(Product(Transpose(W), DELTA), X, "odot"),
    "ŷ − y": Subtract(Y_HAT, Y),
    "Σ_i xᵢ²": Sum(Power(Symbol("x", "i"), TWO), "i"),
    "W⁽²⁾": Symbol("W", marks=("(2)",)),
}  # fmt: skip
UNREADABLE = {
    "a +": "missing",
    r"a \pm b": "two values",
    "||W|": "nothing closes",
    r"\foo a": "not known",
    r"\log(\dots)": "dots",
    "x_1 + \\dots + x": "dots",
    "2 3": "two numbers",
    r"\overline{a + b}": "bar over more",
    r"\left. x \right|_{t = 0}": "at a point",
    r"\input{/etc/passwd}": "other files",
    "а + b": "no sign",
    "9" * 61: "digits",
    "1e99999": "number",
    "": "empty",
}


PLACES = {
    "a + b +": ("+", 6),
    r"a \cdot b \cdot": (r"\cdot", 10),
    "a + (b": ("(", 4),
    r"a + \foo b": (r"\foo", 4),
    "a b 2 3": ("3", 6),
    r"a + \frac{b +}{c}": ("+", 12),
    r"\log(a + )": ("+", 7),
}


@pytest.mark.parametrize("latex", PLACES)
def test_what_cannot_be_read_is_shown_at_its_place(latex):
    """The place counts from the side's first character."""
    (line,) = read_submission(f"$q = {latex}$", "sheet.md").lines
    span = line.sides[1].fault.span
    assert (latex[span.start - 5 : span.end - 5], span.start - 5) == PLACES[latex]


@pytest.mark.parametrize("latex", TREES)
def test_trees(latex):
    assert read_maths(latex) == TREES[latex]


@pytest.mark.parametrize("latex", UNREADABLE)
def test_what_cannot_be_read_is_said(latex):
    with pytest.raises(InputError, match=UNREADABLE[latex]):
        read_maths(latex)


@pytest.mark.parametrize(
    ("text", "value", "place"),
    [
        ("0.50", "1/2", -2),
        (".5", "1/2", -1),
        ("12", "12", 0),
        ("1.2e-3", "3/2500", -4),
        ("1{,}000", "1000", 0),
        ("0{,}25", "1/4", -2),
    ],
)
def test_numbers_keep_the_place_of_their_last_digit(text, value, place):
    assert read_maths(text) == Literal(Fraction(value), place)


@pytest.mark.parametrize("latex", TREES)
def test_every_part_stands_within_its_whole(latex):
    text = f"Some words: $q = {latex}$."
    (line,) = read_submission(text).lines
    right = line.sides[1]
    assert right.latex == latex.strip()
    for node in walk(right.node):
        assert right.span.start <= node.span.start < node.span.end <= right.span.end
        for part in parts(node):
            assert node.span.start <= part.span.start
            assert part.span.end <= node.span.end
        if isinstance(node, Add | Subtract | Product):
            assert node.left.span.end <= node.right.span.start


T, TWENTY_ONE = Symbol("t"), Literal(Fraction(21))
INDICES = {
    "x_i": (INDEX_I,),
    "x_{ij}": (INDEX_I, INDEX_J),
    "x_{i,j}": (INDEX_I, INDEX_J),
    "x_{i+1,j}": (Add(INDEX_I, ONE), INDEX_J),
    "x_{t-1}": (Subtract(T, ONE),),
    "x_{2,21}": (TWO, TWENTY_ONE),
    "x_{21}": (TWENTY_ONE,),
    "x_{h1}": (Symbol("h"), ONE),
    r"\mathit{x1_2}": (ONE, TWO),
    r"\mathit{x1_{21}}": (ONE, TWENTY_ONE),
    "x_{:,j}": (Symbol(":"), INDEX_J),
    r"x_{\cdot j}": (Symbol(":"), INDEX_J),
    "x_{w_s}": (Symbol("w", "s"),),
    r"x_{\text{new}}": (Symbol("new"),),
    "x_{out}": (Symbol("out"),),
    "x_+": (Symbol("+"),),
    r"x_{\theta}": (Symbol("theta"),),
    "x_{i'}": (Symbol("i", marks=("'",)),),
    "xᵢ₊₁": (Add(INDEX_I, ONE),),
    r"\max_j": (INDEX_J,),
    "(W x)_{ij}": (INDEX_I, INDEX_J),
    "x_{1:3}": (Product(ONE, THREE, "colon"),),
    "A_{:,2}": (Symbol(":"), TWO),
    r"x_{\pm}": (),
}
RAISED = {
    "x^{(2)}": (TWO,),
    "x^{[l-1]}": (Subtract(Symbol("l"), ONE),),
    "x^{(k)}": (Symbol("k"),),
    "x^{(n,k)}": (Matrix(((Symbol("n"), Symbol("k")),), flat=True),),
    "x'": (Symbol("'"),),
    "x^+": (Symbol("+"),),
    "x^*": (Symbol("*"),),
    r"x^{(2)\prime}": (TWO, Symbol("'")),
    r"x^{\text{new}}": (Symbol("new"),),
    "x^{raw}": (Symbol("raw"),),
}


@pytest.mark.parametrize("latex", INDICES)
def test_subscripts_are_read(latex):
    assert read_maths(latex).indices == INDICES[latex]


@pytest.mark.parametrize("latex", RAISED)
def test_marks_are_read(latex):
    node = read_maths(latex)
    assert node.raised == RAISED[latex]
    assert len(node.raised) == len(node.marks)


def test_an_index_may_have_one():
    assert read_maths("u_{w_s}").indices[0].indices == (Symbol("s"),)


ORDERS = {
    "x^2_i": "x_i^2",
    "W^{(2)}_{ij}": "W_{ij}^{(2)}",
    r"\|x\|^2_F": r"\|x\|_F^2",
    "y^{L}_j": "y_j^{L}",
    r"v^{'}_{w_O}": r"v_{w_O}^{'}",
    r"W^{[2]\top}": r"{W^{[2]}}^\top",
}


@pytest.mark.parametrize("latex", ORDERS)
def test_scripts_come_in_any_order(latex):
    one, other = read_maths(latex), read_maths(ORDERS[latex])
    assert one == other
    assert getattr(one, "indices", ()) == getattr(other, "indices", ())


def written(text, name="submission.md", words=()):
    return [line.latex for line in read_submission(text, name, words).lines]


DISPLAYS = {
    r"a = b \quad c = d": ["a = b", "c = d"],
    r"a = b, \qquad c = d.": ["a = b", "c = d"],
    r"a = (1, 2), c = d": ["a = (1, 2)", "c = d"],
    r"a = b \text{ and } c = d": ["a = b", "c = d"],
    r"a &= b \\ &= c \\ d &= e": [r"a &= b \\ &= c", "d &= e"],
    r"a = b \\ + c": [r"a = b \\ + c"],
    r"a = b \\ - \sum c = d": ["a = b", r"- \sum c = d"],
    r"a = b \Rightarrow c = d": [r"a = b \Rightarrow", "c = d"],
    r"a = b \Rightarrow": [r"a = b \Rightarrow"],
    r"a = b \tag{3}": [r"a = b \tag{3}"],
    r"3) \quad a = b": ["a = b"],
    r"a = b \quad \text{if } i = j": ["a = b"],
    r"a \in \mathbb{R}, \quad b = 2": ["b = 2"],
    r"f: \mathbb{R} \to \mathbb{R}": [],
    r"a + b": [],
    r"\underline{a = b} = c": ["a = b = c"],
    r"\boxed{a = b}": ["a = b"],
    r"\begin{array}{rcl} a & = & b \\ & = & c \end{array}": [r"a & = & b \\ & = & c"],
    r"a &= b & c &= d": ["a &= b", "c &= d"],
    r"\eqalign{ a &= b \cr &= c \cr d &= e \cr }": [r"a &= b \cr &= c", "d &= e"],
    r"\displaylines{ a = b \cr c = d }": ["a = b", "c = d"],
    r"\therefore a = b": ["a = b"],
    r"a = b \implies c = d": [r"a = b \implies", "c = d"],
    r"a = b \\\\\\ c = d": ["a = b", "c = d"],
    r"a = b \\*[-0.4em] = c": [r"a = b \\*[-0.4em] = c"],
    r"p: 2.0 * 3.0 = 6": ["2.0 * 3.0 = 6"],
    r"i = j : a = b": ["i = j", "a = b"],
    r"a = b \text{ if $i = j$}": ["a = b"],
    r"a = b, \quad k = 1, \dots, K": ["a = b"],
}


@pytest.mark.parametrize("display", DISPLAYS)
def test_equations_in_one_display(display):
    assert written(f"$$\n{display}\n$$") == DISPLAYS[display]


def test_a_chain_has_sides_and_relations():
    (line,) = read_submission(r"$w := a \approx 2 \leftarrow b \Rightarrow c$").lines
    assert line.relations == (":=", "≈", "←", "⇒")
    assert [side.latex for side in line.sides] == ["w", "a", "2", "b", "c"]


RELATIONS = {
    r"a \overset{(1)}{=} b \stackrel{!}{=} c": ("=", "="),
    r"a &\stackrel{\text{def}}{=} b": ("=",),
    r"a \overset{(1)}= b": ("=",),
    r"a \not= b": ("≠",),
    r"a \space = b {} + \frac{a}{b}{}": ("=",),
    r"a \xlongequal{(1)} b": ("=",),
    r"a = b =: \delta": ("=", ":="),
    r"d &= 2 a:b \\ &= c:(a + b)": ("=", "="),
    r"a : b = c": ("=",),
    r"a = \\frac{a}{b} = c": ("=", "="),
    r"\color{red} a = \color{blue}{b}": ("=",),
}


@pytest.mark.parametrize("display", RELATIONS)
def test_relations_with_remarks(display):
    (line,) = read_submission(f"$${display}$$").lines
    assert line.relations == RELATIONS[display]
    assert all(side.node is not None for side in line.sides)


def restricted(text, name="submission.md"):
    """Every line that is no condition, with the conditions it stands under."""
    lines = [line for line in read_submission(text, name).lines if not line.is_condition]
    return [
        (line.latex, [(c.left.base, c.relation, getattr(c.right, "base", 0)) for c in line.conditions])
        for line in lines
    ]


SAME, OTHER = [("i", "=", "j")], [("i", "≠", "j")]
BOTH = [("a = b", SAME), ("a = c", OTHER)]
CONDITIONED = {
    # behind an equation
    r"$$a = b, \quad i = j$$ $$a = c, \quad i \neq j$$": BOTH,
    r"$$a = b \text{ if } i = j$$ $$a = c \text{ for } i \ne j$$": BOTH,
    r"$$a = b \quad\text{when $i = j$}$$ $$a = c \quad (i \neq j)$$": BOTH,
    r"$a = b$ $if i = j$ and $a = c$ if $i \neq j$": BOTH,
    r"$a = b$ for $i = j$ and $a = c$ for $i \neq j$.": BOTH,
    r"$$a = b$$ if $i = j$, and $$a = c$$, $i \neq j$.": BOTH,
    r"$$a = b \text{ if } i = j, \quad a = c \text{ otherwise}$$": BOTH,
    # before it
    r"$$\text{if } i = j :& a = b \\ \text{if } i \neq j :& a = c$$": BOTH,
    r"$$i = j: \quad a = b \\ i \neq j: \quad a = c$$": BOTH,
    r"$$\text{If } i = j: \\ a = b \\ \text{If } i \neq j: \\ a = c$$": BOTH,
    # in words
    "For $i = j$:\n\n$$a = b$$\n\nFor $i \\neq j$:\n\n$$a = c$$": BOTH,
    "If $i = j$, then $a = b$. If $i \\neq j$, then $a = c$.": BOTH,
    "if $i = j$,\n$$a = b$$\nif $i \\neq j$,\n$$a = c$$": BOTH,
    "For i = j:\n$$a = b$$\nFor i ≠ j we have\n$$a = c$$": BOTH,
    "Case 1 ($i = j$): $$a = b$$ Case 2 ($i \\neq j$): $$a = c$$": BOTH,
    "### Case $i = j$\n$$a = b$$\n### Case $i \\neq j$\n$$a = c$$": BOTH,
    "- $i = j$: $a = b$\n- $i \\neq j$: $a = c$": BOTH,
    # how long they last
    "If $i = j$: $$a = b$$\n\n$$c = d$$\nHence $$e = f$$": [("a = b", SAME), ("c = d", SAME), ("e = f", [])],
    "If $i = j$: $$a = b$$\n# Next\n$$e = f$$": [("a = b", SAME), ("e = f", [])],
    r"If $i = j$: $$a = b$$ $$a = c \text{ if } i \neq j$$": BOTH,
    "If $i = j$ and $k = l$: $$a = b$$": [("a = b", [*SAME, ("k", "=", "l")])],
    # no conditions
    r"$$a = b, \quad c = d$$": [("a = b", []), ("c = d", [])],
    r"$$a = b \quad \text{for } k = 1 \ldots K$$": [("a = b", [])],
    r"$$a = b \quad \forall i$$": [("a = b", [])],
    r"$$a = 0, \text{ as } a < b$$": [("a = 0", []), ("a < b", [])],
    "With $n = 4$ and $z = 3$: $$a = b$$": [("n = 4", []), ("z = 3", []), ("a = b", [])],
}  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONED)
def test_conditions(text):
    assert restricted(text) == CONDITIONED[text]


def test_conditions_of_values():
    (line, condition) = read_submission(r"$$h_i = z_i \quad \text{for } z_i > 0$$").lines
    assert line.conditions == condition.conditions == (Comparison(Symbol("z", "i"), ">", ZERO),)
    assert condition.is_condition


def test_for_a_value_is_a_condition():
    (line, condition) = read_submission(r"$$h = 0 \text{ for } z = 0$$").lines
    assert line.conditions == (Comparison(Z, "=", ZERO),)
    assert condition.is_condition


def test_a_condition_nobody_can_read_is_not_forgotten():
    (line,) = read_submission(r"$$a = b \text{ if } i = \pm j$$").lines
    assert line.conditions == (Comparison(Symbol("?"), "=", Symbol("?")),)


def test_ranges_claim_nothing():
    (line,) = read_submission(r"for $c = 1 \cdots C$").lines
    assert line.is_condition
    assert not line.conditions
    assert line.sides[1].node == call("range", ONE, Symbol("C"))


def test_a_sum_leaves_to_the_other_side_what_is_free_there():
    (line,) = read_submission(r"$x_i = \sum_i x_i + y_i$").lines
    assert line.sides[1].node == Add(Sum(X_I, "i"), Y_I)


def test_a_chain_goes_on_over_displays():
    text = "# One\n\n$$a = b$$\n\nwith $q = 1$ in it\n\n$$= c$$\n\n# Two\n\n$$= d$$\n\n$x y$\n$$= e$$\n"
    lines = read_submission(text).lines
    assert [line.latex for line in lines] == ["a = b = c", "q = 1", "x y = e"]
    assert [(line.line, line.column, line.heading) for line in lines] == [
        (3, 3, "One"),
        (5, 7, "One"),
        (13, 2, "Two"),
    ]
    assert lines[1].inline
    assert lines[1].prose == "with"


def test_one_unreadable_side_hides_no_other():
    text = r"$$a = b + \pm c = (d = e$$"
    (line,) = read_submission(text).lines
    assert [side.node is None for side in line.sides] == [False, True, True, False]
    fault = line.sides[1].fault
    assert text[fault.span.start : fault.span.end] == r"\pm"


def test_words_within_a_side_are_not_passed_over():
    (line,) = read_submission(r"$$a = \text{output w.r.t.} + b$$").lines
    assert line.sides[1].fault.message.startswith("words within the maths")


def test_labels_tags_and_strokes():
    text = "2) $a = b$\n(7)\n\n~~$$c = d$$~~\n\n$\\cancel{e = f}$ and $g = \\cancel{h} + 1$\n"
    lines = read_submission(text).lines
    assert [(line.label, line.tag, line.struck) for line in lines] == [
        ("2)", "7", False), ("", "", True), ("", "", True), ("", "", False)
    ]  # fmt: skip


PROSE = {
    "dz = (a - y) * x": ["dz = (a - y) * x"],
    "- ∂J/∂v = o − y.": ["∂J/∂v = o − y"],
    "So h = ReLU(W1 x + b1)": ["h = ReLU(W1 x + b1)"],
    "```python\ndW1 = dz @ x.T\nfor i in range(3): pass\n```": ["dW1 = dz @ x.T"],
    "Here `db = dz + 0` holds": ["db = dz + 0"],
    "This is so w = nothing much": [],
    "The rate = 0.1 is used": [],
    "page = three": [],
    "It costs $5 and $6 = more": [],
    "| a = 3 | b = 4 |": [],
    "1.403 W₁": [],
}


@pytest.mark.parametrize("text", PROSE)
def test_english_is_no_maths(text):
    assert written(text) == PROSE[text]


def test_words_of_the_problem_are_names():
    (line,) = read_submission("$xy = 2$", words=("xy",)).lines
    assert line.sides[0].node == Symbol("xy")


LATEX = r"""\documentclass{article}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\def\Loss{\mathcal{L}}
\begin{document}
\section*{Backward pass}
% $a = wrong$
We find $\pd{\Loss}{W} = \delta$ % and $b = c$
\begin{align*}
  a &= b, & c &= d \\
  e &= f
\end{align*}
\sout{$x = 2$}
\end{document}
"""


def test_latex_files():
    lines = read_submission(LATEX, "work.tex").lines
    assert [line.latex for line in lines] == [
        r"\pd{\Loss}{W} = \delta",
        "a &= b",
        "c &= d",
        "e &= f",
        "x = 2",
    ]
    assert lines[0].sides[0].node == Derivative(L, W)
    assert [line.struck for line in lines] == [False, False, False, False, True]
    assert {line.heading for line in lines} == {"Backward pass"}


MACROS = {
    r"\newcommand{\had}{\odot} $q = a \had b$": Product(A, B, "odot"),
    r"\newcommand{\tp}{^\top} $q = a\tp b$": Product(Transpose(A), B),
    r"\DeclareMathOperator{\am}{arg\,max} $q = \am_j a$": Call(Symbol("argmax", "j"), (A,)),
    r"\newcommand{\dd}[2]{\frac{d #1}{d #2}} $q = \dd{L}{x}$": Derivative(L, X, "d"),
}


@pytest.mark.parametrize("text", MACROS)
def test_own_commands(text):
    (line,) = read_submission(text, "work.tex").lines
    assert line.sides[1].node == MACROS[text]


def test_dollars_with_backticks():
    assert written("* $`a = b`$ and $`c = d`$") == ["a = b", "c = d"]


def test_notebooks():
    cells = [
        {"cell_type": "markdown", "source": ["# A\n", "$a = b$"]},
        {"cell_type": "code", "source": "c = d + 1"},
        {"cell_type": "markdown", "source": "$e = f$"},
    ]
    submission = read_submission(json.dumps({"cells": cells}), "work.ipynb")
    assert [line.latex for line in submission.lines] == ["a = b", "e = f"]
    assert submission.text == "# A\n$a = b$\n\n$e = f$"


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}', "[" * 100_000])
def test_no_notebook(text):
    with pytest.raises(InputError, match="no Jupyter notebook"):
        read_submission(text, "work.ipynb")


def test_files(tmp_path):
    path = tmp_path / "work.md"
    path.write_bytes("\ufeff$ŷ = 1$\r\n".encode())
    assert load_submission(path).lines[0].sides[0].node == Y_HAT
    path.write_bytes(b"\xff\xfe$")
    with pytest.raises(InputError, match="UTF-8"):
        load_submission(path)
    path.write_bytes(b" " * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="limit"):
        load_submission(path)
    with pytest.raises(InputError, match="cannot read"):
        load_submission(tmp_path / "none.md")


def test_pictures_do_not_count(tmp_path):
    picture = {"cell_type": "code", "source": "", "outputs": [{"data": {"image/png": "A" * MAX_BYTES}}]}
    path = tmp_path / "work.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "$a = b$"}, picture]}))
    assert [line.latex for line in load_submission(path).lines] == ["a = b"]


def test_halves_of_characters():
    submission = read_submission(
        json.dumps({"cells": [{"cell_type": "markdown", "source": "$a = \ud800$"}]}), "w.ipynb"
    )
    assert submission.text == "$a = \ufffd$"
    assert submission.lines[0].sides[1].node is None


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file")
def test_an_endless_file():
    with pytest.raises(InputError, match="limit"):
        load_submission(Path("/dev/zero"))


HOSTILE = {
    "braces": "$a = " + "{" * 5000 + "x" + "}" * 5000 + "$",
    "brackets": "$a = " + "(" * 5000 + "$",
    "accents": r"$a = " + r"\hat" * 5000 + " x$",
    "functions": r"$a = " + r"\log " * 5000 + " x$",
    "fractions": r"$a = " + r"\frac" * 5000 + " x$",
    "powers": "$a = x" + "^{x" * 3000 + "}" * 3000 + "$",
    "terms": "$a = " + "x + " * 9000 + "1$",
    "one long line": "a = " + "x + " * 250_000 + "1",
    "dollars": "$" * 1_000_000,
    "many lines": "$a = b$ " * 120_000,
    "cells": r"$$A = \begin{bmatrix}" + (" & ".join("1" * 100) + r"\\ ") * 1000 + r"\end{bmatrix}$$",
    "environments": "$$a = " + r"\begin{bmatrix}" * 2000 + "$$",
    "backslashes": "\\" * 1_000_000,
    "strokes": "~~a" * 300_000,
    "digits": "$a = " + "9" * 100_000 + "$ $b = 1e999999999$",
    "confusables": "$а = Ь$ $W = ϲ$",
    "code": r'$a = \input{/etc/passwd}$ $b = __import__("os").system("id")$',
    "recursion": r"\newcommand{\a}{\a\a}$b = \a$",
    "two by two": r"\def\a{\b\b}\def\b{\c\c}\def\c{\a\a}" + r"$q = \a$ " * 500,
    "arguments": r"\newcommand{\q}[1]{#1#1}" + (r"$a = " + r"\q{" * 18 + "x" + "}" * 18 + "$ ") * 400,
    "sums of money": "$a " * 100_000,
    "blanks and dollars": "$ a$ b " * 4_000,
    "colons": "$a = " + "b : " * 9000 + "$",
    "columns": "$" + "a = b & " * 5000 + "$",
    "operators": r"$a = " + r"\nabla_x " * 5000 + "x$",
    "partials": r"$a = " + r"\frac{\partial}{\partial x} - " * 5000 + "x$",
    "conditions": "$a = b" + r" \text{ if } i = j, " * 3000 + "$",
    "subscripts": "$a = x" + "_{x_i, y" * 3000 + "}" * 3000 + "$",
    "remarks": "$a " + r"\overset{1}{=} b " * 2000 + "$",
    "unknown commands": "$a = " + r"\foo{" * 3000 + "x" + "}" * 3000 + "$",
    "sums in sums": "$a = " + r"(\sum_i x_i + " * 35 + "x_i" + ")" * 35 + "$",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("file", ["work.md", "work.tex"])
def test_hostile_input_gets_an_answer(name, file):
    began = time.process_time()
    try:
        lines = read_submission(HOSTILE[name], file).lines
    except InputError:
        lines = ()
    assert time.process_time() - began < 4
    for line in lines:
        assert all((side.node is None) == (side.fault is not None) for side in line.sides)


SOUP = (
    r"$ $$ = { } ( ) [ ] | & , . - + / ' : > ^ _ \\ \ x d T W_1 1 0.5 ∂ Σ ᵀ ~~ ` # \frac \left \right \sum"
    r" \hat \| \partial \text{if} \quad \Rightarrow \cancel \tag{1} \[ \] \begin{bmatrix} \end{bmatrix}"
    r" \begin{align} \end{align} \begin{cases} \end{cases} \overset \over \not \nabla \% \ldots ... \oslash"
    r" \substack{ \text{if $i \in i=j \neq \underset \max \pdv \foo{ \eqalign{ \cr \prod _+ if for 1_ $` `$"
)
PIECES = st.sampled_from([*SOUP.split(), " ", "\n"])
NAMES = st.sampled_from(["a.md", "a.tex", "a.txt"])


def height(node):
    return 1 + max(map(height, parts(node)), default=0)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=80),
    st.sampled_from(["a.md", "a.tex", "a.txt"]),
)
def test_any_text_gives_a_submission(text, name):
    submission = read_submission(text, name)
    for number, line in enumerate(submission.lines, start=1):
        assert line.id == number
        assert len(line.sides) == len(line.relations) + 1 >= 2
        assert 0 <= line.span.start < line.span.end <= len(submission.text)
        for side in line.sides:
            assert (side.node is None) == (side.fault is not None)
            assert side.node is None or height(side.node) <= MAX_HEIGHT

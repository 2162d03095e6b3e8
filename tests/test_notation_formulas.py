import re
from fractions import Fraction

import numpy as np
import pytest

from symgrad.errors import NotSupported
from symgrad.maths.latex import latex
from symgrad.maths.naming import distinct_names
from symgrad.maths.nodes import Numeral, Script, Symbol
from symgrad.maths.typst import typst
from symgrad.notation.context import Context
from symgrad.notation.formulas import to_maths
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.symbols import Naming
from symgrad.notation.table import LAYOUTS
from symgrad.operations import FORMULA_SIGNATURES, OPERATIONS
from symgrad.tree import (
    ONE,
    Cases,
    Condition,
    Delta,
    Entry,
    Function,
    Gradient,
    Name,
    Op,
    Partial,
    Size,
    Total,
    Value,
    number,
)

RANKS = {
    "s": 0,
    "t": 0,
    "L": 0,
    "J": 0,
    "loss": 0,
    "x1": 0,
    "x": 1,
    "y": 1,
    "o": 1,
    "v": 1,
    "A": 2,
    "B": 2,
    "W1": 2,
}
NAMES = distinct_names((id, rank, None) for id, rank in RANKS.items()) | {
    "f": Symbol("f"),
    "g1": Script(Symbol("g"), sub=Numeral("1")),
}

F = Function("f", ("t",), (), None)
G = Function("g1", ("b", "a"), (Fraction(2),), None)
CONTEXT = Context(Naming(NAMES, RANKS), NOTATIONS["prod"])

s, t, L, loss, x, y, o, v, A, B, W1 = (
    Name(id) for id in ("s", "t", "L", "loss", "x", "y", "o", "v", "A", "B", "W1")
)
TWO, HALF = number(2), number(Fraction(1, 2))
ALL, FIRST_TWO = ("slice", None, None), ("slice", 0, 2)


def op(name, *args, **options):
    return Op(name, args, tuple(options.items()))


def by_argument(position, *args):
    return op("prime", *args, function="call", position=position, definition=G)


def tex(formula, context=CONTEXT):
    return latex(to_maths(formula, context))


def unspaced(text):
    """Without gaps, which are the printer's."""
    return re.sub(r"\\[,!]|\s", "", text)


def value(*numbers):
    return Value(np.array(numbers[0] if len(numbers) == 1 else numbers, dtype=float))


def entry(base, *indices):
    return Entry(base, indices)


SUM = op("sum", op("multiply", y, op("log", o)))

WRITTEN = [
    (op("add", op("matmul", W1, x), y), r"W_1 \vec{x} + \vec{y}"),
    (op("negative", SUM), r"-\sum (\vec{y} \odot \log(\vec{o}))"),
    (op("divide", op("negative", SUM), number(3)), r"-\tfrac{1}{3} \sum (\vec{y} \odot \log(\vec{o}))"),
    (op("divide", op("power", op("norm", W1), TWO), TWO), r"\tfrac{1}{2} \lVert W_1 \rVert_F^2"),
    (op("norm", x), r"\lVert \vec{x} \rVert_2"),
    (op("divide", s, t), r"\frac{s}{t}"),
    (op("divide", ONE, TWO), r"\tfrac{1}{2}"),
    (
        op("divide", op("exp", v), op("sum", op("exp", v))),
        r"\frac{\mathrm{e}^{\vec{v}}}{\sum \mathrm{e}^{\vec{v}}}",
    ),
    (op("exp", A), r"\exp(A)"),
    (op("multiply", x, y), r"\vec{x} \odot \vec{y}"),
    (op("multiply", x, s), r"s \vec{x}"),
    (op("multiply", s, TWO), r"s \cdot 2"),
    (op("multiply", loss, s), r"\mathrm{loss} \cdot s"),
    (op("multiply", HALF, s), r"\tfrac{1}{2} s"),
    (op("power", x, TWO), r"\vec{x}^2"),
    (op("power", A, TWO), r"A^{\odot 2}"),
    (op("dot", x, y), r"\vec{x}^{\top} \vec{y}"),
    (op("outer", x, y), r"\vec{x} \vec{y}^{\top}"),
    (op("logdet", A), r"\log\lvert \det(A) \rvert"),
    (op("softmax", v), r"\operatorname{softmax}(\vec{v})"),
    (op("softmax", A, axis=1), r"\operatorname{softmax}_{\text{each row}}(A)"),
    (op("sum", A, axis=0), r"A^{\top} \mathbf{1}"),
    (op("sum", A, axis=0, keepdims=True), r"\mathbf{1}^{\top} A"),
    (op("sum", A, axis=1), r"A \mathbf{1}"),
    (op("subtract", A, op("sum", A, axis=1, keepdims=True)), r"A - A \mathbf{1} \mathbf{1}^{\top}"),
    (op("sum", x, axis=0), r"\sum \vec{x}"),
    (op("leaky_relu", x, slope=Fraction(1, 10)), r"\operatorname{LeakyReLU}_{0.1}(\vec{x})"),
    (op("maxpool2d", A, size=2, stride=1), r"\operatorname{maxpool}_{\text{size 2}, \text{ stride 1}}(A)"),
    (op("maximum", s, t), r"\max(s, t)"),
    (op("prime", v, function="relu", position=0), r"\operatorname{ReLU}'(\vec{v})"),
    (op("prime", s, t, function="maximum", position=1), r"\mathbf{1}[t > s]"),
    (op("prime", s, number(0), t, function="clip", position=0), r"\mathbf{1}[0 \le s \le t]"),
    (op("prime", s, number(0), t, function="clip", position=2), r"\mathbf{1}[s > t]"),
    (
        op("prime", s, number(-1), number(1), function="between", position=0),
        r"\mathbf{1}[\lvert s \rvert < 1]",
    ),
    (op("arctan", s), r"\arctan(s)"),
    (op("erf", s), r"\operatorname{erf}(s)"),
    (op("call", s, definition=F), "f(s)"),
    (op("prime", s, function="call", position=0, definition=F), "f'(s)"),
    (op("call", s, t, definition=G), "g_1(s, t)"),
    (op("call", s, TWO, definition=G), "g_1(s)"),
    (by_argument(0, s, TWO), "g_1'(s)"),
    (by_argument(1, s, TWO), r"\frac{\partial g_1}{\partial a}(s, 2)"),
    (by_argument(0, x, t), r"\frac{\partial g_1}{\partial b}(\vec{x}, t)"),
    (op("indicator", op("greater", v, number(0))), r"\mathbf{1}[\vec{v} > 0]"),
    (op("ones", shape=("n",)), r"\mathbf{1}"),
    (op("multiply", number(0), op("ones", shape=("n",))), r"\mathbf{0}"),
    (op("multiply", number(0), op("ones", shape=("n", "m"))), r"\mathbf{0}_{n \times m}"),
    (op("concat", A, B, axis=1), r"\begin{bmatrix} A & B \end{bmatrix}"),
    (Size("n"), "n"),
    # a vector at the left of @ is a row, and its result a column
    (op("matmul", x, A), r"A^{\top} \vec{x}"),
    (op("matmul", op("matmul", x, A), y), r"\vec{x}^{\top} A \vec{y}"),
    (op("matmul", x, op("transpose", A)), r"A \vec{x}"),
    (op("matmul", x, op("transpose", y)), r"\vec{x} \vec{y}^{\top}"),
    # and a vector added to a matrix is a row
    (op("add", op("matmul", A, B), y), r"A B + \vec{y}^{\top}"),
    # positions are counted from 1
    (op("index", x, key=(0,)), "(\\vec{x})_1"),
    (op("index", x, key=(1,)), "x_2"),
    (op("index", x, key=(-1,)), r"x_{\text{end}}"),
    (op("index", x, key=(-2,)), r"x_{\text{end } - 1}"),
    (op("index", x, key=(("slice", 1, 3),)), "x_{2 : 3}"),
    (op("index", A, key=(1,)), "A_{2, :}"),
    (op("index", A, key=(0, 1)), "A_{1 2}"),
    (op("index", A, key=(9, 1)), "A_{10, 2}"),
    (op("index", W1, key=(ALL, 0)), "(W_1)_{:, 1}"),
    (op("index", op("add", x, y), key=(FIRST_TWO,)), r"(\vec{x} + \vec{y})_{1 : 2}"),
    # numbers put in
    (
        op("matmul", value([0.3, 0.5], [1, 2]), value(6, 3)),
        r"\begin{bmatrix} 0.3 & 0.5 \\ 1 & 2 \end{bmatrix} \begin{bmatrix} 6 \\ 3 \end{bmatrix}",
    ),
    (
        op("outer", value(0.5, 1), value(2, 4)),
        r"\begin{bmatrix} 0.5 \\ 1 \end{bmatrix} \begin{bmatrix} 2 & 4 \end{bmatrix}",
    ),
    (op("add", value(0.1234), value(-1.28)), "0.123 + (-1.28)"),
    (op("multiply", value(0.5), value(-2.0)), r"0.5 \cdot (-2)"),
    (op("power", value(-0.25), TWO), "(-0.25)^2"),
    # entry by entry
    (entry(Gradient("J", "v"), "k"), r"\frac{\partial J}{\partial v_k}"),
    (entry(Partial("o", "v"), "i", "j"), r"\frac{\partial o_i}{\partial v_j}"),
    (entry(Gradient("J", "W1"), "i", "j_1"), r"\frac{\partial J}{\partial (W_1)_{i, j_1}}"),
    (entry(op("softmax", v), "i"), r"{\operatorname{softmax}(\vec{v})}_i"),
    (Total(op("multiply", entry(W1, "k", "j"), entry(x, "k")), "k"), r"\sum_k (W_1)_{k j} x_k"),
    (
        op("multiply", entry(o, "i"), op("subtract", Delta("i", "j"), entry(o, "j"))),
        r"o_i(\delta_{i j} - o_j)",
    ),
]

# Where a bracket stands in the result, it is needed; where a formula has none, none is.
BRACKETS = [
    (op("subtract", s, op("subtract", t, s)), "s - (t - s)"),
    (op("subtract", op("subtract", s, t), s), "s - t - s"),
    (op("add", s, op("subtract", t, s)), "s + t - s"),
    (op("add", s, op("negative", t)), "s + (-t)"),
    (op("negative", op("negative", s)), "-(-s)"),
    (op("negative", op("add", s, t)), "-(s + t)"),
    (op("multiply", op("negative", s), t), "-s t"),
    (op("subtract", s, op("multiply", op("negative", s), t)), "s - (-s t)"),
    (op("divide", x, op("multiply", y, o)), r"\vec{x} \oslash (\vec{y} \odot \vec{o})"),
    (op("divide", op("multiply", x, y), o), r"\vec{x} \odot \vec{y} \oslash \vec{o}"),
    (op("multiply", op("matmul", A, x), y), r"A \vec{x} \odot \vec{y}"),
    (op("matmul", A, op("multiply", x, y)), r"A (\vec{x} \odot \vec{y})"),
    (op("multiply", TWO, op("multiply", x, y)), r"2 \vec{x} \odot \vec{y}"),
    (op("multiply", op("dot", x, y), A), r"(\vec{x}^{\top} \vec{y}) A"),
    (op("multiply", s, op("matmul", A, x)), r"s A \vec{x}"),
    (op("multiply", op("sum", x), y), r"\left(\sum \vec{x}\right) \vec{y}"),
    (op("add", op("sum", x), s), r"\sum \vec{x} + s"),
    (op("sum", op("add", x, y)), r"\sum (\vec{x} + \vec{y})"),
    (op("transpose", op("matmul", A, B)), r"(A B)^{\top}"),
    (op("transpose", op("inv", A)), r"(A^{-1})^{\top}"),
    (op("transpose", Gradient("J", "v")), r"\left(\frac{\partial J}{\partial \vec{v}}\right)^{\top}"),
    (op("power", op("negative", s), TWO), "(-s)^2"),
    (op("power", op("sigmoid", s), TWO), r"{\sigma(s)}^2"),
    (op("power", op("power", s, TWO), TWO), "(s^2)^2"),
    (op("power", s, op("add", t, ONE)), "s^{t + 1}"),
    (op("multiply", s, number(Fraction(-1, 3))), r"s \cdot (-\tfrac{1}{3})"),
    (
        op("matmul", op("where", op("less", x, y), x, y), y),
        r"\left(\begin{cases} \vec{x} & \text{if} \hspace{0.3em} \vec{x} < \vec{y} \\ "
        r"\vec{y} & \text{otherwise} \end{cases}\right)^{\top} \vec{y}",
    ),
]


@pytest.mark.parametrize(
    ("formula", "expected"), WRITTEN + BRACKETS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_formula_as_latex(formula, expected):
    assert unspaced(tex(formula)) == unspaced(expected)


def test_cases_with_conditions():
    rows = (
        (op("subtract", ONE, s), Condition("i", "=", "j")),
        (s, Condition(t, "≥", number(0))),
        (t, Condition("", "", "")),
    )
    assert unspaced(tex(Cases(rows))) == unspaced(
        r"\begin{cases} 1 - s & \text{if} \hspace{0.3em} i = j \\ s & \text{if} \hspace{0.3em} t \ge 0 \\ "
        r"t & \text{otherwise} \end{cases}"
    )


EXAMPLES = {
    "index": op("index", x, key=(0,)),
    "prime": op("prime", x, function="gelu", position=0),
    "call": op("call", A, definition=F),
    "attains": op("attains", A, axis=None, extreme="min"),
    "ones": op("ones", shape=("m", 3)),
    "zeros": op("zeros", shape=("m", 3)),
    "eye": op("eye", size="n"),
    "unit": op("unit", position=0, size="n"),
    "selection": op("selection", size="n", start=1, stop=3),
    "pi": op("pi"),
    "where": op("where", op("equal", x, y), x, y),
    "indicator": op("indicator", op("less", s, t)),
    "maxpool2d": op("maxpool2d", A, size=2, stride=1),
    "conv2d": op("conv2d", A, B, stride=2, padding=1),
    "diag": op("diag", x),
    "flatten": op("flatten", A),
    "masked": op("masked", op("indicator", op("less", s, t), negated=True), x),
    "kernel_conv2d": op("kernel_conv2d", A, B, dilation=2, padding=1, shape=("m", "n")),
    "full_conv2d": op("full_conv2d", A, op("rotate", B), crop=1, shape=("m", "n")),
    "unflatten": op("unflatten", x, shape=("m", "n")),
    "reshape": op("reshape", A, shape=("m", 1, "n")),
    "einsum": op("einsum", A, B, subscripts="ij,kj->ik"),
    "permute": op("permute", A, axes=(1, 0)),
    "swapaxes": op("swapaxes", A, axis1=0, axis2=-1),
    "stack": op("stack", x, x),
    "unpool": op("unpool", A, B, size=2),
    "onehot": op("onehot", x, size="n"),
    "pick": op("pick", A, x),
    "gather": op("gather", A, x),
    "triangle": op("triangle", size="n"),
    "norm_one": op("norm_one", x),
    "norm_largest": op("norm_largest", x),
    "part": op("part", A, axis=1, before=("n",), length="m"),
    "placement": op("placement", before=("n",), length="m", size="k"),
}
OF_VECTORS = {"kron", "dot", "outer", "concat"}
OF_TWO = {"add", "subtract", "multiply", "divide", "power", "matmul", "maximum", "minimum"} | OF_VECTORS
OF_TWO |= {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}


def example(name):
    operand = x if name in OF_VECTORS - {"kron"} else A
    return EXAMPLES.get(name) or op(name, *(operand,) * (2 if name in OF_TWO else 1))


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_operation_prints(name):
    maths = to_maths(example(name), CONTEXT)
    assert latex(maths)
    assert typst(maths)


def test_every_operation_of_the_language_has_a_row():
    calculus = {"unit", "selection", "attains", "prime", "indicator", "pi", "not_equal"}
    calculus |= {"call"}
    calculus |= {"masked", "rotate", "kernel_conv2d", "full_conv2d", "unflatten", "unpool", "part"}
    calculus |= {
        "placement",
        "triangle",
        "others",
        "window",
        "cover",
        "flattening",
        "pooling",
        "squeeze",
        "unsqueeze",
        "other_pairs",
        "moved",
    }
    language = {
        "gather",
        "add",
        "subtract",
        "multiply",
        "divide",
        "power",
        "matmul",
        "negative",
        "transpose",
        "index",
    }
    comparisons = {"less", "less_equal", "greater", "greater_equal", "equal"}
    assert set(OPERATIONS) | set(FORMULA_SIGNATURES) | calculus | language | comparisons == set(LAYOUTS)


def test_unknown_operation_is_named():
    with pytest.raises(NotSupported, match="the operation 'fft' cannot be written"):
        tex(op("fft", x))


def test_unknown_option_is_named():
    with pytest.raises(NotSupported, match="the option 'order' of 'softmax'"):
        tex(op("softmax", x, order=2))


def test_unknown_name_is_named():
    with pytest.raises(KeyError, match="'q'"):
        tex(Name("q"))


def test_no_formula():
    with pytest.raises(TypeError, match="not a formula"):
        tex("W @ x")

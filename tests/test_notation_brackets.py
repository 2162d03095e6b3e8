"""Brackets are neither lost nor idle: what is displayed is read back, as a person would, and computed."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from latex_reader import read_latex

from symgrad.maths.latex import latex
from symgrad.maths.mathml import mathml
from symgrad.maths.nodes import Big, Fenced, Fraction, Numeral, Operator, Radical, Row, Script, Symbol
from symgrad.maths.typst import typst
from symgrad.maths.unicode import pane
from symgrad.notation.context import Context
from symgrad.notation.formulas import to_maths
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.symbols import Naming
from symgrad.tree import Fraction as Rational
from symgrad.tree import Name, Number, Op, number

RANKS = {"s": 0, "t": 0, "x": 1, "y": 1, "A": 2, "B": 2}
CONTEXT = Context(Naming({id: Symbol(id) for id in RANKS}, RANKS), NOTATIONS["prod"])
RANDOM = np.random.default_rng(4)
VALUES = {id: RANDOM.uniform(0.5, 1.5, (3,) * rank) for id, rank in RANKS.items()}

# None of them flattens large numbers, where a lost bracket would not show.
FUNCTIONS = {
    "sin": np.sin,
    "softplus": lambda a: np.logaddexp(0, a),
    "exp": np.exp,
    "det": np.linalg.det,
    "tr": np.trace,
}
NUMPY = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "matmul": np.matmul,
    "power": np.power,
    "negative": np.negative,
    "transpose": np.transpose,
    "outer": np.outer,
    "dot": np.dot,
    **FUNCTIONS,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "norm": np.linalg.norm,
    "sum": np.sum,
    "trace": np.trace,
    "logdet": lambda a: np.log(abs(np.linalg.det(a))),
}


# --- formulas, and their values by NumPy ----------------------------------------------------------------


def evaluate(formula):
    match formula:
        case Number(value):
            return np.float64(value)
        case Name(id):
            return VALUES[id]
        case Op(name, args, options):
            return NUMPY[name](*map(evaluate, args), **dict(options))


def ops(name, *parts):
    return st.builds(lambda *args: Op(name, args), *parts)


def formulas(depth):
    """Strategies for scalars, vectors and matrices, ``depth`` operations deep."""
    s = st.sampled_from(
        [Name("s"), Name("t"), number(2), number(-3), number(Rational(1, 2)), number(Rational(1, 20))]
    )
    v, m = st.sampled_from([Name("x"), Name("y")]), st.sampled_from([Name("A"), Name("B")])
    for _ in range(depth):
        s, v, m = scalars(s, v, m), vectors(s, v, m), matrices(s, v, m)
    return s, v, m


def arithmetic(part):
    return [ops(name, part, part) for name in ("add", "subtract", "multiply", "divide")]


def elementwise(part):
    return [ops("negative", part), ops("power", part, st.just(number(2))), ops("sin", part), ops("exp", part)]


def scaled(scalar, part):
    return [ops("multiply", scalar, part), ops("multiply", part, scalar), ops("divide", part, scalar)]


def scalars(s, v, m):
    own = [ops("dot", v, v), ops("matmul", v, v), ops("sum", v), ops("sum", m), ops("norm", m), ops("abs", s)]
    matrix = [ops("trace", m), ops("logdet", m)]
    return st.one_of(s, *arithmetic(s), *elementwise(s), *own, *matrix, ops("sqrt", ops("abs", s)))


def vectors(s, v, m):
    products = [ops("matmul", m, v), ops("matmul", v, m)]
    return st.one_of(
        v,
        *arithmetic(v),
        *elementwise(v),
        *scaled(s, v),
        *products,
        ops("softplus", v),
        ops("divide", s, v),
        *(st.builds(lambda part, n=n: Op("sum", (part,), (("axis", n),)), m) for n in (0, 1)),
    )


def matrices(s, v, m):
    own = [
        ops("matmul", m, m),
        ops("outer", v, v),
        ops("transpose", m),
        ops("add", m, v),
        ops("multiply", v, m),
    ]
    return st.one_of(m, *arithmetic(m), *elementwise(m), *scaled(s, m), *own)


ANY = st.one_of(*formulas(3))


# --- reading the display back: vectors are columns, juxtaposition is the matrix product -------------------


class UnreadableError(Exception):
    pass


def linear(node):
    """The marks on paper from left to right: rows opened, the body of a big sum not set apart."""
    match node:
        case Row(items):
            return [mark for item in items for mark in linear(item)]
        case Big(_, body):
            return ["∑", *linear(body)]
        case Numeral(text) if text.startswith("-"):
            return [Operator("−", prefix=True), Numeral(text[1:])]
        case Script(base, sub, sup):
            *before, last = linear(base)
            if sup is not None and (isinstance(last, Fraction | Radical) or getattr(last, "sup", None)):
                raise UnreadableError("a superscript that could be part of its base")
            return [*before, Script(last, sub, sup)]
    return [node]


class Reader:
    """``leaf(symbol, count)`` is the value of the count-th name or number, ``turn`` the transpose."""

    def __init__(self, leaf, turn=np.transpose):
        self.leaf, self.turn, self.count = leaf, turn, 0

    def read(self, node):
        marks = linear(node)
        value = self.sum(marks)
        if marks:
            raise UnreadableError(f"left over: {marks}")
        return value[0, 0] if np.shape(value) == (1, 1) else value

    def sum(self, marks):
        sign = -1 if marks and marks[0] == Operator("−", prefix=True) else 1
        if sign < 0:
            marks.pop(0)
        value = sign * self.hadamard(marks)
        while marks and marks[0] in (Operator("+"), Operator("−")):
            sign = -1 if marks.pop(0).text == "−" else 1
            value = self.entrywise(np.add, value, sign * self.hadamard(marks))
        return value

    def hadamard(self, marks):
        value = self.product(marks)
        while marks and marks[0] in (Operator("⊙"), Operator("⊘")):
            divides = marks.pop(0).text == "⊘"
            function, other = (
                (np.divide, self.divisor(marks)) if divides else (np.multiply, self.product(marks))
            )
            if 0 in (np.ndim(value), np.ndim(other)):
                raise UnreadableError("⊙ of a scalar")
            value = self.entrywise(function, value, other)
        return value

    def divisor(self, marks):
        """What ⊘ divides by: the eye does not know how far it reaches where another factor follows."""
        value = self.factor(marks)
        if marks and marks[0] not in (Operator("+"), Operator("−")):
            raise UnreadableError("⊘ before a product")
        return value

    def entrywise(self, function, left, right):
        if {np.shape(left), np.shape(right)} in ({(3, 1), (3, 3)}, {(3, 1), (1, 3)}):
            raise UnreadableError("beside a matrix a vector is a row")
        return function(left, right)

    def product(self, marks):
        value = self.factor(marks)
        while marks and (marks[0] == Operator("·") or not isinstance(marks[0], Operator)):
            if marks[0] == Operator("·"):
                marks.pop(0)
            elif isinstance(marks[0], Numeral):
                raise UnreadableError("digits run together")
            other = self.factor(marks)
            value = self.multiplied(value, other)
        return value

    def multiplied(self, left, right):
        if 0 in (np.ndim(left), np.ndim(right)):
            return left * right
        if left.shape[1] != right.shape[0]:
            raise UnreadableError(f"{left.shape} by {right.shape}")
        return left @ right

    def factor(self, marks):
        if not marks or isinstance(marks[0], Operator):
            raise UnreadableError(f"an operand is missing before {marks}")
        mark = marks.pop(0)
        if mark == "∑":
            return np.sum(self.product(marks))
        if getattr(mark, "text", "") == "log" and isinstance(marks[0], Fenced):
            return np.log(self.atom(marks.pop(0)))
        if isinstance(mark, Symbol) and mark.text in FUNCTIONS:
            argument = marks.pop(0)
            if isinstance(argument, Script):
                return self.script(FUNCTIONS[mark.text](self.read(argument.base)), argument.sup)
            return FUNCTIONS[mark.text](self.read(argument.body))
        return self.atom(mark)

    def atom(self, mark):
        match mark:
            case Fenced("(", body):
                return self.read(body)
            case Fenced("|", body):
                return np.abs(self.read(body))
            case Script(Fenced("‖", body), _, sup):
                return self.script(np.sqrt(np.sum(self.read(body) ** 2)), sup)
            case Script(Symbol("e", "upright"), None, sup):
                return np.exp(self.read(sup))
            case Script(base, None, sup):
                return self.script(self.atom(base), sup)
            case Fraction(above, below):
                return self.read(above) / self.read(below)
            case Radical(body):
                return np.sqrt(self.read(body))
            case Symbol("1", "bold"):
                return np.ones((3, 1))
            case Symbol() | Numeral():
                self.count += 1
                return self.leaf(mark, self.count)
        raise UnreadableError(mark)

    def script(self, value, sup):
        match sup:
            case None:
                return value
            case Symbol("⊤"):
                return self.turn(value)
        entrywise = isinstance(sup, Row) and sup.items[0] == Operator("⊙")
        if entrywise != (np.shape(value) == (3, 3)):
            raise UnreadableError("the square of a matrix is A A, and only of a matrix")
        return value ** self.read(sup.items[1] if entrywise else sup)


def column(value):
    return value[:, np.newaxis] if np.ndim(value) == 1 else value


def by_name(mark, count):
    return np.float64(mark.text) if isinstance(mark, Numeral) else column(VALUES[mark.text])


def by_place(mark, count):
    """Each occurrence its own value, so that nothing cancels."""
    rank = RANKS.get(mark.text, 0)
    return column(np.random.default_rng(count).uniform(0.5, 1.5, (3,) * rank))


def read_by_place(display):
    """The value of a reading no law of algebra maps to another's: (s A)ᵀ is not s Aᵀ here."""
    return Reader(by_place, lambda a: np.transpose(a) ** 2).read(display)


def close(left, right):
    return np.shape(left) == np.shape(right) and np.allclose(left, right, rtol=1e-6, atol=1e-9)


FORMATS = {"tree": lambda display: display, "latex": lambda display: read_latex(latex(display))}


# --- the tests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=500, deadline=None)
@given(ANY)
def test_what_is_displayed_is_what_was_meant(format, formula):
    with np.errstate(all="ignore"):
        meant = column(evaluate(formula))
        assume(np.all(np.isfinite(meant)) and np.max(np.abs(meant)) < 1e6)
        assert close(Reader(by_name).read(FORMATS[format](to_maths(formula, CONTEXT))), meant)


@settings(max_examples=200, deadline=None)
@given(ANY)
def test_every_printer_keeps_all_brackets(formula):
    display = to_maths(formula, CONTEXT)
    fences = brackets(display)
    assert typst(display).count("paren.l") == fences
    assert mathml(display).count(">(<") == fences
    drawn = "".join(pane(display).lines)
    assert sum(map(drawn.count, "(⁽₍⎛")) >= fences


def brackets(node):
    """How many round brackets stand in a display."""
    if isinstance(node, tuple):
        return sum(map(brackets, node))
    slots = getattr(node, "__slots__", ())
    return (isinstance(node, Fenced) and node.open == "(") + sum(
        brackets(getattr(node, name)) for name in slots
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x / (s * y)", r"x \oslash (s y)"),
        ("x / s * y", r"\frac{x}{s} \odot y"),
        ("x / y * x", r"(x \oslash y) \odot x"),
        ("x * (y / x)", r"x \odot y \oslash x"),
        ("x / (y / x)", r"x \oslash (y \oslash x)"),
        ("A / (A @ B)", r"A \oslash (A B)"),
        ("x / (s * y) - y", r"x \oslash (s y) - y"),
        ("s * (x / y)", r"s x \oslash y"),
        ("(x / y) @ x", r"(x \oslash y)^{\top} x"),
        ("logdet(A)**2", r"(\log\lvert \det(A) \rvert)^2"),
    ],
)
def test_a_quotient_by_a_product_and_a_power_of_a_logarithm_keep_theirs(text, written, parsed):
    assert latex(to_maths(parsed(text), CONTEXT)) == written


def without_one_bracket(node):
    """Every version of a display with one pair of round brackets taken away, not those of a function."""
    match node:
        case Fenced("(", body, _):
            yield body, body
    parts = getattr(node, "items", None)
    if parts is not None:
        for n, part in enumerate(parts):
            called = n > 0 and isinstance(parts[n - 1], Symbol) and parts[n - 1].text in FUNCTIONS
            inside = without_one_bracket(part.body) if called else without_one_bracket(part)
            for other, body in inside:
                whole = Fenced("(", other, ")") if called else other
                yield Row((*parts[:n], whole, *parts[n + 1 :])), body
        return
    for field in ("body", "base", "sup", "numerator", "denominator"):
        part = getattr(node, field, None)
        if part is not None:
            for other, body in without_one_bracket(part):
                yield type(node)(**{f: getattr(node, f) for f in node.__slots__} | {field: other}), body


def kept_for_the_eye(body):
    """A sign inside, a big sum before a factor, a scalar xᵀy: brackets that even an equal value may keep."""
    first, *_ = linear(body)
    chain = any(isinstance(mark, Script) and mark.sup == Symbol("⊤") for mark in linear(body))
    return first == Operator("−", prefix=True) or "∑" in linear(body) or chain


# Derandomized, since a large number may swallow a small one and with it the bracket's effect.
@settings(max_examples=500, deadline=None, derandomize=True)
@given(ANY)
def test_no_bracket_is_idle(formula):
    display = to_maths(formula, CONTEXT)
    with np.errstate(all="ignore"):
        meant = read_by_place(display)
        assume(np.all(np.isfinite(meant)) and np.max(np.abs(meant)) < 1e6)
        for other, body in without_one_bracket(display):
            if kept_for_the_eye(body):
                continue
            with suppress(UnreadableError):
                assert not close(read_by_place(other), meant), f"idle about {body}"

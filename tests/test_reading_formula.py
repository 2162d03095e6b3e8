import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import InputError, Place
from symgrad.operations import FORMULA_SIGNATURES
from symgrad.operations.signature import Signature
from symgrad.reading.formula import parse_equation, parse_formula
from symgrad.tree import Name, Number, Op, Size, number

A, B, C, X = Name("a"), Name("b"), Name("c"), Name("x")


def parse(text, **options):
    return parse_formula(text, Place("p.yaml", 3, 6, f"  J: {text}"), **options)


def formula(text):
    return parse(text).formula


def fault(text):
    with pytest.raises(InputError) as caught:
        parse(text)
    error = caught.value
    assert error.hint
    assert (error.place.file, error.place.line) == ("p.yaml", 3)
    return error


def pointed(place):
    return place.text[place.column - 1 : place.column - 1 + place.width]


def index(base, *key):
    return Op("index", (base,), (("key", key),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", A),
        ("lambda", Name("lambda")),
        ("in * is", Op("multiply", (Name("in"), Name("is")))),
        ("beta + E", Op("add", (Name("beta"), Name("E")))),
        ("0.1", Number(Fraction(1, 10))),
        ("1e-3", Number(Fraction(1, 1000))),
        (".5", Number(Fraction(1, 2))),
        ("2.", number(2)),
        ("pi", Op("pi")),
        ("a + b", Op("add", (A, B))),
        ("a - b", Op("subtract", (A, B))),
        ("a * b", Op("multiply", (A, B))),
        ("a / b", Op("divide", (A, B))),
        ("a ** b", Op("power", (A, B))),
        ("a @ b", Op("matmul", (A, B))),
        ("-a", Op("negative", (A,))),
        ("+a", A),
        ("a - b - c", Op("subtract", (Op("subtract", (A, B)), C))),
        ("a - (b - c)", Op("subtract", (A, Op("subtract", (B, C))))),
        ("a ** b ** c", Op("power", (A, Op("power", (B, C))))),
        ("-a ** b", Op("negative", (Op("power", (A, B)),))),
        ("a ** -b", Op("power", (A, Op("negative", (B,))))),
        ("a @ b * c", Op("multiply", (Op("matmul", (A, B)), C))),
        (" \n a +\n b ", Op("add", (A, B))),
        ("a.T", Op("transpose", (A,))),
        ("(a @ b).T", Op("transpose", (Op("matmul", (A, B)),))),
        ("lambda.T", Op("transpose", (Name("lambda"),))),
        ("x[0]", index(X, 0)),
        ("x[-1]", index(X, -1)),
        ("x[1:3]", index(X, ("slice", 1, 3))),
        ("x[:-1]", index(X, ("slice", None, -1))),
        ("x[1, 2]", index(X, 1, 2)),
        ("x[:, 0]", index(X, ("slice", None, None), 0)),
        ("sum(x)[0]", index(Op("sum", (X,)), 0)),
        ("where(a > b, a, 0)", Op("where", (Op("greater", (A, B)), A, number(0)))),
        ("where(a >= b, a, b)", Op("where", (Op("greater_equal", (A, B)), A, B))),
        ("where(a < b, a, b)", Op("where", (Op("less", (A, B)), A, B))),
        ("where(a <= b, a, b)", Op("where", (Op("less_equal", (A, B)), A, B))),
        ("where((a == b), a, b)", Op("where", (Op("equal", (A, B)), A, B))),
        ("maximum(0, a)", Op("maximum", (number(0), A))),
        ("maximum(b=a, a=b)", Op("maximum", (B, A))),
        ("concat(a, b, c, axis=1)", Op("concat", (A, B, C), (("axis", 1),))),
        ("concat(a, b, axis=0)", Op("concat", (A, B))),
        ("sum(x, axis=1, keepdims=True)", Op("sum", (X,), (("axis", 1), ("keepdims", True)))),
        ("sum(x, keepdims=True, axis=-1)", Op("sum", (X,), (("axis", -1), ("keepdims", True)))),
        ("sum(x, 0)", Op("sum", (X,), (("axis", 0),))),
        ("sum(x, axis=None, keepdims=False)", Op("sum", (X,))),
        ("softmax(x, 1)", Op("softmax", (X,), (("axis", 1),))),
        ("leaky_relu(x)", Op("leaky_relu", (X,))),
        ("leaky_relu(x, slope=0.01)", Op("leaky_relu", (X,))),
        ("leaky_relu(x, 0.2)", Op("leaky_relu", (X,), (("slope", Fraction(1, 5)),))),
        ("leaky_relu(x, slope=-1)", Op("leaky_relu", (X,), (("slope", Fraction(-1)),))),
        ("conv2d(a, b, stride=2)", Op("conv2d", (A, B), (("stride", 2),))),
        ("conv2d(a, b, 1, 0)", Op("conv2d", (A, B))),
        ("maxpool2d(x, 2)", Op("maxpool2d", (X,), (("size", 2),))),
        ("maxpool2d(x, size=2, stride=2)", Op("maxpool2d", (X,), (("size", 2),))),
        ("maxpool2d(x, 2, stride=1)", Op("maxpool2d", (X,), (("size", 2), ("stride", 1)))),
        ("2**0.5 * (1 + 1/365)**365", None),
        ("1 / (sqrt(4) - 1.5)", None),
    ],
)
def test_legal_formulas(text, expected):
    assert expected is None or formula(text) == expected
    assert formula(text) is not None


def test_every_function_of_the_language_can_be_called():
    contract = """exp log sqrt abs sin cos tanh sigmoid relu leaky_relu elu softplus silu gelu maximum minimum
        where sum mean var std max min norm dot outer trace det logdet inv diag flatten concat softmax
        log_softmax logsumexp conv2d maxpool2d eye ones zeros clip arctan sinh cosh erf
        sech stop prod cumsum kron onehot pick conv1d avgpool2d transpose swapaxes reshape stack einsum"""
    assert set(FORMULA_SIGNATURES) == set(contract.split())
    more = {"maxpool2d": ["size=2"], "avgpool2d": ["size=2"], "swapaxes": ["0", "1"]}
    written = {"condition": "a > b", "subscripts": '"ij"'}
    for name, signature in FORMULA_SIGNATURES.items():
        arrays = [written.get(array, "a") for array in signature.arrays]
        rest = more.get(name, ["n"] if signature.sizes else [])
        parsed = formula(f"{name}({', '.join(arrays + rest)})")
        assert (parsed.name, len(parsed.args)) == (
            name,
            len(signature.arrays) - ("subscripts" in signature.arrays),
        )


@pytest.mark.parametrize(
    ("text", "caret", "message", "hint"),
    [
        ("sofmax(x)", "sofmax", "unknown function 'sofmax'", "did you mean 'softmax'?"),
        ("np_x + square(x)", "square", "NumPy's 'square'", "x**2"),
        ("expm1(x)", "expm1", "NumPy's 'expm1'", "exp(x) - 1"),
        ("unwrap(x)", "unwrap", "NumPy's 'unwrap'", "docs/operations.md"),
        ("norm(x, ord=0.5)", "0.5", "must be 1, 2 or inf", "norm(x, ord=2, "),
        ("sum(X, axis=(0, x))", "x", "only a number", "the value itself"),
        ('relu("ij", x)', "x", "relu takes 1 argument", "relu(x)"),
        ('relu("ij")', '"ij"', "'\"' has no place", "text in quotes"),
        ("x + 'ij'", "'ij'", '"\'" has no place', "x.T"),
        ("einsum(x, y)", "x", "subscripts in quotes", "ij,jk->ik"),
        ('einsum("ij,jk", A)', '"ij,jk"', "subscripts of 2 arrays, and 1 given", "ij,jk->ik"),
        ('einsum("i...->i", A)', '"i...->i"', "no subscript", "'...' is not read"),
        ('einsum("ij->k", A)', '"ij->k"', "'k' stands in no array", "ij,jk->ik"),
        ('einsum("ij->ii", A)', '"ij->ii"', "'i' stands twice", "ij,jk->ik"),
        ('einsum("ijklmn->", A)', '"ijklmn->"', "more than 5 letters", "at most 5 axes"),
        ("transpose(x, (0, 0))", "(0, 0)", "a permutation of the axes", "transpose(x, axes"),
        ("reshape(x, 2.5)", "2.5", "this is no size", "whole number"),
        ("reshape(x, (-1, -1))", "reshape(x, (-1, -1))", "only one size", "reshape(x, (n, m))"),
        ("reshape(x)", "reshape(x)", "an array, then at most 5 sizes", "reshape(x, (n, m))"),
        ("ones(-1)", "-1", "this is no size", "whole number"),
        ("onehot(y, 2.5)", "2.5", "no size", "whole number"),
        ("x[y, 1]", "y", "only a number", "value"),
        ("a + ln(x)", "ln", "unknown function 'ln'", "log(x)"),
        ("a(x)", "a", "unknown function 'a'", "a * (...)"),
        ("np.exp(x)", "np.exp", "'.exp'", "exp(x)"),
        ("x.sum()", "x.sum", "'.sum'", "sum(x, axis=None, keepdims=False)"),
        ("x.shape", "x.shape", "'.shape'", "name of the size"),
        ("x.transpose(1, 0)", "x.transpose", "'.transpose'", "transpose(x, (0, 2, 1))"),
        ("x.view(4)", "x.view", "'.view'", "reshape(x, (n, m))"),
        ("permute(x, (1, 0))", "permute", "unknown function 'permute'", "transpose(x, (0, 2, 1))"),
        ("squeeze(x)", "squeeze", "NumPy's 'squeeze'", "reshape(x, (n, m))"),
        ("len(x)", "len", "unknown function 'len'", "name of the size"),
        ("x[:, None]", "None", "whole number", "a new axis is made by reshape"),
        ("x * (x > 0)", "x > 0", "comparison outside where", "where(a > b, 1, 0)"),
        ("softmax(x, dim=1)", "dim=1", "no argument 'dim'", "called axis"),
        ("x.in", "x.in", "'.in'", "x.T"),
        ("x.T()", "x.T", "only a function", "a * b"),
        ("exp + 1", "exp", "'exp' is a function", "exp(x)"),
        ("softmax()", "softmax()", "lacks its argument 'x'", "softmax(x, axis=None)"),
        ("maxpool2d(x)", "maxpool2d(x)", "lacks its argument 'size'", "maxpool2d(x, size, stride=size)"),
        ("norm(x, 3)", "3", "must be 1, 2 or inf", "norm(x, ord=2, "),
        ("concat(a)", "concat(a)", "lacks its argument 'b'", "concat(a, b, ..., axis=0)"),
        ("sum(x, axes=0)", "axes=0", "no argument 'axes'", "did you mean 'axis'?"),
        ("sum(x, axis=0, axis=1)", "axis=1", "given twice", "sum("),
        ("maximum(a, a=b)", "a=b", "given twice", "maximum("),
        ("sum(x, axis=1.0)", "1.0", "'axis' of sum must be a whole number, a tuple of them, or None", "sum("),
        ("sum(x, axis=-True)", "-True", "only a number", "value"),
        ("sum(x, axis=True)", "True", "'axis'", "sum("),
        ("sum(x, axis=n)", "n", "only a number", "value"),
        ("sum(x, keepdims=1)", "1", "True or False", "sum("),
        ("conv2d(a, b, stride=0)", "0", "from 1", "conv2d("),
        ("conv2d(a, b, padding=-1)", "-1", "from 0", "conv2d("),
        ("leaky_relu(x, slope=None)", "None", "a number", "slope=0.01"),
        ("sum(x, **y)", "**y", "'**'", "sum("),
        ("sum(*x)", "*x", "'*'", "functions"),
        ("a < b", "a < b", "comparison outside where", "functions"),
        ("where(a, b, c)", "a", "one comparison", "where(a > b, p, q)"),
        ("where(a < b < c, a, b)", "a < b < c", "one comparison", "where(a > b, p, q)"),
        ("where(a != b, a, b)", "!=", "'!='", "<="),
        ("a and b", "and", "operator is missing", "where("),
        ("not a", "a", "operator is missing", "comparison"),
        ("a if b else c", "if", "operator is missing", "where("),
        ("a // b", "//", "'//'", "a / b"),
        ("a % b", "%", "'%'", "remainder"),
        ("a ^ 2", "^", "'^'", "x**2"),
        ("x'", "'", "'", "x.T"),
        ("a · b", "·", "MIDDLE DOT", "a * b"),
        ("2x", "x", "operator is missing", "2 * x"),
        ("a b", "b", "operator is missing", "*"),
        ("(a)(b)", "(", "operator is missing", "*"),
        ("2(a)", "(", "operator is missing", "*"),
        ("y = 3", "=", "'=' outside brackets", "colon"),
        ("x[1.5]", "1.5", "whole number", "x[0]"),
        ("x[True]", "True", "whole number", "x[0]"),
        ("x[::2]", "2", "step", "start:stop"),
        ("x[0, 0, 0, 0, 0, 0]", "x[0, 0, 0, 0, 0, 0]", "6 indices", "at most 5 axes"),
        ("x[...]", "...", "'...'", "X[:, 0]"),
        ("True", "True", "not a number", "option"),
        ("[1, 2]", "[1, 2]", "list", "functions"),
        ("a, b", ",", "',' outside brackets", "quantity"),
        ("(a, b)", "(a, b)", "comma", "functions"),
        ("()", "()", "comma", "functions"),
        ("sum(x", "(", "never closed", "quotes"),
        ("a)", ")", "closes nothing", "brackets"),
        ("(a]", "]", "closes nothing", "brackets"),
        ("a + * b", "*", "cannot be read", "missing"),
        ("", "", "empty formula", "W @ x"),
        ("  ", " ", "empty formula", "W @ x"),
        ("007", "007", "leading zeros", "write 7"),
        ("1_000", "_", "'_'", "letter"),
        ("_x", "_", "'_'", "letter"),
        ("5j", "j", "operator is missing", "*"),
        ("1e999999", "1e999999", "exponent", "float"),
        ("1e" + "9" * 60, "1e" + "9" * 60, "exponent", "float"),
        ("1e400", "1e400", "largest float", "smaller"),
        ("leaky_relu(x, slope=1e400)", "1e400", "largest float", "smaller"),
        ("1" * 51, "1" * 51, "50 digits", "round"),
        ("a + 9**9**9", "9**9**9", "exponent beyond 1,000", "value"),
        ("2**-1001", "2**-1001", "exponent beyond 1,000", "value"),
        ("relu(9)**abs(9)**max(9)", "relu(9)**abs(9)**max(9)", "exponent beyond 1,000", "value"),
        ("((1.01**1000)**1000)**9", "(1.01**1000)**1000", "too many digits", "value"),
        ("10**300 * 10**300", "10**300 * 10**300", "largest float", "value"),
        ("exp(exp(9))", "exp(exp(9))", "largest float", "value"),
        ("(-8)**0.5", "(-8)**0.5", "root of a negative", "value"),
        ("log(0)", "log(0)", "domain", "value"),
    ],
)
def test_faults_have_caret_and_mend(text, caret, message, hint):
    error = fault(text)
    assert message in error.message
    assert hint in error.hint
    assert pointed(error.place) == caret


HOSTILE = [
    "__import__('os').system('ls')",
    "lambda x: x",
    "(x := 3)",
    "f'{x}'",
    "b'x'",
    "[i for i in x]",
    "{i: 1 for i in x}",
    "(i for i in x)",
    "x.__class__.__bases__",
    "await x",
    "yield x",
    "print(x)",
    "eval(x)",
    "x; y",
    "x # y",
    "x\\\ny",
    "а + b",  # CYRILLIC SMALL LETTER A
    "𝐱 + 1",
    "ﬁ",
    "x\u200b + 1",
    "x\0",
    "\ufeffx",
    "x²",
    "x\ud800",
    "١ + 1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_formulas_are_refused(text):
    fault(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "x" + ")" * 5000,
        "(" * 1900 + "x" + ")" * 1900,
        "[" * 1900 + "x" + "]" * 1900,
        "-" * 5000 + "x",
        "-" * 3999 + "x",
        "- " * 1999 + "x",
        "x" + ".T" * 1999,
        "x" + "[0]" * 1300,
        "x" + "**x" * 1300,
        "+".join("x" * 1999),
        "sum(" * 800 + "x" + ")" * 800,
        "x" * 5000,
        "9" + "**9" * 1300,
    ],
)
def test_long_and_deep_formulas_are_refused_quickly(text):
    start = time.perf_counter()
    fault(text)
    assert time.perf_counter() - start < 1


def test_confusable_letters_are_named():
    assert "CYRILLIC SMALL LETTER A" in fault("а + b").message


def test_ninety_terms_and_forty_brackets_are_read():
    assert len(parse(" + ".join("x" * 90)).spans) == 179
    assert formula("(" * 40 + "x" + ")" * 40) == X


def test_place_of_nodes():
    parsed = parse("norm(W1)**2 / lam + W1")
    assert pointed(parsed.place_of(Name("lam"))) == "lam"
    assert parsed.place_of(Name("W1")).column == 6 + len("norm(")
    second = parsed.formula.args[1]
    assert parsed.place_of(second).column == 6 + len("norm(W1)**2 / lam + ")
    assert pointed(parsed.place_of(Op("norm", (Name("W1"),)))) == "norm(W1)"
    assert pointed(parsed.place_of(Name("foreign"))) == parsed.text


def test_comparisons_have_places_too():
    parsed = parse("where(a > b, a, b)")
    assert pointed(parsed.place_of(Op("greater", (A, B)))) == "a > b"


def test_size_names_are_sizes():
    parsed = parse("sum(x) / n", sizes=["n"])
    assert parsed.formula == Op("divide", (Op("sum", (X,)), Size("n")))
    assert pointed(parsed.place_of(Size("n"))) == "n"
    assert pointed(parsed.place_of(parsed.formula)) == "sum(x) / n"


def test_the_table_of_functions_is_a_parameter():
    signatures = {**FORMULA_SIGNATURES, "swish": Signature(("t",))}
    assert parse("swish(x)", signatures=signatures).formula == Op("swish", (X,))
    assert "silu" in fault("swish(x)").hint


def test_equations():
    left, right = parse_equation("sum(y, axis=1) == 1", Place("p", 1, 1))
    assert (left.formula, right.formula) == (Op("sum", (Name("y"),), (("axis", 1),)), number(1))


@pytest.mark.parametrize("text", ["y", "a < b", "a == b == c", "a = b"])
def test_a_fact_is_one_equation(text):
    with pytest.raises(InputError) as caught:
        parse_equation(text, Place("p", 1, 1, text))
    assert caught.value.hint


PIECES = [
    "sum",
    "where",
    "axis",
    "lambda",
    "if",
    "True",
    "None",
    "pi",
    "exp",
    "2.5",
    "**",
    ".T",
    *"x()[],0-@=<*: ",
]


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=40)
    | st.text("xab01.()[],:+-*/@=<> T'", max_size=40)
    | st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
)
def test_any_text_is_a_formula_or_an_input_error(text):
    error = parsed = None
    try:
        parsed = parse(text)
    except InputError as caught:
        error = caught
    if parsed:
        assert parsed.spans[-1][0] == parsed.formula
    else:
        assert error.hint
        assert error.place.column >= 6


names = st.sampled_from(["x", "W1", "lambda", "in", "E", "beta", "y_2"]).map(Name)
numbers = st.decimals(0, 99, places=2).map(lambda value: Number(Fraction(value)))
OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "matmul": "@"}


def indexed(part, at):
    return Op("index", (part,), (("key", (at, ("slice", None, at))),))


def combine(parts):
    two = st.tuples(parts, parts)
    return st.one_of(
        st.builds(Op, st.sampled_from(sorted(OPERATORS)), two),
        st.builds(lambda top, below: Op("divide", (top, below)), parts, names),
        st.builds(lambda base, power: Op("power", (base, number(power))), parts, st.integers(0, 3)),
        st.builds(lambda part: Op("negative", (part,)), parts),
        st.builds(lambda part: Op("transpose", (part,)), parts),
        st.builds(indexed, parts, st.integers(-3, 3)),
        st.builds(lambda part, axis: Op("sum", (part,), (("axis", axis),)), parts, st.integers(-2, 1)),
        st.builds(lambda pair: Op("maximum", pair), two),
        st.builds(lambda pair: Op("where", (Op("less_equal", pair), *pair)), two),
        st.builds(lambda many: Op("concat", tuple(many)), st.lists(parts, min_size=2, max_size=3)),
    )


def written(tree):
    match tree:
        case Name(id=id):
            return id
        case Number(value=value):
            return str(float(value))
        case Op(name="less_equal", args=(a, b)):
            return f"{written(a)} <= {written(b)}"
        case Op(name=name, args=(a, b)) if name in OPERATORS:
            return f"({written(a)} {OPERATORS[name]} {written(b)})"
        case Op(name="divide", args=(a, b)):
            return f"({written(a)} / {written(b)})"
        case Op(name="power", args=(a, b)):
            return f"(({written(a)})**{written(b)})"
        case Op(name="negative", args=(a,)):
            return f"(-{written(a)})"
        case Op(name="transpose", args=(a,)):
            return f"({written(a)}).T"
        case Op(name="index", args=(a,), options=((_, (at, (_, _, stop))),)):
            return f"({written(a)})[{at}, :{stop}]"
        case Op(name=name, args=args, options=options):
            rest = [f"{key}={value}" for key, value in options]
            return f"{name}({', '.join([*map(written, args), *rest])})"


@settings(max_examples=200, deadline=None)
@given(st.recursive(names | numbers, combine, max_leaves=8))
def test_a_printed_tree_is_read_back(tree):
    assert formula(written(tree)) == tree


ALONG = {
    "norm(X, axis=1)": "sqrt(sum(X**2, axis=1))",
    "norm(X, axis=0, keepdims=True)": "sqrt(sum(X**2, axis=0, keepdims=True))",
    "norm(X, ord=1, axis=1)": "sum(abs(X), axis=1)",
    "norm(X, ord=inf, axis=(0, 1))": "max(abs(X), axis=(0, 1))",
    "norm(X, ord=2, axis=None)": "norm(X)",
}


@pytest.mark.parametrize(("short", "long"), ALONG.items())
def test_a_norm_along_axes_is_what_it_sums(short, long):
    assert parse(short).formula == parse(long).formula

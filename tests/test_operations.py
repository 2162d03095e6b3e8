"""Every operation of the table: its numbers are its definition, and its derivative the definition's slope."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import mpmath
import numpy as np
import pytest
import sympy
from entries import filled, poly_array, sympy_value
from support import assert_close, solve

from symgrad.calculus.entries import OUT, differentiate, placeholder
from symgrad.errors import Place
from symgrad.graph.shapes import Sizes
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS, EXACT, FLOATS
from symgrad.operations import OPERATIONS
from symgrad.operations.lookups import LABELLED
from symgrad.operations.record import Scope, ShapeMismatch, View
from symgrad.reading.formula import parse_formula
from symgrad.reading.syntax import COMPARISONS
from symgrad.tree import Name, Op, names, walk

SIZES = {"n": 2, "m": 3, "k": 4} | {size: size for size in (2, 4, 5)}
X, XX, SQUARE, WIDE = ("n",), ("m", "n"), ("m", "m"), ("m", "n", "k")


def known_sizes():
    sizes = Sizes()
    for dim, size in SIZES.items():
        sizes.new(dim, size)
    return sizes


@dataclass(frozen=True)
class Case:
    """An operation at arguments of these dimensions, drawn between ``low`` and ``high``."""

    name: str
    dims: tuple
    options: dict = field(default_factory=dict)
    low: float = -2.0
    high: float = 2.0

    def __str__(self):
        options = "-".join(f"{key}={value}" for key, value in self.options.items())
        return "-".join(
            [self.name, *("".join(map(str, dims)) or "scalar" for dims in self.dims), options]
        ).strip("-")

    @property
    def record(self):
        return OPERATIONS[self.name]

    @cached_property
    def out(self):
        """The dimensions of the output, by the shape rule."""
        return self.record.shape(self.dimensions, self.dims, self.options)

    @cached_property
    def dimensions(self):
        """The sizes, to which the shape rule adds those that follow from them."""
        return known_sizes()

    @property
    def sizes(self):
        """The number behind every dimension of the arguments and of the output."""
        return {**SIZES, **{dim: self.dimensions.size(dim) for dim in self.out}}

    def arrays(self):
        """The same 50-digit numbers on every call; a condition is 0 or 1."""
        numbers = np.random.default_rng(sum(map(ord, self.name)))
        shapes = (tuple(1 if dim == 1 else SIZES[dim] for dim in dims) for dims in self.dims)
        arrays = [numbers.uniform(self.low, self.high, shape) for shape in shapes]
        if self.name == "where":
            arrays[0] = (arrays[0] > 0).astype(int)
        if self.name in LABELLED:
            arrays[-1] = numbers.integers(0, 2, shapes_of_labels(self.dims[-1]))
        return tuple(map(EXACT.array, arrays))

    def value(self, space, *arrays):
        """The operation at these arrays, by its record."""
        plain = arrays and self.name not in ("onehot", "reshape")
        options = self.options if plain else {key: self.lengths(dims) for key, dims in self.options.items()}
        return self.record.value(space, *arrays, **options)

    def lengths(self, dims):
        """The sizes of a constant array as numbers."""
        return tuple(map(self.lengths, dims)) if isinstance(dims, tuple) else SIZES.get(dims, 1)


def shapes_of_labels(dims):
    return tuple(SIZES[dim] for dim in dims)


def unary(*names, **limits):
    return [Case(name, (dims,), **limits) for name in names for dims in (X, XX)]


def binary(name, **limits):
    pairs = ((XX, XX), (XX, X), (XX, ("m", 1)), ((1, "n"), ("m", 1)), (XX, ()), ((), X))
    return [Case(name, dims, **limits) for dims in pairs]


def reduced(*names):
    axes = ({}, {"axis": 0}, {"axis": 1}, {"axis": -1, "keepdims": True})
    return [Case(name, (XX,), options) for name in names for options in axes]


SLICE, WHOLE = ("slice", 1, 3), ("slice", None, None)
CASES = [
    *unary(
        *(
            "exp",
            "sin",
            "cos",
            "tanh",
            "sinh",
            "cosh",
            "sech",
            "arctan",
            "erf",
            "sigmoid",
            "relu",
            "elu",
            "softplus",
        ),
        *("silu", "gelu", "abs", "negative"),
    ),
    *[Case(name, dims) for name in ("clip", "between") for dims in ((X, (), ()), (XX, XX, X))],
    Case("eye", (), {"size": "n"}),
    *[Case(name, (), {"shape": dims}) for name in ("ones", "zeros") for dims in (X, XX)],
    *unary("log", "sqrt", low=0.1),
    *unary("leaky_relu"),
    Case("leaky_relu", (X,), {"slope": Fraction(1, 5)}),
    *binary("add"),
    *binary("subtract"),
    *binary("multiply"),
    *binary("divide", low=0.3),
    *binary("power", low=0.2),
    *binary("maximum"),
    *binary("minimum"),
    Case("matmul", (XX, X)),
    Case("matmul", (("m",), XX)),
    Case("matmul", (X, X)),
    Case("matmul", (XX, ("n", "k"))),
    Case("transpose", (XX,)),
    Case("dot", (X, X)),
    Case("outer", (X, ("m",))),
    Case("trace", (("m", "m"),)),
    Case("diag", (("m", "m"),)),
    Case("diag", (X,)),
    Case("index", (X,), {"key": (1,)}),
    Case("index", (X,), {"key": (-2,)}),
    Case("index", (("k",),), {"key": (SLICE,)}),
    Case("index", (("k",),), {"key": (("slice", -2, None),)}),
    Case("index", (XX,), {"key": (2,)}),
    Case("index", (XX,), {"key": (2, 0)}),
    Case("index", (XX,), {"key": (("slice", None, None), 1)}),
    Case("index", (("k", "n"),), {"key": (SLICE, ("slice", None, None))}),
    *reduced("sum", "mean", "var", "std", "max", "min"),
    *unary("norm", "direction", "stop"),
    Case("norm_one", (X,)),
    Case("norm_largest", (X,)),
    Case("softmax", (X,)),
    Case("softmax", (XX,), {"axis": 1}),
    Case("softmax", (XX,), {"axis": 0}),
    *[Case(name, (XX,), {"axis": (0, -1)}) for name in ("softmax", "log_softmax", "logsumexp")],
    Case("log_softmax", (X,)),
    Case("log_softmax", (XX,), {"axis": -1}),
    Case("logsumexp", (X,)),
    Case("logsumexp", (XX,), {"axis": 0}),
    Case("logsumexp", (XX,), {"axis": 1}),
    *[Case(name, dims) for name in COMPARISONS.values() for dims in ((X, X), (XX, ()))],
    Case("where", (XX, XX, XX)),
    Case("where", (X, (), XX)),
    Case("inv", (SQUARE,)),
    Case("det", (SQUARE,)),
    Case("logdet", (SQUARE,)),
    Case("flatten", (XX,)),
    Case("flatten", (X,)),
    Case("concat", (X, ("m",))),
    Case("concat", (X, X, ("k",))),
    Case("concat", (XX, ("k", "n"))),
    Case("concat", (XX, ("m", "k")), {"axis": 1}),
    Case("onehot", (X,), {"size": "k"}),
    Case("onehot", ((),), {"size": "k"}),
    Case("pick", (XX, ("m",))),
    Case("pick", (X, ())),
    Case("gather", (XX, ("k",))),
    Case("gather", (XX, ())),
    Case("gather", (X, ("m",))),
    Case("gather", (XX, ("k", "m"))),
    Case("onehot", (XX,), {"size": "k"}),
    Case("pick", (WIDE, ("m", "n"))),
    *[Case("sum", (WIDE,), options) for options in ({}, {"axis": 1}, {"axis": (0, -1), "keepdims": True})],
    *[Case(name, (WIDE,), {"axis": (0, 2)}) for name in ("mean", "var", "std", "max", "min", "logsumexp")],
    *[Case(name, (WIDE,), {"axis": axis}) for name in ("softmax", "log_softmax") for axis in (1, -1)],
    *[Case(name, (WIDE,), {"axis": 1}) for name in ("cumsum", "prod")],
    *[Case("add", (WIDE, dims)) for dims in (("k",), ("n", "k"), ("m", 1, 1), (1, "n", 1))],
    Case("norm", (WIDE,)),
    Case("flatten", (WIDE,)),
    Case("index", (WIDE,), {"key": (1, WHOLE, SLICE)}),
    Case("index", (WIDE,), {"key": (WHOLE, 0, -1)}),
    Case("concat", (WIDE, ("m", "n", 2)), {"axis": 2}),
    Case("stack", (X, X, X)),
    Case("stack", ((), ())),
    Case("stack", (XX, XX), {"axis": -1}),
    Case("permute", (WIDE,), {"axes": (2, 0, 1)}),
    Case("swapaxes", (WIDE,), {"axis1": -1, "axis2": 1}),
    Case("reshape", (XX,), {"shape": ("n", 1, "m")}),
    Case("reshape", (WIDE,), {"shape": ("m", 2, 4)}),
    Case("reshape", (("m", 2, 2),), {"shape": ("m", "k")}),
    Case("reshape", (("k",),), {"shape": (2, 2, 1)}),
    Case("matmul", (WIDE, ("m", "k", 2))),
    Case("matmul", (WIDE, ("k", "m"))),
    Case("matmul", (XX, ("k", "n", 2))),
    Case("matmul", ((1, "n", "k"), ("m", "k", 2))),
    Case("matmul", (WIDE, ("k",))),
    Case("matmul", (X, WIDE)),
    Case("einsum", (XX, ("k", "n")), {"subscripts": "ij,kj->ik"}),
    Case("einsum", (SQUARE,), {"subscripts": "ii->"}),
    Case("einsum", (SQUARE,), {"subscripts": "ii->i"}),
    Case("einsum", (WIDE, ("n", "n"), ("m",)), {"subscripts": "ijk,jj,i->kj"}),
    Case("conv1d", (("k",), ("n",)), {"padding": 1}),
    Case("conv1d", (("m", "k"), ("n", "m", 2)), {"stride": 2}),
    Case("conv1d", ((2, "n", 5), ("m", "n", 2)), {"stride": 2, "padding": 1}),
    Case("conv2d", ((2, "n", 4, 5), ("m", "n", 2, 2)), {"stride": 2, "padding": 1}),
    Case("maxpool2d", ((2, "n", 4, 5),), {"size": 2, "stride": 1}),
    Case("avgpool2d", (("k", 5),), {"size": 2, "stride": 1}),
    Case("avgpool2d", (("n", 4, 5),), {"size": 2}),
    Case("kron", (XX, ("k", "m"))),
    Case("cumsum", (X,)),
    Case("cumsum", (XX,), {"axis": 0}),
    Case("cumsum", (XX,), {"axis": -1}),
    Case("prod", (X,)),
    Case("prod", (XX,), {"axis": 0}),
    Case("prod", (XX,), {"axis": 1}),
    Case("conv2d", (("m", "k"), ("n", "n"))),
    Case("conv2d", (("m", "n"), ("n", "n")), {"padding": 1}),
    Case("conv2d", (("k", "m"), ("m", "n")), {"padding": 1, "stride": 2}),
    Case("maxpool2d", (("k", "k"),), {"size": 2}),
    Case("maxpool2d", (("k", "m"),), {"size": 2, "stride": 1}),
]


def example(record):
    """A case of the example that a record has."""
    formula = parse_formula(record.shown.formula, Place("example", 1, 1)).formula
    (found,) = (node for node in walk(formula) if isinstance(node, Op) and node.name == record.name)
    dims = tuple(record.shown.shapes[next(iter(names(arg)))] for arg in found.args)
    return Case(record.name, dims, dict(found.options), *record.bounds)


EXAMPLES = [example(record) for record in OPERATIONS.values() if record.call or record.example]
cases = pytest.mark.parametrize("case", [*CASES, *EXAMPLES], ids=str)


@pytest.fixture(autouse=True)
def _fifty_digits():
    with mpmath.workdps(DIGITS):
        yield


def test_every_operation_has_a_case():
    assert {case.name for case in CASES} == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_what_it_is_and_why(name):
    record = OPERATIONS[name]
    count = next(len(case.dims) for case in CASES if case.name == name)
    assert record.name == name
    assert record.title
    assert all(record.reason(position) for position in range(count))


def test_a_name_that_people_write_is_that_of_one_function():
    """max and min alone are written of one array and of two."""
    spellings = [word for record in OPERATIONS.values() if record.call for word in record.spellings]
    assert {word for word in spellings if spellings.count(word) > 1} == {"max", "min"}


@cases
def test_value_is_the_definition_at_every_entry(case):
    arrays = case.arrays()
    scope = Scope()
    symbols = [
        sympy.IndexedBase(f"#{n}") if dims else sympy.Symbol(f"#{n}") for n, dims in enumerate(case.dims)
    ]
    views = tuple(map(View, symbols, case.dims))
    out = tuple(map(scope.index, case.out))
    definition = case.record.entry(scope, views, out, case.options)
    values = Values({Name(f"#{n}"): array for n, array in enumerate(arrays)}, case.sizes, EXACT)
    known = dict(zip(symbols, arrays, strict=True))
    known |= {base: evaluate(formula, values) for base, formula in scope.constants.items()}

    def entry(where):
        at = dict(zip(out, where, strict=True))
        return mpmath.mpf(str(sympy.N(sympy_value(definition, at, known, scope, case.sizes), 40)))

    expected = filled(case.out, case.sizes, entry)
    assert_close(case.value(EXACT, *arrays), expected, 30)
    assert_close(case.value(FLOATS, *(np.asarray(a, dtype=float) for a in arrays)), expected, 14)


@cases
def test_local_derivative_is_the_slope(case):
    arrays = case.arrays()
    arguments = tuple(("array", dims) for dims in case.dims)
    point = {placeholder(n): array for n, array in enumerate(arrays)} | {OUT: case.value(EXACT, *arrays)}
    for position in range(len(arrays)):
        options = tuple(sorted(case.options.items()))
        local = differentiate(case.name, options, arguments, case.out, position)
        found = poly_array(local.poly, (*local.out, *local.by), Values(point, case.sizes, EXACT))
        assert_close(found, slope(case, arrays, position), 25, f"argument {position}")


def slope(case, arrays, position):
    """∂out/∂argument by central differences, axes of the output first; 0 of what is stopped."""
    if case.name == "stop":
        return np.zeros((*arrays[0].shape, *arrays[0].shape))
    step, centre = mpmath.mpf(10) ** -17, arrays[position]
    columns = []
    for where in np.ndindex(centre.shape):
        sides = []
        for sign in (1, -1):
            moved = centre.copy()
            moved[where] = centre[where] + sign * step
            sides.append(case.value(EXACT, *arrays[:position], moved, *arrays[position + 1 :]))
        columns.append(np.asarray(sides[0] - sides[1], dtype=object) / (2 * step))
    stacked = np.stack([np.asarray(column, dtype=object) for column in columns], axis=-1)
    return stacked.reshape(stacked.shape[:-1] + centre.shape)


def test_a_product_is_that_of_all_others_times_each():
    x = EXACT.array([[2, 0, -3], [0, 5, 0]])
    others = [[0, -6, 0], [0, 0, 0]]
    found = Values({Name("#0"): x}, SIZES, EXACT)
    assert_close(evaluate(Op("others", (Name("#0"),), (("axis", 1),)), found), others, 30)
    assert_close(OPERATIONS["prod"].value(EXACT, x, axis=0), [0, 0, 0], 30)
    assert_close(OPERATIONS["prod"].value(EXACT, x + 1, axis=1), [-6, 6], 30)


def test_matrices_against_mpmath():
    matrix = Case("inv", (SQUARE,)).arrays()[0]
    rows = mpmath.matrix(matrix.tolist())
    expected = {"inv": rows**-1, "det": mpmath.det(rows), "logdet": mpmath.log(abs(mpmath.det(rows)))}
    for name, value in expected.items():
        found = OPERATIONS[name].value(EXACT, matrix)
        assert_close(found, np.array(value.tolist(), dtype=object) if name == "inv" else value, 30, name)


MISFITS = [
    ("add", (("n",), ("m",)), {}),
    ("maximum", (("m", "n"), ("m",)), {}),
    ("matmul", (("m", "n"), ("m",)), {}),
    ("matmul", ((), ("m",)), {}),
    ("transpose", (("n",),), {}),
    ("dot", (("n",), ("m",)), {}),
    ("dot", (("n",), ("n", "n")), {}),
    ("outer", (("n",), ("m", "n")), {}),
    ("trace", (("m", "n"),), {}),
    ("trace", (("m",),), {}),
    ("diag", (("m", "n"),), {}),
    ("diag", ((),), {}),
    ("index", (("n",),), {"key": (2,)}),
    ("index", (("n",),), {"key": (-3,)}),
    ("index", (("n",),), {"key": (0, 0)}),
    ("index", (("n",),), {"key": (("slice", 5, 7),)}),
    ("index", ((),), {"key": (0,)}),
    ("sum", (("n",),), {"axis": 1}),
    ("mean", (("m", "n"),), {"axis": 2}),
    ("var", (("m", "n"),), {"axis": -3}),
    ("max", ((),), {"axis": 0}),
    ("softmax", (("m", "n"),), {}),
    ("softmax", ((),), {}),
    ("log_softmax", (("n",),), {"axis": 1}),
    ("logsumexp", (("m", "n"),), {}),
    ("logsumexp", (("m", "n"),), {"axis": (0, -2)}),
    ("norm_one", (("m", "n"),), {}),
    ("norm_largest", ((),), {}),
    ("where", (("n",), ("m",), ()), {}),
    ("inv", (("m", "n"),), {}),
    ("det", (("n",),), {}),
    ("logdet", (("m", "k"),), {}),
    ("flatten", ((),), {}),
    ("kron", (("m", "n"), ("n",)), {}),
    ("pick", (("m", "n"), ("n",)), {}),
    ("pick", (("m", "n"), ("m", "n")), {}),
    ("gather", ((), ("n",)), {}),
    ("gather", (("m", "n", "k", 2, 2), ("m", "n")), {}),
    ("onehot", (("m", "n", "k", 2),), {"size": "k"}),
    ("reshape", (("m", "n"),), {"shape": (4, 2)}),
    ("reshape", (("m", "n"),), {"shape": (4, -1)}),
    ("permute", (("m", "n"),), {"axes": (0, 2, 1)}),
    ("swapaxes", (("m", "n"),), {"axis1": 0, "axis2": 2}),
    ("einsum", (("m", "n"),), {"subscripts": "i->i"}),
    ("einsum", (("m", "n"),), {"subscripts": "ii->i"}),
    ("matmul", (("m", "n", "k"), ("n", "k", "m")), {}),
    ("stack", (("n",), ("m",)), {}),
    ("conv1d", (("m", "n", "k"), ("m", "m", 2)), {}),
    ("conv2d", (("m", "n", 4, 5), ("n", "n")), {}),
    ("avgpool2d", (("n",),), {"size": 2}),
    ("cumsum", (("m", "n"),), {}),
    ("cumsum", ((),), {}),
    ("cumsum", (("m", "n"),), {"axis": (0, 1)}),
    ("prod", (("m", "n"),), {}),
    ("prod", (("m", "n"),), {"axis": (0, 1)}),
    ("concat", (("n",), ("m", "n")), {}),
    ("concat", (("m", "n"), ("m", "k")), {}),
    ("concat", (("n",), ("n",)), {"axis": 1}),
    ("conv2d", (("n", "n"), ("k", "k")), {}),
    ("conv2d", (("n",), ("n",)), {}),
    ("maxpool2d", (("m", "m"),), {"size": 4}),
    ("maxpool2d", (("m",),), {"size": 2}),
]


@pytest.mark.parametrize(("name", "shapes", "options"), MISFITS)
def test_shapes_that_do_not_fit_are_refused(name, shapes, options):
    with pytest.raises(ShapeMismatch) as caught:
        OPERATIONS[name].shape(known_sizes(), shapes, options)
    assert str(caught.value)


# What the contract promises where a derivative does not exist.
KINKS = [
    ("relu(x)", [0.0, 1.0, -1.0], [0, 1, 0]),
    ("abs(x)", [0.0, 2.0, -2.0], [0, 1, -1]),
    ("leaky_relu(x)", [0.0, 1.0, -1.0], [0.01, 1, 0.01]),
    ("leaky_relu(x, slope=0.25)", [0.0, 1.0, -1.0], [0.25, 1, 0.25]),
    ("elu(x)", [0.0, 1.0, 2.0], [1, 1, 1]),
    ("maximum(x, 1)", [1.0, 2.0, 0.0], [0.5, 1, 0]),
    ("minimum(1, x)", [1.0, 2.0, 0.0], [0.5, 0, 1]),
    ("clip(x, -1, 1)", [1.0, -1.0, 1.5], [1, 1, 0]),
    ("maximum(minimum(x, 1), -1)", [1.0, -1.0, 1.5], [0.5, 0.5, 0]),
    ("minimum(maximum(x, -1), 1)", [1.0, -1.0, 0.5], [0.5, 0.5, 1]),
    ("maximum(x, x)", [1.0, 2.0, 0.0], [1, 1, 1]),
    ("max(x)", [2.0, 2.0, 0.0], [0.5, 0.5, 0]),
    ("min(x)", [1.0, 1.0, 1.0], [1 / 3, 1 / 3, 1 / 3]),
    ("norm(x)", [0.0, 0.0, 0.0], [0, 0, 0]),
    ("norm(x)**2", [0.0, 0.0, 0.0], [0, 0, 0]),
    ("prod(x)", [2.0, 0.0, -3.0], [0, -6, 0]),
    ("prod(x)", [2.0, 0.0, 0.0], [0, 0, 0]),
    ("norm(x, ord=1)", [0.0, 2.0, -2.0], [0, 1, -1]),
    ("norm(x, ord=inf)", [0.0, 2.0, -2.0], [0, 0.5, -0.5]),
]


@pytest.mark.parametrize(("text", "at", "expected"), KINKS)
def test_kinks(text, at, expected):
    solved = solve({"f": text}, {"x": at})
    assert_close(solved.gradients()["x"], expected, 15)


STABLE = [
    ("sum(softmax(x) * w)", [1000.0, 0.0, -1000.0], [0, 0, 0]),
    ("sum(log_softmax(x) * w)", [1000.0, 0.0, -1000.0], [1 - 6, 2, 3]),
    ("logsumexp(x)", [1000.0, 0.0, -1000.0], [1, 0, 0]),
    ("sum(sech(x))", [1000.0, 0.0, -1000.0], [0, 0, 0]),
    ("sum(sigmoid(x))", [1000.0, 0.0, -1000.0], [0, 0.25, 0]),
    ("sum(softplus(x))", [1000.0, 0.0, -1000.0], [1, 0.5, 0]),
    ("sum(silu(x))", [1000.0, 0.0, -1000.0], [1, 0.5, 0]),
    ("sum(gelu(x))", [1000.0, 0.0, -1000.0], [1, 0.5, 0]),
    ("sum(tanh(x))", [1000.0, 0.0, -1000.0], [0, 1, 0]),
    ("sum(elu(x))", [1000.0, 0.0, -1000.0], [1, 1, 0]),
]


@pytest.mark.parametrize(("text", "at", "expected"), STABLE)
def test_stable_beyond_the_exponential(text, at, expected):
    given = {"x": at} | ({"w": [1.0, 2.0, 3.0]} if "w" in text else {})
    solved = solve({"f": text}, given, data=["w"] if "w" in text else [])
    assert_close(solved.gradients()["x"], expected, 15)

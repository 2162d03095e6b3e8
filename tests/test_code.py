"""Generated NumPy code against the evaluation of formulas, and the walls around it."""

import ast
import subprocess
import sys

import numpy as np
import pytest
from problems import random_problem
from support import text_of

from symgrad.calculus.derive import derive
from symgrad.calculus.worlds import result_value
from symgrad.code import library
from symgrad.code.entries import write_entries
from symgrad.code.function import LENGTH_TEXTS, Function, check, library_texts
from symgrad.code.identifiers import Identifiers
from symgrad.code.rules import RULES
from symgrad.code.writer import Writer
from symgrad.graph import build_graph
from symgrad.graph.shapes import LENGTHS
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations import OPERATIONS
from symgrad.reading.problem import read_problem
from symgrad.results.run import lines, program
from symgrad.tree import Delta, Entry, Gradient, Name, Op, Total, names, walk

RANDOM = np.random.default_rng(11)
LEAVES = {
    "A": RANDOM.uniform(-2, 2, (4, 4)),
    "X": RANDOM.uniform(-2, 2, (4, 6)),
    "Y": RANDOM.uniform(-2, 2, (4, 6)),
    "K": RANDOM.uniform(-2, 2, (2, 2)),
    "x": RANDOM.uniform(-2, 2, 4),
    "y": RANDOM.uniform(-2, 2, 4),
    "B": RANDOM.uniform(-2, 2, (2, 3, 4)),
    "F": RANDOM.uniform(-2, 2, (2, 3, 2)),
    "c": np.array(0.3),
    "l": np.array([2.0, 0.0, 2.0, 1.0]),
    "j": np.array(1.0),
}

# Each is made to reach operations that random problems do not, on the way forward or back.
FORMULAS = (
    "sum(conv2d(X, K, stride=2, padding=1)**2)",
    "sum(conv2d(X, K)**2)",
    "sum(conv1d(B, F)**2)",
    "sum(avgpool2d(X, 2)**2)",
    "sum((reshape(X, (6, 4)) @ x)**2)",
    "sum(stack(x, y)**2)",
    "sum(einsum('ij,j->i', A, x)**2)",
    "sum(swapaxes(B, 0, 2)**2)",
    "sum(transpose(B, (2, 0, 1))**2)",
    "sum(flatten(maxpool2d(X, 2))**2)",
    "sum(maxpool2d(X, 3, stride=1)**2)",
    "sum(flatten(X)**2) + dot(x, y)",
    "sum(concat(x, y, flatten(K))**2)",
    "sum(concat(X, A, axis=1)**2)",
    "sum(softmax(concat(x, y))**2) + sum(concat(c, x, 2 * c) * x[0])",
    "sum(inv(A)**2) + det(A) + logdet(A)",
    "sum(where(X > Y, X**2, sqrt(X)))",
    "sum(where(x < 0, y, x) * where(x <= y, y, 1) + where(x >= y, x, 2) + where(x == y, x, 0))",
    "sum(X[1]**2) + X[2, 3]**2 + sum(X[1:3, -2]**2) + x[-1]**2",
    "trace(A) + c",
    "sum(X * softmax(Y, axis=1)) + sum((X.T - mean(X, axis=1)).T ** 2)",
    "sum(X / sum(X, axis=1, keepdims=True)) + sum(max(X, axis=1, keepdims=True) * Y)",
    "trace(A @ A) + sum(diag(A)**2) + sum(diag(x)**3) + sum(outer(x, y)**2)",
    "norm(x)**2 + norm(X) + sum(softmax(X, axis=1)**2) + sum(log_softmax(x)**2) + logsumexp(x)**2",
    "sum(max(X, axis=0)**2) + min(x)**2 + sum(var(X, axis=1)) + std(y)",
    "sum(mean(X, axis=1, keepdims=True) * X)",
    "c**2 + pi * sum(leaky_relu(x, slope=0.2) + elu(y) + silu(x) + gelu(y) + softplus(x))",
    "sum(relu(x) * abs(y)) + sum(maximum(x, y) * minimum(x, y)) + sum(sigmoid(x) + tanh(y))",
    "sum(erf(x) * sinh(y) + cosh(x) * arctan(y)) + sum(clip(x, -1, c) * maximum(minimum(y, 1), -1))",
    "sum((A @ A + eye(4))**2) + sum((x + zeros(4)) * ones(4))",
    "prod(x)**2 + sum(prod(X, axis=0) * prod(Y, axis=0)) + sum(cumsum(X, axis=1)**2 * Y) + cumsum(x)[2]**2",
    "sum(kron(K, A)**2) + sum(kron(A, K)[1:3]) + trace(kron(K, K))",
    "sum(exp(pick(A, l))) + pick(x, j)**2 + sum(onehot(l, 6) * X**2) + sum(onehot(j, 4) * x**3)",
    "sum(X[l]**2 * Y) + sum(X[j]**2) + sum(x[l]**2 * y) + x[j]**3 + sum(log_softmax(A, axis=1)[l]**2)",
    "norm(x, ord=1)**2 + norm(y, ord=inf) * sum(sech(x)) + sum(stop(x) * y) + stop(c) * c",
    "sum(softmax(X, axis=(0, 1))**2) + sum(Y * log_softmax(X, axis=(0, 1))) + logsumexp(Y, axis=(0, 1))**2",
    "sum(exp(x) + log(x**2 + 1) + sin(x) * cos(y) / (y**2 + 1) - x)",
)
FUNCTIONS = {"swish(t, a=1)": "t * sigmoid(a * t)", "nested(t)": "swish(t) + relu(t)", "flat(t)": "3"}


def problem_of(formula, **sections):
    used = names(read_problem(text_of({"J": formula}, **sections)).forward[0][1].formula)
    return read_problem(text_of({"J": formula}, {name: LEAVES[name] for name in used}, **sections))


def by_formulas(graph, derivation, given):
    """The values of all quantities and gradients, formula by formula."""
    point = {Name(name): value for name, value in given.items()}
    values = Values(point, graph.sizes)
    with np.errstate(all="ignore"):
        for name, formula in graph.quantities.items():
            point[Name(name)] = evaluate(formula, values)
        for name, gradient in derivation.gradients.items():
            point[Gradient(graph.of, name)] = result_value(gradient, values)
    return point


def both(graph, derivation, given):
    """The two functions of a problem: sizes as numbers, and read from the arrays."""
    everything = tuple(lines(graph, derivation))
    for fixed in (True, False):
        yield Function(graph, graph.leaves, everything, fixed)


def assert_agree(problem):
    """The generated code gives what the formulas give; the operations met on the way."""
    graph = build_graph(problem)
    derivation = derive(graph)
    expected = by_formulas(graph, derivation, problem.given)
    for function in both(graph, derivation, problem.given):
        with np.errstate(all="ignore"):
            found = function.call(*(problem.given[leaf] for leaf in function.leaves))
        for line, value in zip(function.lines, (*found[0], *found[1]), strict=True):
            assert np.shape(value) == expected[line.target].shape, function.source
            np.testing.assert_allclose(
                value, expected[line.target], rtol=1e-9, atol=1e-11, err_msg=function.source
            )
    return {n.name for line in function.lines for n in walk(line.formula) if isinstance(n, Op)}


@pytest.mark.parametrize("formula", FORMULAS)
def test_code_agrees_with_the_formulas(formula):
    assert_agree(problem_of(formula))


@pytest.mark.parametrize("formula", ["sum(swish(x, y) + swish(y)**2)", "sum(nested(x) * flat(y)) + swish(c)"])
def test_functions_of_the_problem(formula):
    assert_agree(problem_of(formula, functions=FUNCTIONS))


@pytest.mark.parametrize("seed", range(25))
def test_random_problems(seed):
    assert_agree(read_problem(text_of(*random_problem(seed))))


def test_every_rule_is_met():
    """The formulas above, their gradients and Jacobians reach every row of the table."""
    met = set()
    for formula in FORMULAS:
        graph = build_graph(problem_of(formula))
        met |= {
            n.name for line in lines(graph, derive(graph)) for n in walk(line.formula) if isinstance(n, Op)
        }
    assert met <= set(RULES)
    # Some stand in few derivations, or in index forms only: they follow below.
    assert set(RULES) - met <= TENSORS.keys() | OWN


def test_every_operation_has_a_rule():
    assert set(OPERATIONS) - set(RULES) == set()
    assert set(LENGTH_TEXTS) == set(LENGTHS)


# --- index formulas -------------------------------------------------------------------------------------

OWN = {"call", "between"}
TENSORS = {
    "window": Op("window", (), (("padding", 1), ("shape", ("n", "m", "n", "n", "n", "m")), ("stride", 2))),
    "flattening": Op("flattening", (), (("shape", ("p", "n", "m")),)),
    "placement": Op("placement", (), (("before", ("n",)), ("length", "m"), ("size", "q"))),
    "unsqueeze": Op("unsqueeze", (Name("g"),), (("axis", 1),)),
    "pooling": Op("pooling", (Name("X"),), (("shape", ("r", "m")), ("size", 2))),
}
SIZES = {"n": 2, "m": 3, "p": 6, "q": 5, "r": 1}
ARRAYS = {"W": ("n", "m"), "S": ("n", "n"), "g": ("n",), "h": ("m",), "X": ("n", "p"), "c": ()}
W, S, G, H = (
    Entry(Name(name), letters)
    for name, letters in (("W", ("i", "j")), ("S", ("i", "k")), ("g", ("k",)), ("h", ("j",)))
)
ENTRIES = (
    (Total(Op("multiply", (S, G)), "k"), "i"),
    (Op("multiply", (G, H)), "kj"),
    (Op("multiply", (H, G)), "kj"),
    (Op("add", (W, Op("negative", (Entry(Name("W"), (1, "j")),)))), "ij"),
    (Total(W, "i"), "j"),
    (Total(Total(W, "i"), "j"), ""),
    (Op("multiply", (Total(H, "i"), W)), "ij"),
    (Entry(Name("S"), ("i", "i")), "i"),
    (Op("multiply", (Delta("i", "k"), Entry(Name("g"), ("i",)))), "ik"),
    (Op("subtract", (Delta("i", "i"), Total(Op("exp", (S,)), "k"))), "i"),
    (Op("divide", (Op("exp", (G,)), Total(Op("exp", (G,)), "k"))), "k"),
    (Op("multiply", (Entry(Op("transpose", (Name("W"),)), ("j", "i")), Name("c"))), "ij"),
)


def writer_of():
    identifiers = Identifiers()
    names_of = {Name(name): identifiers.new(name) for name in ARRAYS}
    shapes = {Name(name): shape for name, shape in ARRAYS.items()} | {
        Op("transpose", (Name("W"),)): ("m", "n")
    }
    return Writer(RULES, shapes.__getitem__, names_of, {dim: f"size_{dim}" for dim in SIZES}, identifiers)


def run_text(text, writer):
    """The value of one expression, at arrays that are always the same."""
    arrays = {
        name: np.cos(np.arange(np.prod([SIZES[d] for d in shape]))).reshape([SIZES[d] for d in shape])
        for name, shape in ARRAYS.items()
    }
    functions = {name: vars(library)[name] for name in library_texts()}
    sizes = {f"size_{dim}": size for dim, size in SIZES.items()}
    found = eval(
        compile(ast.parse(text, mode="eval"), "test", "eval"), {"np": np, **functions, **arrays, **sizes}
    )
    return found, Values({Name(name): array for name, array in arrays.items()}, SIZES)


@pytest.mark.parametrize(("formula", "free"), ENTRIES)
def test_index_formulas(formula, free):
    writer = writer_of()
    dims = {"i": "n", "j": "m", "k": "n"}
    text = write_entries(writer, formula, [(letter, dims[letter]) for letter in free]).text
    found, values = run_text(text, writer)
    expected = evaluate_entries(formula, free, values, {letter: SIZES[dims[letter]] for letter in free})
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("name", TENSORS)
def test_constant_tensors(name):
    writer = writer_of()
    found, values = run_text(writer.write(TENSORS[name]).text, writer)
    np.testing.assert_array_equal(found, evaluate(TENSORS[name], values))


# --- what the code is ----------------------------------------------------------------------------------


LAB = {"u": "W @ x + b", "h": "relu(u)", "o": "softmax(h)", "L": "-sum(y * log(o))"}


def function_of(forward, given=None, fixed=False):
    graph = build_graph(read_problem(text_of(forward, given)))
    return Function(graph, graph.leaves, tuple(lines(graph, derive(graph))), fixed)


def test_the_code_reads_as_one_would_write_it():
    text = function_of(LAB).source
    for line in (
        "u = W @ x + b",
        "o = softmax(h)",
        "dW = np.outer(du, x)",
        "du = dh * relu_prime(u)",
        "# W: n, m",
    ):
        assert f"    {line}\n" in text


def test_the_source_runs_on_its_own():
    """The text shown is a module that needs NumPy alone, and gives what the compiled function gives."""
    function = function_of(LAB)
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=shape) for shape in ((4, 3), (3,), (4,), (4,))]
    assert function.leaves == ("W", "x", "b", "y")
    script = (
        f"{function.source}\nimport sys\nassert not any(name.startswith('symgrad') for name in sys.modules)\n"
        f"values = forward_and_backward(*map(np.array, {[array.tolist() for array in arrays]}))\n"
        "print([np.asarray(value).tolist() for group in values for value in group])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found = [value for group in function.call(*arrays) for value in group]
    for shown, value in zip(ast.literal_eval(done.stdout), found, strict=True):
        np.testing.assert_array_equal(shown, value)


HUGE = np.array([-1e4, -800.0, -40.0, 0.0, 40.0, 800.0, 1e4])


@pytest.mark.parametrize(
    "formula",
    ["sigmoid(x)", "softplus(x)", "silu(x)", "gelu(x)", "elu(x)", "tanh(x)", "softmax(x)", "log_softmax(x)"],
)
def test_stable_far_out(formula):
    function = function_of({"y": formula, "L": "sum(y * c)"}, {"x": HUGE, "c": np.arange(7.0)})
    problem = read_problem(text_of({"y": formula, "L": "sum(y * c)"}, {"x": HUGE, "c": np.arange(7.0)}))
    graph = function.graph
    expected = by_formulas(graph, derive(graph), problem.given)
    with np.errstate(all="ignore"):
        found = function.call(*(problem.given[leaf] for leaf in function.leaves))
    for line, value in zip(function.lines, (*found[0], *found[1]), strict=True):
        assert np.isfinite(value).all()
        np.testing.assert_allclose(value, expected[line.target], rtol=1e-9, atol=1e-300)


# --- walls ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["W1", "lambda", "np", "__import__('os')", "x\n    import os", "é", "", "1", "print", "a;b", "None"],
)
def test_an_identifier_is_made_of_our_own_letters(text):
    names_made = Identifiers(["np"])
    made = [names_made.new(text) for _ in range(3)]
    assert len({*made}) == 3
    for name in made:
        assert name.isidentifier()
        assert name.isascii()
        assert not name.startswith("_")
        assert name not in ("np", "lambda", "None")


def test_names_of_python_and_numpy_are_only_names():
    """A problem may call its quantities as Python, NumPy or the code call theirs."""
    forward = {
        "np": "lambda * exec + sum(softmax_prime**2)",
        "dlambda": "np**2",
        "relu_prime": "tanh(dlambda)",
    }
    forward["forward_and_backward"] = "relu_prime + sum(relu(softmax_prime)) + len + t"
    given = {"lambda": 0.3, "exec": 0.5, "softmax_prime": [0.1, -0.2], "len": 1, "t": 2}
    assert_agree(read_problem(text_of(forward, given)))


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "def f(x):\n    return __import__('os')",
        "def f(x):\n    return x.__class__",
        "def f(x):\n    return np.load(x)",
        "def f(x):\n    return np.lib",
        "def f(x):\n    return 'text'",
        "def f(x):\n    return open",
        "def f(x):\n    return [y for y in x]",
        "def f(x):\n    return (lambda: x)()",
        "@x\ndef f(x):\n    return x",
        "def f(x):\n    return f'{x}'",
        "def f(other):\n    return other",
    ],
)
def test_the_check_refuses_what_the_code_has_no_reason_to_hold(text):
    with pytest.raises(ValueError, match="generated code must not hold"):
        check(text, {"x", "y", "f", "np"})


def test_the_check_lets_arithmetic_through():
    check(
        "def f(x):\n    y = np.sum(x[:, None] * 2.5, axis=1)\n    return -y.T @ x, (np.inf,)",
        {"x", "y", "f", "np"},
    )


def test_a_size_of_three_does_not_divide_by_pythons_zero():
    formula = {"L": "sum(x) / (3 - n)"}
    problem = read_problem(text_of(formula, {"x": [1.0, 2.0, 3.0]}, shapes={"x": ["n"]}))
    graph = build_graph(problem)
    cut = program(graph, derive(graph), problem.given)
    assert cut.run(problem.given)[Name("L")] == np.inf

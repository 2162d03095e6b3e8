"""Operations on places (conv2d, maxpool2d, flatten, concat, where) against loops, and their known values."""

import mpmath
import numpy as np
import pytest
from support import assert_close, solve

from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values
from symgrad.numbers.spaces import DIGITS, EXACT, FLOATS
from symgrad.operations.bilinear import bilinear
from symgrad.reading.problem import read_problem
from symgrad.tree import Entry, Name, Op, Total, names, walk

RANDOM = np.random.default_rng(7)
LEAVES = {
    "X": RANDOM.uniform(-2, 2, (5, 6)),
    "Y": RANDOM.uniform(-2, 2, (3, 6)),
    "K": RANDOM.uniform(-2, 2, (2, 3)),
    "L": RANDOM.uniform(-2, 2, (3, 3)),
    "x": RANDOM.uniform(-2, 2, 5),
    "y": RANDOM.uniform(-2, 2, 3),
    "c": np.array(0.3),
}


def conv2d(x, k, stride=1, padding=0):
    """By its definition, place by place."""
    x = np.pad(x, padding)
    rows, columns = ((n - m) // stride + 1 for n, m in zip(x.shape, k.shape, strict=True))
    found = np.empty((rows, columns), dtype=object)
    for i, j in np.ndindex(found.shape):
        window = x[stride * i : stride * i + k.shape[0], stride * j : stride * j + k.shape[1]]
        found[i, j] = np.sum(window * k)
    return found


def maxpool2d(x, size, stride=None):
    """By its definition, place by place."""
    stride = stride or size
    found = np.empty(tuple((n - size) // stride + 1 for n in x.shape), dtype=object)
    for i, j in np.ndindex(found.shape):
        found[i, j] = max(x[stride * i : stride * i + size, stride * j : stride * j + size].ravel())
    return found


FUNCTIONS = {name: np.frompyfunc(getattr(mpmath, name), 1, 1) for name in ("exp", "log", "sqrt", "tanh")}
REFERENCE = {
    **FUNCTIONS,
    "conv2d": conv2d,
    "maxpool2d": maxpool2d,
    "flatten": np.ravel,
    "concat": lambda *parts, axis=0: np.concatenate(parts, axis),
    "where": np.where,
    "sum": np.sum,
    "mean": np.mean,
    "dot": np.dot,
}

FORMULAS = [
    "sum(conv2d(X, K)**2)",
    "sum(conv2d(X, K))",
    "mean(conv2d(X, K, stride=2) * 3)",
    "sum(tanh(conv2d(X, L, padding=1, stride=2)))",
    "sum(conv2d(X, L, padding=2, stride=3)**2)",
    "sum(X * conv2d(X, L, padding=1))",
    "sum(conv2d(conv2d(X, K), L)**2)",
    "sum(conv2d(X, X[0:2, 1:3])**2)",
    "sum((conv2d(X.T, L) @ y)**2)",
    "sum(maxpool2d(X, 2)**2)",
    "sum(maxpool2d(X, 3, stride=1)**2)",
    "sum(maxpool2d(X, 2, stride=3)**2)",
    "sum(maxpool2d(conv2d(X, K), 2)**2)",
    "sum(flatten(X)**2)",
    "sum(flatten(x)**2)",
    "dot(flatten(L @ L.T), flatten(L))",
    "sum((flatten(maxpool2d(X, 2)) - c)**3)",
    "sum(concat(x, y, x)**2)",
    "log(sum(exp(concat(x, 2 * y))))",
    "sum(concat(x, y))",
    "sum(concat(X, Y)**3)",
    "sum(concat(L, Y, axis=1)**3)",
    "sum((concat(L, Y, axis=-1).T @ y)**2)",
    "sum(where(x > 0, x**2, 3 * x))",
    "sum(where(X < c, X**2, c))",
    "sum(where(x >= 0, sqrt(x), -sqrt(-x)))",
    "sum(where(x <= 0, exp(x), log(x)) * x)",
    "where(c > 1, c**2, c**3)",
    "sum(where(L > y, L @ L, 0)**2)",
    "sum(where(L == L, L**2, y))",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_gradients_of_loops(formula):
    used = {name: LEAVES[name] for name in names(formula_of(formula))}
    solved = solve({"f": formula}, used)
    for name, gradient in solved.gradients().items():
        if name in used:
            assert_close(gradient, differences(formula, used, name), 13, f"∂/∂{name}")
            assert solved.derivation.gradients[name].matrix_form is not None


def formula_of(text):
    return read_problem(f"forward: {{f: '{text}'}}").formulas["f"].formula


def differences(formula, leaves, name):
    """Central differences of the formula's own text, evaluated by the loops above in 50 digits."""
    with mpmath.workdps(DIGITS):
        exact = {
            key: np.frompyfunc(mpmath.mpf, 1, 1)(np.asarray(value, object)) for key, value in leaves.items()
        }
        centre, step = np.asarray(exact[name], object), mpmath.mpf(10) ** -17
        found = np.empty(centre.shape, dtype=object)
        for where in np.ndindex(centre.shape):
            sides = []
            for sign in (1, -1):
                moved = centre.copy()
                moved[where] += sign * step
                sides.append(np.sum(eval(formula, REFERENCE, {**exact, name: moved})))
            found[where] = (sides[0] - sides[1]) / (2 * step)
    return found


def test_a_convolution_worked_by_hand():
    given = {
        "a": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        "w": [[1, 0], [0, -1]],
        "b": 0,
        "delta": [[1, 2], [3, 4]],
    }
    solved = solve({"z": "conv2d(a, w) + b", "L": "sum(delta * z)"}, given, backward={"wrt": ["w", "b", "a"]})
    gradients = solved.gradients()
    assert gradients["w"].tolist() == [[37, 47], [67, 77]]
    assert gradients["a"].tolist() == [[1, 2, 0], [3, 3, -2], [0, -3, -4]]
    assert gradients["b"] == 10


def test_the_way_back_through_a_convolution_is_proved_for_all_sizes():
    derivation = solve(
        {"L": "sum(conv2d(X, K, stride=2, padding=1)**2)"}, {k: LEAVES[k] for k in "XK"}
    ).derivation
    for name, operation in (("X", "full_conv2d"), ("K", "kernel_conv2d")):
        gradient = derivation.gradients[name]
        assert operation in {node.name for node in walk(gradient.result) if isinstance(node, Op)}
        (proof,) = {
            step.proof for path in gradient.paths for step in path.steps if step.rule == "matrix-form"
        }
        assert proof == "identity"


KINKS = [
    ("sum(maxpool2d(X, 2))", "X", [[1, 1], [1, 0]], [[1 / 3, 1 / 3], [1 / 3, 0]]),
    ("sum(maxpool2d(X, 2, stride=1))", "X", [[0, 2, 0], [0, 0, 0]], [[0, 2, 0], [0, 0, 0]]),
    ("sum(where(x > 0, x, 3 * x))", "x", [0, 1, -1], [3, 1, 3]),
    ("sum(where(x >= 0, x, 3 * x))", "x", [0, 1, -1], [1, 1, 3]),
    ("sum(where(x == 1, x, 3 * x))", "x", [0, 1, -1], [3, 1, 3]),
]


@pytest.mark.parametrize(("formula", "name", "at", "expected"), KINKS)
def test_kinks(formula, name, at, expected):
    assert_close(solve({"f": formula}, {name: at}).gradients()[name], expected, 15)


def test_what_is_not_chosen_may_be_undefined():
    found = solve({"f": "sum(where(x > 0, log(x), 2 * x))"}, {"x": [0.0, -1.0, 4.0]}).gradients()["x"]
    assert found.tolist() == [2, 2, 0.25]


def test_symbolic_sizes_get_names():
    problem = read_problem(
        "forward: {z: 'conv2d(X, K)', f: flatten(z), g: 'concat(f, s)', L: sum(g)}\n"
        "shapes: {X: [n, m], K: [k, k], s: [r]}"
    )
    graph = build_graph(problem)
    assert len({*graph.shapes["z"], *graph.shapes["f"], *graph.shapes["g"], "n", "m", "k", "r"}) == 8


MISFITS = [
    ("conv2d(X, K)", {"X": (2, 2), "K": (3, 3)}, "nothing is left"),
    ("conv2d(X, x)", {"X": (2, 2), "x": (2,)}, "a kernel, which is a matrix too"),
    ("maxpool2d(X, 3)", {"X": (2, 2)}, "nothing is left"),
    ("maxpool2d(x, 3)", {"x": (2,)}, "maxpool2d is of a matrix"),
    ("flatten(c)", {"c": ()}, "not a scalar"),
    ("concat(X, x)", {"X": (2, 2), "x": (2,)}, "vectors with vectors"),
    ("concat(X, Y)", {"X": (2, 2), "Y": (2, 3)}, "2 does not match 3"),
    ("concat(X, Y, axis=1)", {"X": (2, 2), "Y": (3, 2)}, "2 does not match 3"),
    ("concat(x, y, axis=1)", {"x": (2,), "y": (2,)}, "axis 1 of an array with 1 axis"),
    ("det(X)", {"X": (2, 3)}, "2 does not match 3"),
    ("inv(x)", {"x": (2,)}, "of a square matrix"),
    ("where(x > y, x, y)", {"x": (2,), "y": (3,)}, "2 does not match 3"),
]


@pytest.mark.parametrize(("formula", "shapes", "reason"), MISFITS)
def test_shapes_that_do_not_fit(formula, shapes, reason):
    given = "\n".join(f"  {name}: {np.ones(shape).tolist()}" for name, shape in shapes.items())
    with pytest.raises(InputError, match=reason) as caught:
        build_graph(read_problem(f"forward:\n  f: {formula}\ngiven:\n{given}"))
    assert caught.value.place is not None


def test_the_numbers_of_a_window_entry_by_entry_are_those_of_the_whole():
    """p = si + a − padding and q = sj + b − padding, over all six letters and summed over some."""
    sizes = (3, 4, 2, 3, 5, 8)
    options = (("padding", 1), ("shape", sizes), ("stride", 2))
    window = Op("window", (), options)
    values = Values({Name("X"): np.arange(40.0).reshape(5, 8)}, {n: n for n in sizes}, FLOATS)
    i, j, a, b, p, q = np.indices(sizes)
    expected = ((p == 2 * i + a - 1) & (q == 2 * j + b - 1)).astype(float)
    found = evaluate_entries(Entry(window, tuple("ijabpq")), tuple("ijabpq"), values, {})
    assert (found == expected).all()
    body = Op("multiply", (Entry(window, tuple("ijabpq")), Entry(Name("X"), ("p", "q"))))
    summed = evaluate_entries(Total(Total(body, "q"), "p"), tuple("ijab"), values, {})
    assert (summed == np.einsum("ijabpq,pq->ijab", expected, np.arange(40.0).reshape(5, 8))).all()


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("share", [0, 0.2, 1])
def test_sums_that_skip_zeros_are_those_of_numpy(axis, share):
    array = RANDOM.integers(1, 9, (3, 4, 5)) * (RANDOM.random((3, 4, 5)) < share)
    for one in (array, array[:, :1, :1], array[0, :, 0]):
        along = axis % one.ndim
        with mpmath.workdps(DIGITS):
            found = EXACT.sums(EXACT.array(one), along)
        assert (found.astype(int) == one.sum(axis=along, keepdims=True)).all()


@pytest.mark.parametrize(
    "entry", [mpmath.mpf(1) / 3, mpmath.nan, mpmath.inf, mpmath.mpf(2) ** -9_000, mpmath.mpc(1, 2), 3]
)
def test_whole_numbers_give_what_the_numbers_give(entry):
    """Also where one of them is no number that could be whole, or the lengths are too far apart."""
    with mpmath.workdps(50):
        a = np.array([[mpmath.mpf(-2) / 7, mpmath.mpf(0)], [mpmath.mpf(2) ** 40, entry]], dtype=object)
        b = np.array([mpmath.mpf(5) / 11, mpmath.mpf(-1) / 9], dtype=object)
        for found, exact in zip(bilinear(np.dot, a, b), np.dot(a, b), strict=True):
            assert found == exact or abs(found - exact) < abs(exact) * mpmath.mpf(10) ** -45 or exact != exact
            assert type(found) is type(exact)

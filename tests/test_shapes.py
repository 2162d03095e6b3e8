"""Shapes: inferred for all sizes, checked at the numbers, and explained where they do not fit."""

import pytest
from support import solve, text_of

from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.reading.problem import read_problem


def graph_of(forward, **sections):
    return build_graph(read_problem(text_of(forward, **sections)))


def ranks(graph):
    return {name: len(shape) for name, shape in graph.shapes.items()}


def test_shapes_follow_from_the_declared_ones():
    graph = graph_of({"h": "W @ x + b", "J": "sum(h)"}, shapes={"W": ["m", "n"]})
    assert dict(graph.shapes) == {"W": ("m", "n"), "x": ("n",), "b": ("m",), "h": ("m",), "J": ()}
    assert graph.sizes == {}


def test_the_users_size_names_win():
    graph = graph_of({"J": "sum(A @ B)"}, shapes={"B": ["inner", "right"], "A": [4, "k"]})
    assert graph.shapes["A"][1] == graph.shapes["B"][0]
    assert graph.shapes["B"][1] == "right"
    assert graph.sizes[graph.shapes["A"][0]] == 4


def test_equal_numbers_are_not_equal_dimensions():
    """A 2×2 problem is derived as for all sizes: nothing may rest on 2 = 2."""
    given = {"W": [[1, 2], [3, 4]], "x": [1, 2], "V": [[1, 2], [3, 4]]}
    graph = graph_of({"h": "W @ x", "o": "V @ h", "J": "sum(o)"}, given=given)
    rows, columns = graph.shapes["W"]
    assert rows != columns
    assert graph.shapes["V"] == (graph.shapes["o"][0], rows)
    assert len({rows, columns, graph.shapes["o"][0]}) == 3


def test_a_one_that_is_stretched_is_called_1():
    graph = graph_of({"M": "C * r", "J": "sum(M)"}, given={"C": [[1], [2]], "r": [[1, 2, 3]]})
    assert graph.shapes["C"][1] == 1
    assert graph.shapes["r"][0] == 1
    assert graph.shapes["M"] == (graph.shapes["C"][0], graph.shapes["r"][1])


def test_a_one_that_is_not_stretched_is_a_size_like_others():
    graph = graph_of({"h": "W @ x", "J": "sum(h)"}, given={"W": [[1], [2]], "x": [3]})
    assert graph.shapes["W"][1] == graph.shapes["x"][0] != 1


@pytest.mark.parametrize("formula", ["(pi * x)[0]", "sum(outer(x, pi * x)[-1])"])
def test_the_number_pi_in_what_is_indexed(formula):
    assert graph_of({"J": formula}, shapes={"x": ["n"]}).shapes == {"x": ("n",), "J": ()}


def test_the_number_pi_in_a_fact():
    assert graph_of({"J": "sum(x)"}, shapes={"x": [2]}, assume=["x[0] == pi"]).sizes


@pytest.mark.parametrize(
    ("forward", "expected"),
    [
        ({"J": "sum(W @ x + b)"}, {"W": 2, "x": 1, "b": 1}),
        ({"J": "alpha * sum(x**2)"}, {"alpha": 0, "x": 1}),
        ({"z": "w @ x + b", "J": "(z - y)**2"}, {"w": 1, "x": 1, "b": 0, "y": 0}),
        ({"J": "trace(A @ B)"}, {"A": 2, "B": 2}),
        ({"J": "norm(A)"}, {"A": 2}),
        (
            {"z": "w @ x + b", "J": "(z - y)**2 + " + " + ".join(f"sum(p{n} * q{n})" for n in range(8))},
            {"w": 1, "x": 1, "b": 0, "y": 0, **{f"{name}{n}": 1 for name in "pq" for n in range(8)}},
        ),
    ],
)
def test_ranks_that_nobody_stated_follow_habit(forward, expected):
    graph = graph_of(forward)
    assert {name: ranks(graph)[name] for name in expected} == expected
    assert ranks(graph)["J"] == 0
    assert set(graph.assumed) == set(expected)


@pytest.mark.parametrize(
    ("forward", "expected"),
    [
        ({"K": "sf**2 * exp(-D / (2*ell**2))", "J": "sum(G * K)"}, {"sf": 0, "ell": 0, "D": 2, "G": 2}),
        ({"J": "sum(sf**2 * exp(-d / (2*h**2)))"}, {"sf": 0, "h": 0, "d": 1}),
        ({"J": "sum(-(x - m)**2 / (2*s**2))"}, {"x": 1, "m": 1, "s": 0}),
        ({"J": "sum(abs(x)**p)"}, {"x": 1, "p": 0}),
        ({"J": "sum((1 - exp(x))**g * x)"}, {"x": 1, "g": 0}),
        ({"J": "sum((X @ w - y)**2) + lam1 * sum(w**2)"}, {"X": 2, "w": 1, "y": 1, "lam1": 0}),
        ({"J": "sum(sigma_f**2 * exp(-X))"}, {"sigma_f": 0, "X": 2}),
        ({"z": "X @ w / temp", "J": "sum(z)"}, {"temp": 0, "X": 2, "w": 1}),
        # what is counted entry by entry stays a vector
        ({"J": "sum(y * log(o))"}, {"y": 1, "o": 1}),
        ({"J": "sum(w * x**2)"}, {"w": 1, "x": 1}),
        ({"J": "sum(p * log(p / q))"}, {"p": 1, "q": 1}),
        ({"J": "sum(x**2 * exp(-x))"}, {"x": 1}),
    ],
)
def test_what_only_scales_is_a_scalar(forward, expected):
    assert {name: ranks(graph_of(forward))[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "sections", "product"),
    [
        ("r.T @ r", {"shapes": {"r": ["n"]}}, "r @ r"),
        ("r.T @ r", {}, "r @ r"),
        ("r.T @ A @ r", {}, "r @ A @ r"),
        ("(X @ w - y).T @ (X @ w - y)", {"shapes": {"X": ["n", "d"]}}, "(X @ w - y) @ (X @ w - y)"),
        ("(X @ w - y).T @ (X @ w - y) / 2", {}, "(X @ w - y) @ (X @ w - y)"),
        ("lam * w.T @ w", {}, "lam * w @ w"),
        ("2 * w.T @ x + b", {}, "2 * w @ x"),
        ("-x.T @ S @ x", {"given": {"x": [1, 2], "S": [[1, 0], [0, 1]]}}, "-x @ S @ x"),
        ("sum(r.T @ r)", {}, "r @ r"),
        ("A @ r.T", {"shapes": {"A": ["m", "n"], "r": ["n"]}}, "A @ r"),
    ],
)
def test_a_vector_needs_no_transpose_and_is_never_taken_for_a_matrix(text, sections, product):
    with pytest.raises(InputError, match=r"outer\(a, b\)") as caught:
        graph_of({"J": text}, **sections)
    assert (
        f"did you mean {product}?" in caught.value.hint or f"did you mean {product}, or" in caught.value.hint
    )


def test_a_lower_case_matrix_may_be_transposed_where_that_is_no_square():
    assert ranks(graph_of({"J": "sum(softmax(q @ k.T))"}))["k"] == 2
    assert ranks(graph_of({"J": "sum(tanh(x.T @ d))"}, shapes={"d": ["n", "m"]}))["x"] == 2


FAULTS = [
    ("W @ x", {"W": [[1, 2], [3, 4], [5, 6]], "x": [1, 2, 3]}, "W.T"),
    ("x @ W", {"W": [[1, 2, 3]], "x": [1, 2, 3]}, "W.T"),
    ("A @ B", {"A": [[1, 2, 3]] * 2, "B": [[1, 2]] * 4}, "other way round"),
    ("a @ b", {"a": [1, 2], "b": [1, 2, 3]}, "outer"),
    ("a + b", {"a": [1, 2], "b": [1, 2, 3]}, "check the shapes"),
    ("x.T", {"x": [1, 2]}, "check the shapes"),
    ("softmax(W)", {"W": [[1, 2]]}, "check the shapes"),
    ("x[5]", {"x": [1, 2]}, "check the shapes"),
    ("x[2:2]", {"x": [1, 2]}, "check the shapes"),
    ("trace(W)", {"W": [[1, 2]]}, "check the shapes"),
    ("sum(x, axis=1)", {"x": [1, 2]}, "check the shapes"),
]


@pytest.mark.parametrize(("text", "given", "hint"), FAULTS, ids=[row[0] for row in FAULTS])
def test_what_does_not_fit_is_shown_at_its_place(text, given, hint):
    with pytest.raises(InputError) as caught:
        graph_of({"ok": "1", "h": text, "J": "sum(h)"}, given=given)
    error = caught.value
    assert text in error.message
    assert hint in error.hint
    assert error.place.line == 1
    assert error.place.text[error.place.column - 1 :].startswith(text)


def test_the_message_names_both_shapes():
    with pytest.raises(InputError, match=r"\(3, 2\) and \(3,\).*2 does not match 3"):
        graph_of({"h": "W @ x", "J": "sum(h)"}, given={"W": [[1, 2]] * 3, "x": [1, 2, 3]})


def test_two_lines_that_contradict_each_other():
    with pytest.raises(InputError, match="do not fit"):
        graph_of({"a": "W @ x", "b": "W @ z", "J": "sum(a) + sum(b)"}, given={"x": [1, 2], "z": [1, 2, 3]})


SHAPES = {"W": (3, 2), "x": (2,), "b": (3,), "V": (4, 3), "y": (4,)}
FORWARD = {
    "h": "relu(W @ x + b)",
    "o": "softmax(V @ h)",
    "J": "-sum(y * log(o)) + norm(W)**2 / 2 + mean(h) + var(b)",
}


def widened(factor):
    return {name: [n * factor for n in shape] for name, shape in SHAPES.items()}


@pytest.mark.parametrize("factor", [5, 200])
def test_the_derivation_does_not_depend_on_the_sizes(factor):
    """Digit for digit the same steps for 3 and for 600 units."""
    small, wide = (solve(FORWARD, shapes=widened(times)).derivation for times in (1, factor))
    assert small.gradients == wide.gradients
    assert small.jacobians == wide.jacobians


def test_numbers_do_not_change_the_derivation():
    numbers = {
        name: [[0.5] * shape[-1]] * shape[0] if len(shape) == 2 else [0.5] * shape[0]
        for name, shape in SHAPES.items()
    }
    with_numbers = solve(FORWARD, numbers).derivation
    symbolic = solve(
        FORWARD, shapes={"W": ["n", "m"], "x": ["m"], "b": ["n"], "V": ["k", "n"], "y": ["k"]}
    ).derivation
    assert {n: g.matrix_form for n, g in with_numbers.gradients.items()} == {
        n: g.matrix_form for n, g in symbolic.gradients.items()
    }


# --- constant arrays ------------------------------------------------------------------------------------

CONSTANTS = [
    ("A.T @ A + eye(d)", {"given": {"A": [[1, 2, 3], [4, 5, 6]]}}, {"d": 3}),
    ("A.T @ A + eye(3)", {"given": {"A": [[1, 2, 3], [4, 5, 6]]}}, {"m": 3}),
    ("A - eye(n)", {"shapes": {"A": ["n", "n"]}}, {}),
    ("A @ ones(n) + zeros((2,))", {"shapes": {"A": [2, "n"]}}, {}),
]


@pytest.mark.parametrize(("text", "sections", "sizes"), CONSTANTS)
def test_sizes_of_constant_arrays_are_numbers_or_what_the_shapes_show(text, sections, sizes):
    graph = graph_of({"h": text, "J": "sum(h**2)"}, **sections)
    assert {size: graph.sizes.get(size) for size in sizes} == sizes


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("sum(eye(k)) * x", "no array has the size 'k'", "name it under 'shapes'"),
        ("sum(eye(x)) * x", "'x' is a quantity here, no size", "another name"),
        ("sum(eye(2, 3)) * x", "eye takes one size", "write eye(n)"),
        ("sum(ones()) * x", "ones takes at most 5 sizes", "write ones(n, m)"),
        ("sum(ones(1, 2, 3, 4, 5, 6)) * x", "ones takes at most 5 sizes", "write ones(n, m)"),
        ("sum(zeros(0)) * x", "this is no size", "a whole number"),
        ("sum(zeros(2 * x)) * x", "this is no size", "a whole number"),
    ],
)
def test_a_size_that_is_none_is_shown_at_its_place(text, message, hint):
    with pytest.raises(InputError, match=message.replace("(", r"\(")) as caught:
        graph_of({"J": text}, shapes={"x": []})
    assert hint in caught.value.hint

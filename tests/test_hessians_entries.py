"""Second derivatives of what has no array form, entry by entry, beside those of autograd."""

import re

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, jacobian
from reporting import report
from support import assert_close, text_of

from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.notation.notations import NOTATIONS
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.writing.html import to_html
from symgrad.writing.markdown import to_markdown
from symgrad.writing.tex import to_tex

RNG = np.random.default_rng(12)


def numbers(*shape):
    return RNG.normal(size=shape).round(2)


def along(x, k, axis, stride=1, padding=0):
    """The windows of length k along one axis: their places, then the places in them."""
    if padding:
        zeros = anp.zeros([padding if n == axis else m for n, m in enumerate(x.shape)])
        x = anp.concatenate([zeros, x, zeros], axis=axis)
    places = range(0, x.shape[axis] - k + 1, stride)
    return anp.stack([x[(slice(None),) * axis + (slice(p, p + k),)] for p in places], axis=axis)


def conv1d(x, k, stride=1, padding=0):
    return anp.dot(along(x, k.shape[0], 0, stride, padding), k)


def conv1d_channels(x, k):
    return anp.einsum("nclw,ocw->nol", along(x, k.shape[2], 2), k)


def conv2d_channels(x, k):
    rows = along(x, k.shape[2], 2)
    return anp.einsum("ncihjw,ochw->noij", along(rows, k.shape[3], 4), k)


def kron(a, b):
    whole = a[:, None, :, None] * b[None, :, None, :]
    return anp.reshape(whole, (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


def prod(x, axis=None):
    found = 1.0
    whole = anp.ravel(x) if axis is None else x
    for n in range(whole.shape[-1]):
        found = found * whole[..., n]
    return found


X, K = numbers(5), numbers(2)
CX, CK = numbers(2, 2, 4), numbers(2, 2, 2)
IX, IK = numbers(1, 2, 3, 3), numbers(2, 2, 2, 2)
A, B, M = numbers(2, 2), numbers(2, 3), numbers(2, 3)
CASES = {
    "conv1d": ({"c": "conv1d(x, k)", "L": "sum(c**3)"}, (X, K), lambda x, k: anp.sum(conv1d(x, k) ** 3)),
    "conv1d with stride and padding": (
        {"c": "conv1d(x, k, stride=2, padding=1)", "L": "sum(tanh(c))"},
        (X, K),
        lambda x, k: anp.sum(anp.tanh(conv1d(x, k, 2, 1))),
    ),
    "conv1d with channels": (
        {"c": "conv1d(x, k)", "L": "sum(exp(c))"},
        (CX, CK),
        lambda x, k: anp.sum(anp.exp(conv1d_channels(x, k))),
    ),
    "conv2d with channels": (
        {"c": "conv2d(x, k)", "h": "tanh(c)", "L": "sum(h**2)"},
        (IX, IK),
        lambda x, k: anp.sum(anp.tanh(conv2d_channels(x, k)) ** 2),
    ),
    "kron": ({"c": "kron(x, k)", "L": "sum(c**3)"}, (A, B), lambda x, k: anp.sum(kron(x, k) ** 3)),
    "prod": ({"p": "x * k", "L": "prod(p)"}, (M[0], M[1]), lambda x, k: prod(x * k)),
    "prod of rows": (
        {"p": "prod(x + k, axis=1)", "L": "sum(p**2)"},
        (M, M[0]),
        lambda x, k: anp.sum(prod(x + k, 1) ** 2),
    ),
}
PAIRS = (("x", "x"), ("k", "k"), ("x", "k"), ("k", "x"))


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
@pytest.mark.parametrize(("lines", "point", "function"), CASES.values(), ids=CASES)
def test_they_agree_with_autograd(lines, point, function, pair):
    backward = {"of": "L", "hessians": [pair[0] if pair[0] == pair[1] else list(pair)]}
    given = dict(zip("xk", (array.tolist() for array in point), strict=True))
    (found,) = solve(read_problem(text_of(lines, given, backward=backward))).hessians
    places = {"x": 0, "k": 1}
    expected = jacobian(grad(function, places[pair[0]]), places[pair[1]])(*point)
    assert_close(found.whole.value, expected, 9)
    assert found.whole.proof in ("identity", "numeric")


def test_a_product_is_right_where_factors_are_zero():
    source = text_of({"L": "prod(x)"}, {"x": [0, 0, 3, 5]}, backward={"of": "L", "hessians": ["x"]})
    (found,) = solve(read_problem(source)).hessians
    expected = np.zeros((4, 4))
    expected[0, 1] = expected[1, 0] = 15
    assert_close(found.whole.value, expected, 12)


def test_the_second_derivative_through_a_window_of_maxima():
    lines = {"p": "maxpool2d(X, 2)", "L": "sum(p**3)"}
    given = {"X": [[1, 2, 5, 3], [4, 3, 2, 1]]}
    (found,) = solve(read_problem(text_of(lines, given, backward={"of": "L", "hessians": ["X"]}))).hessians
    expected = np.zeros((2, 4, 2, 4))
    expected[1, 0, 1, 0], expected[0, 2, 0, 2] = 24, 30
    assert_close(found.whole.value, expected, 12)


# --- a given upstream gradient ----------------------------------------------------------------------------

G = numbers(2)
W, V = numbers(2, 3), numbers(3)
SEEDED = {
    "tanh": ({"y": "tanh(W @ x)"}, lambda w, x: anp.dot(G, anp.tanh(anp.dot(w, x)))),
    "softmax": (
        {"z": "W @ x", "y": "softmax(z)"},
        lambda w, x: anp.dot(G, anp.exp(anp.dot(w, x))) / anp.sum(anp.exp(anp.dot(w, x))),
    ),
}


@pytest.mark.parametrize("pair", [("x", "x"), ("W", "x"), ("W", "W")], ids="-".join)
@pytest.mark.parametrize(("lines", "function"), SEEDED.values(), ids=SEEDED)
def test_with_a_seed_it_is_that_of_the_seed_times_y(lines, function, pair):
    backward = {"of": "y", "seed": "g", "hessians": [pair[0] if pair[0] == pair[1] else list(pair)]}
    given = {"W": W.tolist(), "x": V.tolist(), "g": G.tolist()}
    (found,) = solve(read_problem(text_of(lines, given, backward=backward))).hessians
    places = {"W": 0, "x": 1}
    expected = jacobian(grad(function, places[pair[0]]), places[pair[1]])(W, V)
    assert_close(found.whole.value, expected, 9)


def test_the_report_says_that_the_seed_is_held():
    backward = {"of": "y", "seed": "g", "wrt": ["x"], "hessians": ["x"]}
    source = text_of({"y": "tanh(x)"}, {"x": V.tolist(), "g": V.tolist()}, backward=backward)
    assert r"with $\vec{g}$ held fixed" in to_markdown(report(source, "lab", "partial"))


def test_a_step_with_a_seed_is_still_refused():
    source = text_of(
        {"y": "tanh(x)"},
        backward={"of": "y", "seed": "g"},
        update={"rate": 0.1, "parameters": ["x"]},
    )
    with pytest.raises(InputError, match="an update would move"):
        read_problem(source)


# --- written ------------------------------------------------------------------------------------------------


def sources():
    for name, (lines, point, _) in CASES.items():
        given = dict(zip("xk", (array.tolist() for array in point), strict=True))
        yield name, text_of(lines, given, backward={"of": "L", "wrt": ["x"], "hessians": [["x", "k"]]})


WRITTEN = dict(sources())


@pytest.mark.parametrize(
    ("name", "notation"),
    [*((name, "partial") for name in WRITTEN), *(("conv1d", notation) for notation in NOTATIONS)],
)
def test_what_is_written_is_read_back(name, notation):
    source = WRITTEN[name]
    made = report(source, "lab", notation)
    for write in (to_html, to_tex):
        assert write(made)
    lines = check_text(to_markdown(made), read_problem(source)).lines
    assert [line.line.latex for line in lines if line.verdict in ("wrong", "carried", "unreadable")] == []


def test_small_products_are_written_out():
    source = text_of({"L": "prod(x)"}, {"x": [2, 3, 5]}, backward={"of": "L", "hessians": ["x"]})
    assert r"\begin{bmatrix} 0 & x_3 & x_2 \\ x_3 & 0 & x_1 \\ x_2 & x_1 & 0 \end{bmatrix}" in to_markdown(
        report(source, "lab", "partial")
    )


def test_large_ones_leave_two_factors_out():
    source = text_of({"L": "prod(x)"}, shapes={"x": ["n"]}, backward={"of": "L", "hessians": ["x"]})
    written = to_markdown(report(source, "lab", "partial"))
    assert r"(1 - \delta_{i j}) \prod_{r \ne i, j} x_r" in written.replace(r"\neq", r"\ne")


PRODUCT = "forward: {L: prod(x)}\ngiven: {x: [2, 3, 5, 7]}"


@pytest.mark.parametrize(
    ("line", "verdict"),
    {
        r"(1 - \delta_{ij}) \prod_{k \ne i, j} x_k": "correct",
        r"(1 - \delta_{ij}) \prod_{k \ne i, k \ne j} x_k": "correct",
        r"\prod_{k \ne i, j} x_k": "wrong",
        r"(1 - \delta_{ij}) \prod_{k \ne i} x_k": "wrong",
    }.items(),
)
def test_what_students_write_of_a_product(line, verdict):
    left = r"\frac{\partial^2 L}{\partial x_i \partial x_j} = "
    (judged,) = check_text(f"$${left}{line}$$", read_problem(PRODUCT)).lines
    assert judged.verdict == verdict


def test_a_letter_of_sums_may_run_otherwise_in_each():
    left = r"\sum_a \sum_t C_{a 1} B_{t 1} \mathbf{1}[a = t + 2]"
    right = r"\sum_c \sum_a C_{c 1} B_{a 1} \mathbf{1}[c = a + 2]"
    given = {"A": [[1.5], [2.5]], "B": [[1.25], [3.5]]}
    problem = read_problem(text_of({"C": "kron(A, B)", "L": "sum(C**2)"}, given))
    (judged,) = check_text(f"$${left} = {right}$$", problem).lines
    assert judged.verdict == "correct"


def test_what_an_index_outside_makes_of_a_function_is_not_written():
    """𝟏[i = a + j − 1] stays: e^{c_{i−j+1}} would be 1 where the entry is not there, and is 0."""
    _, text = next(item for item in WRITTEN.items() if item[0] == "conv1d with channels")
    written = to_markdown(report(text, "lab", "partial"))
    assert re.search(r"\\mathbf\{1\}\[\w = \w \+ \w - 1\]", written)

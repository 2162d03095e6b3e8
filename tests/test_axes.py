"""Arrays of more than two axes: values and gradients against autograd, by numbers and by formulas."""

from itertools import product

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from support import assert_close, solve

import symgrad as sg
from symgrad.results.run import run


def padded(x, padding, moved):
    return anp.pad(x, [(0, 0)] * (x.ndim - moved) + [(padding, padding)] * moved, "constant")


def shifted(x, size, stride):
    """What each place of a window sees, as the window moves along the last axes."""
    counts = [(n - m) // stride + 1 for n, m in zip(x.shape[-len(size) :], size, strict=True)]
    for place in product(*map(range, size)):
        ends = zip(place, counts, strict=True)
        yield place, x[(..., *(slice(a, a + stride * (n - 1) + 1, stride) for a, n in ends))]


def convolved(letters):
    def convolve(x, k, stride=1, padding=0):
        moved = len(letters)
        if k.ndim == moved:
            x, k = x[None, None], k[None, None]
            return convolve(x, k, stride, padding)[0, 0]
        seen = shifted(padded(x, padding, moved), k.shape[2:], stride)
        text = f"nc{letters},oc->no{letters}"
        return sum(anp.einsum(text, part, k[(slice(None), slice(None), *place)]) for place, part in seen)

    return convolve


def pooled(reduce):
    def pool(x, size, stride=None):
        return reduce(anp.stack([part for _, part in shifted(x, (size, size), stride or size)]), axis=0)

    return pool


def logsumexp(x, axis=None, keepdims=False):
    return anp.log(anp.sum(anp.exp(x), axis=axis, keepdims=keepdims))


def einsum(text, *arrays):
    """As NumPy's; a letter that stands twice in one array is two letters and an identity matrix."""
    before, arrow, output = text.replace(" ", "").partition("->")
    inputs, eyes = before.split(","), []
    output = output if arrow else "".join(sorted(c for c in set(before) - {","} if before.count(c) == 1))
    for n, letters in enumerate(inputs):
        for letter in {c for c in letters if letters.count(c) > 1}:
            axis = letters.rindex(letter)
            inputs[n] = letters[:axis] + letter.upper() + letters[axis + 1 :]
            eyes.append((letter + letter.upper(), np.eye(arrays[n].shape[axis])))
    subscripts = ",".join([*inputs, *(letters for letters, _ in eyes)])
    return anp.einsum(f"{subscripts}->{output}", *arrays, *(eye for _, eye in eyes))


def softmax(x, axis=None):
    return anp.exp(x - logsumexp(x, axis, keepdims=True))


BY_AUTOGRAD = {
    **{name: getattr(anp, name) for name in ("exp", "log", "sqrt", "tanh", "sum", "mean", "var", "std")},
    **{name: getattr(anp, name) for name in ("max", "min", "cumsum", "reshape", "transpose", "swapaxes")},
    "einsum": einsum,
    "where": anp.where,
    "relu": lambda x: anp.maximum(x, 0),
    "softmax": softmax,
    "log_softmax": lambda x, axis=None: x - logsumexp(x, axis, keepdims=True),
    "logsumexp": logsumexp,
    "norm": lambda x: anp.sqrt(anp.sum(x**2)),
    "flatten": lambda x: anp.reshape(x, -1),
    "stack": lambda *arrays, axis=0: anp.stack(arrays, axis),
    "concat": lambda *arrays, axis=0: anp.concatenate(arrays, axis),
    "conv1d": convolved("i"),
    "conv2d": convolved("ij"),
    "maxpool2d": pooled(anp.max),
    "avgpool2d": pooled(anp.mean),
    "pick": lambda x, y: anp.sum(x * np.eye(x.shape[-1])[y], axis=-1),
}
"""What the functions of formulas are in autograd."""

CASES = {
    "attention": (
        {"Q": (2, 3, 2), "K": (2, 4, 2), "V": (2, 4, 3)},
        {
            "S": "Q @ swapaxes(K, -1, -2) / sqrt(x0)",
            "A": "softmax(S, axis=-1)",
            "L": "sum(m * (A @ V)**2)",
        },
        {"m": (3, 3), "x0": "positive"},
    ),
    "heads": (
        {"X": (3, 4), "W": (4, 4), "U": (4, 4)},
        {
            "Q": "transpose(reshape(X @ W, (3, 2, 2)), (1, 0, 2))",
            "K": "transpose(reshape(X @ U, (3, 2, 2)), (1, 0, 2))",
            "A": "softmax(Q @ swapaxes(K, 1, 2), axis=2)",
            "C": "reshape(transpose(A @ Q, (1, 0, 2)), (3, 4))",
            "L": "sum(tanh(C + X)**2)",
        },
        {},
    ),
    "heads by einsum": (
        {"X": (2, 3, 4), "W": (2, 4, 3), "U": (2, 4, 3), "O": (2, 3, 4)},
        {
            "Q": 'einsum("bte,hek->bhtk", X, W)',
            "K": 'einsum("bse,hek->bhsk", X, U)',
            "S": 'einsum("bhtk,bhsk->bhts", Q, K)',
            "A": "softmax(S, axis=3)",
            "Y": 'einsum("bhts,bhsk,hke->bte", A, K, O)',
            "L": "mean((Y - X)**2)",
        },
        {},
    ),
    "causal mask": (
        {"Q": (2, 3, 2), "K": (2, 3, 2)},
        {
            "S": 'einsum("bqd,bkd->bqk", Q, K)',
            "A": "softmax(where(mask > 0, S, -50), axis=2)",
            "L": "sum(A * Q[:, :, 0:1])",
        },
        {"mask": (3, 3)},
    ),
    "images": (
        {"x": (2, 3, 5, 4), "k": (2, 3, 2, 3), "b": (2,)},
        {
            "Z": "conv2d(x, k, stride=2, padding=1) + reshape(b, (1, 2, 1, 1))",
            "L": "sum(m * relu(Z)**2)",
        },
        {"m": (2, 1, 1)},
    ),
    "two layers and pooling": (
        {"x": (2, 1, 6, 6), "k": (2, 1, 3, 3), "l": (3, 2, 2, 2), "W": (3, 2)},
        {
            "h": "maxpool2d(tanh(conv2d(x, k, padding=1)), 2)",
            "u": "avgpool2d(conv2d(h, l), 2)",
            "f": "reshape(u, (2, 3))",
            "L": "sum((f @ W)**2)",
        },
        {},
    ),
    "global pooling": (
        {"x": (2, 2, 3, 3), "k": (3, 2, 2, 2)},
        {"Z": "conv2d(x, k)", "g": "mean(Z, axis=(2, 3))", "p": "max(Z, axis=(-1, -2))", "L": "sum(g * p)"},
        {},
    ),
    "overlapping windows": (
        {"x": (2, 2, 4, 5)},
        {"P": "maxpool2d(x, 3, stride=1)", "R": "avgpool2d(x, 2, stride=1)", "L": "sum(P**2) + sum(R**3)"},
        {},
    ),
    "one channel of a matrix": ({"x": (5, 5)}, {"P": "avgpool2d(x, 2, stride=3)", "L": "sum(P**2)"}, {}),
    "sequences": (
        {"x": (2, 2, 6), "k": (3, 2, 3), "b": (3,)},
        {"Z": "conv1d(x, k, stride=2, padding=2) + reshape(b, (3, 1))", "L": "sum(tanh(Z))"},
        {},
    ),
    "a sequence": ({"x": (6,), "k": (3,)}, {"Z": "conv1d(x, k, padding=1)", "L": "sum(Z**2)"}, {}),
    "batch norm": (
        {"x": (3, 2, 2, 2), "g": (2,), "b": (2,)},
        {
            "mu": "mean(x, axis=(0, 2, 3), keepdims=True)",
            "v": "var(x, axis=(0, 2, 3), keepdims=True)",
            "y": "reshape(g, (1, 2, 1, 1)) * (x - mu) / sqrt(v + eps) + reshape(b, (1, 2, 1, 1))",
            "L": "sum(m * y**2)",
        },
        {"m": (3, 2, 2, 2), "eps": "positive"},
    ),
    "group norm": (
        {"x": (2, 4, 3), "g": (4, 1)},
        {
            "G": "reshape(x, (2, 2, 2, 3))",
            "N": "(G - mean(G, axis=(2, 3), keepdims=True)) / std(G, axis=(2, 3), keepdims=True)",
            "y": "g * reshape(N, (2, 4, 3))",
            "L": "sum(m * y)",
        },
        {"m": (2, 4, 3)},
    ),
    "layer norm in one line": (
        {"x": (2, 3, 4), "g": (4,), "W": (4, 2)},
        {
            "y": "g * (x - mean(x, axis=-1, keepdims=True)) / sqrt(var(x, axis=-1, keepdims=True) + 1e-3)",
            "L": "mean(tanh(y @ W)**2)",
        },
        {},
    ),
    "tensor decompositions": (
        {"A": (2, 3), "B": (3, 3), "C": (2, 3), "G": (3, 3, 3)},
        {
            "P": 'einsum("ir,jr,kr->ijk", A, B, C)',
            "R": 'einsum("abc,ia,jb,kc->ijk", G, A, B, C)',
            "L": "sum((P - T)**2) / 2 + sum(R * T)",
        },
        {"T": (2, 3, 2)},
    ),
    "repeated operands and diagonals": (
        {"M": (3, 3), "u": (3,), "T": (3, 3, 2)},
        {
            "q": 'einsum("i,ij,j", u, M, u)',
            "d": 'einsum("ii->i", M)',
            "t": 'einsum("iik,ij->kj", T, M)',
            "L": "q + sum(d**2) + sum(t**2)",
        },
        {},
    ),
    "experts": (
        {"X": (3, 2), "W": (2, 4), "E": (4, 2, 3)},
        {
            "P": "softmax(X @ W, axis=1)",
            "H": 'einsum("bi,eio->beo", X, E)',
            "Y": "sum(reshape(P, (3, 4, 1)) * tanh(H), axis=1)",
            "L": "mean(Y**2)",
        },
        {},
    ),
    "pairs by broadcasting": (
        {"X": (3, 2), "Y": (4, 2)},
        {
            "D": "sum((reshape(X, (3, 1, 2)) - reshape(Y, (1, 4, 2)))**2, axis=-1)",
            "L": "logsumexp(-D, axis=(0, 1))",
        },
        {},
    ),
    "parts": (
        {"T": (3, 4, 2)},
        {
            "a": "T[0, 1, 1] * T[2, -1, 0] + sum(T[:, 0] * T[:, 1:3, 0][:, 0:1])",
            "L": "sum(T[1]**2) + a + sum(T[0:2, 1:, 1]**3)",
        },
        {},
    ),
    "joined and stacked": (
        {"a": (2, 3), "b": (2, 3), "T": (2, 3, 4)},
        {
            "S": "stack(a, b, a * b, axis=2)",
            "C": "concat(S, T, axis=2)",
            "L": "sum(C**2) + sum(stack(a, b)[1] ** 3) + norm(T)",
        },
        {},
    ),
    "axes of all kinds": (
        {"T": (2, 3, 4)},
        {
            "a": "max(T, axis=(0, 2))",
            "b": "min(T, axis=1, keepdims=True)",
            "c": "std(T, axis=(0, -1))",
            "d": "log_softmax(T, axis=1)",
            "e": "cumsum(T, 2)",
            "L": "sum(a * c) + sum(b**2) + sum(d * T) + sum(e**2) + sum(flatten(T)**2)",
        },
        {},
    ),
    "products of batches": (
        {"A": (2, 3, 4), "B": (4, 3), "v": (4,), "C": (2, 1, 3, 4)},
        {
            "p": "sum((A @ B)**2) + sum((A @ v)**2)",
            "L": "p + sum((v @ swapaxes(A, 1, 2))**2) + sum((C @ B) * (A @ B))",
        },
        {},
    ),
    "a matrix of labels": (
        {"E": (4, 3), "W": (3, 5), "V": (5, 2)},
        {
            "H": "E[c]",
            "Z": "H @ W",
            "L": "-mean(pick(log_softmax(Z, axis=2), c)) + sum(reshape(H, (2, 9)) ** 2)",
            "J": "L + sum(V[k]**2) + sum(mean(H, axis=1)[:, 0])",
        },
        {"c": "labels 2 3 of 4", "k": "labels 2 2 of 5"},
    ),
}


def drawn(shape, numbers):
    """An array of this shape; labels, as whole numbers; or a positive number."""
    match shape:
        case "positive":
            return numbers.uniform(0.5, 2)
        case str():
            *sizes, _, most = shape.split()[1:]
            return numbers.integers(0, int(most), tuple(map(int, sizes)))
    return np.round(numbers.normal(size=shape), 2)


def worked_out(leaves, formulas):
    """The values of all quantities, by name."""
    known = dict(leaves)
    for name, text in formulas.items():
        known[name] = eval(text, BY_AUTOGRAD, known)  # the texts of this file
    return known


def by_autograd(leaves, formulas, name):
    """The gradient of the last quantity by a leaf, or by a quantity, which is then moved once it is made."""
    last = list(formulas)[-1]
    if name in leaves:
        return grad(lambda moved: worked_out({**leaves, name: moved}, formulas)[last])(leaves[name])
    text = {**formulas, name: f"({formulas[name]}) + moved_"}
    still = np.zeros(np.shape(worked_out(leaves, formulas)[name]))
    return grad(lambda moved: worked_out({**leaves, "moved_": moved}, text)[last])(still)


@pytest.mark.parametrize("case", CASES)
def test_values_and_gradients_are_those_of_autograd(case):
    shapes, formulas, data = CASES[case]
    numbers = np.random.default_rng(sum(map(ord, case)))
    leaves = {name: drawn(shape, numbers) for name, shape in {**shapes, **data}.items()}
    solved = solve(formulas, leaves, data=list(data), backward={"wrt": list(shapes)})
    values = run(solved.graph, solved.derivation, solved.problem.given).quantities
    expected = worked_out(leaves, formulas)
    for name in formulas:
        assert_close(values[name], expected[name], 12, f"{case}: {name}")
    found, exact = solved.gradients(), solved.exact_gradients(leaves)
    assert {*shapes} <= {*found}
    for name in found:
        if not name.startswith("_") and name not in solved.graph.auxiliary:
            gradient = by_autograd(leaves, formulas, name)
            assert_close(found[name], gradient, 10, f"{case}: {name}")
            assert_close(exact[name], gradient, 10, f"{case}: {name} by its formula")
    proofs = [step.proof for name in found for step in solved.derivation.steps(name)]
    assert {*proofs} <= {"identity", "definition", "numeric"}


@pytest.mark.parametrize(
    ("old", "new"),
    [((2, 3), (3, 2)), ((2, 6), (3, 4)), ((2, 2, 3), (3, 4)), ((4, 4), (2, 2, 2, 2)), ((2, 3, 4), (4, 6))],
)
def test_axes_are_taken_apart_and_joined_at_once(old, new):
    x = np.arange(np.prod(old), dtype=float).reshape(old) - 3
    forward = {"y": f"reshape(x, {new})", "L": "sum(c * y**2)"}
    weights = np.arange(1.0, x.size + 1).reshape(new)
    given = {"x": x.tolist(), "c": weights.tolist()}
    solution = sg.solve(sg.problem(forward, given=given, data=["c"], backward={"of": "L", "wrt": ["x"]}))
    expected = 2 * weights.reshape(old) * x
    assert np.allclose(solution.gradients["x"].value, expected)

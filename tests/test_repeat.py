"""One formula for all steps or layers: read, unrolled, derived once for every step; against autograd."""

import numpy as np
import pytest
from reference import autograd_gradients
from round_trip import is_right
from support import assert_close

import symgrad as sg
from symgrad.api.problems import problem as problem_of
from symgrad.calculus import rounds
from symgrad.checking.check import check_text
from symgrad.errors import DerivationError, InputError
from symgrad.notation.notations import NOTATIONS
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, Rendering, look_of
from symgrad.solving import solve
from symgrad.styles import STYLES

RANDOM = np.random.default_rng(11)


def array(*shape):
    return RANDOM.uniform(-1, 1, shape).tolist()


RNN = {
    "repeat": {"t": [1, 4]},
    "forward": {
        "h[0]": "s",
        "L[0]": 0,
        "h[t]": "tanh(W @ x[t-1] + U @ h[t-1] + b)",
        "o[t]": "V @ h[t]",
        "L[t]": "L[t-1] + sum((o[t] - y[t-1])**2)",
        "J": "L[4] / 4 + lam * sum(U**2)",
    },
    "given": {
        "x": array(4, 3),
        "s": array(2),
        "W": array(2, 3),
        "U": array(2, 2),
        "b": array(2),
        "V": array(2, 2),
        "y": array(4, 2),
        "lam": 0.3,
    },
    "data": ["x", "y", "lam"],
}
LAYERS = {
    "repeat": {"l": [1, "depth"]},
    "forward": {
        "a[0]": "x",
        "z[l]": "W[l] @ a[l-1] + b[l]",
        "a[l]": "softplus(z[l])",
        "J": "sum((a[depth] - y)**2) / 2",
    },
    "given": {"x": array(2), "y": array(2)}
    | {f"W[{n}]": array(rows, columns) for n, (rows, columns) in enumerate([(3, 2), (4, 3), (2, 4)], 1)}
    | {f"b[{n}]": array(rows) for n, rows in enumerate([3, 4, 2], 1)},
    "data": ["x", "y"],
}
MARKOV = {
    "repeat": {"t": [1, 3]},
    "forward": {
        "p[0]": "start * B[:, obs[0]]",
        "p[t]": "(A.T @ p[t-1]) * B[:, obs[t]]",
        "J": "-log(sum(p[3]))",
    },
    "given": {
        "start": [0.6, 0.4],
        "A": [[0.7, 0.3], [0.2, 0.8]],
        "B": [[0.5, 0.3, 0.2], [0.1, 0.4, 0.5]],
        "obs": [0, 2, 1, 2],
    },
    "data": ["obs"],
}
EULER = {
    "repeat": {"n": [1, 5]},
    "forward": {"u[0]": "u0", "u[n]": "u[n-1] + dt * r * u[n-1] * (1 - u[n-1] / K)", "J": "(u[5] - m)**2"},
    "given": {"u0": 0.2, "dt": 0.1, "r": 1.5, "K": 2.0, "m": 0.5},
}
MOMENTUM = {
    "repeat": {"t": [1, 3]},
    "forward": {
        "w[0]": "w0",
        "v[0]": "0 * w0",
        "v[t]": "mu * v[t-1] + A @ w[t-1]",
        "w[t]": "w[t-1] - rate * v[t] / (1 - mu**t)",
        "J": "dot(w[3], A @ w[3]) / 2",
    },
    "given": {"w0": array(3), "A": array(3, 3), "mu": 0.8, "rate": 0.1},
}
KINDS = {"rnn": RNN, "layers": LAYERS, "markov": MARKOV, "euler": EULER, "momentum": MOMENTUM}


def made(kind):
    return sg.problem(**kind)


def named(text):
    """A name of a family as the reference can have it."""
    return text.replace("[", "_at_").replace("]", "")


def by_hand(kind):
    """The problem written out, without counters."""
    problem = made(kind)
    families = {name for name in (*problem.formulas, *problem.leaves) if "[" in name}

    def flat(text):
        for name in sorted(families, key=len, reverse=True):
            text = text.replace(name, named(name))
        return text

    lines = {named(name): flat(parsed.shown) for name, parsed in problem.forward}
    given = {named(name): np.asarray(value) for name, value in problem.given.items()}
    return lines, given


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_gradients_agree_with_autograd_on_the_problem_written_out(kind):
    lines, given = by_hand(kind)
    found = sg.solve(made(kind)).gradients
    leaves = [name for name in found if named(name) in given]
    assert leaves
    expected = autograd_gradients(lines, given, [named(name) for name in leaves])
    for name in leaves:
        assert_close(found[name].value, expected[named(name)], 10, name)

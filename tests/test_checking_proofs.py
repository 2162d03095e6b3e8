"""A line is an identity where its sides have one normal form, and never where it is true by accident."""

from dataclasses import replace
from itertools import product

import pytest
from support import text_of

from symgrad.checking.chain import Chain, compare
from symgrad.checking.check import check_text
from symgrad.checking.formal import forms_of
from symgrad.checking.formal_symbols import Letters
from symgrad.checking.prove import UNPROVED, proves, same
from symgrad.checking.state import new_state
from symgrad.checking.verdict import Proof
from symgrad.checking.world import Model
from symgrad.reading.problem import read_problem
from symgrad.solving import facts_of, solve
from symgrad.submission.read import read_maths
from symgrad.submission.written import Add, Literal, Negative, Product, Subtract, Transpose, parts

NET = text_of(
    {
        "u": "W1 @ x + b1",
        "h": "relu(u)",
        "v": "W2 @ h + b2",
        "o": "softmax(v)",
        "L": "-sum(y * log(o))",
        "s": "(norm(W1)**2 + norm(W2)**2) / 2",
        "J": "L + s",
    },
    {
        "x": [6, 3],
        "W1": [[0.3, 0.5], [0.2, 0.7]],
        "b1": [0.1, 0.2],
        "W2": [[0.3, 0.5], [0.2, 0.7]],
        "b2": [0.3, 0.5],
        "y": [0, 1],
        "eta": 0.1,
    },
    backward={"of": "J", "wrt": ["W2", "b2", "W1", "b1"]},
    update={"rate": "eta", "parameters": ["W1", "b1", "W2", "b2"]},
)
BATCH = text_of(
    {
        "mu": "mean(X, axis=0)",
        "v": "mean((X - mu)**2, axis=0)",
        "Z": "(X - mu) / sqrt(v)",
        "Y": "gamma * Z + beta",
        "L": "sum(D * Y)",
    },
    {
        "X": [[3, 6, 9], [-1, 5, 4], [12, 5, 11]],
        "D": [[2, 3, 4], [-2, 0, 4], [10, 2, 4]],
        "gamma": [1, 2, 1],
        "beta": [0, 0, 0],
    },
    backward={"of": "L", "wrt": ["X", "gamma", "beta"]},
    write={"v": r"\sigma^2", "gamma": r"\gamma", "mu": r"\mu", "beta": r"\beta"},
)
CELL = text_of(
    {"z": "w * x + b", "a": "sigmoid(z)", "t": "tanh(a)", "E": "(y - t)**2 / 2"},
    {"w": 0.3, "x": 2, "b": 0.1, "y": 1},
    backward={"of": "E", "wrt": ["w", "b"]},
)
PROBLEMS = {"net": NET, "batch": BATCH, "cell": CELL}
"""Of square sizes, so that what is false only by its shapes fits."""
IDENTITIES = {
    "net": [
        r"u = W_1 x + b_1",
        r"h = \max(0, u)",
        r"h_j = \begin{cases} u_j & u_j > 0 \\ 0 & u_j \leq 0 \end{cases}",
        r"o_i = \frac{e^{v_i}}{\sum_k e^{v_k}}",
        r"o = e^{v} / \sum e^{v}",
        r"v_i = \sum_j W_{2,ij} h_j + b_{2,i}",
        r"s = \frac{1}{2} \|W_1\|^2 + \frac{1}{2} \sum_i \sum_j W_{2,ij}^2",
        r"L = -\log(o)^T y = -y^T v + \log \sum_k e^{v_k}",
        r"\frac{\partial J}{\partial s} = 1",
        r"\frac{\partial J}{\partial o} = -\frac{y}{o}",
        r"\frac{\partial o_i}{\partial v_j} = o_i (\delta_{ij} - o_j)",
        r"\frac{\partial J}{\partial v} = \text{prod}(\frac{\partial J}{\partial o}, "
        r"\frac{\partial o}{\partial v}) = o - y",
        r"\frac{\partial J}{\partial W_2} = \frac{\partial J}{\partial v} h^T + W_2 = (o - y) h^T + W_2",
        r"\frac{\partial J}{\partial h} = W_2^T \frac{\partial J}{\partial v}",
        r"\frac{\partial J}{\partial u} = W_2^T (o - y) \odot \text{ReLU}'(u)",
        r"\frac{\partial J}{\partial W_1} = \frac{\partial J}{\partial u} x^T + W_1",
        r"\frac{\partial J}{\partial b_1} = \frac{\partial J}{\partial u}",
        r"\frac{\partial J}{\partial x} = W_1^T \frac{\partial J}{\partial u}",
        r"W_2^+ = W_2 - \eta \frac{\partial J}{\partial W_2}",
    ],
    "batch": [
        r"\mu_j = \frac{1}{N} \sum_{i=1}^{N} X_{ij}",
        r"\sigma_j^2 = \frac{1}{N} \sum_i (X_{ij} - \mu_j)^2",
        r"Z_{ij} = (X_{ij} - \mu_j) / \sigma_j",
        r"\frac{\partial L}{\partial \gamma_j} = \sum_i D_{ij} Z_{ij}",
        r"\frac{\partial L}{\partial X_{ij}} = \frac{\gamma_j}{N \sigma_j}"
        r"( N D_{ij} - \sum_k D_{kj} - Z_{ij} \sum_k D_{kj} Z_{kj} )",
        r"\sum_i \frac{\partial L}{\partial X_{ij}} = 0",
    ],
    "cell": [
        r"a = \frac{1}{1 + e^{-z}}",
        r"\frac{\partial a}{\partial z} = a (1 - a) = \sigma(z) (1 - \sigma(z))",
        r"\frac{\partial t}{\partial a} = 1 - t^2",
        r"\frac{\partial E}{\partial w} = -(y - t) (1 - t^2) a (1 - a) x",
        r"\frac{\partial E}{\partial w} = \frac{\partial E}{\partial t} \frac{\partial t}{\partial a} "
        r"\frac{\partial a}{\partial z} \frac{\partial z}{\partial w}",
    ],
}
LINES = [(name, line) for name, lines in IDENTITIES.items() for line in lines]


@pytest.fixture(scope="module")
def states():
    """The state at the beginning, for each problem."""

    def state_of(text):
        found = solve(read_problem(text))
        model = Model(found.problem, found.graph, found.derivation)
        return new_state(model, facts_of(found.problem, found.graph))

    return {name: state_of(text) for name, text in PROBLEMS.items()}


def chain_of(*nodes):
    return Chain(nodes, tuple(range(len(nodes))))


def read(line):
    return chain_of(*(read_maths(side) for side in line.split(" = ")))


def proved(chain, state):
    """Whether a line is proved, which must hold at a random point."""
    outcome = compare(chain, state.truth(state.random[0]))
    assert outcome.holds
    return proves(chain, outcome, state)


def some_reading_is_same(chain, state):
    """Whether any two readings of the sides have one normal form, whatever their values."""
    scope, letters = state.truth(state.random[0]), Letters(count="n")
    try:
        left, right = (forms_of(node, scope, letters) for node in chain.nodes)
    except UNPROVED:
        return False
    return any(_same(a, b, state) for a, b in product(left, right))


def _same(left, right, state):
    try:
        return same(left, right, state.model, state.facts)
    except UNPROVED:
        return False


@pytest.mark.parametrize(("name", "line"), LINES, ids=[line for _, line in LINES])
def test_true_for_all_sizes(name, line, states):
    assert proved(read(line), states[name])


SLIPS = {
    Transpose: lambda node: [node.body],
    Add: lambda node: [Subtract(node.left, node.right), node.left],
    Subtract: lambda node: [Add(node.left, node.right), Subtract(node.right, node.left)],
    Negative: lambda node: [node.body],
    Product: lambda node: [replace(node, left=Product(Literal(2), node.left)), node.left],
    Literal: lambda node: [Literal(node.value + 1)],
}


def variants(node):
    """The tree with one slip in it: a transpose, sign, factor or summand."""
    yield from SLIPS.get(type(node), lambda node: [])(node)
    for field in type(node).__dataclass_fields__:
        part = getattr(node, field)
        if any(part is child for child in parts(node)):
            yield from (replace(node, **{field: new}) for new in variants(part))


@pytest.mark.parametrize(("name", "line"), LINES, ids=[line for _, line in LINES])
def test_slips_are_not_proved(name, line, states):
    state = states[name]
    left, *_, right = read(line).nodes
    for slip in variants(right):
        chain = chain_of(left, slip)
        outcomes = [compare(chain, state.truth(world)) for world in state.random]
        if not all(outcome.holds for outcome in outcomes):
            assert not proves(chain, outcomes[0], state)
            assert not some_reading_is_same(chain, state), slip


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("net", r"\sum_i o_i = o_1 + o_2"),
        ("batch", r"\mu_j = \frac{1}{3} \sum_i X_{ij}"),
        (
            "batch",
            r"\sum_i \sum_j 1 \cdot X_{ij} = X_{11} + X_{12} + X_{13} + X_{21} + X_{22} + X_{23}"
            r" + X_{31} + X_{32} + X_{33}",
        ),
        ("batch", r"\sum_{i=1}^{3} X_{ij} = N \mu_j"),
        (
            "net",
            r"\frac{\partial h_j}{\partial u_j} = \begin{cases} 1 & u_j \geq 0 \\ 0 & u_j < 0 \end{cases}",
        ),
    ],
)
def test_true_for_these_sizes_only(name, line, states):
    assert not proved(read(line), states[name])


@pytest.mark.parametrize(
    "line",
    [
        r"J = (J + o^T y + u^T x + h^T x)^{40} - (J + o^T y + u^T x + h^T x)^{40} + J",
        r"J = J + (\sum_i \sum_j W_{1,ij})^9 - (\sum_i \sum_j W_{1,ij})^9",
        r"x = \begin{bmatrix} x_1 \\ x_2 \end{bmatrix}",
        r"s = s + \sum_i (i - i)",
        r"J = J \cdot \frac{u - u + 1}{1}",
    ],
)
def test_given_up_without_a_fault(line, states):
    state = states["net"]
    chain = read(line)
    outcome = compare(chain, state.truth(state.random[0]))
    assert proves(chain, outcome, state) in (True, False)


def test_zero_over_zero_proves_nothing(states):
    chain = read(r"\frac{J}{s - s} = \frac{L}{s - s}")
    assert not some_reading_is_same(chain, states["net"])


def test_the_check_tells_identities_from_numbers():
    text = r"$$\mu_j = \frac{1}{N} \sum_i X_{ij}$$" + "\n\n" + r"$$\mu_j = \frac{1}{3} \sum_i X_{ij}$$"
    found = check_text(text, read_problem(BATCH))
    assert [judged.proof for judged in found.lines] == [Proof.IDENTITY, Proof.NUMERIC]

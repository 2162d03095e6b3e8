"""The context of a problem: every name distinct, labels for the δ's, faults of 'write' at their place."""

import pytest

from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.maths.latex import latex
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits
from symgrad.notation.setting import context_of
from symgrad.reading.problem import read_problem
from symgrad.tree import Gradient, Name

FORWARD = "{u: W1 @ x + b1, h: relu(u), v: W2 @ h + b2, o: softmax(v), L: -sum(y * log(o))}"
LAYERS = f"forward: {FORWARD}\ndata: [x, y]\n"


def context(text, notation="prod"):
    problem = read_problem(text)
    return context_of(build_graph(problem), problem, notation, Digits())


def written(formula, text, notation="prod"):
    return latex(to_maths(formula, context(text, notation)))


def test_names_sizes_and_the_rate_are_written_apart():
    text = "forward: {L: sum(x) * n1 / n_1}\nshapes: {x: [k]}\ndata: [n1]\ngiven: {lam: 1, n1: 2, n_1: 3}\n"
    naming = context(text + "update: {rate: lam, parameters: [n_1]}").naming
    assert latex(naming.written("lam")) == r"\lambda"
    assert latex(naming.written("k")) == "k"
    forms = [latex(naming.written(name)) for name in naming.names]
    assert len(set(forms)) == len(forms)
    assert naming.rank("x") == 1


def test_the_user_decides_how_a_name_is_written():
    assert written(Name("b1"), LAYERS + r"write: {b1: '\mathbf{c}'}") == r"\mathbf{c}"


def test_a_name_that_cannot_be_read_is_shown_in_the_file():
    with pytest.raises(InputError, match="cannot be used") as caught:
        context(LAYERS + r"write: {b1: 'b \input{x}'}")
    place = caught.value.place
    assert place.text[place.column - 1 : place.column - 1 + place.width] == r"\input"
    assert place.line == 3


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (LAYERS, {"u": "1", "v": "2"}),
        ("forward: {z3: W @ x, a: tanh(z3), z7: a @ x, L: sigmoid(z7)}", {"z3": "3", "z7": "7"}),
    ],
)
def test_deltas_are_numbered_by_subscripts_else_by_layers(text, labels):
    of = "L"
    for name, label in labels.items():
        assert written(Gradient(of, name), text, "delta") == rf"\delta_{label}"


def test_only_parameters_get_a_delta_of_their_own():
    assert written(Gradient("L", "W1"), LAYERS, "delta") == r"\Delta W_1"
    assert written(Gradient("L", "x"), LAYERS, "delta") == r"\frac{\partial L}{\partial \vec{x}}"

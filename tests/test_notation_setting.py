"""The context of a problem: every name distinct, labels for the δ's, faults of 'write' at their place."""

import pytest

from symgrad.calculus.spelling import LETTERS
from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.maths.latex import latex
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits
from symgrad.notation.setting import context_of
from symgrad.reading.problem import read_problem
from symgrad.tree import Delta, Entry, Gradient, Name, Partial

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


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("forward: {z_i: W_i @ x, L: sum(tanh(z_i))}", "i"),
        ("forward: {L: sum(W_jk * X)}\nshapes: {X: [n, m], W_jk: [n, m]}", "jk"),
        ("forward: {S: 'softmax(H, axis=1)', L: sum(S) / k}\nshapes: {H: [k, c]}", "kc"),
        ("forward: {L: sum(l * x)}\nwrite: {x: 'v^{(j)}'}", "lj"),
        ("forward: {L: sum(x * q)}\nwrite: {x: '\\hat{p}_{t_a}', q: '\\vec{i}'}", "tai"),
        ("forward: {L: 'mean(conv2d(X, K)) + sum(X)'}", "nmkpqr"),
    ],
)
def test_an_index_is_no_letter_of_a_name_its_scripts_or_a_size(text, taken):
    found = context(text)
    letters = [found.letters.get(letter, letter) for letter in LETTERS]
    assert set(letters).isdisjoint(taken)
    assert len(set(letters)) == len(letters)


def test_index_letters_do_not_run_out():
    ids = [chr(n) for n in range(ord("a"), ord("z") + 1) if chr(n) != "e"]
    found = context(f"forward: {{L: {' + '.join(ids)}}}")
    assert set(found.letters.values()).isdisjoint(ids)
    assert len(found.letters) == len(LETTERS)


def test_a_term_or_a_mark_for_what_is_only_the_direct_derivative():
    apart = context("forward: {u: W @ x, L: sum(u**2) + lam * norm(W)**2}\ndata: [x, lam]")
    assert list(apart.direct) == [Partial("L", "W")]
    assert not apart.is_marked(Partial("L", "W"))
    within = context("forward: {h: tanh(W @ x), c: h * (V @ x), u: c * h + x, L: 'dot(u, h)'}")
    marked = {Partial("c", "x"), Partial("u", "h"), Partial("u", "x"), Partial("L", "h")}
    assert set(within.direct) == marked
    assert all(map(within.is_marked, marked))


@pytest.mark.parametrize("notation", ["bar", "delta"])
@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("forward: {zbar: w * x, z: tanh(zbar), L: z**2}\ndata: [x]", "z"),
        ("forward: {delta_1: w * x, s1: delta_1 + b, z: tanh(s1), L: z**2}\ndata: [x]", "s1"),
        ("forward: {dw: w * x, z: tanh(dw), L: z**2}\ndata: [x]\nwrite: {dw: '\\Delta w'}", "w"),
        ("forward: {z: tanh(delta), L: sum(z**2)}\nshapes: {delta: [n]}", "delta"),
    ],
)
def test_a_gradient_never_has_the_symbol_of_a_name(text, by, notation):
    naming = context(text).naming
    forms = [latex(naming.written(name)) for name in naming.ranks]
    assert written(Gradient("L", by), text, notation) not in forms
    entry = latex(to_maths(Entry(Name("delta"), (0,)), context(text))) if "delta" in naming.ranks else ""
    assert written(Gradient("L", by), text, notation) != entry


@pytest.mark.parametrize(
    ("text", "formula", "expected"),
    [
        ("{L: sigma * sigmoid(x)}", "L", r"\sigma \operatorname{sigmoid}(x)"),
        ("{L: s * sigmoid(x)}", "L", r"s \sigma(x)"),
        ("{L: e * exp(x)}", "L", r"e \exp(x)"),
        ("{L: k * exp(x)}", "L", r"k \mathrm{e}^x"),
    ],
)
def test_a_function_has_its_long_name_where_the_short_one_is_taken(text, formula, expected):
    problem = read_problem(f"forward: {text}")
    assert written(problem.formulas[formula].formula, f"forward: {text}") == expected


def test_kronecker_has_another_sign_where_delta_is_a_name():
    text = "forward: {L: sum(delta)}\nshapes: {delta: [n, n]}"
    assert written(Delta("i", "j"), text) == r"\mathbf{1}[i = j]"
    assert written(Delta("i", "j"), LAYERS) == r"\delta_{i j}"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("write: {b1: 'x'}", "'b1' and 'x' would look the same"),
        ("write: {L: 'x'}", None),
        (r"write: {b1: '\vec x'}", "'b1' and 'x' would look the same"),
        (r"write: {W1: 'W', W2: '\mathrm{W}'}", "'W2' and 'W1' would look the same"),
        ('write: {h: "v^{\'}", u: "v\'"}', "'u' and 'h' would look the same"),
        (r"write: {b1: '\bar{k}', b2: '\overline k'}", "'b2' and 'b1' would look the same"),
        ("write: {W1: 'W_2'}", "'W1' and 'W2' would look the same"),
        ("write: {W1: 'W_2', W2: 'W_1'}", None),
        ("write: {W1: n}\nshapes: {x: [n]}", "'W1' and 'n' would look the same"),
        ("write: {W1: n}", None),
    ],
)
def test_what_is_chosen_to_look_like_another_name_is_refused(section, message):
    if message is None:
        forms = context(LAYERS + section).naming.names.values()
        assert len(set(map(latex, forms))) == len(forms)
        return
    with pytest.raises(InputError, match=message) as caught:
        context(LAYERS + section)
    assert caught.value.place.line == 3


def test_the_number_pi_is_no_name():
    with pytest.raises(InputError, match="'w' and 'pi' would look the same"):
        context("forward: {L: w * pi}\nwrite: {w: '\\pi'}")
    assert written(Name("w"), "forward: {L: w * 2}\nwrite: {w: '\\pi'}") == r"\pi"

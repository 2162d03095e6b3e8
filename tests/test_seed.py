"""A given upstream gradient: ∂L/∂y = g, the gradients that follow, and what is refused."""

import json

import numpy as np
import pytest
from reference import autograd_gradients
from reporting import formulas, report, sentences
from support import assert_close, text_of

from symgrad.api.solved import WorkedSolution
from symgrad.checking.check import check_text
from symgrad.errors import InputError
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.plain import plain
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES
from symgrad.writing.json import to_json
from symgrad.writing.markdown import to_markdown

RNG = np.random.default_rng(5)


def some(*shape):
    return RNG.normal(size=shape).round(2)


CASES = {
    "affine": ({"y": "W @ x + b"}, {"W": some(2, 3), "x": some(3), "b": some(2), "g": some(2)}),
    "softmax": ({"z": "W @ x", "y": "softmax(z)"}, {"W": some(3, 2), "x": some(2), "g": some(3)}),
    "two paths": (
        {"h": "tanh(X @ W)", "y": "h * (X @ V)"},
        {"X": some(4, 3), "W": some(3, 2), "V": some(3, 2), "g": some(4, 2)},
    ),
    "windows": ({"y": "maxpool2d(X, 2, stride=1)"}, {"X": some(4, 3), "g": some(3, 2)}),
    "index form": ({"y": "conv2d(X, K)"}, {"X": some(4, 4), "K": some(2, 2), "g": some(3, 3)}),
    "scalar": ({"y": "sum(w * x)**2"}, {"w": some(3), "x": some(3), "g": some()}),
    "on the way": ({"y": "exp(w * x)", "more": "sum(y)"}, {"w": some(3), "x": some(3), "g": some(3)}),
    "one row": ({"y": "x * w"}, {"w": some(1, 3), "x": some(1, 3), "g": some(1, 3)}),
}
LINES, LEAVES = CASES["affine"]


def text(lines, leaves, **backward):
    wrt = [name for name in leaves if name != "g"]
    given = {name: array.tolist() for name, array in leaves.items()}
    return text_of(lines, given, backward={"of": "y", "wrt": wrt, "seed": "g", **backward})


@pytest.mark.parametrize(("lines", "leaves"), CASES.values(), ids=CASES)
def test_the_gradients_are_those_of_the_sum_of_g_times_y(lines, leaves):
    solution = solve(read_problem(text(lines, leaves)))
    wrt = [name for name in leaves if name != "g"]
    until = dict(list(lines.items())[: list(lines).index("y") + 1])
    expected = autograd_gradients({**until, "J": "sum(g * y)"}, leaves, wrt)
    for name in wrt:
        assert_close(solution.run.gradients[name], expected[name], 10, name)
    assert np.array_equal(solution.run.gradients["y"], leaves["g"])
    proofs = {step.proof for name in wrt for step in solution.derivation.steps(name)}
    assert proofs <= {"identity", "numeric", "definition"}


def test_the_generated_function_takes_another_gradient():
    passes = WorkedSolution(solve(read_problem(text(LINES, LEAVES)))).numpy()
    assert "g" in passes.leaves
    _, gradients = passes(g=[1, 2])
    assert_close(gradients["x"], LEAVES["W"].T @ [1, 2], 10)


def test_in_symbols_with_no_shape_of_its_own():
    stated = {"backward": {"of": "y", "wrt": ["W", "b", "x"], "seed": "G"}, "data": ["G"]}
    solution = solve(read_problem(text_of(LINES, shapes={"W": ["m", "n"], "x": ["n"]}, **stated)))
    assert solution.graph.shapes["G"] == solution.graph.shapes["y"] == ("m",)
    gradients = json.loads(to_json(solution, plain))["gradients"]
    assert {name: gradients[name]["latex"] for name in gradients} == {
        "y": "G",
        "b": "G",
        "W": "outer(G, x)",
        "x": "W.T @ G",
    }
    assert gradients["y"]["of"] == "y"


def test_a_stated_rank_of_the_seed_decides_what_is_left_open():
    """Without it x would be taken as what makes y a scalar."""
    stated = {"backward": {"of": "y", "wrt": ["x"], "seed": "g"}, "shapes": {"g": ["n"], "a": []}}
    assert solve(read_problem(text_of({"y": "a * x"}, **stated))).graph.shapes["x"] == ("n",)


def test_one_hot_data_are_not_read_into_a_seed():
    """g = (0, 1) by chance is no fact: the derivation must hold for every g."""
    lines, leaves = CASES["softmax"]
    solution = solve(read_problem(text(lines, {**leaves, "g": np.array([0.0, 1.0, 0.0])})))
    assert solution.derivation.facts == ()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_report_is_right_by_the_checker(style, notation):
    source = text(*CASES["affine"])
    markdown = to_markdown(report(source, style, notation))
    found = check_text(markdown, read_problem(source))
    assert {line.verdict for line in found.lines} <= {"correct", "unchecked"}
    assert sum(line.verdict == "correct" for line in found.lines) > 15


def test_the_report_says_what_is_given_and_calls_it_by_a_letter():
    made = report(text(*CASES["affine"]))
    assert any("only the upstream gradient is given" in said for said in sentences(made))
    assert r"\frac{\partial L}{\partial \vec{y}} = \vec{g}" in " ".join(formulas(made))


def test_the_letter_of_the_loss_is_a_free_one():
    lines, leaves = {"L": "W @ x", "y": "L * J"}, {"W": some(2, 2), "x": some(2), "J": some(2), "g": some(2)}
    written = " ".join(formulas(report(text(lines, leaves))))
    assert r"\partial E}" in written
    assert r"\frac{\partial L}{\partial y" not in written


def test_a_submission_is_judged_by_the_given_gradient():
    lines = [r"\frac{\partial L}{\partial x} = W^\top g", r"\frac{\partial L}{\partial x} = W g"]
    found = check_text("\n\n".join(f"$${line}$$" for line in lines), read_problem(text(*CASES["affine"])))
    assert [line.verdict for line in found.lines] == ["correct", "wrong"]
    assert found.lines[1].mistake == "missing_transpose"


SHAPES = {**LEAVES, "g": some(3)}
REFUSED = {
    "another shape": (text(LINES, SHAPES), "backward.seed", "'g' is"),
    "a row that would stretch": (text(LINES, {**LEAVES, "g": some(1)}), "backward.seed", "'g' is"),
    "made by a formula": (text(LINES, LEAVES, seed="y"), "backward.seed", "it is no leaf"),
    "in a formula": (text({"y": "W @ x + b * g"}, LEAVES), "forward.y", "stands in a formula"),
    "asked for": (text(LINES, LEAVES, wrt=["x", "g"]), "backward.wrt", "by the seed"),
    "two objectives": (text({"h": "x", **LINES}, LEAVES, of=["y", "h"]), "backward.seed", "of one quantity"),
    "slip of the pen": (text(LINES, LEAVES, seed="G"), "backward.seed", "'G' has no value"),
}


@pytest.mark.parametrize(("source", "where", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_and_where(source, where, message):
    with pytest.raises(InputError) as caught:
        solve(read_problem(source))
    assert message in caught.value.message
    assert caught.value.hint
    row = source.splitlines()[caught.value.place.line - 1]
    assert row.startswith(where.split(".")[0])


def test_no_update_beside_a_seed():
    source = text(LINES, LEAVES) + '\nupdate: {"rate": 0.1, "parameters": ["W"]}\n'
    with pytest.raises(InputError, match="an update would move"):
        solve(read_problem(source))

"""The points at which written work is looked at: derivatives right by autograd, both sides of every kink."""

from pathlib import Path

import numpy as np
import pytest
from reference import autograd_gradients
from ruamel.yaml import YAML
from support import assert_close

from symgrad.checking.check import check_text
from symgrad.checking.worlds.model import model_of
from symgrad.checking.worlds.points import Points
from symgrad.reading.problem import load_problem, read_problem

REPORTS = Path(__file__).parents[1] / "reports"
FILES = sorted((*REPORTS.glob("*.yaml"), *(REPORTS / "gallery").glob("*.yaml")))
UNREADABLE = {"functions", "onehot", "repeat"}
"""Sections whose formulas the reference does not know."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_gradients_at_any_point_agree_with_autograd(file):
    text = YAML(typ="safe").load(file)
    if UNREADABLE & text.keys() or isinstance(text["backward"]["of"], list):
        pytest.skip("tested where these sections are")
    forward, seed = text["forward"], text["backward"].get("seed")
    if seed:
        forward = {**forward, "whole": f"sum({seed} * {text['backward']['of']})"}
    points = Points(model_of(load_problem(file)))
    wrt = list(points.own[0].model.graph.wrt)
    numbered = any("reshape" in str(formula) for formula in forward.values())  # sizes as numbers
    for world in (*points.own[:2], *(() if numbered else points.other[:1])):
        sizes = {dim: float(size) for dim, size in world.sizes.items() if isinstance(dim, str)}
        leaves = {name: np.asarray(array, dtype=float) for name, array in world.leaves.items()}
        expected = autograd_gradients(forward, {**sizes, **leaves}, wrt)
        for name in wrt:
            assert_close(world.gradient(name), expected[name], 8, f"{file.stem}, {world.kind}: ∂/∂{name}")


NET = """
forward:
  u: W @ x + b
  h: relu(u)
  J: abs(sum(h) - t)
given: {W: [[1, 2], [3, 4], [-1, 2]], x: [1, -1], b: [0.5, 0.5, 0.5], t: 2}
"""


def test_every_unit_is_seen_on_and_off():
    points = Points(model_of(read_problem(NET)))
    on = np.array([world.leaves["W"] @ world.leaves["x"] + world.leaves["b"] > 0 for world in points.own])
    assert on.any(axis=0).all()
    assert not on.all(axis=0).any()
    sums = [world.value("h").sum() - world.leaves["t"] for world in points.own]
    assert min(sums) < 0 < max(sums)


SQUARES = """
forward:
  p: X @ w
  r: p - y
  L: mean(r**2)
given: {X: [[1, 2], [3, 1], [0.5, -1]], y: [1, 0, 2], w: [0.5, -0.25]}
data: [X, y]
"""


def verdicts(text, problem=SQUARES):
    return [line.verdict.value for line in check_text(text, read_problem(problem)).lines]


def test_who_believes_another_objective_follows_its_derivative():
    """The sum for the mean: three times the gradient is right for who wrote it, and no other multiple."""
    sheet = (
        r"$$L = \sum_i (p_i - y_i)^2$$" "\n\n" r"$$\frac{{\partial L}}{{\partial w}} = {} X^\top (p - y)$$"
    )
    assert verdicts(sheet.format("2")) == ["wrong", "carried"]
    assert verdicts(sheet.format("4")) == ["wrong", "wrong"]


def test_a_belief_under_which_nothing_is_left_excuses_nothing():
    """Without w in the objective every gradient is 0, and so is any multiple of it."""
    sheet = (
        r"$$L = \sum_i y_i$$"
        "\n\n"
        r"$$\frac{\partial L}{\partial w} = 7 X^\top \frac{\partial L}{\partial p}$$"
    )
    assert verdicts(sheet) == ["wrong", "wrong"]


MISREAD = r"""
$$p = \begin{pmatrix} 0 \\ 1.25 \\ 0.75 \end{pmatrix}$$

$$X w - y = \begin{pmatrix} -1 \\ 1.25 \\ -1.25 \end{pmatrix}$$
"""


def test_a_given_is_misread_where_lines_agree_on_it():
    """1 for 0.5 in the last row of X, in two lines; what a single line would need is no evidence."""
    (found,) = check_text(MISREAD, read_problem(SQUARES)).givens
    assert (found.name, found.index, found.stated, found.used) == ("X", (2, 0), 0.5, 1.0)
    assert check_text(MISREAD.replace("-1.25", "-1.55"), read_problem(SQUARES)).givens == ()


def test_a_misread_given_has_the_digits_of_the_one_that_is_given():
    """0.152 for 0.125: 2 · 0.152 and 3 · 0.152 are right for who read it so."""
    problem = "forward: {q: w * x, r: w * z, L: q * r}\ngiven: {w: 0.125, x: 2, z: 3}"
    check = check_text("$q = w x = 0.304$\n\n$r = w z = 0.456$", read_problem(problem))
    assert [(g.name, g.stated, g.used) for g in check.givens] == [("w", 0.125, 0.152)]
    assert [line.verdict.value for line in check.lines] == ["wrong", "carried"]


def test_chains_of_beliefs_cost_no_more_than_their_square():
    """Each belief asks for all before it: 78 times in all, and 4,095 where worlds were not shared."""
    names = [f"q{n}" for n in range(12)]
    lines = "".join(f"  {name}: 2 * {before}\n" for before, name in zip(("x", *names), names, strict=False))
    (world, *_) = Points(model_of(read_problem(f"forward:\n{lines}given: {{x: 1}}"))).own
    asked = []

    def belief(place):
        def worth(world):
            asked.append(place)
            return 1 + sum(world.value(name) for name in names[:place])

        return worth

    believed = world.believing({("value", name): belief(n) for n, name in enumerate(names)})
    assert believed.value("q11") == 2**11
    assert len(asked) <= 12 * 13 / 2

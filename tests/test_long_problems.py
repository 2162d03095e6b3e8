"""Problems of hundreds of quantities: recursion reaches them all, and every style writes them."""

import json
import math

import pytest
from reporting import formulas, report

from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES, document
from symgrad.styles.manner import Manner

USES = 320


def used_often(uses):
    """J = Σ n x over as many quantities n x, in sums of fifty."""
    lines = {f"q{n}": f"{n} * x" for n in range(1, uses + 1)}
    sums = [range(n, min(n + 50, uses + 1)) for n in range(1, uses + 1, 50)]
    lines |= {f"s{k}": " + ".join(f"q{n}" for n in part) for k, part in enumerate(sums)}
    return {**lines, "J": " + ".join(f"s{k}" for k in range(len(sums)))}


def chained(length, formula):
    """h0 = x, then as many formulas, each of the quantity before it."""
    return {"h0": "x", **{f"h{n}": formula.format(f"h{n - 1}") for n in range(1, length + 1)}}


def solved(lines):
    return solve(read_problem(f"forward: {json.dumps(lines)}\ngiven: {{x: 0.5, w: 0.9}}"))


@pytest.fixture(scope="module")
def often():
    return solved(used_often(USES))


def test_a_leaf_that_hundreds_of_quantities_use(often):
    assert often.run.gradients["x"] == USES * (USES + 1) / 2


@pytest.mark.parametrize("style", STYLES)
def test_every_style_writes_hundreds_of_summands(often, style):
    whole = max(formulas(document(often, Manner(style))), key=len)
    assert whole.count("+") >= USES - 1
    assert "320" in whole


def test_a_chain_of_hundreds_of_quantities_that_share_a_leaf():
    solution = solved(chained(USES, "tanh(w * {})"))
    h, by_x, by_w = 0.5, 1.0, 0.0
    for _ in range(USES):
        slope = 1 - math.tanh(0.9 * h) ** 2
        h, by_x, by_w = math.tanh(0.9 * h), 0.9 * slope * by_x, slope * (h + 0.9 * by_w)
    assert solution.run.gradients["x"] == pytest.approx(by_x, rel=1e-9)
    assert solution.run.gradients["w"] == pytest.approx(by_w, rel=1e-9)


@pytest.mark.nightly
def test_a_long_way_is_followed_as_far_as_it_is_shown():
    text = "forward: " + json.dumps(chained(700, "sin({})"))
    (whole, *_) = [
        text for text in formulas(report(text, "practical")) if r"{\partial h_0}{\partial x}" in text
    ]
    assert r"\frac{\partial h_7}{\partial h_6}" in whole
    assert "h_8" not in whole.split("=")[1]


FORK = "forward: {%s, a: sin(c), b: exp(c), J: a * b}"


def test_ways_that_part_behind_what_is_shown_are_one():
    """Each ends at the gradient of the last quantity shown, which holds both of them already."""
    chain = ", ".join(f"{name}: {formula}" for name, formula in chained(10, "sin({})").items())
    document = report(FORK % f"{chain}, c: h10", "practical", "prod")
    (whole, *_) = [text for text in formulas(document) if text.startswith(r"\frac{\partial J}{\partial x} =")]
    assert whole.count(r"\frac{\partial h_0}{\partial x}") == 1


def test_no_brace_calls_a_part_of_a_gradient_the_whole():
    document = report(FORK % "c: 2 * x", "practical", "prod")
    assert not [text for text in formulas(document) if "underbrace" in text]

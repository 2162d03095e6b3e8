"""Several objectives in one file: each has its gradients in the JSON and its passages in the report."""

import json
from collections import Counter

import numpy as np
import pytest
from reference import autograd_gradients
from reporting import formulas, found, report, sentences, titles
from support import text_of

from symgrad.document.blocks import Section
from symgrad.errors import InputError
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES
from symgrad.writing.json import to_json

LINES = {
    "z": "W @ x + b",
    "p": "softmax(z)",
    "E1": "-sum(y * log(p))",
    "E2": "norm(W)**2 / 2",
    "J": "E1 + E2",
}
LEAVES = {"W": [[0.1, 0.2], [0.3, -0.4]], "b": [0.1, 0.0], "x": [1.0, 2.0], "y": [0.0, 1.0]}
ASKED = {"backward": {"of": ["J", "E1", "p", "E2"], "wrt": ["W", "b"]}}
UPDATED = {"update": {"rate": 0.5, "parameters": ["W", "b"], "steps": 2}}


def as_json(**sections):
    return json.loads(to_json(solve(read_problem(text_of(LINES, LEAVES, **sections))), str))


def test_the_gradients_of_each_against_autograd():
    whole = as_json(**ASKED)
    assert {entry["of"] for entry in whole["gradients"].values()} == {"J"}
    assert list(whole["also"]) == ["E1", "p", "E2"]
    for of, gradients in whole["also"].items():
        until = dict(list(LINES.items())[: list(LINES).index(of) + 1])
        wrt = ["W"] if of == "E2" else ["W", "b"]
        expected = autograd_gradients(until, {k: np.array(v) for k, v in LEAVES.items()}, wrt)
        for name, array in expected.items():
            np.testing.assert_allclose(gradients[name]["value"], array, rtol=1e-12, atol=1e-15)
        assert {entry["of"] for entry in gradients.values()} == {of}
        assert list(gradients["W"]) == ["of", "shape", "latex", "value"]
    assert whole["also"]["E1"].keys() == {"E1", "p", "z", "W", "b"}
    assert whole["also"]["E2"].keys() == {"E2", "W", "b"}
    assert whole["also"]["E2"]["b"]["value"] == [0, 0]


def test_one_objective_has_no_others():
    alone = as_json(backward={"of": ["E1"], "wrt": ["W", "b"]})
    assert alone == as_json(backward={"of": "E1", "wrt": ["W", "b"]})
    assert "also" not in alone


def test_the_first_is_the_one_that_is_trained():
    both, alone = as_json(**ASKED, **UPDATED), as_json(backward={"of": "J", "wrt": ["W", "b"]}, **UPDATED)
    assert both["training"] == alone["training"]
    assert both["steps"] == alone["steps"]


@pytest.mark.parametrize("style", STYLES)
def test_every_style_has_passages_headed_by_the_objective(style):
    document = report(text_of(LINES, LEAVES, **ASKED, **UPDATED), style)
    for of in ("E_1", "E_2"):
        assert [title for title in titles(document) if title.endswith(f": {of}")]
    zero = [text for text in sentences(document) if text == "E_2 does not depend on \\vec{b}:"]
    assert zero or style == "assignment"
    anchors = Counter(section.anchor for section in found(document.blocks, Section))
    assert max(anchors.values()) == 1


@pytest.mark.parametrize("style", STYLES)
def test_no_symbol_stands_for_two_gradients(style):
    """A bar and a δ are of the first objective: those of others are written out."""
    document = report(text_of(LINES, LEAVES, **ASKED), style)
    own = [s for s in document.blocks if isinstance(s, Section) and s.anchor.endswith("-of-E1")]
    for text in (text for section in own for text in formulas(section)):
        assert "bar" not in text
        assert "δ_1" not in text
        assert r"\Delta" not in text


def test_a_jacobian_is_derived_once():
    document = report(text_of(LINES, LEAVES, **ASKED))
    assert sum("Jacobian" in title for title in titles(document)) == 1


def test_values_that_are_not_finite_name_the_objective():
    solution = solve(read_problem("forward: {a: w**2, E: log(w)}\nbackward: {of: [a, E]}\ngiven: {w: 0}"))
    assert solution.warnings == (
        "E is not finite: its value is -inf",
        "the gradient of E by w is not finite: its value is inf",
    )


def test_an_objective_that_is_no_quantity_is_shown_in_the_list():
    text = "forward: {L: w**2}\nbackward: {of: [L, w]}\n"
    with pytest.raises(InputError) as error:
        read_problem(text, "p.yaml")
    assert str(error.value).splitlines()[:3] == [
        "p.yaml:2:20: error: 'w' is no forward quantity",
        "  | backward: {of: [L, w]}",
        "  |                    ^",
    ]

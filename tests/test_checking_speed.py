"""What the checker keeps so as not to work it out again: the same comes out, and long sheets take no more."""

import cProfile
import pstats

import numpy as np
import pytest
from labels import attempted, load_labels
from support import assert_close
from test_outside import OUTSIDE

from symgrad.checking.meaning.choices import Choices, Worked
from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.model import model_of
from symgrad.checking.worlds.moved import at
from symgrad.checking.worlds.points import Points
from symgrad.checking.worlds.stacking import stacked
from symgrad.checking.worlds.tensor import Misfit, scalar
from symgrad.reading.problem import read_problem
from symgrad.tree import names
from symgrad.writing.check_json import check_to_json

SHEETS = {sheet.name: sheet for sheet in load_labels(OUTSIDE)}
PROBLEM = """
forward:
  z: W @ x + b
  h: tanh(z) * k
  r: x @ W.T / 2 - c
  P: softmax(V, axis=1)
  q: mean(V * P, axis=0)
  g: maximum(q, sum(h)) + norm(W) + pi
  n: sum(V, axis=1, keepdims=True) + V
  l: log_softmax(z)
  m: V @ V.T
  p: max(q) + inv(m + 9 * diag(l)) @ z
  J: sum(g) * (h @ r) + sum(n) + sum(p * l)
shapes: {W: [2, 3], x: [3], b: [2], c: [2], k: [], V: [2, 4]}
"""


@pytest.mark.parametrize("made", ["z", "h", "r", "P", "q", "g", "n", "l", "m", "p", "J"])
def test_a_formula_at_many_points_is_what_it_is_at_each(made):
    model = model_of(read_problem(PROBLEM))
    (world, *_), formula = Points(model).own, model.graph.quantities[made]
    draw = np.random.default_rng(3)
    moved, *still = names(formula)
    steps = 1j * H * draw.uniform(-1, 1, (5, *world.value(moved).shape))
    parts = {moved: world.value(moved) + steps, **{name: world.value(name)[None] for name in still}}
    found = stacked(formula, parts, world.sizes)
    for point in range(5):
        there = at(formula, lambda name, k=point: parts[name][k if name == moved else 0], world.sizes)
        assert_close(np.real(found[point]), np.real(there), 12, made)
        assert_close(np.imag(found[point]) / H, np.imag(there) / H, 10, made)


def test_what_was_worked_out_counts_where_the_same_was_chosen():
    kept = Worked("node", (("a", "row"), ("b", None)), {"b": ("x", ("x", "y"))}, False, scalar(1.0), None)
    assert kept.fits(Choices({"a": "row"}))
    assert kept.fits(Choices({}, {"a": ("row", ("row", "column"))}))
    assert not kept.fits(Choices({"a": "column"}))
    assert not kept.fits(Choices({"a": "row", "b": "y"}))
    choices = Choices({"a": "row"}, {"c": ("1", ("1", "2"))})
    assert kept.repeated(choices).data == 1.0
    assert list(choices.trail) == ["c", "b"]
    assert set(choices.asked) == {"a", "b"}


def test_why_there_is_no_value_is_kept_too():
    with pytest.raises(Misfit, match="do not fit"):
        Worked("node", (), {}, True, None, Misfit("they do not fit")).repeated(Choices())


@pytest.mark.parametrize("name", ["einstein", "recurrence_three_steps", "batch_in_rows"])
def test_nothing_is_found_otherwise_than_with_nothing_kept(name, monkeypatch):
    kept = check_to_json(attempted(SHEETS[name]))
    monkeypatch.setattr(Worked, "fits", lambda self, choices: False)
    assert check_to_json(attempted(SHEETS[name])) == kept


@pytest.mark.parametrize("name", ["einstein", "batch_in_rows"])
def test_work_grows_no_faster_than_a_sheet(name):
    attempted(SHEETS[name])  # what is made once
    few, many = (_calls(SHEETS[name], times) for times in (2, 6))
    assert many < 3.3 * few


def _calls(sheet, times):
    profile = cProfile.Profile()
    profile.runcall(attempted, sheet, "\n\n".join([sheet.text] * times))
    return pstats.Stats(profile).total_calls

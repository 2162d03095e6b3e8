"""Random formulas over all operations: no gradient is wrong, and no legal input ends in an error.

The benchmark makes ten thousand of them, and CI runs it for five hundred; here is one for each operation.
"""

import importlib.util
import re
from itertools import islice
from pathlib import Path

import pytest
from formula_makers import MAKERS
from formulas import random_formula
from msgspec.structs import replace
from support import forget

from symgrad import solving
from symgrad.calculus import derive as deriving
from symgrad.calculus import jacobian as jacobians
from symgrad.calculus import layers, matching
from symgrad.calculus.index import scale
from symgrad.operations import OPERATIONS


def _benchmark():
    path = Path(__file__).parent / "benchmarks" / "formulas.py"
    spec = importlib.util.spec_from_file_location("formulas_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


outcome = _benchmark().outcome


@pytest.mark.parametrize("seed", range(len(MAKERS)))
def test_a_random_formula(seed):
    made = random_formula(seed)
    kind, _ = outcome(made)
    assert not kind, f"{kind}: {made}"


def test_every_operation_has_its_formulas():
    assert MAKERS.keys() == OPERATIONS.keys() - {"direction"}, "direction is what a norm leaves, no input"
    about = [random_formula(seed).about for seed in range(10_000)]
    assert min(map(about.count, MAKERS)) > 10_000 // len(MAKERS) - 1


# --- planted faults ---------------------------------------------------------------------------------


@pytest.fixture
def _unverified(monkeypatch):
    """No check of a step stands in the way of a planted fault."""
    forget()
    monkeypatch.setattr(deriving, "verify_layer", lambda layer, name: ("identity",) * 9)
    monkeypatch.setattr(deriving, "_relabelled", _all_steps(deriving._relabelled))
    monkeypatch.setattr(deriving, "verify_substitution", lambda worlds, steps, *rest: steps)
    monkeypatch.setattr(jacobians, "verify_entries", lambda *args: True)
    monkeypatch.setattr(solving, "verify_derivation", lambda *args: True)
    yield
    forget()


def _all_steps(original):
    return lambda path, proofs, labels: original(path, proofs[: len(path.steps)], labels)


def found(seeds):
    """Whether one of these formulas shows that something is wrong."""
    return any(outcome(random_formula(seed))[0].startswith("wrong") for seed in seeds)


@pytest.mark.usefixtures("_unverified")
@pytest.mark.parametrize(
    "name", ["softmax", "inv", "var", "conv2d", "maxpool2d", "logsumexp", "diag", "concat", "index"]
)
def test_a_planted_sign_is_found(monkeypatch, name):
    original = layers.differentiate

    def sabotaged(op, *args):
        local = original(op, *args)
        return replace(local, poly=scale(local.poly, -1)) if op == name else local

    about = range(list(MAKERS).index(name), 20 * len(MAKERS), len(MAKERS))
    assert not found(islice(about, 1))
    forget()
    monkeypatch.setattr(layers, "differentiate", sabotaged)
    assert found(about)


@pytest.mark.usefixtures("_unverified")
def test_a_repeated_index_that_counts_as_two_is_found(monkeypatch):
    diagonal = re.compile(r"(trace|diag)\((maxpool2d|conv2d)\(")
    seeds = [s for s in range(8000) if any(map(diagonal.search, random_formula(s).lines.values()))]
    assert len(seeds) > 3
    assert not found(seeds[:1])
    forget()
    monkeypatch.setattr(matching, "told_apart", lambda parts: (parts, set()))
    assert found(seeds)

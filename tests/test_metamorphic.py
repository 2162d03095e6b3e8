"""The same problem told otherwise has the same gradients: other names, other order, other cuts."""

import ast
import re
from functools import lru_cache

import numpy as np
import pytest
from formula_makers import MAKERS
from formulas import random_formula
from problems import random_problem
from support import assert_close, solve_text, text_of

from symgrad.tree import Gradient, Name, Partial, transform

SEEDS = [*range(6), *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(6, 60))]
NAMED = {
    "network": (
        {
            "u": "W @ x + b",
            "h": "relu(u)",
            "v": "V @ h + c",
            "o": "softmax(v)",
            "L": "-sum(y * log(o))",
            "s": "norm(W)**2 / 2 + norm(V)**2 / 2",
            "J": "L + s",
        },
        {
            "W": [[0.3, -0.5], [0.2, 0.7], [-0.1, 0.4]],
            "x": [0.6, 0.3],
            "b": [0.1, 0.2, -0.3],
            "V": [[0.3, 0.5, 0.1], [0.2, -0.7, 0.8]],
            "c": [0.3, 0.5],
            "y": [0.2, 0.8],
        },
    ),
    "products": (
        {"p": "a * b + c", "q": "exp(p) * a", "r": "q / (1 + p**2)", "J": "sum(r * d) + dot(a, c)"},
        {"a": [0.5, -1.0], "b": [1.0, 0.3], "c": [-0.7, 0.2], "d": [1.1, 0.4]},
    ),
}


def gradients(lines, leaves):
    wrt = [name for name in leaves if not name.startswith("l")]
    solved = derived(text_of(lines, leaves, backward={"of": list(lines)[-1], "wrt": wrt}))
    found = solved.gradients()
    return solved, {name: found[name] for name in wrt}


@lru_cache(100)
def derived(text):
    """Several tests tell one problem otherwise: it is derived once."""
    return solve_text(text)


def assert_same(lines, leaves, others, other_leaves=None, names=None):
    """The gradients by the leaves agree, name by name."""
    _, expected = gradients(lines, leaves)
    _, found = gradients(others, other_leaves or leaves)
    for name in expected:
        assert_close(found[(names or {}).get(name, name)], expected[name], 12, f"{name} of {others}")


# --- names ----------------------------------------------------------------------------------------


def renaming(lines, leaves):
    """Names in the opposite alphabetical order, of another length."""
    every = sorted([*lines, *leaves])
    return {old: f"z{len(every) - n:02d}_{'ab'[n % 2]}" for n, old in enumerate(every)}


def renamed_text(text, names):
    return re.sub(r"[A-Za-z_]\w*(?!\w*\()", lambda found: names.get(found.group(), found.group()), text)


def renamed(lines, leaves, names):
    texts = {names[name]: renamed_text(text, names) for name, text in lines.items()}
    return texts, {names[name]: value for name, value in leaves.items()}


def renamed_formula(formula, names):
    def node(part):
        match part:
            case Name(id):
                return Name(names[id])
            case Gradient(of, wrt):
                return Gradient(names[of], names[wrt])
            case Partial(of, wrt):
                return Partial(names[of], names[wrt])
        return part

    return transform(formula, node)


@pytest.mark.parametrize("seed", SEEDS)
def test_renaming_leaves_the_values(seed):
    lines, leaves = random_problem(seed, lines=2)
    names = renaming(lines, leaves)
    assert_same(lines, leaves, *renamed(lines, leaves, names), names=names)


@pytest.mark.parametrize("problem", NAMED)
def test_the_renamed_problem_has_the_renamed_formulas(problem):
    lines, leaves = NAMED[problem]
    names = renaming(lines, leaves)
    before, _ = gradients(lines, leaves)
    after, _ = gradients(*renamed(lines, leaves, names))
    for name in before.derivation.gradients:
        assert after.formula(names[name]) == renamed_formula(before.formula(name), names), name


# --- order ----------------------------------------------------------------------------------------


def names_in(text):
    return {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}


def reordered(lines):
    """The lines in another order that still makes everything before it is used: the latest possible first."""
    left, made = dict(lines), {}
    *_, last = lines
    while left:
        ready = [name for name, text in left.items() if not names_in(text) & set(left)]
        chosen = next((name for name in reversed(ready) if name != last), last)
        made[chosen] = left.pop(chosen)
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_reordering_independent_lines(seed):
    lines, leaves = random_problem(seed)
    assert_same(lines, leaves, reordered(lines))


def test_reordering_reorders():
    lines = {"a": "x", "b": "y", "c": "a + b"}
    assert list(reordered(lines)) == ["b", "a", "c"]


# --- cuts -----------------------------------------------------------------------------------------


def split(lines):
    """Every operation's first operand that is no name becomes a quantity of its own."""
    cut = {}
    for name, text in lines.items():
        body = ast.parse(text, mode="eval").body
        operand = _first_operand(body)
        if operand is None:
            cut[name] = text
            continue
        cut[f"{name}_part"] = ast.unparse(operand)
        cut[name] = ast.unparse(_Replaced(operand, f"{name}_part").visit(body))
    return cut


def _first_operand(body):
    operands = {ast.BinOp: "left", ast.UnaryOp: "operand", ast.Subscript: "value", ast.Attribute: "value"}
    if isinstance(body, ast.Call):
        operand = body.args[0]
    else:
        operand = getattr(body, operands.get(type(body), "none"), None)
    return None if isinstance(operand, ast.Name | ast.Constant | ast.Compare) else operand


class _Replaced(ast.NodeTransformer):
    def __init__(self, old, name):
        self.old, self.name = old, name

    def visit(self, node):
        return ast.Name(self.name) if node is self.old else self.generic_visit(node)


def joined(lines):
    """Every quantity written out where it is used: one formula is left."""
    whole = {}
    for name, text in lines.items():
        whole[name] = renamed_text(text, {made: f"({body})" for made, body in whole.items()})
    *_, last = whole
    return {last: whole[last]}


@pytest.mark.parametrize("seed", SEEDS)
def test_splitting_formulas(seed):
    lines, leaves = random_problem(seed, lines=2)
    cut = split(lines)
    assert len(cut) > len(lines)
    assert_same(lines, leaves, cut)


@pytest.mark.parametrize("seed", SEEDS)
def test_joining_formulas(seed):
    lines, leaves = random_problem(seed, lines=2)
    whole = joined(lines)
    assert len(whole) == 1
    assert_same(lines, leaves, whole)


WINDOWS = ("trace", "conv2d", "index", "concat", "diag", "flatten", "maxpool2d", "where", "max", "softmax")


ROUNDS = [(about, turn) for turn in range(40) for about in WINDOWS]
"""The first of these run always, the others at night."""


@pytest.mark.parametrize(
    ("about", "turn"), [*ROUNDS[:4], *(pytest.param(*r, marks=pytest.mark.nightly) for r in ROUNDS[4:])]
)
def test_naming_and_inlining_a_part(about, turn):
    """What stands in a line of its own, or inside another, has the same gradients to all leaves."""
    made = random_formula(list(MAKERS).index(about) + turn * len(MAKERS))
    for cut in (split(made.lines), joined(made.lines)):
        assert_same(made.lines, made.leaves, cut)


@pytest.mark.parametrize("inner", ["maxpool2d(X, 2)", "conv2d(X, X[0:2, 0:2], stride=2)", "X[0:4, 1:5]"])
@pytest.mark.parametrize("outer", ["trace({})", "sum(diag({}) * diag({}))", "trace({} @ {}.T) + {}[0, 1]"])
def test_a_part_with_a_diagonal(inner, outer):
    leaves = {"X": np.sin(np.arange(20.0) ** 2).reshape(4, 5).round(3)}
    inline = {"J": outer.replace("{}", f"({inner})")}
    assert_same({"c": inner, "J": outer.replace("{}", "c")}, leaves, inline)


@pytest.mark.parametrize("problem", NAMED)
def test_cutting_named_problems(problem):
    lines, leaves = NAMED[problem]
    assert_same(lines, leaves, split(split(lines)))
    assert_same(lines, leaves, joined(lines))

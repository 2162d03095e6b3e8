"""Gradients by what an axis is cut into, and by what is joined: block by block, beside autograd's values."""

import numpy as np
import pytest
from reference import autograd_gradients
from support import solve, text_of

from symgrad.calculus.blockwise import blockwise
from symgrad.calculus.index import Index
from symgrad.calculus.steps import Step
from symgrad.calculus.verify_named import verify_named
from symgrad.calculus.worlds import Worlds
from symgrad.checking.check import check_text
from symgrad.errors import DerivationError
from symgrad.graph import build_graph
from symgrad.graph.stretches import covers, stretch
from symgrad.notation.plain import plain
from symgrad.reading.problem import read_problem
from symgrad.tree import Gradient, Op, names

SIZES = {"n": 6, "m": 4, "k": 2, "r": 5}
SHAPES = {
    **{name: ["n"] for name in "xa"},
    **{name: ["m"] for name in "pv"},
    **{name: ["k"] for name in "uq"},
    **{name: ["m", "k"] for name in "AB"},
    **{name: [] for name in "cd"},
    **{name: ["r", "m"] for name in "XYZ"},
}
FIXED = {name: [SIZES[dim] for dim in shape] for name, shape in SHAPES.items()}
HALVES = {"h": "x[0:3]", "l": "x[3:6]", "L": "sum(exp(h)) - dot(h, l)"}
FORMS = [
    # ranges that cover a vector, with names and without, from both ends
    (HALVES, "x", "concat(∂L/∂h, ∂L/∂l)"),
    ({"L": "sum(x[0:3]**2) + sum(exp(x[3:6]))"}, "x", "concat(2 * x[0:3], exp(x[3:6]))"),
    ({"L": "sum(x[:-2]**2) + sum(exp(x[-2:]))"}, "x", "concat(2 * x[:-2], exp(x[-2:]))"),
    ({"L": "sum(x[4:6]**3) + sum(x[0:2]) + dot(x[2:4], u)"}, "x", "concat(ones(p), u, 3 * x[4:6]**2)"),
    # what they have in common stands before them, what belongs to no block beside them
    ({"L": "-sum(x[0:4] * p) - sum(x[4:6] * u)"}, "x", "-concat(p, u)"),
    ({"h": "(a * x)[0:3]", "l": "(a * x)[3:6]", "L": "dot(h, l)"}, "x", "a * concat(∂L/∂h, ∂L/∂l)"),
    ({**HALVES, "L": "dot(h, l) + sum(exp(x))"}, "x", "concat(∂L/∂h, ∂L/∂l) + exp(x)"),
    (
        {"w": "x[2:4]", **HALVES, "L": "dot(h, l) * sum(w**3)"},
        "x",
        "concat(∂L/∂h, ∂L/∂l) + selection().T @ ∂L/∂w",
    ),
    ({"L": "sum(x[:3]**2) / 2 + sum(x[3:]**2) / 2"}, "x", "x"),
    # rows and columns of matrices
    ({"L": "sum(X[0:2]**2) + sum(exp(X[2:5]))"}, "X", "concat(2 * X[0:2], exp(X[2:5]))"),
    ({"L": "sum(X[:, 0:3]**2) + sum(exp(X[:, 3:4]))"}, "X", "concat(2 * X[:, 0:3], exp(X[:, 3:4]), axis=1)"),
    # a vector's blocks in products with matrices, each with one of its own
    (
        {"L": "sum(sum(X * Y, axis=0)[0:3]**2) + sum(exp(sum(X * Z, axis=0)[3:4]))"},
        "X",
        "concat(2 * (Y[:, 0:3] * sum(X * Y, axis=0)[0:3]), Z[:, 3:4] * exp(sum(X * Z, axis=0)[3:4]), axis=1)",
    ),
    (
        {"L": "sum((X * v)[:, 0:2]**2) + sum(exp((X * p)[:, 2:4]))"},
        "X",
        "concat(2 * ((X * v)[:, 0:2] * v[0:2]), exp((X * p)[:, 2:4]) * p[2:4], axis=1)",
    ),
    # single entries
    ({"L": "u[0]**2 * u[1] + sin(u[1])"}, "u", "concat(2 * u[0] * u[1], cos(u[1]) + u[0]**2)"),
    ({"L": "x[0]**2 + sum(exp(x[1:-1])) + x[-1]**3"}, "x", "concat(2 * x[0], exp(x[1:-1]), 3 * x[-1]**2)"),
    ({"L": "c * (u[0] * d + u[1])"}, "u", "c * concat(d, 1)"),
    # gaps and overlaps stay what they are
    (
        {"L": "sum(x[0:3]**2) + sum(exp(x[4:6]))"},
        "x",
        "selection().T @ exp(x[4:6]) + 2 * (selection().T @ x[0:3])",
    ),
    ({"L": "sum(exp(x[0:4])) + sum(x[3:6])"}, "x", "selection().T @ exp(x[0:4]) + sum(selection(), axis=0)"),
    # the other way: a piece of what is joined
    ({"y": "concat(p, q)", "L": "sum(y**3)"}, "q", "part(∂L/∂y)"),
    ({"L": "sum(exp(concat(p, q)))"}, "q", "exp(q)"),
    ({"L": "sum(concat(A, B, axis=1)**2)"}, "B", "2 * B"),
    ({"y": "concat(c, d, p)", "L": "sum(y**3)"}, "d", "∂L/∂y[1]"),
    ({"h": "concat(v @ A, q)", "L": "sum(tanh(h))"}, "v", "A @ part(∂L/∂h)"),
]


def problem_of(forward, target, shapes=FIXED):
    """The problem with random numbers for its leaves, towards one target."""
    formulas = read_problem(text_of(forward)).formulas.values()
    used = {name for parsed in formulas for name in names(parsed.formula)} - forward.keys()
    draw = np.random.default_rng(5)
    given = {name: draw.uniform(0.2, 0.8, FIXED[name]) for name in sorted(used)}
    stated = {name: shapes[name] for name in given}
    return solve(forward, given, shapes=stated, backward={"of": "L", "wrt": [target]}), given


@pytest.mark.parametrize(("forward", "target", "form"), FORMS)
def test_a_gradient_is_written_block_by_block(forward, target, form):
    found, given = problem_of(forward, target)
    assert plain(found.formula(target)) == form
    truth = autograd_gradients(forward, given, [target])[target]
    np.testing.assert_allclose(found.gradients()[target], truth, rtol=1e-9)


def test_blocks_are_a_step_that_is_checked():
    found, _ = problem_of(HALVES, "x")
    (step,) = [step for step in found.derivation.gradients["x"].steps if step.rule == "blockwise"]
    assert plain(step.before) == "selection().T @ ∂L/∂h + selection().T @ ∂L/∂l"
    assert step.proof == "numeric"


def test_blocks_in_a_wrong_order_are_refused():
    found, _ = problem_of(HALVES, "x")
    (step,) = [step for step in found.derivation.gradients["x"].steps if step.rule == "blockwise"]
    assert isinstance(step.after, Op)
    wrong = Step("x", "blockwise", step.before, Op("concat", step.after.args[::-1], step.after.options))
    with pytest.raises(DerivationError, match="blockwise"):
        verify_named(Worlds(found.graph, ()), wrong, found.derivation.gradients, (Index("in0", "n"),))


@pytest.mark.parametrize(
    ("cut", "form"),
    [
        ("sum(x[:3]**2) + sum(exp(x[3:]))", "concat(2 * x[:3], exp(x[3:]))"),
        ("sum(x[:-3]**2) + sum(exp(x[-3:]))", "concat(2 * x[:-3], exp(x[-3:]))"),
        ("sum(x[0:3]**2) + sum(exp(x[3:6]))", "selection().T @ exp(x[3:6]) + 2 * (selection().T @ x[0:3])"),
    ],
)
def test_without_a_size_only_what_covers_every_vector_is_joined(cut, form):
    """x[0:3] and x[3:6] leave something out of a vector with 7 entries."""
    found = solve({"L": cut}, shapes={"x": ["n"]})
    assert plain(found.formula("x")) == form


def test_what_covers_an_axis_is_as_long_as_it():
    """So the pieces joined again have the size that the whole had, and no size of their own."""
    forward = {"h": "x[0:3]", "l": "x[3:6]", "y": "a * concat(h**2, l)", "L": "sum(y)"}
    graph = build_graph(read_problem(text_of(forward, shapes={"x": [6], "a": [6]})))
    assert graph.shapes["x"] == graph.shapes["a"] == graph.shapes["y"]
    again = graph.shape(Op("concat", (Gradient("L", "h"), Gradient("L", "l")), (("axis", 0),)))
    assert again == graph.shapes["x"]


@pytest.mark.parametrize(
    ("part", "size", "found"),
    [
        (2, None, (2, 3)),
        (-1, None, (-1, None)),
        (-1, 6, (5, None)),
        (("slice", None, 3), None, (0, 3)),
        (("slice", 3, 9), 6, (3, None)),
        (("slice", -3, None), 6, (3, None)),
    ],
)
def test_what_a_position_or_a_range_picks(part, size, found):
    assert stretch(part, size) == found


@pytest.mark.parametrize(
    ("stretches", "found"),
    [
        ([(3, None), (0, 3)], [((0, 3), (3, None))]),
        ([(0, 2), (2, None), (0, 4), (4, None)], [((0, 2), (2, None)), ((0, 4), (4, None))]),
        ([(0, 2), (3, None)], []),
        ([(0, 3), (2, None)], []),
        ([(0, None)], []),
        ([(0, 5), (5, -3), (-3, 5), (-3, None)], [((0, 5), (5, -3), (-3, None))]),
    ],
)
def test_what_covers_an_axis(stretches, found):
    assert list(covers(stretches)) == found


def test_a_formula_without_blocks_stays_as_it_is():
    found, _ = problem_of({"L": "sum(exp(x))"}, "x")
    assert blockwise(found.formula("x"), found.graph) is found.formula("x")


# --- reading them ---------------------------------------------------------------------------------------

BLOCKS = r"\frac{\partial L}{\partial x} = \begin{bmatrix} %s \\ %s \end{bmatrix}"
H, TAIL = (rf"\frac{{\partial L}}{{\partial {name}}}" for name in "hl")


@pytest.mark.parametrize(("first", "second", "verdict"), [(H, TAIL, "correct"), (TAIL, H, "wrong")])
@pytest.mark.parametrize("forward", [HALVES, {"h": "x[0:2]", "l": "x[2:6]", "L": "sum(h**2) + sum(exp(l))"}])
def test_blocks_below_one_another_are_read(forward, first, second, verdict):
    given = {"x": [0.5, -1.0, 2.0, 0.3, 1.5, -0.7]}
    checked = check_text(
        f"$$ {BLOCKS % (first, second)} $$", read_problem(text_of(forward, given)), "work.md"
    )
    assert [line.verdict for line in checked.lines] == [verdict]

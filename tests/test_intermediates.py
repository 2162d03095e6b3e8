"""Names that nobody chose: new quantities and sizes look like nothing of the user's."""

import pytest

from symgrad.graph import build_graph
from symgrad.maths.latex import latex
from symgrad.notation.numerals import Digits
from symgrad.notation.setting import context_of
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem

HIDDEN = "forward: {{L: 'sum(tanh({matrix} @ {x}))'}}\n{rest}"


def hidden(matrix="W", x="x", rest=""):
    return HIDDEN.format(matrix=matrix, x=x, rest=rest)


@pytest.mark.parametrize(
    ("text", "stem"),
    [
        (hidden(), "a"),
        (hidden(x="a"), "z"),
        (hidden(matrix="A"), "z"),
        (hidden(x="a_2"), "z"),
        (hidden(x="a", rest="write: {W: Z}"), "u"),
        (hidden(rest=r"write: {x: '\vec a'}"), "z"),
        (hidden(rest=r"write: {x: '\mathbf{a}'}"), "z"),
        (hidden(rest="shapes: {W: [a, n]}"), "z"),
        (hidden(rest="update: {rate: a, parameters: [W], steps: 1}"), "z"),
        (hidden(x="a1"), "a"),
    ],
)
def test_a_new_name_is_no_entry_of_another(text, stem):
    problem = read_problem(text)
    solution = solve(problem)
    assert {name[0] for name in solution.graph.auxiliary} == {stem}
    naming = context_of(solution.graph, problem, "prod", Digits()).naming
    forms = [latex(naming.written(name)) for name in naming.names]
    assert len(set(forms)) == len(forms)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("forward: {L: sum(W @ x)}", {"n", "m"}),
        ("forward: {L: sum(W @ n)}", {"m", "k"}),
        ("forward: {L: sum(W_n @ x_m)}", {"k", "p"}),
        ("forward: {L: sum(W @ x)}\nwrite: {x: 'n_k'}", {"m", "p"}),
        (
            "forward: {L: sum(n*m) + sum(k*p) + sum(q*r) + sum(d)}\nshapes: {n: [2], k: [3], q: [4], d: [5]}",
            set(),
        ),
    ],
)
def test_a_size_that_nobody_named_has_a_letter_of_its_own(text, letters):
    graph = build_graph(read_problem(text))
    sizes = {dim for shape in graph.shapes.values() for dim in shape}
    assert sizes.isdisjoint(graph.shapes)
    if letters:
        assert sizes == letters
    else:  # all letters are vectors: n_1 would be an entry of n
        assert all(size.startswith("size_") for size in sizes)

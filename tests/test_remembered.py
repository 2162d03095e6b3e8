"""What is remembered changes no result: budgets, names of dummies, values."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from support import forget, text_of

from symgrad.calculus.budget import TooLong, remembered, spend, within
from symgrad.calculus.index import Cell, Index, Poly, Term, cell, collect, multiply, total
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.reading.problem import read_problem
from symgrad.solving import solve
from symgrad.tree import ONE, Delta, Entry, Name, Op, Total

X, W = Name("x"), Name("W")


def test_finding_something_again_costs_what_it_cost():
    @remembered(10)
    def work(terms):
        spend(terms)
        return terms

    for _ in range(2):
        with within(7):
            assert work(5) == 5
            with pytest.raises(TooLong):
                work(5)


def test_what_did_not_fit_is_not_remembered():
    @remembered(10)
    def work(terms):
        spend(terms)
        return terms

    with within(3), pytest.raises(TooLong):
        work(5)
    assert work(5) == 5


def test_dummies_that_may_be_exchanged_have_one_normal_form():
    """(Σ_k x_k)^9 has 9! orders of its dummies, all of them the same."""
    indices = [Index(f"k{n}", "n") for n in range(9)]
    expected = multiply(*[total(cell(X, indices[0]), indices[0])] * 9)
    assert total(multiply(*(cell(X, i) for i in indices)), *indices) == expected


def test_a_cycle_of_dummies_has_one_normal_form():
    """tr W⁴: no two of its dummies may be exchanged, but all may be turned together."""
    forms = set()
    for names in permutations("abcd"):
        i = [Index(name, "n") for name in names]
        factors = tuple((Cell(W, (i[n], i[(n + 1) % 4])), Fraction(1)) for n in range(4))
        forms.add(collect([Term(Fraction(1), factors, tuple(sorted(i, key=repr)))]))
    assert len(forms) == 1


def test_a_free_index_may_have_the_name_of_a_dummy_over_another_dimension():
    free, bound = Index("_1", "n"), Index("_1", "m")
    (term,) = total(multiply(cell(W, free, bound), cell(X, bound)), bound).terms
    assert [index.name for index in term.bound] == ["_2"]
    assert collect([term]) == Poly((term,))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Total(Op("multiply", (Delta("i", "k"), Entry(W, ("k", "j")))), "k"), lambda w: w),
        (Total(Op("multiply", (Delta("i", "k"), Entry(W, ("k", "i")))), "k"), lambda w: np.diag(w)[:, None]),
        (
            Total(Total(Op("multiply", (Op("multiply", (Delta("i", "k"), Delta("k", "l"))), ONE)), "k"), "l"),
            lambda w: 1,
        ),
        (Total(Op("divide", (Entry(W, ("i", "k")), Entry(W, ("k", "j")))), "k"), lambda w: w @ (1 / w)),
    ],
)
def test_sums_over_deltas_and_quotients(formula, expected):
    w = np.array([[1.0, 2.0], [4.0, 8.0]])
    found = evaluate_entries(formula, ("i", "j"), Values({W: w}, {"n": 2}), {"i": 2, "j": 2})
    assert np.allclose(found, np.broadcast_to(expected(w), (2, 2)))


def test_known_values_are_used():
    values = Values({X: np.array([1.0, 2.0])}, {}, known={})
    squared = Op("multiply", (X, X))
    assert evaluate(squared, values) is evaluate(Op("multiply", (X, X)), values)


FORWARD = {"u": "W @ x", "p": "softmax(u)", "L": "-sum(y * log(p))"}
GIVEN = {"x": [1.0, 2.0], "W": [[1.0, 0.5], [0.25, 1.0]], "y": [0.0, 1.0]}


def derived(forward=FORWARD, given=GIVEN, data=("x", "y"), **sections):
    return solve(read_problem(text_of(forward, given, data=data, **sections))).derivation


@pytest.fixture
def kept():
    """A derivation, and the only one that is remembered."""
    forget()
    return derived()


def test_other_numbers_and_another_title_are_not_derived_again(kept):
    assert derived(given={**GIVEN, "x": [3.0, 4.0]}, title="Another") is kept


@pytest.mark.parametrize(
    "changed",
    [
        {"forward": {**FORWARD, "u": "W @ x / 2"}},
        {"forward": {"s": "sum(x)", **FORWARD}},
        {"given": {**GIVEN, "y": [0.5, 0.75]}},
        {"given": {**GIVEN, "x": [1.0, 2.0, 3.0], "W": [[1.0, 0.5, 2.0], [0.25, 1.0, 3.0]]}},
        {"backward": {"of": "L", "wrt": ["x"]}},
        {"backward": {"of": "u"}},
        {"data": ["x"]},
    ],
    ids=lambda changed: str(changed)[:50],
)
def test_what_a_derivation_is_made_of_is_derived_again(kept, changed):
    """What is found then is what is found by who remembers nothing."""
    found = derived(**changed)
    assert found is not kept
    forget()
    assert derived(**changed) == found


def test_a_function_of_the_same_name_is_derived_again():
    forward = {"a": "f(x)", "L": "sum(a)"}
    squares, cubes = (derived(forward, {}, (), functions={"f(t)": body}) for body in ("t**2", "t**3"))
    assert squares != cubes

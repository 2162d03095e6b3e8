"""A wrong derivative does not get out: whatever part of the calculus is sabotaged, a check catches it."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from msgspec.structs import replace
from support import assert_close, forget, solve, text_of

from symgrad.calculus import layers, simpler, verify
from symgrad.calculus.facts import Fact
from symgrad.calculus.index import Poly, scale
from symgrad.calculus.whole import verify_derivation
from symgrad.errors import DerivationError
from symgrad.operations import OPERATIONS
from symgrad.operations.elementwise import FLOAT_FUNCTIONS
from symgrad.reading.problem import read_problem
from symgrad.solving import solve as solve_problem
from symgrad.tree import Name, Number, Op, number

NETWORK = {
    "h": "tanh(W @ x + b)",
    "o": "softmax(V @ h)",
    "L": "-sum(y * log(o))",
    "J": "L + norm(W)**2 / 2",
}
SHAPES = {"W": ["m", "n"], "x": ["n"], "b": ["m"], "V": ["k", "m"], "y": ["k"]}
FACTS = (Fact("y", None, Fraction(1)),)


@pytest.fixture(autouse=True)
def _no_caches():
    """What is cached was worked out from the true table."""
    forget()
    yield
    forget()


def solve_network(facts=()):
    return solve(NETWORK, shapes=SHAPES, facts=facts)


# --- the definition decides -----------------------------------------------------------------------


def redefine(monkeypatch, name, scalar, floats):
    """Put another formula in the place of an elementwise operation's."""
    record = OPERATIONS[name]
    changed = replace(
        record,
        scalar=scalar,
        entry=lambda scope, views, out, options: scalar(*(scope.spread(view, out) for view in views)),
    )
    monkeypatch.setitem(OPERATIONS, name, changed)
    monkeypatch.setitem(FLOAT_FUNCTIONS, name, floats)


X = [0.5, -1.0, 2.0]


@pytest.mark.parametrize(
    ("scalar", "floats", "expected"),
    [
        (lambda t: t**3, lambda t: t**3, [0.75, 3, 12]),
        (sympy.sin, np.sin, np.cos(X)),
        (lambda t: 5 + 0 * t, lambda t: 5 + 0 * t, [0, 0, 0]),
    ],
)
def test_another_definition_has_another_derivative(monkeypatch, scalar, floats, expected):
    redefine(monkeypatch, "tanh", scalar, floats)
    assert_close(solve({"J": "sum(tanh(x))"}, {"x": X}).gradients()["x"], expected, 14)


def test_another_softmax_has_another_jacobian(monkeypatch):
    """x_i² / Σ_k x_k² in the place of the softmax."""

    def entry(scope, views, out, options):
        k = scope.index(views[0].dims[0])
        return views[0](*out) ** 2 / scope.sum(views[0](k) ** 2, k)

    changed = replace(OPERATIONS["softmax"], entry=entry, value=lambda space, x: x * x / np.sum(x * x))
    monkeypatch.setitem(OPERATIONS, "softmax", changed)
    x, w, squares = np.array(X), np.array([1.0, 2.0, 3.0]), np.sum(np.square(X))
    solved = solve({"J": "sum(w * softmax(x))"}, {"x": x, "w": w})
    found = solved.exact_gradients({"x": x, "w": w})["x"]  # the formula's own numbers: no generated code
    assert_close(found, 2 * x * w / squares - 2 * x * np.sum(w * x * x) / squares**2, 14)


def test_a_definition_that_is_not_the_numbers_is_caught(monkeypatch):
    true = OPERATIONS["matmul"].entry
    false = replace(OPERATIONS["matmul"], entry=lambda *args: 2 * true(*args))
    monkeypatch.setitem(OPERATIONS, "matmul", false)
    with pytest.raises(DerivationError):
        solve_network()


# --- sabotage -------------------------------------------------------------------------------------


def sabotaged(original, change):
    def differentiate(*args):
        local = original(*args)
        return replace(local, poly=change(local.poly))

    return differentiate


SABOTAGE = {
    "a factor": lambda poly: scale(poly, 2),
    "a sign": lambda poly: scale(poly, -1),
    "nothing left": lambda poly: Poly(),
    "a term lost": lambda poly: Poly(poly.terms[1:]),
}


@pytest.mark.parametrize("change", SABOTAGE)
@pytest.mark.parametrize(
    "text", ["tanh(x)", "softmax(x)", "W @ x", "mean(x)", "x / norm(x)", "relu(x)", "x * x"]
)
def test_a_wrong_local_derivative(monkeypatch, text, change):
    monkeypatch.setattr(layers, "differentiate", sabotaged(layers.differentiate, SABOTAGE[change]))
    with pytest.raises(DerivationError):
        solve(
            {"h": text, "J": "sum(h**2)"},
            shapes={"x": ["n"], "W": ["m", "n"]} if "W" in text else {"x": ["n"]},
        )


@pytest.mark.parametrize("shape", [[], ["n"]])
@pytest.mark.parametrize("slope", [0, 1])
def test_a_relu_is_tried_on_both_sides(monkeypatch, shape, slope):
    """relu' = 1 and relu' = 0 are each right on one side only."""
    monkeypatch.setattr(
        layers, "differentiate", sabotaged(layers.differentiate, lambda poly: _with_slope(poly, slope))
    )
    with pytest.raises(DerivationError):
        solve({"J": "sum(relu(x))" if shape else "relu(x)"}, shapes={"x": shape})


def _with_slope(poly, slope):
    terms = [
        replace(term, factors=tuple(f for f in term.factors if not _is_prime(f[0])))
        for term in poly.terms
        if slope or not any(_is_prime(single) for single, _ in term.factors)
    ]
    return Poly(tuple(terms))


def _is_prime(single):
    return isinstance(getattr(single, "base", None), Op) and single.base.name == "prime"


@pytest.mark.parametrize("text", ["relu(log(x))", "leaky_relu(log(x))", "abs(sqrt(x) - 1)"])
def test_a_kink_behind_a_restricted_domain_is_tried_on_both_sides(monkeypatch, text):
    """Points have to be found where the logarithm is defined, and where it is of both signs."""
    monkeypatch.setattr(
        layers, "differentiate", sabotaged(layers.differentiate, lambda poly: _with_slope(poly, 1))
    )
    with pytest.raises(DerivationError):
        solve({"J": f"sum({text})"}, shapes={"x": ["n"]})


def changed_match(original, change):
    def match(poly, free):
        formula = original(poly, free)
        return formula if formula is None or not free else change(formula)

    return match


FORMULAS = {
    "doubled": lambda formula: Op("multiply", (number(2), formula)),
    "negated": lambda formula: Op("negative", (formula,)),
    "a little off": lambda formula: Op("multiply", (Number(1 + Fraction(1, 10**20)), formula)),
}


@pytest.mark.parametrize("change", FORMULAS)
def test_a_wrong_matrix_form(monkeypatch, change):
    monkeypatch.setattr(layers, "match", changed_match(layers.match, FORMULAS[change]))
    with pytest.raises(DerivationError, match="matrix-form"):
        solve_network()


@pytest.mark.parametrize("change", FORMULAS)
def test_a_wrong_simplification(monkeypatch, change):
    monkeypatch.setattr(simpler, "match", changed_match(simpler.match, FORMULAS[change]))
    with pytest.raises(DerivationError):
        solve_network(FACTS)


@pytest.mark.parametrize("change", FORMULAS)
def test_a_wrong_index_form(monkeypatch, change):
    """A step is checked as it is spelled, not only as it is meant."""
    original = layers.factored
    monkeypatch.setattr(layers, "factored", lambda poly, letters: FORMULAS[change](original(poly, letters)))
    with pytest.raises(DerivationError):
        solve({"h": "W @ x", "J": "sum(h**2)"}, shapes={"W": ["m", "n"], "x": ["n"]})


def test_a_fact_is_told_where_it_is_used_and_only_there():
    idle = Fact("x", None, Fraction(1))
    assert solve_network((*FACTS, idle)).derivation.facts == FACTS
    assert solve_network((idle,)).derivation == solve_network().derivation


# --- the whole ------------------------------------------------------------------------------------


def test_the_whole_is_right():
    solved = solve_network(FACTS)
    verify_derivation(solved.graph, solved.derivation, FACTS)


@pytest.mark.parametrize("name", ["W", "b", "x"])
def test_a_path_left_out_is_caught_by_the_whole(name):
    solved = solve_network()
    known = solved.derivation.gradients
    wrong = replace(
        known[name],
        matrix_form=known[name].paths[0].formula if name == "W" else Op("negative", (known[name].result,)),
    )
    derivation = replace(solved.derivation, gradients={**known, name: wrong})
    with pytest.raises(DerivationError):
        verify_derivation(solved.graph, derivation, ())


@pytest.mark.parametrize("name", ["h", "o"])
def test_a_wrong_gradient_on_the_way_is_caught_by_the_whole(name):
    solved = solve_network()
    known = solved.derivation.gradients
    wrong = replace(known[name], matrix_form=Op("add", (known[name].result, Name(name))))
    derivation = replace(solved.derivation, gradients={**known, name: wrong})
    with pytest.raises(DerivationError):
        verify_derivation(solved.graph, derivation, ())


def test_every_step_has_a_proof():
    for gradient in solve_network(FACTS).derivation.gradients.values():
        for step in (*gradient.steps, *(s for path in gradient.paths for s in path.steps)):
            assert step.proof in {"definition", "identity", "numeric"}
            assert (step.proof == "definition") == (step.rule in {"chain", "seed", "unused"})


LAYERED = (
    'forward: {z: W @ x, o: softmax(z), L: "-sum(y * log(o))"}\nshapes: {W: [m, n], x: [n], y: [m]}',
    "forward: {z: tanh(X @ w), L: mean(z**2)}\nshapes: {X: [m, n], w: [n]}",
    "forward: {S: A @ B, L: trace(S @ S)}\nshapes: {A: [m, n], B: [n, m]}",
    'forward: {d: "X - mean(X, axis=0)", L: sum(d**2)}\nshapes: {X: [m, n]}',
)


@pytest.mark.parametrize("text", LAYERED)
def test_steps_of_layers_are_proved_for_all_sizes(text):
    gradients = solve_problem(read_problem(text)).derivation.gradients.values()
    steps = [step for gradient in gradients for path in gradient.paths for step in path.steps]
    assert {"chain", "contract", "matrix-form"} <= {step.rule for step in steps}
    assert {step.proof for step in steps if step.rule != "chain"} == {"identity"}


def test_a_condition_that_is_an_identity_on_one_side_is_no_fault():
    """|a| = a holds for every a > 0, and for none beside it once |a| is a quantity that is moved alone."""
    forward = {"J": "where(abs(trace(A @ B)) - trace(A @ B) == 0, abs(trace(A @ B)), trace(A @ B))"}
    given = {"A": [[1, 2], [3, 4]], "B": [[5, 6], [7, 8]]}
    gradients = solve_problem(read_problem(text_of(forward, given))).run.gradients
    assert_close(gradients["A"], np.array([[5, 7], [6, 8]]), 14)


def test_how_often_a_layer_is_worked_out_does_not_grow_with_its_entries(monkeypatch):
    """Compared along a direction; entry by entry only where something is wrong."""
    counts = []
    for sizes in ((2, 2, 3, 3), (2, 3, 4, 5)):
        forget()
        slopes = []
        true = verify._slope
        with monkeypatch.context() as patch:
            patch.setattr(
                verify, "_slope", lambda *args, _to=slopes, _true=true: _to.append(1) or _true(*args)
            )
            solve({"Z": "conv2d(x, k)", "L": "sum(Z**2)"}, shapes={"x": sizes, "k": [1, sizes[1], 2, 2]})
        counts.append(len(slopes))
    assert counts[0] == counts[1] < 20

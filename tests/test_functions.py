"""The problem's own functions: reading, derivatives, numbers, and what a report says of them."""

import json
import re
import time

import numpy as np
import pytest
from problems import random_problem
from reference import autograd_gradients
from support import assert_close, solve, text_of

from symgrad.calculus import layers
from symgrad.errors import DerivationError, InputError
from symgrad.maths.latex import latex
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.numerals import Digits
from symgrad.operations.own_derivative import own_derivative
from symgrad.operations.stand_in import stand_in
from symgrad.pipeline import solve as solved_problem
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, look_of, render
from symgrad.styles import STYLES
from symgrad.styles.setting import setting_of
from symgrad.tree import Op, walk

NUMBERS = np.random.default_rng(5)
LAYER = {
    "x": NUMBERS.uniform(-1, 1, 3).round(2),
    "W": NUMBERS.uniform(-1, 1, (4, 3)).round(2),
    "b": NUMBERS.uniform(-1, 1, 4).round(2),
    "c": NUMBERS.uniform(-1, 1, 4).round(2),
    "M": NUMBERS.uniform(-1, 1, (4, 4)).round(2),
}


def functions_of(**functions):
    """A problem that calls nothing, for its functions."""
    return read_problem(text_of({"L": "x"}, functions=functions)).functions


# --- derivatives ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("functions", "call", "written_out"),
    [
        ({"swish(t)": "t * sigmoid(t)"}, "swish({0})", "({0}) * sigmoid({0})"),
        ({"mish(t)": "t * tanh(softplus(t))"}, "mish({0})", "({0}) * tanh(softplus({0}))"),
        ({"one(t)": 1}, "one({0}) * {0}", "{0}"),
        ({"bump(t)": "exp(-t**2 / 2) / sqrt(2 * pi)"}, "bump({0})", "exp(-({0})**2 / 2) / (2 * pi)**0.5"),
        (
            {"hard(t)": "where(t > 0.5, 0.5, where(t < -0.5, -0.5, t))"},
            "hard({0})",
            "maximum(minimum({0}, 0.5), -0.5)",
        ),
        ({"leak(t, a=0.2)": "maximum(t, a * t)"}, "leak({0})", "leaky_relu({0}, slope=0.2)"),
        ({"leak(t, a=0.2)": "maximum(t, a * t)"}, "leak({0}, 0.3)", "leaky_relu({0}, slope=0.3)"),
        ({"leak(t, a=0.2)": "maximum(t, a * t)"}, "leak(a=0.3, t={0})", "leaky_relu({0}, slope=0.3)"),
        ({"leak(t, a=0.2)": "maximum(t, a * t)"}, "leak({0}, c)", "maximum({0}, c * ({0}))"),
        ({"mix(a, b)": "a * sin(b) - b / (1 + a**2)"}, "mix({0}, c)", "({0}) * sin(c) - c / (1 + ({0})**2)"),
        ({"mix(a, b)": "a * sin(b) - b / (1 + a**2)"}, "mix({0}, M)", "({0}) * sin(M) - M / (1 + ({0})**2)"),
        (
            {"mix(a, b)": "a * sin(b) - b / (1 + a**2)"},
            "mix({0}, {0})",
            "({0}) * sin({0}) - ({0}) / (1 + ({0})**2)",
        ),
        ({"first(a, b)": "a**3"}, "first({0}, M)", "({0})**3 + 0 * M"),
        ({"base(t, n=2)": "(2 + tanh(t))**n"}, "base({0}, c)", "(2 + tanh({0}))**c"),
        (
            {"g(t)": "t * f(t, 2)", "f(t, n=1)": "sin(n * t) * relu(t)"},
            "g({0})",
            "({0}) * sin(2 * ({0})) * relu({0})",
        ),
        ({"cut(t)": "where(t > 0, log(t), 2 * t)"}, "cut({0})", "where({0} > 0, log(abs({0})), 2 * ({0}))"),
    ],
)
def test_gradients_are_those_of_the_formula_written_out(functions, call, written_out):
    lines = {"h": call.format("(W @ x + b)"), "J": "sum(sin(h) * h)"}
    leaves = {name: value for name, value in LAYER.items() if re.search(rf"\b{name}\b", lines["h"])}
    found = solve(lines, leaves, functions=functions).gradients()
    expected = autograd_gradients({**lines, "h": written_out.format("(W @ x + b)")}, leaves, list(leaves))
    for name in leaves:
        assert_close(found[name], expected[name], 12, name)


OWN = {
    "silu": ("swish(t)", "t * sigmoid(t)"),
    "tanh": ("bend(t, a=1)", "a * tanh(t / a)"),
    "relu": ("hinge(t)", "where(t > 0, t, 0)"),
    "softplus": ("soft(x)", "log(1 + exp(x))"),
    "maximum": ("larger(u, v)", "(u + v + abs(u - v)) / 2"),
    "minimum": ("smaller(u, v)", "-larger(-u, -v)"),
    "exp": ("power(t)", "2**(t / log(2))"),
    "sqrt": ("root(t)", "t**0.5"),
}


@pytest.mark.parametrize("seed", range(40))
def test_random_problems_with_built_in_functions_defined_anew(seed):
    """The same random problem twice: once in the reference's own functions, once in the problem's."""
    lines, leaves = random_problem(seed, lines=3, depth=2)
    renamed = dict(lines)
    for built_in, (head, _) in OWN.items():
        own = head.partition("(")[0]
        renamed = {name: re.sub(rf"\b{built_in}\(", f"{own}(", text) for name, text in renamed.items()}
    wrt = [*leaves, *lines]
    functions = dict(OWN.values())
    found = solve(renamed, leaves, functions=functions, backward={"of": "J", "wrt": wrt}).gradients()
    expected = autograd_gradients(lines, leaves, wrt)
    for name in wrt:
        assert_close(found[name], expected[name], 10, f"∂J/∂{name} of {renamed}")


WAVE = {"f(u)": "u + sin(u) / 2"}
PLANE = {"f(u, v)": "u * tanh(v) + v**2"}
SHAPES = {"A": (3, 3), "K": (2, 2), "X": (4, 3), "b": (3,), "x": (3,), "s": ()}


@pytest.mark.parametrize(
    ("functions", "lines", "written_out"),
    [
        (WAVE, {"J": "f(s)"}, {"J": "s + sin(s) / 2"}),
        (
            WAVE,
            {"z": "f(2) * x + pi * f(x)", "J": "norm(z) + max(f(z))"},
            {"z": "(2 + sin(2) / 2) * x + pi * (x + sin(x) / 2)", "J": "norm(z) + max(z + sin(z) / 2)"},
        ),
        (
            WAVE,
            {"C": "conv2d(f(X), K)", "J": "sum(f(C) * C)"},
            {"C": "conv2d(X + sin(X) / 2, K)", "J": "sum((C + sin(C) / 2) * C)"},
        ),
        (
            WAVE,
            {"B": "f(A)", "J": "det(f(A)) + logdet(B + 3 * A) + trace(inv(B))"},
            {"B": "A + sin(A) / 2", "J": "det(B) + logdet(B + 3 * A) + trace(inv(B))"},
        ),
        (
            WAVE,
            {"J": "sum(softmax(f(X @ A + b), axis=1) * X)"},
            {"a": "X @ A + b", "J": "sum(softmax(a + sin(a) / 2, axis=1) * X)"},
        ),
        (PLANE, {"Z": "f(A, b)", "J": "sum(Z @ Z)"}, {"Z": "A * tanh(b) + b**2", "J": "sum(Z @ Z)"}),
        (PLANE, {"Z": "f(b, A)", "J": "sum(Z @ Z.T)"}, {"Z": "b * tanh(A) + A**2", "J": "sum(Z @ Z.T)"}),
        (PLANE, {"Z": "f(A, s)", "J": "sum(Z**2)"}, {"Z": "A * tanh(s) + s**2", "J": "sum(Z**2)"}),
        (PLANE, {"J": "sum(f(x, x[0]))"}, {"J": "sum(x * tanh(x[0]) + x[0]**2)"}),
    ],
)
def test_functions_in_every_place(functions, lines, written_out):
    used = " ".join(lines.values())
    leaves = {
        name: NUMBERS.uniform(-1, 1, s).round(2)
        for name, s in SHAPES.items()
        if re.search(rf"\b{name}\b", used)
    }
    found = solved_problem(read_problem(text_of(lines, leaves, functions=functions))).run.gradients
    for name, expected in autograd_gradients(written_out, leaves, list(leaves)).items():
        assert_close(found[name], expected, 11, name)


def test_two_problems_may_mean_different_functions_by_one_name():
    lines, given = {"h": "f(W @ x)", "J": "sum(h**2)"}, {"x": LAYER["x"], "W": LAYER["W"]}
    for _ in range(2):
        for body in ("sin(t)", "t**3", "exp(-t)"):
            found = solve(lines, given, functions={"f(t)": body}).gradients()
            opened = {
                **lines,
                "h": body.replace("(t)", "(W @ x)").replace("-t", "-(W @ x)").replace("t**", "(W @ x)**"),
            }
            assert_close(found["W"], autograd_gradients(opened, given, ["W"])["W"], 12, body)


def test_functions_of_one_content_are_equal_and_of_one_name_are_not():
    first, again, other = (functions_of(**{"f(t)": body})["f"] for body in ("t", "t", "2 * t"))
    assert first == again
    assert hash(first) == hash(again)
    assert first != other
    assert first != functions_of(**{"g(t)": "t"})["g"]


def test_stable_where_the_built_in_functions_are():
    found = solve({"J": "sum(swish(x))"}, {"x": [-900.0, 900.0]}, functions={"swish(t)": "t * sigmoid(t)"})
    assert_close(found.gradients()["x"], [0, 1], 14)


def test_an_argument_that_no_body_uses_has_gradient_zero():
    found = solve({"J": "sum(f(1, x))"}, {"x": [1.0, 2.0]}, functions={"f(a, b)": "a**2"}).gradients()
    assert_close(found["x"], [0, 0], 14)


# --- unspecified functions ------------------------------------------------------------------------

CHAIN = {"s1": "W @ x", "z": "f1(s1)", "s2": "V @ z", "y": "f2(s2, z2)", "L": "sum((y - t)**2) / 2"}


def report(problem, formats=("tex",), **choices):
    read = read_problem(text_of(**problem) if isinstance(problem, dict) else problem)
    return render(solved_problem(read), formats, look_of(read, Choices(colour=False, **choices)))


def tex_of(problem, **choices):
    """The TeX of a report without what only spaces it out."""
    tex = report(problem, **choices)["tex"].decode()
    return re.sub(r"\\left|\\right|\\[,!*]|[\s&]", "", tex)


def chain(**sections):
    return solved_problem(
        read_problem(text_of(CHAIN, functions={"f1(t)": None, "f2(t, a)": None}, **sections))
    )


def test_nothing_below_an_unspecified_function_has_a_value():
    given = {"x": [1, 2], "W": [[1, 2], [3, 4]], "V": [[1, 0], [0, 1]], "z2": [1, 2], "t": [0, 1]}
    solution = chain(given=given)
    assert set(solution.run.quantities) == {"s1"}
    assert set(solution.run.gradients) == {"L"}
    assert solution.training is None


def test_gradients_through_an_unspecified_function_are_written_with_its_prime():
    solution = chain()
    setting = setting_of(solution, "prod", Digits())
    written = {n: latex(setting.maths(g.result)) for n, g in solution.derivation.gradients.items()}
    assert "f_1'(" in written["s1"]
    assert r"\frac{\partial f_2}{\partial t}" in written["s2"]
    assert r"\frac{\partial f_2}{\partial a}" in written["z2"]


def proofs(text, functions):
    derivation = solve({"J": text}, functions=functions, shapes={"x": ["n"], "y": ["n"]}).derivation
    return {s.proof for g in derivation.gradients.values() for path in g.paths for s in path.steps}


def test_the_proof_by_a_stand_in_is_called_one():
    """What no normal form decides is sampled: that says something of the stand-in, and the label tells."""
    assert proofs("sum(softplus(f(x))**2)", {"f(t)": None}) == {"definition", "identity", "stand-in"}
    assert proofs("sum(softplus(f(x))**2)", {"f(t)": "2 + sin(t)"}) == {"definition", "identity", "numeric"}
    assert proofs("sum(f(x) * y)", {"f(t)": None}) == {"definition", "identity"}


def test_a_wrong_step_is_caught_by_a_stand_in(monkeypatch):
    """A step that forgets the derivative of an unspecified function is never printed."""
    original = layers.differentiate

    def forgetful(name, options, arguments, out, position):
        local = original(name, options, arguments, out, position)
        return original("negative", (), arguments, out, 0) if name == "call" else local

    monkeypatch.setattr(layers, "differentiate", forgetful)
    with pytest.raises(DerivationError):
        proofs("sum(unseen(x) * y**3)", {"unseen(t)": None})


def test_a_stand_in_is_the_same_every_time_and_differs_by_name():
    f, g = functions_of(**{"f(t)": None, "g(t)": None}).values()
    assert stand_in(f) == stand_in(f)
    assert stand_in(f).body != stand_in(g).body


def test_a_function_of_an_unspecified_one_has_no_numbers_and_a_derivative():
    functions = {"f(t)": None, "g(t)": "t**2 * f(3 * t)"}
    solution = solved_problem(
        read_problem(text_of({"L": "sum(g(x))"}, {"x": [1.0, 2.0]}, functions=functions))
    )
    assert not solution.run.quantities
    slope = own_derivative(solution.problem.functions["g"], 0)
    assert [n.option("function") for n in walk(slope) if isinstance(n, Op) and n.name == "prime"] == ["call"]


# --- reports --------------------------------------------------------------------------------------

OWN_NETWORK = """
forward:
  u: W @ x + b
  h: swish(u)
  o: scaled(h)
  r: blend(o, c)
  L: sum(r**2)
given: {x: [1, -2], W: [[0.5, 0.25], [1, 0.75]], b: [0, 1], c: [0.3, 0.4]}
functions:
  swish(t): t * sigmoid(t)
  scaled(t, a=1.5): a * tanh(t)
  blend(a, b): a * b + sin(a)
"""


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_style_and_notation_states_functions_and_their_derivatives(style, notation):
    text = tex_of(OWN_NETWORK, style=style, notation=notation)
    assert r"\operatorname{swish}(t)=t\sigma(t)" in text
    assert r"\operatorname{swish}'(t)=t(\sigma(t)-{\sigma(t)}^2)+\sigma(t)" in text
    assert r"\operatorname{scaled}'(t)=\frac{\partial\mathrm{scaled}}{\partialt}(t,\tfrac{3}{2})" in text
    assert r"\operatorname{swish}(\vec{u})" in text
    assert r"\operatorname{swish}'(\vec{u})" in text
    assert r"\operatorname{scaled}(\vec{h})" in text
    assert r"\frac{\partial\mathrm{blend}}{\partialb}(\vec{o},\vec{c})" in text


def test_the_json_has_the_formula_as_the_user_wrote_it_and_values():
    found = json.loads(report(OWN_NETWORK, ("json",))["json"])
    assert found["quantities"]["h"]["formula"] == "swish(u)"
    assert found["quantities"]["h"]["latex"] == r"\vec{h}"
    assert_close(found["quantities"]["h"]["value"], [0, 0.5 / (1 + np.exp(-0.5))], 14)
    assert "swish" in found["gradients"]["u"]["latex"]


def test_a_function_is_written_as_the_user_says():
    text = OWN_NETWORK + "write: {swish: '\\varphi'}\n"
    assert r"\varphi'(\vec{u})" in tex_of(text)


def test_parameters_hide_the_leaves_of_their_names():
    """The x of the definition is a scalar, whatever the vector x of the problem is."""
    tex = tex_of(text_of({"L": "sum(f(x))"}, {"x": [1.0, 2.0]}, functions={"f(x)": "x**3"}))
    assert "f(x)=x^3" in tex
    assert r"f'(\vec{x})" in tex


# --- faults ---------------------------------------------------------------------------------------

NET = "forward:\n  u: W @ x\n  L: sum(u)\n"


def fault(functions, rest=NET):
    with pytest.raises(InputError) as caught:
        read_problem(f"{rest}functions:\n  {functions}\n")
    return caught.value


@pytest.mark.parametrize(
    ("functions", "caret", "message"),
    [
        ("swish: t", "swish", "no head of a function"),
        ("f(): 1", "f()", "no head of a function"),
        ("f(t) + 1: 1", "f(t) + 1", "no head of a function"),
        ("f(2): 1", "2", "an argument of a function is a name"),
        ("f(t, t): t", "t", "'t' stands here twice"),
        ("f(f): f", "f", "is the function itself"),
        ("f(exp): exp", "exp", "is a function already"),
        ("f(pi): pi", "pi", "is the number pi"),
        ("relu(t): t", "relu", "'relu' is a function already"),
        ("f(t, a=b): t", "b", "only a number can stand here"),
        ("f(t, a=True): t", "True", "the default of an argument is a number"),
        ("f(a=1, t): t", "t)", "'t' has no default, and one before it has"),
        ("f(t): [1]", "[1]", "'functions' must be"),
        ("f(t): ''", "", "an empty formula"),
        ("f(t): t + s", "s", "'s' is no argument of f"),
        ("f(t): W * t", "W", "'W' is no argument of f"),
        ("f(t): t @ t", "t @ t", "'matmul' works on whole arrays"),
        ("f(t): sum(t)", "sum(t)", "'sum' works on whole arrays"),
        ("f(t): t.T", "t.T", "'transpose' works on whole arrays"),
        ("f(t): t[0]", "t[0]", "'index' works on whole arrays"),
        ("f(t): softmax(t)", "softmax(t)", "'softmax' works on whole arrays"),
        ("f(t): f(t - 1)", "f(t - 1)", "'f' is defined by itself"),
        ("f(t): g(t)\n  g(t): 2 * f(t)", "(t)", "is defined by itself, through"),
        ("f(t): g(t)", "g", "unknown function 'g'"),
        ("f(t): t\n  f(s): s", "f", "'f' stands here a second time, after line 5"),
        ("f(t): t\n  g(f): f", "f", "'f' is a function of this problem"),
        ("f(t): 9**9**9**9", "9**9**9", "an exponent beyond"),
        ("f(t): 0**t", "0**t", "no real value"),
        ("f(t): t / 0", "t / 0", "no real value"),
        ("f(t): (-2)**t", "(-2)**t", "no real value"),
        ("f(t): __import__('os')", "_", "has no place"),
        ("f(a, b, c, d, e, g, h, i, j): a", "f(a, b", "9 arguments; the limit is 8"),
    ],
)
def test_bad_functions_have_caret_and_mend(functions, caret, message):
    error = fault(functions)
    assert message in error.message
    assert error.hint
    place = error.place
    assert place.text[place.column - 1 :].startswith(caret) or caret in place.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("forward: {u: f}\n", "'f' is a function"),
        ("forward: {u: 'f(x, 2)'}\n", "f takes 1 argument at most"),
        ("forward: {u: f(t=x, s=2)}\n", "f(t=x"),
        ("forward: {f: x}\n", "'f' is a function of this problem"),
        ("forward: {u: x}\ngiven: {f: 1}\n", "'f' is a function of this problem"),
        ("forward: {u: x}\nshapes: {x: [f]}\n", "'f' is a function of this problem"),
        ("forward: {u: x}\nwrite: {g: h}\n", "'g' is no name of this problem"),
    ],
)
def test_a_function_is_no_name(text, message):
    with pytest.raises(InputError) as caught:
        read_problem(text + "functions:\n  f(t): t\n")
    assert message in str(caught.value)


def test_a_call_lacks_no_argument_without_a_default():
    with pytest.raises(InputError, match="f lacks its argument 'b'"):
        read_problem("forward: {u: f(x)}\nfunctions:\n  f(a, b): a\n")


def test_a_quoted_head_has_its_caret_at_the_right_place():
    error = fault("'f(t, pi)': t")
    assert error.place.text[error.place.column - 1 :].startswith("pi")


@pytest.mark.parametrize(
    "lines",
    [
        ["f0(t): t + 1", *(f"f{n}(t): f{n - 1}(f{n - 1}(t))" for n in range(1, 40))],
        ["f0(t): t + 1", *(f"f{n}(t): f{n - 1}(t) * 2" for n in range(1, 50))],
        [f"f(t): {' + '.join(['sin(t)'] * 200)}"],
        [f"f(t): {'tanh(' * 49}t{')' * 49}" + f"\n  g(t): {'f(' * 3}t{')' * 3}"],
        [f"f{n}(t): t" for n in range(51)],
    ],
    ids=["doubling", "a chain", "long", "deep", "many"],
)
def test_bodies_too_large_are_refused_in_no_time(lines):
    start = time.perf_counter()
    error = fault("\n  ".join(lines))
    assert "more than" in error.message or "the limit is" in error.message
    assert time.perf_counter() - start < 5


def test_the_largest_body_is_differentiated():
    body = "tanh(" * 25 + "t" + ")" * 25
    found = solve({"J": "sum(f(x))"}, {"x": [0.3]}, functions={"f(t)": body}).gradients()["x"]
    assert_close(
        found,
        autograd_gradients({"J": f"sum({body.replace('t)', 'x)', 1)})"}, {"x": np.array([0.3])}, ["x"])["x"],
        12,
    )


def test_what_has_no_number_refers_to_none_in_the_closing_table():
    problem = {"forward": {"u": "W @ x", "h": "f(u)", "L": "sum(h)"}, "functions": {"f(t)": None}}
    given = {"W": [[1, 2], [3, 4]], "x": [1, 2]}
    text = report({**problem, "given": given}, ("md",))["md"].decode()
    (row,) = (line for line in text.splitlines() if line.startswith("|") and r"\partial W}" in line)
    assert row.rstrip("| ").endswith("–")
    assert "see above" not in row

"""Second derivatives and Newton's method: autograd's on random problems, the form that a person writes."""

import json
from itertools import product

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad, jacobian
from msgspec.structs import replace
from reporting import report, sentences, titles
from support import assert_close, text_of

from symgrad.calculus import hessians as calculus
from symgrad.checking.check import check_text
from symgrad.errors import DerivationError, InputError, NotSupported
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.plain import plain
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.styles import STYLES
from symgrad.tree import TWO, Gradient, Op
from symgrad.writing.json import to_json
from symgrad.writing.markdown import to_markdown

RNG = np.random.default_rng(23)


def some(*shape):
    return RNG.normal(size=shape).round(2)


def sigmoid(z):
    return 1 / (1 + anp.exp(-z))


def logsumexp(z):
    return anp.log(anp.sum(anp.exp(z)))


X, Y, V = some(5, 2), np.array([1.0, 0, 1, 1, 0]), some(3)
LOGISTIC = {"z": "X @ w + b", "p": "sigmoid(z)", "L": "-mean(y*log(p) + (1 - y)*log(1 - p))"}
LOGISTIC_LEAVES = {"w": some(2), "b": some(), "X": X, "y": Y}


def logistic(w, b):
    p = sigmoid(X @ w + b)
    return -anp.mean(Y * anp.log(p) + (1 - Y) * anp.log(1 - p))


RIDGE = {"z": "X @ w", "L": "sum(softplus(z) - y*z) + lam*dot(w, w)/2"}
SOFTMAX, SOFTMAX_LEAVES = {"z": "W @ x", "L": "logsumexp(z) - dot(y, z)"}, {"W": some(3, 2), "x": some(2)}
NET = {"z": "W @ x + b", "h": "tanh(z)", "o": "dot(v, h)", "L": "(o - 1)**2 / 2"}
NET_LEAVES = {"W": some(3, 2), "b": some(3), "v": V, "x": some(2)}


def net(w=NET_LEAVES["W"], b=NET_LEAVES["b"], v=NET_LEAVES["v"], x=NET_LEAVES["x"]):
    return (anp.dot(v, anp.tanh(w @ x + b)) - 1) ** 2 / 2


A, C = some(3, 3), some(3)
ROSENBROCK = {"f": "sum(100*(x[1:4] - x[0:3]**2)**2 + (1 - x[0:3])**2)"}
UNITS = {"z": "W @ x", "L": "sum(silu(z)*elu(z))"}


def units(x, w):
    z = w @ x
    elu = anp.where(z < 0, anp.exp(z) - 1, z)
    return anp.sum(z * sigmoid(z) * elu)


ONE = np.array([0.0, 1, 0])
CASES = {
    "logistic w w": (LOGISTIC, LOGISTIC_LEAVES, "w", "w", logistic, (0, 0)),
    "logistic w b": (LOGISTIC, LOGISTIC_LEAVES, "w", "b", logistic, (0, 1)),
    "logistic b w": (LOGISTIC, LOGISTIC_LEAVES, "b", "w", logistic, (1, 0)),
    "logistic b b": (LOGISTIC, LOGISTIC_LEAVES, "b", "b", logistic, (1, 1)),
    "softmax, four axes": (
        SOFTMAX,
        {**SOFTMAX_LEAVES, "y": ONE},
        "W",
        "W",
        lambda w, x: logsumexp(w @ x) - anp.dot(ONE, w @ x),
        (0, 0),
    ),
    "net b b": (NET, NET_LEAVES, "b", "b", net, (1, 1)),
    "net W v": (NET, NET_LEAVES, "W", "v", net, (0, 2)),
    "net v b": (NET, NET_LEAVES, "v", "b", net, (2, 1)),
    "net x x": (NET, NET_LEAVES, "x", "x", net, (3, 3)),
    "quadratic": ({"f": "dot(x, A @ x)/2 - dot(c, x)"}, {"x": C, "A": A, "c": V}, "x", "x",
                  lambda x, a, c: anp.dot(x, a @ x) / 2 - anp.dot(c, x), (0, 0)),
    "norm": ({"f": "norm(x)"}, {"x": V}, "x", "x", lambda x: anp.sqrt(anp.sum(x**2)), (0, 0)),
    "log-sum-exp": ({"f": "logsumexp(A @ x)"}, {"x": C, "A": A}, "x", "x",
                    lambda x, a: logsumexp(a @ x), (0, 0)),
    "rosenbrock": (ROSENBROCK, {"x": some(4)}, "x", "x",
                   lambda x: anp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), (0, 0)),
    "slopes with names": (UNITS, {"x": some(2), "W": NET_LEAVES["W"]}, "x", "x",
                          units, (0, 0)),
}  # fmt: skip


def text(lines, leaves, pairs, **sections):
    given = {name: np.asarray(array).tolist() for name, array in leaves.items()}
    asked = [a if a == b else [a, b] for a, b in pairs]
    backward = {"of": list(lines)[-1], "wrt": list(leaves)[:1], "hessians": asked}
    return text_of(lines, given, backward=backward, **sections)


def hessian(lines, leaves, a, b):
    (found,) = solve(read_problem(text(lines, leaves, [(a, b)]))).hessians
    return found


@pytest.mark.parametrize(("lines", "leaves", "a", "b", "function", "places"), CASES.values(), ids=CASES)
def test_hessians_agree_with_autograd(lines, leaves, a, b, function, places):
    found = hessian(lines, leaves, a, b)
    values = [np.asarray(array, dtype=float) for array in leaves.values()]
    values = values[: function.__code__.co_argcount]
    expected = jacobian(grad(function, places[0]), places[1])(*values)
    assert_close(found.whole.value, expected, 9)
    assert found.whole.proof in ("identity", "numeric")


FORMS = {
    ("w", "w"): (LOGISTIC, "X.T @ diag(p * (1 - p)) @ X / n"),
    ("w", "b"): (LOGISTIC, "X.T @ (p * (1 - p)) / n"),
    ("x", "x"): ({"f": "dot(x, A @ x)"}, "A + A.T"),
    ("v", "v"): (NET, "outer(h, h)"),
    ("z", "z"): (SOFTMAX, "diag(softmax(z)) - outer(softmax(z), softmax(z))"),
    ("W", "W"): (SOFTMAX, "x[l] * x[j] * softmax(z)[k] * (δ_ik - softmax(z)[i])"),
}
SHAPES = {"X": ["n", "d"], "w": ["d"], "b": [], "y": ["n"], "x": ["d"], "A": ["d", "d"], "W": ["m", "d"]}


@pytest.mark.parametrize("pair", FORMS, ids="/".join)
def test_the_form_is_the_one_that_a_person_writes(pair):
    lines, form = FORMS[pair]
    shapes = {name: shape for name, shape in SHAPES.items() if any(name in line for line in lines.values())}
    if lines is NET:
        shapes = {"W": ["m", "d"], "x": ["d"], "b": ["m"], "v": ["m"]}
    if lines is SOFTMAX:
        shapes = {"W": ["m", "d"], "x": ["d"], "y": ["m"]}
    backward = {"of": list(lines)[-1], "hessians": [list(pair)]}
    (found,) = solve(read_problem(text_of(lines, backward=backward, shapes=shapes))).hessians
    assert plain(found.whole.result) == form
    assert found.whole.value is None


def test_what_is_proved_of_eigenvalues_is_said_and_nothing_else():
    ridge = {"w": some(2), "X": X, "y": Y, "lam": np.asarray(0.1)}
    assert hessian(LOGISTIC, LOGISTIC_LEAVES, "w", "w").definite.kind == "positive semidefinite"
    assert hessian(RIDGE, ridge, "w", "w").definite.where == ("lam",)
    minus = {"f": "-dot(A @ x, A @ x)"}
    assert hessian(minus, {"x": C, "A": A}, "x", "x").definite.kind == "negative semidefinite"
    for lines in ({"f": "dot(x, A @ x)"}, {"f": "sum(x**3) + 0*sum(A)"}, {"f": "sum(A @ x)**3"}):
        assert hessian(lines, {"x": C, "A": A}, "x", "x").definite is None


def test_the_orders_are_transposes():
    pairs = [("v", "b"), ("b", "v"), ("z", "W"), ("W", "z"), ("h", "h")]
    found = {one.name: one.whole.value for one in solve(read_problem(text(NET, NET_LEAVES, pairs))).hessians}
    assert_close(found["v/b"], found["b/v"].T, 12)
    assert_close(found["W/z"], np.moveaxis(found["z/W"], 0, -1), 12)
    assert_close(found["h/h"], np.outer(V, V), 12)


def test_what_does_not_depend_has_zeros():
    found = hessian({"L": "dot(w, x) + b**2"}, {"w": C, "x": V, "b": np.asarray(2.0)}, "w", "b")
    assert found.whole.value.tolist() == [0, 0, 0]


def test_the_json_has_the_axes_of_the_first_name_first():
    whole = json.loads(to_json(solve(read_problem(text(NET, NET_LEAVES, [("W", "v"), ("v", "v")]))), plain))
    assert whole["hessians"]["W/v"]["shape"] == [3, 2, 3]
    assert whole["hessians"]["v/v"]["definite"] == {"kind": "positive semidefinite", "if_not_negative": []}
    assert "hessians" not in json.loads(to_json(solve(read_problem(text(NET, NET_LEAVES, []))), plain))


def test_a_wrong_form_is_never_written(monkeypatch):
    def twice(second, graph, ways):
        return Op("add", (ways.matrix.formula, ways.matrix.formula))

    monkeypatch.setattr(calculus, "_product", twice)
    monkeypatch.setattr(calculus, "shortest_form", lambda graph, poly, out, by: (None, poly))
    with pytest.raises(DerivationError):
        hessian({"z": "X @ w", "L": "sum(cosh(z))"}, {"w": some(2), "X": X}, "w", "w")


def test_a_gradient_that_is_wrong_is_seen_by_second_differences(monkeypatch):
    """The check is of L itself: the derivative of another gradient does not pass."""
    made = calculus.gradient_graph

    def doubled(graph, derivation, wrt):
        second = made(graph, derivation, wrt)
        id = calculus.id_of(Gradient(graph.of, wrt))
        quantities = {**second.quantities, id: Op("multiply", (TWO, second.quantities[id]))}
        return replace(second, quantities=quantities, _cache={})

    monkeypatch.setattr(calculus, "gradient_graph", doubled)
    with pytest.raises(DerivationError, match="hessian"):
        hessian({"z": "X @ w", "L": "sum(cos(z))"}, {"w": some(2), "X": X}, "w", "w")


@pytest.mark.parametrize(("style", "notation"), list(product(STYLES, NOTATIONS)))
def test_every_report_is_right_by_the_checker(style, notation):
    source = text(NET, NET_LEAVES, [("b", "b"), ("v", "b"), ("x", "v")])
    made = report(source, style, notation)
    assert "Second derivatives" in titles(made)
    lines = check_text(to_markdown(made), read_problem(source)).lines
    assert [line.line.latex for line in lines if line.verdict in ("wrong", "carried")] == []
    assert sum(line.verdict == "correct" for line in lines) > 20


STUDENTS = {
    r"\nabla^2_w L = \frac{1}{n} X^\top \operatorname{diag}(p(1-p)) X": "correct",
    r"\frac{\partial^2 L}{\partial w \partial w^\top} = X^\top \mathrm{diag}(p (1 - p)) X / n": "correct",
    r"\nabla^2_w L = \frac{1}{n} X^\top \operatorname{diag}(p) X": "wrong",
    r"\frac{\partial^2 L}{\partial b^2} = \frac{1}{n} \sum_i p_i (1 - p_i)": "correct",
    r"\frac{\partial^2 L}{\partial w_j \partial b} = \frac{1}{n} \sum_i X_{ij} p_i (1 - p_i)": "correct",
    r"\frac{\partial^2 L}{\partial w_j \partial w_k} = \frac{1}{n} \sum_i X_{ij} X_{ik} p_i": "wrong",
}


@pytest.mark.parametrize(("line", "verdict"), STUDENTS.items())
def test_a_students_line_is_judged(line, verdict):
    leaves = {name: LOGISTIC_LEAVES[name] for name in ("X", "y", "w", "b")}  # X is n × m
    problem = read_problem(text(LOGISTIC, leaves, [("w", "w")]))
    (found,) = check_text(f"$${line}$$", problem).lines
    assert found.verdict == verdict


def test_the_columns_are_those_of_the_transposed_name():
    problem = read_problem(text(NET, NET_LEAVES, [("v", "b")]))
    form = r"(h v^\top + \frac{\partial L}{\partial o} I) \operatorname{diag}(1 - h^2)"
    for names, verdict in ((r"v \partial b^\top", "correct"), (r"b \partial v^\top", "wrong")):
        latex = rf"$$\frac{{\partial^2 L}}{{\partial {names}}} = {form}$$"
        assert check_text(latex, problem).lines[0].verdict == verdict


REFUSED = {
    "unknown": ([["q"]], "'q' is no quantity or leaf"),
    "twice": ([["w", "w"], ["w", "w"]], "'w' is listed twice"),
    "a pair twice": ([["w", "b"], ["w", "b"]], "[w, b] is listed twice"),
}


@pytest.mark.parametrize(("asked", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(asked, message):
    backward = {"of": "L", "hessians": [one[0] if len({*one}) == 1 else one for one in asked]}
    with pytest.raises(InputError) as caught:
        read_problem(text_of({"L": "b*dot(w, w)"}, {"w": [1, 2], "b": 2}, backward=backward))
    assert caught.value.message == message
    assert caught.value.place.text.startswith("backward")


def test_a_list_of_three_names_is_told():
    with pytest.raises(InputError, match="'hessians' must be a list of names and of pairs"):
        read_problem(text_of({"L": "w**2"}, {"w": 1}, backward={"of": "L", "hessians": [["w", "w", "w"]]}))


OF_UNSPECIFIED = {
    "sum(f(z) * z)": "X.T @ diag(f''(z) * z + 2 * f'(z)) @ X",
    "sum(f(z) - y * z)": "X.T @ diag(f''(z)) @ X",
    "sum(f(z)**2) / 2": "X.T @ diag(f(z) * f''(z) + f'(z)**2) @ X",
}


@pytest.mark.parametrize(("line", "form"), OF_UNSPECIFIED.items())
def test_an_unspecified_function_has_one_with_two_primes(line, form):
    backward = {"of": "L", "wrt": ["w"], "hessians": ["w"]}
    source = text_of(
        {"z": "X @ w", "L": line},
        backward=backward,
        shapes={"X": ["n", "d"], "w": ["d"], **({"y": ["n"]} if "y" in line else {})},
        functions={"f(t)": None},
    )
    (found,) = solve(read_problem(source)).hessians
    assert plain(found.whole.matrix_form) == form
    assert found.whole.proof == "identity"


ADDED = {
    "sum(exp(z) * z)": "X.T @ diag(exp(z) * (z + 2)) @ X",
    "sum(sin(z) * z)": "X.T @ diag(2 * cos(z) - sin(z) * z) @ X",
}


@pytest.mark.parametrize(("line", "form"), ADDED.items())
def test_equal_terms_of_both_factors_are_added_up(line, form):
    shapes = {"X": ["n", "d"], "w": ["d"]}
    backward = {"of": "L", "wrt": ["w"], "hessians": ["w"]}
    (found,) = solve(
        read_problem(text_of({"z": "X @ w", "L": line}, backward=backward, shapes=shapes))
    ).hessians
    assert plain(found.whole.matrix_form) == form


def test_what_is_written_with_two_primes_is_read():
    source = text_of(
        {"z": "X @ w", "L": "sum(f(z) - y * z)"},
        backward={"of": "L", "wrt": ["w"], "hessians": ["w"]},
        shapes={"X": ["n", "d"], "w": ["d"], "y": ["n"]},
        functions={"f(t)": None},
    )
    left = r"$$\frac{\partial^2 L}{\partial w \partial w^\top} = X^\top \operatorname{diag}"
    work = rf"{left}(f''(z)) X$$ {left}(f'(z)) X$$"
    verdicts = [line.verdict for line in check_text(work, read_problem(source), "work.md").lines]
    assert verdicts == ["correct", "wrong"]


def test_of_several_arguments_the_second_derivative_of_an_unspecified_function_is_refused():
    backward = {"of": "L", "wrt": ["w"], "hessians": ["w"]}
    source = text_of({"L": "f(w, 2)"}, {"w": 1}, backward=backward, functions={"f(t, a)": None})
    with pytest.raises(NotSupported, match="second derivative of 'f', which has several arguments") as caught:
        solve(read_problem(source))
    assert caught.value.place is not None
    assert caught.value.hint


def test_a_function_of_ones_own_has_one():
    source = {"functions": {"swish(t)": "t * sigmoid(t)"}}
    (found,) = solve(read_problem(text({"L": "sum(swish(w))"}, {"w": V}, [("w", "w")], **source))).hessians
    assert_close(found.whole.value, np.diag([jacobian(grad(lambda t: t * sigmoid(t)))(t) for t in V]), 10)


def test_gelu_has_one():
    (found,) = solve(read_problem(text({"L": "sum(gelu(w))"}, {"w": V}, [("w", "w")]))).hessians
    assert_close(found.whole.value, np.diag((2 - V**2) * np.exp(-(V**2) / 2) / np.sqrt(2 * np.pi)), 10)


# --- Newton's method ----------------------------------------------------------------------------------


def newton(lines, given, parameters, **update):
    update = {"method": "newton", "rate": 1, "parameters": parameters, **update}
    return solve(read_problem(text_of(lines, given, update=update)))


def test_a_step_solves_with_the_hessian_by_all_parameters_together():
    given = {name: np.asarray(array).tolist() for name, array in LOGISTIC_LEAVES.items()}
    theta = np.append(LOGISTIC_LEAVES["w"], LOGISTIC_LEAVES["b"])

    def loss(t):
        return logistic(t[:2], t[2])

    for entry in newton(LOGISTIC, given, ["w", "b"], rate=0.7, steps=3).training.steps[:-1]:
        theta = theta - 0.7 * np.linalg.solve(jacobian(grad(loss))(theta), grad(loss)(theta))
        assert_close(np.append(entry.updated["w"], entry.updated["b"]), theta, 10)
        assert not entry.state


def test_the_minimum_of_a_square_is_one_step_away():
    x, y = some(6, 2), some(6, 3)
    given = {"X": x.tolist(), "Y": y.tolist(), "W": some(2, 3).tolist()}
    first, *_ = newton({"R": "X @ W - Y", "L": "sum(R**2)"}, given, ["W"]).training.steps
    assert_close(first.updated["W"], np.linalg.lstsq(x, y, rcond=None)[0], 10)


def test_a_singular_hessian_is_told():
    with pytest.raises(InputError, match="the Hessian is singular at step 1") as caught:
        newton({"f": "norm(x)"}, {"x": [3, 4]}, ["x"])
    assert caught.value.place is not None


@pytest.mark.parametrize("key", ["weight_decay", "clip"])
def test_what_would_change_the_gradient_alone_is_refused(key):
    with pytest.raises(InputError, match=f"'{key}' changes the gradient"):
        newton({"f": "x**2"}, {"x": 3}, ["x"], **{key: 0.1})


@pytest.mark.parametrize(("style", "notation"), list(zip(STYLES, reversed(NOTATIONS), strict=False)))
def test_newtons_reports_are_right_by_the_checker(style, notation):
    given = {name: np.asarray(array).tolist() for name, array in LOGISTIC_LEAVES.items()}
    update = {"method": "newton", "rate": 1, "parameters": ["w", "b"], "steps": 2}
    source = text_of(LOGISTIC, given, update=update)
    made = report(source, style, notation)
    assert style == "practical" or any(
        "Newton's method" in said for said in (*sentences(made), *titles(made))
    )
    lines = check_text(to_markdown(made), read_problem(source)).lines
    assert [line.line.latex for line in lines if line.verdict in ("wrong", "carried")] == []
    assert sum(line.verdict == "correct" for line in lines) > 10

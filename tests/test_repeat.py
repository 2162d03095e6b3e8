"""One formula for all steps or layers: read, unrolled, derived once for every step; against autograd."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from reference import autograd_gradients
from support import assert_close

import symgrad as sg
from symgrad.calculus import rounds as calculus
from symgrad.checking.check import check_text
from symgrad.cli import main
from symgrad.errors import DerivationError, InputError
from symgrad.notation.notations import NOTATIONS
from symgrad.notation.plain import plain as str_of
from symgrad.reading.problem import load_problem, read_problem
from symgrad.rendering import Choices, Rendering, look_of
from symgrad.solving import solve
from symgrad.styles import STYLES
from symgrad.tree import Op

RANDOM = np.random.default_rng(11)


def array(*shape):
    return RANDOM.uniform(-1, 1, shape).tolist()


RNN = {
    "repeat": {"t": [1, 4]},
    "forward": {
        "h[0]": "s",
        "L[0]": 0,
        "h[t]": "tanh(W @ x[t-1] + U @ h[t-1] + b)",
        "o[t]": "V @ h[t]",
        "L[t]": "L[t-1] + sum((o[t] - y[t-1])**2)",
        "J": "L[4] / 4 + lam * sum(U**2)",
    },
    "given": {
        "x": array(4, 3),
        "s": array(2),
        "W": array(2, 3),
        "U": array(2, 2),
        "b": array(2),
        "V": array(2, 2),
        "y": array(4, 2),
        "lam": 0.3,
    },
    "data": ["x", "y", "lam"],
}
LAYERS = {
    "repeat": {"l": [1, "depth"]},
    "forward": {
        "a[0]": "x",
        "z[l]": "W[l] @ a[l-1] + b[l]",
        "a[l]": "softplus(z[l])",
        "J": "sum((a[depth] - y)**2) / 2",
    },
    "given": {"x": array(2), "y": array(2)}
    | {f"W[{n}]": array(rows, columns) for n, (rows, columns) in enumerate([(3, 2), (4, 3), (2, 4)], 1)}
    | {f"b[{n}]": array(rows) for n, rows in enumerate([3, 4, 2], 1)},
    "data": ["x", "y"],
}
MARKOV = {
    "repeat": {"t": [1, 3]},
    "forward": {
        "p[0]": "start * B[:, obs[0]]",
        "p[t]": "(A.T @ p[t-1]) * B[:, obs[t]]",
        "J": "-log(sum(p[3]))",
    },
    "given": {
        "start": [0.6, 0.4],
        "A": [[0.7, 0.3], [0.2, 0.8]],
        "B": [[0.5, 0.3, 0.2], [0.1, 0.4, 0.5]],
        "obs": [0, 2, 1, 2],
    },
    "data": ["obs"],
}
EULER = {
    "repeat": {"n": [1, 5]},
    "forward": {"u[0]": "u0", "u[n]": "u[n-1] + dt * r * u[n-1] * (1 - u[n-1] / K)", "J": "(u[5] - m)**2"},
    "given": {"u0": 0.2, "dt": 0.1, "r": 1.5, "K": 2.0, "m": 0.5},
}
MOMENTUM = {
    "repeat": {"t": [1, 3]},
    "forward": {
        "w[0]": "w0",
        "v[0]": "0 * w0",
        "v[t]": "mu * v[t-1] + A @ w[t-1]",
        "w[t]": "w[t-1] - rate * v[t] / (1 - mu**t)",
        "J": "dot(w[3], A @ w[3]) / 2",
    },
    "given": {"w0": array(3), "A": array(3, 3), "mu": 0.8, "rate": 0.1},
}
KINDS = {"rnn": RNN, "layers": LAYERS, "markov": MARKOV, "euler": EULER, "momentum": MOMENTUM}


def made(kind):
    return sg.problem(**kind)


def named(text):
    """A name of a family as the reference can have it."""
    return text.replace("[", "_at_").replace("]", "")


def by_hand(kind):
    """The problem written out, without counters."""
    problem = made(kind)
    families = {name for name in (*problem.formulas, *problem.leaves) if "[" in name}

    def flat(text):
        for name in sorted(families, key=len, reverse=True):
            text = text.replace(name, named(name))
        return text

    lines = {named(name): flat(parsed.shown) for name, parsed in problem.forward}
    given = {named(name): np.asarray(value) for name, value in problem.given.items()}
    return lines, given


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_gradients_agree_with_autograd_on_the_problem_written_out(kind):
    lines, given = by_hand(kind)
    found = sg.solve(made(kind)).gradients
    leaves = [name for name in found if named(name) in given]
    assert leaves
    expected = autograd_gradients(lines, given, [named(name) for name in leaves])
    for name in leaves:
        assert_close(found[name].value, expected[named(name)], 10, name)


def test_a_running_total_a_loop_and_a_state_are_what_they_are_in_numbers():
    found = made(RNN)
    assert [name for name, _ in found.forward][:4] == ["h[0]", "L[0]", "h[1]", "o[1]"]
    assert found.formulas["h[2]"].shown == "tanh(W @ x[1] + U @ h[1] + b)"
    assert found.repeat.families == {"h", "L", "o"}


def test_lines_between_formulas_of_a_block_stand_before_or_behind_it():
    lines = {"h[t]": "k * h[t-1]", "k": "exp(w)", "s": "h[2] + k", "o[t]": "h[t]**2", "L": "s + o[2]"}
    found = sg.problem(lines, repeat={"t": [1, 2]}, given={"h[0]": 1, "w": 0.5})
    assert [name for name, _ in found.forward] == ["k", "h[1]", "o[1]", "h[2]", "o[2]", "s", "L"]


def test_lists_and_shapes_take_a_whole_family():
    found = sg.problem(
        {"z[l]": "W[l] @ a[l-1]", "a[l]": "tanh(z[l])", "J": "sum(a[2])"},
        repeat={"l": [1, 2]},
        shapes={"W[l]": ["n[l]", "n[l-1]"], "a[0]": ["n[0]"]},
        backward={"wrt": ["W[l]"]},
    )
    assert found.wrt == ("W[1]", "W[2]")
    assert found.shapes["W[2]"] == ("n[2]", "n[1]")
    assert str(sg.solve(found).gradients["W[2]"]) == "∂J/∂W[2] = outer(∂J/∂z[2], a[1])"


# --- one derivation for all steps ----------------------------------------------------------------------


def recursions(kind):
    """The general gradients, as text, with the last number for which each holds."""
    return {
        target: (str_of(gradient.result), found.lasts[target])
        for found in solve(made(kind)).rounds
        for target, gradient in found.derivation.gradients.items()
    }


def test_the_gradient_of_a_state_is_a_recursion_and_a_shared_matrix_gathers_every_step():
    found = recursions(RNN)
    assert found["h[t]"] == ("V.T @ ∂J/∂o[t] + U.T @ ∂J/∂a[t+1]", 3)
    assert found["a[t]"] == ("∂J/∂h[t] * (1 - h[t]**2)", 4)
    assert found["W"] == ("outer(∂J/∂a[t], x[t])", 4)
    (block,) = solve(made(RNN)).rounds
    assert [str_of(other) for other in block.shared["U"]] == ["2 * lam * U"]


def test_layers_of_different_widths_have_one_recursion():
    found = recursions(LAYERS)
    assert found["a[l]"] == ("W[l+1].T @ ∂J/∂z[l+1]", 2)
    assert found["W[l]"] == ("outer(∂J/∂z[l], a[l-1])", 3)
    bent = {**LAYERS["forward"], "a[l]": "leaky_relu(z[l], slope=0.1)"}
    assert recursions({**LAYERS, "forward": bent})["z[l]"] == ("∂J/∂a[l] * leaky_relu'(z[l])", 3)


def test_what_is_known_of_rows_is_known_of_the_row_of_a_step():
    lines = {
        "E[0]": 0,
        "p[t]": "softmax(V @ x[t-1])",
        "E[t]": "E[t-1] - sum(y[t-1] * log(p[t]))",
        "L": "E[2]",
    }
    given = {"V": array(3, 2), "x": array(2, 2), "y": [[1, 0, 0], [0, 0, 1]]}
    kind = {"repeat": {"t": [1, 2]}, "forward": lines, "given": given, "data": ["x", "y"]}
    assert recursions(kind)["a[t]"] == ("p[t] - y[t]", 2)


UNLIKE = {
    "two steps back": {"u[0]": "a", "u[1]": "b", "u[n]": "u[n-1] - k * u[n-2]", "J": "u[4]"},
    "one in the middle is used": {"u[1]": "a", "u[n]": "k * u[n-1]", "J": "u[2] * u[4] * b"},
    "positions of no order": {"u[1]": "a", "u[n]": "u[n-1] * (w[i[n]] + k + b)", "J": "u[4]"},
}


@pytest.mark.parametrize("lines", UNLIKE.values(), ids=UNLIKE)
def test_where_steps_are_not_alike_each_is_derived(lines):
    given = {"a": 0.3, "b": 0.7, "k": 0.9, "w": [0.5, 1.5], "i": [0, 0, 1, 0, 1]}
    used = {name: value for name, value in given.items() if any(name in str(text) for text in lines.values())}
    kind = {"repeat": {"n": [2, 4]}, "forward": lines, "given": used, "data": [n for n in used if n in "i"]}
    assert recursions(kind) == {}
    test_gradients_agree_with_autograd_on_the_problem_written_out(kind)


def test_a_general_gradient_that_is_another_in_some_round_is_an_error(monkeypatch):
    honest = calculus.gradient_of

    def twice(worlds, definitions, target, *others):
        found = honest(worlds, definitions, target, *others)
        return calculus.replace(found, matrix_form=Op("add", (found.matrix_form, found.matrix_form)))

    monkeypatch.setattr(calculus, "gradient_of", twice)
    with pytest.raises(DerivationError, match="round"):
        solve(made(EULER))


@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_line_of_our_own_report_is_wrong(notation):
    solution = solve(made(RNN))
    style = list(STYLES)[list(NOTATIONS).index(notation) % len(STYLES)]
    text = Rendering(solution, look_of(solution.problem, Choices(style, notation))).md().decode()
    lines = check_text(text, solution.problem, "report.md").lines
    assert [line.line.latex for line in lines if line.verdict == "wrong"] == []
    assert sum(line.verdict in ("correct", "rounded") for line in lines) > 20


STATES = """
repeat: {t: [1, 3]}
forward:
  h[0]: s
  a[t]: W @ x[t-1] + U @ h[t-1]
  h[t]: tanh(a[t])
  J: sum(h[3] * c)
data: [x, c]
given:
  s: [0.1, 0.2]
  c: [1, -1]
  x: [[1, 2], [3, 4], [5, 6]]
  W: [[0.1, 0.2], [0.3, -0.4]]
  U: [[0.2, 0.5], [-0.1, 0.3]]
"""
WORK = {
    r"\frac{\partial J}{\partial h_t} = U^T \frac{\partial J}{\partial a_{t+1}}": "correct",
    r"\frac{\partial J}{\partial h_t} = U \frac{\partial J}{\partial a_{t+1}}": "wrong",
    r"\frac{\partial J}{\partial U} = \sum_{t=1}^3 \frac{\partial J}{\partial a_t} h_{t-1}^T": "correct",
    r"\frac{\partial J}{\partial U} = \sum_{t=1}^3 \frac{\partial J}{\partial a_t} h_t^T": "wrong",
    r"\frac{\partial J}{\partial U} = \sum_{t=1}^3 \frac{\partial J}{\partial a_t} "
    r"\frac{\partial^+ a_t}{\partial U}": "correct",
}


@pytest.mark.parametrize(("line", "verdict"), WORK.items(), ids=range(len(WORK)))
def test_work_for_every_step_is_judged(line, verdict):
    (judged,) = check_text(f"$${line}$$", read_problem(STATES), "work.md").lines
    assert judged.verdict == verdict, judged.message


def test_a_definition_for_every_step_holds_in_each():
    work = r"$$q_t = U h_{t-1} + a_t$$ and so $$q_2 = U h_1 + a_2$$ but not $$q_2 = U h_2 + a_2$$"
    verdicts = [line.verdict for line in check_text(work, read_problem(STATES), "work.md").lines]
    assert verdicts == ["unchecked", "correct", "wrong"]


def test_positions_that_are_looked_up_are_told():
    solution = solve(made(MARKOV))
    assert solution.problem.looked_up == ("obs",)
    assert "obs" not in solution.problem.leaves
    text = Rendering(solution, look_of(solution.problem, Choices("lab"))).md().decode()
    assert r"\mathrm{obs} = \begin{bmatrix} 0 \\ 2 \\ 1 \\ 2 \end{bmatrix}" in text
    assert "B_{:, 3}" in text


# --- what cannot be read ---------------------------------------------------------------------------------

FILE = """
repeat: {t: [1, 3]}
forward:
  h[0]: s
  h[t]: tanh(U @ h[t-1])
  L: sum(h[3])
given: {s: [1, 2], U: [[1, 2], [3, 4]], x: [[1, 2], [3, 4], [5, 6]], "W[1]": 2, obs: [0, 1.5]}
"""
FORMULA = "tanh(U @ h[t-1])"
FAULTS = {
    "unknown counter": ("h[t]: tanh", "h[q]: tanh", "'q' is no counter", 5),
    "no first value": ("  h[0]: s\n", "", "'h[0]' comes before the first", 4),
    "no number": ("[1, 3]", "[1, L]", "the last bound 'L' has no number", 2),
    "no first number": ("[1, 3]", "[a, 3]", "'a' is no number to begin with", 2),
    "backwards": ("[1, 3]", "[3, 1]", "cannot run from 3 to 1", 2),
    "one bound": ("[1, 3]", "[3]", "'repeat' must be the first and the last number", 2),
    "too many": ("[1, 3]", "[1, 99999999999999999999999]", "more than 2,000 quantities", 2),
    "outside": ("sum(h[3])", "sum(h[t])", "the counter 't' has no number here", 6),
    "a number outside": ("sum(h[3])", "sum(h[3]) * t", "the counter 't' has no number here", 6),
    "behind the last": ("sum(h[3])", "sum(h[4])", "'h[4]' comes after the last, which is h[3]", 6),
    "a cycle": (FORMULA, "tanh(U @ h[t])", "'h[1]' is defined by itself", 5),
    "the next": (FORMULA, "tanh(U @ h[t+1])", "'h[4]' comes after the last", 5),
    "all at once": ("sum(h[3])", "sum(h)", "'h' is one quantity a number", 6),
    "twice": ("h[0]: s", "h[0]: s\n  h[1]: s", "'h[1]' is stated by 'h[1]' and by 'h[t]'", 6),
    "one and many": ("h[0]: s", "h[0]: s\n  h: s", "'h' is one quantity here", 5),
    "round the end": (FORMULA, f"{FORMULA} + x[t-2]", "'t-2' is -1 at t = 1", 5),
    "no whole number": (FORMULA, f"{FORMULA} + x[t/2]", "this is no position", 5),
    "a fraction": (FORMULA, f"{FORMULA} + x[obs[1]]", "1.5 in 'obs' is no position", 5),
    "unknown positions": (FORMULA, f"{FORMULA} + x[q[t]]", "'q' has no numbers to be a position", 5),
    "one missing": (FORMULA, f"{FORMULA} * W[t]", "'W[2]' is neither given nor made at t = 2", 5),
    "two counters": ("h[t]: tanh", "h[t, 1]: tanh", "hold neither a counter nor a number", 5),
    "a taken name": ("{t: [1, 3]}", "{U: [1, 3]}", "the counter 'U' is also the name", 2),
    "a function": ("{t: [1, 3]}", "{sum: [1, 3]}", "'sum' is no name for a counter", 2),
    "no counters": ("repeat: {t: [1, 3]}", "", "'h[t]' is one formula for every t", 5),
    "one given for all": ('"W[1]"', '"W[t]"', "would have the same numbers for every t", 7),
    "beyond all arrays": (FORMULA, "tanh(U @ h[t*9999999*9999999])", "a position beyond 1,000,000", 5),
}


@pytest.mark.parametrize(("old", "new", "message", "row"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_at_its_place(old, new, message, row):
    assert old in FILE
    with pytest.raises(InputError) as caught:
        read_problem(FILE.replace(old, new))
    assert message in caught.value.message
    assert caught.value.place.line == row
    assert caught.value.hint


def test_layers_are_written_high_and_steps_low_and_the_state_keeps_its_name():
    report = (
        Rendering(solve(made(LAYERS)), look_of(made(LAYERS), Choices("lab", "delta", colour=False)))
        .tex()
        .decode()
    )
    assert r"\delta^{[l]}" in report
    assert r"W^{[2]}" in report
    steps = Rendering(solve(made(EULER)), look_of(made(EULER), Choices("lab"))).md().decode()
    assert r"\frac{\partial J}{\partial u_{n + 1}}" in steps


ENDS = {
    "an objective without the last of a family": (
        "repeat: {t: [1, 2]}\n"
        'forward: {"P[0]": P0, "K[t]": "s * P[t-1]", "P[t]": "(1 - K[t]) * P[t-1]", J: "K[2]"}\n'
        "given: {P0: 1, s: 0.5}"
    ),
    "data of the step before, in a loss of every step": (
        "repeat: {t: [1, 3]}\n"
        'forward: {"h[0]": h0, "E[0]": 0, "h[t]": "w * h[t-1]", '
        '"E[t]": "E[t-1] + mean((h[t] - Y[t-1])**2)", J: "E[3]"}\n'
        "data: [Y]\ngiven: {h0: [1, 2], w: 0.5, Y: [[1, 2], [3, 4], [5, 6]]}"
    ),
    "an entry of a step": (
        "repeat: {t: [1, 3]}\n"
        'forward: {"S[0]": 0, "S[t]": "S[t-1] + g**t * r[t] * w", J: "S[3]**2"}\n'
        "data: [r, g]\ngiven: {r: [1, 2, 3, 4], g: 0.9, w: 2}"
    ),
}


@pytest.mark.parametrize("text", ENDS.values(), ids=ENDS)
def test_where_a_block_ends_otherwise_than_it_goes_on(tmp_path, text):
    path = tmp_path / "problem.yaml"
    path.write_text(text, encoding="utf-8")
    built = CliRunner().invoke(main, ["build", str(path), "--to", "tex,json", "-o", str(tmp_path)])
    assert built.exit_code == 0, built.stderr
    found = check_text((tmp_path / "problem.tex").read_text(encoding="utf-8"), load_problem(path))
    assert not [line.line.latex for line in found.lines if str(line.verdict) == "wrong"]


NET = {
    "repeat": {"l": [1, "L"]},
    "forward": {"z[l]": "W[l] @ a[l-1] + b[l]", "a[l]": "sigmoid(z[l])", "J": "sum((a[L] - y)**2) / 2"},
    "shapes": {"W[l]": ["n[l]", "n[l-1]"], "b[l]": ["n[l]"], "a[0]": ["n[0]"], "y": ["n[L]"]},
    "data": ["a[0]", "y"],
}
STEPS = {
    "repeat": {"t": [1, "T"]},
    "forward": {
        "h[0]": "s",
        "E[0]": "0 * sum(s)",
        "h[t]": "tanh(W @ x[t-1] + U @ h[t-1])",
        "o[t]": "V @ h[t]",
        "E[t]": "E[t-1] + sum((o[t] - y[t-1])**2)",
        "J": "E[T] / T + sum(U**2)",
    },
    "shapes": {
        "x": ["T", "n"],
        "y": ["T", "k"],
        "s": ["m"],
        "V": ["k", "m"],
        "W": ["m", "n"],
        "U": ["m", "m"],
    },
    "data": ["x", "y"],
}


def json_of(kind):
    solution = solve(made(kind))
    return json.loads(Rendering(solution, look_of(solution.problem, Choices())).json())


def test_a_last_number_that_is_only_a_name_is_derived_once_and_for_all():
    found = json_of(NET)
    assert list(found["quantities"]) == ["z[l]", "a[l]", "J"]
    assert found["gradients"]["a[L]"] == {"of": "J", "shape": ["n[L]"], "latex": r"a^{[L]} - \vec{y}"}
    assert found["gradients"]["W[l]"]["shape"] == ["n[l]", "n[l-1]"]
    assert found["recursions"]["a[l]"]["last"] == "L-1"
    assert found["recursions"]["z[l]"]["last"] == "L"


def test_what_all_steps_share_is_summed_to_the_last_by_name():
    found = json_of(STEPS)["gradients"]
    assert found["W"]["latex"].startswith(r"\sum_{t = 1}^{T}")
    assert found["U"]["latex"].endswith("+ 2 U")
    assert found["E[T]"]["latex"] == r"\frac{1}{T}"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", [NET, STEPS], ids=["net", "steps"])
def test_reports_name_no_number_of_rounds_and_are_read_as_right(kind, style):
    solution = solve(made(kind))
    text = Rendering(solution, look_of(solution.problem, Choices(style=style))).md().decode()
    assert not any(number in text for number in ("[3]", "_3", "_{3"))
    judged = check_text(text, solution.problem)
    verdicts = [line.verdict for line in judged.lines]
    assert "wrong" not in verdicts
    assert verdicts.count("correct") > len(verdicts) / 3


def test_what_takes_a_row_at_the_last_step_is_refused_rather_than_given_a_number():
    lines = {**STEPS["forward"], "E[t]": "E[t-1] + sum((h[t] - y[t-1])**2)"}
    del lines["o[t]"]
    with pytest.raises(InputError, match="holds a part of an array at the last round"):
        solve(made(STEPS | {"forward": lines, "shapes": STEPS["shapes"] | {"y": ["T", "m"]}}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"update": {"rate": 0.1, "parameters": ["W[l]"]}}, "'update' needs the number that 'L' stands for"),
        ({"backward": {"of": "J", "hessians": ["a[0]"]}}, "'hessians' needs the number that 'L' stands for"),
        ({"forward": NET["forward"] | {"J": "sum(a[L] - y) + sum(a[2])"}}, "not one formula holds"),
    ],
)
def test_what_needs_every_round_needs_the_number(change, message):
    with pytest.raises(InputError, match=message):
        solve(made(NET | change))


def test_givens_are_told_to_be_of_no_use_without_a_number_of_rounds():
    kind = EULER | {"repeat": {"n": [1, "N"]}, "forward": EULER["forward"] | {"J": "(u[N] - m)**2"}}
    found = sg.solve(made(kind))
    assert found.warnings == ("'N' has no number, so that nothing is worked out in numbers",)


@pytest.mark.parametrize(
    ("write", "written"),
    [
        ({"c": r"\tilde{h}"}, {"c[1]": r"\tilde{h}_{1}", "c[2]": r"\tilde{h}_{2}"}),
        ({"c[t]": r"\tilde{h}"}, {"c[1]": r"\tilde{h}_{1}", "c[2]": r"\tilde{h}_{2}"}),
        ({"c[t]": "c_{z,t}"}, {"c[1]": "c_{z,1}", "c[2]": "c_{z,2}"}),
        ({"c": "c_z"}, {"c[1]": "c_{z,1}", "c[2]": "c_{z,2}"}),
        ({"c": r"c_{\mathrm{in}}"}, {"c[1]": r"c_{\mathrm{in},1}", "c[2]": r"c_{\mathrm{in},2}"}),
        ({"h": "s", "h[0]": "s_a"}, {"h[1]": "s_{1}", "h[2]": "s_{2}", "h[0]": "s_a"}),
    ],
)
def test_a_family_is_written_in_one_way(write, written):
    problem = {
        "repeat": {"t": [1, 2]},
        "forward": {"c[t]": "tanh(w * h[t-1])", "h[t]": "2 * c[t]", "L": "h[2]**2"},
        "shapes": {"w": [], "h[0]": []},
        "write": write,
    }
    assert dict(read_problem(json.dumps(problem)).write) == written


def test_layers_are_written_by_their_number_high():
    problem = {
        "repeat": {"l": [1, 2]},
        "forward": {"a[l]": "tanh(W[l] * a[l-1])", "L": "a[2]**2"},
        "shapes": {"W[l]": [], "a[0]": []},
        "write": {"W": r"\Theta"},
    }
    written = read_problem(json.dumps(problem)).write
    assert (written["W[1]"], written["W[2]"]) == (r"\Theta^{[1]}", r"\Theta^{[2]}")

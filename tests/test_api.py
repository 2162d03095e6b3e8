"""The Python API: what it gives, its errors, and the examples in its documentation."""

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import symgrad as sg
from symgrad.writing.json import to_json

ROOT = Path(__file__).parents[1]
LAB = {
    "forward": {"u": "W @ x + b", "h": "relu(u)", "o": "softmax(h)", "L": "-sum(y * log(o))"},
    "data": ["x", "y"],
    "given": {
        "W": np.array([[0.3, -0.5], [0.2, 0.7]]),
        "x": np.array([1, 2]),
        "b": (0.1, np.float32(0.5)),
        "y": [0, 1],
    },
}


@pytest.fixture(scope="module")
def lab():
    return sg.solve(sg.problem(**LAB))


@pytest.mark.parametrize("name", [name for name in sg.__all__ if name != "__version__"])
def test_the_examples_of_every_public_name(name, monkeypatch):
    """Every public class and function has examples, and they give what they say."""
    monkeypatch.chdir(ROOT)
    thing = getattr(sg, name)
    tests = doctest.DocTestFinder(recurse=True).find(thing, name, globs={"sg": sg})
    assert any(test.examples for test in tests), f"{name} has no example"
    for test in tests:
        assert not doctest.DocTestRunner().run(test).failed


@pytest.mark.parametrize("module", ["symgrad", "symgrad.code.identifiers", "symgrad.notation.plain"])
def test_the_examples_of_modules(module):
    found = doctest.testmod(importlib.import_module(module))
    assert found.attempted
    assert not found.failed


def test_importing_is_light():
    script = "import sys, symgrad; print([m for m in ('sympy', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_check_of_right_lines_loads_no_calculus(tmp_path):
    """SymPy alone takes as long as all the rest; numbers are enough to see that a gradient is right."""
    work = tmp_path / "work.md"
    lines = ("u = W_1 x + b_1", r"\frac{\partial L}{\partial v} = o - y")
    work.write_text("\n\n".join(f"$${line}$$" for line in lines), encoding="utf-8")
    problem = ROOT / "reports" / "lab6.yaml"
    script = f"""if True:
        import sys
        from symgrad.cli import main
        try:
            main(["check", {str(work)!r}, "--problem", {str(problem)!r}])
        finally:
            print([m for m in ("sympy", "mpmath") if m in sys.modules])"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "2 lines: 2 correct" in done.stdout
    assert done.stdout.endswith("[]\n")


def test_the_package_says_that_it_is_typed():
    assert (Path(sg.__file__).parent / "py.typed").is_file()


# --- problems -------------------------------------------------------------------------------------------


def test_python_data_and_a_file_give_the_same_solution(tmp_path):
    path = tmp_path / "lab.yaml"
    path.write_text(
        "forward: {u: W @ x + b, h: relu(u), o: softmax(h), L: '-sum(y * log(o))'}\n"
        "data: [x, y]\n"
        "given: {W: [[0.3, -0.5], [0.2, 0.7]], x: [1, 2], b: [0.1, 0.5], y: [0, 1]}\n"
    )
    here, there = (
        to_json(sg.solve(problem)._solution, str) for problem in (sg.problem(**LAB), sg.load(path))
    )
    assert here == there


def test_every_key_of_a_file_is_a_keyword():
    problem = sg.problem(
        {"h": "swish(w * x)", "L": "(h - n)**2"},
        title="A unit",
        backward={"of": ["L", "h"], "wrt": ["w"]},
        data=["x"],
        given={"x": 2.0, "w": 0.5},
        shapes={"v": ["n"]},
        update={"rate": 0.1, "parameters": ("w",), "steps": 2},
        functions={"swish(t)": "t * sigmoid(t)"},
        write={"w": "\\omega"},
        report={"style": "lab", "digits": 4},
    )
    assert (problem.title, problem.of, problem.also, problem.wrt) == ("A unit", "L", ("h",), ("w",))
    assert problem.update.steps == 2
    assert problem.report.digits == 4


@pytest.mark.parametrize(
    ("stated", "where", "message"),
    [
        ({"forward": {"u": "W @ x + "}}, "forward.u", "cannot be read"),
        ({"forward": {"u": "summ(x)"}}, "forward.u", "unknown function 'summ'"),
        ({"forward": {"L": "x"}, "given": {"x": [[1, 2], [3]]}}, "given.x[1]", "row 2 has 1 entry"),
        (
            {"forward": {"L": "x"}, "given": {"x": np.zeros((1,) * 6)}},
            "given.x[0][0][0][0][0]",
            "more than 5 axes",
        ),
        ({"forward": {"L": "x"}, "given": {"x": np.nan}}, "given.x", "not finite"),
        ({"forward": {"L": "x"}, "given": {"x": 1j}}, "given.x", "type complex"),
        ({"forward": {"L": "x"}, "given": {"x": True}}, "given.x", "true and false"),
        ({"forward": {3: "x"}}, "forward", "the key 3 is no text"),
        ({"forward": {"L": "x"}, "given": {"L": 2}}, "given.L", "made by the formula under 'forward.L'"),
        ({"forward": {"a": "b", "b": "x"}}, "forward.a", "before it is made, under 'forward.b'"),
        ({"forward": {"L": "x\a"}}, "forward.L", "control character"),
        ({"forward": {}}, "forward", "holds no quantity"),
        ({"forward": {"L": "x"}, "backward": {"wtr": ["x"]}}, "backward.wtr", "unknown key 'wtr'"),
        ({"forward": {"L": "x"}, "update": {"rate": 0.1}}, "update", "'parameters' is missing"),
    ],
)
def test_the_place_of_a_fault_is_a_path_of_keys(stated, where, message):
    with pytest.raises(sg.InputError) as caught:
        sg.problem(**stated)
    assert message in caught.value.message
    assert str(caught.value).startswith(f"{where}: error: ")


def test_the_caret_stands_under_the_fault():
    with pytest.raises(sg.InputError) as caught:
        sg.problem({"u": "W @ x +\n soft(x)"})
    assert str(caught.value).splitlines()[1:3] == ["  | W @ x +  soft(x)", "  |          ^^^^"]


class Frame:
    """What libraries of arrays and tables share: they can become an array of NumPy."""

    def __init__(self, values, fault=None):
        self.values, self.fault = values, fault

    def __array__(self, dtype=None, copy=None):
        if self.fault:
            raise self.fault
        return np.array(self.values, dtype)


def test_givens_of_other_libraries():
    problem = sg.problem({"L": "sum(A @ x)"}, given={"A": Frame([[1, 2]]), "x": [Frame(3.0), Frame(4)]})
    assert sg.solve(problem).value("L") == 11
    with pytest.raises(sg.InputError, match=r"given.x: error: this [.a-zF]*rame gives no num.*: detach it"):
        sg.problem({"L": "sum(x)"}, given={"x": Frame([], RuntimeError("detach it"))})


# --- solutions ------------------------------------------------------------------------------------------


def test_a_gradient_by_formula_number_and_steps(lab):
    gradient = lab.gradients["W"]
    assert str(gradient) == "∂L/∂W = outer(∂L/∂u, x)"
    assert str(gradient.index_form) == "∂L/∂u[i] * x[j]"
    assert gradient.matrix_form.latex == gradient.latex
    assert r"\vec{x}^{\top}" in gradient.latex
    assert gradient.shape == lab.gradients["W"].steps[-1].shapes["W"]
    assert gradient.steps[0].rule == "chain"
    assert gradient.steps[0].why.startswith("chain rule")
    assert {step.proof for step in gradient.steps} <= {"identity", "numeric", "definition"}
    shown = lab.gradients["W"]._repr_latex_()
    assert shown.startswith("$")
    assert shown.endswith(f"= {gradient.latex}$")


def test_gradients_on_the_way_and_the_objective_itself(lab):
    assert set(lab.gradients) == {"L", "o", "h", "u", "W", "b"}
    assert lab.gradients["L"].value == 1
    o = np.exp(lab.value("h")) / np.exp(lab.value("h")).sum()
    np.testing.assert_allclose(lab.gradients["h"].value, o - [0, 1])
    with pytest.raises(TypeError):
        lab.gradients["L"] = None


def test_values(lab):
    np.testing.assert_allclose(lab.value("u"), [-0.6, 2.1])
    np.testing.assert_array_equal(lab.value("x"), [1, 2])
    with pytest.raises(sg.UnknownName, match="'hh' is no quantity or leaf; did you mean 'h'"):
        lab.value("hh")
    with pytest.raises(KeyError):
        lab.value("W9")


def test_a_solution_does_not_lend_out_its_numbers(lab):
    lab.value("u")[0] = 7
    lab.gradients["u"].value[0] = 7
    assert lab.value("u")[0] != 7
    assert lab.gradients["u"].value[0] != 7


def test_without_numbers_there_are_formulas_and_clear_errors():
    solution = sg.solve(sg.problem({"L": "sum(w**2)"}))
    assert str(solution.gradients["w"].matrix_form) == "2 * w"
    with pytest.raises(sg.UnknownName, match="some given is missing"):
        solution.value("L")
    with pytest.raises(sg.UnknownName, match="∂L/∂w has no number"):
        _ = solution.gradients["w"].value


def test_further_objectives():
    solution = sg.solve(sg.problem({"a": "w * x", "b": "a**2"}, backward={"of": ["b", "a"], "wrt": ["w"]}))
    assert str(solution.also["a"]["w"]) == "∂a/∂w = x"
    assert solution.gradients["w"].of == "b"


# --- the function ---------------------------------------------------------------------------------------


def test_the_function_gives_the_values_of_the_solution(lab):
    quantities, gradients = lab.numpy()()
    assert list(quantities) == ["u", "h", "o", "L"]
    assert set(gradients) == set(lab.gradients)
    for name, value in quantities.items():
        np.testing.assert_allclose(value, lab.value(name), rtol=1e-14)
    for name, value in gradients.items():
        np.testing.assert_allclose(value, lab.gradients[name].value, rtol=1e-14)


def test_the_function_is_for_all_sizes():
    """By central differences, at sizes that the problem did not have."""
    passes = sg.solve(sg.problem(**{**LAB, "given": {}})).numpy()
    rng = np.random.default_rng(5)
    given = {"W": rng.normal(size=(5, 4)), "x": rng.normal(size=4), "b": rng.normal(size=5)}
    given["y"] = rng.uniform(size=5)
    slope = passes(given).gradients["W"]
    for place in np.ndindex(5, 4):
        step = np.zeros((5, 4))
        step[place] = 1e-6
        up, down = (passes(given, W=given["W"] + sign * step).quantities["L"] for sign in (1, -1))
        assert slope[place] == pytest.approx((up - down) / 2e-6, abs=1e-7)


def test_the_function_does_not_lend_out_its_arguments():
    x = np.array([1.0, 2.0])
    found = sg.solve(sg.problem({"h": "x", "L": "sum(h)"})).numpy()(x=x)
    found.quantities["h"][0] = 7
    found.gradients["x"][0] = 7
    assert x[0] == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"q": 1}, "'q' is no leaf"),
        ({"x": [1, 2, 3]}, "'x' has the shape"),
        ({"x": 1}, "'x' has the shape"),
        ({"y": [1, 1]}, "'y' must sum to 1"),
        ({"x": "one"}, "'x' is no array of numbers"),
        ({"x": [[1], [1, 2]]}, "'x' is no array of numbers"),
    ],
)
def test_what_the_function_refuses(lab, given, message):
    with pytest.raises(sg.InputError, match=message):
        lab.numpy()(given)


def test_a_missing_number_is_told_by_name():
    with pytest.raises(sg.InputError, match="no number for x"):
        sg.solve(sg.problem({"L": "w * x"}, given={"w": 1})).numpy()()


def test_a_stretched_axis_stays_one():
    """[[1], [2]] is stretched to the columns of A: the derivation holds for one column of it only."""
    passes = sg.solve(sg.problem({"L": "sum(A * c)"}, given={"A": np.ones((2, 3)), "c": [[1], [2]]})).numpy()
    assert passes(A=np.ones((2, 5))).gradients["c"].shape == (2, 1)
    with pytest.raises(sg.InputError, match="'c' has the shape"):
        passes(c=np.ones((2, 3)))


def test_a_function_of_the_problem_far_out():
    """The source overflows there, the call does not; sizes are those of the arrays."""
    passes = sg.solve(sg.problem({"L": "sum(f(w))"}, functions={"f(t)": "t * tanh(log(1 + exp(t)))"})).numpy()
    np.testing.assert_array_equal(passes(w=[800, -800, 900]).gradients["w"], [1, 0, 1])


def test_an_unspecified_function_has_no_numbers():
    solution = sg.solve(sg.problem({"L": "f(w)"}, functions={"f(t)": None}))
    with pytest.raises(sg.NotSupported, match="unspecified"):
        solution.numpy()


# --- files and notebooks --------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["tex", "md", "json", "pdf"])
def test_the_ending_is_the_format(lab, ending, tmp_path):
    path = lab.write(tmp_path / f"lab.{ending}", notation="delta", digits=2)
    start = {"tex": b"\\documentclass", "md": b"# Worked solution", "json": b"{", "pdf": b"%PDF"}
    assert path.read_bytes().startswith(start[ending])


def test_notation_is_heard(lab, tmp_path):
    texts = [lab.write(tmp_path / f"{n}.md", notation=n).read_text() for n in ("prod", "bar")]
    assert r"\frac{\partial L}{\partial W}" in texts[0]
    assert r"\bar{W}" in texts[1]


@pytest.mark.parametrize("name", ["lab.docx", "lab"])
def test_an_unknown_ending_is_refused(lab, name, tmp_path):
    with pytest.raises(sg.InputError, match="unknown format"):
        lab.write(tmp_path / name)
    assert not any(tmp_path.iterdir())


def test_a_notebook_is_given_the_worked_steps(lab, tmp_path):
    bundle = lab._repr_mimebundle_()
    assert bundle["text/markdown"] == lab.write(tmp_path / "lab.md").read_text()
    assert bundle["text/plain"] == repr(lab) == "<WorkedSolution: L by W, b>"


def test_an_index_in_plain_text_is_no_name_or_size_of_the_problem():
    forward = {"S": "softmax(H, axis=1)", "L": "-sum(Y * log(S)) / k"}
    solution = sg.solve(sg.problem(forward, shapes={"H": ["k", "j"], "Y": ["k", "j"]}, data=["Y"]))
    views = [view for name in "HS" for view in solution.gradients[name].steps]
    steps = [str(side) for view in views for side in (view.before, view.after)]
    found = [part for text in steps for part in re.findall(r"\[(.*?)\]|Σ_(\w)|δ_(\w\w)", text)]
    indices = set("".join("".join(parts) for parts in found)) - {",", " "}
    assert indices.isdisjoint("kj")
    assert len(indices) > 3
    assert any("* k)" in text for text in steps)  # the number of rows itself


def test_a_direct_derivative_in_plain_text_has_its_mark():
    solution = sg.solve(sg.problem({"h": "tanh(w * x)", "L": "h * w"}))
    steps = [f"{step.before} = {step.after}" for step in solution.gradients["w"].steps]
    assert "∂⁺L/∂w = h" in steps
    assert "∂L/∂w = h" not in steps


WORK = r"""# Mine

$\partial L/\partial e = 2 e$

$\partial L/\partial w = 2 e$

$\partial L/\partial t = -2 e$
"""
SQUARE = {"forward": {"e": "w * x - t", "L": "e**2"}, "data": ["x", "t"]}


def test_a_problem_may_be_a_problem_a_path_or_the_keys_of_one(tmp_path):
    path = tmp_path / "square.yaml"
    path.write_text("forward: {e: w * x - t, L: e**2}\ndata: [x, t]\n", encoding="utf-8")
    for stated in (path, str(path), SQUARE, sg.problem(**SQUARE)):
        assert str(sg.solve(stated).gradients["w"]) == "∂L/∂w = ∂L/∂e * x"
        assert [line.verdict.value for line in sg.check(WORK, stated)] == ["correct", "wrong", "correct"]


def test_a_check_is_that_of_the_command(tmp_path):
    work, problem = tmp_path / "work.md", tmp_path / "square.yaml"
    work.write_text(WORK, encoding="utf-8")
    problem.write_text("forward: {e: w * x - t, L: e**2}\ndata: [x, t]\n", encoding="utf-8")
    command = [sys.executable, "-m", "symgrad", "check", str(work), "--problem", str(problem), "--to"]
    printed = {
        name: subprocess.run([*command, name], capture_output=True, text=True, encoding="utf-8").stdout
        for name in ("json", "text")
    }
    found = sg.check(work, problem)
    assert str(found) == printed["text"]
    assert found.write(tmp_path / "check.json").read_text(encoding="utf-8") == printed["json"]
    assert [found.name, found.claims, found.judged, found.missing] == ["work.md", 3, 3, ()]
    assert found.first_wrong is found.lines[1]
    assert found.first_wrong.row == 5


def test_work_is_a_text_or_a_file(tmp_path):
    latex = "\\documentclass{article}\\begin{document}\\[L = e^2\\]\\end{document}"
    assert [line.verdict.value for line in sg.check(latex, SQUARE)] == ["correct"]
    with pytest.raises(sg.InputError, match="cannot read"):
        sg.check("none such.md", SQUARE)
    with pytest.raises(sg.InputError, match="cannot read"):
        sg.check(tmp_path / "none such", SQUARE)
    assert repr(sg.check("nothing here", SQUARE)) == "<CheckedWork submission.md: nothing to check>"


def test_points_come_from_a_rubric(tmp_path):
    rubric = tmp_path / "points.yaml"
    rubric.write_text("points: {dL/de: 2, dL/dw: 3}\n", encoding="utf-8")
    assert sg.check(WORK, SQUARE).points is None
    assert sg.check(WORK, SQUARE, rubric=rubric).points == (2, 5)


@pytest.mark.parametrize("ending", ["html", "json", "md", "pdf", "tex", "txt"])
def test_a_check_is_written_by_its_ending(ending, tmp_path):
    written = sg.check(WORK, SQUARE).write(tmp_path / f"work.{ending}")
    assert written.stat().st_size > 100
    with pytest.raises(sg.InputError, match="unknown format 'doc'"):
        sg.check(WORK, SQUARE).write(tmp_path / "work.doc")


def test_a_notebook_is_given_the_annotated_work():
    shown = sg.check(WORK, SQUARE)._repr_mimebundle_()
    assert "does not hold" in shown["text/markdown"]
    assert "wrong" in shown["text/plain"]

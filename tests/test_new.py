"""A problem file to begin with: from every example, from a sheet, and never over another file."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.cli import main
from symgrad.commands.examples import examples
from symgrad.opening import open_problem
from symgrad.reading.problem import load_problem, problem_from_data, read_problem
from symgrad.reading.schema import ProblemFile
from symgrad.reading.sections import keys_of
from symgrad.reading.yaml import read_yaml
from symgrad.solving import solve
from symgrad.writing.problem_file import problem_text

ROOT = Path(__file__).parents[1]
SHEET = r"""# A layer

$$u = W x + b, \qquad L = \frac{1}{2} \lVert u - y \rVert^2$$

$$W = \begin{bmatrix} 1 & 2 \\ 0 & -1 \end{bmatrix}, \quad x = \begin{bmatrix} 0.10 \\ 3 \end{bmatrix}, \quad
b = \begin{bmatrix} 0 \\ 1 \end{bmatrix}, \quad y = \begin{bmatrix} 1 \\ 1 \end{bmatrix}$$
"""


@pytest.fixture
def new(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["new", *arguments])


@pytest.mark.parametrize("name", list(examples()))
def test_every_example_makes_a_file_that_is_the_same_problem(new, name):
    result = new("mine", "--like", name)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "mine.yaml\n", "")
    text = Path("mine.yaml").read_text("utf-8")
    assert load_problem(Path("mine.yaml")).formulas
    assert read_yaml(text, "mine.yaml").data == read_yaml(examples()[name].read_text("utf-8"), name).data
    assert "symgrad show mine.yaml" in text


def test_every_key_of_a_problem_file_is_explained(new):
    text = new("-").stdout
    comments = [line for line in text.splitlines() if line.startswith("# ")]
    for key in keys_of(ProblemFile).keys() - {"title"}:
        before, found, _ = text.partition(f"\n{key}:")
        explained = before.splitlines()[-1].startswith("# ") if found else False
        assert explained or any(line.startswith(f"# {key}: ") for line in comments), key


def test_the_examples_are_those_of_the_reports(new):
    files = {path.stem for path in (ROOT / "reports").rglob("*.yaml")}
    listed = {line.split()[0] for line in new("--list").stdout.splitlines()}
    assert files == listed
    assert "Lab 6: Implementing Gradients" in new("--list").stdout


def test_without_a_name_it_is_called_after_the_example(new):
    assert new("--like", "rnn").stdout == "rnn_3_steps.yaml\n"
    assert new().stdout == "lab6.yaml\n"
    assert solve(load_problem(Path("lab6.yaml"))).run.gradients["W2"].shape == (2, 3)


def test_a_file_that_is_there_is_left_alone(new):
    Path("lab6.yaml").write_text("mine")
    result = new("lab6.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'lab6.yaml' is there already" in result.stderr
    assert Path("lab6.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("--like", "atention"), "did you mean 'attention'?"),
        (("--like", "mlp"), "there are mlp_2_layers_batch, mlp_4_layers_batch"),
        (("--like", "qqq"), "symgrad new --list names them all"),
        (("no/such/folder.yaml",), "choose another name"),
        (("--from-sheet", "none.tex"), "none.tex"),
    ],
)
def test_what_cannot_be_done_is_said(new, arguments, hint):
    result = new(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert hint in result.stderr
    assert not list(Path().iterdir())


def test_a_sheet_becomes_a_problem_file(new):
    Path("layer.md").write_text(SHEET, "utf-8")
    assert new("--from-sheet", "layer.md").stdout == "layer.yaml\n"
    made, sheet = load_problem(Path("layer.yaml")), open_problem(Path("layer.md"))
    assert made.located.data == sheet.located.data
    assert made.given["W"].tolist() == [[1, 2], [0, -1]]
    assert solve(made).run.gradients["b"].tolist() == solve(sheet).run.gradients["b"].tolist()
    assert "  W: [[1, 2], [0, -1]]\n" in Path("layer.yaml").read_text("utf-8")


AWKWARD = """
title: "a: # title, with 'quotes' and [brackets]"
forward: {L: "-sum(w * f(w)) + lambda"}
functions: {"f(t, a=1)": "t * a", g(t): null}
backward: {of: [L], wrt: [w]}
given: {w: [1.0e-30, -2, 0.1], lambda: 3}
write: {w: '\\vec{w}_{a, b}'}
report: {style: lab}
"""


def test_the_text_of_a_problem_reads_as_the_same_problem():
    problem = read_problem(AWKWARD)
    again = problem_from_data(read_yaml(problem_text(problem), "again"))
    assert again.located.data == problem.located.data
    assert list(again.located.data) == [key for key in keys_of(ProblemFile) if key in problem.located.data]


def test_the_wheel_holds_the_examples(tmp_path):
    wheel = pytest.importorskip("hatchling.builders.wheel")
    (built,) = wheel.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    inside = {name for name in zipfile.ZipFile(built).namelist() if name.startswith("symgrad/reports/")}
    assert inside == {
        f"symgrad/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "reports").rglob("*.yaml")
    }

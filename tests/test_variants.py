"""Variants: numbers that a hand can work with, the same for the same student, kept once they are drawn."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from click.testing import CliRunner

from symgrad.checking.check import check_text
from symgrad.checking.worlds.model import model_of
from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.opening import open_problem
from symgrad.reading.problem import load_problem, read_problem
from symgrad.rendering import Choices, look_of, render
from symgrad.solving import solve
from symgrad.tree import Name
from symgrad.variants.burden import digits_of, work_of
from symgrad.variants.draws import Drawer
from symgrad.variants.inspection import inspected
from symgrad.variants.search import search_of
from symgrad.variants.students import Student, read_students

REPORTS = Path(__file__).parents[1] / "reports"
LAB = REPORTS / "lab6.yaml"
NEURON = """\
forward: {z: "w @ x + b", h: relu(z), L: "sum((h - y)**2) / 2"}
data: [x, y]
given: {w: [[0.4, -0.2], [0.3, 0.5]], x: [2, 3], b: [0.1, -0.6], y: [1, 2]}
"""


@pytest.fixture(scope="module")
def search():
    """What the variants of the lab are drawn from."""
    return search_of(load_problem(LAB))


def class_in(folder, *, students="id\nana\nbo\n", problem=NEURON, more=()):
    """A class made by the command; its result."""
    (folder / "net.yaml").write_text(problem, "utf-8")
    (folder / "students.csv").write_text(students, "utf-8")
    arguments = ["variants", str(folder / "net.yaml"), "--students", str(folder / "students.csv")]
    return CliRunner().invoke(main, [*arguments, "--to", "md", "--jobs", "1", *more])


def manifest(folder):
    return json.loads((folder / "class" / "manifest.json").read_text("utf-8"))


# Students


def test_students_are_read_by_the_heads_of_columns(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text('Email Address;Student ID;name\na@x.org;17;"Doe; A."\n\n;b 2/..;\n', "utf-8")
    assert read_students(path) == (Student("17", "Doe; A.", "a@x.org"), Student("b 2/.."))
    assert [student.file for student in read_students(path)] == ["17", "b_2_.."[:4]]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no column"),
        ("name\nana\n", "no column of these students is called 'id'"),
        ("id,name\n", "no student"),
        ("id,name\n,ana\n", "has no id"),
        ("id\nana\nbo\nANA\n", "'ANA' is there twice"),
    ],
)
def test_lists_that_cannot_be_used(tmp_path, text, fault):
    path = tmp_path / "s.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_students(path)
    assert fault in str(caught.value)


# Draws

KINDS = """\
forward: {e: "E[c]", v: "W @ e + b", p: softmax(v), L: "-sum(y * log(p)) + lam * norm(W)**2"}
data: [y]
given: {E: [[0.5, 1], [2, 0.25]], c: 1, W: [[0.1, 0.2], [0.3, 0.4]], b: [0, 0], y: [0, 1], lam: 0.01}
variants: {keep: [lam], draw: {W: [-2, 2, 0.5]}}
"""


def test_numbers_stay_of_their_kind():
    drawer = Drawer(model_of(read_problem(KINDS)), read_problem(KINDS).variants)
    for seed in range(40):
        given, each = drawer.draw(Random(seed))
        assert {name: array.shape for name, array in given.items()} == {
            "E": (2, 2), "c": (), "W": (2, 2), "b": (2,), "y": (2,), "lam": (),
        }  # fmt: skip
        assert each == ()
        assert given["c"] in (0, 1)
        assert sorted(given["y"].tolist()) == [0, 1]
        assert given["lam"] == 0.01
        assert given["b"].tolist() == [0, 0]
        assert set(given["W"].ravel().tolist()) <= {-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2}
        assert np.array_equal(given["E"].round(2), given["E"])
        assert not np.isin(given["E"], (0, 1, -1)).any()


def test_data_of_every_step_are_drawn():
    text = """\
forward: {L: "(w * x - y)**2"}
given: {w: 2}
update: {rate: 0.1, parameters: [w], steps: 2, each: [{x: 1, y: 3}, {x: 2, y: 4}]}
"""
    given, each = Drawer(model_of(read_problem(text)), read_problem(text).variants).draw(Random(5))
    assert [sorted(data) for data in each] == [["x", "y"], ["x", "y"]]
    assert given["x"] == each[0]["x"]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ("keep: [q]", "'q' is not given"),
        ("draw: {q: [0, 1, 0.1]}", "'q' is not given"),
        ("draw: {w: [1, 0, 0.1]}", "no numbers to draw"),
        ("draw: {w: [0, 1, 1e-9]}", "or too many"),
        ("draw: {w: [0, 1]}", "[lowest, highest, step]"),
    ],
)
def test_what_cannot_be_drawn(asked, fault):
    with pytest.raises(InputError) as caught:
        read_problem(f"{NEURON}variants: {{{asked}}}\n")
    assert fault in str(caught.value)


# What a hand has to do


@pytest.mark.parametrize(
    ("number", "digits"),
    [(0, 1), (1, 1), (-0.25, 2), (120, 2), (0.30000000000000004, 1), (1 / 3, 3), (2 / 3 * 100, 5)],
)
def test_digits(number, digits):
    assert digits_of(number) == digits


def test_work_is_digits_times_digits():
    given = "given: {W: [[0.25, 1], [0, -3]], x: [12, 7]}"
    problem = read_problem(f'forward: {{v: "W @ x", L: "sum(v)"}}\n{given}\n')
    search = search_of(problem)
    (line,) = (line for line in search.program.lines if line.target == Name("v"))
    point = search.program.run(dict(problem.given))
    assert work_of((line,), point, search.model.graph.sizes) == 2 * 2 + 1 * 1


def test_the_lab_as_it_stands_hides_the_mask_of_its_units():
    told = list(inspected(load_problem(LAB)))
    assert "  h has no unit that is off, or none that is on" in told
    assert "  dJ/dW1: the derivative of ReLU(u) by u (dropped_chain_factor) changes nothing here" in told
    # ... which is so: every u is above 0, and ReLU' is 1
    given = load_problem(LAB).given
    assert (given["W1"] @ given["x"] + given["b1"] > 0).all()


def test_a_unit_that_is_off_shows_the_mask():
    told = "\n".join(inspected(read_problem(NEURON.replace("-0.6", "-2.6"))))
    assert "no unit" not in told
    assert "the derivative of ReLU(z) by z" not in told


# The search


def test_all_that_is_wished_for(search):
    found = search.find(Random("some student"))
    given = found.given
    u = given["W1"] @ given["x"] + given["b1"]
    v = given["W2"] @ np.maximum(u, 0) + given["b2"]
    p = np.exp(v) / np.exp(v).sum()
    assert 0 < (u > 0).sum() < 3
    assert (np.abs(u) >= 0.2).all()
    assert ((p > 0.08) & (p < 0.92)).all()
    assert all(digits_of(number) <= 3 for number in (*u, *v))
    assert abs(found.work - search.work) <= 0.25 * search.work
    assert found.candidates > 1


def test_slips_on_a_variant_show(search):
    """The usual slips by hand: each moves some entry of a gradient by more than its print can hide."""
    found = search.find(Random("another student"))
    assert "visible" not in found.unreached
    given = found.given
    x, y, first, second = (given[name] for name in ("x", "y", "W1", "W2"))
    u = first @ x + given["b1"]
    h = np.maximum(u, 0)
    v = second @ h + given["b2"]
    error = np.exp(v) / np.exp(v).sum() - y
    right = np.outer((second.T @ error) * (u > 0), x) + first
    slips = {
        "mask": np.outer(second.T @ error, x) + first,
        "penalty": np.outer((second.T @ error) * (u > 0), x),
        "sign": np.outer((second.T @ -error) * (u > 0), x) + first,
        "factor": np.outer((second.T @ error) * (u > 0), x) + 2 * first,
    }
    results = [right, *slips.values()]
    for n, one in enumerate(results):
        for other in results[n + 1 :]:
            assert np.abs(one - other).max() >= 0.002


def test_numbers_that_are_missing():
    with pytest.raises(InputError, match="'b' has none"):
        search_of(read_problem(NEURON.replace("b: [0.1, -0.6], ", "")))


# A class in a folder


def test_a_class_is_made_and_kept(tmp_path):
    result = class_in(tmp_path)
    assert result.exit_code == 0, result.output
    first = manifest(tmp_path)
    files = sorted(
        path.relative_to(tmp_path / "class").as_posix() for path in (tmp_path / "class").rglob("*.*")
    )
    codes = {variant["student"]["id"]: variant["code"] for variant in first["variants"]}
    assert files == sorted(
        ["manifest.json"]
        + [f"problems/net.{who}.{code}.yaml" for who, code in codes.items()]
        + [f"sheets/net.{who}.{code}.questions.md" for who, code in codes.items()]
        + [f"keys/net.{who}.{code}.key.md" for who, code in codes.items()]
    )
    assert len(set(codes.values())) == 2
    # a student more: those before stay, and what is missing is made again, no more
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "class").rglob("net.*")}
    (lost,) = (tmp_path / "class" / "keys").glob("net.ana.*")
    lost.unlink()
    assert class_in(tmp_path, students="id\nbo\ncy\nana\n").exit_code == 0
    again = manifest(tmp_path)
    assert again["variants"][:2] == first["variants"]
    assert [variant["student"]["id"] for variant in again["variants"]] == ["ana", "bo", "cy"]
    assert lost.exists()
    same = [path for path, stamp in stamps.items() if path.stat().st_mtime_ns == stamp]
    assert {path for path in stamps if ".bo." in path.name} <= set(same)


def test_another_problem_is_refused_in_the_folder_of_a_class(tmp_path):
    assert class_in(tmp_path).exit_code == 0
    result = class_in(tmp_path, problem=NEURON.replace("0.4", "0.7"))
    assert result.exit_code == 2
    assert "is of another problem" in result.output
    # a report that looks different is the same problem
    assert class_in(tmp_path, problem=NEURON + "report: {digits: 2}\n").exit_code == 0


def test_seeds(tmp_path):
    codes = []
    for seed in ("1", "1", "2"):
        into = tmp_path / str(len(codes))
        assert class_in(tmp_path, students="id\nana\n", more=["--seed", seed, "-o", str(into)]).exit_code == 0
        codes.append(json.loads((into / "manifest.json").read_text("utf-8"))["variants"][0]["code"])
    assert codes[0] == codes[1] != codes[2]


def test_work_is_checked_by_its_own_variant(tmp_path):
    assert class_in(tmp_path).exit_code == 0
    own, other = map(open_problem, sorted((tmp_path / "class" / "problems").iterdir()))
    key = render(solve(own), ["md"], look_of(own, Choices()))["md"].decode()
    verdicts = {line.verdict.value for line in check_text(key, own).lines}
    assert verdicts <= {"correct", "rounded", "unchecked"}
    assert "wrong" in {line.verdict.value for line in check_text(key, other).lines}


def test_the_code_stands_on_sheets_and_in_names(tmp_path):
    assert class_in(tmp_path, more=["--to", "tex"]).exit_code == 0
    for path in (tmp_path / "class").rglob("*.tex"):
        assert f"variant {path.name.split('.')[2]}" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (["--as", "answers"], "unknown sheet 'answers'"),
        (["--to", "docx"], "unknown format"),
        ([], ""),
    ],
)
def test_bad_requests(tmp_path, more, fault):
    problem = NEURON if more else "forward: {L: 'w'}\n"
    result = class_in(tmp_path, more=more, problem=problem)
    assert result.exit_code == 2
    assert more == [] or fault in result.output
    assert not (tmp_path / "class").exists()


def test_students_are_needed(tmp_path):
    result = CliRunner().invoke(main, ["variants", str(LAB)])
    assert result.exit_code == 2
    assert "--students" in result.output

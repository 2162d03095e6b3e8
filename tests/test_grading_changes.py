"""Marks that were made before are others by another symgrad, problem or rubric: that is told, then done."""

import csv
import sqlite3

import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from test_grading import BAD, GOOD, PROBLEM, log, page, points, rows

from symgrad.checking.verdict import Verdict
from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.grading import grading, judging
from symgrad.grading.asked import decide
from symgrad.workers import FORKING


@pytest.fixture
def course(tmp_path):
    """The work of two, marked."""
    (tmp_path / "net.yaml").write_text(PROBLEM)
    (tmp_path / "work").mkdir()
    for name, text in {"ana": GOOD, "bo": f"$$p = w x = 6$$\n\n{BAD}"}.items():
        (tmp_path / "work" / f"{name}.md").write_text(text)
    assert grade(tmp_path).exit_code == 0
    return tmp_path


def grade(course, *more):
    arguments = ["grade", course / "work", "--problem", course / "net.yaml", "-o", course / "out"]
    return CliRunner().invoke(main, [*map(str, (*arguments, "--names", "--jobs", 1, *more))])


def table(course):
    with (course / "out" / "changes.csv").open(encoding="utf-8", newline="") as stream:
        return [tuple(row.values()) for row in csv.DictReader(stream)]


def kept(course):
    files = [path for path in (course / "out").rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files if path.name not in ("changes.csv", "log.jsonl")}


def test_another_rubric_is_told_before_it_counts(course):
    before = kept(course)
    (course / "points.yaml").write_text("points: {p: 1, dL/dw: 4}\n")
    done = grade(course, "--rubric", course / "points.yaml")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["ana  points    2 of 2 → 5 of 5", "bo   points    1 of 2 → 1 of 5"]
    assert "0 verdicts and the points of 2 students (another rubric) would change" in done.stderr
    assert kept(course) == before
    assert grade(course, "--rubric", course / "points.yaml", "--accept").exit_code == 0
    assert points(course) == {"ana": 5, "bo": 1}
    assert grade(course, "--rubric", course / "points.yaml").exit_code == 0


def test_another_problem_is_told_line_by_line(course):
    (course / "net.yaml").write_text(PROBLEM.replace("w: 3", "w: 4"))
    done = grade(course)
    assert done.exit_code == 1
    assert "1 verdict and the points of 0 students (another problem)" in done.stderr
    assert table(course) == [("bo", "line 1", "p = w x = 6", "correct", "wrong")]
    assert len(log(course)) == 4
    assert "0 judged in this run" in grade(course, "--accept").stderr


@pytest.mark.skipif(not FORKING, reason="a process that is not forked knows nothing of what is replaced")
def test_another_version_is_told_and_decisions_wait_for_it(course, monkeypatch):
    check_text = judging.check_text

    def kinder(text, problem, name):
        check = check_text(text, problem, name)
        lines = (
            replace(line, verdict=Verdict.CORRECT) if line.verdict is Verdict.WRONG else line
            for line in check.lines
        )
        return replace(check, lines=tuple(lines))

    monkeypatch.setattr(judging, "check_text", kinder)
    monkeypatch.setattr(grading, "version", lambda name: "99")
    before = kept(course)
    done = grade(course, "--set", "ana:1=wrong", "--why", "so", "--to", "csv")
    assert done.exit_code == 1
    assert "1 verdict and the points of 1 student (symgrad " in done.stderr
    assert "→ 99) would change" in done.stderr
    assert table(course) == [
        ("bo", "line 3", r"\frac{dL}{dw} = 3 p x", "wrong", "correct"),
        ("bo", "points", "", "1 of 2", "2 of 2"),
    ]
    assert kept(course) == before
    done = grade(course, "--set", "ana:1=wrong", "--why", "so", "--accept")
    assert "decided by hand" in page(course, "ana")
    assert points(course)["bo"] == 2
    assert rows(course, "SELECT symgrad FROM made_by") == [("99",)]


def test_what_was_handed_in_again_or_decided_is_no_change(course):
    (course / "work" / "bo.md").write_text(GOOD)
    assert grade(course, "--set", "ana:2=wrong", "--why", "so").exit_code == 0
    assert points(course) == {"ana": 1, "bo": 2}
    assert not (course / "out" / "changes.csv").exists()


def test_a_decision_elsewhere_overwrites_no_other_marks(course):
    (course / "points.yaml").write_text("points: {p: 1, dL/dw: 4}\n")
    assert grade(course, "--rubric", course / "points.yaml", "--accept").exit_code == 0
    (course / "points.yaml").write_text("points: {p: 1, dL/dw: 5}\n")
    with pytest.raises(InputError, match=r"points of 2 students \(another rubric\) would change as well"):
        decide(course / "out", ("bo:2=correct",), "so", False)
    assert points(course) == {"ana": 5, "bo": 1}


def test_a_line_that_is_gone_or_new_is_told(course):
    book = course / "out" / "gradebook.sqlite"
    with sqlite3.connect(book) as opened:
        opened.execute("UPDATE lines SET latex = 'a = b' WHERE student = 'ana' AND line = 1")
        opened.execute("UPDATE made_by SET symgrad = '0', rubric = 'none'")
    done = grade(course)
    assert done.exit_code == 1
    assert table(course) == [
        ("ana", "line 1", "p = w x", "no line", "correct"),
        ("ana", "line 1", "a = b", "correct", "no line"),
    ]


def test_long_tables_are_cut_short_on_the_screen(course):
    for n in range(30):
        (course / "work" / f"s{n}.md").write_text(GOOD)
    grade(course)
    (course / "points.yaml").write_text("points: {p: 1, dL/dw: 4}\n")
    done = grade(course, "--rubric", course / "points.yaml")
    assert done.stdout.splitlines()[-1] == "… and 12 more"
    assert len(table(course)) == 32

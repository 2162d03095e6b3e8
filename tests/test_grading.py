"""A class marked: judged once whatever ends the run, marked again at will, decisions kept."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from benchmarks.grading_truth import AGREED, compared, handed_in, marked
from click.testing import CliRunner
from msgspec.structs import replace

from symgrad.checking.check import check_text
from symgrad.cli import main
from symgrad.grading.decisions import has_numbers, read_asked
from symgrad.grading.record import recorded, restored
from symgrad.opening import open_problem
from symgrad.styles.annotated import annotated
from symgrad.submission.read import read_submission
from symgrad.writing.html import to_html

PROBLEM = "forward: {p: w * x, L: p**2}\ngiven: {w: 3, x: 2}\nbackward: {wrt: [w, x]}\n"
GOOD = "$$p = w x$$\n\n$$\\frac{dL}{dw} = 2 p x$$\n\n$$\\frac{dL}{dx} = 2 p w$$\n"
BAD = GOOD.replace("2 p x", "3 p x")
ODD = GOOD.replace("= 2 p x", "= \\frac{2 p x}{")


@pytest.fixture
def course(tmp_path):
    """A problem, and the work of four."""
    (tmp_path / "net.yaml").write_text(PROBLEM)
    (tmp_path / "work").mkdir()
    for name, text in {"ana": GOOD, "bo": BAD, "cy": BAD + "\n", "di": ODD}.items():
        (tmp_path / "work" / f"{name}.md").write_text(text)
    return tmp_path


def grade(course, *more, problem="net.yaml", jobs=1):
    arguments = ["grade", course / "work", "--problem", course / problem, "-o", course / "out"]
    done = CliRunner().invoke(main, [*map(str, (*arguments, "--jobs", jobs, *more))])
    assert done.exit_code == 0, done.output
    return done


def rows(course, question):
    return sqlite3.connect(course / "out" / "gradebook.sqlite").execute(question).fetchall()


def points(course):
    return dict(rows(course, "SELECT student, earned FROM submissions"))


def log(course):
    return (course / "out" / "log.jsonl").read_bytes().splitlines()


def page(course, student):
    ((code,),) = rows(course, f"SELECT code FROM submissions WHERE student = '{student}'")
    return (course / "out" / "pages" / f"{code}.html").read_text("utf-8")


def test_every_submission_has_its_row_and_its_page(course):
    (course / "work" / "eve.pdf").write_bytes(b"%PDF")
    (course / "work" / "fay.md").write_bytes(b"\xff\xfe")
    done = grade(course)
    assert "6 submissions: 3 marked, 3 to look at; 5 judged in this run" in done.stderr
    assert points(course) == {"ana": 2, "bo": 1, "cy": 1, "di": None, "eve": None, "fay": None}
    reasons = dict(rows(course, "SELECT student, reason FROM submissions"))
    assert reasons["eve"] == "nothing in it can be read: eve.pdf"
    assert reasons["fay"] == "it is no UTF-8 text"
    assert "dL/dw" in reasons["di"]
    assert len(list((course / "out" / "pages").iterdir())) == 6
    report = (course / "out" / "report.html").read_text("utf-8")
    assert 'href="pages/' in report
    assert "ana" not in report


def test_the_report_tells_what_most_got_wrong_and_what_to_look_at(course):
    """Equal lines stand there once, the unread before the wrong; each leads to its line on a page."""
    grade(course, "--pass", "50")
    report = (course / "out" / "report.html").read_text("utf-8")
    text = " ".join(re.sub("<[^>]*>", " ", report).split())
    assert "Of 2 points: mean 1.33, median 1; 3 of 3 passed." in text
    assert "The first wrong line is most often about dL/dw: 2 of 4." in text
    assert "unreadable, near the pass mark" in text
    assert text.count("3 p x") == 1
    assert re.search(r'href="pages/\w+\.html#line-2"', report)


def test_names_stand_there_where_they_are_asked_for(course):
    grade(course, "--names")
    assert ">ana</a>" in (course / "out" / "report.html").read_text("utf-8")


def test_a_table_that_shows_ids_is_in_their_order(course):
    grade(course, "--to", "csv,junit")
    ids = [row.split(",")[0] for row in (course / "out" / "marks.csv").read_text("utf-8").splitlines()[1:]]
    assert ids == ['"ana"', '"bo"', '"cy"', '"di"']
    assert re.findall('testsuite name="(..)', (course / "out" / "junit.xml").read_text("utf-8")) == [
        "an",
        "bo",
        "cy",
        "di",
    ]


def test_nothing_is_judged_twice_and_another_rubric_marks_again(course):
    grade(course)
    before = log(course)
    (course / "points.yaml").write_text("points: {p: 1, dL/dw: 4}\nmethod: {dL/dx: 2}\n")
    done = grade(course, "--rubric", course / "points.yaml", "--accept")
    assert "0 judged in this run" in done.stderr
    assert log(course) == before
    assert points(course) == {"ana": 7, "bo": 3, "cy": 3, "di": None}
    assert "7 of 7 points" in page(course, "ana")


def test_points_are_those_of_check(course):
    (course / "points.yaml").write_text("points: {p: 1, dL/dw: 4}\nmethod: {dL/dx: 2}\n")
    grade(course, "--rubric", course / "points.yaml")
    arguments = ["check", str(course / "work" / "bo.md"), "--problem", str(course / "net.yaml")]
    arguments += ["--rubric", str(course / "points.yaml"), "--to", "json"]
    said = json.loads(CliRunner().invoke(main, arguments).stdout)
    found = rows(course, "SELECT quantity, earned, reason FROM marks WHERE student = 'bo' ORDER BY quantity")
    marks = said["marks"]["quantities"]
    assert found == sorted((row["quantity"], row["earned"], row["reason"]) for row in marks)
    assert json.loads(next(row for row in log(course) if b"3 p x" in row))["check"]["lines"] == said["lines"]


def test_a_torn_line_is_judged_again(course):
    grade(course)
    path = course / "out" / "log.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    assert "1 judged in this run" in grade(course).stderr
    assert "0 judged in this run" in grade(course).stderr


def test_a_verdict_stands_at_what_was_judged(course):
    """A page is made from the work as it is read now; else of what was judged."""
    problem = open_problem(course / "net.yaml")
    record = recorded("key", check_text(BAD, problem), 0.1)
    assert to_html(annotated(restored(record, read_submission(BAD)))) == to_html(
        annotated(replace(check_text(BAD, problem), bindings=()))
    )
    moved = restored(record, read_submission("$$q = 1$$\n\n" + BAD))
    assert [line.line.latex for line in moved.lines] == [line["latex"] for line in record.lines]
    assert [line.verdict for line in moved.lines] == [line["verdict"] for line in record.lines]
    assert "3 p x" in to_html(annotated(moved))


# Decisions


def test_a_decision_is_kept_and_holds_when_marks_are_made_again(course):
    grade(course)
    grade(course, "--set", "bo:2=correct", "--why", "agreed in class")
    assert points(course)["bo"] == 2
    assert points(course)["cy"] == 1
    assert "decided by hand: agreed in class" in page(course, "bo")
    (course / "points.yaml").write_text("points: {dL/dw: 4}\n")
    grade(course, "--rubric", course / "points.yaml", "--accept")
    assert points(course)["bo"] == 4
    (course / "work" / "bo.md").write_text("# Again\n\n$$p = w x$$\n\n$p = x w$\n\n" + BAD)
    grade(course, "--accept")
    assert points(course)["bo"] == 2  # the line has another number, and says the same
    grade(course, "--set", "bo:4=judged", "--why", "a mistake of mine")
    assert points(course)["bo"] == 1


def test_a_decision_may_hold_for_equal_lines_of_others(course):
    grade(course, "--set", "bo:2=correct", "--why", "so", "--everywhere")
    assert points(course) == {"ana": 2, "bo": 2, "cy": 2, "di": None}


def test_points_may_be_decided_where_nothing_could_be_read(course):
    (course / "work" / "eve.pdf").write_bytes(b"%PDF")
    grade(course, "--set", "eve:dL/dw=1", "--set", "eve:dL/dx=0.5", "--why", "read by hand")
    assert points(course)["eve"] == 1.5


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("bo=correct", "decides nothing"),
        ("bo:2=good", "is no verdict"),
        ("zed:2=correct", "no work is that of 'zed'"),
        ("bo:9=correct", "has no line 9"),
        ("bo:dL/dq=1", "no points are for 'dL/dq'"),
        ("bo:dL/dw=7", "are no points"),
    ],
)
def test_what_cannot_be_decided(course, asked, said):
    arguments = ["grade", course / "work", "--problem", course / "net.yaml", "-o", course / "out"]
    arguments += ["--set", asked, "--why", "so", "--jobs", "1"]
    done = CliRunner().invoke(main, [*map(str, arguments)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (course / "out" / "decisions.jsonl").exists()


def test_lines_with_numbers_hold_for_one_variant():
    assert [has_numbers(text) for text in ("W_2 = b^{(1)}", "3 x", r"\frac{1}{2}")] == [False, True, True]
    assert read_asked("a:b:12=wrong").student == "a:b"


# Variants


def test_work_is_judged_by_the_students_own_numbers(tmp_path):
    (tmp_path / "net.yaml").write_text(PROBLEM)
    (tmp_path / "students.csv").write_text("id,name\nana,Ana Doe\nbo,Bo Lee\ncy,Cy Fox\n")
    arguments = ["variants", str(tmp_path / "net.yaml"), "--students", str(tmp_path / "students.csv")]
    assert CliRunner().invoke(main, [*arguments, "--to", "md", "--jobs", "1"]).exit_code == 0
    variants = json.loads((tmp_path / "class" / "manifest.json").read_text())["variants"]
    code = {variant["student"]["id"]: variant["code"] for variant in variants}
    given = {variant["student"]["id"]: variant["given"] for variant in variants}
    (tmp_path / "work").mkdir()

    def text(student):
        w, x = given[student]["w"], given[student]["x"]
        return f"$$p = w x = {w * x:g}$$\n\n{GOOD}"

    work = {
        "doeana_1_10_lab.md": text("ana"),
        "leebo_2_11_lab.md": f"variant {code['cy']}\n\n{text('cy')}",
        f"anon_x_12_net.cy.{code['cy']}.md": text("cy"),
        "whoever_4_13_lab.md": GOOD,
    }
    for name, content in work.items():
        (tmp_path / "work" / name).write_text(content)
    grade(tmp_path, problem="class")
    found = {
        row[0]: row[1:] for row in rows(tmp_path, "SELECT student, status, earned, reason FROM submissions")
    }
    assert found["ana"][:2] == found["cy"][:2] == ("marked", 2)
    assert found["bo"][0] == "to look at"
    assert code["cy"] in found["bo"][2]
    assert found["4"][2] == "it belongs to no student of this class"


def test_a_class_whose_verdicts_are_known_gets_them(tmp_path):
    counts = compared(handed_in(tmp_path, 2, True, seed=3), marked(tmp_path, 1))
    assert counts[AGREED] >= 0.95 * counts.total() > 45
    assert not counts["correct judged wrong"] + counts["wrong judged correct"]


# Runs that end


KILLED = """
import os, signal, sys, time
from symgrad.checking.check import check_text
from symgrad.cli import main
from symgrad.grading import judging
check_text = judging.check_text
def hindered(text, problem, name):
    if "fatal" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(float(sys.argv[1]))
    return check_text(text, problem, name)
judging.check_text = hindered
main(sys.argv[2:], prog_name="symgrad")
"""


@pytest.mark.skipif(os.name == "nt", reason="processes are ended otherwise there")
def test_a_killed_run_loses_nothing_and_what_ends_its_process_costs_itself(course):
    for n in range(12):
        (course / "work" / f"s{n}.md").write_text(f"{GOOD}\n{n}\n")
    (course / "work" / "poison.md").write_text("fatal\n\n" + GOOD)
    script = course / "killed.py"
    script.write_text(KILLED)
    command = ["grade", "work", "--problem", "net.yaml", "-o", "out", "--jobs", "2"]
    with subprocess.Popen([sys.executable, script, "0.1", *command], cwd=course) as run:
        path = course / "out" / "log.jsonl"
        while not path.exists() or len(log(course)) < 4:
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    before = len(log(course))
    assert 4 <= before < 17
    done = subprocess.run(
        [sys.executable, script, "0", *command], cwd=course, capture_output=True, text=True, check=True
    )
    keys = [json.loads(row)["key"] for row in log(course)]
    assert len(keys) == len(set(keys)) == 17
    assert f"17 submissions: 15 marked, 2 to look at; {17 - before} judged" in done.stderr
    ((why,),) = rows(course, "SELECT reason FROM submissions WHERE student = 'poison'")
    assert why == "the process that worked on it was killed by SIGKILL"
    shutil.rmtree(course / "out" / "pages")
    grade(course)
    assert len(list((course / "out" / "pages").iterdir())) == 17


def test_the_report_on_paper_says_the_same(course):
    pypdf = pytest.importorskip("pypdf")
    grade(course, "--to", "pdf")
    pages = pypdf.PdfReader(course / "out" / "report.pdf").pages
    text = " ".join(" ".join(page.extract_text().split()) for page in pages)
    assert "Of 2 points: mean 1.33, median 1; 3 of 3 passed." in text
    assert "Where most got stuck" in text
    assert "■■■" in text
    assert "[U+" not in text

"""One submission for a service: its file as written by hand from the format, and the autograder's ZIP."""

import json
import os
import subprocess
import sys
import zipfile
from base64 import b64decode
from io import BytesIO

import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from test_grading_exports import result

from symgrad.checking.marks import Capped, Earned, Marked
from symgrad.cli import main
from symgrad.commands import autograde
from symgrad.grading.exports.services import SERVICES
from symgrad.grading.exports.summary import Part, Summary, summary_of
from symgrad.grading.exports.wheel import wheel

PROBLEM = "forward: {p: w * x, L: p**2}\ngiven: {w: 3, x: 2}\nbackward: {wrt: [w, x]}\n"
WORK = "$$p = w x$$\n\n$$\\frac{dL}{dw} = 3 p x$$\n\n$$\\frac{dL}{dx} = 2 p w$$\n"
SUMMARY = Summary(
    "ana",
    2.5,
    5,
    (Part("u", 2, 2, "correct, line 1"), Part("dJ/dW", 0.5, 3, "carried, lines 3, 4")),
    first_wrong=2,
    seconds=0.2,
)
ASIDE = replace(SUMMARY, look="line 3 is a picture")
LOOK = "Somebody has to look at it, these points are not final: line 3 is a picture"
BY_HAND = {
    "gradescope": """
{"score": 2.5, "execution_time": 0.2, "output": "2.5 of 5 points. First wrong line: 2",
 "output_format": "text", "visibility": "visible", "stdout_visibility": "hidden", "extra_data": {"look": ""},
 "tests": [
  {"name": "u", "number": "1", "score": 2, "max_score": 2, "status": "passed",
   "output": "correct, line 1", "output_format": "text"},
  {"name": "dJ/dW", "number": "2", "score": 0.5, "max_score": 3, "status": "failed",
   "output": "carried, lines 3, 4", "output_format": "text"}]}
""",
    "prairielearn": """
{"gradable": true, "score": 0.5, "message": "2.5 of 5 points. First wrong line: 2", "tests": [
  {"name": "u", "points": 2, "max_points": 2, "message": "correct, line 1"},
  {"name": "dJ/dW", "points": 0.5, "max_points": 3, "message": "carried, lines 3, 4"}]}
""",
    "submitty": """
{"status": "success", "data": {"score": 0.5, "message": [
  {"message": "2.5 of 5 points. First wrong line: 2", "status": "information"},
  {"message": "u: 2 of 2 (correct, line 1)", "status": "success"},
  {"message": "dJ/dW: 0.5 of 3 (carried, lines 3, 4)", "status": "failure"}]}}
""",
    "github-classroom": """
{"status": "fail", "max_score": 5, "tests": [
  {"name": "u", "status": "pass", "score": 2, "message": "correct, line 1", "test_code": "", "line_no": 0},
  {"name": "dJ/dW", "status": "fail", "score": 0.5, "message": "carried, lines 3, 4", "test_code": "",
   "line_no": 0}]}
""",
}
TO_LOOK_AT = {
    "gradescope": {"visibility": "hidden", "output": LOOK, "extra_data": {"look": ASIDE.look}},
    "prairielearn": {"gradable": False, "format_errors": [ASIDE.look], "message": LOOK},
    "submitty": {"data": {"score": 0.5, "message": [{"message": LOOK, "status": "warning"}]}},
    "github-classroom": {"status": "error"},
}


def said(service, content):
    if service == "github-classroom":
        assert content.startswith(b"result=")
        content = b64decode(content.removeprefix(b"result="), validate=False)
    return json.loads(content)


@pytest.mark.parametrize("service", SERVICES)
def test_the_file_is_that_of_the_service(service):
    assert said(service, SERVICES[service](SUMMARY)) == json.loads(BY_HAND[service])


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_to_be_looked_at_is_no_zero(service):
    found = said(service, SERVICES[service](ASIDE))
    assert {key: found[key] for key in TO_LOOK_AT[service]} == TO_LOOK_AT[service]
    assert found.get("score") != 0


@pytest.mark.parametrize("more", [{"failed": True}, {"earned": 0.0}])
def test_a_failure_of_our_own_and_work_without_a_point_have_no_score(more):
    found = json.loads(SERVICES["submitty"](replace(ASIDE, **more)))
    assert found == {"status": "failure", "message": LOOK}


def test_a_summary_says_what_decided():
    found = summary_of(result("ana", earned=1.5))
    assert (found.earned, found.points, found.share, found.first_wrong) == (1.5, 2, 0.75, None)
    assert [part.line for part in found.parts] == ["u: 1 of 1 (correct)", "dJ/dW: 0.5 of 1 (wrong)"]
    assert summary_of(result("bo", look="a picture")).look == "a picture"


def test_quantities_with_a_most_together_are_one_part():
    """What the parts are worth adds up to all points."""
    rows = (Earned("u", 1, 1, "correct"), Earned("v", 2, 2, "correct"), Earned("w", 2, 1, "carried", (4,)))
    found = summary_of(replace(result("ana"), marks=Marked(rows, (Capped("back", ("v", "w"), 2.5),))))
    assert (found.earned, found.points) == (3.5, 3.5)
    assert [part.line for part in found.parts] == [
        "u: 1 of 1 (correct)",
        "back: 2.5 of 2.5 (at most 2.5; v: 2 of 2 (correct); w: 1 of 2 (carried, line 4))",
    ]


def test_the_command_knows_every_service():
    assert tuple(SERVICES) == autograde.SERVICES == tuple(BY_HAND)


# Submissions of one student


@pytest.fixture
def place(tmp_path):
    (tmp_path / "net.yaml").write_text(PROBLEM)
    (tmp_path / "points.yaml").write_text("points: {p: 1, dL/dw: 2, dL/dx: 3}\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "work.md").write_text(WORK)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["autograde", *map(str, arguments)])


def test_a_folder_and_a_file_are_marked(place):
    asked = ("--problem", place / "net.yaml", "--rubric", place / "points.yaml", "--to", "submitty")
    whole, alone = run(place / "in", *asked), run(place / "in" / "work.md", *asked)
    assert whole.exit_code == 0, whole.output
    assert whole.stdout == alone.stdout
    assert json.loads(whole.stdout)["data"]["score"] == pytest.approx(4 / 6)
    assert "4 of 6 points. First wrong line: 2" in whole.stderr


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "nothing was handed in"),
        ({"a.pdf": b"%PDF"}, "nothing in it can be read: a.pdf"),
        ({"a.md": b"x", "b.md": b"y"}, "several files could be the work: a.md, b.md"),
        ({"a.md": b"\xff\xfe"}, "it is no UTF-8 text"),
    ],
)
def test_what_is_to_be_looked_at_says_why(place, files, why):
    (place / "in" / "work.md").unlink()
    for name, content in files.items():
        (place / "in" / name).write_bytes(content)
    done = run(place / "in", "--problem", place / "net.yaml", "--to", "prairielearn")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["format_errors"] == [why]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "name the work"),
        (("in", "--pack", "a.zip"), "name the work"),
        (("in",), "--to is missing"),
        (("in", "--to", "submitty", "--metadata", "net.yaml"), "cannot use 'net.yaml'"),
        (("in", "--to", "submitty", "--rubric", "net.yaml"), "unknown key 'forward'"),
        (("nowhere", "--to", "submitty"), "cannot read 'nowhere'"),
        (("--pack", "a.zip", "--rubric", "net.yaml"), "unknown key 'forward'"),
    ],
)
def test_what_is_no_fault_of_the_work_is_an_error(place, monkeypatch, arguments, why):
    monkeypatch.chdir(place)
    done = run(*arguments, "--problem", "net.yaml")
    assert done.exit_code == 2
    assert why in done.stderr


# The autograder


@pytest.fixture
def course(place):
    """Variants for three, and their numbers."""
    (place / "students.csv").write_text(
        "id,name,email\nana,Ana Doe,ana@x.org\nbo,Bo Lee,bo@x.org\ncy,Cy,cy@x.org\n"
    )
    arguments = ["variants", place / "net.yaml", "--students", place / "students.csv", "--to", "md"]
    assert CliRunner().invoke(main, [*map(str, arguments), "--jobs", "1"]).exit_code == 0
    variants = json.loads((place / "class" / "manifest.json").read_text())["variants"]
    return {variant["student"]["id"]: variant for variant in variants}


def unpacked(place, problem):
    """The root folder of a machine: the ZIP where it belongs, and its wheel beside it for a Python."""
    asked = ("--problem", place / problem, "--rubric", place / "points.yaml")
    done = run("--pack", place / "auto.zip", *asked)
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(place / "auto.zip") as packed:
        packed.extractall(place / "root" / "source")
        modes = {info.filename: info.external_attr >> 16 for info in packed.infolist()}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    (found,) = (place / "root" / "source").glob("*.whl")
    with zipfile.ZipFile(found) as packed:
        packed.extractall(place / "site")
    (place / "root" / "submission").mkdir()
    return place / "root"


def autograded(root, work, *emails):
    (root / "submission" / "lab.md").write_text(work)
    users = [{"id": n, "email": email, "name": "Somebody"} for n, email in enumerate(emails)]
    (root / "submission_metadata.json").write_text(json.dumps({"id": 1, "users": users}))
    environment = os.environ | {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": sys.executable}
    environment |= {"PYTHONPATH": str(root.parent / "site")}
    command = ["bash", root / "source" / "run_autograder"]
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return json.loads((root / "results" / "results.json").read_text())


@pytest.mark.skipif(os.name == "nt", reason="Gradescope's machines have a shell")
def test_the_autograder_runs_where_it_lands(place):
    root = unpacked(place, "net.yaml")
    for script in ("setup.sh", "run_autograder"):
        assert (root / "source" / script).read_bytes().startswith(b"#!")
        subprocess.run(["bash", "-n", root / "source" / script], check=True)
    found = autograded(root, WORK, "ana@x.org")
    assert found["score"] == 4
    assert [test["status"] for test in found["tests"]] == ["passed", "failed", "passed"]


@pytest.mark.skipif(os.name == "nt", reason="Gradescope's machines have a shell")
def test_the_address_picks_the_variant(place, course):
    root = unpacked(place, "class")

    def text(student):
        w, x = course[student]["given"]["w"], course[student]["given"]["x"]
        return WORK.replace("p = w x", f"p = w x = {w * x:g}").replace("3 p x", "2 p x")

    assert autograded(root, text("bo"), "BO@x.org")["score"] == 6
    assert autograded(root, text("bo"), "ana@x.org")["score"] < 6
    code = course["bo"]["code"]
    together = autograded(root, f"variant {code}\n\n{text('bo')}", "ana@x.org", "bo@x.org")
    assert together["score"] == 6
    assert together["visibility"] == "visible"
    strange = autograded(root, text("bo"), "zed@x.org")
    assert strange["visibility"] == "hidden"
    assert "no student of this class" in strange["output"]


def test_a_wheel_says_what_is_in_it():
    name, content = wheel()
    packed = zipfile.ZipFile(BytesIO(content))
    names = set(packed.namelist())
    assert name.startswith("symgrad-")
    assert {"symgrad/cli.py", "symgrad/py.typed", "symgrad/languages/de.toml"} < names
    assert "symgrad/templates/html/document.html.j2" in names
    (record,) = (found for found in names if found.endswith("/RECORD"))
    assert {row.split(",")[0] for row in packed.read(record).decode().splitlines()} == names
    assert wheel() == (name, content)


def test_numbers_of_a_problem_come_along_and_no_file_from_elsewhere(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "w.csv").write_text("3\n")
    (tmp_path / "sub" / "w.csv").write_text("3\n")
    text = "forward: {L: sum(w)**2}\ngiven: {w: {file: PLACE}}\n"
    (tmp_path / "sub" / "p.yaml").write_text(text.replace("PLACE", "w.csv"))
    assert run("--pack", tmp_path / "a.zip", "--problem", tmp_path / "sub" / "p.yaml").exit_code == 0
    assert {"problem/p.yaml", "problem/w.csv"} < set(zipfile.ZipFile(tmp_path / "a.zip").namelist())
    (tmp_path / "sub" / "p.yaml").write_text(text.replace("PLACE", "../w.csv"))
    done = run("--pack", tmp_path / "a.zip", "--problem", tmp_path / "sub" / "p.yaml")
    assert done.exit_code == 2

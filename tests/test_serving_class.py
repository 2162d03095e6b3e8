"""The teacher's page over a marked class: a table, a work, decisions as `grade --set` keeps them."""

import json
import shutil

import pytest
from click.testing import CliRunner

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("python_multipart")

from pages import read
from served import Visitor, serving
from test_grading import BAD, GOOD, ODD, PROBLEM, rows

from symgrad.cli import main
from symgrad.grading.asked import decide, kept

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """The work of four, marked, one of them with a name that a page must not believe."""
    place = tmp_path_factory.mktemp("class")
    (place / "work").mkdir()
    (place / "problems").mkdir()
    (place / "problems" / "net.yaml").write_text(PROBLEM)
    for name, text in {"ana": GOOD, "bo": BAD, "cy": f"{BAD}\n{HOSTILE}\n", "di": ODD}.items():
        (place / "work" / f"{name}.md").write_text(text)
    (place / "work" / "eve.pdf").write_bytes(b"%PDF")
    arguments = ["grade", place / "work", "--problem", place / "problems" / "net.yaml", "-o", place / "out"]
    done = CliRunner().invoke(main, [*map(str, arguments), "--jobs", "1"])
    assert done.exit_code == 0, done.output
    return place


@pytest.fixture
def course(marked, tmp_path):
    """A copy of it, somewhere else."""
    shutil.copytree(marked, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def visitor(course):
    with serving(course / "problems", graded=course / "out", forget=True) as port:
        visitor = Visitor(port)
        visitor.get("/")
        yield visitor


def codes(course):
    return dict(rows(course, "SELECT student, code FROM submissions"))


def names(answer):
    return [next(row.all("a")).text() for row in read(answer.text).all("tr") if [*row.all("a")]]


def test_what_was_asked_for_is_kept_and_moves_with_the_folder(course):
    found = kept(course / "out")
    assert found.problem.resolve() == (course / "problems" / "net.yaml").resolve()
    assert json.loads((course / "out" / "asked.json").read_text())["place"] == "../work"


def test_the_table_shows_codes_and_is_filtered(course, visitor):
    known = codes(course)
    assert sorted(names(visitor.get("/class"))) == sorted(known.values())
    assert names(visitor.get("/class?line=wrong")) == sorted([known["bo"], known["cy"]])
    assert set(names(visitor.get("/class?state=to+look+at"))) == {known["di"], known["eve"]}
    assert names(visitor.get(f"/class?find={known['ana'].lower()}")) == [known["ana"]]
    assert names(visitor.get("/class?find=pdf")) == [known["eve"]]
    assert names(visitor.get("/class?order=wrong"))[0] in (known["bo"], known["cy"])
    page = visitor.get(f"/class?find={HOSTILE.replace(' ', '+')}")
    assert not [*read(page.text).all("img")]
    assert "Nobody fits." in page.text


def test_a_student_s_page_stands_in_a_frame_where_no_script_runs(course, visitor):
    code = codes(course)["cy"]
    page = visitor.get(f"/class/{code}")
    (frame,) = read(page.text).all("iframe")
    inner = visitor.get(frame.attributes["src"])
    assert inner.headers["content-security-policy"].startswith("sandbox ")
    assert "script-src" not in inner.headers["content-security-policy"]
    assert inner.content == (course / "out" / "pages" / f"{code}.html").read_bytes()
    for path in ("/class/none", "/class/none/page", "/class/..%2Fgradebook.sqlite/page"):
        assert visitor.get(path).status == 404


def test_a_decision_is_that_of_the_command_and_marks_again(course, visitor):
    known = codes(course)
    visitor.get(f"/class/{known['bo']}")
    path = f"/class/{known['bo']}/decide"
    done = visitor.post(path, about="2", value="correct", why="means the row", everywhere="1")
    assert (done.status, done.headers["location"]) == (303, f"/class/{known['bo']}#decide-2")
    found = dict(rows(course, "SELECT student, earned FROM submissions"))
    assert (found["bo"], found["cy"]) == (2, 2)
    assert "means the row" in visitor.get(f"/class/{known['bo']}").text
    assert b"decided by hand: means the row" in visitor.get(f"/class/{known['bo']}/page").content
    visitor.post(path, about="dL/dx", value="0.5", why="read again")
    assert dict(rows(course, "SELECT student, earned FROM submissions"))["bo"] == 1.5
    visitor.post(path, about="2", value="judged", why="no")
    assert dict(rows(course, "SELECT student, earned FROM submissions"))["bo"] == 0.5


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"about": "2", "value": "corect", "why": "x"}, "is no verdict"),
        ({"about": "2", "value": "correct", "why": " "}, "needs a reason"),
        ({"about": "99", "value": "correct", "why": "x"}, "has no line 99"),
        ({"about": "dL/dw", "value": "7", "why": "x"}, "are no points"),
        ({"about": "dL/dq", "value": "1", "why": "x"}, "no points are for"),
        ({"about": "", "value": "", "why": "x"}, "decides nothing"),
    ],
)
def test_what_decides_nothing_is_told_on_the_page(course, visitor, fields, said):
    code = codes(course)["bo"]
    visitor.get(f"/class/{code}")
    done = visitor.post(f"/class/{code}/decide", **fields)
    assert done.status == 409
    assert said in done.text
    assert not (course / "out" / "decisions.jsonl").exists()


def test_a_decision_needs_the_form_of_the_page(course, visitor):
    code = codes(course)["bo"]
    fields = {"about": "2", "value": "correct", "why": "x"}
    assert visitor.post(f"/class/{code}/decide", form="", **fields).status == 403
    assert visitor.post(f"/class/{code}/decide", origin="http://evil.example", **fields).status == 403


def test_work_that_is_not_judged_yet_is_judged_by_the_command(course):
    (course / "work" / "fay.md").write_text(GOOD + "\n$p = 6$\n")
    with pytest.raises(Exception, match="not judged yet"):
        decide(course / "out", ("bo:2=correct",), "x", False)

"""What goes back: grades in the teacher's own table, byte for byte but for them, pages, tables of our own."""

import csv
import zipfile
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from symgrad.checking.marks import Earned, Marked
from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.grading.exports.junit import junit
from symgrad.grading.exports.own import own_table
from symgrad.grading.exports.summary import Part, Summary, summary_of
from symgrad.grading.exports.tables import canvas_grades, moodle_grades
from symgrad.grading.incoming import Incoming
from symgrad.grading.marking import Piece, Result
from symgrad.grading.roster import Whose
from symgrad.grading.sheets import read_sheet
from symgrad.variants.students import Student


def result(student, name="", earned=1.5, look="", id=None, email=""):
    whose = Whose(Student(id or student, name, email), f"C{student}", None)
    work = Incoming(student, name, path=f"x_{student}_9_lab.md", file="lab.md")
    rows = (Earned("u", 1, min(1, earned), "correct"), Earned("dJ/dW", 1, max(0, earned - 1), "wrong"))
    return Result(Piece(whose, work), Marked(rows), (), {}, look)


CLASS = (
    result("1234", "doeana", 1.5),
    result("1235", "leebo", 2),
    result("1236", "foxcy", look="it is a picture"),
    result("1299", "gonedi", 1),
)
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Note,Lab 5 (read only),Lab 6 (3344),"
    "Final Score (read only)\r\n"
    "    Points Possible,,,,,,10,2,(read only)\r\n"
    '"Doe, Ana",1234,,adoe,S1,"a ""b"", c",7,,81.5\r\n'
    '"Lee, Bo",1235,,blee,"S1 and S2",=1+1,8,"1.00",70\r\n'
    '"Fox, Cy",1236,,cfox,S1,,9,0.5,60\r\n'
    '"Ray, Ed",1240,,eray,S1,,9,EX,60'
)
MOODLE = (
    "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\n"
    'Participant 1234,Ana Doe,a@x.org,Submitted,,2.00,-,"<p>Line 4:\n…</p>"\n'
    "Participant 7,Bo Lee,b@x.org,Submitted,1.00,2.00,-,\n"
)


@pytest.fixture
def table(tmp_path):
    def written(text):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode())
        return path

    return written


def test_canvas_keeps_every_byte_but_the_grades(table):
    filled = canvas_grades(table(CANVAS), CLASS, "canvas")
    expected = CANVAS.replace('c",7,,81.5', 'c",7,1.50,81.5').replace('8,"1.00",70', "8,2.00,70")
    assert filled.content == expected.encode()
    assert filled.without == ("1299",)


def test_canvas_is_found_by_login_and_by_name(table):
    students = (result("anon_x", "", 1, id="adoe"), result("anon_y", "", 2, id="99", email="blee"))
    filled = canvas_grades(table(CANVAS), students, "any").content.decode()
    assert 'c",7,1.00,81.5' in filled
    assert "8,2.00,70" in filled


def test_a_table_with_semicolons_and_commas_in_numbers(table):
    text = 'Student;ID;Section;Lab 6 (1)\n"Doe, Ana";1234;S;"0,5"\nLee, Bo;1235;S;1,25\n'
    found = canvas_grades(table(text), CLASS, "canvas").content.decode()
    assert found == 'Student;ID;Section;Lab 6 (1)\n"Doe, Ana";1234;S;"1,50"\nLee, Bo;1235;S;"2,00"\n'


def test_moodle_keeps_every_byte_but_the_grades(table):
    students = (CLASS[0], result("88", "Bo Lee", 2), CLASS[2])
    filled = moodle_grades(table(MOODLE), students, "moodle")
    expected = MOODLE.replace("Submitted,,2.00", "Submitted,1.50,2.00").replace("1.00,2.00", "2.00,2.00")
    assert filled.content == expected.encode()


def test_moodle_in_another_language_and_more_points_than_it_takes(table):
    german = MOODLE.replace("Grade,", "Bewertung,").replace("Identifier", "ID").replace("2.00", '"2,00"')
    assert b'Submitted,"1,50","2,00"' in moodle_grades(table(german), CLASS, "moodle").content
    with pytest.raises(InputError, match="more points than 2"):
        moodle_grades(table(MOODLE), [result("1234", earned=3)], "moodle")
    with pytest.raises(InputError, match="not clear"):
        moodle_grades(table(MOODLE.replace("Grade,", "Puan,", 1)), CLASS, "moodle")
    assert moodle_grades(table(MOODLE.replace("Grade,", "Puan,", 1)), CLASS, "moodle", "Puan").content


def test_numbers_of_a_page_are_no_ids_of_the_class(table):
    """Participant 7 is not the student whose own id is 7."""
    path = table(MOODLE)
    filled = moodle_grades(path, [result("55", "", 2, id="7"), result("1234", "", 2, id="x")], "moodle")
    assert filled.content.decode() == MOODLE.replace("Submitted,,2.00", "Submitted,2.00,2.00")
    assert filled.without == ("7",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n", "no gradebook of Canvas"),
        ("Student,ID,Section,A (1),B (2)\n", "not clear"),
        ("", "is empty"),
    ],
)
def test_tables_that_cannot_be_filled(table, text, said):
    with pytest.raises(InputError, match=said):
        canvas_grades(table(text), CLASS, "canvas")
    if "B (2)" in text:
        assert canvas_grades(table(text), CLASS, "canvas", "B").content == text.encode()


def test_cells_are_those_of_a_csv_reader(table):
    sheet = read_sheet(table(CANVAS))
    expected = [*csv.reader(StringIO(CANVAS.removeprefix("\ufeff"), newline=""))]
    assert [[cell.text for cell in row] for row in sheet.rows] == [
        [text.strip() for text in row] for row in expected
    ]


def test_our_own_table_holds_no_formula():
    students = (result("=1+1", "@SUM(A1)", 1.5), result("b", look="a picture"))
    first, second = csv.DictReader(StringIO(own_table(students).decode()))
    assert (first["student"], first["name"], first["u"], first["dJ/dW"]) == ("'=1+1", "'@SUM(A1)", "1", "0.5")
    assert (first["earned"], first["points"]) == ("1.5", "2")
    assert (second["status"], second["earned"], second["reason"]) == ("to look at", "", "a picture")


def test_a_column_is_there_for_whatever_anybody_earns():
    """Of the first student one quantity is decided as a whole, of the second in its parts."""
    parts = (Earned("u", 1, 1, "correct", part="method"), Earned("u", 2, 0, "wrong", part="accuracy"))
    decided = replace(CLASS[0], marks=Marked((Earned("u", 3, 2, "decided"),)))
    first, second = csv.DictReader(
        StringIO(own_table((decided, replace(CLASS[1], marks=Marked(parts)))).decode())
    )
    assert (first["u"], first["u, method"], first["earned"]) == ("2", "", "2")
    assert (second["u"], second["u, method"], second["u, accuracy"]) == ("", "1", "0")


def test_junit_is_xml_whatever_stands_there():
    root = ElementTree.fromstring(
        junit(map(summary_of, (result("a\x00<b>", earned=1), result("c", look='"&'))))
    )
    suites = root.findall("testsuite")
    assert [(s.get("name"), s.get("tests"), s.get("failures"), s.get("skipped")) for s in suites] == [
        ("a<b>", "2", "1", "0"),
        ("c", "2", "0", "2"),
    ]


def test_junit_tells_what_could_not_be_judged_from_what_is_to_be_looked_at():
    """As written by hand from the format: a failure, an error, a case that is skipped, one that passed."""
    parts = (Part("u", 1, 1, "correct, line 1"), Part("v", 0, 2, "wrong"))
    made = Summary("ana", 1, 3, parts)
    aside = replace(made, who="bo", look="line 2 is unread")
    failed = replace(aside, who="cy", look="it took too long", failed=True)
    assert (
        junit((made, aside, failed)).decode()
        == """<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="ana" tests="2" failures="1" errors="0" skipped="0">
<testcase classname="ana" name="u"></testcase>
<testcase classname="ana" name="v"><failure message="v: 0 of 2 (wrong)">v: 0 of 2 (wrong)</failure></testcase>
</testsuite>
<testsuite name="bo" tests="2" failures="0" errors="0" skipped="2">
<testcase classname="bo" name="u"><skipped message="line 2 is unread">line 2 is unread</skipped></testcase>
<testcase classname="bo" name="v"><skipped message="line 2 is unread">line 2 is unread</skipped></testcase>
</testsuite>
<testsuite name="cy" tests="2" failures="0" errors="2" skipped="0">
<testcase classname="cy" name="u"><error message="it took too long">it took too long</error></testcase>
<testcase classname="cy" name="v"><error message="it took too long">it took too long</error></testcase>
</testsuite>
</testsuites>
"""
    )


PROBLEM = "forward: {L: w**2}\ngiven: {w: 3}\n"


@pytest.mark.parametrize(
    ("names", "kind", "expected"),
    [
        (
            ("doeana_1234_9_lab-1.md", "leebo_LATE_7_text.html"),
            "canvas",
            ["doeana_1234_9_lab-1.html", "leebo_LATE_7_text.html"],
        ),
        (
            ("Ana Doe_4711_assignsubmission_file/lab.md",),
            "moodle",
            ["Ana Doe_4711_assignfeedback_file/marked.html"],
        ),
    ],
)
def test_pages_go_back_under_the_names_they_came_by(tmp_path, names, kind, expected):
    (tmp_path / "p.yaml").write_text(PROBLEM)
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as made:
        for name in names:
            made.writestr(name, r"$\frac{dL}{dw} = 2 w$")
    arguments = ["grade", tmp_path / "in.zip", "--problem", tmp_path / "p.yaml", "--to", f"csv,{kind}-zip"]
    done = CliRunner().invoke(main, [*map(str, arguments), "--jobs", "1"])
    assert done.exit_code == 0, done.output
    out = Path(tmp_path / "graded")
    with zipfile.ZipFile(BytesIO((out / f"{kind}.zip").read_bytes())) as back:
        assert sorted(back.namelist()) == expected
        assert b"<html" in back.read(expected[0])
    other = {"canvas": "moodle", "moodle": "canvas"}[kind]
    done = CliRunner().invoke(main, [*map(str, arguments[:-1]), f"{other}-zip", "--jobs", "1"])
    assert done.exit_code == 2
    assert f"needs the names that {other} gives" in done.stderr

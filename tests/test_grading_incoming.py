"""What a class hands in: names by which others collect work, texts typed into pages, hostile ZIPs."""

import stat
import zipfile
from io import BytesIO

import pytest

from symgrad.errors import InputError
from symgrad.grading import box as boxes
from symgrad.grading.box import open_box
from symgrad.grading.entry import text_of
from symgrad.grading.incoming import collect
from symgrad.grading.naming import named, own_naming


def packed(path, files, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def collected(tmp_path, *names, own=None):
    box = open_box(packed(tmp_path / "class.zip", dict.fromkeys(names, "x")))
    found = collect(box, own)
    return found.naming, {work.student: work for work in found.work}


# Names


@pytest.mark.parametrize(
    ("path", "naming", "student", "name", "file", "late", "number"),
    [
        ("doeana_1234_98765_lab6.md", "canvas", "1234", "doeana", "lab6.md", False, 0),
        ("doeana_LATE_1234_98765_lab6-1.tex", "canvas", "1234", "doeana", "lab6.tex", True, 1),
        ("anon_aB3x9_55_lab 6.md", "canvas", "anon_aB3x9", "", "lab 6.md", False, 0),
        ("LATE_anon_aB3x9_55_lab 6.md", "canvas", "anon_aB3x9", "", "lab 6.md", True, 0),
        ("oneil2nd_77_text.html", "canvas", "77", "oneil2nd", "text.html", False, 0),
        ("oneil2nd_77_link.html", "canvas", "77", "oneil2nd", "link.html", False, 0),
        ("top/doeana_1234_98765_lab6.md", "canvas", "1234", "doeana", "lab6.md", False, 0),
        (
            "Ana Doe_4711_assignsubmission_file/own/lab-2.md",
            "moodle",
            "4711",
            "Ana Doe",
            "own/lab-2.md",
            False,
            0,
        ),
        ("Ana Doe_4711_assignsubmission_file_/lab.md", "moodle", "4711", "Ana Doe", "lab.md", False, 0),
        ("Ana Doe_4711_assignsubmission_file_lab.md", "moodle", "4711", "Ana Doe", "lab.md", False, 0),
        (
            "Teilnehmer_12_assignsubmission_onlinetext/onlinetext.html",
            *("moodle", "12", "Teilnehmer", "onlinetext/onlinetext.html", False, 0),
        ),
        ("submitted/ana/ps1/work.ipynb", "nbgrader", "ana", "", "work.ipynb", False, 0),
        ("ana/ps1/work.ipynb", "nbgrader", "ana", "", "work.ipynb", False, 0),
        ("lab6.ana.WTZU9.md", "any", "lab6.ana.WTZU9", "", "lab6.ana.WTZU9.md", False, 0),
    ],
)
def test_a_name_tells_whose_it_is(path, naming, student, name, file, late, number):
    found, (one,), unknown = named([path])
    assert (found, unknown) == (naming, ())
    assert (one.path, one.student, one.name, one.file) == (path, student, name, file)
    assert (one.late, one.number) == (late, number)


def test_what_lies_beside_submissions_is_none(tmp_path):
    naming, work = collected(
        tmp_path,
        *(
            "ana/work.md",
            "__MACOSX/ana/._work.md",
            "bo/.DS_Store",
            "bo/work.tex",
            "bo/~work.tex",
            "Thumbs.db",
        ),
    )
    assert (naming, sorted(work)) == ("any", ["ana", "bo"])
    assert work["bo"].aside == ()


def test_a_folder_in_which_all_lie_is_nobodys(tmp_path):
    assert sorted(collected(tmp_path, "lab/ana/work.md", "lab/bo/work.md")[1]) == ["ana", "bo"]
    assert sorted(collected(tmp_path, "lab/ana.md", "lab/bo.tex")[1]) == ["ana", "bo"]


def test_the_last_attempt_counts_and_the_others_are_told(tmp_path):
    first, second, third = "doe_7_1_a.md", "doe_7_2_a-1.md", "doe_7_3_a-2.md"
    _, work = collected(tmp_path, third, first, second)
    assert (work["7"].path, work["7"].number) == (third, 2)
    assert sorted(work["7"].aside) == [first, second]


def test_what_can_be_read_is_judged_and_the_rest_is_kept_aside(tmp_path):
    _, work = collected(tmp_path, "ana/scan.pdf", "ana/work.md", "bo/scan.pdf", "cy/a.md", "cy/b.tex")
    assert (work["ana"].path, work["ana"].look, work["ana"].aside) == ("ana/work.md", "", ("ana/scan.pdf",))
    assert work["bo"].look == "nothing in it can be read: scan.pdf"
    assert work["cy"].look == "several files could be the work: a.md, b.tex"


def test_a_file_goes_before_a_text_that_was_typed_and_a_link_is_no_text(tmp_path):
    _, work = collected(tmp_path, "a_1_text.html", "a_1_9_work.md", "b_2_text.html", "c_3_link.html")
    assert (work["1"].file, work["1"].look) == ("work.md", "")
    assert (work["2"].file, work["2"].suffix) == ("text.html", ".md")
    assert work["3"].look == "nothing in it can be read: link.html"


def test_a_name_that_fits_nothing_is_to_be_looked_at(tmp_path):
    naming, work = collected(tmp_path, "a_1_9_work.md", "b_2_9_work.md", "odd name.md")
    assert naming == "canvas"
    assert work["odd name.md"].look == "its name does not tell whose it is"


def test_a_pattern_of_ones_own(tmp_path):
    own = own_naming(r"lab6_(?P<student_id>\w+)_attempt_(?P<timestamp>[\d-]+)_(?P<file_id>.+)")
    names = ("lab6_ana_attempt_2026-03-02_x.md", "lab6_ana_attempt_2026-03-01_y.md")
    _, work = collected(tmp_path, *names, own=own)
    assert (work["ana"].path, work["ana"].attempt) == (names[0], "2026-03-02")
    assert work["ana"].aside == (names[1],)
    for pattern in ("(", r"(?P<file_id>.+)"):
        with pytest.raises(InputError):
            own_naming(pattern)


# Texts typed into a page


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>So $$u = W x$$<br>and $b &lt; 1$</p>", "So $$u = W x$$\nand $b < 1$\n"),
        ("<h2>Forward</h2><p>$a\n= 1$</p><p>$b = 2$</p>", "## Forward\n\n$a = 1$\n\n$b = 2$\n"),
        ("<script>$x = 1$</script><style>p{}</style>y", "y\n"),
        ('<img class="equation_image" data-equation-content="\\frac{1}{2}" alt="LaTeX">', "$\\frac{1}{2}$\n"),
        ("<pre>$$a\n= 2$$</pre>", "$$a\n= 2$$\n"),
        (r"\(x = 1\)", "\\(x = 1\\)\n"),
    ],
)
def test_the_text_of_a_page(html, text):
    assert text_of(html) == text


def test_a_page_without_end_is_read_in_time():
    assert len(text_of("<div>" * 100_000 + "x")) < 100


# Hostile ZIPs


def linked(path):
    with zipfile.ZipFile(path, "w") as made:
        info = zipfile.ZipInfo("ana.md")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    return path


def encrypted(path):
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("ana.md", "x")
    raw = bytearray(data.getvalue())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(sign) + at] |= 1
    path.write_bytes(raw)
    return path


def twice(path):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("ana.md", "x")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("ana.md", "y")
    return path


HOSTILE = {
    "up": (lambda path: packed(path, {"../ana.md": "x"}), "leads out"),
    "up behind a backslash": (lambda path: packed(path, {"a\\..\\..\\ana.md": "x"}), "leads out"),
    "absolute": (lambda path: packed(path, {"/etc/ana.md": "x"}), "leads out"),
    "a drive": (lambda path: packed(path, {"C:/ana.md": "x"}), "leads out"),
    "a bomb": (lambda path: packed(path, {"ana.md": b"0" * 10_000_000}), "would grow from"),
    "a link": (linked, "is a link"),
    "encrypted": (encrypted, "is encrypted"),
    "twice": (twice, "twice"),
    "no ZIP": (lambda path: path.write_bytes(b"PK?") and path, "cannot read"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_zip_is_refused(tmp_path, kind):
    make, said = HOSTILE[kind]
    path = make(tmp_path / "class.zip")
    with pytest.raises(InputError, match=said):
        open_box(path)
    assert [file.name for file in tmp_path.iterdir()] == ["class.zip"]


@pytest.mark.parametrize(
    ("limit", "said"), [("MOST_FILES", "more than 2 files"), ("MOST_BYTES", "grow to more")]
)
def test_too_much_is_refused(tmp_path, monkeypatch, limit, said):
    monkeypatch.setattr(boxes, limit, 2)
    with pytest.raises(InputError, match=said):
        open_box(packed(tmp_path / "class.zip", {"a": "x", "b": "x", "c": "x"}))


def test_a_size_that_is_a_lie_is_found_where_it_is_read(tmp_path):
    path = packed(tmp_path / "class.zip", {"ana.md": "x" * 1000}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"x" * 1000) + 10
    raw[at] = ord("y")
    path.write_bytes(raw)
    with pytest.raises(InputError, match="cannot be unpacked"):
        open_box(path).read("ana.md")


def test_a_link_in_a_folder_is_refused_and_what_was_made_is_passed_over(tmp_path):
    (tmp_path / "out" / "pages").mkdir(parents=True)
    (tmp_path / "out" / "report.html").write_text("x")
    (tmp_path / "ana.md").write_text("x")
    assert open_box(tmp_path, tmp_path / "out").names == ("ana.md",)
    (tmp_path / "bo.md").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match=r"'bo\.md' in it is a link"):
        open_box(tmp_path)

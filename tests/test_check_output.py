"""What is written about a checked submission: terminal, JSON, the annotated report, points."""

import io
import json
import re
import shutil
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from random import Random

import numpy as np
import pytest
from checked import HOSTILE, Sheet, column, slips
from msgspec.structs import replace
from pypdf import PdfReader
from reporting import found, said
from rich.console import Console
from scrawl import Scrawl

from symgrad import rendering, reports, review
from symgrad.checking.marks import marks
from symgrad.checking.verdict import Binding, Check, Contradicted, Judged, Kept, Verdict, Witness
from symgrad.cli import main
from symgrad.document.blocks import Chain, Jump, Mark, Paragraph, Section, Table
from symgrad.errors import InputError
from symgrad.maths.foreign import LATIN, TEX_LACKS, foreign
from symgrad.maths.nodes import Brace
from symgrad.maths.symbols import SIGNS
from symgrad.reading.rubric import Rubric, load_rubric
from symgrad.review import REPORTS
from symgrad.styles.annotated import annotated
from symgrad.submission.lines import Submission
from symgrad.submission.written import Symbol
from symgrad.writing import engines
from symgrad.writing.check_json import check_to_json
from symgrad.writing.terminal import shown, terminal
from symgrad.writing.tex import to_tex
from symgrad.writing.typst import to_typst

RUBRIC = Rubric(points={"u": 1, "v": 1, "dJ/dv": 2, "dJ/dh": 2, "dJ/dW2": 3}, carried=0.5)
KEYS = [
    *("symgrad", "lines", "givens", "counts", "first_wrong", "coverage", "missing"),
    *("conventions", "bindings", "notes", "faults"),
]
ENGINES = {
    "typst": lambda report: engines.typst_pdf(to_typst(report)),
    "pdflatex": lambda report: engines.pdflatex_pdf(to_tex(report)),
}


def plain(check, marked=None):
    return terminal(check, marked).plain


def hostile():
    """A sheet whose every text tries to be something else."""
    sheet = Sheet(name=HOSTILE)
    first = sheet.line(
        (HOSTILE, Symbol(HOSTILE, HOSTILE, (HOSTILE,))), ("1", "unknown: " + HOSTILE), heading=HOSTILE
    )
    odd = sheet.line((HOSTILE, Symbol("x")), ("1", Symbol("y")), relation=r"\input", tag=HOSTILE, heading="2")
    return sheet.check(
        Judged(
            first,
            Verdict.WRONG,
            HOSTILE,
            HOSTILE,
            mistake="m",
            right=HOSTILE,
            side=1,
            hint=HOSTILE,
            witness=Witness({HOSTILE: 1.0}, {}, (0, 1), 1.0, 2.0, functions={HOSTILE: HOSTILE}),
        ),
        Judged(odd, Verdict.UNREADABLE, HOSTILE),
        title=HOSTILE,
        givens=(Contradicted(HOSTILE, None, 1.0, 2.0, 1),),
        bindings=(Binding(HOSTILE, "v", HOSTILE), Binding("w", HOSTILE, "")),
        conventions=(Kept("k", HOSTILE, (1, 9)),),
        notes=(HOSTILE,),
        missing=(HOSTILE,),
    )


# --- JSON ---------------------------------------------------------------------------------------------


def test_the_json_is_that_of_the_contract():
    found = json.loads(check_to_json(slips()))
    assert list(found) == KEYS
    assert found["symgrad"] == 1
    assert found["first_wrong"] == 3
    assert found["lines"][2] == {
        "id": 3,
        "source": {"line": 3, "column": 1},
        "latex": r"\frac{\partial J}{\partial v} = o + y",
        "quantity": "dJ/dv",
        "verdict": "wrong",
        "proof": None,
        "mistake": "sign_t_minus_y",
        "root": None,
        "message": "The sign of y is wrong: o − y.",
        "hint": "Look at the sign of $y$: the rule of softmax with cross-entropy.",
        "right": r"\frac{\partial J}{\partial v} = o - y",
        "witness": {
            "at": {"o": [0.25, 0.75], "y": [0.0, 1.0]},
            "sizes": {"n": 2},
            "functions": {},
            "sides": [0, 1],
            "left": [0.25, -0.25],
            "right": [0.25, 1.75],
        },
    }
    assert [line["proof"] for line in found["lines"]] == ["identity", "printed", None, None, None, None]
    assert found["lines"][3]["root"] == 3
    assert found["givens"] == [
        {"name": "w", "index": [2], "stated": 0.9, "used": 0.09, "lines_explained": 27}
    ]
    assert found["counts"] == dict.fromkeys(
        ("correct", "rounded", "carried", "wrong", "unreadable", "unchecked"), 1
    )


def test_what_the_whole_work_shows_in_json():
    found = json.loads(check_to_json(slips()))
    assert found["coverage"] == {"claims": 5, "judged": 4}
    assert found["missing"] == ["dJ/dW1"]
    assert found["conventions"] == [
        {"id": "numerator-layout", "message": "Gradients stand as rows", "lines": [3, 4]}
    ]
    assert found["bindings"][0] == {"written": "s_{out}", "means": "v", "why": "defined in line 2"}
    assert found["faults"] == []


def witnessed(witness, **more):
    """A check of one wrong line with this witness."""
    sheet = Sheet()
    line = sheet.line(("x", Symbol("x")), ("y", Symbol("y")))
    return sheet.check(Judged(line, Verdict.WRONG, more.pop("message", "m"), witness=witness, **more))


def test_a_witness_in_json_holds_no_nan():
    array = np.array([[1.0, np.nan], [np.inf, 2.0]])
    check = witnessed(Witness({"x": array}, {"n": 2}, (1, 3), array, float("nan"), functions={"f": "sin(t)"}))
    assert json.loads(check_to_json(check))["lines"][0]["witness"] == {
        "at": {"x": [[1.0, None], [None, 2.0]]},
        "sizes": {"n": 2},
        "functions": {"f": "sin(t)"},
        "sides": [1, 3],
        "left": [[1.0, None], [None, 2.0]],
        "right": None,
    }


def test_a_witness_of_shapes_in_json():
    check = witnessed(Witness("given", {}, (0, 1), shapes=((2, 3), (2,)), reason="shapes"))
    assert json.loads(check_to_json(check))["lines"][0]["witness"] == {
        "at": "given", "sizes": {}, "functions": {}, "sides": [0, 1],
        "shapes": [[2, 3], [2]], "reason": "shapes",
    }  # fmt: skip


def test_nothing_wrong_and_infinite_givens_in_json():
    empty = Check(Submission("a.md", "", ()), "", (), (Contradicted("w", None, float("inf"), 1.0, 2),))
    found = json.loads(check_to_json(empty))
    assert (found["lines"], found["first_wrong"]) == ([], None)
    assert found["givens"][0] == {
        "name": "w",
        "index": None,
        "stated": None,
        "used": 1.0,
        "lines_explained": 2,
    }


def test_points_in_json():
    found = json.loads(check_to_json(slips(), marks(slips(), RUBRIC)))["marks"]
    assert (found["earned"], found["points"]) == (3.0, 9.0)
    assert found["quantities"][3] == {
        "quantity": "dJ/dh",
        "points": 2.0,
        "earned": 1.0,
        "reason": "carried",
        "lines": [4],
    }


# --- Terminal -----------------------------------------------------------------------------------------


def test_every_verdict_has_a_sign_of_its_own():
    lines = plain(slips()).splitlines()
    signs = [re.match(r"(\S) +(\d+) +(\d+:\d+)  (\w+)", line) for line in lines]
    found = {match[4]: match[1] for match in signs if match}
    assert found == {
        "correct": "✓", "rounded": "≈", "carried": "↪", "wrong": "✗", "unreadable": "?", "unchecked": "–",
    }  # fmt: skip


def test_the_caret_stands_under_the_side_that_does_not_hold():
    lines = plain(slips()).splitlines()
    row = next(n for n, line in enumerate(lines) if line.startswith("✗"))
    source, caret, message, numbers, hint, right = lines[row + 1 : row + 7]
    start, end = caret.index("^"), caret.rindex("^") + 1
    assert source[start:end] == "o + y"
    assert message.strip() == "The sign of y is wrong: o − y."
    assert numbers.strip() == (
        "with o = (0.25, 0.75), y = (0, 1): entry 2 is −0.25 on the left and 1.75 on the right"
    )
    assert hint.strip() == "hint: Look at the sign of y: the rule of softmax with cross-entropy."
    assert right.strip() == r"right: \frac{\partial J}{\partial v} = o - y"


def test_the_fault_of_an_unreadable_line_is_pointed_at_and_told():
    said = plain(slips())
    assert "this sign is not known" in said
    assert "follows from line 3" in said
    assert "Entry 3 of w is stated as 0.9, but 27 lines are computed with 0.09." in said
    assert "6 lines: 1 correct, 1 rounded" in said
    assert "5 claims, 4 judged." in said
    assert "Asked for, and derived in no line: ∂J/∂W₁." in said
    assert "Gradients stand as rows (line 3, line 4)." in said


def test_names_that_are_read_as_they_are_written_are_not_told():
    names = [line for line in plain(slips()).splitlines() if line.startswith("Names as they were read")]
    assert len(names) == 1
    assert "v (defined in line 2)" in names[0]
    assert "u" not in names[0].removeprefix("Names as they were read: ").split("is")[0].replace("out", "")


@pytest.mark.parametrize(
    ("witness", "message", "said"),
    [
        (Witness("given", {}, (0, 1), 1.0, 1.403), "the left side is 1, the right side 1.403", ""),
        (Witness("given", {}, (0, 1), 1.0, 1.403), "A sign is wrong.",
         "at the given numbers the left side is 1, the right side 1.403"),
        (Witness({"x": -0.5}, {}, (0, 1), -1.0, 2.0), "the left side is -1, the right side 2",
         "with x = −0.5"),
        (Witness({"W1": np.eye(2)}, {}, (0, 1), 0.0, float("nan")), "m",
         "with W₁ = (1, 0; 0, 1): the left side is 0, the right side undefined"),
        (Witness({"x": [[0.0] * 5] * 3}, {}, (0, 1), [1.0, 2.0], [1.0, 3.0]), "m",
         "with x = (0, 0, 0, 0, 0, 0, …, 3 × 5): entry 2 is 2 on the left and 3 on the right"),
        (Witness({f"w{n}": 1.0 for n in range(9)}, {}, (0, 1), 1.0, 2.0, functions={"f": "sin(t)"}), "m",
         "w₅ = 1 (and 3 more), f taken as sin(t): the left side is 1, the right side 2"),
        (Witness("given", {}, (0, 1), shapes=((2,), (3,)), reason="r"), "2 and 3", ""),
    ],
)  # fmt: skip
def test_a_witness_in_a_line(witness, message, said):
    lines = plain(witnessed(witness, message=message)).splitlines()
    below = lines[lines.index(f"        {message}") + 1]
    assert below.strip().endswith(said)
    assert bool(below) is bool(said)


def test_faults_of_ours_are_said_as_such():
    check = slips()
    lines = (*check.lines[:-1], replace(check.lines[-1], fault=True))
    said = plain(replace(check, lines=lines))
    assert "symgrad itself failed at line 6: an internal fault, which says nothing about the work." in said


def test_maths_in_messages_is_set():
    message = r"In line 1 $\hat{y} = \pd{x}{y}$ and $x^2$ are meant, not $\unknown$, at -0.5."
    sheet = Sheet()
    sheet.text = r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}} "
    line = sheet.line(("x", Symbol("x")), ("y", Symbol("y")))
    check = sheet.check(
        Judged(line, Verdict.WRONG, message, right=r"\pd{L}{z} = \sum_{\text{each column}} z")
    )
    sentences = [said(block.sentence) for block in found(annotated(check), Paragraph)]
    assert any(
        r"\hat{y} = \frac{\partial x}{\partial y} and x^2 are meant, not $\unknown$, at −0.5." in text
        for text in sentences
    )
    assert any(
        text.startswith(r"Right: \frac{\partial L}{\partial z} = \sum_{\text{each column}}")
        for text in sentences
    )
    assert "x² are meant" in plain(check)


def test_a_long_right_line_is_displayed():
    sheet = Sheet()
    line = sheet.line(("x", Symbol("x")), ("y", Symbol("y")))
    right = "x = " + " + ".join(f"a_{n}" for n in range(30))
    report = annotated(sheet.check(Judged(line, Verdict.WRONG, "m", right=right)))
    assert "The right line:" in [said(block.sentence) for block in found(report, Paragraph)]


def test_points_in_the_terminal():
    lines = plain(slips(), marks(slips(), RUBRIC)).splitlines()
    assert "dJ/dh        1 of 2    carried (line 4)" in lines
    assert lines[-1].split() == ["all", "3", "of", "9"]


def printed(monkeypatch, **environment):
    """What is printed where stdout is a terminal that knows colours."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm-256color", **environment}.items():
        monkeypatch.setenv(name, value)
    stream = io.StringIO()
    monkeypatch.setattr(
        "symgrad.writing.terminal.Console", lambda **more: Console(**{"file": stream, **more})
    )
    return shown(slips())


def test_colour_for_terminals_only(monkeypatch):
    coloured = printed(monkeypatch, FORCE_COLOR="1")
    assert "\x1b[" in coloured
    assert re.search(r"\x1b\[[\d;]*3[0-7]", coloured)
    assert printed(monkeypatch) == plain(slips())


def test_no_color_is_obeyed(monkeypatch):
    assert not re.search(r"\x1b\[[\d;]*3[0-7]", printed(monkeypatch, FORCE_COLOR="1", NO_COLOR="1"))


def test_control_characters_do_not_reach_the_terminal():
    sheet = Sheet(name="a\x1b[2J.md")
    line = sheet.line(("x\x1b]0;t\x07", Symbol("x")), ("\u202ey", Symbol("y")), heading="h\x1b[31m")
    check = sheet.check(Judged(line, Verdict.WRONG, "m\x1b[0m\nnext", side=1), notes=("n\x9b",))
    assert all(char.isprintable() or char == "\n" for char in plain(check))


def test_sentences_are_wrapped_where_there_is_a_width():
    sheet = Sheet()
    line = sheet.line(("x", Symbol("x")), ("y", Symbol("y")))
    check = sheet.check(Judged(line, Verdict.WRONG, "word " * 40))
    wrapped = terminal(check, width=60).plain.splitlines()
    assert sum(text.startswith("        word") for text in wrapped) == 4
    assert any(len(text) > 150 for text in plain(check).splitlines())


# --- The annotated report -----------------------------------------------------------------------------


def test_every_line_has_its_mark():
    chains = [chain for chain in found(annotated(slips()), Chain) if chain.mark]
    assert [chain.mark.number for chain in chains] == list("123456")
    assert [chain.mark.sign.text for chain in chains] == [judged.verdict.value for judged in slips().lines]
    assert [chain.tag for chain in chains] == ["", "2", "", "", "", ""]


def test_the_side_that_does_not_hold_is_braced_unless_it_is_long():
    report = annotated(slips())
    assert len(list(found(report, Brace))) == 1
    sheet = Sheet()
    long = sheet.line(("x", Symbol("x")), ("...", Symbol("a" * 70)))
    assert not list(found(annotated(sheet.check(Judged(long, Verdict.WRONG, side=1))), Brace))


def test_jumps_lead_to_anchors():
    report = annotated(slips(), marks(slips(), RUBRIC))
    anchors = [part.anchor for kind in (Mark, Section) for part in found(report, kind)]
    assert len(set(anchors)) == len(anchors)
    jumps = {jump.anchor for jump in found(report, Jump)}
    assert "line-3" in jumps
    assert jumps <= set(anchors)


def test_counts_by_section():
    (counts,) = found(annotated(slips()), Table)
    assert [[said(cell) for cell in row] for row in counts.rows] == [
        ["Forward pass", "1", "1", "", "", "", ""],
        ["Backward <pass> & #1", "", "", "1", "1", "1", "1"],
        ["All", "1", "1", "1", "1", "1", "1"],
    ]


@pytest.mark.parametrize("engine", ["typst", pytest.param("pdflatex", marks=pytest.mark.tex)])
def test_the_report_on_paper(engine):
    if engine == "pdflatex" and shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex")
    pdf = ENGINES[engine](annotated(slips(), marks(slips(), RUBRIC)))
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for words in (
        "The first wrong line is line 3",
        "does not hold",
        "Forward pass",
        "computed with 0.09",
        "carried",
    ):
        assert words in " ".join(text.split())
    destinations = [
        note.get_object()["/Subtype"]
        for page in PdfReader(io.BytesIO(pdf)).pages
        for note in page.get("/Annots", [])
    ]
    assert destinations.count("/Link") >= 6


@pytest.mark.parametrize("engine", ["typst", pytest.param("pdflatex", marks=pytest.mark.tex)])
def test_hostile_texts_are_printed_and_do_nothing(engine):
    if engine == "pdflatex" and shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex")
    report = annotated(hostile(), marks(hostile(), Rubric(points={HOSTILE: 1})))
    tex = to_tex(report)
    assert r"\input" not in tex
    assert r"\write18" not in tex
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(ENGINES[engine](report))).pages)
    assert "etc/passwd" in "".join(text.split())
    assert "root:" not in text


@pytest.mark.parametrize("engine", ["typst", pytest.param("pdflatex", marks=pytest.mark.tex)])
def test_every_character_that_is_let_through_can_be_set(engine):
    if engine == "pdflatex" and shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex")
    known = sorted((LATIN - TEX_LACKS) | SIGNS.keys())
    texts = ["".join(known[n : n + 30]) for n in range(0, len(known), 30)]
    sheet = Sheet()
    judged = [Judged(sheet.line((text, "?"), ("1", Symbol(text))), Verdict.UNCHECKED) for text in texts]
    assert ENGINES[engine](annotated(sheet.check(*judged))).startswith(b"%PDF")


@pytest.mark.parametrize("engine", ["typst", pytest.param("pdflatex", marks=pytest.mark.tex)])
def test_whatever_is_written_can_be_set(engine):
    if engine == "pdflatex" and shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex")
    sheet, scrawl = Sheet(), Scrawl(Random(6))
    lines = [sheet.line(("x", scrawl.tree(4)), ("y", scrawl.tree(3)), tag=scrawl.name()) for _ in range(80)]
    verdicts = cycle(Verdict)
    check = sheet.check(*(Judged(line, next(verdicts), scrawl.name(), side=1) for line in lines))
    assert ENGINES[engine](annotated(check)).startswith(b"%PDF")


def test_foreign_text_is_cut():
    assert len(foreign("x" * 10_000).text) == 60
    assert foreign("中").text == "[U+4E2D]"


def test_an_empty_check_is_a_report():
    report = annotated(Check(Submission("a.md", "", ()), "", ()))
    assert engines.typst_pdf(to_typst(report)).startswith(b"%PDF")
    assert "0 lines: nothing to check" in plain(Check(Submission("a.md", "", ()), "", ()))


# --- Points -------------------------------------------------------------------------------------------


def judged(*verdicts):
    """Lines about u with these verdicts."""
    sheet = Sheet()
    lines = [sheet.line(("u", Symbol("u")), ("[1]", column("1"))) for _ in verdicts]
    return sheet.check(
        *(Judged(line, verdict, quantity="u") for line, verdict in zip(lines, verdicts, strict=True))
    )


@pytest.mark.parametrize(
    ("verdicts", "earned", "reason", "lines"),
    [
        ("correct", 3.0, "correct", (1,)),
        ("correct correct unchecked", 3.0, "correct", (1, 2)),
        ("correct rounded", 2.7, "rounded", (2,)),
        ("correct carried", 1.5, "carried", (2,)),
        ("wrong carried correct", 0.0, "wrong", (1,)),
        ("unreadable", 0.0, "unreadable: look at it by hand", (1,)),
        ("unreadable correct", 3.0, "correct", (2,)),
        ("unchecked", 0.0, "unchecked: look at it by hand", (1,)),
        ("", 0.0, "missing", ()),
    ],
)
def test_a_quantity_earns_by_the_worst_of_its_lines(verdicts, earned, reason, lines):
    rubric = Rubric(points={"u": 3}, carried=0.5, rounded=0.9)
    (row,) = marks(judged(*map(Verdict, verdicts.split())), rubric).rows
    assert (row.earned, row.reason, row.lines) == (earned, reason, lines)


def test_a_name_in_another_case_is_pointed_out():
    (row,) = marks(judged(Verdict.CORRECT), Rubric(points={"U": 1})).rows
    assert row.reason == "missing"
    check = slips()
    (row,) = marks(check, Rubric(points={"dJ/dV": 1})).rows
    assert row.reason == "missing (there is 'dJ/dv')"


@pytest.mark.parametrize(
    ("text", "message", "caret"),
    [
        ("points: {u: -1}\n", "the points of 'u' must be a number from 0", "-1"),
        ("points:\n  u: many\n", "the points of 'u' must be a number from 0", "many"),
        ("points: 3\n", "'points' must be a list of quantities with their points", "3"),
        ("points: {}\n", "'points' must be a list of quantities with their points", "{}"),
        ("points: {u: 1}\ncarried: 2\n", "'carried' must be a number from 0 to 1", "2"),
        ("points: {u: 1}\ncaried: 1\n", "unknown key 'caried'", "caried"),
        ("points: {u: .nan}\n", "the points of 'u' must be a number from 0", ".nan"),
        ("- u\n", "a rubric is a mapping of keys", "- u"),
        ("carried: 1\n", "'points' is missing", "carried: 1"),
        ("", "the file is empty", None),
        ("points: {u: 1, u: 2}\n", "", "u"),
    ],
)
def test_faults_of_a_rubric_have_their_place(tmp_path, text, message, caret):
    path = tmp_path / "points.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_rubric(path)
    assert message in str(caught.value)
    assert caught.value.hint
    if caret is not None:
        place = caught.value.place
        assert place.text[place.column - 1 :][: place.width] == caret


def test_shares_left_out_are_whole(tmp_path):
    path = tmp_path / "points.yaml"
    path.write_text("points: {u: 1, dJ/dW2: 2.5}\n")
    assert load_rubric(path) == Rubric(points={"u": 1, "dJ/dW2": 2.5}, carried=1, rounded=1)


# --- The command --------------------------------------------------------------------------------------


@pytest.fixture
def command(capsys, monkeypatch, tmp_path):
    """`symgrad check` in an empty folder, of submissions whose name says how they were judged."""
    checks = {
        "good": judged(Verdict.CORRECT),
        "bad": slips(),
        "doubted": replace(judged(), givens=slips().givens),
        "failed": replace(slips(), lines=tuple(replace(line, fault=True) for line in slips().lines[-1:])),
    }

    def check_file(path, problem):
        if path.stem not in checks:
            raise InputError(f"cannot read '{path}'", hint="look at the file's name")
        return checks[path.stem]

    def run(*args):
        with pytest.raises(SystemExit) as caught:
            main(["check", *map(str, args)], prog_name="symgrad")
        out, err = capsys.readouterr()
        return caught.value.code, out, err

    monkeypatch.setattr("symgrad.review.check_file", check_file)
    monkeypatch.chdir(tmp_path)
    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (["good.md"], 0),
        (["bad.md"], 1),
        (["doubted.md"], 1),
        (["none.md"], 2),
        (["failed.md"], 2),
        (["failed.md", "good.md"], 2),
        (["good.md", "bad.md"], 1),
        (["bad.md", "none.md", "good.md"], 2),
    ],
)
def test_the_status_is_that_of_the_worst(command, files, status):
    assert command(*files)[0] == status


def test_text_goes_to_stdout(command, tmp_path):
    status, out, err = command("bad.md")
    assert (status, out, err) == (1, plain(slips()), "")
    assert names(tmp_path) == []


def test_a_fault_of_ours_is_told_beside_the_rest(command, tmp_path):
    status, out, err = command("failed.md", "--to", "json")
    assert status == 2
    assert json.loads(out)["faults"] == [6]
    assert err.startswith("sheet.md: symgrad itself failed at line 6")


def test_json_alone_goes_to_stdout(command, tmp_path):
    status, out, err = command("bad.md", "--to", "json")
    assert (status, out, err) == (1, check_to_json(slips()), "")
    assert names(tmp_path) == []


def test_files_stand_beside_the_submission_and_are_listed(command, tmp_path):
    status, out, err = command("bad.md", "--to", "json,tex")
    assert (status, err) == (1, "")
    assert out.splitlines() == ["bad.check.json", "bad.check.tex"]
    assert names(tmp_path) == ["bad.check.json", "bad.check.tex"]


def test_paths_go_to_stderr_beside_text(command, tmp_path):
    status, out, err = command("good.md", "--to", "text,json", "-o", "out")
    assert (status, out) == (0, plain(judged(Verdict.CORRECT)))
    assert err == f"{Path('out') / 'good.check.json'}\n"


def test_a_dash_is_stdout(command, tmp_path):
    status, out, _ = command("good.md", "bad.md", "--to", "json", "-o", "-")
    assert status == 1
    assert out == check_to_json(judged(Verdict.CORRECT)) + check_to_json(slips())
    assert names(tmp_path) == []


def test_several_submissions_have_files_of_their_own(command, tmp_path):
    status, out, err = command("good.md", "bad.md", "none.md", "--to", "json")
    assert status == 2
    assert out.splitlines() == ["good.check.json", "bad.check.json"]
    assert err.startswith("error: cannot read 'none.md'")
    assert names(tmp_path) == ["bad.check.json", "good.check.json"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "txt"], "did you mean 'text'?"),
        (["--to", "pdf", "-o", "-"], "'-o -' takes text or json"),
        (["--engine", "latex"], "unknown engine 'latex'"),
        (["--problem", "none.yaml"], "cannot read 'none.yaml'"),
        (["--rubric", "none.yaml"], "cannot read 'none.yaml'"),
        (["bad.tex", "--to", "json"], "'bad.md' and 'bad.tex' would write the same files"),
    ],
)
def test_requests_that_cannot_be_met_write_nothing(command, tmp_path, arguments, message):
    status, out, err = command("bad.md", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert names(tmp_path) == []


def test_a_rubric_adds_points_everywhere(command, tmp_path):
    (tmp_path / "points.yaml").write_text("points: {u: 1, dJ/dv: 2}\n")
    _, out, _ = command("bad.md", "--rubric", "points.yaml")
    assert out.splitlines()[-1].split() == ["all", "1", "of", "3"]
    _, out, _ = command("bad.md", "--rubric", "points.yaml", "--to", "json")
    assert json.loads(out)["marks"]["points"] == 3


PROBLEM = "forward:\n  u: W @ x\n  L: sum(u)\ngiven:\n  W: [[1, 2], [3, 4]]\n  x: [1, 1]\n"
RIGHT = "# A heading with $W_1$\n\n$$u = W x = \\begin{bmatrix} 3 \\\\ 7 \\end{bmatrix}$$\n"


@pytest.mark.parametrize(("number", "status", "verdict"), [("7", 0, "correct"), ("8", 1, "wrong")])
def test_from_a_file_to_a_verdict(capsys, tmp_path, number, status, verdict):
    (tmp_path / "sheet.md").write_text(RIGHT.replace("7", number))
    (tmp_path / "problem.yaml").write_text(PROBLEM)
    files = [str(tmp_path / "sheet.md"), "--problem", str(tmp_path / "problem.yaml")]
    with pytest.raises(SystemExit) as caught:
        main(["check", *files, "--to", "json"], prog_name="symgrad")
    assert caught.value.code == status
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    assert (line["verdict"], line["source"]["line"]) == (verdict, 3)
    with pytest.raises(SystemExit) as caught:
        main(["check", *files, "--to", "pdf"], prog_name="symgrad")
    assert (tmp_path / "sheet.check.pdf").read_bytes().startswith(b"%PDF")


def test_maths_in_a_heading_is_typeset():
    sheet = Sheet()
    line = sheet.line(("x", Symbol("x")), ("y", Symbol("y")), heading=r"1.2 $\Delta W_k$ and $5, $\ of")
    report = annotated(sheet.check(Judged(line, Verdict.CORRECT)))
    assert said(list(found(report, Section))[-1].title) == r"1.2 \Delta W_k and $5, $\ of"


def test_the_formats_and_engines_of_a_check_are_those_that_are_written():
    assert tuple(reports.WRITERS) == (*REPORTS, "md")  # which notebooks show
    assert tuple(rendering.ENGINES) == review.ENGINES


def test_a_check_in_text_loads_no_writer_of_reports():
    command = [sys.executable, "-X", "importtime", "-c", "import symgrad.review"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "symgrad.checking.check" in loaded
    assert not re.search(r"\| +(jinja2|typst|symgrad\.rendering|symgrad\.writing\.html)\b", loaded)

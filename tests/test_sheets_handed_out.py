"""Questions and gap sheets: no answer is left in them, in any format, and the key is what it was."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from click.testing import CliRunner
from pages import read
from reporting import REPORTS, found, name_of, said, solved
from support import text_of

from symgrad.cli import main
from symgrad.document.blocks import Chain, Folded, Plot, Section, Table, Task
from symgrad.document.gaps import CELL, emptied
from symgrad.errors import InputError
from symgrad.maths.latex import latex
from symgrad.maths.nodes import Fraction, Gap, Matrix, Numeral, Operator, Row, Symbol
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, look_of, render
from symgrad.styles import STYLES, document, setting_in
from symgrad.styles.manner import Manner
from symgrad.styles.sheets import SHEETS, sheet
from symgrad.tree import Op, Value
from symgrad.writing import engines
from symgrad.writing.html import to_html
from symgrad.writing.markdown import to_markdown
from symgrad.writing.tex import to_tex
from symgrad.writing.typst import to_typst

FILES = sorted([*REPORTS.glob("*.yaml"), *REPORTS.glob("gallery/*.yaml")])
files = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
SOME = ("lab6", "gallery/adam_descent", "gallery/hessians", "gallery/jacobians", "gallery/gru_cell")
# What sets boxes and pictures in their places, and is no number of a problem.
LENGTHS = re.compile(r"\\(?:rule(?:\[[^]]*\])?|hspace\*?)(?:\{[^}]*\})+|-?[\d.]+(?:em|pt|%|in|cm)\b")


def numerals(maths):
    """All numbers that are printed in a formula, without their signs."""
    return {node.text.removeprefix("-") for node in found(maths, Numeral)}


def answers(solution, setting):
    """The numbers that are the reader's to find, as they would be printed."""
    arrays = [*solution.run.quantities.values(), *solution.run.gradients.values()]
    for other in solution.also:
        arrays += other.run.gradients.values()
    for entry in solution.training.steps if solution.training else ():
        for part in (entry.quantities, entry.gradients, entry.updated):
            arrays += part.values()
    arrays += [one.value for one in solution.jacobians if one.value is not None]
    arrays += [one.whole.value for one in solution.hessians if one.whole.value is not None]
    return set().union(*(numerals(setting.maths(Value(np.asarray(array)))) for array in arrays))


def stated(solution, setting):
    """The numbers that the problem itself has."""
    given = [*solution.problem.given.values(), *(v for data in solution.problem.each for v in data.values())]
    shown = [setting.maths(Value(np.asarray(array))) for array in given]
    shown += [setting.maths(formula) for formula in solution.graph.quantities.values()]
    if solution.problem.rule is not None:
        shown += [setting.maths(Value(np.asarray(v))) for v in solution.problem.rule.constants.values()]
        shown.append(
            setting.maths(Value(np.asarray(solution.training.rate))) if solution.training else Row(())
        )
    return set().union(*map(numerals, shown), {"0.9", "0.999", "0.01"})


def told(page):
    """All that a page says, to eyes, to ears and to who copies it; not how wide its boxes are."""
    root = read(page)
    kept = ("aria-label", "data-latex", "title", "alt", "content")
    words = [root.text()] + [
        element.attributes[key] for element in root.all() for key in kept if key in element.attributes
    ]
    style = next(root.all("style")).text()
    return LENGTHS.sub(" ", " ".join(words).replace(style, " "))


def left_over(text, numbers, made):
    """The numbers that are found in a text; whole ones stand in names as well, some in headings."""
    titles = " ".join(said(section.title) for section in found(made.blocks, Section))
    known, headed = (set(re.findall(r"\d+(?:\.\d+)?", part)) for part in (text, titles))
    return {number for number in numbers if "." in number and number in known - headed}


@files
@pytest.mark.parametrize("kind", ["questions", "gaps"])
def test_no_number_of_an_answer_is_left(file, kind):
    solution = solved(name_of(file))
    report = solution.problem.report
    manner = Manner(report.style or "lab", report.notation, report.digits)
    setting = setting_in(solution, manner)
    made = sheet(solution, kind, manner)
    numbers = answers(solution, setting) - stated(solution, setting)
    for text in (told(to_html(made)), LENGTHS.sub(" ", to_markdown(made))):
        assert left_over(text, numbers, made) == set()


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", ["questions", "gaps"])
def test_no_number_of_an_answer_is_left_in_any_style(name, style, kind):
    solution = solved(name)
    setting = setting_in(solution, Manner(style))
    made = sheet(solution, kind, Manner(style))
    numbers = answers(solution, setting) - stated(solution, setting)
    assert len(numbers) > 5
    assert left_over(told(to_html(made)), numbers, made) == set()
    assert left_over(LENGTHS.sub(" ", to_markdown(made)), numbers, made) == set()
    if style == "exercise":  # no picture, whose places are numbers too
        assert left_over(LENGTHS.sub(" ", to_tex(made)), numbers, made) == set()
        assert left_over(LENGTHS.sub(" ", to_typst(made)), numbers, made) == set()
    # ... and the search would find them
    assert left_over(told(to_html(document(solution, Manner(style)))), numbers, made)


def is_known_again(formula):
    return isinstance(formula, Op) and formula.name not in ("negative", "transpose", "ones")


@files
def test_no_form_of_a_gradient_is_left(file):
    solution = solved(name_of(file))
    report = solution.problem.report
    manner = Manner(report.style or "lab", report.notation, report.digits)
    setting = setting_in(solution, manner)
    text = to_tex(sheet(solution, "gaps", manner))
    # What a sheet may say: the formulas of the problem, its method, and the chain rule.
    whole = document(solution, manner)
    ways = "\n".join(
        latex(link.maths)
        for chain in found(whole.blocks, Chain)
        for link in chain.links
        if link.kind == "way" or not chain.of
    )
    gradients = [g for g in solution.derivation.gradients.values() if is_known_again(g.result)]
    for gradient in gradients:
        form = latex(setting.maths(gradient.result))
        assert form in ways or form not in text, gradient.target


@pytest.mark.parametrize("kind", ["questions", "gaps"])
def test_the_json_of_a_sheet_holds_no_answer(kind):
    problem = solved("lab6").problem
    made = render(solved("lab6"), ["json"], look_of(problem, Choices(sheet=kind)))["json"]
    data = json.loads(made)
    assert data["gradients"]["W2"] == {"of": "J", "shape": [2, 3]}
    assert data["quantities"]["h"] == {"shape": [3], "latex": r"\vec{h}", "formula": "relu(u)"}
    assert data.keys() == {"symgrad", "title", "quantities", "gradients"}


def test_boxes_keep_the_shape():
    assert emptied(Matrix(((Numeral("0.5"), Numeral("-2")),))) == Matrix(((Gap(CELL), Gap(CELL)),))
    dots = Matrix(((Numeral("1"), Symbol("⋯"), Numeral("2")),))
    assert emptied(dots).rows[0][1] == Symbol("⋯")
    assert emptied(Fraction(Numeral("1"), Numeral("2"))) == Gap(CELL)
    factored = Row((Numeral("0.25"), Matrix(((Numeral("1"),), (Numeral("-1"),)))))
    assert emptied(factored) == Matrix(((Gap(CELL),), (Gap(CELL),)))
    wide = emptied(Matrix((tuple(Numeral(str(n)) for n in range(12)),)))
    assert wide.rows[0][0].width < CELL
    assert emptied(Row((Symbol("a"), Operator("+"), Symbol("b")))).width >= 8


def gaps(name, **report):
    """A gap sheet of lab 6 with other keys under ``report``."""
    text = (REPORTS / f"{name}.yaml").read_text("utf-8").partition("report:")[0]
    return solve(read_problem(text + f"report: {json.dumps(report)}\n"))


def chain_of(made, of):
    return [chain for chain in found(made.blocks, Chain) if chain.of == of]


def test_a_matrix_of_boxes_stands_for_a_matrix():
    (numbers,) = [c for c in chain_of(sheet(solved("lab6"), "gaps", Manner("lab")), "dJ/dW2") if c.needs]
    assert numbers.links[-1].maths == Matrix(((Gap(CELL),) * 3,) * 2)
    assert len(numbers.links) == 1


def test_numbers_are_put_in_where_all_of_them_are_given():
    made = sheet(solved("lab6"), "gaps", Manner("lab"))
    (u,), (h,) = chain_of(made, "u"), chain_of(made, "h")
    assert [link.kind for link in u.links] == ["way", "numbers", "answer"]
    assert [link.kind for link in h.links] == ["way", "answer"]


def test_chosen_gaps():
    made = sheet(gaps("lab6", gaps=["W2", "dJ/dv", "h"]), "gaps", Manner("lab"))
    hidden = {chain.of for chain in found(made.blocks, Chain) if list(found(chain.links, Gap))}
    assert hidden == {"dJ/dW2", "dJ/dv", "h"}
    (u,), (v,) = chain_of(made, "u"), chain_of(made, "v")
    assert len(u.links) > 2
    assert [link.kind for link in v.links] == ["way", "answer"], "the numbers of h are put in"
    assert list(found(made.blocks, Folded)), "other derivations stay"
    # The gradient of v is put into that of h, where it would be read off.
    assert not re.search(r"\\vec\{o\} - \\vec\{y\}", to_tex(made))


def test_a_curve_of_hidden_numbers_goes_and_a_table_is_emptied():
    solution = solved("gallery/quadratic_descent")
    made = sheet(solution, "gaps", Manner("lab"))
    assert list(found(document(solution, Manner("lab")).blocks, Plot))
    assert not list(found(made.blocks, Plot))
    (table,) = found(made.blocks, Table)
    assert all(isinstance(row[-1][0].maths, Gap) for row in table.rows)


def test_a_table_of_answers_lists_those_that_are_shown():
    def names(made):
        return [name for table in found(made.blocks, Table) for name in table.answers]

    whole, hidden = names(document(solved("lab6"), Manner("lab"))), ["dJ/dW2", "dJ/dv"]
    assert names(sheet(solved("lab6"), "gaps", Manner("lab"))) == []
    made = sheet(gaps("lab6", gaps=hidden), "gaps", Manner("lab"))
    assert names(made) == [name for name in whole if name not in hidden]


def test_the_key_is_the_document_of_its_style():
    assert sheet(solved("lab6"), "key", Manner("lab")) == document(solved("lab6"), Manner("lab"))


def test_points_stand_beside_the_first_line_of_an_answer():
    made = sheet(gaps("lab6", points={"u": 1, "dJ/dW2": 2.5}), "key", Manner("lab"))
    told_ = {c.of: said(c.links[-1].note) for c in found(made.blocks, Chain) if c.links and c.links[-1].note}
    assert told_["u"] == "1 point"
    assert told_["dJ/dW2"] == "2.5 points"
    noted = [c for c in chain_of(made, "dJ/dW2") if "points" in said(c.links[-1].note)]
    assert len(noted) == 1


def test_questions_ask_for_what_the_problem_asks():
    tasks = [said(task.sentence) for task in found(sheet(solved("lab6"), "questions", Manner("lab")), Task)]
    assert [task.split()[0] for task in tasks] == ["Compute", "Derive", "Evaluate"]
    assert r"\frac{\partial J}{\partial W_2}" in tasks[1]
    tasks = [
        said(task.sentence)
        for task in found(sheet(solved("gallery/hessians"), "questions", Manner("lab")), Task)
    ]
    assert sum("second derivative" in task for task in tasks) == 3
    tasks = [
        said(task.sentence)
        for task in found(sheet(solved("gallery/jacobians"), "questions", Manner("lab")), Task)
    ]
    assert any(task.startswith("Derive the Jacobian") for task in tasks)
    assert not any("partial^+" in task for task in tasks)
    tasks = [
        said(task.sentence)
        for task in found(sheet(solved("gallery/adam_descent"), "questions", Manner("lab")), Task)
    ]
    assert tasks[-1] == "Take 2 steps of Adam for w and b. What is L after each of them?"


def test_questions_name_a_gradient_by_what_it_is():
    text = to_tex(sheet(solved("lab6"), "questions", Manner("practical")))
    assert r"\frac{\partial J}{\partial W_2}" in text
    assert r"\Delta" not in text


def test_with_points_every_gradient_is_a_task():
    made = sheet(gaps("lab6", points={"u": 1, "h": 1, "dJ/dW2": 3, "dJ/dv": 2}), "questions", Manner("lab"))
    tasks = list(found(made, Task))
    assert tasks[0].points == "2 points"
    assert [task.points for task in tasks if r"\partial \vec{v}" in said(task.sentence)] == ["2 points"]
    assert "of 7 points" in to_markdown(made)


def test_symbolic_problems_are_asked_for_no_numbers():
    made = sheet(
        solve(read_problem(text_of({"h": "tanh(W @ x)", "L": "sum(h**2)"}))), "questions", Manner("lab")
    )
    assert [said(task.sentence).split()[0] for task in found(made, Task)] == ["Derive"]


@pytest.mark.parametrize(
    ("report", "fault", "hint"),
    [
        ({"gaps": ["dJ/dw2"]}, "no answer is called 'dJ/dw2'", "did you mean 'dJ/dW2'?"),
        ({"gaps": ["dJ/dW"]}, "no answer is called 'dJ/dW'", "did you mean"),
        ({"points": {"q": 1}}, "no answer is called 'q'", "there is u, h, v,"),
        ({"points": {"x": 1}}, "no answer is called 'x'", "there is u, h, v,"),
        ({"as": "quiz"}, "'as' must be key, questions or gaps", "as: questions"),
        ({"paper": "a3"}, "'paper' must be a4 or letter", "paper: letter"),
        ({"points": {"u": -1}}, "the points of 'u' must be a number from 0", "points: {u: 1"),
        (
            {"gaps": "some"},
            "'gaps' must be auto, or a list of quantities, parameters and gradients",
            "gaps: [",
        ),
    ],
)
def test_bad_values_list_the_good_ones(report, fault, hint):
    with pytest.raises(InputError) as caught:
        sheet(gaps("lab6", **report), "key", Manner("lab"))
    assert fault in str(caught.value)
    assert hint in str(caught.value)


def test_header_author_date_and_paper():
    asked = {"header": "Course <1> & more", "author": "A. Author", "date": "4 May", "paper": "letter"}
    made = sheet(gaps("lab6", **asked), "key", Manner("lab"))
    assert said(made.subtitle) == "Worked solution · A. Author · 4 May"
    assert "letterpaper" in to_tex(made)
    assert r"Course \textless{}1\textgreater{} \& more" in to_tex(made)
    assert '<p class="running">Course &lt;1&gt; &amp; more</p>' in to_html(made)
    assert "width: 612pt" in to_typst(made)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
@pytest.mark.parametrize("kind", SHEETS)
def test_pdfs_by_both_engines(tmp_path, kind):
    asked = {"header": "Course 101", "points": {"u": 1, "dJ/dW2": 3}, "paper": "letter"}
    made = sheet(gaps("lab6", **asked), kind, Manner("lab"))
    pdfs = {"typst": engines.typst_pdf(to_typst(made))}
    if shutil.which("pdflatex"):
        pdfs["tex"] = engines.pdflatex_pdf(to_tex(made))
    for name, pdf in pdfs.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
        said_ = subprocess.run(
            ["pdftotext", "-layout", tmp_path / f"{name}.pdf", "-"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "Course 101" in said_
        assert "3 points" in said_
        assert ("0.695" in said_) == (kind == "key")


def test_the_command_writes_sheets_beside_the_key(tmp_path):
    shutil.copy(REPORTS / "lab6.yaml", tmp_path)
    run = CliRunner()
    for option in ([], ["--as", "questions"], ["--as", "gaps"]):
        done = run.invoke(main, ["build", str(tmp_path / "lab6.yaml"), "--to", "md", *option])
        assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.glob("*.md")} == {"lab6.md", "lab6.questions.md", "lab6.gaps.md"}


def test_options_list_what_there_is(tmp_path):
    for option, hint in (
        (["--as", "exam"], "key, questions, gaps"),
        (["--detail", "all"], "brief, normal, full"),
    ):
        done = CliRunner().invoke(main, ["build", str(REPORTS / "lab6.yaml"), "-o", str(tmp_path), *option])
        assert done.exit_code == 2
        assert hint in done.output


def test_detail_on_the_command_line():
    solution = solved("lab6")
    brief, full = (
        len(list(found(document(solution, Manner("lab", detail=detail)).blocks, Chain)))
        for detail in ("brief", "full")
    )
    assert brief < full
    look = look_of(solution.problem, Choices(detail="brief"))
    assert (
        render(solution, ["md"], look)["md"]
        != render(solution, ["md"], look_of(solution.problem, Choices()))["md"]
    )


def test_sections_that_are_emptied_are_left_out():
    for name in SOME:
        for style in STYLES:
            made = sheet(solved(name), "gaps", Manner(style))
            assert all(section.blocks for section in found(made.blocks, Section))


DOCUMENT = r"""
\documentclass{article}
\usepackage{amsmath,amssymb,array,longtable,graphicx,xcolor,tikz,pifont}
\usepackage[textwidth=42em]{geometry}
\newcommand{\note}[1]{(#1)}
\newcommand{\remark}{mine}
\begin{document}
\input{one}
\note{between}, \remark, $$a = b$$
\input{two}
\end{document}
"""


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("packages", ["", r"\usepackage{hyperref}"])
def test_fragments_are_read_into_a_document(tmp_path, packages):
    problem, other = (REPORTS / name for name in ("gallery/adam_descent.yaml", "lab6.yaml"))
    for path, sheet_, name in ((problem, "key", "one"), (other, "gaps", "two")):
        options = ["--to", "tex", "--fragment", "--as", sheet_, "-o", str(tmp_path)]
        done = CliRunner().invoke(main, ["build", str(path), *options])
        assert done.exit_code == 0, done.output
        sheet_name = "" if sheet_ == "key" else f"{sheet_}."
        (tmp_path / f"{path.stem}.{sheet_name}fragment.tex").rename(tmp_path / f"{name}.tex")
    source = DOCUMENT.replace(r"\begin{document}", packages + r"\begin{document}")
    (tmp_path / "whole.tex").write_text(source, "utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "whole.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    log = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, log[-3000:]
    assert "Overfull" not in log


def test_a_fragment_is_of_the_latex_source(tmp_path):
    done = CliRunner().invoke(
        main, ["build", str(REPORTS / "lab6.yaml"), "--to", "md", "--fragment", "-o", str(tmp_path)]
    )
    assert done.exit_code == 2
    assert "--to tex --fragment" in done.output

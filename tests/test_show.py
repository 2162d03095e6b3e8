"""The solution in the terminal: what it holds, how wide it is, where it is paged, and what a pipe gets."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from symgrad.cli import main
from symgrad.document import blocks
from symgrad.document.blocks import Chain, Display, Document, Inline, Link, Paragraph, Section, Sign, Words
from symgrad.maths.nodes import Boxed, Fraction, Matrix, Numeral, Operator, Row, Symbol
from symgrad.writing.cells import broken, display_lines
from symgrad.writing.screen import screen, show_document

ROOT = Path(__file__).parents[1]
LAB = ROOT / "reports" / "lab6.yaml"
PROBLEMS = [
    *sorted((ROOT / "reports").glob("*.yaml")),
    *(
        ROOT / "reports" / "gallery" / f"{name}.yaml"
        for name in ("attention", "quadratic_descent", "word2vec")
    ),
]
LETTERS = tuple(Symbol(letter) for letter in "abcdefgh")
X, Y = Symbol("x"), Symbol("y")


def shown(*arguments, **options):
    return CliRunner().invoke(main, ["show", *map(str, arguments)], **options)


def plain(document, width=80):
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as capture:
        for part in screen(document, width):
            console.print(part, no_wrap=True, overflow="ignore", crop=False)
    return capture.get()


def total(letters, operator="+"):
    parts = [LETTERS[0]]
    for letter in letters[1:]:
        parts += [Operator(operator), letter]
    return Row(tuple(parts))


def test_the_numbers_of_a_lab_are_in_it():
    result = shown(LAB)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "│ ⎡ 0.695  0.906  0.344⎤ │\n" in result.stdout
    assert "     h⃗ = ReLU(u⃗)\n" in result.stdout
    assert result.stdout.startswith("Lab 6: Implementing Gradients\nWorked solution\n")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_terminal(path, width):
    out = shown(path, env={"COLUMNS": str(width)}).stdout
    assert len(out.splitlines()) > 30
    assert max(map(cell_len, out.splitlines())) <= width
    assert not any(line.endswith(" ") for line in out.splitlines())


def test_one_gradient():
    result = shown(LAB, "--only", "W2", "--notation", "bar", "--digits", "4")
    assert result.exit_code == 0
    assert "Gradient with respect to W₂" in result.stdout
    assert "with respect to W₁" not in result.stdout
    assert "0.6947" in result.stdout
    assert "prod⎛" not in result.stdout


def test_one_gradient_that_needs_a_jacobian_or_is_a_constant():
    jacobian = shown(LAB, "--only", "v").stdout
    assert jacobian.index("Jacobian of o⃗") < jacobian.index("Gradient with respect to v⃗")
    assert "── = 1\n" in shown(LAB, "--only", "L").stdout


def test_a_gradient_that_is_not_there():
    result = shown(LAB, "--only", "W")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "error: there is no gradient with respect to 'W'\n  hint: did you mean 'W2'?\n"


def test_standard_input():
    result = shown("-", input=LAB.read_bytes())
    assert result.stdout == shown(LAB).stdout
    slip = shown("-", input="forward:\n  L: sum(x\n")
    assert slip.exit_code == 2
    assert slip.stderr.startswith("-:2:")


def test_a_pipe_gets_plain_text_in_utf_8():
    command = [sys.executable, "-m", "symgrad", "show", str(LAB), "--only", "b2"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, check=True, env=os.environ | {"COLUMNS": "80"}
    )
    assert b"\x1b" not in done.stdout
    assert "∂b⃗₂" in done.stdout.decode("utf-8")
    assert done.stderr == b""


@pytest.mark.parametrize(("rows", "paged"), [(10, True), (400, False)])
def test_only_what_is_longer_than_the_terminal_is_paged(monkeypatch, capsys, rows, paged):
    said = []
    monkeypatch.setattr(click, "echo_via_pager", lambda text, color: said.append(text))
    monkeypatch.setattr("symgrad.writing.screen.Console", lambda **options: Terminal(rows, **options))
    show_document(Document("T", tuple(Paragraph((Words(f"line {n}"),)) for n in range(30))))
    out = capsys.readouterr().out
    assert bool(said) == paged
    assert "line 29" in (said[0] if paged else out)


class Terminal(Console):
    """A console as on a terminal of so many rows."""

    def __init__(self, rows, **options):
        super().__init__(force_terminal=True, width=80, height=rows, _environ={"TERM": "xterm"}, **options)


def test_no_color_is_respected(monkeypatch):
    document = Document("T", (Paragraph((Words("mind"),), "warning"),))
    styled = ansi(document, {"TERM": "xterm-256color"})
    assert "\x1b[33m" in styled
    assert "\x1b[33m" not in ansi(document, {"TERM": "xterm-256color", "NO_COLOR": "1"})


def ansi(document, environment):
    console = Console(force_terminal=True, width=80, _environ=environment)
    with console.capture() as capture:
        for part in screen(document, 80):
            console.print(part)
    return capture.get()


def test_a_formula_in_a_sentence_makes_its_line_high():
    sentence = (Words("the gradient "), Inline(Fraction(X, Y)), Words(" is small"))
    assert plain(Document("T", (Paragraph(sentence),))).splitlines()[2:] == [
        "             x",
        "the gradient ─ is small",
        "             y",
    ]


def test_sentences_are_wrapped_between_words_only():
    words = " ".join(f"word{n}" for n in range(40))
    lines = plain(Document("T", (Paragraph((Words(words),)),)), 50).splitlines()[2:]
    assert " ".join(lines) == words
    assert all(len(line) <= 50 for line in lines)


def test_control_characters_do_not_reach_the_terminal():
    document = Document("a\x1b]0;b\x07", (Paragraph((Words("c\x1b[2Jd"),)),))
    assert not re.search("[\x00-\x08\x0b-\x1f]", plain(document))


def test_markup_of_the_user_s_is_text():
    assert "[bold]x[/bold]" in plain(Document("[bold]x[/bold]", ()))


def test_every_kind_of_block_is_set():
    names = re.findall(r"\w+", blocks.Block)
    figure = blocks.GraphFigure(
        (blocks.GraphNode("a", X, "data"), blocks.GraphNode("b", Y, "objective")), (("a", "b"),)
    )
    inner = (
        Paragraph((Words("so:"),)),
        Display((Chain(X, (Link("=", Y, (Words("why"),)),), "7"),)),
        figure,
        blocks.Table(((Words("n"),), (Words("J"),)), (((Words("1"),), (Inline(X),)),)),
        blocks.Plot(((0.0, 1.0), (1.0, 0.5)), (Words("step"),), (Words("J"),), "it falls"),
        blocks.Task("3", (Words("find "), Inline(X)), "2 points"),
        blocks.Folded((Words("more"),), (Paragraph((Sign("wrong"), Words(" folded"))),)),
        blocks.Reasoned(
            (Words("Through it"),), None, (blocks.Reason("a rule", 1), blocks.Reason("no", 2, again=True))
        ),
    )
    whole = Section((Words("All"),), inner)
    assert {type(block).__name__ for block in (whole, *inner)} == set(names)
    out = plain(Document("T", (whole,)))
    for said in (
        "so:\n    x = y",
        "why",
        "(7)\n",
        "Through it\n(1) a rule\n(2)\n",
        "y ← x",
        "it falls",
        "0.5",
        "3. find x (2 points)",
        "✗ folded",
    ):
        assert said in out
    with pytest.raises(TypeError, match="not a block"):
        plain(Document("T", ("stray",)))


def test_a_chain_that_fits_stays_on_one_line_and_another_breaks_at_its_links():
    chain = Chain(X, (Link("=", total(LETTERS[:4])), Link("=", total(LETTERS[4:]))))
    assert texts(Display((chain,)), 40) == [["x = a + b + c + d = a + f + g + h"]]
    assert texts(Display((chain,)), 20) == [["x = a + b + c + d"], ["  = a + f + g + h"]]


def test_a_long_link_breaks_before_a_sign_and_goes_on_further_in():
    assert texts(Display((Chain(X, (Link("=", total(LETTERS)),)),)), 20) == [
        ["x = a + b + c + d"],
        ["      + e + f + g"],
        ["      + h"],
    ]


def test_a_product_breaks_where_there_is_no_sum():
    lines = [part.lines[0] for part in broken(total(LETTERS, "⊙"), 12)]
    assert lines == ["a ⊙ b ⊙ c", "⊙ d ⊙ e", "⊙ f ⊙ g", "⊙ h"]


def test_a_matrix_too_wide_alone_is_cut_and_nothing_of_it_is_lost():
    wide = Matrix((tuple(Numeral(str(n)) for n in range(10, 40)),))
    parts = broken(wide, 40)
    assert all(part.width <= 40 for part in parts)
    assert "".join(part.lines[0] for part in parts) == f"[{'  '.join(map(str, range(10, 40)))}]"


def test_a_frame_goes_round_every_part():
    assert all(part.lines[0].startswith("┌─") for part in broken(Boxed(total(LETTERS)), 20))


def test_chains_stand_beside_one_another_while_they_fit():
    chains = tuple(Chain(letter, (Link("=", X),)) for letter in LETTERS)
    lines = texts(Display(chains, beside=True), 30)
    assert lines[0] == ["a = x    b = x    c = x"]
    assert len(lines) == 3


def texts(display, room):
    return [[written.rstrip() for written in line.pane.lines] for line in display_lines(display, room)]


def test_a_note_that_does_not_fit_stands_below():
    note = (Words("because of something that takes many words to be told in full"),)
    chain = Chain(X, (Link("=", total(LETTERS), note),))
    lines = plain(Document("T", (Display((chain,)),)), 60).splitlines()[2:]
    assert lines[0] == "    x = a + b + c + d + e + f + g + h"
    assert " ".join(line.strip() for line in lines[1:]) == note[0].text


@pytest.mark.parametrize(("width", "lines"), [(60, 1), (41, 2)])
def test_a_number_stands_at_the_right_or_on_a_line_of_its_own(width, lines):
    chain = Chain(X, (Link("=", total(LETTERS)),), "17")
    found = plain(Document("T", (Display((chain,)),)), width).splitlines()[2:]
    assert len(found) == lines
    assert [line.split()[-1] for line in found][-1] == "(17)"
    assert len(found[-1]) == width


def test_marks_of_a_corrector_stand_in_the_margin():
    mark = blocks.Mark(Sign("wrong"), "12", "line-12")
    (line,) = [
        part
        for part in screen(Document("T", (Display((Chain(X, (Link("=", Y),), mark=mark),)),)), 80)
        if isinstance(part, Text) and "x" in part.plain
    ]
    assert line.plain == "✗ 12x = y"

"""One colour for every quantity: the same in every format, easily read, and no carrier of meaning."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from reporting import REPORTS, found, solved
from support import text_of

from symgrad.document.blocks import Chain, Document, GraphNode
from symgrad.document.tones import PALETTE, toneless
from symgrad.maths.nodes import Boxed, Toned
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.rendering import ENGINES, Choices, compose, look_of, render
from symgrad.styles import document, setting_in
from symgrad.styles.tones import tones_of
from symgrad.writing.html import to_html
from symgrad.writing.tex import to_tex
from symgrad.writing.typst import to_typst

TEMPLATES = Path(__file__).parents[1] / "templates"
CONTRAST = 4.5


def made(name, **choices):
    solution = solved(name)
    return compose(solution, look_of(solution.problem, Choices(**choices)))


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def variables(sheet):
    """The colours of a style sheet in its light scheme and in its dark one."""
    schemes = []
    for text in sheet.split("prefers-color-scheme: dark"):
        colours = dict(re.findall(r"--(\w+(?:-\w+)?): #(\w+);", text))
        schemes.append({name: c if len(c) == 6 else "".join(2 * x for x in c) for name, c in colours.items()})
    return schemes


def test_the_page_has_the_palette():
    light, dark = variables((TEMPLATES / "html/tones.css").read_text("utf-8"))
    assert list(light.values()) == [tone.light for tone in PALETTE]
    assert list(dark.values()) == [tone.dark for tone in PALETTE]


@pytest.mark.parametrize("ground", ["paper", "tint"])
def test_every_colour_can_be_read_on_its_ground(ground):
    light, dark = variables((TEMPLATES / "html/look.css").read_text("utf-8"))
    for tone in PALETTE:
        assert contrast(tone.light, light[ground]) >= CONTRAST
        assert contrast(tone.dark, dark[ground]) >= CONTRAST


def test_colours_are_no_two_alike():
    for one, two in combinations(PALETTE, 2):
        for a, b in ((one.light, two.light), (one.dark, two.dark)):
            assert max(abs(int(a[at : at + 2], 16) - int(b[at : at + 2], 16)) for at in (0, 2, 4)) > 50


def test_a_quantity_has_its_colour_in_the_graph_in_formulas_and_about_its_number():
    report = made("lab6")
    nodes = {node.id: node.tone for node in found(report, GraphNode)}
    assert {name: nodes[name] for name in ("u", "h", "v", "o")} == {"u": 1, "h": 2, "v": 3, "o": 4}
    assert not any(nodes[name] for name in ("W1", "b1", "x", "y", "J"))
    frames = {}
    for chain in found(report, Chain):
        for boxed in found(chain, Boxed):
            frames.setdefault(chain.of, set()).add(boxed.tone)
    assert frames["u"] == frames["dJ/du"] == {1}
    assert frames["v"] == frames["dJ/dv"] == {3}
    assert frames["J"] == frames["dJ/dW1"] == {0}


@pytest.mark.parametrize("notation", ["prod", "partial", "bar", "delta", "nabla"])
def test_every_notation_has_the_same_colours(notation):
    report = made("lab6", notation=notation)
    frames = {
        chain.of: boxed.tone for chain in found(report, Chain) for boxed in found(chain, Boxed) if chain.of
    }
    assert (frames["dJ/du"], frames["dJ/dv"], frames["dJ/dW1"]) == (1, 3, 0)


def test_every_format_has_the_same_colours():
    report = made("lab6")
    tex, typst, page = to_tex(report), to_typst(report), to_html(report)
    assert r"\frac{\partial J}{\partial \textcolor{tone1}{\vec{u}}}" in tex
    assert r"\textcolor{tone1}{\boxed{\textcolor{black}{" in tex
    assert "frac(∂ J, ∂ tone(#1, arrow(u)))" in typst
    assert "tonebox(#1, " in typst
    assert '<mrow class="tone1"><mover accent="true"><mi>u</mi>' in page
    assert '<mrow class="boxed rim1">' in page
    assert 'class="quantity rim1"' in page
    assert r"\definecolor{tone1}{HTML}{006BCE}" in tex
    assert 'rgb("#006bce")' in typst
    assert "--tone1: #006bce" in page


def test_entries_of_a_quantity_and_all_of_a_family_have_its_colour():
    assert r"\textcolor{tone4}{o}_i" in to_tex(made("lab6"))
    solution = solved("gallery/recurrence_every_step")
    tones = tones_of(setting_in(solution, look_of(solution.problem, Choices()).manner))
    assert len({tone for maths, tone in tones.items() if "text='h'" in repr(maths)}) == 1


def test_the_palette_begins_anew():
    lines = {f"z{n}": f"tanh(z{n - 1})" for n in range(1, 9)} | {"L": "z8**2"}
    solution = solve(read_problem(text_of(lines)))
    report = compose(solution, look_of(solution.problem, Choices()))
    tones = [node.tone for node in found(report, GraphNode) if node.id.startswith("z")]
    assert tones == [0, 1, 2, 3, 4, 5, 6, 1, 2]


def test_a_name_that_is_a_norms_letter_too_does_not_colour_it():
    solution = solve(
        read_problem(text_of({"F": "W @ x", "L": "norm(W)**2 + sum(F)"}, shapes={"W": ["m", "n"]}))
    )
    source = to_tex(compose(solution, look_of(solution.problem, Choices())))
    assert r"\rVert_F" in source
    assert r"\rVert_{\textcolor" not in source


@pytest.mark.parametrize("format", ["tex", "html", "md", "json"])
def test_without_colour_all_is_as_if_there_were_none(format):
    solution = solved("lab6")
    look = look_of(solution.problem, Choices(colour=False))
    plain = compose(solution, look)
    assert plain == document(solution, look.manner)
    content = render(solution, [format], look)[format].decode()
    assert "tone" not in content


@pytest.mark.parametrize("format", ["md", "json"])
def test_what_has_no_colours_is_the_same_with_them(format):
    solution = solved("lab6")
    on, off = (
        render(solution, [format], look_of(solution.problem, Choices(colour=c))) for c in (True, False)
    )
    assert on == off


def test_copied_latex_and_spoken_words_are_without_colours():
    on, off = (to_html(made("lab6", colour=colour)) for colour in (True, False))
    for attribute in ("data-latex", "aria-label"):
        assert re.findall(f'{attribute}="([^"]*)"', on) == re.findall(f'{attribute}="([^"]*)"', off)


@pytest.mark.parametrize("sheet", ["questions", "gaps"])
def test_a_sheet_to_be_filled_in_is_black(sheet):
    assert not made("lab6", sheet=sheet).coloured


def test_the_file_says_it_and_the_command_line_before_it():
    problem = read_problem(text_of({"L": "w**2"}, report={"colour": False}))
    assert not look_of(problem, Choices()).manner.colour
    assert look_of(problem, Choices(colour=True)).manner.colour
    assert look_of(read_problem(text_of({"L": "w**2"})), Choices()).manner.colour


def test_coloured_maths_is_the_plain_one_in_colour():
    on, off = made("gallery/gru_cell"), made("gallery/gru_cell", colour=False)
    assert any(found(on, Toned))
    assert isinstance(on, Document)
    for one, other in zip(found(on, Chain), found(off, Chain), strict=True):
        assert [toneless(link.maths) for link in one.links] == [link.maths for link in other.links]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ["lab6", "gallery/token_recurrence"])
def test_both_engines_set_it(engine, name):
    assert (REPORTS / f"{name}.yaml").is_file()
    solution = solved(name)
    assert render(solution, ["pdf"], look_of(solution.problem, Choices(engine=engine)))["pdf"].startswith(
        b"%PDF"
    )

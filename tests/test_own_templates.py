"""Templates of one's own, beside ours and over them."""

import pytest
from click.testing import CliRunner
from reporting import REPORTS, solved

from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.rendering import ENGINES, Choices, look_of, render
from symgrad.styles import document
from symgrad.styles.manner import Manner
from symgrad.writing.typst import to_typst

OWN = {
    "tex/document.tex.j2": r"""<% extends "symgrad/document.tex.j2" %>
<% block preamble %>
\newcommand{\mine}{yes}
<% endblock %>
<% block title %>
\centerline{<< document.title >>}
<% endblock %>
""",
    "typst/document.typ.j2": """<% extends "symgrad/document.typ.j2" %>
<% block title %>
#align(center, << document.title >>)
<% endblock %>
""",
    "html/document.html.j2": """<% extends "symgrad/document.html.j2" %>
<% block title %><header><h1>Own: << document.title >></h1></header><% endblock %>
""",
    "html/look.css": "body { color: green; }",
    "md/blocks.md.j2": """<% import "symgrad/blocks.md.j2" as ours %>
<% macro sentence(parts) %><< ours.sentence(parts) >><% endmacro %>
<% macro write(block, depth) %>
block at << depth | hashes >>

<% endmacro %>
""",
}


@pytest.fixture
def own(tmp_path):
    for name, text in OWN.items():
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "mine"


def made(own, *formats):
    solution = solved("lab6")
    look = look_of(solution.problem, Choices(template=own))
    return {name: content.decode() for name, content in render(solution, formats, look).items()}


def test_parts_are_one_s_own_and_the_rest_is_ours(own):
    found, usual = made(own, "tex", "html", "md"), made(None, "tex", "html", "md")
    assert r"\newcommand{\mine}{yes}" in found["tex"]
    assert r"\centerline{Lab 6: Implementing Gradients}" in found["tex"]
    assert found["tex"].partition(r"\heading{1}{")[2] == usual["tex"].partition(r"\heading{1}{")[2]
    assert "<h1>Own: Lab 6" in found["html"]
    assert "color: green" in found["html"]
    assert "--paper" not in found["html"]
    assert "block at ##" in found["md"]


def test_the_pdf_is_set_by_the_templates_of_its_engine(own):
    report = document(solved("lab6"), Manner("lab"))
    assert '#align(center, "Lab 6: Implementing Gradients")' in to_typst(report, own)
    assert ENGINES["typst"](report, own) != ENGINES["typst"](report)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<% if %>", "document.tex.j2:1: Expected an expression"),
        ("one\n<< nothing >>", "document.tex.j2:2: 'nothing' is undefined"),
        ("<< 3 >>", "a template may write text only"),
        ("<< document.__class__.__mro__ | string >>", "access to attribute '__class__'"),
        ('<% include "../other" %>', "../other"),
        ('<% include "missing.tex.j2" %>', "missing.tex.j2"),
    ],
)
def test_what_is_wrong_with_a_template_is_told(own, text, told):
    (own / "tex" / "document.tex.j2").write_text(text, "utf-8")
    (own.parent / "other").write_text("secret", "utf-8")
    with pytest.raises(InputError) as caught:
        made(own, "tex")
    assert told in str(caught.value)


def test_the_command(own, tmp_path):
    options = ["build", str(REPORTS / "lab6.yaml"), "--to", "md", "-o", str(tmp_path)]
    done = CliRunner().invoke(main, [*options, "--template", str(own)])
    assert done.exit_code == 0, done.output
    assert "block at" in (tmp_path / "lab6.md").read_text("utf-8")
    done = CliRunner().invoke(main, [*options, "--template", str(tmp_path / "none")])
    assert done.exit_code == 2
    assert "tex, typst, html, md" in done.output

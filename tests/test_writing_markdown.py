"""Markdown as a Markdown reader takes it: tables, headings, formulas, and user text that stays text."""

import re

import pytest
from markdown_it import MarkdownIt
from reporting import REPORTS

from symgrad.document.blocks import (
    Document,
    GraphFigure,
    GraphNode,
    Inline,
    Paragraph,
    Plot,
    Section,
    Table,
    Words,
)
from symgrad.maths import nodes
from symgrad.pipeline import solve
from symgrad.reading.problem import load_problem, read_problem
from symgrad.styles import STYLES, document
from symgrad.styles.manner import Manner
from symgrad.writing.escaping import markdown_text
from symgrad.writing.markdown import to_markdown
from symgrad.writing.plot import MOST_POINTS

READER = MarkdownIt("commonmark", {"linkify": False}).enable("table").enable("strikethrough")
HOSTILE = (
    "# not a heading",
    "- not a list",
    "1. not a list",
    "12) not a list",
    "=== ",
    "> not a quotation",
    "*not* _emphasised_ **at** ~~all~~",
    "`code` and ```more```",
    "<b>tags</b> & <script>alert(1)</script>",
    "[a link](http://example.org) ![a picture](x.png) [ref]: x",
    "$x$ and $$y$$ cost $5",
    r"back\slash \( x \) \[ y \]",
    "a | b | c",
    "&lt; &#36; &amp;",
    "http://example.org www.example.org a@example.org",
    "+ plus, --- rule, : colon",
    "title #",
)


def paragraph(text):
    return Document("t", (Paragraph((Words(text),)),))


def shown(text):
    """What a reader sees of a Markdown text, and the kinds of its tokens."""
    tokens = READER.parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    seen = "".join(re.sub("</?span>", "", child.content) for child in inline)
    kinds = {token.type for token in (*tokens, *inline)} - {"html_inline"}
    tags = {child.content for child in inline if child.type == "html_inline"}
    return seen, kinds, tags


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_stays_text(text):
    source = to_markdown(paragraph(text)).removeprefix("# t\n")
    seen, kinds, tags = shown(source)
    assert seen.strip() == text.strip()
    assert kinds <= {"paragraph_open", "inline", "paragraph_close", "text", "text_special"}
    assert tags <= {"<span>", "</span>"}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_dollar_of_the_user_begins_a_formula(text):
    assert "$" not in markdown_text(text).replace("<span>$</span>", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_in_titles_and_cells(text):
    words = (Words(text),)
    table = Table((words, words), ((words, (Inline(nodes.Fenced("|", nodes.Symbol("x"), "|")),)),))
    source = to_markdown(Document(text, (Section(words, (table,)),)))
    tokens = READER.parse(source)
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2"]
    assert sum(token.type in ("th_open", "td_open") for token in tokens) == 4
    titles = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    for title in titles:
        assert shown(title)[0].strip() == text.strip() or text.strip() in shown("x " + title)[0]


def test_a_graph_is_a_list_and_a_curve_a_table():
    x, y = (GraphNode(name, nodes.Symbol(name), "quantity") for name in "xy")
    points = tuple((float(n), n / 4) for n in range(100))
    plot = Plot(points, (Words("step"),), (Words("loss"),), "A curve.")
    source = to_markdown(Document("t", (GraphFigure((x, y), (("x", "y"),)), plot)))
    assert "\n- $y$ is made from $x$\n" in source
    rows = re.findall(r"^\| \d.*$", source, re.MULTILINE)
    assert len(rows) <= MOST_POINTS + 1
    assert rows[0] == "| 0 | 0 |"
    assert rows[-1] == "| 99 | 24.75 |"
    assert "\nA curve.\n" in source


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["lab6", "practical1", "softmax_square_loss"])
def test_reports(name, style):
    """Formulas are whole: dollars in pairs, what begins ends, nothing a notebook's TeX lacks."""
    source = to_markdown(document(solve(load_problem(REPORTS / f"{name}.yaml")), Manner(style)))
    assert source.count("$") % 2 == 0
    for display in re.findall(r"\$\$\n(.*?)\n\$\$", source, re.DOTALL):
        assert display.startswith("\\begin{aligned}\n")
        assert display.endswith("\n\\end{aligned}")
        assert "\n\n" not in display
        assert display.count("\\begin{") == display.count("\\end{")
    assert not re.search(r"@\{\}|\\(fitmath|tag|textless|ensuremath)", source)
    assert "\n\n\n" not in source


def test_angles_and_bars_have_names_in_formulas():
    source = to_markdown(
        document(solve(read_problem("forward: {L: 'sum(where(x < 1, abs(x), x))'}")), Manner("lab"))
    )
    formulas = "".join(re.findall(r"\$[^$]+\$", source))
    assert r"\lt " in formulas
    assert not re.search("[<>]", formulas)


@pytest.mark.parametrize(
    ("kind", "words", "line"),
    [
        ("note", (Words("Mind x."),), "> **Note.** Mind x."),
        ("warning", (Words("Warning:", strong=True), Words(" mind x.")), "> **Warning:** mind x."),
    ],
)
def test_a_remark_is_called_what_it_is_once(kind, words, line):
    text = to_markdown(Document("T", (Paragraph(words, kind),)))
    assert line in text.splitlines()

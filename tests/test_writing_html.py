"""Pages: valid HTML, user text that stays text, nothing loaded and nothing run but what the page names."""

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import read
from reporting import REPORTS, found, name_of, solved

from symgrad.document.blocks import (
    Chain,
    Display,
    Document,
    Folded,
    GraphFigure,
    GraphNode,
    Inline,
    Jump,
    Link,
    Mark,
    Paragraph,
    Plot,
    Reason,
    Reasoned,
    Section,
    Sign,
    Table,
    Task,
    Words,
)
from symgrad.maths.latex import latex
from symgrad.maths.measure import width
from symgrad.maths.nodes import Boxed, Matrix, Numeral, Operator, Row, Script, Symbol, Text
from symgrad.pipeline import build, solve
from symgrad.reading.problem import read_problem
from symgrad.review import request, review
from symgrad.styles import STYLES, document
from symgrad.styles.manner import Manner
from symgrad.styles.sheets import sheet
from symgrad.writing.escaping import html_text
from symgrad.writing.flow import NARROW, equations
from symgrad.writing.html import to_html
from symgrad.writing.templates import templates_folder

HOSTILE = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "<!-- --> <![CDATA[ ]]> &lt; &amp; &#60;",
    "</title></head><body><img src=x onerror=alert(1)>",
    "<< config >> <% raise %> <# #> {{ 7 * 7 }}",
    "</svg></math></details>",
    "中 ж é ∂ 🎉",
)
VERDICTS = ("correct", "rounded", "carried", "wrong", "unreadable", "unchecked")
SUBMISSIONS = REPORTS.parent / "tests" / "submissions"
X, Y = Symbol("x"), Symbol("y")


def page_of(*blocks, title="t", **more):
    return read(to_html(Document(title, blocks, **more)))


def main_of(*blocks):
    (main,) = page_of(*blocks).all("main")
    return main


def classed(root, name):
    return [element for element in root.all() if name in element.attributes.get("class", "").split()]


def words(text):
    return (Words(text),)


def chain(left, *sides, **more):
    return Chain(left, tuple(Link("=", side) for side in sides), **more)


def total(count):
    terms = [Script(Symbol("w"), sub=Numeral(str(n))) for n in range(count)]
    return Row(tuple(part for term in terms for part in (Operator("+"), term))[1:])


def everything(text):
    """A document with ``text`` wherever a document can hold text, and every block and part of a sentence."""
    sentence = (Words(text), Words(text, strong=True), Inline(Text(text)), Jump(text, "a"), Sign("wrong"))
    equation = Chain(X, (Link("=", Text(text, mono=True), sentence),), text, Mark(Sign("carried"), text, "m"))
    nodes = (GraphNode("x", Text(text), "data", "a"), GraphNode("y", Y, "objective", "gone"))
    inner = (
        Paragraph(sentence),
        Paragraph(sentence, "note"),
        Paragraph(sentence, "warning"),
        Display((equation, Chain(None, (Link("≤", Y),)))),
        Display((chain(X, Y), Chain(Text(text), ())), beside=True),
        GraphFigure(nodes, (("x", "y"),), sentence),
        Table((sentence, words(text)), ((sentence, ()),)),
        Plot(((0.0, 1.0), (1.0, 0.5)), sentence, sentence, text),
        Task(text, sentence, text),
        Folded(sentence, (Paragraph(sentence),)),
        Reasoned(
            sentence, Display((chain(X, Y),)), (Reason(text, 1), Reason("other", 2), Reason(text, 1, True))
        ),
        Reasoned(sentence, None, (Reason(text, 1, True), Reason("other", 2, True))),
    )
    return Document(text, (Section(sentence, inner, "a"),), sentence, "en", (text, "gradient"), header=text)


def check(root):
    """What makes a page valid and self-contained."""
    ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    for link in root.all("a"):
        assert link.attributes["href"].startswith("#")
        assert link.attributes["href"][1:] in ids
        assert len(list(link.all("a"))) == 1, "a link in a link"
    for element in root.all():
        assert not {"src", "style"} & element.attributes.keys()
        assert not any(name.startswith("on") for name in element.attributes)
    for paragraph in root.all("p"):
        assert {element.name for element in paragraph.all()} & {"p", "div", "table", "section"} == {"p"}
    (html,) = (child for child in root.children if getattr(child, "name", None) == "html")
    assert [child.name for child in html.children if not isinstance(child, str)] == ["head", "body"]
    assert [len(list(root.all(name))) for name in ("h1", "main", "script", "style")] == [1, 1, 1, 1]


def checked(folder):
    """The page of a submission with wrong lines in it."""
    work = SUBMISSIONS / "softmax_by_cases.tex"
    asked = request([work], formats=("html",), folder=folder, problem=work.with_suffix(".yaml"))
    return review(work, asked)


def markup(root):
    """Every element with the names of its attributes."""
    return {(element.name, *element.attributes) for element in root.all()}


def title_of(root):
    (head,) = root.all("head")
    (title,) = head.all("title")
    return title.text()


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_stays_text_wherever_it_stands(text):
    root = read(to_html(everything(text)))
    check(root)
    plain = [read(to_html(everything(harmless))) for harmless in ("short", "long " * 20)]
    assert markup(root) <= markup(plain[0]) | markup(plain[1])
    (heading,) = root.all("h1")
    assert title_of(root) == heading.text() == text


@given(st.text())
def test_escaped_text_holds_no_character_that_ends_it(text):
    assert not set(re.sub("&(?:amp|lt|gt|quot|#x27);", "", html_text(text))) & set("<>&\"'")


def test_a_title_of_a_problem_shows_as_text():
    problem = read_problem('title: "<script>alert(1)</script>"\nforward: {L: "a * b"}\n')
    root = read(to_html(document(solve(problem), Manner("lab"))))
    (heading,) = root.all("h1")
    assert title_of(root) == heading.text() == "<script>alert(1)</script>"


@pytest.mark.parametrize("tag", ["style", "script"])
def test_the_policy_names_the_style_and_the_script_by_their_hashes(tag):
    source = to_html(everything("x"))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', source)
    (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy


def test_nothing_is_loaded_and_the_script_is_short():
    style, script = (
        (templates_folder() / "html" / name).read_text("utf-8") for name in ("look.css", "copy.js")
    )
    assert not re.search(r"url\(|@import|https?:", style + script)
    assert len(script) < 1000
    assert not {"look.css", "copy.js"} - {place.name for place in (templates_folder() / "html").iterdir()}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["lab6", "practical1"])
def test_pages_of_the_labs_are_valid(name, style):
    check(read(to_html(sheet(solved(name), "key", Manner(style)))))


@pytest.mark.parametrize("path", sorted((REPORTS / "gallery").glob("*.yaml")), ids=lambda path: path.stem)
def test_pages_of_the_gallery_are_valid(path):
    report = document(solved(name_of(path)), Manner("lab"))
    root = read(to_html(report))
    check(root)
    assert len(classed(root, "equation")) == len(list(found(report.blocks, Chain)))


def test_the_contents_list_sections_of_two_levels():
    deep = Section(words("c"), (Paragraph(words("x")),), "c")
    root = page_of(
        Section((Words("a "), Inline(X), Jump("j", "b")), (Section(words("b"), (deep,), "b"),), "a")
    )
    (nav,) = root.all("nav")
    assert [link.attributes["href"] for link in nav.all("a")] == ["#a", "#b"]
    assert next(nav.all("a")).text() == "a xj"
    assert {
        element.name: element.text() for element in root.all() if re.fullmatch("h[2-6]", element.name)
    } == {
        "h2": "a xj",
        "h3": "b",
        "h4": "c",
    }


def test_a_document_without_sections_has_no_contents():
    assert not list(page_of(Paragraph(words("x"))).all("nav"))


def test_what_is_folded_opens_at_its_title():
    (details,) = main_of(Folded(words("Derivation"), (Paragraph(words("why")),))).all("details")
    (summary,) = details.all("summary")
    assert (summary.text(), "open" in details.attributes) == ("Derivation", False)
    assert "why" in details.text()


def test_a_gradient_shows_its_result_and_folds_the_derivation():
    root = read(to_html(document(solved("lab6"), Manner("lab"))))
    (section,) = (each for each in root.all("section") if each.attributes.get("id") == "gradient-W2")
    (details,) = section.all("details")
    hidden = {id(equation) for equation in classed(details, "equation")}
    shown = [equation for equation in classed(section, "equation") if id(equation) not in hidden]
    assert shown
    assert hidden


def test_nodes_of_the_graph_lead_to_their_passages():
    root = read(to_html(document(solved("lab6"), Manner("lab"))))
    (graph,) = classed(root, "graph")
    links = {title.text(): link.attributes["href"] for link in graph.all("a") for title in link.all("title")}
    assert links["W sub 2"] == "#gradient-W2"
    assert links["vector x"] == "#forward"
    assert len(links) == 15


def test_a_node_whose_passage_is_not_there_is_no_link():
    nodes = (GraphNode("x", X, "data", "gone"), GraphNode("y", Y, "objective"))
    main = main_of(GraphFigure(nodes, (("x", "y"),)))
    assert not list(main.all("a"))
    assert len(list(main.all("foreignobject"))) == 2


def test_a_long_graph_is_folded_for_a_narrow_screen():
    names = [f"x{n}" for n in range(12)]
    nodes = tuple(GraphNode(name, Symbol(name), "quantity") for name in names)
    main = main_of(GraphFigure(nodes, tuple(pairwise(names))))
    widths = {svg.attributes["class"]: float(svg.attributes["width"]) / 16 for svg in main.all("svg")}
    assert widths["graph narrow-screen"] <= NARROW + 1 < widths["graph wide-screen"]


def test_every_equation_can_be_copied_as_latex():
    display = Display(
        (chain(X, Y, Boxed(X)), Chain(None, (Link("<", Y),)), Chain(total(60), (Link("=", Y),)))
    )
    copied = [button.attributes["data-latex"] for button in main_of(display).all("button")]
    assert copied == [r"x = y = \boxed{x}", "< y", latex(Row((total(60), Operator("="), Y)))]


def test_equations_beside_one_another_are_copied_together():
    (button,) = main_of(Display((chain(X, Y), chain(Y, X)), beside=True)).all("button")
    assert button.attributes["data-latex"] == r"x = y \qquad y = x"
    assert "hidden" in button.attributes


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_mark_is_a_sign_with_a_name_and_its_line_can_be_jumped_to(verdict):
    root = page_of(
        Paragraph((Jump("line 3", "line-3"),)),
        Display((Chain(X, (Link("=", Y),), mark=Mark(Sign(verdict), "3", "line-3")),)),
    )
    check(root)
    (sign,) = classed(root, "sign")
    assert sign.attributes["aria-label"] == verdict
    assert sign.text().strip()
    (line,) = (each for each in root.all() if each.attributes.get("id") == "line-3")
    assert sign in list(line.all())


def test_signs_of_verdicts_differ_in_more_than_colour():
    root = page_of(Paragraph(tuple(Sign(verdict) for verdict in VERDICTS)))
    assert len({sign.text() for sign in classed(root, "sign")}) == len(VERDICTS)


def test_a_long_chain_has_a_row_a_link_and_a_short_one_a_single_row():
    short, long = equations(Display((chain(X, Y, X), chain(X, total(14), total(13)))))
    assert [len(run.pieces) for run in short.runs] == [2]
    assert len(long.runs) == 2
    assert [run.left is not None for run in long.runs] == [True, False]


def test_pieces_of_a_long_link_fit_a_narrow_screen():
    (equation,) = equations(Display((chain(X, total(60), Boxed(total(40))),)))
    pieces = [piece for run in equation.runs for piece in run.pieces]
    assert len(pieces) > 6
    assert all(width(piece.maths) <= NARROW and not piece.wide for piece in pieces)
    boxed = [piece for piece in pieces if Boxed in map(type, piece.maths.items)]
    assert len(boxed) > 1


def test_what_cannot_be_broken_can_be_scrolled_and_focused():
    wide = Matrix((tuple(Numeral(f"{n}.125") for n in range(20)),))
    main = main_of(Display((chain(X, wide),)), Paragraph((Inline(wide),)))
    scrolled = classed(main, "wide")
    assert len(scrolled) == 2
    assert all(each.attributes["tabindex"] == "0" and each.attributes["aria-label"] for each in scrolled)


def test_the_page_is_the_same_each_time():
    assert to_html(everything("x")) == to_html(everything("x"))


def test_the_page_of_a_checked_submission_is_valid(tmp_path):
    (page,) = checked(tmp_path).paths
    root = read(page.read_text("utf-8"))
    check(root)
    verdicts = {
        sign.attributes["aria-label"] for mark in classed(root, "mark") for sign in classed(mark, "sign")
    }
    assert {"correct", "wrong"} <= verdicts


def test_a_page_is_built(tmp_path):
    path = tmp_path / "plain.yaml"
    path.write_text("forward: {L: a * b}\ngiven: {a: 2, b: 3}\n")
    (page,) = build(path, ["html"]).paths
    assert page == path.with_suffix(".html")
    check(read(page.read_text("utf-8")))

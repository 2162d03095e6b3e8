import io
import re
import shutil
import warnings

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from symgrad.document.blocks import (
    Chain,
    Display,
    Document,
    GraphFigure,
    GraphNode,
    Inline,
    Link,
    Paragraph,
    Section,
    Table,
    Words,
)
from symgrad.maths.nodes import (
    Accent,
    Big,
    Boxed,
    Cases,
    Fenced,
    Fraction,
    Matrix,
    Numeral,
    Operator,
    Row,
    Script,
    Symbol,
    Text,
)
from symgrad.writing import engines
from symgrad.writing.tex import to_tex
from symgrad.writing.typst import to_typst

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")

DOTS = Symbol("⊙")


def symbol(name):
    letter, index = name[0], name[1:]
    return Script(Symbol(letter), sub=Numeral(index)) if index else Symbol(letter)


def vector(name):
    letter, index = name[0], name[1:]
    arrow = Accent("vec", Symbol(letter))
    return Script(arrow, sub=Numeral(index)) if index else arrow


def word(text, *arguments):
    return Row((Symbol(text, "upright"), Fenced("(", Row(commas(arguments)), ")")))


def commas(parts):
    first, *rest = parts
    return (first, *(item for part in rest for item in (Operator(","), part)))


def derivative(of, by):
    return Fraction(Row((Symbol("∂"), of)), Row((Symbol("∂"), by)))


def matrix(rows):
    return Matrix(tuple(tuple(Numeral(f"{entry:.4g}") for entry in row) for row in rows))


def column(*entries):
    return matrix([[entry] for entry in entries])


def chain(left, *sides, tag="", notes=()):
    notes = (*notes, *[""] * (len(sides) - len(notes)))
    links = tuple(
        Link("=", side, (Words(note),) if note else ()) for side, note in zip(sides, notes, strict=True)
    )
    return Chain(left, links, tag)


def plus(*terms):
    first, *rest = terms
    return Row((first, *(item for term in rest for item in (Operator("+"), term))))


def heading(title, *blocks, anchor=""):
    return Section((Words(title),), blocks, anchor)


def text(*parts, kind="text"):
    return Paragraph(tuple(Words(part) if isinstance(part, str) else Inline(part) for part in parts), kind)


W1, W2, J, L = symbol("W1"), symbol("W2"), Symbol("J"), Symbol("L")
X, B1, U, H, B2, V, OUT, Y = map(vector, ("x", "b1", "u", "h", "b2", "v", "o", "y"))
S1, S2, S = symbol("s1"), symbol("s2"), Symbol("s")
T = Symbol("⊤")


def norm(weights):
    square = Script(Fenced("‖", weights, "‖"), sub=Symbol("F"), sup=Numeral("2"))
    return Row((Fraction(Numeral("1"), Numeral("2"), small=True), square))


def lab_graph():
    labels = {
        "x": X, "W1": W1, "b1": B1, "u": U, "h": H, "W2": W2, "b2": B2, "v": V, "o": OUT, "y": Y,
        "L": L, "s1": S1, "s2": S2, "s": S, "J": J,
    }  # fmt: skip
    kinds = {"x": "data", "y": "data", "J": "objective"}
    kinds |= dict.fromkeys(("W1", "b1", "W2", "b2"), "parameter")
    edges = [
        "x-u",
        "W1-u",
        "b1-u",
        "u-h",
        "h-v",
        "W2-v",
        "b2-v",
        "v-o",
        "o-L",
        "y-L",
        "W1-s1",
        "W2-s2",
        "s1-s",
        "s2-s",
        "s-J",
        "L-J",
    ]
    nodes = tuple(GraphNode(id, label, kinds.get(id, "quantity")) for id, label in labels.items())
    return GraphFigure(
        nodes, tuple(tuple(edge.split("-")) for edge in edges), (Words("The computation graph."),)
    )


def lab():
    dj = {
        name: derivative(J, by)
        for name, by in {
            "v": V,
            "o": OUT,
            "h": H,
            "u": U,
            "W2": W2,
            "b2": B2,
            "W1": W1,
            "s": S,
            "L": L,
            "s1": S1,
        }.items()
    }
    w1, w2 = [[0.3, 0.5], [0.2, 0.7], [0.1, 0.4]], [[0.3, 0.5, 0.1], [0.2, 0.7, 0.8]]
    forward = heading(
        "Forward pass",
        text("One named quantity a line; ", DOTS, " is the elementwise product."),
        Display(
            (
                chain(U, plus(Row((W1, X)), B1), tag="1"),
                chain(H, word("ReLU", U), tag="2"),
                chain(V, plus(Row((W2, H)), B2), tag="3"),
                chain(OUT, word("softmax", V), tag="4"),
                chain(
                    L,
                    Row(
                        (
                            Operator("−", prefix=True),
                            Big(
                                "∑",
                                Row(
                                    (
                                        Script(Symbol("y"), sub=Symbol("i")),
                                        Symbol("log", "upright"),
                                        Script(Symbol("o"), sub=Symbol("i")),
                                    )
                                ),
                                below=Symbol("i"),
                            ),
                        )
                    ),
                    tag="5",
                ),
            )
        ),
        Display(
            (chain(S1, norm(W1)), chain(S2, norm(W2)), chain(S, plus(S1, S2)), chain(J, plus(L, S))),
            beside=True,
        ),
        lab_graph(),
        anchor="forward",
    )
    backward = heading(
        "Backward pass",
        text("Every gradient is written with those of its successors.", kind="note"),
        heading(
            "The seed and the sums",
            Display(
                tuple(chain(each, Numeral("1")) for each in (dj["L"], dj["s"], dj["s1"], derivative(J, S2))),
                beside=True,
            ),
        ),
        heading(
            "The second layer",
            Display(
                (
                    chain(
                        dj["v"],
                        word("prod", dj["o"], derivative(OUT, V)),
                        Row(
                            (
                                Fenced(
                                    "(", Row((word("diag", OUT), Operator("−"), OUT, Script(OUT, sup=T))), ")"
                                ),
                                dj["o"],
                            )
                        ),
                        Boxed(Row((OUT, Operator("−"), Y))),
                        notes=("chain rule", "Jacobian of softmax", "since the entries of y sum to 1"),
                    ),
                    chain(
                        dj["W2"],
                        plus(
                            word("prod", dj["v"], derivative(V, W2)), word("prod", dj["s"], derivative(S, W2))
                        ),
                        Boxed(plus(Row((dj["v"], Script(H, sup=T))), W2)),
                        notes=("both paths from W2 to J", ""),
                    ),
                    chain(dj["b2"], Boxed(dj["v"])),
                )
            ),
        ),
        heading(
            "The first layer",
            Display(
                (
                    chain(
                        dj["h"], word("prod", dj["v"], derivative(V, H)), Row((Script(W2, sup=T), dj["v"]))
                    ),
                    chain(
                        dj["u"],
                        word("prod", dj["h"], derivative(H, U)),
                        Row(
                            (
                                dj["h"],
                                Operator("⊙"),
                                Row(
                                    (Script(Symbol("ReLU", "upright"), sup=Symbol("′")), Fenced("(", U, ")"))
                                ),
                            )
                        ),
                        notes=("", "elementwise"),
                    ),
                    chain(dj["W1"], Boxed(plus(Row((dj["u"], Script(X, sup=T))), W1))),
                )
            ),
            text("ReLU′ is taken as 0 at 0.", kind="warning"),
        ),
        anchor="backward",
    )
    numbers = heading(
        "Forward pass in numbers",
        Display(
            (
                chain(X, column(6, 3)),
                chain(W1, matrix(w1)),
                chain(B1, column(0.1, 0.2, 0.3)),
                chain(W2, matrix(w2)),
                chain(B2, column(0.3, 0.5)),
                chain(Y, column(0, 1)),
            ),
            beside=True,
        ),
        Display(
            (
                chain(
                    U,
                    plus(Row((W1, X)), B1),
                    plus(Row((matrix(w1), column(6, 3))), column(0.1, 0.2, 0.3)),
                    plus(column(3.3, 3.3, 1.8), column(0.1, 0.2, 0.3)),
                    column(3.4, 3.5, 2.1),
                ),
                chain(H, word("ReLU", U), column(3.4, 3.5, 2.1)),
                chain(
                    V,
                    plus(Row((W2, H)), B2),
                    plus(Row((matrix(w2), column(3.4, 3.5, 2.1))), column(0.3, 0.5)),
                    column(3.28, 5.31),
                ),
                chain(OUT, word("softmax", V), column(0.116, 0.884)),
            )
        ),
        Table(
            ((Words("quantity"),), (Words("shape"),), (Words("value"),)),
            (
                ((Inline(S1),), (Words("scalar"),), (Inline(Numeral("0.52")),)),
                ((Inline(S2),), (Words("scalar"),), (Inline(Numeral("0.76")),)),
                ((Inline(J),), (Words("scalar", strong=True),), (Inline(Numeral("1.40")),)),
            ),
        ),
        anchor="numbers",
    )
    return Document(
        "Lab 6: Implementing Gradients",
        (forward, backward, numbers),
        subtitle=(Words("Worked solution, all gradients of "), Inline(J)),
        keywords=("gradient", "backpropagation"),
    )


HOSTILE = '\\input{/etc/passwd} $ # " ] ) <script> % & _ ^ ~ { } `#read("/etc/passwd")` 中 ж é ∂ 🎉 \u202e'


def long_sum(terms):
    return plus(*(Row((symbol(f"w{i}"), Script(Symbol("x"), sub=Numeral(str(i))))) for i in range(terms)))


def square(size):
    return matrix([[0.125 * (row - column) for column in range(size)] for row in range(size)])


def recurrence(steps):
    nodes = [("W", "parameter"), ("U", "parameter"), ("b", "parameter"), ("V", "parameter"), ("h0", "data")]
    edges = []
    for t in range(1, steps + 1):
        nodes += [
            (f"x{t}", "data"),
            (f"h{t}", "quantity"),
            (f"o{t}", "quantity"),
            (f"y{t}", "data"),
            (f"L{t}", "quantity"),
        ]
        edges += [(f"h{t - 1}", f"h{t}"), (f"x{t}", f"h{t}"), ("W", f"h{t}"), ("U", f"h{t}"), ("b", f"h{t}")]
        edges += [(f"h{t}", f"o{t}"), ("V", f"o{t}"), (f"o{t}", f"L{t}"), (f"y{t}", f"L{t}"), (f"L{t}", "J")]
    nodes.append(("J", "objective"))
    return GraphFigure(tuple(GraphNode(name, symbol(name), kind) for name, kind in nodes), tuple(edges))


def network(depth):
    nodes, edges = [("x", "data")], []
    for k in range(1, depth + 1):
        nodes += [
            (f"W{k}", "parameter"),
            (f"b{k}", "parameter"),
            (f"u{k}", "quantity"),
            (f"h{k}", "quantity"),
        ]
        edges += [
            ("x" if k == 1 else f"h{k - 1}", f"u{k}"),
            (f"W{k}", f"u{k}"),
            (f"b{k}", f"u{k}"),
            (f"u{k}", f"h{k}"),
        ]
    nodes += [("y", "data"), ("J", "objective")]
    edges += [(f"h{depth}", "J"), ("y", "J")]
    return GraphFigure(tuple(GraphNode(name, symbol(name), kind) for name, kind in nodes), tuple(edges))


def halves(*sides):
    """Two sides on the left, the others on the right."""
    first, second, *right = (Link("=", side) for side in sides)
    return Chain(derivative(J, W1), (first, second, *(replace(link, right=True) for link in right)))


def stress():
    sides = [Row((square(2), vector(f"x{i}"))) for i in range(30)]
    steps = Section(
        (Words(HOSTILE), Inline(derivative(J, W1))),
        (
            text(HOSTILE * 3, square(3), " in a line, ", long_sum(12), " and ", square(12), "."),
            text("word" * 60, square(14), kind="warning"),
            Display((chain(J, *sides, tag="7"),)),
            Display(
                (
                    chain(
                        derivative(J, W1),
                        long_sum(40),
                        Boxed(long_sum(30)),
                        notes=(HOSTILE * 3, "sums"),
                        tag="A",
                    ),
                )
            ),
            Display(
                (
                    chain(long_sum(12), long_sum(10)),
                    Chain(None, (Link("≤", square(12)),)),
                    Chain(square(16), ()),
                )
            ),
            Display(tuple(chain(symbol(f"q{i}"), square(i + 1)) for i in range(12)), beside=True),
            Display(
                tuple(halves(long_sum(n), square(n), square(n + 1), Boxed(square(2))) for n in range(1, 9))
            ),
            Display((halves(square(9), square(9), long_sum(9), *[square(3)] * 30),)),
            Display((chain(V, Fenced("(", long_sum(25), ")"), tag=HOSTILE[:20]),)),
            Table(
                ((Words("number"),), (Words(HOSTILE),), (Words("value"),)),
                tuple(
                    ((Words(str(i)),), (Words("a long explanation " * 6),), (Inline(square(9)),))
                    for i in range(9)
                ),
            ),
            Section(
                (Words("Cases"),),
                (
                    Display(
                        (
                            chain(
                                H,
                                Cases(
                                    (
                                        (Symbol("x"), Row((Text("if"), Symbol("x")))),
                                        (Numeral("0"), Text('else $ " \\')),
                                    )
                                ),
                            ),
                        )
                    ),
                ),
            ),
        ),
    )
    return Document(HOSTILE, (steps, recurrence(6), network(12)), keywords=(HOSTILE,), language="pt-BR")


def page_text(pdf):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def alternatives(pdf):
    found, waiting = [], [PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            found += [str(node["/Alt"])] if "/Alt" in node else []
            waiting += [node["/K"]] if "/K" in node else []
    return found


@pytest.fixture(scope="module", params=[lab, stress])
def document(request):
    return request.param()


@pytest.mark.tex
@needs_tex
def test_pdflatex_sets_everything_without_a_complaint(document, tmp_path, monkeypatch):
    logs = []
    run = engines._run_tex
    monkeypatch.setattr(engines, "_run_tex", lambda *given: logs.append(run(*given)) or logs[-1])
    assert engines.pdflatex_pdf(to_tex(document)).startswith(b"%PDF")
    assert not re.findall(r"^.*(?:Overfull|Underfull|Warning).*$", logs[-1], re.MULTILINE)


@pytest.mark.tex
@needs_tex
def test_tex_pages_hold_the_words_and_are_reproducible():
    source = to_tex(lab())
    pdf = engines.pdflatex_pdf(source)
    read = page_text(pdf)
    for words in (
        "Lab 6: Implementing Gradients",
        "Backward pass",
        "since the entries",
        "softmax",
        "(5)",
        "0.884",
    ):
        assert words in read
    assert pdf == engines.pdflatex_pdf(source)


@pytest.mark.tex
@needs_tex
def test_hostile_text_is_printed_as_it_is_in_tex():
    pdf = engines.pdflatex_pdf(to_tex(stress()))
    assert "\\input{/etc/passwd}" in page_text(pdf)
    assert "root:" not in page_text(pdf)
    assert "[U+4E2D]" in page_text(pdf)
    assert PdfReader(io.BytesIO(pdf)).metadata.title.startswith('\\input{/etc/passwd} $ # " ] ) <script>')


@pytest.mark.tex
@needs_tex
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (r"\relax", "no pages"),
        (r"\nosuchcommand", r"line 3: Undefined control sequence"),
        (r"\input{/etc/passwd}", r"/etc/passwd"),
        (r"\immediate\openout3=../outside\relax", r"outside"),
    ],
)
def test_tex_errors_name_line_and_message(body, complaint):
    with pytest.raises(engines.EngineError, match=complaint):
        engines.pdflatex_pdf(f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n")


@pytest.mark.tex
@needs_tex
def test_tex_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(engines, "TIME_LIMIT", 1.0)
    with pytest.raises(engines.EngineError, match="not done after 1 seconds"):
        engines.pdflatex_pdf(r"\documentclass{article}\begin{document}\def\x{\x}\x\end{document}")


def test_without_pdflatex_the_message_names_the_way_out(monkeypatch):
    monkeypatch.setattr(engines.shutil, "which", lambda _: None)
    with pytest.raises(engines.EngineMissing, match="--engine typst"):
        engines.pdflatex_pdf("")


def test_typst_pdf_is_tagged_and_the_same_every_time(document):
    source = to_typst(document)
    pdf = engines.typst_pdf(source)
    assert pdf == engines.typst_pdf(source)
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == document.language


def test_typst_pages_hold_the_words():
    read = page_text(engines.typst_pdf(to_typst(lab())))
    for words in ("Lab 6: Implementing Gradients", "Backward pass", "since the entries", "(5)"):
        assert words in read


def test_every_formula_and_the_graph_can_be_read_aloud():
    spoken = alternatives(engines.typst_pdf(to_typst(lab())))
    assert any(text.startswith("Computation graph: ") and " lead to " in text for text in spoken)
    equations = [text for text in spoken if "equals" in text]
    assert len(equations) >= 20
    assert all(text.strip() for text in spoken)


def test_hostile_text_is_printed_as_it_is_in_typst():
    pdf = engines.typst_pdf(to_typst(stress()))
    read = page_text(pdf)
    assert "\\input{/etc/passwd}" in read
    assert "root:" not in read
    assert PdfReader(io.BytesIO(pdf)).metadata.title.startswith('\\input{/etc/passwd} $ # " ] ) <script>')


@pytest.mark.parametrize(
    "source", ['#read("/etc/passwd")', "#unknown", '#import "@preview/cetz:0.3.0": canvas']
)
def test_typst_errors_are_ours(source):
    with pytest.raises(engines.EngineError, match="Typst: error"):
        engines.typst_pdf(f'#set document(title: "t")\n#set text(lang: "en")\n{source}')


def test_a_row_that_is_not_measured_fits(document):
    """Typst measures the rows that might not fit; asked about all the others, it finds none too wide."""
    fitted = "if line.tight { fitted(room, formula) } else { formula }"
    wide = 'else if measure(formula).width > room { panic("too wide") } else { formula }'
    source = to_typst(document)
    assert source.count(fitted) == 1
    engines.typst_pdf(source.replace(fitted, fitted.replace("else { formula }", wide)))


def test_nothing_is_wider_than_the_page(document):
    places = []

    def note(text, current, matrix, font, size):
        if text.strip():
            places.append(matrix[4] * current[0] + current[4])

    for page in PdfReader(io.BytesIO(engines.typst_pdf(to_typst(document)))).pages:
        page.extract_text(visitor_text=note)
    assert min(places) >= 70
    assert max(places) <= 595 - 70

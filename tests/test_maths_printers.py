"""All printers on the same formulas: what they write, compiled for real, complete over the node classes."""

import os
import re
import shutil
import subprocess
from typing import get_args
from xml.etree import ElementTree

import pytest
import typst as typst_wheel
from hypothesis import given
from hypothesis import strategies as st

from symgrad.maths.latex import escape, latex
from symgrad.maths.layout import is_tall
from symgrad.maths.mathml import mathml
from symgrad.maths.measure import extent, height, width
from symgrad.maths.nodes import (
    Accent,
    Big,
    Boxed,
    Brace,
    Cases,
    Fenced,
    Fraction,
    Gap,
    Maths,
    Matrix,
    Numeral,
    Operator,
    Radical,
    Row,
    Script,
    Space,
    Symbol,
    Text,
    Toned,
)
from symgrad.maths.speech import speech, spoken
from symgrad.maths.symbols import SIGNS, UnknownSymbolError
from symgrad.maths.typst import PRELUDE, quoted, typst
from symgrad.maths.unicode import pane


def row(*items):
    return Row(tuple(part(item) for item in items))


def part(item):
    if not isinstance(item, str):
        return item
    if item.lstrip("-").replace(".", "").isdigit():
        return Numeral(item)
    if len(item) == 1 and item in SIGNS and SIGNS[item].kind in ("binary", "relation", "punctuation"):
        return Operator(item)
    return Symbol(item, "upright" if len(item) > 1 else "italic")


def paren(*items):
    return Fenced("(", row(*items), ")")


def matrix(*rows):
    return Matrix(tuple(tuple(map(part, line.split())) for line in rows))


def partial(top, bottom):
    return Fraction(row("∂", top), row("∂", bottom))


def sub(base, below):
    return Script(part(base), part(below))


TOP = Symbol("⊤")
PRIME = Symbol("′")
MINUS = Operator("−", prefix=True)
U, V, H, X, OUT = (Accent("vec", Symbol(letter)) for letter in "uvhxo")
W1, W2 = sub("W", "1"), sub("W", "2")
B1 = sub(Accent("vec", Symbol("b")), "1")
NORM = Script(Fenced("‖", W1, "‖"), Symbol("F"), Numeral("2"))
WIDE = matrix(" ".join(f"-{n}.5" for n in range(12)), " ".join(f"{n}.25" for n in range(12)))

SAMPLES = {
    "affine": row(U, "=", W1, X, "+", B1),
    "function": row(H, "=", "ReLU", paren(U), "=", "log", paren(OUT), "+", "tr", "A", "+", "2", "tr", "B"),
    "word": row("Loss", "=", "λ", "Loss", ",", "2", "Loss", "+", paren("Loss", ",", "a")),
    "prime": row(
        Script(Symbol("softmax", "upright"), sup=PRIME),
        paren(V),
        "+",
        Script(Symbol("f"), sup=PRIME),
        paren("x"),
    ),
    "prime sub": Script(Symbol("f"), Numeral("1"), PRIME),
    "gradient": row(partial("J", W2), "=", partial("J", V), Script(H, sup=TOP), "+", W2),
    "transposed": row(Script(W2, sup=TOP), partial("J", V), "⊙", Script(Symbol("f"), sup=PRIME), paren(U)),
    "difference": row(partial("J", V), "=", paren(OUT, "−", "y"), paren("1", "−", OUT), "·", paren("-0.5")),
    "norm": row(sub("s", "1"), "=", Fraction(Numeral("1"), Numeral("2"), small=True), NORM),
    "sum": row(
        "L", "=", MINUS, Big("∑", row(sub("y", "k"), "log", paren(sub("o", "k"))), Symbol("k"), Symbol("n"))
    ),
    "maximum": Big("max", sub("x", "k"), Symbol("k")),
    "total of product": row(Big("∑", paren("a", "+", "b"), Symbol("k")), "=", Big("∑", row(MINUS, "a"))),
    "product": row(
        matrix("0.3 0.5", "0.2 0.7", "0.1 0.4"), matrix("6", "3"), "+", matrix("0.1", "0.2", "-0.3")
    ),
    "applied": row("ReLU", "=", "ReLU", Fenced("(", matrix("3.4", "-3.5"), ")"), "=", "2", matrix("1"), "x"),
    "wide": WIDE,
    "elided": matrix("0.5 ⋯ -1.5", "⋮ ⋱ ⋮", "12.25 ⋯ 0.25"),
    "cells": Matrix(
        ((Fenced("[", Symbol("a"), "]"), Symbol("b")), (Fenced("[", Symbol("c"), "]"), Symbol("d")))
    ),
    "cases": row(
        "x", "=", Cases(((part("1"), row(Text("if"), "u", ">", "0")), (part("0"), Text("otherwise"))))
    ),
    "brace": row(Brace(row("W", "x", "+", "b"), Text("affine")), "+", Brace(Symbol("x"), Symbol("u"))),
    "boxed": row(Boxed(row(partial("J", V), "=", matrix("-0.163", "0.163"))), Space(2), Boxed(Numeral("3"))),
    "gaps": row("W", "=", Matrix(((Gap(), Gap()),)), "+", Gap(8.0, 2.0)),
    "accents": row(
        *(Accent(kind, part(body)) for kind in ("vec", "bar", "hat", "tilde") for body in ("y", "net"))
    ),
    "roots": row(Radical(row("x", "+", "1")), Radical(Fraction(part("x"), part("y")))),
    "fences": row(
        *(
            Fenced(pair[0], Symbol("x"), pair[1])
            for pair in ("()", "[]", "{}", "||", "‖‖", "⟨⟩", "⌊⌋", "⌈⌉", "[)")
        )
    ),
    "tall fences": row(
        *(Fenced(pair[0], partial("x", "y"), pair[1]) for pair in ("()", "[]", "{}", "||", "‖‖"))
    ),
    "scripts": row(
        Script(Script(Symbol("w"), sup=PRIME), sup=Numeral("2")),
        Script(paren("x"), sup=Numeral("2")),
        Script(row("a", "b"), Symbol("n")),
    ),
    "numerals": row("-3", Space(), "-0.5", Space(1.5), "x", "=", Numeral("-∞"), "+", Numeral("NaN")),
    "signed after gap": row("x", Space(), MINUS, "x"),
    "bold": row(
        Symbol("W", "bold"),
        Symbol("α", "bold"),
        Symbol("1", "bold"),
        Symbol("net", "bold"),
        Symbol("x", "upright"),
        Symbol("net"),
    ),
    "words": row("x", Text("and"), "y", Text('50% of "\\alpha" & #1 $x$ {_^~} <|>')),
    "underscored": Symbol("w_1", "upright"),
    "signs": row(*(Symbol(char) for char, sign in SIGNS.items() if sign.kind == "ordinary")),
    "operators": row(
        "a", *(Operator(char) for char, sign in SIGNS.items() if sign.kind in ("binary", "relation"))
    ),
    "empty": Fraction(Row(()), Row(())),
    "toned": row(
        Script(Script(Toned(1, Symbol("v")), Toned(1, Numeral("1"))), sup=Symbol("⊤")),
        "=",
        Boxed(part("3"), 1),
    ),
}

LATEX = {
    "toned": r"\textcolor{tone1}{v}_{\textcolor{tone1}{1}}^{\top}"
    r" = \textcolor{tone1}{\boxed{\textcolor{black}{3}}}",
    "affine": r"\vec{u} = W_1 \vec{x} + \vec{b}_1",
    "function": r"\vec{h} = \operatorname{ReLU}(\vec{u}) = \log(\vec{o})"
    r" + \operatorname{tr} A + 2 \operatorname{tr} B",
    "word": r"\mathrm{Loss} = \lambda \, \mathrm{Loss}, 2 \, \mathrm{Loss} + (\mathrm{Loss}, a)",
    "prime": r"\operatorname{softmax}'(\vec{v}) + f'(x)",
    "prime sub": "f_1'",
    "gradient": r"\frac{\partial J}{\partial W_2}"
    r" = \frac{\partial J}{\partial \vec{v}} \, \vec{h}^{\top} + W_2",
    "difference": r"\frac{\partial J}{\partial \vec{v}} = (\vec{o} - y)(1 - \vec{o}) \cdot (-0.5)",
    "norm": r"s_1 = \tfrac{1}{2} \lVert W_1 \rVert_F^2",
    "sum": r"L = -\sum_k^n y_k \log(o_k)",
    "maximum": r"\operatorname*{max}_k x_k",
    "applied": r"\mathrm{ReLU} = \operatorname{ReLU}"
    r"\!\left(\left[\begin{array}{@{}r@{}} 3.4 \\ -3.5 \end{array}\right]\right)"
    r" = 2 \begin{bmatrix} 1 \end{bmatrix} x",
    "gaps": r"W = \begin{bmatrix} "
    r"\rule[-0.81em]{0pt}{2.1em}\,\boxed{\rule[-0.26em]{0pt}{1em}\hspace{2.4em}}\,{} & "
    r"\rule[-0.81em]{0pt}{2.1em}\,\boxed{\rule[-0.26em]{0pt}{1em}\hspace{2.4em}}\,{} "
    r"\end{bmatrix} + \rule[-0.95em]{0pt}{2.5em}\,\boxed{\rule[-0.4em]{0pt}{1.4em}\hspace{7.4em}}\,{}",
    "cells": r"\begin{bmatrix} {}[a] & b \\ {}[c] & d \end{bmatrix}",
    "cases": r"x = \begin{cases} 1 & \text{if } u > 0 \\ 0 & \text{otherwise} \end{cases}",
    "scripts": r"{w'}^2 (x)^2 {a b}_n",
    "signed after gap": r"x \quad {-}x",
    "underscored": r"\mathrm{w\_1}",
}

TYPST = {
    "affine": "arrow(u) = attach(W, b: 1) arrow(x) + attach(arrow(b), b: 1)",
    "prime": 'attach(op("softmax"), t: prime) lr(paren.l arrow(v) paren.r)'
    " + attach(f, t: prime) lr(paren.l x paren.r)",
    "gradient": "frac(∂ J, ∂ attach(W, b: 2))"
    " = frac(∂ J, ∂ arrow(v)) thin attach(arrow(h), t: ⊤) + attach(W, b: 2)",
    "cases": 'x = cases(1 & quad "if" u gt 0, 0 & quad "otherwise")',
    "underscored": 'upright("w_1")',
    "words": r'x "and" y "50% of \"\\alpha\" & #1 $x$ {_^~} <|>"',
}

MATHML = {
    "sum": "<mrow><mi>L</mi><mo>=</mo>"
    '<mo form="prefix">−</mo><mrow><munderover><mo>∑</mo><mi>k</mi><mi>n</mi></munderover><mrow>'
    "<msub><mi>y</mi><mi>k</mi></msub>"
    '<mspace width=".17em"></mspace><mi>log</mi><mo>\u2061</mo>'
    '<mrow><mo stretchy="false">(</mo><msub><mi>o</mi><mi>k</mi></msub><mo stretchy="false">)</mo></mrow>'
    "</mrow></mrow></mrow>",
    "prime sub": '<msubsup><mi>f</mi><mn>1</mn><mi mathvariant="normal">′</mi></msubsup>',
    "cells": "<mrow><mo>[</mo><mtable>"
    '<mtr><mtd><mrow><mo stretchy="false">[</mo><mi>a</mi><mo stretchy="false">]</mo></mrow></mtd>'
    "<mtd><mi>b</mi></mtd></mtr>"
    '<mtr><mtd><mrow><mo stretchy="false">[</mo><mi>c</mi><mo stretchy="false">]</mo></mrow></mtd>'
    "<mtd><mi>d</mi></mtd></mtr></mtable><mo>]</mo></mrow>",
    "bold": '<mrow><mi mathvariant="normal">𝐖</mi><mi mathvariant="normal">𝜶</mi>'
    '<mi mathvariant="normal">𝟏</mi><mtext class="bold">net</mtext>'
    '<mi mathvariant="normal">x</mi><mtext class="italic">net</mtext></mrow>',
    "words": "<mrow><mi>x</mi><mtext>_and_</mtext><mi>y</mi><mtext>"
    "_50%_of_&quot;\\alpha&quot;_&amp;_#1_$x$_{~^}_&lt;|&gt;</mtext></mrow>",
    "underscored": "<mi>w_1</mi>",
    "empty": "<mfrac><mrow></mrow><mrow></mrow></mfrac>",
}

SPOKEN = {
    "toned": "v sub 1 transpose equals 3",
    "affine": "vector u equals W sub 1 times vector x plus vector b sub 1",
    "prime": "softmax prime of vector v plus f prime of x",
    "gradient": "the derivative of J with respect to W sub 2 equals"
    " the derivative of J with respect to vector v times vector h transpose plus W sub 2",
    "norm": "s sub 1 equals one half times the norm of W sub 1 end norm sub F squared",
    "sum": "L equals minus the sum over k up to n of y sub k times log of o sub k",
    "product": "the 3 by 2 matrix with rows 0.3, 0.5; 0.2, 0.7; 0.1, 0.4 times the column vector 6, 3"
    " plus the column vector 0.1, 0.2, minus 0.3",
    "wide": "a 2 by 12 matrix",
    "elided": "a matrix shown in part",
    "gaps": "W equals a blank 1 by 2 matrix plus blank",
    "cases": "x equals the cases 1 if u is greater than 0; 0 otherwise",
    "roots": "the square root of x plus 1 end root times the square root of x over y end root",
}

# Width, and height with depth, in pt at 10 pt, as pdflatex reports them of the LaTeX above.
BY_TEX = {
    "affine": (59.7, 11.3),
    "function": (162.7, 12.3),
    "word": (138.2, 10.0),
    "prime": (84.8, 10.9),
    "gradient": (90.6, 22.1),
    "transposed": (68.5, 20.6),
    "difference": (123.6, 20.6),
    "norm": (59.5, 12.1),
    "sum": (87.6, 29.5),
    "product": (112.2, 36.0),
    "applied": (151.0, 24.0),
    "wide": (377.2, 24.0),
    "cases": (84.5, 30.0),
    "brace": (62.2, 22.5),
    "boxed": (107.8, 30.8),
    "roots": (49.4, 24.4),
}

TONES = """
#let tone(n, body) = text(fill: red, body)
#let tonebox(n, body) = box(stroke: red, $ body $)
"""

WRITERS = [latex, typst, mathml, pane, speech]
VISITORS = [*WRITERS, speech, width, height, is_tall]


@pytest.mark.parametrize("name", LATEX)
def test_latex(name):
    assert latex(SAMPLES[name]) == LATEX[name]


@pytest.mark.parametrize("name", TYPST)
def test_typst(name):
    assert typst(SAMPLES[name]) == TYPST[name]


@pytest.mark.parametrize("name", MATHML)
def test_mathml(name):
    # Blanks do not break, and stand as _ in the table (the words' own underscore is left out of it).
    written = mathml(SAMPLES[name]).replace("{_^~}", "{~^}").replace("\u00a0", "_")
    assert written == MATHML[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_mathml_holds_elements_of_mathml_core_only(name):
    arities = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
    groups = {"math", "mrow", "msqrt", "mtable", "mtr", "mtd"}
    known = {
        "accent",
        "class",
        "depth",
        "displaystyle",
        "form",
        "height",
        "lspace",
        "mathvariant",
        "movablelimits",
        "rspace",
        "stretchy",
        "width",
    }
    for element in ElementTree.fromstring(f"<math>{mathml(SAMPLES[name])}</math>").iter():
        if element.tag in arities:
            assert len(element) == arities[element.tag]
        elif element.tag not in groups:
            assert element.tag in {"mi", "mn", "mo", "mtext", "mspace"}
            assert not len(element)
        assert set(element.keys()) <= known


@given(st.text())
def test_text_of_mathml_is_text(text):
    (element,) = ElementTree.fromstring(f"<math>{mathml(Text(text))}</math>")
    assert not len(element)
    shown = "".join(char if char.isprintable() else " " for char in text).strip()
    assert (element.text or "").replace("\u00a0", " ").strip() == shown


def test_a_sign_that_begins_a_line_is_no_sign_of_a_number():
    assert mathml(row("+", "a")) == '<mrow><mo form="infix">+</mo><mi>a</mi></mrow>'
    assert mathml(row(MINUS, "a")) == '<mrow><mo form="prefix">−</mo><mi>a</mi></mrow>'


@pytest.mark.parametrize("name", SPOKEN)
def test_speech(name):
    assert speech(SAMPLES[name]) == SPOKEN[name]


@pytest.mark.parametrize("name", BY_TEX)
def test_measure_agrees_with_tex(name):
    points, total = BY_TEX[name]
    assert width(SAMPLES[name]) * 10 == pytest.approx(points, rel=0.1)
    assert height(SAMPLES[name]) * 10 == pytest.approx(total, rel=0.2)


def node_classes():
    return get_args(Maths)


def test_the_samples_use_every_node_class():
    seen = set()

    def collect(node):
        if isinstance(node, tuple):
            for item in node:
                collect(item)
        elif type(node) in node_classes():
            seen.add(type(node))
            for field in type(node).__slots__:
                collect(getattr(node, field))

    collect(tuple(SAMPLES.values()))
    assert seen == set(node_classes())


@pytest.mark.parametrize(
    "visitor", [latex, typst, mathml, pane, spoken, extent, is_tall], ids=lambda visitor: visitor.__name__
)
def test_every_visitor_handles_every_node_class(visitor):
    assert set(node_classes()) <= set(visitor.registry)


@pytest.mark.parametrize("visitor", VISITORS, ids=lambda visitor: visitor.__name__)
def test_an_unknown_node_is_an_error_that_names_it(visitor):
    with pytest.raises(TypeError, match="not a maths node: 'stray'"):
        visitor(Row(("stray",)))


@pytest.mark.parametrize("visitor", [*WRITERS, width], ids=lambda visitor: visitor.__name__)
@pytest.mark.parametrize("node", [Symbol("☃"), Operator("☃"), Big("☃", Symbol("x")), Symbol("a☃")])
def test_an_unknown_character_is_an_error_that_names_it(visitor, node):
    with pytest.raises(UnknownSymbolError, match=r"☃.*U\+2603"):
        visitor(node)


@pytest.mark.parametrize("visitor", [*WRITERS, width], ids=lambda visitor: visitor.__name__)
@pytest.mark.parametrize("text", ["1e5", "#1", "", "--1", "1 2", "+1", "٣", "1\n"])
def test_a_numeral_that_is_no_number_is_an_error(visitor, text):
    with pytest.raises(ValueError, match="cannot be printed"):
        visitor(Numeral(text))


@pytest.mark.parametrize("visitor", WRITERS, ids=lambda visitor: visitor.__name__)
def test_an_unknown_bracket_is_an_error(visitor):
    with pytest.raises(UnknownSymbolError, match="☃"):
        visitor(Fenced("(", Symbol("x"), "☃"))


@pytest.mark.parametrize("visitor", [*WRITERS, width], ids=lambda visitor: visitor.__name__)
def test_work_grows_with_the_size_of_the_tree_not_with_its_depth(visitor):
    node = Symbol("x")
    for _ in range(60):
        node = row("a", "+", Script(Boxed(node), Numeral("1")))
    visitor(node)


def test_more_than_ten_columns_are_no_bmatrix():
    assert r"\begin{array}{@{}rrrrrrrrrrrr@{}}" in latex(WIDE)


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        (("-0.5 1", "0.25 2"), "rc"),
        (("0.5 10.25", "1.5 0.25"), "cr"),
        (("1 0.5", "0.25 12"), None),
    ],
)
def test_columns_are_flush_right_where_signs_or_lengths_differ(cells, columns):
    text = latex(matrix(*cells))
    assert (columns is None) == ("bmatrix" in text)
    assert columns is None or f"{{@{{}}{columns}@{{}}}}" in text


@given(st.text())
def test_text_never_leaves_its_typst_string(text):
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', quoted(text))


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_escaped_text_holds_no_active_character_of_tex(text):
    plain = re.sub(r"\\[{}$&#_%]|\\[a-z]+\{\}|\\ensuremath\{[^{}]*\}|-\{\}-", "", escape(text))
    assert not set(plain) & set('\\{}$&#_%^~<>|"`\n\r\t')


HOSTILE = [
    Text('"); #panic("x") ('),
    Text(r"\input{/etc/passwd}$ # } {"),
    Text('\\") #import "x"'),
    Symbol("_a", "upright"),
]


def typst_page(formulas):
    lines = "\n\n".join(f"$ {typst(formula)} $\n\ninline ${typst(formula)}$" for formula in formulas)
    return ("#set page(height: auto)\n" + PRELUDE + TONES + lines).encode()


def test_typst_compiles_every_sample():
    image, warnings = typst_wheel.compile_with_warnings(
        typst_page([*SAMPLES.values(), *HOSTILE]), format="svg"
    )
    assert image
    assert not warnings


def tex_page(formulas):
    lines = "\n".join(f"\\[ {latex(formula)} \\] inline ${latex(formula)}$" for formula in formulas)
    packages = r"\usepackage{amsmath}\usepackage{amssymb}\usepackage{xcolor}\colorlet{tone1}{red}"
    return rf"\documentclass{{article}}{packages}\begin{{document}}{lines}\end{{document}}"


@pytest.mark.tex
@pytest.mark.skipif(not shutil.which("pdflatex") and not os.environ.get("CI"), reason="no pdflatex")
def test_pdflatex_compiles_every_sample(tmp_path):
    (tmp_path / "page.tex").write_text(tex_page([*SAMPLES.values(), *HOSTILE]), encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-halt-on-error", "-interaction=nonstopmode", "page.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout.decode(errors="replace")[-2000:]
    assert b"Missing character" not in (tmp_path / "page.log").read_bytes()

"""Languages: every text of a report has its translation, and a language is a file."""

import ast
import json
import re
import tomllib
from functools import cache, partial
from itertools import product
from pathlib import Path

import pytest
from reporting import REPORTS, found, name_of, said, solved
from support import text_of

import symgrad
from symgrad import languages
from symgrad.calculus.reasons import REPEATED
from symgrad.document.blocks import Words
from symgrad.errors import InputError
from symgrad.languages import ENGLISH, Language, Said, known, language_of
from symgrad.maths.latex import latex
from symgrad.maths.mathml import mathml
from symgrad.maths.nodes import Numeral, Operator, Symbol, Text
from symgrad.maths.speech import speech
from symgrad.maths.symbols import SIGNS
from symgrad.maths.typst import typst
from symgrad.methods import METHODS
from symgrad.operations import OPERATIONS
from symgrad.pipeline import solve
from symgrad.reading.problem import read_problem
from symgrad.rendering import Choices, compose, look_of, render
from symgrad.styles import STYLES
from symgrad.styles.sheets import SHEETS
from symgrad.writing.html import to_html
from symgrad.writing.markdown import to_markdown
from symgrad.writing.screen import screen
from symgrad.writing.templates import templates_folder
from symgrad.writing.tex import to_tex
from symgrad.writing.typst import to_typst

ROOT = Path(symgrad.__file__).parent
FILES = sorted([*REPORTS.glob("*.yaml"), *REPORTS.glob("gallery/*.yaml")])
OTHERS = known()[1:]
PLACE = re.compile(r"\{\w+\}")
# Where texts are said: the calls, and the modules whose sentences are of checks alone, which are English.
SAYING = {"words", "paragraph", "note", "say", "language", "Said", "chain", "pieces"}
CHECKS = {"annotated", "lines", "remarks", "sentences", "summary", "witness"}


def texts_of(tag):
    return tomllib.loads((ROOT / "languages" / f"{tag}.toml").read_text("utf-8"))["texts"]


@pytest.fixture
def _strict(monkeypatch):
    """No text may be missing."""

    def missing(language, text):
        raise AssertionError(f"{language.tag}.toml has no text for {text!r}")

    monkeypatch.setattr(Language, "missing", missing)


@cache
def trees():
    return {path: ast.parse(path.read_text("utf-8")) for path in ROOT.rglob("*.py")}


def made(solution, language, style="lab", sheet="key", detail=None):
    choices = Choices(style=style, sheet=sheet, detail=detail, language=language)
    return compose(solution, look_of(solution.problem, choices))


def written(document):
    """All that is written of a document, in all formats."""
    list(screen(document, 80))
    return [write(document) for write in (to_tex, to_html, to_markdown, to_typst)]


CASES = list(product(FILES, STYLES, SHEETS, OTHERS))


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize(
    ("path", "style", "sheet", "tag"),
    CASES,
    ids=[f"{path.stem}-{style}-{sheet}-{tag}" for path, style, sheet, tag in CASES],
)
def test_every_report_is_written_in_every_language(path, style, sheet, tag):
    solution = solved(name_of(path))
    for detail in ("full", "brief") if style == "lab" else ("full",):
        document = made(solution, tag, style, sheet, detail)
        assert document.language == tag
        written(document)


SMALL = {
    "points": text_of(
        {"h": "W @ x", "L": "sum(h**2)"},
        {"W": [[1, 2]], "x": [0.5, 1]},
        report={"points": {"h": 1, "dL/dW": 2.5}},
    ),
    "warnings": text_of({"h": "log(x)", "L": "sum(h)"}, {"x": [0, 1], "z": 3}),
    "one step of each its own data": text_of(
        {"L": "(w*x - y)**2"},
        {"x": 1, "y": 2, "w": 0.5},
        update={
            "rate": 0.1,
            "parameters": ["w"],
            "steps": 6,
            "method": "momentum",
            "momentum": 0.9,
            "each": [{"x": 1}, {"x": 2}],
        },
    ),
    "its rule": text_of(
        {"L": "(w - 2)**2"},
        {"w": 0.5},
        update={"rate": 0.1, "parameters": ["w"], "rule": {"v": "0.9*v + g", "w": "w - rate*v"}},
    ),
    "functions": text_of(
        {"h": "swish(x)", "k": "f(x)", "L": "sum(h * k)"},
        shapes={"x": ["n"]},
        functions={"swish(t)": "t * sigmoid(t)", "f(t)": None},
    ),
    "no scalar": text_of(
        {"y": "where(x > 0, x**2, clip(x, -1, 0.5))", "z": "x * y"},
        {"x": [0.5, -1]},
        backward={"of": ["y", "z"], "wrt": ["x"], "jacobians": [["y", "x"]]},
        report={"layout": "denominator"},
    ),
    "hessians": text_of(
        {"L": "-sum((X @ w - y)**2)", "E": "sum(y)"},
        {"X": [[1, 2], [3, 4]], "w": [0.5, 1], "y": [1, 0]},
        backward={"of": "L", "wrt": ["w"], "hessians": ["w", ["w", "y"]]},
    ),
}


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize("tag", OTHERS)
@pytest.mark.parametrize("name", SMALL)
def test_what_the_reports_do_not_say_has_its_text_too(name, tag):
    solution = solve(read_problem(SMALL[name]))
    for style, sheet in product(STYLES, SHEETS):
        written(made(solution, tag, style, sheet))


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize("tag", OTHERS)
def test_tables_have_their_texts(tag):
    say = language_of(tag)
    for operation in OPERATIONS.values():
        for why in [operation.why] if isinstance(operation.why, str) else operation.why:
            assert say(why)
    for text in (*REPEATED.values(), *(method.title for method in METHODS.values())):
        assert say(text)
    for char, row in SIGNS.items():
        assert speech(Operator(char) if row.kind != "ordinary" else Symbol(char), say) or char in ",;"


def sentences():
    """The texts that calls say, each with its place."""
    for path, tree in trees().items():
        for call in ast.walk(tree) if path.stem not in CHECKS else ():
            called = getattr(call, "func", None)
            if getattr(called, "id", getattr(called, "attr", "")) in SAYING:
                for given in call.args[:2]:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        yield given.value, f"{path.name}:{call.lineno}"


@pytest.mark.parametrize("tag", OTHERS)
def test_every_sentence_of_the_code_has_its_text(tag):
    texts = texts_of(tag)
    assert not [(text, place) for text, place in sentences() if text not in texts]


@pytest.mark.parametrize("tag", OTHERS)
def test_no_text_is_left_of_what_is_said_no_more(tag):
    nodes = (node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Constant))
    said_in_code = {node.value for node in nodes if isinstance(node.value, str)}
    folder = Path(str(templates_folder()))
    templates = "".join(path.read_text("utf-8") for path in folder.rglob("*.j2"))
    said_in_templates = set(re.findall(r'"([^"]+)" \| said', templates))
    assert set(texts_of(tag)) - said_in_code - said_in_templates == set()
    assert said_in_templates <= set(texts_of(tag))


@pytest.mark.parametrize("tag", OTHERS)
def test_placeholders_agree(tag):
    apart = {
        english: text
        for english, text in texts_of(tag).items()
        if {*PLACE.findall(english)} != {*PLACE.findall(text)}
        or english.endswith((":", ".", "?")) != text.endswith((":", ".", "?"))
    }
    assert not apart


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """A third language, in which every word is 'hum': a file in a folder."""
    texts = {
        english: re.sub(r"(\{\w+\})|[^\W\d]+", lambda word: word[1] or "hum", english)
        for english in texts_of("de")
    }
    head = 'decimal = ","\nseparator = ";"\n[texts]\n'
    quoted = partial(json.dumps, ensure_ascii=False)
    lines = (f"{quoted(english)} = {quoted(text)}\n" for english, text in texts.items())
    (tmp_path / "xx.toml").write_text(head + "".join(lines), "utf-8")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    return "xx"


@pytest.mark.usefixtures("_strict")
@pytest.mark.parametrize("name", ["lab6", "gallery/hessians", "gallery/adam_descent", "gallery/gru_cell"])
def test_a_language_is_a_file_and_nothing_is_said_past_it(made_up, name):
    assert known() == ("en", made_up)
    solution = solved(name)
    for style, sheet in product(STYLES, SHEETS):
        document = made(solution, made_up, style, sheet)
        shown = [*found(document.blocks, Words), *found(document.subtitle, Words)]
        letters = {word for part in shown for word in re.findall(r"[^\W\d_]{2,}", part.text)}
        assert letters <= {"hum", "Hum"}
        assert {node.text for node in found(document.blocks, Text)} <= {"hum", "hum 1", "hum 2"}
        assert "hum" in to_html(document)
        assert f'lang="{made_up}"' in to_html(document)


@pytest.mark.parametrize("tag", OTHERS)
def test_numbers_are_the_same(tag):
    solution = solved("lab6")
    for style in STYLES:
        ours, theirs = (
            [node.text for node in found(made(solution, language, style).blocks, Numeral)]
            for language in (ENGLISH.tag, tag)
        )
        assert [text.replace(language_of(tag).decimal, ".") for text in theirs] == ours
    english, other = (
        render(solution, ["json"], look_of(solution.problem, Choices(language=language)))["json"]
        for language in (ENGLISH.tag, tag)
    )
    assert english == other


def test_a_decimal_comma_in_every_format():
    node = Numeral("-0,5")
    assert latex(node) == "-0{,}5"
    assert typst(node) == '-"0,5"'
    assert ">0,5<" in mathml(node)
    assert speech(node, language_of("de")) == "minus 0,5"


def test_numbers_with_commas_have_semicolons_between():
    solution = solve(read_problem(text_of({"L": "sum(clip(x, -1, 0.3))"}, {"x": [0.25, 1]})))
    assert re.search(r"-1; ?0\{,\}3", to_tex(made(solution, "de")))
    assert re.search(r"-1, ?0\.3", to_tex(made(solution, "en")))


def test_german_as_a_sheet_says_it():
    solution = solved("lab6")
    text = to_markdown(made(solution, "de"))
    assert "## Vorwärtsrechnung" in text
    assert "### Gradient nach $W_2$" in text
    assert r"\text{falls}" in text
    document = made(solution, "de", sheet="questions")
    assert said(document.subtitle) == "Aufgabenblatt"
    assert "die Ableitung von J nach W" in to_typst(made(solution, "de"))


def test_a_language_that_is_not_known():
    problem = read_problem(text_of({"L": "w**2"}, report={"language": "dee"}))
    with pytest.raises(InputError, match="unknown language 'dee'") as error:
        look_of(problem, Choices())
    assert error.value.place.line == 2
    assert "'de'" in error.value.hint
    with pytest.raises(InputError) as error:
        look_of(problem, Choices(language="../de"))
    assert "en, de" in error.value.hint


def test_the_file_asks_and_the_command_line_is_heard_first():
    problem = read_problem(text_of({"L": "w**2"}, report={"language": "de"}))
    assert look_of(problem, Choices()).manner.language == "de"
    assert look_of(problem, Choices(language="en")).manner.language == "en"


def test_a_sentence_that_is_said_is_plain_text_and_more():
    what = Said("the gradient of {of} by {name}", of="L", name="w")
    told = Said("{what} is not finite: its value is {value}", what=what, value="{inf}")
    assert told == "the gradient of L by w is not finite: its value is {inf}"
    assert language_of("de")(told) == "der Gradient von L nach w ist nicht endlich: der Wert ist {inf}"
    assert ENGLISH(told) == told
    assert language_of("tlh") is ENGLISH

import zipfile
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from symgrad.writing.escaping import Tex, Typ, tex_name, tex_text, typst_text
from symgrad.writing.templates import Templates, templates_folder


@pytest.fixture
def tex():
    return Templates("tex", Tex, tex_text, {"shout": lambda text: Tex(text.upper())})


def render(templates, source, **values):
    return templates.from_string(source).render(values)


def test_user_text_is_escaped_and_the_format_is_not(tex):
    assert render(tex, r"\a{<< user >>}<< own >>", user="50% $x$", own=Tex(r"\b{}")) == r"\a{50\% \$x\$}\b{}"


def test_what_a_macro_writes_is_not_escaped_again(tex):
    source = r"<% macro bold(text) %>\textbf{<< text >>}<% endmacro %><< bold(user) >>"
    assert render(tex, source, user="a_b") == r"\textbf{a\_b}"


def test_joined_strings_are_user_text(tex):
    assert render(tex, "<< own ~ user >>", own=Tex("$"), user="$") == r"\$\$"


@pytest.mark.parametrize("value", [None, 3, 1.5, ["a"], b"a"])
def test_anything_but_text_is_an_error(tex, value):
    with pytest.raises(TypeError, match="may write text only"):
        render(tex, "<< value >>", value=value)


def test_an_unknown_name_is_an_error(tex):
    with pytest.raises(UndefinedError):
        render(tex, "<< missing >>")


def test_the_types_of_formats_do_not_mix(tex):
    assert render(tex, "<< typst >>", typst=Typ("#a")) == r"\#a"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\\b{}", r"a\textbackslash{}b\{\}"),
        ("x_1 & 2^3 ~", r"x\_1 \& 2\textasciicircum{}3 \textasciitilde{}"),
        ("a\x00\n\tb\u202e", "a b"),
        ("中", "[U+4E2D]"),
        ("e\u0301", "é"),
    ],
)
def test_tex_text(text, shown):
    assert tex_text(text) == shown


def test_long_words_may_be_broken():
    assert tex_text("word" * 10).count(r"\-") == 3
    assert tex_text("word" * 3) == "word" * 3
    assert typst_text("word" * 10).count(r"\u{ad}") == 3


@pytest.mark.parametrize("text", ['"#read()', "\\", '\\"', "$x$ ] )"])
def test_typst_text_is_one_string(text):
    literal = typst_text(text)
    inner = literal[1:-1].replace("\\\\", "").replace('\\"', "")
    assert literal[0] == literal[-1] == '"'
    assert '"' not in inner
    assert "\\" not in inner


def test_names_in_the_pdf_hold_letters_and_codes_only():
    assert tex_name("a $b") == r"a \unichar{36}b"


def test_templates_lie_beside_the_package_or_in_it():
    names = {place.name for place in templates_folder().iterdir()}
    assert {"tex", "typst", "md", "html"} <= names


def test_the_wheel_holds_the_templates(tmp_path):
    wheel = pytest.importorskip("hatchling.builders.wheel")
    builder = wheel.WheelBuilder(str(Path(__file__).parents[1]))
    (built,) = builder.build(directory=str(tmp_path), versions=["standard"])
    inside = set(zipfile.ZipFile(built).namelist())
    here = {
        f"symgrad/templates/{folder.name}/{file.name}"
        for folder in templates_folder().iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
    }
    assert here
    assert here <= inside
    assert "symgrad/py.typed" in inside

import contextlib
import math
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import InputError
from symgrad.reading.source import within
from symgrad.reading.yaml import load_yaml, read_yaml


def fault(text):
    with pytest.raises(InputError) as caught:
        read_yaml(text, "p.yaml")
    error = caught.value
    assert error.hint
    assert str(error).startswith(f"p.yaml:{error.place.line}:{error.place.column}: error: ")
    return error


def pointed(place):
    return place.text[place.column - 1 : place.column - 1 + place.width]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-3", 1e-3),
        ("1.0e-05", 1e-5),
        ("-.5", -0.5),
        ("+3", 3),
        ("007", 7),
        ("0x1F", 31),
        ("0o17", 15),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("y", "y"),
        ("no", "no"),
        ("on", "on"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2024-01-02", "2024-01-02"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("0b1", "0b1"),
    ],
)
def test_core_schema(written, value):
    data = read_yaml(f"a: {written}\n", "p").data["a"]
    assert (type(data), data) == (type(value), value)


def test_nan_and_huge_integers_are_floats():
    data = read_yaml(f"a: .nan\nb: {'9' * 5000}\n", "p").data
    assert math.isnan(data["a"])
    assert data["b"] == math.inf


def test_names_that_other_yaml_versions_take_for_booleans_are_keys():
    assert read_yaml("y: 1\nno: 2\non: 3\n", "p").data == {"y": 1, "no": 2, "on": 3}


@pytest.mark.parametrize("text", ["", "\n", "# a comment\n", "---\n"])
def test_an_empty_file_is_no_data(text):
    assert read_yaml(text, "p").data is None


def test_places_of_values_and_keys():
    located = read_yaml("given:\n  x: [6, 0.10]\n  t: 'a b'\n", "p.yaml")
    number = located.place(("given", "x", 1))
    assert (number.file, number.line, number.column, pointed(number)) == ("p.yaml", 2, 10, "0.10")
    assert located.written(("given", "x", 1)) == "0.10"
    assert pointed(located.place(("given", "t"))) == "a b"
    assert pointed(located.key_place(("given", "x"))) == "x"
    assert pointed(located.place(("given", "x", 1, "nothing below"))) == "0.10"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_places_stay_right_after_a_mark_and_foreign_line_ends(tmp_path, line_end):
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + line_end.join(["a: 1", "b:", "  cc: [2, 3]", ""]).encode())
    place = load_yaml(path).place(("b", "cc", 1))
    assert (place.line, place.column, place.text) == (3, 11, "  cc: [2, 3]")


def test_a_folded_text_knows_the_line_of_each_character():
    text = "J: >-\n  L +\n  lam * nom(w)\nK: a +\n   b\n"
    located = read_yaml(text, "p")
    formula = located.data["J"]
    start = formula.index("nom")
    place = within(located.place(("J",)), start, start + 3)
    assert (place.line, place.column, pointed(place)) == (3, 9, "nom")
    assert located.data["K"] == "a + b"
    place = within(located.place(("K",)), 4, 5)
    assert (place.line, place.column, pointed(place)) == (5, 4, "b")


def test_a_quoted_text_with_an_escaped_quote_is_pointed_into():
    located = read_yaml("a: 'it''s here'\n", "p")
    place = within(located.place(("a",)), 5, 9)
    assert pointed(place) == "here"


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("L: - sum(x)\n", 1, 4, "'-'", "quotes, as in L: '- sum(x)'"),
        ("L:\n  - sum(x)\n  o: 1\n", 3, 3, "indentation", "column"),
        ("a: x[0]: 2\n", 1, 8, "second ': '", "quotes"),
        ("o: {x: 1\n", 1, 4, "never closed", "close the bracket"),
        ("o: [1, 2\n", 1, 4, "never closed", "close the bracket"),
        ("o: [x[0], 2]\n", 1, 6, "',' or ']'", "quotes"),
        ("o: {a: 1,\n", 1, 10, "missing", "close the bracket"),
        ("a: @x\n", 1, 4, "'@'", "quotes"),
        ("a: %x\n", 1, 4, "'%'", "quotes"),
        ("a: `x`\n", 1, 4, "'`'", "quotes"),
        ("a: *x\n", 1, 4, "alias", "quotes"),
        ("a: *\n", 1, 4, "alias", "quotes"),
        ("a: &x y\n", 1, 4, "anchor", "quotes"),
        ("a: & y\n", 1, 4, "anchor", "quotes"),
        ("a: &x [1]\n", 1, 4, "anchor", "quotes"),
        ("a: !x y\n", 1, 4, "tag", "quotes"),
        ("a: !<x y\n", 1, 4, "tag", "quotes"),
        ("a: 'x' + y\n", 1, 8, "closing quote", "whole text"),
        ("a: 'x\nb: 1\n", 1, 4, "never closed", "close it"),
        ('a: "\\vec{x} \\q"\n', 1, 14, "escape", "single quotes"),
        ("a: |x\n", 1, 5, "next line", "quotes"),
        ("a: 1\n\tb: 2\n", 2, 1, "tab", "spaces"),
        ("a: 1\nfoo\nb: 2\n", 2, 1, "without ': '", "name: formula"),
        ("a: ]\n", 1, 4, "cannot begin", "quotes"),
        ("%YAML 1.1\n---\na: 1\n", 2, 1, "directives", "#"),
        ("% a comment\na: 1\n", 1, 2, "directive", "#"),
        ("a: 1\n---\nb: 2\n", 2, 1, "second YAML document", "one problem"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "'a' stands here a second time, after line 1", "rename"),
        ("g: {x: 1, x: 2}\n", 1, 11, "'x' stands here a second time, after line 1", "rename"),
        ("1: x\n", 1, 1, "reads '1' as a value", "quotes"),
        ("null: x\n", 1, 1, "reads 'null' as a value", "quotes"),
        ("[a]: x\n", 1, 1, "key", "quotes"),
        ("{a: 1}: x\n", 1, 1, "key", "quotes"),
        ("a: \x07\n", 1, 4, "U+0007", "delete"),
        ("a: 1\nb: x\0y\n", 2, 5, "U+0000", "delete"),
        ('a: "x\\0"\n', 1, 5, "U+0000", "delete"),
        ('a: "\\ud800"\n', 1, 5, "U+D800", "delete"),
        ('a: "\\UFFFFFFFF"\n', 1, 5, "no such character", "Unicode"),
    ],
)
def test_faults_have_place_and_mend(text, line, column, message, hint):
    error = fault(text)
    assert (error.place.line, error.place.column) == (line, column)
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system ['touch /tmp/owned']\n",
        "!!python/object/new:os.system ['ls']\n",
        "a: !!python/name:os.system\n",
        "!!binary aGVsbG8=\n",
        "a: !!int '3'\n",
    ],
)
def test_tags_are_refused(text):
    assert "tag" in fault(text).message


def test_an_alias_bomb_is_refused_at_its_first_anchor():
    lines = ['a: &a ["lol", "lol"]'] + [
        f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdef", "bcdefg", strict=True)
    ]
    error = fault("\n".join(lines))
    assert (error.place.line, "anchor" in error.message) == (1, True)


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000, "[[\n" * 5000])
def test_deep_nesting_is_refused_quickly(text):
    start = time.process_time()
    error = fault(text)
    assert "nested more than 64 deep" in error.message
    assert time.process_time() - start < 2


def test_the_deepest_legal_nesting_is_read():
    data = read_yaml("[" * 64 + "]" * 64, "p").data
    depth = 0
    while data:
        data, depth = data[0], depth + 1
    assert depth == 63


def test_a_large_file_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"x: " + b"[1, " * 2_500_000)
    start = time.perf_counter()
    with pytest.raises(InputError, match="larger than 1,000,000 bytes"):
        load_yaml(path)
    with pytest.raises(InputError, match="larger than 1,000,000 bytes"):
        read_yaml("a" * 10_000_000, "p")
    assert time.perf_counter() - start < 1


def test_a_file_that_is_not_utf8_is_pointed_into(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\r\nb: caf\xe9\r\n")
    with pytest.raises(InputError, match="byte 0xe9 is not UTF-8") as caught:
        load_yaml(path)
    assert (caught.value.place.line, caught.value.place.column) == (2, 7)


@pytest.mark.parametrize("name", ["missing.yaml", "", "a\0b"])
def test_a_file_that_cannot_be_read(tmp_path, name):
    with pytest.raises(InputError, match="cannot read"):
        load_yaml(Path(tmp_path / name))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("ab:-[]{},'\"\\|>&*!%@#?\n\t 01.~", max_size=60)))
def test_any_text_is_data_or_an_input_error(text):
    with contextlib.suppress(InputError):
        assert () in read_yaml(text, "p").values


def test_a_long_list_in_a_text_stays_a_text():
    """Long lists of numbers are read at once, but not where their brackets are part of a title."""
    numbers = ", ".join(str(n) for n in range(500))
    data = read_yaml(f'title: "[{numbers}]"\nx: [{numbers}]\n', "p.yaml").data
    assert data["title"] == f"[{numbers}]"
    assert data["x"] == list(range(500))

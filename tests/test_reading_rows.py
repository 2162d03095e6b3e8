"""Rows of numbers are not shown to the YAML reader, and nothing tells: data, places, faults are the same."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.errors import InputError
from symgrad.reading.rows import LONG, find_rows
from symgrad.reading.text import make_source
from symgrad.reading.yaml import _Loader, _read, read_yaml

NUMBERS = [*("1", "-2.5", "3e2", "+4", ".5", "007", "1.E-3", "-0", "1e5", "1e+5", "0.10"), "1" * 20]
NOT_ROWS = [
    *(".nan", "-.inf", "1e999", "9" * 250, "1_000", "0x10", "0o7", "'1'", '"2"', "1/2", "1.2.3", "1:2"),
    *("true", "null", "~", "", "x", "-", "?", "%", "&a 1", "*a", "!t 1", "\t1", "\xa01", "[1, 2]", "[1"),
    *("1]", "{a: 1}", "{a: 1", "1: 2", "1 # said\n ", "# said\n  1", "1 foo", "1\n      foo", "1;2"),
    *("1 2", "1\n\n", "\n1"),
]


def line(row):
    return ", ".join(row)


def items(row, indent=2):
    return "".join(f"{' ' * indent}- {part}\n" for part in row)


MORE = line(NUMBERS)
SHAPES = {
    "flow": lambda row: f"a: [{line(row)}]\n",
    "tight flow": lambda row: f"a: [{','.join(row)} ] # [{MORE}]\n",
    "flow of lines": lambda row: "a: [\n" + ",\n".join(row) + "\n ]\nb: 1\n",
    "flow of rows": lambda row: f"a: [[{line(row)}],\n  [{line(row)}]]\n",
    "not closed": lambda row: f"a: [{line(row)}\nb: 1\n",
    "closed twice": lambda row: f"a: [{line(row)}]]\nb: 1\n",
    "in a mapping": lambda row: f"a: {{b: [{line(row)}], c: [{MORE}]}}\n",
    "items of rows": lambda row: "a:\n" + f"  - [{MORE}]\n  - [{line(row)}]\n" * 2,
    "items": lambda row: f"a:\n{items(row)}b: 1\n",
    "items not indented": lambda row: f"a:\n{items(row, 0)}".rstrip("\n"),
    "items of items": lambda row: f"a:\n  - - 1\n{items(row, 4)}  - - 2\n",
    "items too far": lambda row: f"a:\n  - 1\n{items(row, 4)}",
    "items too near": lambda row: f"a:\n{items(row)} - 3\n",
    "items after others": lambda row: f"a:\n  - b\n{items(row)}c: 1\n",
    "a key": lambda row: f"[{line(row)}]: 1\n",
    "keys": lambda row: f"'[{line(row)}]': 1\n'[{MORE}]': 2\n",
    "twice": lambda row: f"a: [{line(row)}]\na: [{MORE}]\n",
    "text": lambda row: f"a: see [{line(row)}]\nb: [{MORE}]\n",
    "quoted": lambda row: f"a: '[{line(row)}]'\nb: \"[{MORE}]\"\n",
    "a long text": lambda row: f"a: |\n{items(row)}b: [{line(row)}]\n",
    "a folded text": lambda row: f"a: >\n  see\n{items(row, 4)}",
    "over lines": lambda row: f"a: see\n{items(row)}",
    "in a comment": lambda row: f"# [{line(row)}]\na: 1 # [{','.join(row)},\nb: [{line(row)}]\n",
    "a comment over lines": lambda row: "a: 1 # [" + ",\n  ".join(row) + "]\nb: 1\n",
    "deep": lambda row: "[" * 64 + f"[{line(row)}]" + "]" * 64,
    "too deep": lambda row: "[" * 65 + f"[ {line(row)}]" + "]" * 65,
    "a second document": lambda row: f"[{line(row)}]\n---\n[{MORE}]\n",
}
USUAL = ("flow", "tight flow", "flow of lines", "flow of rows", "items of rows", "items", "items of items")


def slowly(source):
    return _Loader(source, ()).document()


def told(read, text):
    """All that a reader says of a text."""
    try:
        found = read(make_source(text, "rows.yaml"))
    except InputError as error:
        return str(error), error.place
    every = list(paths(found.data, ()))
    places = [(path, found.place(path), found.written(path) if path else "") for path in every]
    beyond = [(*path, 10**6) in found.values or (*path, -1) in found.values for path in every]
    return repr(found.data), dict(found.keys), places, beyond


def paths(value, path):
    yield path
    for key, part in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from paths(part, (*path, key))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_row_is_what_the_yaml_reader_reads(shape):
    text = SHAPES[shape](NUMBERS)
    assert told(_read, text) == told(slowly, text)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_fault_is_told_as_the_yaml_reader_finds_it(shape):
    for entry, at in product(NOT_ROWS, (0, len(NUMBERS))):
        text = SHAPES[shape]([*NUMBERS[:at], entry, *NUMBERS[at:], *NUMBERS])
        assert told(_read, text) == told(slowly, text), text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(SHAPES)), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(list("[]{},:-#'\" \n\tx1.")), st.booleans())),
)
def test_a_sign_more_or_less_is_told_alike(shapes, changes):
    text = "".join(SHAPES[shape](NUMBERS).replace("a:", f"k{n}:") for n, shape in enumerate(shapes))
    for at, sign, instead in changes[:3]:
        text = text[:at] + sign + text[at + instead :]
    assert told(_read, text) == told(slowly, text)


@pytest.mark.parametrize("shape", USUAL)
def test_the_yaml_reader_sees_a_number_a_row(shape):
    text = SHAPES[shape](NUMBERS * 20)
    loader = _Loader(make_source(text, "rows.yaml"), find_rows(text))
    loader.document()
    assert len(loader.shortened.text) < len(text) / 4
    assert len(loader.rows_read) == len(find_rows(text)) - text.count("#")


def test_short_rows_are_left_as_they_are():
    assert find_rows("a: [" + "1, " * (LONG // 3 - 1) + "1]") == []


def test_rows_in_many_texts_cost_a_second_reading(monkeypatch):
    made = []
    monkeypatch.setattr("symgrad.reading.yaml._Loader", lambda *found: made.append(1) or _Loader(*found))
    found = read_yaml("".join(f"k{n}: see [{MORE}]\nl{n}: [{MORE}]\n" for n in range(20)), "rows.yaml")
    assert found.data["k3"] == f"see [{MORE}]"
    assert len(made) == 2

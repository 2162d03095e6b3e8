"""The sabotages of `benchmarks/mutants.py`: one of every operator, each at its place."""

import ast
import os

import pytest
from benchmarks import mutants
from benchmarks.mutation import OPERATORS, Edit, Source, changes, edits, owner, probed

TABLE = "WORDS = {'sum': 1, 'mean': 20}\n"
BODY = '''
def f(x: "int | None", rows: list[int], least: float) -> bool:
    """Whether π is < 3 and not 4."""
    if x is None or not rows:
        raise ValueError("no rows < 1")
    rows.sort()
    for row in rows:
        x += min(row, least) * pow(x, row)
    return WORDS["sum"] < x - 10_000
'''
PROGRAM = TABLE + BODY
MUTANTS = {
    "comparison": ("x is None", "x is not None"),
    "arithmetic": ("x - 10_000", "x + 10_000"),
    "and/or": ("None or not", "None and not"),
    "unary": ("not rows", "rows"),
    "condition": ("x is None or not rows", "not (x is None or not rows)"),
    "constant": ("'sum': 1", "'sum': 2"),
    "key": ('["sum"]', "['sum_']"),
    "arguments": ("pow(x, row)", "pow(row, x)"),
    "element": ("'sum': 1, ", ""),
    "returned": ('WORDS["sum"] < x - 10_000', 'not (WORDS["sum"] < x - 10_000)'),
    "statement": ("rows.sort()", "pass"),
}


def texts(source):
    """What stands in each mutant, by its operator: spaces do not count."""
    found = {}
    for edit in edits(source):
        found.setdefault(edit.operator, set()).add("".join(source.with_edit(edit).decode().split()))
    return found


@pytest.mark.parametrize("operator", MUTANTS)
def test_a_mutant_of_each_operator(operator):
    before, after = MUTANTS[operator]
    assert PROGRAM.count(before) == 1
    made = texts(Source(PROGRAM.encode()))
    assert "".join(PROGRAM.replace(before, after).split()) in made[operator]


def test_every_operator_has_its_mutant():
    assert set(texts(Source(PROGRAM.encode()))) == set(MUTANTS)
    assert {operator.__name__ for operator in OPERATORS.values()} >= {"_compare", "_arguments", "_removed"}


def test_every_mutant_is_another_program():
    source = Source(PROGRAM.encode())
    found = edits(source)
    assert all(changes(source, edit) for edit in found)
    assert len({source.with_edit(edit) for edit in found}) == len(found) > 15


@pytest.mark.parametrize(
    "text",
    [
        '"""1 < 2"""\n',
        "Item: TypeAlias = 'A | B'\n",
        "def f(x: 'int | str' = None) -> 'dict[str, int]': ...\n",
        "class A:\n    def __repr__(self):\n        return self.name + str(1)\n",
        "@lru_cache(maxsize=8)\ndef f(x): ...\n",
        "LIMIT = 10_000\n",
        "MOST_TRIES = 8\n",
        "np.logaddexp(a, t)\n",
        "title = 'one' or f'{name + 1}'\n",
        "rows = zip(*a, strict=True)\n",
    ],
)
def test_what_says_nothing_is_left_as_it_is(text):
    source = Source(text.encode())
    assert {edit.operator for edit in edits(source)} <= {"and/or", "statement"}


def test_a_change_that_is_none_is_no_mutant():
    source = Source(b"def f():\n    return None\n")
    assert not any(changes(source, edit) for edit in edits(source))
    broken = Edit("constant", 0, 3, b"(", (0, 3))
    assert not changes(source, broken)


def test_a_probed_program_runs_as_before_and_says_what_it_reaches(monkeypatch):
    source, hits = Source(PROGRAM.encode()), set()
    numbered = list(enumerate(edits(source)))
    tables = [(number, table) for number, edit in numbered if (table := owner(source, edit)) is not None]
    places = [(number, edit) for number, edit in numbered if owner(source, edit) is None]
    assert {table for _, table in tables} == {"WORDS"}
    text = probed(source, places, tables).decode()
    assert ast.parse(text)
    monkeypatch.setitem(mutants.sys.modules, "reached", type("Reached", (), {"hit": hits.add}))
    plain, told = {}, {}
    exec(PROGRAM, plain)
    exec(text, told)
    assert hits == set()
    with pytest.raises(ValueError, match="no rows"):
        told["f"](2, [], 1.0)
    reached = {edit.operator for number, edit in numbered if number in hits}
    assert {"element", "unary", "and/or", "condition"} <= reached
    assert not {"returned", "arguments"} & reached
    assert told["f"](2, [3, 1], 9.0) == plain["f"](2, [3, 1], 9.0)
    assert hits == {number for number, _ in numbered}


def test_a_tested_mutant_leaves_the_copy_as_it_was(tmp_path, monkeypatch):
    """The first test that fails does so without the mutant too, and the second one only with it."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    os.utime(file, ns=(1, 1))
    source, edit, seen = Source(PROGRAM.encode()), edits(Source(PROGRAM.encode()))[0], []

    def caught(folder, tests):
        is_changed = file.read_bytes() == source.with_edit(edit)
        seen.append((is_changed, list(tests)))
        failing = ["always", "this"] if is_changed else ["always"]
        found = next((test for test in tests if test in failing), None)
        return found and (found, list(tests)[: list(tests).index(found) + 1])

    monkeypatch.setattr(mutants, "caught", caught)
    assert (
        mutants.tested(tmp_path, ("program.py", source, edit), dict.fromkeys(("a", "always", "this"), 1))
        == "this"
    )
    assert seen[-2:] == [(True, ["this"]), (False, ["this"])]
    assert mutants.tested(tmp_path, ("program.py", source, edit), {"a": 1, "always": 1}) == ""
    assert file.read_text() == PROGRAM
    assert file.stat().st_mtime_ns == 1


def test_the_first_tests_are_those_of_few_files():
    order = {f"tests/test_{n % 5}.py::{n}": n for n in range(100)}
    first, rest = mutants.parted(order)
    assert len(first) == mutants.FIRST
    assert {test[:15] for test in first} == {f"tests/test_{n}.py"[:15] for n in range(mutants.FILES)}
    assert {**first, **rest} == order


def test_the_same_seed_draws_the_same_mutants():
    folder = ["symgrad/numbers"]
    first = [(path, edit) for path, _, edit in mutants.drawn(folder, 5, 1)]
    assert first == [(path, edit) for path, _, edit in mutants.drawn(folder, 5, 1)]
    assert first != [(path, edit) for path, _, edit in mutants.drawn(folder, 5, 2)]
    assert len({(path, edit.start) for path, edit in first}) == 5

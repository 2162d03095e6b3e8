"""Whatever is asked for ends: with an answer, or with a sentence that says what is too large."""

import re
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from support import text_of

from symgrad import limits
from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.intermediates import HEAVIEST, name_intermediates, weight
from symgrad.limits import Limits, OverLimit, Spent, read_limits, told, undisturbed, within, working_on
from symgrad.reading.problem import load_problem, read_problem
from symgrad.reading.yaml import read_yaml
from symgrad.solving import solve
from symgrad.tree import names

PATIENCE = 120
"""Seconds after which a run counts as one that does not end: many times what it takes."""
MEGABYTES = 500
ENDLESS = Path("/dev/zero")


def nested(function, depth):
    return f"{function}(" * depth + "w" + ")" * depth


def all_before(count, write):
    lines = {f"q{n}": write([f"q{m}" for m in range(n)] or ["w"]) for n in range(count)}
    return {**lines, "L": f"2 * q{count - 1}"}


MANY = [f"a{n}" for n in range(90)]
ONES = {"x": [1] * 50_000}
CONV = {"x": [[1, 2], [3, 4]], "k": [[1, 2], [3, 4]]}
DESCENT = "update: {rate: 0.1, parameters: [w], steps: 1000000}\n"

ANSWERED = {
    "nested": text_of({"L": nested("tanh", 10)}, {"w": 0.5}),
    "nested, of a vector": text_of({"L": f"sum({nested('sigmoid', 12)})"}, {"w": [0.5, 1]}),
    "power of a matrix": text_of({"L": f"sum({' @ '.join('W' * 20)})"}, {"W": [[1, 0.5], [0.2, 1]]}),
    "product": text_of({"L": " * ".join(MANY)}, dict.fromkeys(MANY, 1.5)),
    "all of all before": text_of(all_before(60, " + ".join), {"w": 0.5}),
    "power of a sum": text_of({"L": "(a + b + c + d + e) ** 40"}, dict.fromkeys("abcde", 0.1)),
    "high power": text_of({"L": "(w + 1) ** 100000"}, {"w": 0.0001}),
    "softmax": text_of({"s": "softmax(x)", "L": "sum(s * s)"}, {"x": [1] * 20_000}),
    "matrix": text_of({"A": "X * 2", "L": "sum(A)"}, {"X": [[1] * 400] * 400}),
    "unused": text_of({"L": "w**2"}, {"w": 1, **{f"a{n}": n for n in range(5_000)}}),
}
REFUSED = {
    "outer": (text_of({"A": "outer(x, x)", "L": "sum(A)"}, ONES), "'A' takes 2,500,000,000 numbers, or 20GB"),
    "inside": (text_of({"A": "sum((outer(x, x) - 1)**2)"}, ONES), "'A' takes 2,500,000,000 numbers"),
    "diagonal": (text_of({"y": "diag(x) @ x", "L": "sum(y)"}, ONES), "'y' takes 2,500,000,000 numbers"),
    "padding": (text_of({"c": "conv2d(x, k, padding=1000000)", "L": "sum(c)"}, CONV), "'c' takes 4,000,004,"),
    "steps": (text_of({"L": "(w - 1)**2"}, {"w": 0.5}) + "\n" + DESCENT, "of 1,000,000 is taken"),
    "cycle": (text_of({"a": "b + 1", "b": "a + 1"}), "'b' is used before it is made, on line"),
}


MEASURED = """
import re, sys
from pathlib import Path
from symgrad.cli import main
status = Path("/proc/self/status")
try:
    main(sys.argv[1:], prog_name="symgrad")
finally:
    if status.exists():
        print("peak", re.search(r"VmHWM:\\s*(\\d+)", status.read_text())[1])
"""
"""A run that tells the most memory it had, in kB, where the system knows."""


def run(folder, text, *options):
    """What a build says on stderr, its exit status, and the files that are there afterwards."""
    problem = folder / "hostile.yaml"
    problem.write_text(text, "utf-8")
    command = [sys.executable, "-c", MEASURED, "build", str(problem), "--to", "md", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    peak = re.search(r"^peak (\d+)$", done.stdout, re.MULTILINE)
    assert peak is None or int(peak[1]) < MEGABYTES * 1000
    return done.returncode, done.stderr, sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ANSWERED)
def test_what_is_long_and_not_large_is_answered(name, tmp_path):
    status, said, files = run(tmp_path, ANSWERED[name])
    assert status == 0, said
    assert files == ["hostile.md", "hostile.yaml"]
    assert len(said.splitlines()) <= 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_large_is_told_in_one_sentence(name, tmp_path):
    text, sentence = REFUSED[name]
    status, said, files = run(tmp_path, text)
    assert status == 2
    assert files == ["hostile.yaml"], "nothing is written"
    first, *shown, hint = said.splitlines()
    assert sentence in first
    assert first.startswith(f"{tmp_path / 'hostile.yaml'}:")
    assert len(shown) == 2, "the line and its caret"
    assert hint.startswith("  hint: ")


def test_what_was_in_use_before_is_not_counted():
    """After a hundred other problems a program is large, and the next one is as good as the first."""
    before = bytes(60 * limits.MB)
    with within(Limits(memory=50 * limits.MB)):
        sum(n for n in range(100_000))
        limits.check_memory()
    assert before


def test_a_higher_limit_lets_the_same_input_through(tmp_path):
    text = text_of({"A": "outer(x, x)", "L": "sum(A)"}, {"x": [1] * 500})
    status, said, _ = run(tmp_path, text, "--limit", "1MB")
    assert status == 2
    status, said, _ = run(tmp_path, text, "--limit", "1GB", "--limit", "60s")
    assert (status, said) == (0, "")


def test_a_file_that_would_be_too_large_is_not_written(tmp_path):
    status, said, files = run(tmp_path, text_of({"L": "w**2"}, {"w": 1}), "--limit", "output=1kB")
    assert status == 2
    assert "too large for 1kB of output: the md file is made" in said
    assert files == ["hostile.yaml"]


def test_show_has_limits_too(tmp_path):
    problem = tmp_path / "hostile.yaml"
    problem.write_text(text_of({"L": nested("tanh", 20)}, {"w": 0.5}), "utf-8")
    command = [sys.executable, "-m", "symgrad", "show", str(problem), "--limit", "0.05s"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert "too large for 0.05s of processor time: stopped where" in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["60s"], Limits(time=60)),
        (["2min,2GB"], Limits(time=120, memory=2 * limits.GB)),
        (["1.5h", "output=5MB", "memory=300 MB"], Limits(5400, 300 * limits.MB, 5 * limits.MB)),
        ([], Limits()),
    ],
)
def test_limits_as_they_are_written(written, meant):
    assert read_limits(written) == meant


@pytest.mark.parametrize("written", ["60", "s", "5 apples", "output=60s", "time=2GB", "speed=3s", "-1s", ""])
def test_no_limit(written):
    with pytest.raises(InputError, match="is no limit"):
        read_limits([written])


def test_what_is_proposed_can_be_given():
    with pytest.raises(OverLimit) as caught, within(Limits(time=0)):
        working_on("nothing is done")
    assert caught.value.message == "too large for 0s of processor time: stopped where nothing is done"
    assert read_limits([Limits().shown]) == Limits()


def test_the_clock_is_looked_at_within_a_step():
    with pytest.raises(OverLimit), within(Limits(time=0.05)):
        sum(n for n in count())


def test_memory_is_looked_at_within_a_step():
    with pytest.raises(OverLimit, match="of memory"), within(Limits(memory=50 * limits.MB)):
        [bytes(100_000) for _ in count()]


def test_what_must_not_be_torn_apart_is_not_ended():
    with within(Limits(time=0)), undisturbed():
        working_on("a file is written")


def test_where_nobody_set_limits_nothing_ends():
    working_on("anything")
    with pytest.raises(MemoryError), told():
        raise MemoryError


def test_no_ordinary_handler_takes_a_limit_for_a_fault():
    assert not issubclass(Spent, Exception)


def test_limits_do_not_change_what_is_found():
    problem = read_problem(ANSWERED["nested"])
    with within(Limits(time=100)):
        limited = solve(problem)
    assert limited.derivation.gradients == solve(problem).derivation.gradients


@pytest.mark.parametrize("name", ["nested", "power of a matrix", "product", "all of all before"])
def test_large_parts_are_named(name):
    graph = build_graph(read_problem(ANSWERED[name]))
    opened = name_intermediates(graph)
    parts = [arg for formula in opened.quantities.values() for arg in getattr(formula, "args", ())]
    assert max(map(weight, parts)) <= HEAVIEST
    assert opened.auxiliary
    assert all(opened.owner(part) in graph.quantities for part in opened.auxiliary)


def test_a_formula_of_a_textbook_keeps_its_form():
    text = text_of({"L": "sum(p*log(p/r) + (1 - p)*log((1 - p)/(1 - r)))"})
    assert not name_intermediates(build_graph(read_problem(text))).auxiliary


LIST = "[" + ", ".join(["1", "-2.5", "3e2", "+4", ".5"] * 100) + "]"
NUMBERS = [1, -2.5, 300.0, 4, 0.5] * 100


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (f"a: {LIST}\nb: 2", {"a": NUMBERS, "b": 2}),
        (f"a: [{LIST},\n  {LIST}]\nb: [3]", {"a": [NUMBERS, NUMBERS], "b": [3]}),
        (f"a: {{b: {LIST}, c: 1}}", {"a": {"b": NUMBERS, "c": 1}}),
        (f"a: '{LIST}'", {"a": LIST}),
        (f"# {LIST}\na: {LIST}", {"a": NUMBERS}),
        (f"a: |\n  {LIST}\nb: {LIST}", {"a": LIST + "\n", "b": NUMBERS}),
    ],
)
def test_long_rows_are_what_the_yaml_says(text, data):
    found = read_yaml(text, "rows").data
    assert found == data
    assert repr(found) == repr(data), "whole numbers stay whole"


def test_a_fault_behind_long_rows_is_told_where_it_stands():
    text = f"forward: {{L: sum(a)}}\ngiven:\n  a: {LIST}\n  b: [1, x]\n"
    with pytest.raises(InputError) as caught:
        read_problem(text)
    assert (caught.value.place.line, caught.value.place.column) == (4, 10)


def test_signs_that_nobody_sees_are_taken_out():
    problem = read_problem('title: "a\u200bb\u202ec"\nforward: {"L\u200b": "w\u202e**2"}\n')
    assert problem.title == "abc"
    assert names(problem.formulas["L"].formula) == ("w",)


@pytest.mark.parametrize("escaped", [r"\u202e", r"\u200b", r"\ud800"])
def test_hidden_signs_that_are_asked_for_are_refused(escaped):
    with pytest.raises(InputError, match=r"control character U\+"):
        read_problem(f'title: "a{escaped}b"\nforward: {{L: w**2}}\n')


def test_many_unused_givens_are_one_warning():
    problem = read_problem(ANSWERED["unused"])
    assert problem.warnings == ("'a0' and 4,999 more are given, and no formula uses them",)


@pytest.mark.skipif(not ENDLESS.exists(), reason="no endless file here")
def test_reading_stops_at_its_limit():
    with pytest.raises(InputError, match="is larger than"):
        load_problem(ENDLESS)

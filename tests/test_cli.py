"""The command line: what it prints where, its exit status, and how little its help loads."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import symgrad
from symgrad.cli import main
from symgrad.errors import DerivationError

DATA = Path(__file__).parent / "data"
HEAVY = {"sympy", "numpy", "rich", "jinja2", "typst", "ruamel"}

HOSTILE = {
    "binary.yaml": bytes(range(256)),
    "empty.yaml": b"",
    "list.yaml": b"- 1\n- 2\n",
    "code.yaml": b"forward: {L: __import__('os')}\n",
    "bomb.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\n",
    "deep.yaml": b"forward: {L: " + b"(" * 2000 + b"a" + b")" * 2000 + b"}\n",
    "huge.yaml": b"#" * 2_000_000,
    "shapes.yaml": b"forward: {L: W @ x}\ngiven: {W: [[1, 2]], x: [1, 2, 3]}\n",
    "tex.yaml": rb"forward: {L: a**2}" + b"\n" + rb"write: {a: '\input{/etc/passwd}'}",
}


@pytest.fixture
def symgrad_cli(capsys):
    def run(*args):
        with pytest.raises(SystemExit) as caught:
            main([str(arg) for arg in args], prog_name="symgrad")
        out, err = capsys.readouterr()
        return caught.value.code, out, err

    return run


@pytest.fixture
def problem(tmp_path):
    return Path(shutil.copy(DATA / "two_layers.yaml", tmp_path))


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_the_paths_written_are_printed(symgrad_cli, problem):
    status, out, err = symgrad_cli("build", problem, "--to", "json, tex,json")
    assert (status, err) == (0, "")
    assert out.splitlines() == [str(problem.with_suffix(".json")), str(problem.with_suffix(".tex"))]
    assert names(problem.parent) == {"two_layers.yaml", "two_layers.json", "two_layers.tex"}


def test_options_reach_the_report(symgrad_cli, problem):
    symgrad_cli("build", problem, "--to", "tex")
    plain = problem.with_suffix(".tex").read_text("utf-8")
    symgrad_cli("build", problem, "--to", "tex", "--notation", "bar", "--digits", "6")
    other = problem.with_suffix(".tex").read_text("utf-8")
    assert r"\operatorname{prod}" in plain
    assert r"\operatorname{prod}" not in other
    cost = r"1\.\d{6}"  # a rounded number with the six digits asked for
    assert re.search(cost, other)
    assert not re.search(cost, plain)


def test_warnings_go_to_stderr(symgrad_cli, tmp_path):
    status, out, err = symgrad_cli("build", DATA / "log_of_zero.yaml", "--to", "json", "-o", tmp_path)
    assert status == 0
    assert out == f"{tmp_path / 'log_of_zero.json'}\n"
    assert "warning: l is not finite: entry [1] is -inf\n" in err


def test_an_input_error_is_printed_as_it_stands(symgrad_cli, tmp_path):
    path = tmp_path / "slip.yaml"
    path.write_text("forward:\n  L: sum(x\n")
    status, out, err = symgrad_cli("build", path)
    assert (status, out) == (2, "")
    first, line, caret, hint = err.splitlines()
    assert first.startswith(f"{path}:2:")
    assert line == "  |   L: sum(x"
    assert caret.strip().startswith("|")
    assert hint.startswith("  hint: ")
    assert names(tmp_path) == {"slip.yaml"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_leave_no_files(symgrad_cli, tmp_path, name):
    (tmp_path / name).write_bytes(HOSTILE[name])
    status, out, err = symgrad_cli("build", tmp_path / name, "--to", "pdf,tex,json")
    assert (status, out) == (2, "")
    assert "error: " in err
    assert "internal" not in err
    assert "Traceback" not in err
    assert names(tmp_path) == {name}


def test_missing_files_and_folders(symgrad_cli, tmp_path):
    for path in (tmp_path / "nothing.yaml", tmp_path, tmp_path / "nothing" / "there.yaml"):
        status, out, err = symgrad_cli("build", path)
        assert (status, out) == (2, "")
        assert err.startswith(f"error: cannot read '{path}'")


def test_a_fault_in_one_problem_leaves_the_others_alone(symgrad_cli, tmp_path, problem):
    (tmp_path / "bad.yaml").write_text("forward: {L: 1 +}\n")
    last = Path(shutil.copy(DATA / "partly_given.yaml", tmp_path))
    status, out, err = symgrad_cli("build", problem, tmp_path / "bad.yaml", last, "--to", "json")
    assert status == 2
    assert out.splitlines() == [str(problem.with_suffix(".json")), str(last.with_suffix(".json"))]
    assert err.startswith(f"{tmp_path / 'bad.yaml'}:1:")


def test_several_problems_with_a_bar_where_somebody_watches(symgrad_cli, tmp_path, problem, monkeypatch):
    other = Path(shutil.copy(DATA / "partly_given.yaml", tmp_path))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    status, out, err = symgrad_cli("build", problem, other, "--to", "json")
    assert status == 0
    assert out.splitlines() == [str(problem.with_suffix(".json")), str(other.with_suffix(".json"))]
    assert "Solving" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "pfd"], "error: unknown format 'pfd'\n  hint: did you mean 'pdf'?\n"),
        (["--notation", "deltas"], "error: unknown notation 'deltas'\n  hint: did you mean 'delta'?\n"),
        (["--style", "labs"], "error: unknown style 'labs'\n  hint: did you mean 'lab'?\n"),
        (["--engine", "xetex"], "error: unknown engine 'xetex'"),
        (["--digits", "99"], "99 is not in the range"),
    ],
)
def test_choices_that_are_not_there(symgrad_cli, problem, arguments, message):
    status, out, err = symgrad_cli("build", problem, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert names(problem.parent) == {"two_layers.yaml"}


def test_a_missing_engine_is_an_error_in_words(symgrad_cli, problem, monkeypatch):
    monkeypatch.setenv("PATH", str(problem.parent))
    status, out, err = symgrad_cli("build", problem, "--engine", "pdflatex")
    assert (status, out) == (2, "")
    assert err.startswith(f"{problem}: error: no pdflatex was found")


@pytest.mark.parametrize("error", [DerivationError("a wrong step"), KeyError("n")])
def test_a_fault_of_our_own_asks_to_be_reported(symgrad_cli, problem, monkeypatch, error):
    def fail(problem):
        raise error

    monkeypatch.setattr("symgrad.pipeline.solve", fail)
    status, out, err = symgrad_cli("build", problem)
    assert (status, out) == (2, "")
    assert err.startswith(f"{problem}: internal error: {type(error).__name__}: ")
    assert "please report it" in err
    assert names(problem.parent) == {"two_layers.yaml"}


def test_the_version_has_one_home(symgrad_cli, monkeypatch):
    monkeypatch.setattr(importlib.metadata, "version", {"symgrad": "9.8.7"}.__getitem__)
    assert symgrad_cli("--version") == (0, "symgrad 9.8.7\n", "")
    assert symgrad.__version__ == "9.8.7"


def test_the_package_loads_and_solves():
    solution = symgrad.solve(symgrad.load(DATA / "two_layers.yaml"))
    assert solution.of == "C"
    assert {"load", "solve", "__version__"} <= set(dir(symgrad))
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        symgrad.laod  # noqa: B018


@pytest.mark.parametrize(
    ("arguments", "example"),
    [
        (["--help"], "symgrad build lab6.yaml"),
        (["build", "--help"], "symgrad build lab6.yaml"),
        (["check", "--help"], "symgrad check report.md"),
    ],
)
def test_help_loads_nothing_heavy(arguments, example):
    command = [sys.executable, "-X", "importtime", "-m", "symgrad", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert example in done.stdout
    loaded = set(re.findall(r"\| +(\w+)", done.stderr))
    assert "click" in loaded
    assert not HEAVY & loaded

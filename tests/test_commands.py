"""What all commands have in common: help that comes at once, -q and -v, stdin and stdout, completion."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from symgrad.cli import main

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
LIGHT = [
    "--help",
    "new --help",
    "build --help",
    "show --help",
    "check --help",
    "grade --help",
    "serve --help",
    "autograde --help",
    "schema --help",
    "doctor --help",
]
HEAVY = {"starlette", "uvicorn", "sympy", "numpy", "rich", "jinja2", "typst", "ruamel", "watchfiles"}
PROBLEM = (DATA / "two_layers.yaml").read_bytes()
LINE = b"$$L = 2 + 2 = 5$$\n"


def run(*arguments, **options):
    return CliRunner().invoke(main, [str(part) for part in arguments], **options)


def loaded(*arguments):
    command = [sys.executable, "-X", "importtime", "-m", "symgrad", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(re.findall(r"\| +(\w+)", done.stderr))


@pytest.mark.parametrize("arguments", LIGHT)
def test_help_loads_nothing_heavy(arguments):
    assert not HEAVY & loaded(*arguments.split())


def test_what_needs_no_solver_loads_none():
    assert not HEAVY & loaded("new", "--list")
    assert not {"sympy", "numpy"} & loaded("schema")


def test_every_command_has_its_help():
    out = run("--help").stdout
    for name, command in main.commands.items():
        assert re.search(rf"^  {name} +\S", out, re.MULTILINE)
        assert command.help
        assert "..." not in command.get_short_help_str(80)


@pytest.mark.parametrize(
    ("shell", "said"), [("bash", "plain,build"), ("zsh", "plain\nbuild"), ("fish", "plain,build")]
)
def test_the_shell_completes_commands(shell, said):
    environment = {"_SYMGRAD_COMPLETE": f"{shell}_complete", "COMP_WORDS": "symgrad bu", "COMP_CWORD": "1"}
    result = run(env=environment | ({"COMP_CWORD": "bu"} if shell == "fish" else {}), prog_name="symgrad")
    assert said in result.stdout
    assert shell in run("--help").stdout


def test_quiet_leaves_errors_only(tmp_path):
    warned = run("build", DATA / "log_of_zero.yaml", "--to", "json", "-o", tmp_path)
    assert "warning: " in warned.stderr
    quiet = run("build", DATA / "log_of_zero.yaml", "--to", "json", "-o", tmp_path / "quiet", "-q")
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert (tmp_path / "quiet" / "log_of_zero.json").exists()
    failed = run("build", tmp_path / "none.yaml", "-q")
    assert failed.exit_code == 2
    assert failed.stderr.startswith("error: cannot read")


def test_verbose_tells_the_time(tmp_path):
    result = run("build", DATA / "two_layers.yaml", "--to", "json", "-o", tmp_path, "-v")
    assert re.fullmatch(r"two_layers: \d+\.\d\d s\n", result.stderr)


def test_verbose_tells_where_a_fault_of_our_own_arose(monkeypatch, tmp_path):
    def fail(problem):
        raise KeyError("n")

    monkeypatch.setattr("symgrad.pipeline.solve", fail)
    for option, traced in (("-v", True), ("-q", False)):
        result = run("build", DATA / "two_layers.yaml", "-o", tmp_path, option)
        assert result.exit_code == 2
        assert "internal error: KeyError" in result.stderr
        assert ("Traceback" in result.stderr) == traced


def test_from_standard_input_to_standard_output():
    result = run("build", "-", "--to", "json", "-o", "-", input=PROBLEM)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["gradients"]["C"]["value"] == 1


def test_bytes_reach_a_pipe_as_they_are():
    command = [sys.executable, "-m", "symgrad", "build", "-", "--to", "pdf", "-o", "-"]
    done = subprocess.run(command, cwd=ROOT, input=PROBLEM, capture_output=True, check=True)
    assert done.stdout.startswith(b"%PDF-")
    assert done.stdout.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])  # the second is what a pipe has on Windows
@pytest.mark.parametrize(
    ("arguments", "sign"),
    [(("show", str(DATA / "two_layers.yaml"), "--only", "p"), "∂C"), (("doctor",), "✓")],
)
def test_a_pipe_with_another_encoding_gets_utf_8(arguments, sign, encoding):
    command = [sys.executable, "-m", "symgrad", *arguments]
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert sign in done.stdout.decode("utf-8")


def test_from_standard_input_to_a_folder(tmp_path):
    result = run("build", "-", "--to", "tex", "-o", tmp_path, input=PROBLEM)
    assert result.stdout == f"{tmp_path / 'problem.tex'}\n"


def test_standard_output_takes_one_format_of_one_problem():
    for arguments in (("--to", "pdf,tex"), (DATA / "partly_given.yaml", "--to", "tex")):
        result = run("build", DATA / "two_layers.yaml", *arguments, "-o", "-")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "one format of one problem" in result.stderr


def test_a_submission_from_standard_input():
    problem = DATA / "two_layers.yaml"
    result = run("check", "-", "--problem", problem, "--to", "json", input=LINE)
    assert result.exit_code == 1
    assert [line["verdict"] for line in json.loads(result.stdout)["lines"]] == ["wrong"]


def test_a_report_is_where_a_file_is_given_by_dash_too(tmp_path):
    shutil.copy(DATA / "two_layers.yaml", tmp_path)
    result = run(
        "check", "-", "--problem", tmp_path / "two_layers.yaml", "--to", "tex", "-o", tmp_path, input=LINE
    )
    assert result.stdout == f"{tmp_path / 'submission.check.tex'}{os.linesep}"


def test_a_check_warns_of_the_problem_as_a_build_does(tmp_path):
    problem, work = tmp_path / "p.yaml", tmp_path / "w.md"
    problem.write_text("forward: {L: sum((o - y)**2)}\ngiven: {o: [1, 2], y: [[1], [2]], k: 1}\n")
    work.write_text("$$L = 2$$\n")
    checked, built = (
        run("check", work, "--problem", problem),
        run("build", problem, "--to", "json", "-o", tmp_path),
    )
    told = [line for line in built.stderr.splitlines() if "warning: " in line]
    assert len(told) == 2
    assert [line for line in checked.stderr.splitlines() if "warning: " in line] == told
    assert "warning" not in run("check", work, "--problem", problem, "--quiet").stderr


def test_a_check_refuses_a_problem_whose_names_look_alike(tmp_path):
    problem, work = tmp_path / "p.yaml", tmp_path / "w.md"
    problem.write_text("forward: {L: a * b}\nwrite: {a: 'b'}\n")
    work.write_text("$$L = a b$$\n")
    checked = run("check", work, "--problem", problem)
    assert checked.exit_code == 2
    assert "would look the same" in checked.stderr

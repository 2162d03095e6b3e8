"""``--watch``: a save makes the report or the verdict anew; a fault keeps the last good one and is shown."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from support import started

from symgrad.cli import main
from symgrad.commands.check import Checking
from symgrad.errors import InputError
from symgrad.pipeline import build
from symgrad.running import Outcome, in_turn
from symgrad.watching import watch

ROOT = Path(__file__).parents[1]
LIMIT = 20.0


def until(condition):
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < LIMIT, "it took too long"
        time.sleep(0.01)


def watched_by(paths, work, stop, **options):
    """The work done for every path that is saved."""
    watch(paths, lambda: partial(in_turn, work), failed="not done", stop=stop, **options)


@pytest.fixture
def watched(tmp_path):
    """Two files that are watched, and the texts that were built."""
    paths = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path in paths:
        path.write_text("0")
    built, stop = [], threading.Event()

    def work(path):
        text = path.read_text()
        if text == "bad":
            raise InputError("it is bad")
        built.append((path.name, text))
        return Outcome()

    watcher = threading.Thread(target=watched_by, args=(paths, work, stop))
    watcher.start()
    until(lambda: len(built) == 2)
    yield paths, built
    stop.set()
    watcher.join(LIMIT)
    assert not watcher.is_alive()


def test_what_is_saved_is_built_and_nothing_else(watched):
    (a, b), built = watched
    a.with_name("other.yaml").write_text("1")
    b.write_text("1")
    until(lambda: ("b.yaml", "1") in built)
    assert built == [("a.yaml", "0"), ("b.yaml", "0"), ("b.yaml", "1")]


def test_a_file_that_an_editor_replaces_is_seen(watched):
    (a, _), built = watched
    a.with_name("a.yaml~").write_text("2")
    a.with_name("a.yaml~").replace(a)
    until(lambda: ("a.yaml", "2") in built)


def test_a_fault_or_a_missing_file_does_not_end_it(watched):
    (a, b), built = watched
    a.write_text("bad")
    b.unlink()
    time.sleep(0.1)
    a.write_text("mended")
    b.write_text("back")
    until(lambda: {("a.yaml", "mended"), ("b.yaml", "back")} <= set(built))


def test_a_save_during_a_build_is_not_missed(tmp_path):
    path, seen, stop = tmp_path / "a.yaml", [], threading.Event()
    path.write_text("0")

    def work(path):
        seen.append(path.read_text())
        if len(seen) == 1:
            path.write_text("during")
        else:
            stop.set()
        return Outcome()

    watched_by([path], work, stop)
    assert seen[:2] == ["0", "during"]


def test_a_shared_file_is_read_anew_and_all_is_done_again(tmp_path):
    shared, paths = tmp_path / "shared", [tmp_path / "a", tmp_path / "b"]
    for path in (shared, *paths):
        path.write_text("0")
    read, done, stop = [], [], threading.Event()

    def ready():
        text = shared.read_text()
        read.append(text)
        if text == "bad":
            raise InputError("it is bad")
        return partial(in_turn, lambda path: done.append((text, path.name)) or Outcome())

    options = {"failed": "not done", "shared": [shared], "stop": stop}
    watcher = threading.Thread(target=watch, args=(paths, ready), kwargs=options)
    watcher.start()
    try:
        until(lambda: len(done) == 2)
        paths[1].write_text("1")
        until(lambda: len(done) == 3)
        shared.write_text("bad")
        until(lambda: read[-1] == "bad")
        shared.write_text("good")
        until(lambda: len(done) == 5)
    finally:
        stop.set()
        watcher.join(LIMIT)
    assert (read[0], read[-1]) == ("0", "good")
    assert done == [("0", "a"), ("0", "b"), ("0", "b"), ("good", "a"), ("good", "b")]


def test_a_file_that_an_outcome_was_made_from_is_watched_too(tmp_path):
    below = tmp_path / "below"
    below.mkdir()
    paths, numbers = [tmp_path / "a", tmp_path / "b"], below / "W.csv"
    for path in (*paths, numbers):
        path.write_text("0")
    done, stop = [], threading.Event()

    def work(path):
        text = numbers.read_text() if path.name == "a" else ""
        done.append((path.name, text))
        if text == "bad":
            raise InputError("it is bad")
        return Outcome(reads=(numbers,) if path.name == "a" else ())

    watcher = threading.Thread(target=watched_by, args=(paths, work, stop))
    watcher.start()
    try:
        for count, text in enumerate(("bad", "mended"), 3):
            until(lambda seen=count: len(done) == seen - 1)
            numbers.write_text(text)
        until(lambda: len(done) == 4)
    finally:
        stop.set()
        watcher.join(LIMIT)
    assert done == [("a", "0"), ("b", ""), ("a", "bad"), ("a", "mended")]


def test_the_numbers_of_a_problem_are_what_its_report_and_its_check_were_made_from(tmp_path):
    problem, work, numbers = (tmp_path / name for name in ("a.yaml", "work.md", "w.csv"))
    numbers.write_text("1,2\n")
    problem.write_text("forward: {L: sum(w**2)}\ngiven: {w: {file: w.csv}}\n")
    work.write_text("$$L = 5$$\n")
    assert build(problem, ("json",)).reads == (numbers.resolve(),)
    request = {"formats": ("text",), "folder": None, "problem": problem, "rubric": None, "engine": "typst"}
    assert Checking((work,), request)(work).reads == (numbers.resolve(),)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "-"], "cannot be watched"),
        (["build", "no/folder/a.yaml"], "no folder"),
        (["check", "-"], "cannot be watched"),
        (["check", "a.md", "--problem", "-"], "cannot be watched"),
        (["check", "a.md", "--rubric", "no/folder/points.yaml"], "no folder"),
        (["check", "a.md", "--to", "docx"], "unknown format"),
    ],
)
def test_what_cannot_be_watched(arguments, message):
    result = CliRunner().invoke(main, [*arguments, "--watch"])
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_the_command_from_the_first_build_to_ctrl_c(tmp_path):
    problem = Path(shutil.copy(ROOT / "tests" / "data" / "two_layers.yaml", tmp_path))
    log, tex = tmp_path / "log.txt", problem.with_suffix(".tex")
    command = ["build", str(problem), "--watch", "--to", "tex"]
    with (
        log.open("w") as stream,
        started(command, cwd=ROOT, stderr=stream, stdout=subprocess.PIPE) as run,
    ):
        until(lambda: "Watching" in log.read_text())
        good, text = tex.read_bytes(), problem.read_text()
        problem.write_text(text.replace("forward:", "forwards:"))
        until(lambda: "the last good report is kept" in log.read_text())
        assert tex.read_bytes() == good
        assert re.search(
            r"two_layers\.yaml:\d+:\d+: error: .*\n  \| .*\n  \| +\^+\n  hint: ", log.read_text()
        )
        problem.write_text("title: Another\n" + re.sub("^title:.*\n", "", text, flags=re.MULTILINE))
        until(lambda: tex.read_bytes() != good)
        assert b"Another" in tex.read_bytes()
        until(lambda: log.read_text().count(" s)") == 3)
        run.send_signal(signal.SIGINT)
        assert run.wait(LIMIT) == 130
    assert "Traceback" not in log.read_text()


RIGHT, WRONG = "$$u = W_1 x + b_1$$\n", "$$u = W_1 x - b_1$$\n"


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_checking_from_the_first_verdict_to_ctrl_c(tmp_path):
    problem = Path(shutil.copy(ROOT / "reports" / "lab6.yaml", tmp_path))
    text, work, other = problem.read_text(), tmp_path / "work.md", tmp_path / "other.md"
    work.write_text(RIGHT)
    other.write_text(RIGHT)
    log, printed, written = (tmp_path / name for name in ("log.txt", "printed.txt", "work.check.json"))
    command = ["check", str(work), str(other), "--problem", str(problem), "--watch", "--to", "text,json"]

    def verdicts():
        return [line["verdict"] for line in json.loads(written.read_text())["lines"]]

    def notes(count):
        until(lambda: len(re.findall(r"^\d\d:", log.read_text(), re.MULTILINE)) == count)

    with (
        log.open("w") as err,
        printed.open("w") as out,
        started(command, cwd=ROOT, stderr=err, stdout=out) as run,
    ):
        until(lambda: "Watching" in log.read_text())
        assert (verdicts(), printed.read_text().count("work.md")) == (["correct"], 1)
        work.write_text(WRONG)
        notes(3)
        assert verdicts() == ["wrong"]
        assert (printed.read_text().count("work.md"), printed.read_text().count("other.md")) == (2, 1)
        work.write_bytes(b"$$u = W_1 x \xff")
        notes(4)
        assert "work.md: not checked" in log.read_text()
        work.write_text(WRONG)
        notes(5)
        problem.write_text(text.replace("u: W1 @ x + b1", "u: W1 @ x - b1"))
        notes(7)
        assert verdicts() == ["correct"]
        problem.write_text("forward:")
        notes(8)
        run.send_signal(signal.SIGINT)
        assert run.wait(LIMIT) == 130
    assert log.read_text().splitlines()[-1].endswith(" not checked")
    assert "Traceback" not in log.read_text()

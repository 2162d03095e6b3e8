"""``build --watch``: a save makes the report anew; a fault keeps the last good one and is shown in place."""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from support import started

from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.running import Outcome
from symgrad.watching import watch

ROOT = Path(__file__).parents[1]
LIMIT = 20.0


def until(condition):
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < LIMIT, "it took too long"
        time.sleep(0.01)


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

    watcher = threading.Thread(target=watch, args=(paths, work, stop))
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

    watch([path], work, stop)
    assert seen[:2] == ["0", "during"]


@pytest.mark.parametrize(("name", "message"), [("-", "cannot be watched"), ("no/folder/a.yaml", "no folder")])
def test_what_cannot_be_watched(name, message):
    result = CliRunner().invoke(main, ["build", name, "--watch"])
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

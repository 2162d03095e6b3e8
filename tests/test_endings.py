"""How the program ends: 1 where a check found something wrong, 2 at any failure, 130 at Ctrl-C."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import started

DATA = Path(__file__).parent / "data"
SYMGRAD = [sys.executable, "-m", "symgrad"]
LIMIT = 60
FULL = Path("/dev/full")
WORK = "$$a = W_1 x$$\n\n$$C = 3$$\n"
PRINTING = {
    "show": ["show", "two_layers.yaml"],
    "build": ["build", "two_layers.yaml", "--to", "json", "-o", "-"],
    "files built": ["build", "two_layers.yaml", "--to", "json"],
    "check": ["check", "work.md", "--problem", "two_layers.yaml"],
    "checked by several": ["check", "work.md", "other.md", "--problem", "two_layers.yaml", "--jobs", "2"],
    "json": ["check", "work.md", "--problem", "two_layers.yaml", "--to", "json"],
    "new": ["new", "-"],
    "examples": ["new", "--list"],
    "schema": ["schema"],
    "doctor": ["doctor"],
    "help": ["--help"],
}
UNWRITABLE = {
    "build": ["build", "two_layers.yaml", "--to", "json", "-o", "work.md"],
    "check": ["check", "work.md", "--problem", "two_layers.yaml", "--to", "json", "-o", "work.md"],
    "new": ["new", "no/folder/here.yaml"],
}
WAITING = {
    "check": ["check", "work.md", "-", "--problem", "two_layers.yaml"],
    "show": ["show", "-"],
    "watch": ["build", "two_layers.yaml", "--watch", "--to", "tex"],
    "watched check": [
        "check",
        "work.md",
        "other.md",
        "--watch",
        "--problem",
        "two_layers.yaml",
        "--jobs",
        "2",
    ],
}


@pytest.fixture
def folder(tmp_path):
    shutil.copy(DATA / "two_layers.yaml", tmp_path)
    for name in ("work.md", "other.md"):
        (tmp_path / name).write_text(WORK)
    return tmp_path


def run(arguments, folder, **streams):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run(
        [*SYMGRAD, *arguments], cwd=folder, text=True, timeout=LIMIT, check=False, **streams
    )


def is_told(message):
    return "Traceback" not in message and message.count("error: ") == 1 and "internal" not in message


@pytest.mark.skipif(not FULL.exists(), reason="no full disk to write to")
@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_full_disk(arguments, folder):
    with FULL.open("w") as full:
        done = run(arguments, folder, stdout=full)
    assert done.returncode == 2
    assert is_told(done.stderr)
    assert "no space left on device" in done.stderr


@pytest.mark.parametrize("arguments", PRINTING.values(), ids=PRINTING)
def test_a_pipe_that_nobody_reads(arguments, folder):
    read, write = os.pipe()
    os.close(read)
    done = run(arguments, folder, stdout=write)
    os.close(write)
    assert done.returncode == 2
    assert is_told(done.stderr)


@pytest.mark.skipif(not FULL.exists(), reason="no full disk to write to")
def test_when_nobody_can_be_told(folder):
    with FULL.open("w") as full:
        assert run(["schema"], folder, stdout=full, stderr=full).returncode == 2


@pytest.mark.parametrize("arguments", UNWRITABLE.values(), ids=UNWRITABLE)
def test_an_output_that_cannot_be_written_is_named(arguments, folder):
    before = sorted(folder.iterdir())
    done = run(arguments, folder)
    assert done.returncode == 2
    assert is_told(done.stderr)
    assert f"cannot write '{arguments[-1]}" in done.stderr
    assert sorted(folder.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
@pytest.mark.parametrize("arguments", WAITING.values(), ids=WAITING)
def test_ctrl_c(arguments, folder):
    log = folder / "log.txt"
    with (
        log.open("w") as stream,
        started(arguments, cwd=folder, stdin=subprocess.PIPE, stderr=stream) as process,
    ):
        late = time.monotonic() + LIMIT
        while "started" not in log.read_text() and time.monotonic() < late:
            time.sleep(0.01)
        time.sleep(0.5)  # into its work, or to where it waits
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130
    assert "Traceback" not in log.read_text()


FAULTY = """
import sys
from symgrad.cli import main
import symgrad.review as review
check_file = review.check_file
def faulty(path, problem):
    if path.stem == "other":
        raise KeyError("a fault")
    return check_file(path, problem)
review.check_file = faulty
main(sys.argv[1:], prog_name="symgrad")
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_fault_of_ours_is_told_for_its_file_and_the_others_go_on(folder, jobs):
    arguments = ["check", "work.md", "other.md", "none.md", "--problem", "two_layers.yaml", "--jobs", jobs]
    done = subprocess.run(
        [sys.executable, "-c", FAULTY, *arguments], cwd=folder, capture_output=True, text=True, timeout=LIMIT
    )
    assert done.returncode == 2
    assert "other.md: internal error: KeyError: 'a fault'" in done.stderr
    assert done.stderr.splitlines()[-1] == "1 done, 1 with wrong lines, 2 failed: other.md, none.md"
    assert done.stdout.startswith("work.md\n")


@pytest.mark.skipif(os.name == "nt", reason="a process is ended otherwise there")
def test_what_a_killed_run_leaves_is_removed_by_the_next(folder):
    old = subprocess.Popen([sys.executable, "-c", ""])
    old.wait()
    ours = folder / f".two_layers.json.{old.pid}.symgrad"
    running = folder / f".two_layers.json.{os.getpid()}.symgrad"
    theirs = folder / f".two_layers.json.{old.pid}"
    for path in (ours, running, theirs):
        path.write_text("half")
    assert run(["build", "two_layers.yaml", "--to", "json"], folder).returncode == 0
    assert [path.exists() for path in (ours, running, theirs)] == [False, True, True]

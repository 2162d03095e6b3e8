"""A class judged on a Dask cluster: the same is said, and work that ends its worker costs itself only."""

import os
import signal
import sqlite3
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_grading import BAD, GOOD, PROBLEM

from symgrad.cli import main
from symgrad.grading import cluster as cluster_module

TESTS = Path(__file__).parent


@pytest.fixture
def course(tmp_path):
    (tmp_path / "net.yaml").write_text(PROBLEM)
    (tmp_path / "work").mkdir()
    for name, text in {"ana": GOOD, "bo": BAD, "cy": f"{GOOD}\nagain\n"}.items():
        (tmp_path / "work" / f"{name}.md").write_text(text)
    return tmp_path


def grade(course, out, *more):
    arguments = ["grade", course / "work", "--problem", course / "net.yaml", "-o", course / out]
    return CliRunner().invoke(main, [*map(str, (*arguments, "--jobs", 1, *more))])


def told(course, out):
    asked = "SELECT student, earned, reason FROM submissions ORDER BY student"
    return sqlite3.connect(course / out / "gradebook.sqlite").execute(asked).fetchall()


def kill_at(marker):
    """Run in a worker: whatever has the marker in it ends its process."""
    from symgrad.grading import judging  # noqa: PLC0415

    check_text = judging.check_text

    def hindered(text, problem, name):
        if marker in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return check_text(text, problem, name)

    judging.check_text = hindered


PRELOAD = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from test_grading_cluster import kill_at
kill_at("fatal")
"""


@pytest.fixture
def cluster(tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    preload = tmp_path / "preload.py"
    preload.write_text(PRELOAD)
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, preload=[str(preload)], silence_logs=50) as made:
        yield made.scheduler_address


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(sys.platform == "win32", reason="processes are ended otherwise there")
def test_a_cluster_says_the_same_and_loses_only_what_ends_its_workers(course, cluster):
    assert grade(course, "here").exit_code == 0
    done = grade(course, "there", "--dask", cluster)
    assert done.exit_code == 0, done.output
    assert "3 judged in this run" in done.stderr
    assert told(course, "there") == told(course, "here")
    (course / "work" / "poison.md").write_text("fatal\n\n" + GOOD)
    (course / "work" / "di.md").write_text(f"{GOOD}\nlast\n")
    done = grade(course, "there", "--dask", cluster)
    assert "2 judged in this run" in done.stderr
    found = {row[0]: row[1:] for row in told(course, "there")}
    assert found["di"] == (2, "")
    assert found["poison"] == (None, "the process that worked on it ended its workers")


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_is_not_there(course, monkeypatch):
    pytest.importorskip("distributed", reason="needs the extra 'cluster'")
    monkeypatch.setattr(cluster_module, "WAIT", "1s")
    done = grade(course, "there", "--dask", "tcp://127.0.0.1:1")
    assert done.exit_code == 2
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:1'" in done.stderr


def test_without_dask_it_is_told_what_brings_it(course, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = grade(course, "there", "--dask", "tcp://127.0.0.1:1")
    assert done.exit_code == 2
    assert "pip install 'symgrad[cluster]'" in done.stderr

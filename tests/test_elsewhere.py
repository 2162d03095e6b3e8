"""What another system lacks or does otherwise: each thing is taken away here, and the work goes on."""

import os
import re
import shutil
import signal
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from symgrad import deadline, limits, workers
from symgrad.cli import main
from symgrad.errors import InputError
from symgrad.limits import Limits, OverLimit, working_on
from symgrad.pipeline import build, check_request
from symgrad.writing import files, passing

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
NOT_A_NAME = re.compile(r'[:*?"<>|\\\x00-\x1f]|[ .]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)
SKIPPED = {"__pycache__", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}


def forever(step):
    while True:
        step()


def grow(size):
    grown = b"x" * size
    limits.check_memory()
    raise AssertionError(f"nobody minds {len(grown)} bytes")


def test_without_a_timer_limits_are_looked_at_between_steps(monkeypatch):
    monkeypatch.delattr(signal, "setitimer", raising=False)
    with pytest.raises(OverLimit, match=r"too large for 0\.01s"), limits.within(Limits(time=0.01)):
        forever(lambda: working_on("it is counted"))
    with pytest.raises(deadline.OutOfTime), deadline.within(0.01):
        forever(deadline.spend)


@pytest.mark.skipif(limits.RESOURCE is None, reason="the system does not say either")
def test_without_proc_the_peak_stands_for_the_memory_in_use(monkeypatch):
    now = limits.resident()
    monkeypatch.setattr(limits, "STATM", Path("/no/such/file"))
    peak = limits.resident()
    assert now <= peak * 1.1  # the two are counted a moment apart
    with limits.within(Limits(memory=20 * limits.MB)):
        limits.check_memory()
    with pytest.raises(OverLimit, match="of memory"), limits.within(Limits(memory=20 * limits.MB)):
        grow(peak - now + 100 * limits.MB)


def test_where_nobody_says_how_much_memory_is_in_use_nothing_ends(monkeypatch):
    monkeypatch.setattr(limits, "STATM", Path("/no/such/file"))
    monkeypatch.setattr(limits, "RESOURCE", None)
    with limits.within(Limits(memory=1)):
        limits.check_memory()


def test_without_affinity_all_cores_are_counted(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert workers.count_of(None, 1000) == 3


def test_without_fork_each_process_reads_the_problem_for_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(workers, "FORKING", False)
    for name in ("one.md", "two.md"):
        (tmp_path / name).write_text("$$C = 3$$\n", "utf-8")
    problem = shutil.copy(DATA / "two_layers.yaml", tmp_path)
    work = [str(tmp_path / name) for name in ("one.md", "two.md")]
    done = CliRunner().invoke(main, ["check", *work, "--problem", problem, "--jobs", "2", "--to", "json"])
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (1, "2 done, 2 with wrong lines")
    assert {path.name for path in tmp_path.glob("*.json")} == {"one.check.json", "two.check.json"}


def test_a_signal_without_a_name_is_told_by_its_number():
    assert [workers._how(code) for code in (-9, -35, 1)] == [
        "was killed by SIGKILL",
        "was killed by signal 35",
        "ended",
    ]


def test_where_a_process_cannot_be_asked_its_files_stay(monkeypatch, tmp_path):
    monkeypatch.setattr(passing, "os", SimpleNamespace(name="nt", listdir=os.listdir))
    left = tmp_path / ".lab.json.99999999.symgrad"
    left.touch()
    passing.sweep(tmp_path)
    assert left.exists()


def test_names_alike_but_for_case_are_two_files_only_where_the_disk_says_so(monkeypatch, tmp_path):
    paths = [tmp_path / "a" / "Lab.yaml", tmp_path / "b" / "lab.yaml"]
    monkeypatch.setattr(files, "CASELESS", False)
    check_request(paths, ["tex"], tmp_path)
    monkeypatch.setattr(files, "CASELESS", True)
    with pytest.raises(InputError, match="would write the same files"):
        check_request(paths, ["tex"], tmp_path)


def test_a_problem_is_not_overwritten_under_another_name_of_it(tmp_path):
    """On a disk that takes lab.JSON for lab.json, here by a link."""
    problem = tmp_path / "lab.JSON"
    problem.write_text('{"forward": {"L": "a * b"}}', "utf-8")
    os.link(problem, tmp_path / "lab.json")
    with pytest.raises(InputError, match="is the problem itself"):
        build(problem, ["json"])


def test_every_file_can_be_laid_on_every_disk():
    """No two paths alike but for case, no name that Windows keeps for itself."""
    paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
    paths = [path for path in paths if not SKIPPED.intersection(path.parts)]
    assert len(paths) > 500
    alike = Counter(path.as_posix().lower() for path in paths)
    assert [path for path, count in alike.items() if count > 1] == []
    assert [path for path in paths if any(map(NOT_A_NAME.search, path.parts))] == []

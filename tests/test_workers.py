"""Work over processes: in order, and whatever ends one process ends no other."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tasks import by_whom, doubled, hung, left

from symgrad import workers
from symgrad.checking.check import check_text, prepare_problem
from symgrad.checking.explaining import right
from symgrad.checking.verdict import Verdict
from symgrad.checking.worlds import points
from symgrad.checking.worlds.model import model_of
from symgrad.opening import open_problem
from symgrad.workers import FEW, count_of, scattered, spread

LAB = Path(__file__).parents[1] / "reports" / "lab6.yaml"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are ended otherwise there")


STARTS = ["spawn", *(["fork"] if workers.FORKING else [])]


@pytest.fixture(params=STARTS)
def start(request, monkeypatch):
    """How processes begin: forked, or anew as on macOS and Windows."""
    monkeypatch.setattr(workers, "FORKING", request.param == "fork")
    return request.param


def lost(task, how):
    return f"{task} {how}"


def worked(work, tasks, jobs=2):
    return list(spread(work, tasks, jobs, lost))


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_order(jobs, start):
    assert worked(doubled, [*range(20)], jobs) == [*range(0, 40, 2)]


def test_several_processes_do_the_work(start):
    found = set(worked(by_whom, [*range(20)], 2))
    assert os.getpid() not in {process for process, _ in found}


def test_a_killed_process_is_told_for_its_task_alone(start):
    assert worked(doubled, [1, -1, 2, -2, 3]) == [
        2,
        "-1 was killed by SIGKILL",
        4,
        "-2 was killed by SIGKILL",
        6,
    ]


def test_a_process_that_leaves_is_told_for_its_task_alone(start):
    assert worked(left, [0, 1, 2]) == [0, "1 ended", 2]


@pytest.mark.skipif(not workers.FORKING, reason="a process that begins anew takes longer than that")
def test_a_process_that_hangs_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(workers, "LIMIT", 0.5)
    assert worked(hung, [0, 1, 2]) == [0, "1 took more than 0 seconds", 2]


def test_what_is_left_off_leaves_no_process():
    results = spread(lambda task: (os.getpid(), task), [*range(50)], 2, lost)
    process, _ = next(results)
    results.close()
    assert (
        not Path(f"/proc/{process}").exists() or Path(f"/proc/{process}/stat").read_text().split()[2] == "Z"
    )


@pytest.mark.skipif(not workers.FORKING, reason="a test's own function is not there in another process")
def test_what_ended_its_process_is_tried_again_in_another(tmp_path):
    def once(task):
        mark = tmp_path / str(task)
        if task < 3 and not mark.exists():
            mark.write_text("")
            os._exit(1)
        if task < 2:
            os._exit(1)
        return task

    found = dict(scattered(once, [0, 1, 2, 3], 2, lost, tries=2))
    assert found == {0: "0 ended", 1: "1 ended", 2: 2, 3: 3}


ORPHANED = """
import os, sys, time
from symgrad.workers import scattered
def work(task):
    os.write(1, f"{os.getpid()}\\n".encode())  # at once, also where Python writes a line in parts
    time.sleep(600)
if __name__ == "__main__":
    list(scattered(work, [1, 2], 2, lambda task, how: how))
"""


@pytest.mark.skipif(not workers.FORKING, reason="needs /proc")
def test_processes_end_with_the_one_that_started_them(tmp_path):
    script = tmp_path / "orphaned.py"
    script.write_text(ORPHANED)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        try:
            children = [int(parent.stdout.readline()) for _ in range(2)]
        finally:
            parent.kill()
    for _ in range(100):
        if not any(map(alive, children)):
            return
        time.sleep(0.05)
    pytest.fail("a process is left")


def alive(process):
    """Whether a process runs; one that nobody asks after does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("asked", "tasks", "count"), [(None, 1, 1), (None, 2 * FEW - 1, 1), (3, 2, 2), (3, 100, 3), (1, 100, 1)]
)
def test_how_many(asked, tasks, count):
    assert count_of(asked, tasks) == count


def test_one_a_core_for_many(monkeypatch):
    monkeypatch.setattr(workers, "_cores", lambda: 8)
    assert [count_of(None, tasks) for tasks in (1, 8, 16, 1000)] == [1, 2, 4, 8]


KILLING = """
import os, signal, sys
from symgrad import review, workers
from symgrad.cli import main
check_file = review.check_file
def killing(path, problem):
    if path.stem == "fatal":
        os.kill(os.getpid(), signal.SIGKILL)
    return check_file(path, problem)
review.check_file = killing
workers.FORKING = sys.argv[1] == "fork"
if __name__ == "__main__":
    main(sys.argv[2:], prog_name="symgrad")
"""


@pytest.mark.parametrize("start", STARTS)
def test_a_class_of_which_one_file_is_bad_and_one_ends_its_process(start, tmp_path):
    """Every other file is judged, in order; what befell the two is told by name."""
    script = tmp_path / "killing.py"
    script.write_text(KILLING)
    names = ["a.md", "fatal.md", "bad.md", "b.md", "c.md"]
    for name in names:
        (tmp_path / name).write_text("$$u = W_1 x + b_1$$\n")
    (tmp_path / "bad.md").write_bytes(b"\xff")
    shutil.copy(LAB, tmp_path)
    command = [sys.executable, script, start, "check", *names, "--problem", LAB.name, "--jobs", "2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2, done.stderr
    shown = [line for line in done.stdout.splitlines() if line.endswith(".md")]
    assert shown == ["a.md", "b.md", "c.md"]
    assert "fatal.md: error: the process that worked on it was killed by SIGKILL" in done.stderr
    assert "error: bad.md is no UTF-8 text" in done.stderr
    assert done.stderr.splitlines()[-1] == "3 done, 2 failed: fatal.md, bad.md"


def test_what_is_prepared_is_what_a_check_needs(monkeypatch):
    """A forked process draws no points of the problem again: what it cannot find is not worked out twice."""
    problem = open_problem(LAB)
    prepare_problem(problem)
    model = model_of(problem)
    monkeypatch.setattr(points, "_covering", lambda *args: pytest.fail("points are drawn again"))
    monkeypatch.setattr(right, "gradient_of", lambda *args: pytest.fail("it is derived again"))
    check = check_text(r"$$\frac{\partial J}{\partial W_2} = (o - 2 y) h^T + W_2$$", problem)
    assert [line.verdict for line in check.lines] == [Verdict.WRONG]
    assert model_of(problem) is model

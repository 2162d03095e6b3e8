"""Work over processes: in order, and whatever ends one process ends no other."""

import os
import signal
from pathlib import Path

import pytest

from symgrad import workers
from symgrad.workers import FEW, count_of, spread

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes are ended otherwise there")


def lost(task, how):
    return f"{task} {how}"


def worked(work, tasks, jobs=2):
    return list(spread(work, tasks, jobs, lost))


def doubled(task):
    if task < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * task


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_order(jobs):
    assert worked(doubled, [*range(20)], jobs) == [*range(0, 40, 2)]


@pytest.mark.skipif(not workers.FORKING, reason="who is asked must be a fork")
def test_several_processes_do_the_work():
    found = set(worked(lambda task: (os.getpid(), task), [*range(20)], 2))
    assert os.getpid() not in {process for process, _ in found}


def test_a_killed_process_is_told_for_its_task_alone():
    assert worked(doubled, [1, -1, 2, -2, 3]) == [
        2,
        "-1 was killed by SIGKILL",
        4,
        "-2 was killed by SIGKILL",
        6,
    ]


def test_a_process_that_leaves_is_told_for_its_task_alone():
    assert worked(lambda task: os._exit(3) if task == 1 else task, [0, 1, 2]) == [0, "1 ended", 2]


def test_a_process_that_hangs_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(workers, "LIMIT", 0.5)
    found = worked(lambda task: signal.pause() if task == 1 else task, [0, 1, 2])
    assert found == [0, "1 took more than 0 seconds", 2]


def test_what_is_left_off_leaves_no_process():
    results = spread(lambda task: (os.getpid(), task), [*range(50)], 2, lost)
    process, _ = next(results)
    results.close()
    assert (
        not Path(f"/proc/{process}").exists() or Path(f"/proc/{process}/stat").read_text().split()[2] == "Z"
    )


@pytest.mark.parametrize(
    ("asked", "tasks", "count"), [(None, 1, 1), (None, 2 * FEW - 1, 1), (3, 2, 2), (3, 100, 3), (1, 100, 1)]
)
def test_how_many(asked, tasks, count):
    assert count_of(asked, tasks) == count


def test_one_a_core_for_many(monkeypatch):
    monkeypatch.setattr(workers, "_cores", lambda: 8)
    assert [count_of(None, tasks) for tasks in (1, 8, 16, 1000)] == [1, 2, 4, 8]

"""Work spread over processes: results in the order of the tasks; one that ends its process ends no other.

A pool of the standard library gives all up when one of its processes is killed; here a process has one
task at a time, so that it is known which task died with it. Processes are forked where that is safe:
what was worked out before is then there in every one of them. Elsewhere each works it out once.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

Task = TypeVar("Task")
Result = TypeVar("Result")

FORKING = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
"""On macOS the system's own libraries do not survive a fork."""
FEW = 4
"""Tasks for which another process is worth its start."""
LIMIT = 150.0
"""Seconds after which a process is no longer waited for; every task has a budget of its own far below."""
GONE = (EOFError, OSError)
PR_SET_PDEATHSIG = 1
"""What Linux calls the signal that a process gets when its parent dies."""
_SIGNALS = {one.value: one.name for one in signal.Signals}


class Worker(Struct, eq=False):
    """A process, the way to it, and the place of the task it has."""

    process: Any
    pipe: Connection
    limit: float
    place: int = -1
    ends: float = field(default=float("inf"))

    def give(self, place: int, task: Any) -> None:
        """Hand it a task. Raises `OSError` where it is gone."""
        self.place, self.ends = place, monotonic() + self.limit
        self.pipe.send(task)

    def dismiss(self) -> None:
        """Let it go: it ends when nobody is at the other end."""
        self.pipe.close()
        self.process.join()

    def kill(self) -> str:
        """End it, and say how it ended."""
        late = monotonic() >= self.ends
        if late:
            self.process.kill()
        self.process.join(1)
        code = self.process.exitcode
        self.process.kill()
        self.dismiss()
        return f"took more than {self.limit:.0f} seconds" if late else _how(code)


def count_of(jobs: int | None, tasks: int) -> int:
    """How many processes: as many as were asked for, else one a core; one where the tasks are few."""
    return max(1, min(_cores(), tasks // FEW) if jobs is None else min(jobs, tasks))


def spread(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    jobs: int,
    lost: Callable[[Task, str], Result],
) -> Generator[Result, None, None]:
    """What ``work`` makes of every task, in order; of one whose process ended, what ``lost`` makes of that.

    With one job all is done in this process.
    """
    if jobs == 1:
        yield from map(work, tasks)
        return
    with closing(scattered(work, tasks, jobs, lost)) as results:
        yield from _in_order(results)


def scattered(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    jobs: int,
    lost: Callable[[Task, str], Result],
    tries: int = 1,
) -> Generator[tuple[int, Result], None, None]:
    """The same as they come, each with the place of its task, and never in this process.

    A task whose process ended is tried again, so many times in all, in another.
    """
    team = _Team(work, tasks, lost, tries)
    try:
        yield from team.results(jobs)
    finally:
        for worker in team.workers:
            worker.kill()


def _in_order(results: Iterable[tuple[int, Result]]) -> Iterator[Result]:
    early: dict[int, Result] = {}
    due = 0
    for place, result in results:
        early[place] = result
        while due in early:
            yield early.pop(due)
            due += 1


class _Team(Struct, Generic[Task, Result]):
    work: Callable[[Task], Result]
    tasks: Sequence[Task]
    lost: Callable[[Task, str], Result]
    tries: int = 1
    workers: list[Worker] = field(default_factory=list)
    failed: Counter[int] = field(default_factory=Counter)

    def results(self, jobs: int) -> Iterator[tuple[int, Result]]:
        """The results with their places, as they come."""
        waiting = deque(enumerate(self.tasks))
        while waiting or self.workers:
            while waiting and len(self.workers) < jobs:
                pipes = tuple(worker.pipe for worker in self.workers)
                self.workers.append(hired(self.work, pipes))
                yield from self._given(self.workers[-1], waiting)
            for worker in self._ready():
                try:
                    result = worker.place, worker.pipe.recv()
                except GONE:
                    yield from self._buried(worker, waiting)
                    continue
                yield result
                yield from self._given(worker, waiting)

    def _given(self, worker: Worker, waiting: deque[tuple[int, Task]]) -> Iterator[tuple[int, Result]]:
        """The next task for a worker that has none; where there is none left, it may go."""
        if not waiting:
            self.workers.remove(worker)
            worker.dismiss()
            return
        try:
            worker.give(*waiting.popleft())
        except GONE:
            yield from self._buried(worker, waiting)

    def _ready(self) -> list[Worker]:
        """The workers that have something to say, have ended, or are late."""
        first = min((worker.ends for worker in self.workers), default=0.0)
        said = wait([worker.pipe for worker in self.workers], max(0.0, first - monotonic()))
        for worker in self.workers:
            if worker.pipe not in said and worker.ends <= monotonic():
                worker.process.kill()
        return [worker for worker in self.workers if worker.pipe in said or worker.ends <= monotonic()]

    def _buried(self, worker: Worker, waiting: deque[tuple[int, Task]]) -> Iterator[tuple[int, Result]]:
        """What becomes of the task of a worker that is gone: it waits again, or is lost."""
        self.workers.remove(worker)
        how, task = worker.kill(), self.tasks[worker.place]
        self.failed[worker.place] += 1
        if self.failed[worker.place] < self.tries:
            waiting.append((worker.place, task))
        else:
            yield worker.place, self.lost(task, how)


def hired(
    work: Callable[[Any], Any],
    others: Sequence[Connection] = (),
    method: str | None = None,
    limit: float | None = None,
) -> Worker:
    """A process that does ``work`` on what it is given; one that is forked closes the ways to ``others``.

    ``method`` is how it is started, where not as usual; ``limit`` the seconds for which it is waited for.
    """
    method = method or ("fork" if FORKING else "spawn")
    context: Any = multiprocessing.get_context(method)
    mine, theirs = context.Pipe()
    inherited = (mine, *others) if method == "fork" else ()
    process = context.Process(target=_serve, args=(theirs, work, inherited), daemon=True)
    with warnings.catch_warnings():  # NumPy's threads wait for work of NumPy's, and hold nothing
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    return Worker(process, mine, LIMIT if limit is None else limit)


def _serve(pipe: Connection, work: Callable[[Any], Any], inherited: Sequence[Connection]) -> None:
    """A worker's life. Ctrl-C is for who waits for it; it ends when nobody is at the other end."""
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in inherited:
        other.close()
    with suppress(*GONE):
        while True:
            pipe.send(work(pipe.recv()))


def _end_with_parent() -> None:
    """Also in the midst of its work a process ends when who started it is gone, however that ended.

    A thread sees it, wherever Python gets to run one; Linux sees it always.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _how(code: int | None) -> str:
    if code is None or code >= 0:
        return "ended"
    return f"was killed by {_SIGNALS.get(-code, f'signal {-code}')}"


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

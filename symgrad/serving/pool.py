"""Limited processes that are kept warm: for each desk the newest task wins, an older one is dropped.

A thread waits for each process. What is asked for anew while the older task of the same desk waits takes its
place in the row, so nobody gets ahead by typing faster; while that is worked on, the newer one waits for it,
and for no longer than `PATIENCE`.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from time import monotonic
from typing import Any, TypeAlias

from msgspec import Struct, field

from symgrad.workers import GONE, Worker, hired

PATIENCE = 2.0
"""Seconds for which a task that nobody waits for any more may go on."""
LOOK = 0.1
"""Seconds between two looks whether somebody still waits."""
TASKS = 500
"""After so many a process is replaced: what it has gathered is given back."""
MOST_WAITING = 2_000
METHOD = "forkserver" if sys.platform == "linux" else "spawn"
"""Threads run here, so nothing is forked from here; what Linux forks from has none."""
Desk: TypeAlias = tuple[str, str]
"""Whose task it is, and of which kind."""


class Dropped(Exception):
    """A newer task of the same desk has come, or the server ends."""


class Crowded(Exception):
    """More is waiting than could be done in a sensible time."""


class Job(Struct, eq=False):
    """A task with who waits for what comes of it."""

    desk: Desk
    task: Any
    result: Future[Any] = field(default_factory=Future)
    began: float = 0.0
    stale: bool = False


class Pool:
    """So many processes that do ``work``, each for ``limit`` seconds at the most.

    ``lost`` makes a result where the process ended.
    """

    def __init__(
        self, work: Callable[[Any], Any], count: int, limit: float, lost: Callable[[Any, str], Any]
    ) -> None:
        self.work, self.limit, self.lost = work, limit, lost
        self.changed = threading.Condition()
        self.waiting: OrderedDict[Desk, Job] = OrderedDict()
        self.running: dict[Desk, Job] = {}
        self.ended = False
        if METHOD == "forkserver":
            multiprocessing.get_context(METHOD).set_forkserver_preload([type(work).__module__])
        self.threads = [threading.Thread(target=self._live, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def submit(self, desk: Desk, task: Any) -> Future[Any]:
        """What comes of a task; `Dropped` where a newer one of the same desk came before its turn.

        Raises `Crowded`.
        """
        job = Job(desk, task)
        with self.changed:
            if self.ended or len(self.waiting) >= MOST_WAITING:
                raise Crowded
            older = self.waiting.get(desk)
            self.waiting[desk] = job  # in the older one's place
            if running := self.running.get(desk):
                running.stale = True
            self.changed.notify_all()
        if older is not None:
            older.result.set_exception(Dropped())
        return job.result

    def close(self) -> None:
        """End all processes; what waits is dropped."""
        with self.changed:
            self.ended = True
            dropped = [*self.waiting.values()]
            self.waiting.clear()
            self.changed.notify_all()
        for job in dropped:
            job.result.set_exception(Dropped())
        for thread in self.threads:
            thread.join(LOOK * 20)

    def _live(self) -> None:
        """A thread's life, with one process after the other."""
        while not self.ended:
            worker = hired(self.work, method=METHOD, limit=self.limit)
            try:
                for _ in range(TASKS):
                    job = self._next()
                    if job is None or not self._done(job, worker):
                        break
            finally:
                worker.process.kill()
                worker.kill()

    def _next(self) -> Job | None:
        """The first task in the row of whose desk none is worked on; None where the server ends."""
        with self.changed:
            while not self.ended:
                free = next((desk for desk in self.waiting if desk not in self.running), None)
                if free is not None:
                    job = self.running[free] = self.waiting.pop(free)
                    job.began = monotonic()
                    return job
                self.changed.wait()
        return None

    def _done(self, job: Job, worker: Worker) -> bool:
        """Whether the process is there for another task."""
        try:
            worker.give(0, job.task)
            while not worker.pipe.poll(LOOK):
                if self._is_over(job, worker):
                    return False
            self._tell(job, worker.pipe.recv())
        except GONE:
            self._tell(job, self.lost(job.task, worker.kill()))
            return False
        finally:
            with self.changed:
                self.running.pop(job.desk, None)
                self.changed.notify_all()
        return True

    def _is_over(self, job: Job, worker: Worker) -> bool:
        """Whether it is not waited for any longer, and what is told then."""
        now = monotonic()
        if self.ended or (job.stale and now - job.began > PATIENCE):
            job.result.set_exception(Dropped())
            return True
        if now >= worker.ends:
            self._tell(job, self.lost(job.task, worker.kill()))
            return True
        return False

    def _tell(self, job: Job, result: Any) -> None:
        with suppress(Exception):  # who asked is gone
            job.result.set_result(result)

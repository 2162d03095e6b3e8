"""The work of a class judged, each submission in a process that costs itself only, and once."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import lru_cache
from pathlib import Path
from time import perf_counter

from msgspec import Struct

from symgrad.checking.check import check_text, prepare_problem
from symgrad.errors import InputError
from symgrad.grading.record import Record, recorded
from symgrad.limits import Limits, within
from symgrad.opening import open_problem
from symgrad.reading.problem import Problem
from symgrad.running import told
from symgrad.workers import scattered

TRIES = 2
"""Of a submission whose process ended."""
KEPT = 8
"""Problems that a process keeps in memory."""


class Task(Struct, frozen=True):
    """A submission to be judged, under the key of what comes of it; ``name`` says how it is read."""

    key: str
    name: str
    data: bytes
    problem: Path


class Judging(Struct, frozen=True):
    """The work on each, within limits."""

    limits: Limits

    def __call__(self, task: Task) -> Record:
        """What is kept of one submission."""
        start = perf_counter()
        try:
            with within(self.limits):
                check = check_text(_text(task.data), opened(task.problem), task.name)
                return recorded(task.key, check, perf_counter() - start)
        except Exception as error:
            fault = error.message if isinstance(error, InputError) else told(error)
            return Record(task.key, failed=fault, within=self.limits.shown)

    def lost(self, task: Task, how: str) -> Record:
        """What is kept of one whose process ended."""
        return Record(task.key, failed=f"the process that worked on it {how}", within=self.limits.shown)


def opened(path: Path) -> Problem:
    """The problem in a file, read anew where that was saved again. Raises `InputError`."""
    try:
        found = path.stat()
    except OSError:
        return open_problem(path)  # which says why
    return _opened(path, found.st_mtime_ns, found.st_size)


@lru_cache(KEPT)
def _opened(path: Path, *saved: int) -> Problem:
    return open_problem(path)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("it is no UTF-8 text", hint="a PDF or a picture cannot be read") from None


def judge_all(tasks: Sequence[Task], limits: Limits, jobs: int) -> Generator[tuple[int, Record], None, None]:
    """The records of all as they come, each with the place of its task."""
    if len({task.problem for task in tasks}) == 1:
        prepare_problem(opened(tasks[0].problem))  # before processes are forked
    work = Judging(limits)
    yield from scattered(work, tasks, jobs, work.lost, TRIES)

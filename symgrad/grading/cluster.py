"""The work of a class judged on a Dask cluster: the same function for each, Dask deals with machines.

Dask has no time limit for a task and runs it in a thread of its worker: the limits of a submission are looked
at as its check goes on, and work that ends its worker is given to others as often as Dask allows.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator, Sequence
from importlib.metadata import version
from typing import Any

from symgrad.errors import InputError
from symgrad.grading.judging import Judging, Task
from symgrad.grading.record import Record
from symgrad.limits import Limits

WAIT = "20s"
"""For the scheduler's answer."""
ENDED = "ended its workers"


def judge_on(
    address: str, tasks: Sequence[Task], limits: Limits
) -> Generator[tuple[int, Record], None, None]:
    """The records of all as they come, each with the place of its task, from the cluster at an address.

    Its workers have this version of symgrad, and see the problem files under the same paths. Raises
    `InputError` where that is not so, or no scheduler answers.
    """
    distributed = _distributed()
    work = Judging(limits)
    try:
        client = distributed.Client(address, timeout=WAIT)
    except (OSError, ValueError, TimeoutError) as error:
        hint = "start one with dask scheduler, and its workers with dask worker --nthreads 1"
        raise InputError(f"no Dask scheduler answers at '{address}': {error}", hint=hint) from error
    with client:
        _check_version(client)
        places = {
            future.key: (place, future)
            for place, future in enumerate(client.map(work, tasks, key=[task.key for task in tasks]))
        }
        for future in distributed.as_completed([future for _, future in places.values()]):
            place = places[future.key][0]
            yield place, _record(future, work, tasks[place], distributed.KilledWorker)


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise InputError("Dask is not installed", hint="pip install 'symgrad[cluster]'") from None


def _record(future: Any, work: Judging, task: Task, killed: type[Exception]) -> Record:
    try:
        record: Record = future.result()
    except killed:
        return work.lost(task, ENDED)
    return record


def _check_version(client: Any) -> None:
    """Marks are kept under the version that made them."""
    own = version("symgrad")
    others = {found for found in client.run(version, "symgrad").values() if found != own}
    if others:
        message = f"the cluster's workers have symgrad {', '.join(sorted(others))}, this is {own}"
        raise InputError(message, hint="install the same version there")

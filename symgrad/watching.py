"""Building again whenever a file is saved: the process, its caches and the engine stay warm.

What tells of a save is the file itself, its time and size; watchfiles only says when to look. So a
save during a build is not missed, nor one on a disk that sends no events.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import click
import watchfiles

from symgrad.errors import InputError
from symgrad.reading.text import STANDARD
from symgrad.running import Outcome, attempt, tell

Stamp: TypeAlias = tuple[int, int]

QUIET_MS = 10
"""A save is over when nothing was written for so long."""
LOOK_MS = 500
"""How often to look without being told."""


def watch(
    paths: Iterable[Path], work: Callable[[Path], Outcome], stop: threading.Event | None = None
) -> None:
    """Do the work for every path, and again for each that is saved, until ``stop``.

    Raises `KeyboardInterrupt` at Ctrl-C, `InputError` for standard input, and for a folder that is not there.
    """
    stamps = {path: _stamp(path) for path in paths}
    folders = {path.resolve().parent for path in stamps}
    _check(stamps, folders)
    names = {str(path.resolve()) for path in stamps}
    for path in stamps:
        _build(path, work)
    click.echo("Watching; Ctrl-C ends.", err=True)
    changes = watchfiles.watch(
        *folders,
        watch_filter=lambda change, name: name in names,
        step=QUIET_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        recursive=False,
        stop_event=stop,
        raise_interrupt=True,
    )
    for _ in changes:
        _look(stamps, work)


def _check(paths: Iterable[Path], folders: Iterable[Path]) -> None:
    if STANDARD in paths:
        raise InputError("standard input cannot be watched", hint="name a file")
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"there is no folder '{folder}' to watch", hint="look at the file's name")


def _look(stamps: dict[Path, Stamp | None], work: Callable[[Path], Outcome]) -> None:
    """Build what has changed since it was last built; a file that is gone may be on its way back."""
    for path, known in stamps.items():
        stamp = _stamp(path)
        if stamp not in (known, None):
            stamps[path] = stamp
            _build(path, work)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _build(path: Path, work: Callable[[Path], Outcome]) -> None:
    start = perf_counter()
    status = tell(attempt(work, path))
    took = f"{perf_counter() - start:.2f} s"
    kept = ": not built, the last good report is kept" if status else ""
    click.echo(f"{datetime.now():%H:%M:%S} {path.name}{kept} ({took})", err=True)

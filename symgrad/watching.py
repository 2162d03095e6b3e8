"""Working again whenever a file is saved: the process, its caches and the engine stay warm.

What tells of a save is the file itself, its time and size; watchfiles only says when to look. So a
save during the work is not missed, nor one on a disk that sends no events.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import click
import watchfiles
from msgspec import Struct

from symgrad.errors import InputError
from symgrad.reading.text import STANDARD
from symgrad.running import FAILED, Fault, Outcome, Run, faults, tell

Stamp: TypeAlias = tuple[int, int]

QUIET_MS = 10
"""A save is over when nothing was written for so long."""
LOOK_MS = 500
"""How often to look without being told."""


def watch(
    paths: Sequence[Path],
    ready: Callable[[], Run],
    *,
    failed: str,
    shared: Sequence[Path] = (),
    stop: threading.Event | None = None,
) -> None:
    """Do the work for every path, and again for each that is saved, until ``stop``.

    ``ready`` reads what the work on all of them needs, from the files ``shared``: once, and again when one
    of these is saved; then all are worked on. What else an outcome says it ``reads`` is watched too, in other
    folders than theirs twice a second. ``failed`` says what an error means for the one it is about.

    Raises `KeyboardInterrupt` at Ctrl-C, `InputError` for standard input, and for a folder that is not there.
    """
    every = tuple(dict.fromkeys((*shared, *paths)))
    _check(every)
    names = {str(path.resolve()) for path in every}
    watched = _Watched(tuple(paths), frozenset(shared), ready, failed)
    watched.begin()
    click.echo("Watching; Ctrl-C ends.", err=True)
    changes = watchfiles.watch(
        *{path.resolve().parent for path in every},
        watch_filter=lambda change, name: name in names or Path(name) in watched.stamps,
        step=QUIET_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        recursive=False,
        stop_event=stop,
        raise_interrupt=True,
    )
    for _ in changes:
        watched.look()


def _check(paths: Sequence[Path]) -> None:
    if STANDARD in paths:
        raise InputError("standard input cannot be watched", hint="name a file")
    for folder in (path.resolve().parent for path in paths):
        if not folder.is_dir():
            raise InputError(f"there is no folder '{folder}' to watch", hint="look at the file's name")


class _Watched(Struct):
    """The files as they were when they were last worked on, and the work once it is ready."""

    paths: tuple[Path, ...]
    shared: frozenset[Path]
    ready: Callable[[], Run]
    failed: str
    run: Run | None = None
    stamps: dict[Path, Stamp | None] = {}
    reads: dict[Path, tuple[Path, ...]] = {}

    def begin(self) -> None:
        """Work on all."""
        self._saved()
        self._work(self.paths)

    def look(self) -> None:
        """Work on what was saved since; a file that is gone may be on its way back."""
        saved = self._saved()
        every = self.run is None or saved & self.shared
        if saved - set(self.paths):
            self.run = None
        if saved:
            self._work([path for path in self.paths if every or saved & {path, *self.reads.get(path, ())}])

    def _saved(self) -> set[Path]:
        read = (path for paths in self.reads.values() for path in paths)
        found = {path: _stamp(path) for path in (*self.shared, *self.paths, *read)}
        fresh = {path: stamp for path, stamp in found.items() if stamp not in (self.stamps.get(path), None)}
        self.stamps.update(fresh)
        return set(fresh)

    def _work(self, due: Sequence[Path]) -> None:
        try:
            with faults():
                self.run = self.run or self.ready()
        except Fault as fault:
            fault.show()
            _note(self.failed)
            return
        with closing(self.run(due)) as outcomes:
            for outcome in outcomes:
                tell(outcome)
                self._note_reads(outcome)
                failed = f": {self.failed}" if outcome.status == FAILED and not outcome.made else ""
                _note(f"{Path(outcome.name).name}{failed} ({outcome.seconds:.2f} s)")

    def _note_reads(self, outcome: Outcome) -> None:
        """What a failed one was to be made from is what the last good one was."""
        if outcome.reads:
            self.reads[Path(outcome.name)] = outcome.reads
        for path in outcome.reads:
            self.stamps.setdefault(path, _stamp(path))


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _note(text: str) -> None:
    click.echo(f"{datetime.now():%H:%M:%S} {text}", err=True)

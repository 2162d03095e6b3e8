"""How a command runs: one input after the other, each fault told in words, a bar where somebody watches."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import IO, Any, TypeAlias

import click
from msgspec import Struct
from msgspec.structs import replace

from symgrad.errors import DerivationError, InputError, SymgradError, visible

LEVEL = "symgrad.level"
"""Under this name click's context knows how much is told: `QUIET`, `VERBOSE`, or nothing for the usual."""
QUIET = "quiet"
VERBOSE = "verbose"
WRONG, FAILED = 1, 2
"""Exit statuses: a check found something wrong; an input could not be used, or something else failed."""
COLLECTED = (50_000, 20, 20)
"""How many new values there are before garbage is looked for, and how often among older ones."""
MOST_NAMED = 20
"""Inputs named in the closing line."""


class Fault(click.ClickException):
    """Why a command ends with status 2, as it is printed."""

    exit_code = FAILED

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it stands."""
        click.echo(self.message, file=file, err=True)


class Outcome(Struct, frozen=True):
    """What became of one input: the files written, messages and warnings for stderr, and its exit status.

    ``show`` prints what is asked for on stdout; the paths then go to stderr. ``seconds`` is what it took, and
    ``reads`` the files that it was made from beside the input.
    """

    paths: tuple[Path, ...] = ()
    messages: tuple[str, ...] = ()
    status: int = 0
    show: Callable[[], None] | None = None
    warnings: tuple[str, ...] = ()
    name: str = ""
    seconds: float = 0.0
    reads: tuple[Path, ...] = ()

    @property
    def made(self) -> bool:
        """Whether there is something to show for it."""
        return bool(self.paths) or self.show is not None


Run: TypeAlias = Callable[[Sequence[Path]], Generator[Outcome, None, None]]
"""The work on several inputs: what becomes of each, in their order."""


def solver(name: str) -> ModuleType:
    """A module that solves, loaded for a process that is ours.

    A short run would spend a fifth of its time on collecting modules, never garbage, and as much again on
    threads for products of arrays that are small.
    """
    gc.set_threshold(*COLLECTED)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    module = importlib.import_module(name)
    gc.freeze()
    return module


def attempt(work: Callable[[Path], Outcome], path: Path) -> Outcome:
    """One input; a fault in it leaves the others alone."""
    start = perf_counter()
    try:
        with faults(path):
            outcome = work(path)
    except Fault as fault:
        outcome = Outcome(messages=(fault.message,), status=FAILED)
    return replace(outcome, name=str(path), seconds=perf_counter() - start)


def in_turn(work: Callable[[Path], Outcome], paths: Iterable[Path]) -> Generator[Outcome, None, None]:
    """One input after the other."""
    for path in paths:
        yield attempt(work, path)


def lost(path: Path, how: str) -> Outcome:
    """What became of an input whose process did not come back."""
    message = f"{path}: error: the process that worked on it {how}"
    return Outcome(messages=(message,), status=FAILED, name=str(path))


def finish(outcomes: Iterable[Outcome], total: int, doing: str) -> None:
    """Print every outcome, of several what became of all, and end with the highest status."""
    ends: dict[int, list[str]] = {0: [], WRONG: [], FAILED: []}
    for outcome in tracked(outcomes, total, doing):
        ends[tell(outcome)].append(outcome.name)
    if total > 1 and level() != QUIET:
        click.echo(_summary(ends), err=True)
    status = max(status for status, names in ends.items() if names)
    if status:
        raise SystemExit(status)


def _summary(ends: dict[int, list[str]]) -> str:
    """One line for many inputs: how many are done, how many of these have wrong lines, which failed."""
    wrong, failed = ends[WRONG], ends[FAILED]
    parts = [f"{len(ends[0]) + len(wrong)} done"]
    if wrong:
        parts.append(f"{len(wrong)} with wrong lines")
    if failed:
        more = f" and {len(failed) - MOST_NAMED} more" if len(failed) > MOST_NAMED else ""
        parts.append(f"{len(failed)} failed: {', '.join(failed[:MOST_NAMED])}{more}")
    return ", ".join(parts)


def tell(outcome: Outcome) -> int:
    """Print one outcome; warnings and the paths written are left out where little is to be told."""
    quiet = level() == QUIET
    for message in (*(() if quiet else outcome.warnings), *outcome.messages):
        click.echo(message, err=True)
    if outcome.show is not None:
        outcome.show()
    for path in () if quiet else outcome.paths:
        click.echo(click.format_filename(path), err=outcome.show is not None)
    if level() == VERBOSE:
        click.echo(f"{Path(outcome.name).stem}: {outcome.seconds:.2f} s", err=True)
    return outcome.status


def level() -> str | None:
    """How much is to be told: `QUIET`, `VERBOSE`, or None."""
    context = click.get_current_context(silent=True)
    return context.meta.get(LEVEL) if context else None


def tracked(outcomes: Iterable[Outcome], total: int, doing: str) -> Iterable[Outcome]:
    """The outcomes as they come, or after a progress bar where there is somebody to see it.

    The bar has no thread of its own: processes are forked beside it.
    """
    if total == 1 or not sys.stderr.isatty():
        return outcomes
    rich = importlib.import_module("rich.progress")
    console = importlib.import_module("rich.console").Console(stderr=True)
    told = []
    with rich.Progress(console=console, transient=True, redirect_stdout=False, auto_refresh=False) as bar:
        task = bar.add_task(doing, total=total)
        for outcome in outcomes:
            told.append(outcome)
            bar.update(task, advance=1, refresh=True)
    return told


@contextmanager
def faults(path: Path | None = None) -> Iterator[None]:
    """Every error as a `Fault`; ``path`` is what was being worked on."""
    try:
        yield
    except Exception as error:
        raise Fault(told(error, path)) from error


def told(error: Exception, path: Path | None = None) -> str:
    """An error of the input in its own words; of any other, what to report."""
    if isinstance(error, InputError):
        return str(error)
    before = "" if path is None else f"{path}: "
    if isinstance(error, SymgradError) and not isinstance(error, DerivationError):
        return f"{before}error: {error}"
    if isinstance(error, OSError):
        named = f": '{error.filename}'" if error.filename else ""
        return f"{before}error: {(error.strerror or str(error)).lower()}{named}"
    if level() == VERBOSE:
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return visible(
        f"{before}internal error: {type(error).__name__}: {error} ({where})\n"
        "  this is a fault of symgrad: please report it, with the file that it was about"
    )

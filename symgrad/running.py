"""How a command runs: one input after the other, each fault told in words, a bar where somebody watches."""

from __future__ import annotations

import gc
import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import IO, Any

import click

from symgrad.errors import DerivationError, InputError, SymgradError

LEVEL = "symgrad.level"
"""Under this name click's context knows how much is told: `QUIET`, `VERBOSE`, or nothing for the usual."""
QUIET = "quiet"
VERBOSE = "verbose"


class Fault(click.ClickException):
    """Why a command ends with status 2, as it is printed."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it stands."""
        click.echo(self.message, file=file, err=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input: the files written, messages and warnings for stderr, and its exit status.

    ``show`` prints what is asked for on stdout; the paths then go to stderr.
    """

    paths: tuple[Path, ...] = ()
    messages: tuple[str, ...] = ()
    status: int = 0
    show: Callable[[], None] | None = None
    warnings: tuple[str, ...] = ()


def solver(name: str) -> ModuleType:
    """A module that solves; a short run spends a fifth of its time on collecting modules, never garbage."""
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def attempt(work: Callable[[], Outcome]) -> Outcome:
    """One input; a fault in it leaves the others alone."""
    try:
        with faults():
            return work()
    except Fault as fault:
        return Outcome(messages=(fault.message,), status=Fault.exit_code)


def finish(outcomes: Iterator[Outcome], total: int, doing: str) -> None:
    """Print every outcome, and end with the highest status."""
    _encoded()
    status = max(map(tell, _tracked(_timed(outcomes), total, doing)))
    if status:
        raise SystemExit(status)


def _encoded() -> None:
    """No sign of ours is ever an error: a pipe gets UTF-8, a terminal that lacks a sign its substitute."""
    stream = sys.stdout
    if not isinstance(stream, TextIOWrapper) or stream.encoding.lower() in ("utf-8", "utf8"):
        return
    if stream.isatty():
        stream.reconfigure(errors="replace")
    else:
        stream.reconfigure(encoding="utf-8")


def tell(outcome: Outcome) -> int:
    """Print one outcome; warnings and the paths written are left out where little is to be told."""
    quiet = level() == QUIET
    for message in (*(() if quiet else outcome.warnings), *outcome.messages):
        click.echo(message, err=True)
    if outcome.show is not None:
        outcome.show()
    for path in () if quiet else outcome.paths:
        click.echo(click.format_filename(path), err=outcome.show is not None)
    return outcome.status


def level() -> str | None:
    """How much is to be told: `QUIET`, `VERBOSE`, or None."""
    context = click.get_current_context(silent=True)
    return context.meta.get(LEVEL) if context else None


def _timed(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Where much is to be told, every outcome with the time it took."""
    if level() != VERBOSE:
        yield from outcomes
        return
    start = perf_counter()
    for outcome in outcomes:
        took = f"{outcome.paths[0].stem if outcome.paths else 'done'}: {perf_counter() - start:.2f} s"
        yield replace(outcome, messages=(*outcome.messages, took))
        start = perf_counter()


def _tracked(outcomes: Iterator[Outcome], total: int, doing: str) -> Iterable[Outcome]:
    """The outcomes as they come, or after a progress bar where there is somebody to see it."""
    if total == 1 or not sys.stderr.isatty():
        return outcomes
    rich = importlib.import_module("rich.progress")
    console = importlib.import_module("rich.console").Console(stderr=True)
    with rich.Progress(console=console, transient=True, redirect_stdout=False) as bar:
        return list(bar.track(outcomes, total=total, description=doing))


@contextmanager
def faults() -> Iterator[None]:
    """Every error as a `Fault`."""
    try:
        yield
    except Exception as error:
        raise Fault(_told(error)) from error


def _told(error: Exception) -> str:
    """An error of the input in its own words; of any other, what to report."""
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, SymgradError) and not isinstance(error, DerivationError):
        return f"error: {error}"
    if level() == VERBOSE:
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"internal error: {type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})\n"
        "  this is a fault of symgrad: please report it, with the problem file"
    )

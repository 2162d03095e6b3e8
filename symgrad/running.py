"""How a command runs: one input after the other, each fault told in words, a bar where somebody watches."""

from __future__ import annotations

import gc
import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import click

from symgrad.errors import DerivationError, InputError, SymgradError


class Fault(click.ClickException):
    """Why a command ends with status 2, as it is printed."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it stands."""
        click.echo(self.message, file=file, err=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input: the files written, messages for stderr, and its exit status.

    ``show`` prints what is asked for on stdout; the paths then go to stderr.
    """

    paths: tuple[Path, ...] = ()
    messages: tuple[str, ...] = ()
    status: int = 0
    show: Callable[[], None] | None = None


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
    status = max(map(_tell, _tracked(outcomes, total, doing)))
    if status:
        raise SystemExit(status)


def _tell(outcome: Outcome) -> int:
    for message in outcome.messages:
        click.echo(message, err=True)
    if outcome.show is not None:
        outcome.show()
    for path in outcome.paths:
        click.echo(click.format_filename(path), err=outcome.show is not None)
    return outcome.status


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
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"internal error: {type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})\n"
        "  this is a fault of symgrad: please report it, with the problem file"
    )

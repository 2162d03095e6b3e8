"""The command line. The solver is loaded only when a command runs, so that help comes at once."""

from __future__ import annotations

import gc
import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import click

from symgrad.errors import DerivationError, InputError, SymgradError

EXAMPLES = """\b
Examples:
  symgrad build lab6.yaml
  symgrad build lab6.yaml --to tex,json -o solutions
  symgrad build week*.yaml --notation delta --digits 4
"""


class Fault(click.ClickException):
    """Why a command ends with status 2, as it is printed."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as it stands."""
        click.echo(self.message, file=file, err=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one problem: the files written, and messages for stderr."""

    paths: tuple[Path, ...] = ()
    messages: tuple[str, ...] = ()
    failed: bool = False


@click.group(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="symgrad", message="%(prog)s %(version)s")
def main() -> None:
    """Worked solutions for forward and backward passes: derived, numbered, on paper."""


def _listed(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip().lower() for part in value.split(",")))


@main.command(epilog=EXAMPLES)
@click.argument("problems", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PROBLEM...")
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), help="Folder to write to.")
@click.option(
    "--to", "formats", default="pdf,tex", show_default=True, callback=_listed, help="Some of tex, pdf, json."
)
@click.option("--engine", help="What makes the PDF: typst, which is built in, or pdflatex.")
@click.option("--notation", help="How derivatives are written: prod, partial, bar, delta or nabla.")
@click.option("--style", help="Which sections the report has: lab.")
@click.option("--digits", type=click.IntRange(0, 17), help="Digits of the numbers in the report.")
def build(problems: tuple[Path, ...], folder: Path | None, formats: tuple[str, ...], **choices: Any) -> None:
    """Write the worked solution of each PROBLEM, a YAML file, beside it.

    Options come before what a file says under 'report'. The files written are listed on stdout,
    warnings and errors on stderr.

    Exit status: 0 all done, 2 some input could not be used.
    """
    with _faults():
        pipeline = _pipeline()
        pipeline.check_request(problems, formats, folder)
        options = {"formats": formats, "folder": folder, "choices": pipeline.Choices(**choices)}
    outcomes = (_attempt(partial(pipeline.build, path, **options), path) for path in problems)
    if sum(map(_tell, _tracked(outcomes, len(problems)))):
        raise SystemExit(Fault.exit_code)


def _pipeline() -> ModuleType:
    """What solves; a short run spends a fifth of its time on collecting modules, which are never garbage."""
    gc.disable()
    try:
        return importlib.import_module("symgrad.pipeline")
    finally:
        gc.freeze()
        gc.enable()


def _attempt(work: Callable[[], Any], path: Path) -> Outcome:
    """One problem; a fault in it leaves the others alone."""
    try:
        with _faults():
            built = work()
    except Fault as fault:
        return Outcome(messages=(fault.message,), failed=True)
    return Outcome(built.paths, tuple(f"{path}: warning: {warning}" for warning in built.warnings))


def _tell(outcome: Outcome) -> bool:
    """Print what became of a problem; whether it failed."""
    for message in outcome.messages:
        click.echo(message, err=True)
    for path in outcome.paths:
        click.echo(click.format_filename(path))
    return outcome.failed


def _tracked(outcomes: Iterator[Outcome], total: int) -> Iterable[Outcome]:
    """The outcomes as they come, or after a progress bar where there is somebody to see it."""
    if total == 1 or not sys.stderr.isatty():
        return outcomes
    rich = importlib.import_module("rich.progress")
    console = importlib.import_module("rich.console").Console(stderr=True)
    with rich.Progress(console=console, transient=True, redirect_stdout=False) as bar:
        return list(bar.track(outcomes, total=total, description="Solving"))


@contextmanager
def _faults() -> Iterator[None]:
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

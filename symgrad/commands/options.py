"""Options that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from symgrad.limits import Limits, read_limits
from symgrad.running import LEVEL, QUIET, VERBOSE, faults

Command = TypeVar("Command", bound=Callable[..., Any])

PATH = click.Path(path_type=Path, allow_dash=True)


def formats(default: str, known: str) -> Callable[[Command], Command]:
    """``--to``: formats with commas between them."""
    return click.option(
        "--to", "formats", default=default, show_default=True, callback=listed, help=f"Some of {known}."
    )


def folder(help: str = "Folder to write to.") -> Callable[[Command], Command]:
    """``-o``: where the files go."""
    return click.option("-o", "--output", "folder", type=PATH, help=help)


def look(command: Command) -> Command:
    """What a report looks like: ``--notation``, ``--style``, ``--digits``, ``--detail``, ``--language``."""
    for option in reversed(_LOOK):
        command = option(command)
    return command


def level(command: Command) -> Command:
    """``-q`` and ``-v``: how much is told on stderr."""
    for option in reversed(_LEVEL):
        command = option(command)
    return command


def limit(command: Command) -> Command:
    """``--limit``: how much one input may take."""
    usual = Limits()
    return click.option(
        "--limit",
        "limits",
        multiple=True,
        metavar="LIMIT",
        callback=_limits,
        help="What one input may take: processor time as in 60s, memory as in 2GB, a file written as in"
        f" output=50MB; repeat it, or put commas between.  [default: {usual.shown}]",
    )(command)


def _limits(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Limits:
    with faults():
        return read_limits(values)


def listed(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """Words with commas between them."""
    return tuple(dict.fromkeys(part.strip().lower() for part in value.split(",") if value))


def _level(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[LEVEL] = value


_LOOK = (
    click.option("--notation", help="How derivatives are written: prod, partial, bar, delta or nabla."),
    click.option(
        "--style", help="Which sections the report has: lab, exercise, assignment, practical or columns."
    ),
    click.option("--digits", type=click.IntRange(0, 17), help="Digits of the numbers in the report."),
    click.option("--detail", help="How much is explained: brief, normal or full."),
    click.option("--language", help="In which language it is written: en or de."),
)
_LEVEL = (
    click.option(
        "-q",
        "--quiet",
        flag_value=QUIET,
        expose_value=False,
        callback=_level,
        help="Errors only: no warnings, no list of files.",
    ),
    click.option(
        "-v",
        "--verbose",
        flag_value=VERBOSE,
        expose_value=False,
        callback=_level,
        help="How long each took, too, and where a fault of symgrad's own arose.",
    ),
)

"""``symgrad show``: a worked solution in the terminal."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from symgrad.commands import options
from symgrad.limits import Limits, within
from symgrad.running import Outcome, attempt, faults, finish, solver

EXAMPLES = """\b
Examples:
  symgrad show lab6.yaml
  symgrad show lab6.yaml --only W2 --notation partial
  symgrad show - < lab6.yaml > lab6.txt
"""


@click.command(epilog=EXAMPLES, short_help="A worked solution in the terminal.")
@click.argument("problem", type=options.PATH)
@click.option("--only", metavar="NAME", help="One gradient: that with respect to NAME.")
@options.look
@options.limit
@options.level
def show(problem: Path, only: str | None, limits: Limits, **choices: Any) -> None:
    """Print the worked solution of PROBLEM in the terminal; - is stdin.

    A long one is shown in a pager. Into a file or a pipe it goes as plain text, 80 cells wide or as
    COLUMNS says; NO_COLOR is respected.

    Exit status: 0 done, 2 the input could not be used.
    """
    with faults():
        pipeline, screen = solver("symgrad.pipeline"), solver("symgrad.writing.screen")
        asked = pipeline.Choices(**choices)
    work = partial(_shown, pipeline, screen, limits, only, asked)
    finish([attempt(work, problem)], 1, "Solving")


def _shown(
    pipeline: ModuleType, screen: ModuleType, limits: Limits, only: str | None, asked: Any, path: Path
) -> Outcome:
    with within(limits):
        presented = pipeline.present(path, asked, only)
    warnings = tuple(f"{path}: warning: {warning}" for warning in presented.warnings)
    return Outcome(show=partial(screen.show_document, presented.document), warnings=warnings)

"""``symgrad new``: a problem file to begin with."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from symgrad.commands import options
from symgrad.errors import InputError
from symgrad.running import faults, solver

STANDARD = Path("-")
EPILOG = """\b
Examples:
  symgrad new                              lab6.yaml, a network of two layers
  symgrad new my_rnn --like rnn
  symgrad new lab7 --from-sheet lab7.tex
  symgrad new --list
"""


@click.command(epilog=EPILOG, short_help="A problem file to begin with.")
@click.argument("name", required=False, type=options.PATH)
@click.option("--like", default="lab6", show_default=True, help="The example to begin with.")
@click.option("--list", "listed", is_flag=True, help="List the examples.")
@click.option(
    "--from-sheet", "sheet", type=options.PATH, help="Begin with the equations and numbers of a lab sheet."
)
def new(name: Path | None, like: str, listed: bool, sheet: Path | None) -> None:
    """Write a problem file NAME to begin with, its keys explained; - is stdout.

    It is taken from an example, or from the forward equations and givens of a sheet in LaTeX or
    Markdown. A file that is there already is left as it is.

    Exit status: 0 done, 2 the file is there already, or the sheet could not be used.
    """
    with faults():
        examples = solver("symgrad.commands.examples")
        if listed:
            for example, file in examples.examples().items():
                click.echo(f"{example:24} {examples.title(file)}")
            return
        source = examples.chosen(like) if sheet is None else sheet.stem
        target = _target(name, source)
        text = examples.examples()[source].read_text("utf-8") if sheet is None else _problem_text(sheet)
        _write(target, examples.commented(text, f"{source}.yaml" if target == STANDARD else target.name))


def _problem_text(sheet: Path) -> str:
    """The problem of a sheet as the text of a problem file."""
    opened = solver("symgrad.opening").open_problem(sheet)
    text: str = solver("symgrad.writing.problem_file").problem_text(opened)
    return text


def _target(name: Path | None, source: str) -> Path:
    target = Path(source) if name is None else name
    return target if target == STANDARD or target.suffix else target.with_name(f"{target.name}.yaml")


def _write(target: Path, text: str) -> None:
    if target == STANDARD:
        click.echo(text, nl=False)
        return
    try:
        with target.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        hint = "choose another name: symgrad new NAME"
        raise InputError(f"'{target}' is there already, and is left as it is", hint=hint) from error
    except OSError as error:
        with suppress(OSError):  # a full disk leaves no half of it
            target.unlink()
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot write '{target}': {reason}", hint="choose another name") from error
    click.echo(click.format_filename(target))

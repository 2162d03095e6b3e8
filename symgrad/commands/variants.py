"""``symgrad variants``: the same problem with numbers of its own for every student."""

from __future__ import annotations

from pathlib import Path

import click

from symgrad.commands import options
from symgrad.running import Outcome, faults, finish, solver, tell

EXAMPLES = """\b
Examples:
  symgrad variants lab6.yaml --students students.csv -o class
  symgrad variants lab6.yaml --students students.csv --as questions,gaps,key --to pdf,md
  symgrad variants lab6.yaml --inspect
"""


@click.command(epilog=EXAMPLES, short_help="A problem with numbers of its own for every student.")
@click.argument("problem", type=options.PATH)
@click.option("--students", type=options.PATH, help="A CSV file with a column id, and maybe name and email.")
@click.option("--seed", default="1", show_default=True, help="Another seed, other numbers.")
@options.folder("Folder of the class; by default 'class' beside the problem.")
@click.option(
    "--as",
    "sheets",
    default="questions,key",
    show_default=True,
    callback=options.listed,
    help="What to make for each: questions, gaps, key.",
)
@options.formats("pdf", "tex, pdf, html, md, json")
@click.option("--jobs", type=click.IntRange(1), help="Processes; by default one a core.")
@click.option("--inspect", is_flag=True, help="Tell what the problem's own numbers are like, and end.")
@options.level
def variants(
    problem: Path,
    students: Path | None,
    seed: str,
    folder: Path | None,
    sheets: tuple[str, ...],
    formats: tuple[str, ...],
    jobs: int | None,
    inspect: bool,
) -> None:
    """Draw numbers for every student that a hand can work with and that show the usual slips.

    They are of the shapes and kinds of the given ones, and the same for the same seed, student and problem.
    What is drawn is kept in manifest.json and never drawn again; a run that was ended goes on where it was.
    Each student gets a code, which stands on every page and in every file's name, sheets and keys in two
    folders, and a problem file by which their work is checked.

    Exit status: 0 all done, 2 some input could not be used or some file not be written, 130 ended by
    Ctrl-C.
    """
    if inspect:
        with faults():
            opened = solver("symgrad.opening").open_problem(problem)
            for sentence in solver("symgrad.variants.inspection").inspected(opened):
                click.echo(sentence)
        return
    if students is None:
        raise click.UsageError("--students is missing: a CSV file with a column id")
    with faults():
        making = solver("symgrad.variants.making")
        into = problem.parent / "class" if folder is None else folder
        asked = making.class_of(problem, students, into, seed, sheets, formats)
        manifest, drawn = making.drawn(asked, jobs)
        tell(Outcome(warnings=tuple(making.told(manifest, drawn))))
    finish(making.made(asked, drawn, jobs), len(drawn), "Making")

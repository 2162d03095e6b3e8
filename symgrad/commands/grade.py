"""``symgrad grade``: a class marked, judged once and marked as often as one likes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from symgrad.commands import options
from symgrad.limits import Limits, read_limits
from symgrad.running import QUIET, WRONG, Outcome, faults, level, solver, tell, tracked

EXAMPLES = """\b
Examples:
  symgrad grade submissions.zip --problem class --rubric points.yaml -o graded
  symgrad grade submissions.zip --problem class -o graded --set 'ana:12=correct' --why 'means the row'
  symgrad grade submissions.zip --problem class -o graded --canvas grades.csv --to csv,canvas-zip
"""
USUAL = ("60s", "1GB")
"""Limits of one submission; what `check` allows itself is less."""


@click.command(epilog=EXAMPLES, short_help="A class marked: pages, a report, a gradebook, grades to hand in.")
@click.argument("submissions", type=click.Path(path_type=Path), metavar="FOLDER_OR_ZIP")
@click.option(
    "--problem", required=True, type=options.PATH, help="A problem file, or the folder of symgrad variants."
)
@click.option("--rubric", type=options.PATH, help="A YAML file with points for each quantity.")
@options.folder("Folder to write to; by default 'graded' beside the submissions.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; by default one a core.")
@click.option("--dask", metavar="ADDRESS", help="Judge on a Dask cluster, by its scheduler's address.")
@click.option("--names", is_flag=True, help="Names on pages and in the report; else codes stand for them.")
@click.option("--pattern", help="How files are named, with groups student_id and file_id, if not as usual.")
@click.option(
    "--pass",
    "share",
    type=click.FloatRange(0, 100),
    default=50,
    show_default=True,
    help="Per cent of the points that are enough: lines near it are to be looked at.",
)
@click.option(
    "--to",
    "formats",
    callback=options.listed,
    default="",
    help="Also some of csv, pdf (the report), junit, canvas-zip, moodle-zip.",
)
@click.option(
    "--canvas", type=options.PATH, help="Canvas's exported gradebook, a copy of which is filled in."
)
@click.option("--moodle", type=options.PATH, help="Moodle's grading worksheet, a copy of which is filled in.")
@click.option("--column", help="The column that takes the points there, if it is not clear.")
@click.option("--set", "sets", multiple=True, metavar="STUDENT:LINE=VERDICT", help="A decision of your own.")
@click.option("--why", default="", help="The reason for what is set.")
@click.option("--everywhere", is_flag=True, help="It holds for equal lines of others, too.")
@click.option(
    "--accept", is_flag=True, help="Overwrite marks that another symgrad, problem or rubric changes."
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="LIMIT",
    help=f"What one submission may take.  [default: {','.join(USUAL)}]",
)
@options.level
def grade(
    submissions: Path,
    folder: Path | None,
    share: float,
    accept: bool,
    limits: tuple[str, ...],
    **request: Any,
) -> None:
    """Mark what a class handed in: a folder or ZIP as Canvas, Moodle or nbgrader make it, or any other.

    Every submission is judged once and kept in log.jsonl: a run that was ended goes on where it was, and
    another rubric marks again without judging. Made from it each time: report.html, a page for every
    student, and gradebook.sqlite. What cannot be read or judged is to be looked at and never 0.

    A decision of yours is kept, and holds whenever marks are made: a verdict on a line (ana:12=correct) or
    points of a quantity (ana:dJ/dW2=1.5); 'judged' takes it back.

    Where another version of symgrad, another problem or another rubric would change what is said of the same
    work, that is told, and nothing is overwritten without --accept.

    Exit status: 0 every submission has its row, 1 marks would change and were left as they are, 2 some
    input could not be used or some file not be written, 130 ended by Ctrl-C.
    """
    with faults():
        grading = solver("symgrad.grading.grading")
        into = submissions.parent / "graded" if folder is None else folder
        allowed: Limits = read_limits((*USUAL, *limits))
        request = {**request, "place": submissions, "folder": into, "limits": allowed, "share": share / 100}
        run = grading.Grading(grading.Request(**request))
        run.ready()
        for _ in tracked(run.judged(), len(run.tasks), "Judging"):
            pass
        _look_at(run.changes(), into / grading.CHANGES, accept)
        decisions = grading.decisions_in(run)
        results = run.results(decisions)
        made: Outcome = run.written(results, decisions)
        status = tell(made)
        tell(run.exported(results))
    if level() != QUIET:
        click.echo(run.said(results), err=True)
    if status:
        raise SystemExit(status)


def _look_at(changes: Any, place: Path, accept: bool) -> None:
    """Tell what would change of marks that were made before, and end unless that is accepted."""
    if changes is None or accept:
        return
    click.echo(changes.shown())
    where = click.format_filename(place)
    click.echo(f"{changes.said} would change, and none has: see {where}, then say --accept", err=True)
    raise SystemExit(WRONG)

"""``symgrad autograde``: one submission marked for a service that runs a grader for each."""

from __future__ import annotations

from pathlib import Path

import click

from symgrad.commands import options
from symgrad.limits import read_limits
from symgrad.running import QUIET, Outcome, faults, level, solver, tell

EXAMPLES = """\b
Examples:
  symgrad autograde --pack autograder.zip --problem class --rubric points.yaml
  symgrad autograde /grade/student --problem lab6.yaml --to prairielearn -o /grade/results/results.json
  symgrad autograde work.md --problem lab6.yaml --to github-classroom >> "$GITHUB_OUTPUT"
"""
USUAL = ("60s", "500MB")
SERVICES = ("gradescope", "prairielearn", "submitty", "github-classroom")


@click.command(epilog=EXAMPLES, short_help="One submission marked for Gradescope, PrairieLearn and others.")
@click.argument("work", required=False, type=click.Path(path_type=Path))
@click.option(
    "--problem", required=True, type=options.PATH, help="A problem file, or the folder of symgrad variants."
)
@click.option("--rubric", type=options.PATH, help="A YAML file with points for each quantity.")
@click.option("--student", help="Whose it is, by id, address or name: for variants.")
@click.option("--metadata", type=options.PATH, help="Gradescope's submission_metadata.json says whose it is.")
@click.option("--to", "service", type=click.Choice(SERVICES), help="Whose results are written.")
@click.option("-o", "--output", type=options.PATH, default=Path("-"), help="The file; by default stdout.")
@click.option("--pack", type=options.PATH, help="Make the autograder for Gradescope: a ZIP.")
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="LIMIT",
    help=f"What it may take.  [default: {','.join(USUAL)}]",
)
@options.level
def autograde(
    work: Path | None,
    problem: Path,
    rubric: Path | None,
    student: str | None,
    metadata: Path | None,
    service: str | None,
    output: Path,
    pack: Path | None,
    limits: tuple[str, ...],
) -> None:
    """Mark WORK, a file, a folder or a ZIP of one student's, and write what a service reads.

    Of variants that of the student is taken, by --student, --metadata, or the code in the work. What
    cannot be read or judged is to be looked at: no service is told a 0 for it.

    With --pack a ZIP is made instead that Gradescope takes as an autograder. It holds symgrad itself, the
    problem or the variants, and the rubric.

    Exit status: 0 the results are written, also those of work to look at, 2 problem, rubric or metadata
    could not be used, 130 ended by Ctrl-C.
    """
    if (work is None) == (pack is None):
        raise click.UsageError("name the work, or the ZIP to make with --pack")
    if work is not None and service is None:
        raise click.UsageError(f"--to is missing: {', '.join(SERVICES)}")
    with faults():
        if pack is not None:
            content = solver("symgrad.grading.exports.autograder").autograder(problem, rubric)
            _write(pack, content)
            tell(Outcome((pack,)))
            return
        single = solver("symgrad.grading.single")
        formats = solver("symgrad.grading.exports.services").SERVICES
        whose = () if metadata is None else single.students_in(metadata)
        whose = whose if student is None else (single.Student(student),)
        summary = single.mark_one(work, problem, rubric, whose, read_limits((*USUAL, *limits)))
        _write(output, formats[service](summary))
    if level() != QUIET:
        click.echo(summary.said, err=True)


def _write(path: Path, content: bytes) -> None:
    if str(path) == "-":
        click.echo(content, nl=False)
    else:
        solver("symgrad.writing.files").write_files({path: content})

"""``symgrad check``: a student's derivation, line by line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from symgrad.commands import options
from symgrad.running import Outcome, attempt, faults, finish, solver, tell

EXAMPLES = """\b
Examples:
  symgrad check report.md
  symgrad check report.md --problem lab6.yaml --to json
  symgrad check reports/*.tex --problem lab6.yaml --to pdf -o checked --rubric points.yaml
"""


@click.command(epilog=EXAMPLES, short_help="Judge a student's derivation, line by line.")
@click.argument("submissions", nargs=-1, required=True, type=options.PATH, metavar="SUBMISSION...")
@click.option("--problem", type=options.PATH, help="The problem file that the work is about.")
@options.formats("text", "text, json, pdf, html, tex")
@options.folder("Folder to write to; - is stdout.")
@click.option("--rubric", type=options.PATH, help="A YAML file with points for each quantity.")
@click.option("--engine", default="typst", help="What makes the PDF: typst, which is built in, or pdflatex.")
@options.level
def check(submissions: tuple[Path, ...], **request: Any) -> None:
    """Judge each SUBMISSION, a derivation in LaTeX or Markdown, line by line.

    Without --problem the work's own forward pass and givens are the problem.

    Text goes to stdout, and so does JSON where it alone is asked for of one submission. Everything
    else is written beside the submission, or into the folder of -o, as NAME.check.json, NAME.check.pdf
    and so on; the files written are listed on stdout, or on stderr where text is asked for too.

    Exit status: 0 nothing is wrong, 1 something is wrong, 2 some input could not be used, or
    symgrad itself failed at a line; the other lines and files are still judged.
    """
    with faults():
        review = solver("symgrad.review")
        asked = review.request(submissions, **request)
    tell(Outcome(warnings=tuple(f"{request['problem']}: warning: {warning}" for warning in asked.warnings)))
    outcomes = (attempt(partial(_checked, review, path, asked)) for path in submissions)
    finish(outcomes, len(submissions), "Checking")


def _checked(review: ModuleType, path: Path, asked: Any) -> Outcome:
    reviewed = review.review(path, asked)
    return Outcome(reviewed.paths, reviewed.faults, reviewed.status, reviewed.show)

"""The command line. The solver is loaded only when a command runs, so that help comes at once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from symgrad.running import Outcome, attempt, faults, finish, solver

EXAMPLES = """\b
Examples:
  symgrad build lab6.yaml
  symgrad build lab6.yaml --to tex,json -o solutions
  symgrad build week*.yaml --notation delta --digits 4
"""
CHECK_EXAMPLES = """\b
Examples:
  symgrad check report.md
  symgrad check report.md --problem lab6.yaml --to json
  symgrad check reports/*.tex --problem lab6.yaml --to pdf -o checked --rubric points.yaml
"""


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
    "--to",
    "formats",
    default="pdf,tex",
    show_default=True,
    callback=_listed,
    help="Some of tex, pdf, md, json.",
)
@click.option("--engine", help="What makes the PDF: typst, which is built in, or pdflatex.")
@click.option("--notation", help="How derivatives are written: prod, partial, bar, delta or nabla.")
@click.option("--style", help="Which sections the report has: lab.")
@click.option("--digits", type=click.IntRange(0, 17), help="Digits of the numbers in the report.")
def build(problems: tuple[Path, ...], folder: Path | None, formats: tuple[str, ...], **choices: Any) -> None:
    """Write the worked solution of each PROBLEM, a YAML file or a lab sheet (.md, .tex), beside it.

    Options come before what a file says under 'report'. The files written are listed on stdout,
    warnings and errors on stderr.

    Exit status: 0 all done, 2 some input could not be used.
    """
    with faults():
        pipeline = solver("symgrad.pipeline")
        pipeline.check_request(problems, formats, folder)
        options = {"formats": formats, "folder": folder, "choices": pipeline.Choices(**choices)}
    outcomes = (attempt(partial(_built, pipeline, path, options)) for path in problems)
    finish(outcomes, len(problems), "Solving")


def _built(pipeline: ModuleType, path: Path, options: dict[str, Any]) -> Outcome:
    built = pipeline.build(path, **options)
    return Outcome(built.paths, tuple(f"{path}: warning: {warning}" for warning in built.warnings))


@main.command(epilog=CHECK_EXAMPLES)
@click.argument(
    "submissions", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SUBMISSION..."
)
@click.option("--problem", type=click.Path(path_type=Path), help="The problem file that the work is about.")
@click.option(
    "--to",
    "formats",
    default="text",
    show_default=True,
    callback=_listed,
    help="Some of text, json, pdf, tex.",
)
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), help="Folder to write to; - is stdout."
)
@click.option("--rubric", type=click.Path(path_type=Path), help="A YAML file with points for each quantity.")
@click.option("--engine", default="typst", help="What makes the PDF: typst, which is built in, or pdflatex.")
def check(submissions: tuple[Path, ...], **request: Any) -> None:
    """Judge each SUBMISSION, a derivation in LaTeX or Markdown, line by line.

    Without --problem the work's own forward pass and givens are the problem.

    Text goes to stdout, and so does JSON where it alone is asked for of one submission. Everything
    else is written beside the submission, or into the folder of -o, as NAME.check.json, NAME.check.pdf
    and so on; the files written are listed on stdout, or on stderr where text is asked for too.

    Exit status: 0 nothing is wrong, 1 something is wrong, 2 some input could not be used.
    """
    with faults():
        review = solver("symgrad.review")
        asked = review.request(submissions, **request)
    outcomes = (attempt(partial(_checked, review, path, asked)) for path in submissions)
    finish(outcomes, len(submissions), "Checking")


def _checked(review: ModuleType, path: Path, asked: Any) -> Outcome:
    reviewed = review.review(path, asked)
    return Outcome(reviewed.paths, status=int(reviewed.wrong), show=reviewed.show)

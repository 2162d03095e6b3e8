"""``symgrad build``: worked solutions in files."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from symgrad.commands import options
from symgrad.limits import Limits, within
from symgrad.running import Outcome, faults, finish, in_turn, solver

EXAMPLES = """\b
Examples:
  symgrad build lab6.yaml
  symgrad build lab6.yaml --to tex,json -o solutions
  symgrad build week*.yaml --notation delta --digits 4
  symgrad build lab6.yaml --as questions
  symgrad build lab6.yaml --watch
  symgrad build - --to md -o - < lab6.yaml
"""


@click.command(epilog=EXAMPLES, short_help="Worked solutions in files: PDF, LaTeX, HTML, Markdown, JSON.")
@click.argument("problems", nargs=-1, required=True, type=options.PATH, metavar="PROBLEM...")
@options.folder("Folder to write to; - is stdout, for one format of one problem.")
@options.formats("pdf,tex", "tex, pdf, html, md, json")
@click.option("--engine", help="What makes the PDF: typst, which is built in, or pdflatex.")
@click.option("--as", "sheet", help="What to hand out: key, questions, or gaps, the key with empty boxes.")
@click.option("--template", type=options.PATH, metavar="DIR", help="A folder with templates of your own.")
@click.option("--fragment", is_flag=True, help="LaTeX without preamble and title, for your own \\input.")
@options.look
@click.option(
    "--colour/--no-colour",
    default=None,
    help="Every quantity of the key in a colour of its own, or all black.",
)
@click.option("--watch", is_flag=True, help="Build again whenever a PROBLEM is saved, until Ctrl-C.")
@options.limit
@options.level
def build(
    problems: tuple[Path, ...],
    folder: Path | None,
    formats: tuple[str, ...],
    watch: bool,
    limits: Limits,
    **choices: Any,
) -> None:
    """Write the worked solution of each PROBLEM, a YAML file or a sheet, beside it; - is stdin.

    Options come before what a file says under 'report'. The files written are listed on stdout,
    warnings and errors on stderr. Nothing is written where there is an error: the last good report stays.

    Exit status: 0 all done, 2 some input could not be used or some file not be written, 130 ended by
    Ctrl-C.
    """
    with faults():
        pipeline = solver("symgrad.pipeline")
        pipeline.check_request(problems, formats, folder)
        request = {"formats": formats, "folder": folder, "choices": pipeline.Choices(**choices)}
        watching = solver("symgrad.watching") if watch else None
    run = partial(in_turn, partial(_built, pipeline, request, limits))
    if watching is not None:
        with faults():
            watching.watch(problems, lambda: run, failed="not built, the last good report is kept")
        return
    finish(run(problems), len(problems), "Solving")


def _built(pipeline: ModuleType, request: dict[str, Any], limits: Limits, path: Path) -> Outcome:
    with within(limits):
        built = pipeline.build(path, **request)
    warnings = tuple(f"{path}: warning: {warning}" for warning in built.warnings)
    show = None if built.content is None else partial(click.echo, built.content, nl=False)
    return Outcome(built.paths, show=show, warnings=warnings, reads=built.reads)

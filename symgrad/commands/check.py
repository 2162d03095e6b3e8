"""``symgrad check``: a student's derivation, line by line."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from msgspec import Struct

from symgrad.commands import options
from symgrad.running import Outcome, Run, attempt, faults, finish, lost, solver, tell

STANDARD = Path("-")
EXAMPLES = """\b
Examples:
  symgrad check report.md
  symgrad check report.md --problem lab6.yaml --to json
  symgrad check reports/*.tex --problem lab6.yaml --to pdf -o checked --rubric points.yaml
  symgrad check report.md --problem lab6.yaml --watch
"""


@click.command(epilog=EXAMPLES, short_help="Judge a student's derivation, line by line.")
@click.argument("submissions", nargs=-1, required=True, type=options.PATH, metavar="SUBMISSION...")
@click.option("--problem", type=options.PATH, help="The problem file that the work is about.")
@options.formats("text", "text, json, pdf, html, tex")
@options.folder("Folder to write to; - is stdout.")
@click.option("--rubric", type=options.PATH, help="A YAML file with points for each quantity.")
@click.option("--hints", help="How much is said of what is wrong: where, rule or answer; else all at once.")
@click.option("--engine", default="typst", help="What makes the PDF: typst, which is built in, or pdflatex.")
@click.option("--jobs", type=click.IntRange(1), help="Processes; by default one a core for many files.")
@click.option("--watch", is_flag=True, help="Check again whenever a file is saved, until Ctrl-C.")
@options.level
def check(submissions: tuple[Path, ...], jobs: int | None, watch: bool, **request: Any) -> None:
    """Judge each SUBMISSION, a derivation in LaTeX or Markdown, line by line.

    Without --problem the work's own forward pass and givens are the problem.

    Text goes to stdout, and so does JSON where it alone is asked for of one submission. Everything
    else is written beside the submission, or into the folder of -o, as NAME.check.json, NAME.check.pdf
    and so on; the files written are listed on stdout, or on stderr where text is asked for too.

    Exit status: 0 nothing is wrong, 1 something is wrong, 2 some input could not be used, some file
    not be written, or symgrad itself failed at a line, 130 ended by Ctrl-C. Of several submissions
    the highest counts; whatever befalls one, the others are judged.
    """
    with faults():
        review = solver("symgrad.review")
        asked = (request[name] for name in ("formats", "folder", "engine", "hints"))
        review.check_request(submissions, *asked)
        ready = partial(_ready, solver("symgrad.workers"), submissions, jobs, request)
        if watch:
            shared = [path for path in (request["problem"], request["rubric"]) if path is not None]
            solver("symgrad.watching").watch(submissions, ready, shared=shared, failed="not checked")
            return
        run = ready()
    with closing(run(submissions)) as outcomes:
        finish(outcomes, len(submissions), "Checking")


def _ready(
    workers: ModuleType, submissions: Sequence[Path], jobs: int | None, request: dict[str, Any]
) -> Run:
    """The problem read, and solved where several processes share it; what is to be known of it is told."""

    def processes(paths: Sequence[Path]) -> int:
        return 1 if STANDARD in paths else workers.count_of(jobs, len(paths))

    def run(paths: Sequence[Path]) -> Generator[Outcome, None, None]:
        outcomes: Generator[Outcome, None, None]
        outcomes = workers.spread(partial(attempt, work), paths, processes(paths), lost)
        return outcomes

    work = Checking(tuple(submissions), request)
    asked = work.asked if processes(submissions) == 1 else work.ready()
    tell(Outcome(warnings=tuple(f"{request['problem']}: warning: {warning}" for warning in asked.warnings)))
    return run


class Checking(Struct, frozen=True, dict=True):
    """The work on each submission; a process that is not forked reads the problem for itself."""

    submissions: tuple[Path, ...]
    request: dict[str, Any]

    def __reduce__(self) -> tuple[type[Checking], tuple[Any, ...]]:
        return Checking, (self.submissions, self.request)

    @cached_property
    def review(self) -> ModuleType:
        """What does it."""
        return solver("symgrad.review")

    @cached_property
    def asked(self) -> Any:
        """The request once understood."""
        return self.review.request(self.submissions, **self.request)

    def ready(self) -> Any:
        """The same, with all worked out that does not depend on a submission."""
        self.review.prepare(self.asked)
        return self.asked

    def __call__(self, path: Path) -> Outcome:
        """What becomes of one submission."""
        reviewed = self.review.review(path, self.asked)
        show = partial(_print, reviewed.printed) if reviewed.printed else None
        reads = () if self.asked.problem is None else self.asked.problem.files
        return Outcome(reviewed.paths, reviewed.faults, reviewed.status, show, reads=reads)


def _print(printed: tuple[str | bytes, ...]) -> None:
    for text in printed:
        click.echo(text, nl=False, color=True)

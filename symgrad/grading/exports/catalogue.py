"""The files that ``grade --to`` writes for a whole class, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Document
from symgrad.errors import InputError
from symgrad.grading.exports.feedback import canvas_pages, moodle_pages
from symgrad.grading.exports.junit import junit
from symgrad.grading.exports.own import own_table
from symgrad.grading.exports.summary import summary_of
from symgrad.grading.marking import Result
from symgrad.rendering import ENGINES


class Class(Struct, frozen=True):
    """A marked class: its results, the folder of its pages, the report on it."""

    results: Sequence[Result]
    folder: Path
    report: Callable[[], Document]


EXPORTS: Mapping[str, tuple[str, str, Callable[[Class], bytes]]] = {
    "csv": ("marks.csv", "", lambda made: own_table(made.results)),
    "pdf": ("report.pdf", "", lambda made: ENGINES["typst"](made.report())),
    "junit": ("junit.xml", "", lambda made: junit(map(summary_of, made.results))),
    "canvas-zip": ("canvas.zip", "canvas", lambda made: canvas_pages(made.results, made.folder)),
    "moodle-zip": ("moodle.zip", "moodle", lambda made: moodle_pages(made.results, made.folder)),
}
"""By the name in ``--to``: the file, by whose names the work must have come, and what makes it."""


def export(name: str, naming: str, made: Class) -> tuple[Path, bytes]:
    """A file for others, in the order of ids.

    Raises `InputError` where the work did not come from where it is to go back to.
    """
    file, needed, make = EXPORTS[name]
    if needed and naming != needed:
        raise InputError(f"{name} needs the names that {needed} gives", hint=f"grade the ZIP from {needed}")
    by_id = sorted(made.results, key=lambda result: result.student)
    return made.folder / file, make(replace(made, results=by_id))

"""The files that ``grade --to`` writes for a whole class, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from symgrad.errors import InputError
from symgrad.grading.exports.feedback import canvas_pages, moodle_pages
from symgrad.grading.exports.junit import junit
from symgrad.grading.exports.own import own_table
from symgrad.grading.exports.summary import summary_of
from symgrad.grading.marking import Result

EXPORTS: Mapping[str, tuple[str, str, Callable[[Sequence[Result], Path], bytes]]] = {
    "csv": ("marks.csv", "", lambda results, folder: own_table(results)),
    "junit": ("junit.xml", "", lambda results, folder: junit(map(summary_of, results))),
    "canvas-zip": ("canvas.zip", "canvas", canvas_pages),
    "moodle-zip": ("moodle.zip", "moodle", moodle_pages),
}
"""By the name in ``--to``: the file, by whose names the work must have come, and what makes it."""


def export(name: str, naming: str, results: Sequence[Result], folder: Path) -> tuple[Path, bytes]:
    """A file for others, in the order of ids.

    Raises `InputError` where the work did not come from where it is to go back to.
    """
    file, needed, make = EXPORTS[name]
    if needed and naming != needed:
        raise InputError(f"{name} needs the names that {needed} gives", hint=f"grade the ZIP from {needed}")
    return folder / file, make(sorted(results, key=lambda result: result.student), folder)

"""Students' pages under the names by which Canvas and Moodle know whose they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from symgrad.grading.exports.zipped import zipped
from symgrad.grading.marking import Result
from symgrad.grading.pages import path_of

_UNFIT = re.compile(r"[/\\:*?\"<>|_]")


def canvas_pages(results: Sequence[Result], folder: Path) -> bytes:
    """The pages as Canvas takes them back: under the names that it gave."""
    return zipped({_beside(result): path_of(folder, result).read_bytes() for result in results})


def _beside(result: Result) -> str:
    path = result.piece.work.path.rpartition("/")[2]
    return f"{path.rpartition('.')[0] or path}.html"


def moodle_pages(results: Sequence[Result], folder: Path) -> bytes:
    """The pages as Moodle takes them back: feedback files, a folder a participant."""
    files = {}
    for result in results:
        name, number = _UNFIT.sub(" ", result.piece.work.name or result.student), result.piece.work.student
        page = path_of(folder, result).read_bytes()
        files[f"{name}_{number}_assignfeedback_file/marked.html"] = page
    return zipped(files)

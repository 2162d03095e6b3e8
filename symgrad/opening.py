"""A file as a problem: in YAML, or a sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from symgrad.late import Late
from symgrad.reading.problem import Problem, load_problem

if TYPE_CHECKING:
    from symgrad.submission import read as submissions
    from symgrad.submission import sheet as sheets
else:
    submissions, sheets = map(Late, ("symgrad.submission.read", "symgrad.submission.sheet"))

SUFFIXES = frozenset((".md", ".markdown", ".tex", ".txt", ".ipynb"))


def is_sheet(path: Path) -> bool:
    """Whether a file is a sheet of equations by its ending, and no problem file in YAML."""
    return path.suffix.lower() in SUFFIXES


def open_problem(path: Path) -> Problem:
    """The problem in a file: YAML, or a sheet in Markdown, LaTeX, plain text or a notebook.

    Raises `InputError` with its place.
    """
    return sheets.problem_of(submissions.load_submission(path)) if is_sheet(path) else load_problem(path)

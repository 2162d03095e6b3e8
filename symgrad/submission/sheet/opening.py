"""A file as a problem: in YAML, or a sheet."""

from __future__ import annotations

from pathlib import Path

from symgrad.reading.problem import Problem, load_problem
from symgrad.submission.read import load_submission
from symgrad.submission.sheet.exercises import problem_of

SUFFIXES = frozenset((".md", ".markdown", ".tex", ".txt", ".ipynb"))


def is_sheet(path: Path) -> bool:
    """Whether a file is a sheet of equations by its ending, and no problem file in YAML."""
    return path.suffix.lower() in SUFFIXES


def open_problem(path: Path) -> Problem:
    """The problem in a file: YAML, or a sheet in Markdown, LaTeX, plain text or a notebook.

    Raises `InputError` with its place.
    """
    return problem_of(load_submission(path)) if is_sheet(path) else load_problem(path)

"""Checking a student's work in Python: the verdicts of ``symgrad check``, as small read-only objects."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from symgrad.api.page import Page
from symgrad.api.problems import Stated, stated_problem
from symgrad.checking.check import check_file, check_text
from symgrad.checking.hints import LEVELS, hinted
from symgrad.checking.marks import Marked, marks
from symgrad.checking.verdict import Check, Judged, Verdict, Witness
from symgrad.late import Late
from symgrad.opening import SUFFIXES
from symgrad.reading.nearest import check_name
from symgrad.reading.rubric import load_rubric
from symgrad.writing.files import write_files

if TYPE_CHECKING:
    from symgrad import reports
    from symgrad.writing import check_json, terminal
else:  # most work is only looked at
    check_json, reports, terminal = map(
        Late, ("symgrad.writing.check_json", "symgrad.reports", "symgrad.writing.terminal")
    )

FORMATS = ("json", "md", "html", "pdf", "tex", "txt")
LATEX = ("\\documentclass", "\\begin{document}")


def check(
    work: str | os.PathLike[str],
    problem: Stated | None = None,
    *,
    rubric: str | os.PathLike[str] | None = None,
    hints: str | None = None,
) -> CheckedWork:
    r"""A student's work judged line by line, as ``symgrad check`` does.

    Args:
        work: a path, or one line of text that ends like one (``.md``, ``.tex``, ``.ipynb``, ``.txt``), for a
            file; any other text for the work itself, in Markdown or LaTeX.
        problem: a problem, the path of a problem file, or the keys of one; by default the work's own forward
            pass and givens.
        rubric: a YAML file with points for quantities of the problem.
        hints: how much is said of what is wrong: ``where``, ``rule`` or ``answer``; by default all at once.

    Raises `InputError` where the work, the problem, the rubric or the level of hints cannot be used.

    >>> import symgrad as sg
    >>> squares = sg.problem({"e": "w * x - t", "L": "e**2"}, data=["x", "t"])
    >>> found = sg.check(r"$\partial L/\partial e = 2e$, so $\partial L/\partial w = 2e$", squares)
    >>> [line.verdict.value for line in found]
    ['correct', 'wrong']
    >>> found.first_wrong.right
    '\\partial L/\\partial w = \\frac{\\partial L}{\\partial e} \\, x'
    """
    asked = None if problem is None else stated_problem(problem)
    points = None if rubric is None else load_rubric(Path(rubric), asked)
    path = _path(work)
    if path is not None:
        found = check_file(path, asked)
    else:
        text = str(work)
        latex = any(sign in text for sign in LATEX)
        found = check_text(text, asked, "submission.tex" if latex else "submission.md")
    if hints is not None:
        check_name("level of hints", hints, LEVELS)
        found = hinted(found, hints)
    return CheckedWork(found, None if points is None else marks(found, points))


def _path(work: str | os.PathLike[str]) -> Path | None:
    """The file that is meant; None for a text."""
    if not isinstance(work, str):
        return Path(work)
    return Path(work) if "\n" not in work and Path(work).suffix.lower() in SUFFIXES else None


class CheckedLine(Struct, frozen=True, eq=False):
    r"""One line of the work and what was found of it.

    ``id`` counts the lines from 1, ``row`` and ``column`` are its place in the text; ``latex`` is what is
    written. ``quantity`` is what it is about (``dL/dw``). ``message`` says what is wrong or missing, ``hint``
    where to look, ``right`` the right line in LaTeX; ``mistake`` is a name of the catalogue. ``root`` is the
    id of the line whose slip a carried line follows. ``proof`` says how a right line is known to be so, and
    ``witness`` holds the numbers that refute a wrong one.

    >>> import symgrad as sg
    >>> (line,) = sg.check(r"$\partial L/\partial w = 2 w x$", {"forward": {"L": "w**2 * x"}, "data": ["x"]})
    >>> line, line.quantity, line.proof
    (<line 1, correct: \partial L/\partial w = 2 w x>, 'dL/dw', 'numeric')
    """

    id: int
    row: int
    column: int
    latex: str
    verdict: Verdict
    message: str = ""
    quantity: str | None = None
    proof: str | None = None
    mistake: str | None = None
    root: int | None = None
    hint: str | None = None
    right: str | None = None
    witness: Witness | None = None

    def __repr__(self) -> str:
        """The number, the verdict and the line."""
        return f"<line {self.id}, {self.verdict.value}: {self.latex}>"


class CheckedWork:
    """A checked work: its lines in reading order, and what the work as a whole shows.

    In a notebook it shows the annotated work; ``str`` gives what the command prints.

    >>> import symgrad as sg
    >>> found = sg.check("docs/exercise3/second.md", "docs/exercise3/exercise3.yaml")
    >>> found
    <CheckedWork second.md: 3 correct, 1 carried, 1 wrong>
    >>> found.first_wrong.mistake, found.missing
    ('dropped_chain_factor', ('dL/db', 'dL/dv'))
    """

    def __init__(self, found: Check, points: Marked | None = None) -> None:
        self._check, self._marks = found, points

    @cached_property
    def lines(self) -> tuple[CheckedLine, ...]:
        """Every line that holds an equation."""
        return tuple(map(_line, self._check.lines))

    def __iter__(self) -> Iterator[CheckedLine]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._check.submission.name

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many lines have each verdict."""
        return self._check.counts

    @property
    def claims(self) -> int:
        """How many lines claim something about the problem: definitions and conditions do not."""
        return self._check.coverage[0]

    @property
    def judged(self) -> int:
        """How many of the claims were judged."""
        return self._check.coverage[1]

    @property
    def first_wrong(self) -> CheckedLine | None:
        """The first wrong line; None where there is none."""
        return next((line for line in self.lines if line.verdict is Verdict.WRONG), None)

    @property
    def missing(self) -> tuple[str, ...]:
        """The gradients that the problem asks for and that no line is about."""
        return self._check.missing

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of the whole: conventions that were kept to, what was not reached."""
        return (*(kept.message for kept in self._check.conventions), *self._check.notes)

    @property
    def points(self) -> tuple[float, float] | None:
        """The points earned and those there are; None without a rubric."""
        return None if self._marks is None else (self._marks.earned, self._marks.points)

    def write(self, path: str | os.PathLike[str], *, engine: str = "typst") -> Path:
        """Write the annotated work to a file; its ending is the format (pdf, tex, html, md, json, txt).

        Raises `InputError` for an unknown format or engine, and where the file cannot be written.
        """
        target = Path(path)
        name = target.suffix.removeprefix(".")
        check_name("format", name, FORMATS)
        write_files({target: self._rendered(name, engine)})
        return target

    def page(self) -> Page:
        """The annotated work as a page, with its hints folded, in a frame within the notebook."""
        return Page(self.name, self._rendered("html", "typst").decode())

    def _rendered(self, name: str, engine: str) -> bytes:
        if name == "txt":
            return str(self).encode()
        if name == "json":
            return check_json.check_to_json(self._check, self._marks).encode()
        return reports.contents(self._check, self._marks, (name,), engine)[name]

    def __str__(self) -> str:
        """What the command prints, without colours."""
        return terminal.terminal(self._check, self._marks).plain

    def __repr__(self) -> str:
        """The name and the counts."""
        found = ", ".join(f"{count} {verdict.value}" for verdict, count in self.counts.items() if count)
        return f"<CheckedWork {self.name}: {found or 'nothing to check'}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The annotated work as Markdown, which a notebook typesets."""
        return {"text/markdown": self._rendered("md", "typst").decode(), "text/plain": str(self)}


def _line(judged: Judged) -> CheckedLine:
    line = judged.line
    return CheckedLine(
        line.id,
        line.line,
        line.column,
        line.latex,
        judged.verdict,
        judged.message,
        judged.quantity,
        None if judged.proof is None else judged.proof.value,
        judged.mistake,
        judged.root,
        judged.hint,
        judged.right,
        judged.witness,
    )

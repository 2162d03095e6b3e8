"""The whole way from a student's submission to its check, printed and in files."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct

from symgrad.checking.check import check_file, prepare_problem
from symgrad.checking.hints import LEVELS, hinted
from symgrad.checking.marks import Marked, marks
from symgrad.checking.verdict import Check
from symgrad.errors import InputError
from symgrad.graph import build_graph
from symgrad.graph.cautions import cautions
from symgrad.notation.numerals import Digits
from symgrad.notation.setting import context_of
from symgrad.opening import open_problem
from symgrad.reading.nearest import check_name
from symgrad.reading.problem import Problem
from symgrad.reading.rubric import Rubric, load_rubric
from symgrad.reading.text import STANDARD
from symgrad.styles.remarks import failed
from symgrad.writing.check_json import check_to_json
from symgrad.writing.files import check_apart, write_files
from symgrad.writing.terminal import shown

REPORTS = ("pdf", "html", "tex")
"""Formats that `symgrad.reports` writes, which is loaded where one of them is asked for."""
ENGINES = ("typst", "pdflatex")
PRINTED: Mapping[str, Callable[[Check, Marked | None], str | bytes]] = {
    "text": shown,
    "json": lambda check, marks: check_to_json(check, marks).encode(),
}


class Request(Struct, frozen=True):
    """What is asked of every submission: what to print, what to write and where, and by what to judge.

    ``warnings`` are about the problem.
    """

    printed: tuple[str, ...]
    written: tuple[str, ...]
    folder: Path | None
    problem: Problem | None
    rubric: Rubric | None
    engine: str
    warnings: tuple[str, ...] = ()
    hints: str | None = None


class Reviewed(Struct, frozen=True):
    """What became of a submission: the files written, the exit status, what to print, faults of ours."""

    paths: tuple[Path, ...]
    status: int
    printed: tuple[str | bytes, ...]
    faults: tuple[str, ...] = ()


def request(
    submissions: Sequence[Path],
    *,
    formats: Sequence[str] = ("text",),
    folder: Path | None = None,
    problem: Path | None = None,
    rubric: Path | None = None,
    engine: str = "typst",
    hints: str | None = None,
) -> Request:
    """The request once understood, its problem and rubric read.

    Raises `InputError` for an unknown format, engine or level of hints, a problem or rubric that cannot be
    used, and where two submissions would write the same file.
    """
    printed, written = check_request(submissions, formats, folder, engine, hints)
    asked = None if problem is None else open_problem(problem)
    points = None if rubric is None else load_rubric(rubric, asked)
    warnings = () if asked is None else _cautions(asked)
    return Request(printed, written, folder, asked, points, engine, warnings, hints)


def check_request(
    submissions: Sequence[Path],
    formats: Sequence[str],
    folder: Path | None,
    engine: str,
    hints: str | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which formats are printed, and which are written to files.

    Raises `InputError` for what is unknown, and where two submissions would write the same file.
    """
    for name in formats:
        check_name("format", name, ("json", *REPORTS, "text"))
    check_name("engine", engine, ENGINES)
    if hints is not None:
        check_name("level of hints", hints, LEVELS)
    printed = _printed(formats, folder, len(submissions))
    written = tuple(name for name in formats if name not in printed)
    if written:
        check_apart(submissions, partial(_beside, folder=folder), "check")
    return printed, written


def prepare(asked: Request) -> None:
    """Work out now what every submission needs: for processes forked later."""
    if asked.problem is not None:
        prepare_problem(asked.problem)


def _cautions(problem: Problem) -> tuple[str, ...]:
    """What `build` says of the problem too; InputError where its names cannot be written."""
    graph = build_graph(problem)
    context_of(graph, problem, "prod", Digits())
    return cautions(problem, graph)


def review(path: Path, asked: Request) -> Reviewed:
    """Check one submission; all formats are made before the first is written.

    Raises `InputError` where it cannot be used.
    """
    check = check_file(path, asked.problem)
    check = check if asked.hints is None else hinted(check, asked.hints)
    points = None if asked.rubric is None else marks(check, asked.rubric)
    made = _contents(check, points, asked)
    stem = _beside(path, asked.folder)
    contents = {stem.with_name(f"{stem.name}.{name}"): made[name] for name in asked.written}
    write_files(contents)
    faults = (f"{check.submission.name}: {failed(check)}",) if check.faults else ()
    printed = tuple(PRINTED[name](check, points) for name in asked.printed)
    return Reviewed(tuple(contents), _status(check), printed, faults)


def _contents(check: Check, points: Marked | None, asked: Request) -> dict[str, bytes]:
    """What is to be written, by format."""
    json = {"json": check_to_json(check, points).encode()} if "json" in asked.written else {}
    formats = tuple(name for name in asked.written if name in REPORTS)
    if not formats:
        return json
    reports = importlib.import_module("symgrad.reports")
    return {**json, **reports.contents(check, points, formats, asked.engine)}


def _status(check: Check) -> int:
    """2 where the checker failed at a line, 1 where something is wrong: a contradicted given is, too."""
    if check.faults:
        return 2
    return int(check.first_wrong is not None or bool(check.givens))


def _printed(formats: Sequence[str], folder: Path | None, count: int) -> tuple[str, ...]:
    """The formats that go to stdout: text always, JSON where it is alone there."""
    if folder == STANDARD:
        if len(formats) != 1 or formats[0] not in PRINTED:
            raise InputError("'-o -' takes text or json, one of them", hint="name a folder with -o")
        return tuple(formats)
    alone = tuple(formats) == ("json",) and folder is None and count == 1
    return tuple(formats) if alone else tuple(name for name in formats if name == "text")


def _beside(path: Path, folder: Path | None) -> Path:
    """Where the check goes, without an ending."""
    stem = "submission" if path == STANDARD else path.stem
    return (path.parent if folder is None else folder) / f"{stem}.check"

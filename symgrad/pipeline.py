"""The whole way from a problem file or sheet to finished files, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from symgrad.document.blocks import Document
from symgrad.errors import InputError, Place
from symgrad.limits import told, undisturbed
from symgrad.opening import is_sheet, open_problem
from symgrad.reading.problem import Problem
from symgrad.reading.text import STANDARD
from symgrad.rendering import Choices, check_formats, compose, look_of, render
from symgrad.solving import solve
from symgrad.styles.sheets import KEY
from symgrad.writing.files import check_apart, write_files

__all__ = ["Built", "Choices", "Presented", "build", "check_request", "present", "solve"]

DEFAULT_FORMATS = ("pdf", "tex")


class Built(Struct, frozen=True):
    """The files that were written, or the ``content`` for standard output; what the user should know.

    ``reads`` are the files whose numbers the problem takes, and templates of the user's own.
    """

    paths: tuple[Path, ...]
    warnings: tuple[str, ...]
    content: bytes | None = None
    reads: tuple[Path, ...] = ()


class Presented(Struct, frozen=True):
    """A report that is not written to a file, and what the user should know."""

    document: Document
    warnings: tuple[str, ...]


def build(
    path: Path,
    formats: Sequence[str] = DEFAULT_FORMATS,
    folder: Path | None = None,
    choices: Choices | None = None,
) -> Built:
    """Solve the problem in a file and write the solution beside it, or into ``folder``.

    Where that is ``-``, nothing is written, and the content is handed back. All formats are made
    before the first is written: on any error no file is touched.

    Raises `InputError` for anything in the file, the choices or the folder that cannot be used.
    """
    check_request([path], formats, folder)
    problem = open_problem(path)
    look = look_of(problem, choices or Choices())
    if look.fragment and "tex" not in formats:
        raise InputError("a fragment is of the LaTeX source", hint="--to tex --fragment")
    targets = {name: _target(path, look.ending(name), folder) for name in formats}
    with told(partial(_made_at, problem)):
        solution = solve(problem)
        rendered = render(solution, formats, look)
    reads = (*problem.files, *look.reads)
    if folder == STANDARD:
        return Built((), solution.warnings, rendered[formats[0]], reads)
    with undisturbed():
        write_files({targets[name]: content for name, content in rendered.items()})
    return Built(tuple(targets.values()), solution.warnings, reads=reads)


def present(path: Path, choices: Choices, only: str | None = None) -> Presented:
    """Solve the problem in a file and compose its report; with ``only``, of that one gradient.

    Raises `InputError` for anything in the file or the choices that cannot be used.
    """
    problem = open_problem(path)
    look = look_of(problem, choices)
    with told(partial(_made_at, problem)):
        solution = solve(problem)
        plain = replace(look, sheet=KEY, manner=replace(look.manner, colour=False))
        return Presented(compose(solution, plain, only), solution.warnings)


def check_request(paths: Sequence[Path], formats: Sequence[str], folder: Path | None) -> None:
    """Raises `InputError` for an unknown format, and where two problems would write the same files."""
    check_formats(formats)
    if folder == STANDARD and (len(paths), len(formats)) != (1, 1):
        raise InputError("'-o -' takes one format of one problem", hint="name one with --to, as in --to md")
    check_apart(paths, partial(_beside, folder=folder), "build")


def _made_at(problem: Problem, *about: str) -> Place | None:
    """Where a path of the file stands, or a quantity is made or given."""
    paths = (about, *((section, *about) for section in ("forward", "given", "shapes")))
    return next((problem.key_place(*path) for path in paths if path in problem.located.keys), None)


def _beside(path: Path, folder: Path | None) -> Path:
    """Where the solution goes, without an ending; not where TeX puts a LaTeX sheet's own PDF."""
    into = path.parent if folder is None else folder
    own = is_sheet(path) and path.suffix.lower() == ".tex" and into.resolve() == path.parent.resolve()
    stem = "problem" if path == STANDARD else path.stem
    return into / (f"{stem}.solution" if own else stem)


def _target(path: Path, suffix: str, folder: Path | None) -> Path:
    stem = _beside(path, folder)
    target = stem.with_name(f"{stem.name}.{suffix}")
    if target.exists() and path.exists() and target.samefile(path):
        raise InputError(f"'{target}' is the problem itself", hint="choose another folder with -o")
    return target

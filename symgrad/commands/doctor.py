"""``symgrad doctor``: what is installed, what is missing for what, and what brings it."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from symgrad.late import Late
from symgrad.running import FAILED

if TYPE_CHECKING:
    import platform
    import subprocess
else:
    platform, subprocess = map(Late, ("platform", "subprocess"))

LIMIT = 10.0
FOUND, MISSING = "✓", "–"


class Package(Struct, frozen=True):
    """A Python package: what needs it, and whether symgrad works at all without."""

    name: str
    needed_for: str
    extra: str = ""


class Program(Struct, frozen=True):
    """A program: the names it may have, what needs it, and how each system brings it."""

    names: tuple[str, ...]
    needed_for: str
    debian: str
    mac: str
    windows: str
    version: str = "--version"


PACKAGES = (
    Package("sympy", "solving"),
    Package("mpmath", "solving"),
    Package("msgspec", "solving"),
    Package("numpy", "solving"),
    Package("ruamel.yaml", "reading problem files"),
    Package("jinja2", "writing reports"),
    Package("typst", "PDF, by the engine that comes with symgrad"),
    Package("rich", "the terminal"),
    Package("watchfiles", "build --watch"),
    Package("torch", "problems from torch models (from_torch)", "torch"),
    Package("distributed", "grade --dask", "cluster"),
    Package("nbclient", "the tests of notebooks", "notebook"),
)
PROGRAMS = (
    Program(
        ("pdflatex",),
        "PDF by --engine pdflatex",
        "sudo apt install texlive-latex-extra",
        "brew install --cask mactex-no-gui",
        "winget install MiKTeX.MiKTeX",
    ),
    Program(
        ("latexmk",),
        "setting a .tex by hand",
        "sudo apt install latexmk",
        "brew install --cask mactex-no-gui",
        "winget install MiKTeX.MiKTeX",
        "-version",
    ),
    Program(
        ("pdftoppm",),
        "pictures of PDF pages, in the tests",
        "sudo apt install poppler-utils",
        "brew install poppler",
        "winget install oschwartz10612.Poppler",
        "-v",
    ),
    Program(
        ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge"),
        "the tests of HTML pages",
        "sudo apt install chromium",
        "brew install --cask chromium",
        "winget install Chromium.Chromium",
    ),
)


@click.command(short_help="What is installed, what is missing, and what brings it.")
def doctor() -> None:
    """List versions and programs: what was found, what is missing, and the command that brings it.

    Exit status: 0 symgrad can do its work, 2 a package that it needs is missing.
    """
    click.echo(f"symgrad {_version('symgrad') or 'not installed: run from its folder'}")
    click.echo(f"Python {platform.python_version()} ({sys.executable}), {platform.platform(terse=True)}")
    for line in (*_packages(), *_programs()):
        click.echo(line)
    lacking = [package.name for package in PACKAGES if not package.extra and not _version(package.name)]
    if lacking:
        click.echo(f"missing: {', '.join(lacking)}; {_installing('symgrad')} brings them", err=True)
        raise SystemExit(FAILED)


def _packages() -> Iterator[str]:
    for package in PACKAGES:
        version = _version(package.name)
        wanted = f"symgrad[{package.extra}]" if package.extra else package.name
        yield _row(package.name, version, package.needed_for, _installing(wanted))


def _programs() -> Iterator[str]:
    for program in PROGRAMS:
        found = next(filter(None, map(shutil.which, program.names)), None)
        version = found and (_said(found, program.version) or found)
        yield _row(program.names[0], version, program.needed_for, _bringing(program))


def _row(name: str, version: str | None, needed_for: str, bringing: str) -> str:
    if version:
        return f"{FOUND} {name:12} {version:24} {needed_for}"
    return f"{MISSING} {name:12} {'missing':24} {needed_for}: {bringing}"


def _version(package: str) -> str | None:
    metadata = importlib.import_module("importlib.metadata")  # every command loads this file, to be listed
    try:
        return str(metadata.version(package))
    except metadata.PackageNotFoundError:
        return None


def _installing(wanted: str) -> str:
    return f"{sys.executable} -m pip install '{wanted}'"


def _bringing(program: Program) -> str:
    return {"darwin": program.mac, "win32": program.windows}.get(sys.platform, program.debian)


def _said(path: str, option: str) -> str:
    """The first number in what a program says of its version; nothing where it says none."""
    try:
        done = subprocess.run([path, option], capture_output=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = (done.stdout + b" " + done.stderr).decode("utf-8", "replace").split()
    return next((word.strip("(),") for word in words if any(map(str.isdigit, word))), "")

"""``symgrad serve``: a page to type a derivation into, and a teacher's view of a marked class."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from symgrad.commands import options
from symgrad.errors import InputError
from symgrad.limits import read_limits
from symgrad.running import faults, solver

EXAMPLES = """\b
Examples:
  symgrad serve problems
  symgrad serve problems --host 0.0.0.0 --token
  symgrad serve problems --class graded
"""
USUAL = ("20s", "1GB")
TOKEN = "SYMGRAD_TOKEN"
NEEDS = ("starlette", "uvicorn", "python_multipart")


@click.command(epilog=EXAMPLES, short_help="A page to type a derivation into, checked as it is typed.")
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[FOLDER]")
@click.option("--class", "graded", type=options.PATH, help="Also the view of a class that grade has marked.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0: a free one.")
@click.option("--name", "names", multiple=True, help="A further name by which browsers call this machine.")
@click.option("--token", is_flag=True, help="Ask for a token: SYMGRAD_TOKEN, else one made up and printed.")
@click.option(
    "--hints",
    "most",
    default="answer",
    show_default=True,
    help="The most that is said of what is wrong, after enough tries: where, rule or answer.",
)
@click.option("--forget", is_flag=True, help="Keep nothing of what is typed.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that check; by default one a core.")
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="LIMIT",
    help=f"What one check may take.  [default: {','.join(USUAL)}]",
)
@options.level
def serve(token: bool, limits: tuple[str, ...], **request: Any) -> None:
    """Serve a page on this machine: the problems in FOLDER, a field for the work, the verdicts beside it.

    A work is checked as it is typed, in a process with limits. More is said of a wrong line when it has been
    changed. What is typed is kept in FOLDER, in symgrad-serve.sqlite, and goes nowhere else. No network is
    needed. Others can reach the page only with --host, and then with the token only.

    With --class everybody who can reach the page sees the class.

    Needs the extra: pip install 'symgrad[web]'. Exit status: 2 it could not be served, 130 ended by Ctrl-C.
    """
    with faults():
        app = _server()
        allowed = read_limits((*USUAL, *limits))
        known = os.environ.get(TOKEN) if token else ""
        app.serve(app.Served(limits=allowed, token=known, **request))


def _server() -> ModuleType:
    """What serves. Raises `InputError` where the extra is not installed."""
    lacking = [name for name in NEEDS if importlib.util.find_spec(name) is None]
    if lacking:
        message = f"symgrad serve needs {', '.join(lacking)}"
        raise InputError(message, hint=f"{sys.executable} -m pip install 'symgrad[web]' brings what it needs")
    return solver("symgrad.serving.app")

"""Brings the documentation up to date: ``python docs/generate.py``.

A page is Markdown. What stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` comes from
`tables`; what stands in a text block under a console or a Python block is what that block prints.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click.testing
from tables import TABLES

import symgrad
from symgrad.cli import main

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md")))
PACKAGE = Path(symgrad.__file__).parents[1]
WIDTH = "100"
FOLDERS = ("docs/exercise3", "reports")
"""What the blocks on a page find where they run; the files of the first stand beside them, too."""

_TABLE = re.compile(r"(<!-- begin ([\w-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)
_CONSOLE = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)
_PYTHON = re.compile(r"```python\n(.*?)```(?:\n\n(```text\n).*?```)?", re.DOTALL)
_NEXT = "\x00next block\x00"


def refreshed(text: str) -> str:
    """A page with its tables made and its blocks run again. Raises `AssertionError` for one that fails."""
    text = _TABLE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[3]}", text)
    with scratch():
        text = _CONSOLE.sub(lambda found: found[1] + "".join(map(_ran, _commands(found[2]))) + found[3], text)
        printed = iter(_printed([found[1] for found in _PYTHON.finditer(text)]))
        return _PYTHON.sub(lambda found: _with_output(found, next(printed)), text)


@contextlib.contextmanager
def scratch() -> Iterator[None]:
    """A new folder to run in, with `FOLDERS` below it and a copy of the exercise's files in it."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name in FOLDERS:
            shutil.copytree(ROOT / name, Path(folder) / name)
        shutil.copytree(ROOT / FOLDERS[0], folder, dirs_exist_ok=True)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(here)


def _commands(block: str) -> list[str]:
    return [line for line in block.splitlines() if line.startswith("$ ")]


def _ran(line: str) -> str:
    """A command line with what it prints; a last line tells an exit status that is not 0."""
    name, *arguments = shlex.split(line.removeprefix("$ "))
    assert name == "symgrad", f"{line}: only symgrad is run here"
    result = click.testing.CliRunner(env={"COLUMNS": WIDTH, "NO_COLOR": "1"}).invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), f"{line}: {result.output}"
    status = f"[exit status {result.exit_code}]\n" if result.exit_code else ""
    output = "\n".join(part.rstrip() for part in result.output.splitlines())
    return f"{line}\n{output}\n{status}" if output else f"{line}\n{status}"


def _printed(blocks: list[str]) -> list[str]:
    """What each block prints, one after the other in one Python."""
    if not blocks:
        return []
    code = f"print({_NEXT!r})\n".join(blocks)
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return [part.strip("\n") for part in done.stdout.split(_NEXT)]


def _with_output(found: re.Match[str], printed: str) -> str:
    block = f"```python\n{found[1]}```"
    return f"{block}\n\n```text\n{printed}\n```" if found[2] else block


if __name__ == "__main__":
    for page in PAGES:
        old = page.read_text(encoding="utf-8")
        if (new := refreshed(old)) != old:
            page.write_text(new, encoding="utf-8")
            print(page.relative_to(ROOT))

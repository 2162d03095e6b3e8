"""PDF from source text: Typst, which comes with symgrad, and pdflatex where one is installed.

Both are kept from everything outside: no files but their own empty folder, no shell, no packages
from the network. The same source gives the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import typst

from symgrad.errors import SymgradError
from symgrad.writing.passing import passing_folder

TIME_LIMIT = 60.0
_TEX_OPTIONS = ("-no-shell-escape", "-halt-on-error", "-interaction=nonstopmode", "-no-mktex=pk")
_TEX_SETTINGS = {
    "openin_any": "p",
    "openout_any": "p",
    "shell_escape": "f",
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
    "max_print_line": "1000",
}
_RERUN = re.compile(r"Rerun to get|Rerun LaTeX|rerunfilecheck Warning")
_TEX_ERROR = re.compile(r"^! (.+)$", re.MULTILINE)
_TEX_LINE = re.compile(r"^l\.(\d+) ?(.*)$", re.MULTILINE)


class EngineError(SymgradError):
    """A source the engine could not set: its own message, and the line of the source."""


class EngineMissing(SymgradError):
    """The engine asked for is not installed."""


def typst_pdf(source: str) -> bytes:
    """The PDF of a Typst source: tagged, PDF/UA-1, the same bytes from run to run.

    Raises:
        EngineError: Typst's message, with the place in the source.
    """
    try:
        pdf = _compiler().compile(source.encode(), format="pdf", pdf_standards=["ua-1"], timestamp=0)
    except typst.TypstError as error:
        raise EngineError(f"Typst: {error.diagnostic}") from error
    assert isinstance(pdf, bytes)  # several files, or none, come of other formats only
    return pdf


def pdflatex_pdf(source: str) -> bytes:
    """The PDF of a LaTeX source, by the pdflatex of this machine.

    Raises:
        EngineMissing: there is no pdflatex.
        EngineError: TeX's message and line, or that it took too long.
    """
    command = shutil.which("pdflatex")
    if command is None:
        raise EngineMissing(
            "no pdflatex was found; install TeX Live (https://tug.org/texlive) or MiKTeX, "
            "or use --engine typst, which needs neither"
        )
    with passing_folder() as place:
        place.joinpath("report.tex").write_text(source, "utf-8")
        log = _run_tex(command, place)
        if _RERUN.search(log):
            _run_tex(command, place)
        pdf = place / "report.pdf"
        if not pdf.exists():
            raise EngineError("pdflatex: no pages")
        return pdf.read_bytes()


@cache
def _compiler() -> typst.Compiler:
    """Kept for the next report: what it remembers of this one makes that twice as quick.

    Its folder was empty, and is gone: a report is made of nothing but its source. Its fonts are Typst's
    own: a report looks the same on every machine.
    """
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    with passing_folder() as folder:
        return typst.Compiler(root=folder, package_path=folder, package_cache_path=folder, font_paths=fonts)


def _run_tex(command: str, folder: Path) -> str:
    """One run; answers with the log."""
    try:
        done = subprocess.run(
            [command, *_TEX_OPTIONS, "report.tex"],
            cwd=folder,
            env=os.environ | _TEX_SETTINGS,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EngineError(f"pdflatex: not done after {TIME_LIMIT:.0f} seconds") from error
    log = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise EngineError(f"pdflatex: {_complaint(log)}")
    return log


def _complaint(log: str) -> str:
    message, place = _TEX_ERROR.search(log), _TEX_LINE.search(log)
    said = message[1] if message else log.strip()[-500:]
    return f"line {place[1]}: {said} {place[2]}".rstrip() if place else said

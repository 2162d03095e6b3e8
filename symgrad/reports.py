"""A check as a report in files; what writes them takes as long to load as a short check, so it comes last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symgrad.checking.marks import Marked
from symgrad.checking.verdict import Check
from symgrad.document.blocks import Document
from symgrad.rendering import ENGINES
from symgrad.styles.annotated import annotated
from symgrad.writing.html import to_html
from symgrad.writing.markdown import to_markdown
from symgrad.writing.tex import to_tex

WRITERS: Mapping[str, Callable[[Document, str], bytes]] = {
    "pdf": lambda report, engine: ENGINES[engine](report),
    "html": lambda report, engine: to_html(report).encode(),
    "tex": lambda report, engine: to_tex(report).encode(),
    "md": lambda report, engine: to_markdown(report).encode(),
}


def contents(check: Check, marks: Marked | None, formats: tuple[str, ...], engine: str) -> dict[str, bytes]:
    """The contents of the files of a check, by format."""
    report = annotated(check, marks)
    return {name: WRITERS[name](report, engine) for name in formats}

"""Reading a submission: a file's text becomes lines, each a chain of sides."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from unicodedata import normalize

from symgrad.deadline import OutOfTime, spend, within
from symgrad.errors import InputError, Place
from symgrad.reading.text import file_bytes
from symgrad.submission.commands import WORDS
from symgrad.submission.lines import Line, Submission
from symgrad.submission.parser import parse_list
from symgrad.submission.pieces import pieces
from symgrad.submission.rewriting import grouped
from symgrad.submission.scanner import Unreadable
from symgrad.submission.sheaf import Sheaf
from symgrad.submission.tokens import tokenize
from symgrad.submission.written import Node, Span

MAX_BYTES = 2_000_000
MAX_NOTEBOOK = 50_000_000
"""Bytes of a notebook with the pictures in it; `MAX_BYTES` is for its text."""
MAX_PARTS = 2_000_000
"""Values in a notebook: each takes memory, a picture is one."""
FINDING_SECONDS, READING_SECONDS = 1.5, 1.5
"""For the lines of a text, and for what stands in them."""
NOTEBOOK = ".ipynb"
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of characters, which no file can hold."""
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""Characters that are not seen, or turn round what is: they are read, and written, as blanks."""


def load_submission(path: Path, words: Collection[str] = ()) -> Submission:
    """The lines of a file; ``words`` as in `read_submission`.

    Raises `InputError` where it cannot be opened, is too long, or no text.
    """
    most = MAX_NOTEBOOK if path.suffix.lower() == NOTEBOOK else MAX_BYTES
    try:
        data = file_bytes(path, most + 1)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    if len(data) > most:
        raise InputError(f"{path.name} has more than {most:,} bytes, the limit")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8 text; a PDF or a picture cannot be read"
        raise InputError(f"{path.name} is no UTF-8 text (byte {error.start + 1:,})", hint=hint) from None
    return read_submission(text, path.name, words)


def read_submission(text: str, name: str = "submission.md", words: Collection[str] = ()) -> Submission:
    """The lines of a text; the ending of ``name`` says how it is read: md, txt, tex, ipynb.

    ``words`` are names of several letters that the problem has, and a dictionary has not. Of a
    notebook, `Submission.text` and all places are those of its Markdown cells, one below another.
    Raises `InputError` where it is too long, has too many lines, or is no notebook though called one.
    """
    suffix = Path(name).suffix.lower()
    text = _notebook(text, name) if suffix == NOTEBOOK else text
    if len(text) > MAX_BYTES:
        raise InputError(f"a text of {len(text):,} characters; the limit is {MAX_BYTES:,}")
    text = normalize("NFC", _INVISIBLE.sub(" ", _SURROGATE.sub("\ufffd", text)))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _read(name, text, suffix == ".tex", words)


def _read(name: str, text: str, latex: bool, words: Collection[str]) -> Submission:
    """The lines that are found, and read, in time."""
    sheaf = Sheaf(text, latex, WORDS.union(words))
    end, stopped, unread = 0, 0, 0
    try:
        with within(FINDING_SECONDS):
            for piece in pieces(text, latex):
                spend()
                sheaf.add(piece)
                end = piece.end
    except OutOfTime:
        stopped = text.count("\n", 0, end) + 1
    lines: list[Line] = []
    try:
        with within(READING_SECONDS):
            lines.extend(sheaf.lines())
    except OutOfTime:
        unread = len(lines) + 1
        lines.extend(sheaf.unread(unread))
    return Submission(name, text, tuple(lines), unread, stopped)


def read_maths(latex: str, words: Collection[str] = ()) -> Node:
    """One expression; ``words`` as in `read_submission`. Raises `InputError` where it cannot be read."""
    span = Span(0, len(latex))
    try:
        return parse_list(grouped(tokenize(latex, 0, len(latex), words=WORDS.union(words))), span)
    except Unreadable as fault:
        row = latex.count("\n", 0, fault.span.start)
        begin = latex.rfind("\n", 0, fault.span.start) + 1
        line = latex[begin:].partition("\n")[0]
        place = Place("maths", row + 1, fault.span.start - begin + 1, line, fault.span.end - fault.span.start)
        raise InputError(fault.message, place=place) from None


def _notebook(text: str, name: str) -> str:
    """The Markdown cells of a notebook, with blank lines between them."""
    if sum(map(text.count, "[{,")) > MAX_PARTS:
        raise InputError(f"{name} holds more than {MAX_PARTS:,} values, the limit")
    try:
        cells = json.loads(text)["cells"]
        sources = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
        return "\n\n".join("".join(source) for source in sources)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{name} is no Jupyter notebook", hint="save it from Jupyter, or as .md") from None

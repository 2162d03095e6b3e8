"""Sentences of the checker and headings of a student's, with what stands between dollars set as maths."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symgrad.checking.verdict import Check
from symgrad.document.blocks import Inline, Jump, Sentence, Words
from symgrad.maths.level import line_of
from symgrad.styles.lines import read_inline

_MATHS = re.compile(r"\$([^$]+)\$")
_MINUS = re.compile(r"(?<![\w.\-])-(?=[\d.])")
_LINE = re.compile(r"\bline (\d+)\b")


def sentence(text: str, submission: str = "") -> tuple[Words | Inline, ...]:
    """A text with its maths typeset; what is not closed or not read stays as it is written.

    ``submission`` is the student's text, whose commands the maths may use.
    """
    parts = (
        _inline(piece, submission) if n % 2 else Words(_MINUS.sub("−", piece))
        for n, piece in enumerate(_MATHS.split(text))
    )
    return tuple(part for part in parts if part != Words(""))


def linked(text: str, check: Check) -> Sentence:
    """The same, and lines that are named can be jumped to."""
    most = len(check.lines)
    return tuple(jump for part in sentence(text, check.submission.text) for jump in _jumps(part, most))


def plain(text: str) -> str:
    """The same for a terminal: maths that takes one line in its characters, else as LaTeX without dollars."""
    return "".join(_one_line(piece) if n % 2 else piece for n, piece in enumerate(_MATHS.split(text)))


def line_anchor(id: int) -> str:
    """The anchor of a line."""
    return f"line-{id}"


def jump_to(id: int) -> Jump:
    """A line's number, which leads there."""
    return Jump(f"line {id}", line_anchor(id))


def _jumps(part: Words | Inline, most: int) -> Iterator[Words | Inline | Jump]:
    if isinstance(part, Inline):
        yield part
        return
    for n, piece in enumerate(_LINE.split(part.text)):
        if n % 2:
            yield jump_to(int(piece)) if 0 < int(piece) <= most else Words(f"line {piece}")
        elif piece:
            yield Words(piece)


def _inline(latex: str, submission: str) -> Words | Inline:
    maths = read_inline(latex, submission)
    return Words(f"${latex}$") if maths is None else Inline(maths)


def _one_line(latex: str) -> str:
    maths = read_inline(latex)
    return latex if maths is None else line_of(maths) or latex

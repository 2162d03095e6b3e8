"""A work as it is read: its words with the maths typeset, each line with its verdict in the margin.

What is shown is what was understood, so that somebody who types sees at once what was not.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from symgrad.checking.verdict import Check, Judged, Verdict
from symgrad.document.blocks import (
    Block,
    Chain,
    Display,
    Inline,
    Jump,
    Mark,
    Paragraph,
    Section,
    Sentence,
    Sign,
    Words,
)
from symgrad.maths.foreign import foreign
from symgrad.styles.lines import read_aside, read_inline, typeset, whole
from symgrad.styles.sentences import line_anchor, sentence
from symgrad.submission.pieces import Piece, pieces

_HEADING = re.compile(r"^[ \t]*#+[ \t]*|^\\\w+\*?\{|\}$")
_SPOKEN = (
    (re.compile(r"\\(?:begin|end|documentclass|usepackage|label|ref)\*?(?:\[[^\]]*\])?(?:\{[^{}]*\})?"), ""),
    (re.compile(r"\\item\b"), "• "),
    (re.compile(r"\\(?:textbf|textit|emph|text|texttt|underline)\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\*\*|__|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)"), ""),
    (re.compile(r"^[ \t]*[-*+][ \t]+", re.MULTILINE), "• "),
    (re.compile(r"\\\\|\\(?:no)?indent\b|\\(?:new|clear)page\b|\\maketitle\b|~"), " "),
)
"""What of a text's own markup is not seen on paper."""


def preview(check: Check) -> tuple[Block, ...]:
    """The work as blocks; the anchors of lines are those of `line_anchor`."""
    submission = check.submission
    found = sorted(check.lines, key=lambda judged: judged.line.span.start)
    reader = _Reader(submission.text, found, [judged.line.span.start for judged in found])
    for piece in pieces(submission.text, submission.name.endswith(".tex")):
        _READ[piece.kind](reader, piece)
    reader.close()
    return tuple(reader.blocks)


class _Reader(Struct):
    """What is set so far: the blocks, the sentence that is open, and where the last line ends."""

    text: str
    lines: Sequence[Judged]
    starts: Sequence[int]
    blocks: list[Block] = field(default_factory=list)
    open: list[Words | Inline | Jump | Sign] = field(default_factory=list)
    end: int = -1

    def close(self) -> None:
        """A paragraph ends."""
        said: Sentence = tuple(self.open)
        if any(not isinstance(part, Words) or part.text.strip() for part in said):
            self.blocks.append(Paragraph(said))
        self.open.clear()

    def starting_in(self, start: int, end: int) -> Sequence[Judged]:
        """The lines that begin there."""
        return self.lines[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def say(self, start: int, end: int) -> None:
        """Words, and what is left out of them."""
        text = self.text[max(start, self.end) : end]
        for pattern, instead in _SPOKEN:
            text = pattern.sub(instead, text)
        if text:
            self.open.append(Words(text))

    def show(self, lines: Sequence[Judged]) -> None:
        """Lines one below the other."""
        self.close()
        self.blocks.append(Display(tuple(map(_marked, lines))))
        self.end = max(judged.line.span.end for judged in lines)


def _marked(judged: Judged) -> Chain:
    line = judged.line
    chain = typeset(line, judged.side if judged.verdict is Verdict.WRONG else None)
    mark = Mark(Sign(judged.verdict.value), str(line.id), line_anchor(line.id))
    return replace(chain, tag=line.tag, mark=mark)


def _prose(reader: _Reader, piece: Piece) -> None:
    """Words; formulas that stand among them without dollars are lines, too."""
    at = piece.start
    for judged in reader.starting_in(piece.start, piece.end):
        span = judged.line.span
        reader.say(at, span.start)
        reader.show([judged])
        at = min(span.end, piece.end)
    reader.say(at, piece.end)


def _inline(reader: _Reader, piece: Piece) -> None:
    found = reader.starting_in(piece.start, piece.end)
    for n, judged in enumerate(found):
        sign = Sign(judged.verdict.value)
        between = [Words(", ")] if n else []
        reader.open += [*between, Inline(whole(typeset(judged.line))), Words(" "), sign]
        reader.end = judged.line.span.end
    if not found and piece.end > reader.end:
        latex = reader.text[piece.start : piece.end]
        maths = read_inline(latex, reader.text)
        reader.open.append(Inline(foreign(latex, mono=True) if maths is None else maths))


def _display(reader: _Reader, piece: Piece) -> None:
    if found := reader.starting_in(piece.start, piece.end):
        reader.show(found)
    elif piece.end > reader.end:
        latex = reader.text[piece.start : piece.end]
        reader.close()
        reader.blocks.append(
            Display(read_aside(latex, reader.text) or (Chain(foreign(latex, mono=True), ()),))
        )


def _heading(reader: _Reader, piece: Piece) -> None:
    reader.close()
    title = _HEADING.sub("", reader.text[piece.start : piece.end].strip())
    reader.blocks.append(Section(sentence(title, reader.text), ()))


def _code(reader: _Reader, piece: Piece) -> None:
    reader.open.append(Words(reader.text[piece.start : piece.end]))


def _between(reader: _Reader, piece: Piece) -> None:
    reader.close()


_READ: Mapping[str, Callable[[_Reader, Piece], None]] = {
    "prose": _prose,
    "inline": _inline,
    "display": _display,
    "heading": _heading,
    "code": _code,
    "break": _between,
}

"""A file's text in pieces: prose, headings, displays and maths in the line, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from symgrad.submission.commands import ALIGNED


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text. ``kind``: ``display``, ``inline``, ``plain`` (a line that may be maths), ``prose``,
    ``heading`` or ``break`` (between paragraphs)."""

    kind: str
    start: int
    end: int
    struck: bool = False


_ENVIRONMENTS = "|".join(
    sorted(ALIGNED - {"split", "aligned", "gathered", "alignedat", "multlined", "subequations"})
)
_OPENING = re.compile(
    rf"""(?P<escaped>\\[$\\`])
      | (?P<comment>%[^\n]*)
      | (?P<fence>^[ \t]*(?P<ticks>```+|~~~+)[ \t]*(?P<language>\w*)[^\n]*$)
      | (?P<display>\$\$)
      | (?P<inline>\$)
      | (?P<bracket>\\\[)
      | (?P<round>\\\()
      | (?P<environment>\\begin\{{(?P<name>(?:{_ENVIRONMENTS})\*?)\}})
      | (?P<heading>^[ \t]{{0,3}}\#{{1,6}}[ \t]+[^\n]*$|\\(?:part|chapter|section|subsection|subsubsection|paragraph)\*?\{{[^{{}}\n]*\}})
      | (?P<strike>~~|</?(?:del|s|strike)>)
      | (?P<code>`)
      | (?P<blank>\n[ \t]*(?=\n))
    """,
    re.VERBOSE | re.MULTILINE,
)


class Finder:
    """Finds closing delimiters in linear time: one that is missing is not looked for twice."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[str, int] = {}

    def find(self, closing: str, start: int) -> int:
        """Where ``closing`` stands at or behind ``start``; -1 where it does not."""
        known = self.known.get(closing)
        if known is not None and (known < 0 or known >= start):
            return known
        self.known[closing] = self.text.find(closing, start)
        return self.known[closing]


def pieces(text: str, latex: bool) -> Iterator[Piece]:
    """The pieces of a text in order; ``latex``: % begins a comment and there are no fences."""
    finder = Finder(text)
    position = prose = 0
    struck = False
    while (match := _OPENING.search(text, position)) is not None:
        kind = str(match.lastgroup)
        if match["fence"] is not None:
            kind = "fence"
        elif match["environment"] is not None:
            kind = "environment"
        piece, position = _piece(kind, match, text, finder, latex)
        if kind == "strike" and not latex:
            struck = not struck if not match[0].startswith("<") else not match[0].startswith("</")
        if kind == "blank":
            piece = Piece("break", match.start(), match.end())
        if piece is None:
            continue
        if prose < match.start():
            yield Piece("prose", prose, match.start(), struck)
        yield Piece(piece.kind, piece.start, piece.end, struck)
        prose = position
    if prose < len(text):
        yield Piece("prose", prose, len(text), struck)


def _piece(
    kind: str, match: re.Match[str], text: str, finder: Finder, latex: bool
) -> tuple[Piece | None, int]:
    """The piece that begins at a delimiter, and where to go on."""
    start, after = match.start(), match.end()
    if kind == "heading":
        return Piece("heading", start, after), after
    if kind == "inline":
        return _inline(text, after, finder)
    if kind in _CLOSINGS:
        end = finder.find(_CLOSINGS[kind], after)
        return (None, after) if end < 0 else (Piece(_KINDS[kind], after, end), end + 2)
    if kind == "environment":
        closing = f"\\end{{{match['name']}}}"
        end = finder.find(closing, after)
        return (None, after) if end < 0 else (Piece("display", start, end + len(closing)), end + len(closing))
    if kind == "fence" and not latex:
        end = finder.find("\n" + match["ticks"][:3], after)
        return (Piece("fence", after, end if end >= 0 else len(text)), end + 4 if end >= 0 else len(text))
    if kind == "code" and not latex:
        end = finder.find("`", after)
        return (None, after) if end < 0 or "\n" in text[after:end] else (Piece("code", after, end), end + 1)
    return None, after


_CLOSINGS = {"display": "$$", "bracket": "\\]", "round": "\\)"}
_KINDS = {"display": "display", "bracket": "display", "round": "inline"}


def _inline(text: str, after: int, finder: Finder) -> tuple[Piece | None, int]:
    r"""$…$ within a paragraph; the closing sign does not stand behind a blank, if the opening one did not."""
    limit = finder.find("\n\n", after)
    limit = len(text) if limit < 0 else limit
    end = after
    while True:
        end = text.find("$", end, limit)
        if end < 0:
            return None, after
        if text[end - 1] != "\\" and (text[after].isspace() or not text[end - 1].isspace()):
            return Piece("inline", after, end), end + 1
        end += 1

"""A file's text in pieces: displays, maths in the line, code, headings, and the prose between.

One pass from left to right; a delimiter without its other half is prose, and is not looked for twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct, field

from symgrad.submission.commands import ALIGNED, OUTER

MAX_DOLLARS = 8
"""How many dollar signs are tried as the end of maths in a line."""
MAX_INLINE = 8_000
"""Characters of maths in a line."""
MAX_STRUCK = 4_000
"""Characters that may be struck out at once."""


class Piece(Struct, frozen=True):
    """A stretch of a text. ``kind``: display, inline, code, prose, heading, or break (between paragraphs)."""

    kind: str
    start: int
    end: int
    struck: bool = False


_ENVIRONMENTS = "|".join(sorted(ALIGNED - OUTER))
_COMMON = rf"""(?P<escaped>\\[$\\`%])
  | (?P<display>\$\$)
  | (?P<ticked>\$`(?=[^`$\n]+`\$))
  | (?P<inline>\$)
  | (?P<bracket>\\\[)
  | (?P<round>\\\()
  | (?P<environment>\\begin\{{(?P<name>(?:{_ENVIRONMENTS})\*?)\}})
  | (?P<blank>\n(?:[ \t]*\n)+)
"""
_LATEX = re.compile(
    _COMMON
    + r"""
  | (?P<comment>(?:%[^\n]*\n?)+)
  | (?P<heading>\\(?:part|chapter|(?:sub){0,2}section|(?:sub)?paragraph)\*?\{[^{}\n]*\})
  | (?P<verbatim>\\begin\{(?P<verbatims>verbatim|lstlisting|minted|tikzpicture|comment)\*?\})
  | (?P<strike>\\(?:sout|st|cancel|xcancel)\{)
""",
    re.VERBOSE | re.MULTILINE,
)
_MARKDOWN = re.compile(
    _COMMON
    + r"""
  | (?P<fence>^[ \t>]*(?P<ticks>```|~~~)[`~]*[ \t]*(?P<language>\w*)[^\n]*$)
  | (?P<heading>^[ \t]{0,3}\#{1,6}[ \t]+[^\n]*$)
  | (?P<strike>~~|<(?:del|s|strike)>)
  | (?P<code>`)
  | (?P<hidden><!--)
""",
    re.VERBOSE | re.MULTILINE,
)
_CLOSINGS = {"display": "$$", "bracket": "\\]", "round": "\\)"}
_KINDS = {"display": "display", "bracket": "display", "round": "inline"}
_BRACE = re.compile(r"[{}]")
_MATHS_ONLY = re.compile(r"[=^_\\]")
_MATHS = ("math", "latex", "tex")


class _Pass(Struct, dict=True):
    """The way through a text. ``known`` is where a closing delimiter stands next; -1 for nowhere."""

    text: str
    struck_until: int = -1
    known: dict[str, int] = field(default_factory=dict)

    @cached_property
    def braces(self) -> Mapping[int, int]:
        """Where each brace that is closed is closed."""
        found: dict[int, int] = {}
        opened: list[int] = []
        for match in _BRACE.finditer(self.text):
            if match[0] == "{":
                opened.append(match.start())
            elif opened:
                found[opened.pop()] = match.start()
        return found

    def find(self, closing: str, start: int) -> int:
        """Where ``closing`` stands at or behind ``start``; -1 where it does not."""
        known = self.known.get(closing)
        if known is None or 0 <= known < start:
            known = self.known[closing] = self.text.find(closing, start)
        return known


def pieces(text: str, latex: bool) -> Iterator[Piece]:
    """The pieces of a text in order. ``latex``: % begins a comment, and there is no Markdown in it."""
    way = _Pass(text)
    pattern = _LATEX if latex else _MARKDOWN
    position = prose = _body(text) if latex else 0
    while (match := pattern.search(text, position)) is not None:
        piece, position = _FOUND[str(match.lastgroup)](way, match)
        if piece is None:
            continue
        if prose < match.start():
            yield Piece("prose", prose, match.start())
        if piece.start < way.struck_until:
            piece = Piece(piece.kind, piece.start, piece.end, True)
        yield piece
        prose = position
    if prose < len(text):
        yield Piece("prose", prose, len(text))


def _body(text: str) -> int:
    """Behind the preamble."""
    found = text.find("\\begin{document}")
    return max(found, 0)


Found = tuple[Piece | None, int]
"""A piece, if there is one, and where to go on."""


def _nothing(way: _Pass, match: re.Match[str]) -> Found:
    return None, match.end()


def _fenced(way: _Pass, match: re.Match[str]) -> Found:
    """Maths between two delimiters."""
    kind = str(match.lastgroup)
    end = way.find(_CLOSINGS[kind], match.end())
    if end < 0:
        return None, match.end()
    return Piece(_KINDS[kind], match.end(), end), end + 2


def _inline(way: _Pass, match: re.Match[str]) -> Found:
    r"""$…$ within a paragraph; behind a blank, $ only closes what could not be a sum of money."""
    text, after = way.text, match.end()
    paragraph = way.find("\n\n", after)
    limit = min(len(text), after + MAX_INLINE) if paragraph < 0 else min(paragraph, after + MAX_INLINE)
    end = after
    for _ in range(MAX_DOLLARS):
        end = text.find("$", end, limit)
        if end < 0:
            break
        tight = text[after].isspace() or not text[end - 1].isspace()
        if text[end - 1] != "\\" and (tight or _MATHS_ONLY.search(text, after, end)):
            return Piece("inline", after, end), end + 1
        end += 1
    return None, after


def _ticked(way: _Pass, match: re.Match[str]) -> Found:
    """GitHub's $`…`$."""
    end = way.find("`$", match.end())
    return Piece("inline", match.end(), end), end + 2


def _environment(way: _Pass, match: re.Match[str]) -> Found:
    closing = f"\\end{{{match['name']}}}"
    end = way.find(closing, match.end())
    if end < 0:
        return None, match.end()
    return Piece("display", match.start(), end + len(closing)), end + len(closing)


def _verbatim(way: _Pass, match: re.Match[str]) -> Found:
    end = way.find(f"\\end{{{match['verbatims']}", match.end())
    return Piece("break", match.start(), max(end, match.end())), max(end, match.end())


def _heading(way: _Pass, match: re.Match[str]) -> Found:
    return Piece("heading", match.start(), match.end()), match.end()


def _blank(way: _Pass, match: re.Match[str]) -> Found:
    return Piece("break", match.start(), match.end()), match.end()


def _strike(way: _Pass, match: re.Match[str]) -> Found:
    """What is struck out reaches to the next sign of that kind, unless that is far away."""
    if match.start() < way.struck_until:
        return None, match.end()
    closing = {"~": "~~", "<": "</", "\\": "}"}[match[0][0]]
    end = way.find(closing, match.end()) if closing != "}" else way.braces.get(match.end() - 1, -1)
    if 0 <= end - match.end() <= MAX_STRUCK:
        way.struck_until = end
    return None, match.end()


def _fence(way: _Pass, match: re.Match[str]) -> Found:
    end = way.find("\n" + match["ticks"], match.end())
    stop = len(way.text) if end < 0 else end
    kind = "display" if match["language"].lower() in _MATHS else "code"
    return Piece(kind, match.end(), stop), min(len(way.text), stop + 4)


def _code(way: _Pass, match: re.Match[str]) -> Found:
    end, line = way.find("`", match.end()), way.find("\n", match.end())
    if end < 0 or 0 <= line < end:
        return None, match.end()
    return Piece("code", match.end(), end), end + 1


def _hidden(way: _Pass, match: re.Match[str]) -> Found:
    end = way.find("-->", match.end())
    return (None, match.end()) if end < 0 else (Piece("break", match.start(), end), end + 3)


_FOUND = {
    "escaped": _nothing,
    "comment": lambda way, match: (Piece("break", match.start(), match.end()), match.end()),
    "display": _fenced,
    "ticked": _ticked,
    "inline": _inline,
    "bracket": _fenced,
    "round": _fenced,
    "environment": _environment,
    "verbatim": _verbatim,
    "heading": _heading,
    "blank": _blank,
    "strike": _strike,
    "fence": _fence,
    "code": _code,
    "hidden": _hidden,
}

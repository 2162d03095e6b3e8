"""User text made safe for a format, and the marker types of text that is in the format already.

Text is normalised (NFC), its blanks are single spaces, invisible control characters are left out.
A character that the fonts do not have is written by its code, ``[U+4E2D]``: seen, not lost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Set
from html import escape as escape_html

from symgrad.maths.foreign import TEX_HAS
from symgrad.maths.latex import escape
from symgrad.maths.symbols import SIGNS
from symgrad.maths.typst import quoted


class Tex(str):
    """LaTeX source: may stand in a .tex file as it is."""

    __slots__ = ()


class Typ(str):
    """Typst source, as code (an expression): may stand in a .typ file as it is."""

    __slots__ = ()


class Md(str):
    """Markdown source: may stand in a .md file as it is."""

    __slots__ = ()


class Html(str):
    """HTML source: may stand in a page as it is, in an element or in a quoted attribute."""

    __slots__ = ()


_MARKS = frozenset("–—‘’‚“”„†‡•…‰‹›€™")
_TEX = TEX_HAS | _MARKS

# Written systems of New Computer Modern that run from left to right without joining.
_TYPST_RANGES = (
    (0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x2FF), (0x391, 0x3A1), (0x3A3, 0x3F6), (0x400, 0x482), (0x48A, 0x4FF),
    (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x205E), (0x2190, 0x21FF), (0x2200, 0x22FF),
    (0x25A0, 0x25A0),
)  # fmt: skip
_TYPST = SIGNS.keys() | {chr(code) for first, last in _TYPST_RANGES for code in range(first, last + 1)}

_PLAIN = " -+=.,:;!?()/"

LONGEST_WORD = 20
_BLANKS = re.compile(r"\s+")
_PIECE = re.compile(r".{1,10}")


def tex_text(text: str) -> Tex:
    """User text for the running text of a .tex file."""
    return Tex(_written(text, _TEX, escape, r"\-"))


def typst_text(text: str) -> Typ:
    """User text as a Typst string literal."""
    return Typ('"' + _written(text, _TYPST, _in_string, r"\u{ad}") + '"')


_MARKDOWN = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "|": "&#124;",
    "$": "<span>$</span>",  # a sign in an element of its own begins no formula
    **{char: "\\" + char for char in "\\`*_{}[]~#"},
}
# What makes a list or a rule of a line, and what makes a link of a text.
_LINE_START = re.compile(r"^\s*([-+=:]|\d(?=\d*[.)]))")
_LINK = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)


def markdown_text(text: str) -> Md:
    """User text within a line of Markdown: no character of it is markup, a tag, a formula or a link."""
    escaped = "".join(_MARKDOWN.get(char, char) for char in _clean(text))
    return Md(_LINK.sub(lambda found: f"&#{ord(found[0])};", escaped))


def markdown_line(text: Md) -> Md:
    """The same text where it begins a paragraph: a sign or a number there would begin a list."""
    return Md(_LINE_START.sub(lambda found: f"&#{ord(found[1])};", text))


def html_text(text: str) -> Html:
    """User text for an element or a quoted attribute of a page."""
    return Html(escape_html(_clean(text)))


def typst_name(text: str) -> Typ:
    """User text as a Typst string literal that is not set in type: a title in the file's data, speech."""
    return Typ(quoted(_clean(text)))


def tex_name(text: str) -> Tex:
    """User text for the PDF's own data (title, bookmarks), all but letters and digits by their codes."""
    return Tex(
        "".join(
            char if char.isascii() and (char.isalnum() or char in _PLAIN) else rf"\unichar{{{ord(char)}}}"
            for char in _clean(text)
        )
    )


def _written(text: str, known: Set[str], escaped: Callable[[str], str], break_here: str) -> str:
    shown = "".join(char if char in known else f"[U+{ord(char):04X}]" for char in _clean(text))
    parts = (_PIECE.findall(part) if len(part) > LONGEST_WORD else [part] for part in re.split("( )", shown))
    return "".join(break_here.join(map(escaped, pieces)) for pieces in parts)


def _in_string(text: str) -> str:
    return quoted(text).removeprefix('"').removesuffix('"')


def _clean(text: str) -> str:
    spaced = _BLANKS.sub(" ", unicodedata.normalize("NFC", text))
    return "".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))

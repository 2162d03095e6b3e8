"""A `Document` as one self-contained page, by the templates in ``templates/html``.

Nothing is loaded from anywhere, and nothing but the page's own style and its one short script may
take effect: the Content-Security-Policy names them by their hashes. Without the script the page is
complete; it only lets the buttons work that copy an equation's LaTeX.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from symgrad.document.blocks import Block, Document, Folded, GraphFigure, Section, Sentence
from symgrad.languages import Language, language_of
from symgrad.writing.drawing import Drawing, drawn
from symgrad.writing.escaping import Html, html_text
from symgrad.writing.flow import NARROW, WIDE, equations, is_wide, together
from symgrad.writing.layout import Point
from symgrad.writing.plot import plotted
from symgrad.writing.remembered import mathml, speech
from symgrad.writing.templates import Templates, templates, templates_folder

DEEPEST = 6
"""Levels of headings that HTML has."""
LISTED = 2
"""Levels of sections that the table of contents shows."""
EM = 16
"""Units of a drawing in an em: a browser rounds the places of small units."""


class Entry(Struct, frozen=True):
    """A line of the table of contents, and those under it."""

    title: Sentence
    anchor: str
    inner: tuple[Entry, ...]


def to_html(document: Document, own: Path | None = None) -> str:
    """The page."""
    style, script = _file("look.css", own), _file("copy.js", own)
    if document.sheet or document.header:
        style = Html(style + _file("sheet.css", own))
    if document.coloured:
        style = Html(style + _file("tones.css", own))
    return (
        _templates(own, language_of(document.language))
        .get_template("document.html.j2")
        .render(
            document=document,
            contents=tuple(contents(document.blocks)),
            anchors=frozenset(_anchors(document.blocks)),
            style=style,
            script=script,
            hashes={"style": _hash(style), "script": _hash(script)},
        )
    )


def to_fragment(blocks: Sequence[Block], depth: int = 1, language: str = "en") -> Html:
    """Blocks as a part of a page that has the style ``look.css``; ``depth`` counts the headings above."""
    template = _templates(None, language_of(language)).get_template("fragment.html.j2")
    return Html(template.render(blocks=blocks, depth=depth, anchors=frozenset(_anchors(blocks))))


def contents(blocks: Iterable[Block], depth: int = 1) -> Iterator[Entry]:
    """The table of contents: the sections that can be jumped to."""
    for block in blocks:
        if isinstance(block, Section) and block.anchor:
            inner = contents(block.blocks, depth + 1) if depth < LISTED else ()
            yield Entry(block.title, block.anchor, tuple(inner))


def _anchors(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Section | Folded):
            yield from _anchors(block.blocks)
        if isinstance(block, Section):
            yield block.anchor


def _file(name: str, own: Path | None) -> Html:
    """A style or script: the user's own where there is one of this name."""
    if own is not None and (own / "html" / name).is_file():
        return Html((own / "html" / name).read_text("utf-8"))
    return Html((templates_folder() / "html" / name).read_text("utf-8"))


def _hash(source: str) -> Html:
    """A source as a Content-Security-Policy names it."""
    return Html(f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'")


@cache
def _templates(own: Path | None, say: Language) -> Templates:
    called: dict[str, Callable[..., Any]] = {
        "drawings": partial(_drawings, say=say),
        "equations": equations,
        "level": lambda depth: Html(str(min(depth + 1, DEEPEST))),
        "is_wide": is_wide,
        "maths": lambda node: Html(mathml(node)),
        "number": lambda value: Html(str(value)),
        "place": _place,
        "plotted": lambda plot: plotted(plot, say),
        "said": say,
        "spoken": lambda node: html_text(speech(node, say)),
        "together": together,
        "units": _units,
        "whole": lambda number: Html(str(number)),
    }
    return templates("html", Html, html_text, called, own)


def _drawings(figure: GraphFigure, say: Language) -> dict[str, Drawing]:
    """The graph for a wide screen, and folded for a narrow one where that is another."""
    wide, narrow = drawn(figure, WIDE, say), drawn(figure, NARROW, say)
    if narrow.frame == wide.frame:
        return {"any-screen": wide}
    return {"wide-screen": wide, "narrow-screen": narrow}


def _units(length: float) -> Html:
    return Html(f"{length * EM:.5g}")


def _place(point: Point) -> Html:
    return Html(f"{_units(point.x)} {_units(point.y)}")

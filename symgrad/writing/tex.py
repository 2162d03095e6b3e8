"""A `Document` as a complete LaTeX file for plain pdflatex, by the templates in ``templates/tex``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from symgrad.document.blocks import Display, Document, GraphFigure, Sentence, Table, Words
from symgrad.document.breaking import Line, display_lines
from symgrad.maths.latex import latex
from symgrad.maths.measure import width
from symgrad.maths.nodes import Maths
from symgrad.maths.speech import speech
from symgrad.writing.drawing import Drawing, drawn
from symgrad.writing.escaping import Tex, tex_name, tex_text
from symgrad.writing.tables import columns
from symgrad.writing.templates import Templates

LINE_WIDTH = 40.0
INDENT = 1.5


def to_tex(document: Document) -> str:
    """The LaTeX source: article class, common packages, nothing wider than its line."""
    return _templates().get_template("document.tex.j2").render(document=document)


@cache
def _templates() -> Templates:
    filters: dict[str, Callable[..., Any]] = {
        "columns": _columns,
        "drawing": _drawing,
        "lines": _lines,
        "maths": _maths,
        "name": _name,
        "number": _number,
    }
    return Templates("tex", Tex, tex_text, filters, {"wide": _wide})


def _columns(table: Table) -> tuple[float | None, ...]:
    return columns(table, LINE_WIDTH)


def _lines(display: Display) -> tuple[Line, ...]:
    return display_lines(display, LINE_WIDTH - INDENT)


def _drawing(figure: GraphFigure) -> Drawing:
    return drawn(figure, LINE_WIDTH)


def _maths(node: Maths) -> Tex:
    return Tex(latex(node))


def _wide(node: Maths) -> bool:
    return width(node) > LINE_WIDTH / 2


def _number(value: float) -> Tex:
    return Tex(f"{value:.4g}")


def _name(title: str | Sentence) -> Tex:
    """A title for the PDF's bookmarks and data, where maths is given in words."""
    if isinstance(title, str):
        return tex_name(title)
    return tex_name("".join(part.text if isinstance(part, Words) else speech(part.maths) for part in title))

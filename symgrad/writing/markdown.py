"""A `Document` as Markdown with TeX maths between dollar signs, by the templates in ``templates/md``.

It is what notebooks, GitHub and pandoc read: CommonMark, tables with bars, ``$…$`` and ``$$…$$``. The
computation graph becomes a list, a curve a table of its points.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from symgrad.document.blocks import Document, GraphFigure, Plot
from symgrad.document.breaking import display_parts
from symgrad.languages import Language, language_of
from symgrad.maths.nodes import Maths
from symgrad.writing.drawing import makings
from symgrad.writing.escaping import Md, markdown_line, markdown_text
from symgrad.writing.page import INDENT, LINE_WIDTH, filters
from symgrad.writing.plot import some_points
from symgrad.writing.remembered import plain_latex
from symgrad.writing.templates import Templates, templates

DEEPEST = 6
"""Levels of headings that Markdown has."""

# A bar would end a cell of a table, an angle bracket begin a tag; TeX has names for them. The gap beside
# a column is LaTeX's alone: KaTeX refuses it.
_BARS = ((r"\|", r"\Vert "), ("|", r"\vert "))
_PLAIN_TEX = (("<", r"\lt "), (">", r"\gt "), ("@{}", ""))


def to_markdown(document: Document, own: Path | None = None) -> str:
    """The Markdown source."""
    made = _templates(own, language_of(document.language)).get_template("document.md.j2")
    text = made.render(document=document)
    lines: list[str] = []
    for line in map(str.rstrip, text.split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


@cache
def _templates(own: Path | None, say: Language) -> Templates:
    called: dict[str, Callable[..., Any]] = {
        "maths": _maths,
        "begun": markdown_line,
        "cell": lambda text: Md(_replaced(text, _BARS)),
        "hashes": lambda depth: Md("#" * min(depth, DEEPEST)),
        "makings": partial(_makings, say=say),
        "parts": lambda display: display_parts(display, LINE_WIDTH - INDENT),
        "points": partial(_points, say=say),
    }
    return templates("md", Md, markdown_text, filters(Md, say) | called, own)


def _maths(node: Maths) -> Md:
    return Md(_replaced(plain_latex(node), _PLAIN_TEX))


def _replaced(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _makings(figure: GraphFigure, say: Language) -> list[Md]:
    """What every quantity of the graph is made from."""
    lines = (
        (f"${_maths(label)}$", ", ".join(f"${_maths(source)}$" for source in sources))
        for label, sources in makings(figure)
    )
    return [
        Md(say("{label} is made from {sources}", label=label, sources=sources)) for label, sources in lines
    ]


def _points(plot: Plot, say: Language) -> list[tuple[Md, Md]]:
    return [(Md(say.number(f"{x:.6g}")), Md(say.number(f"{y:.6g}"))) for x, y in some_points(plot)]

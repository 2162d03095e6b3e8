"""A `Document` as a complete LaTeX file for plain pdflatex, by the templates in ``templates/tex``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from symgrad.document.blocks import Document, Inline, Sentence
from symgrad.document.tones import PALETTE
from symgrad.languages import Language, language_of
from symgrad.maths.nodes import Maths
from symgrad.writing.escaping import Tex, tex_name, tex_text
from symgrad.writing.page import filters
from symgrad.writing.remembered import latex, speech
from symgrad.writing.templates import Templates, templates


def to_tex(document: Document, own: Path | None = None) -> str:
    """The LaTeX source: article class, common packages, nothing wider than its line."""
    made = _templates(own, language_of(document.language)).get_template("document.tex.j2")
    return made.render(document=document, fragment=False)


def to_tex_fragment(document: Document, own: Path | None = None) -> str:
    """The same without preamble and title, to be read into another document by its ``\\input``."""
    made = _templates(own, language_of(document.language)).get_template("fragment.tex.j2")
    return made.render(document=document, fragment=True)


@cache
def _templates(own: Path | None, say: Language) -> Templates:
    called: dict[str, Callable[..., Any]] = {"maths": _maths, "name": partial(_name, say=say)}
    made = templates("tex", Tex, tex_text, filters(Tex, say) | called, own)
    made.globals["babel"] = Tex(say.babel)
    made.globals["palette"] = [Tex(tone.light.upper()) for tone in PALETTE]
    return made


def _maths(node: Maths) -> Tex:
    return Tex(latex(node))


def _name(title: str | Sentence, say: Language) -> Tex:
    """A title for the PDF's bookmarks and data, where maths is given in words."""
    if isinstance(title, str):
        return tex_name(title)
    words = (speech(part.maths, say) if isinstance(part, Inline) else part.text for part in title)
    return tex_name("".join(words))

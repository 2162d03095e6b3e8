"""A `Document` as a complete Typst file, by the templates in ``templates/typst``.

All maths carries its spoken text, so the PDF can be read aloud.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from symgrad.document.blocks import Document
from symgrad.document.tones import PALETTE
from symgrad.languages import Language, language_of
from symgrad.maths.nodes import Maths
from symgrad.maths.typst import PRELUDE
from symgrad.writing.escaping import Typ, typst_name, typst_text
from symgrad.writing.page import filters
from symgrad.writing.remembered import speech, typst
from symgrad.writing.templates import Templates, templates


def to_typst(document: Document, own: Path | None = None) -> str:
    """The Typst source: the fonts of the Typst compiler itself, no packages, nothing wider than its line."""
    made = _templates(own, language_of(document.language)).get_template("document.typ.j2")
    return made.render(document=document, prelude=Typ(PRELUDE))


@cache
def _templates(own: Path | None, say: Language) -> Templates:
    called: dict[str, Callable[..., Any]] = {
        "language": _language,
        "maths": _maths,
        "name": typst_name,
        "region": _region,
        "spoken": lambda node: typst_name(speech(node, say)),
    }
    made = templates("typst", Typ, typst_text, filters(Typ, say) | called, own)
    made.globals["palette"] = [Typ(f'rgb("#{tone.light}")') for tone in PALETTE]
    return made


def _maths(node: Maths) -> Typ:
    return Typ(typst(node))


def _language(tag: str) -> Typ:
    """The language of a BCP 47 tag: ``pt`` of ``pt-BR``."""
    return typst_name(tag.split("-")[0].lower())


def _region(tag: str) -> Typ:
    """The region of a BCP 47 tag, ``BR`` of ``pt-BR``, or none."""
    found = [part for part in tag.split("-")[1:] if len(part) == 2 and part.isalpha()]
    return typst_name(found[0].upper()) if found else Typ("none")

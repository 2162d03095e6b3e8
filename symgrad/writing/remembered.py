"""Formulas as they were written before: most of a report that is made again is as it was."""

from __future__ import annotations

from functools import lru_cache

from symgrad.document.tones import toneless
from symgrad.languages import ENGLISH, Language
from symgrad.maths import latex as in_latex
from symgrad.maths import mathml as in_mathml
from symgrad.maths import speech as in_speech
from symgrad.maths import typst as in_typst
from symgrad.maths.nodes import Maths

MOST = 2048
"""Formulas that are kept for each format: those of a few reports."""


@lru_cache(maxsize=MOST)
def speech(node: Maths, say: Language = ENGLISH) -> str:
    """A formula in words."""
    return in_speech.speech(toneless(node), say)


@lru_cache(maxsize=MOST)
def plain_latex(node: Maths) -> str:
    """The LaTeX of a formula without colours, to be read outside of the document."""
    return in_latex.latex(toneless(node))


latex = lru_cache(maxsize=MOST)(in_latex.latex)
mathml = lru_cache(maxsize=MOST)(in_mathml.mathml)
typst = lru_cache(maxsize=MOST)(in_typst.typst)

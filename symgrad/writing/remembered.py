"""Formulas as they were written before: most of a report that is made again is as it was."""

from __future__ import annotations

from functools import lru_cache

from symgrad.maths import latex as in_latex
from symgrad.maths import mathml as in_mathml
from symgrad.maths import speech as in_speech
from symgrad.maths import typst as in_typst

MOST = 2048
"""Formulas that are kept for each format: those of a few reports."""

latex = lru_cache(maxsize=MOST)(in_latex.latex)
mathml = lru_cache(maxsize=MOST)(in_mathml.mathml)
speech = lru_cache(maxsize=MOST)(in_speech.speech)
typst = lru_cache(maxsize=MOST)(in_typst.typst)

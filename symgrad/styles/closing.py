"""The closing table: every gradient at a glance, with its form, its shape and its numbers."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Inline, Sentence, Table
from symgrad.maths.measure import height, width
from symgrad.styles.answers import answer
from symgrad.styles.parts import inline, reals, section, words
from symgrad.styles.setting import Setting, is_constant
from symgrad.tree import Formula, Value

FEWEST = 2
"""Gradients from which a table says more than the passage did."""
WIDEST = {"form": 14.0, "value": 16.0}
TALLEST = 6.0
"""What fits in a cell, in em; of a larger form or number the passages above have it."""
ELSEWHERE, NONE = "see above", "–"


def closing(setting: Setting) -> Iterator[Block]:
    """A row a gradient, from the objective down; those that are plain numbers are left out."""
    found = [
        gradient
        for target, gradient in setting.solution.derivation.gradients.items()
        if not is_constant(gradient) and not setting.is_covered(target)
    ]
    if len(found) >= FEWEST:
        yield from section(words(setting, "Gradients at a glance"), (_table(setting, found),), "glance")


def _table(setting: Setting, gradients: list[GradientOf]) -> Table:
    numbered = any(gradient.target in setting.solution.run.gradients for gradient in gradients)
    columns = ["Gradient", "Form", "Shape", *(["Value"] if numbered else [])]
    header = tuple(words(setting, title) for title in columns)
    rows = tuple(_row(setting, gradient)[: len(columns)] for gradient in gradients)
    answers = tuple(answer(setting.gradient(gradient.target)) for gradient in gradients)
    return Table(header, rows, answers=answers, tall=True)


def _row(setting: Setting, gradient: GradientOf) -> tuple[Sentence, ...]:
    target = gradient.target
    shape = setting.solution.graph.shapes[target]
    number = setting.solution.run.gradients.get(target)
    value = inline(setting, NONE) if number is None else _fitting(setting, Value(number), WIDEST["value"])
    return (
        inline(setting, setting.gradient(target)),
        _form(setting, gradient),
        (Inline(reals(setting, shape)),),
        value,
    )


def _form(setting: Setting, gradient: GradientOf) -> Sentence:
    """The array form; a gradient without one is written entry by entry above."""
    if gradient.matrix_form is None:
        return words(setting, ELSEWHERE)
    return _fitting(setting, gradient.matrix_form, WIDEST["form"])


def _fitting(setting: Setting, formula: Formula, widest: float) -> Sentence:
    maths = setting.maths(formula)
    fits = width(maths) <= widest and height(maths) <= TALLEST
    return (Inline(maths),) if fits else words(setting, ELSEWHERE)

"""The right line in LaTeX: the student's left side, and what belongs on the right."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from symgrad.calculus.derive import derive
from symgrad.calculus.steps import Derivation
from symgrad.checking.explaining.case import Case, literals
from symgrad.checking.explaining.target import Target
from symgrad.checking.worlds.model import Model
from symgrad.errors import SymgradError
from symgrad.maths.latex import latex
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits, array
from symgrad.notation.setting import context_of
from symgrad.submission.lines import Line
from symgrad.tree import Formula, Gradient, Name, Op

NOTATION = "prod"
LARGEST = 24


def right_line(line: Line, case: Case) -> str | None:
    """The line with the right formula, or with the right numbers to the student's digits; None: not known."""
    if case.target is None:
        return None
    if case.numeric:
        right = _numbers(case)
    else:
        formula = _formula_of(case.target, case.model)
        right = None if formula is None else _written(formula, case.model)
    return None if right is None else f"{line.sides[0].latex.strip()} = {right}"


def _formula_of(target: Target, model: Model) -> Formula | None:
    if target.new:
        step = Op("multiply", (Name(model.rate), Gradient(model.objective, target.name)))
        return Op("subtract", (Name(target.name), step)) if model.rate in model.graph.shapes else None
    if not target.wrt:
        return model.graph.quantities.get(target.name)
    derivation = derivation_of(model) if target.name == model.objective else None
    gradient = None if derivation is None else derivation.gradients.get(target.wrt)
    return None if gradient is None else gradient.result


@lru_cache(maxsize=4)
def derivation_of(model: Model) -> Derivation | None:
    """The problem's derivation, worked out when the first wrong line asks for it."""
    graph = model.graph
    asked = tuple(dict.fromkeys((*graph.wrt, *model.parameters, *graph.leaves)))
    try:
        return derive(replace(graph, wrt=asked), model.facts)
    except (SymgradError, ArithmeticError, ValueError, KeyError, TypeError):
        return None


def _numbers(case: Case) -> str | None:
    """The true value to the digits that the written side shows."""
    truth = case.true_side
    if truth is None or truth.size > LARGEST or truth.ndim > 2 or not np.isfinite(truth).all():
        return None
    places = [-literal.place for literal in literals(case.wrong)]
    return latex(array(truth, Digits(max(places, default=0)), row=False))


def _written(formula: Formula, model: Model) -> str | None:
    """A formula as the problem's reports write it."""
    notation = model.problem.report.notation or NOTATION
    try:
        context = context_of(model.graph, model.problem, notation, Digits())
        return latex(to_maths(formula, context))
    except (SymgradError, KeyError, TypeError, ValueError):
        return None

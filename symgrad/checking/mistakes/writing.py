"""The right line in LaTeX: the student's left side, and what belongs on the right."""

from __future__ import annotations

import numpy as np

from symgrad.checking.mistakes.right import Case
from symgrad.checking.printed import printed
from symgrad.checking.world import Model
from symgrad.errors import SymgradError
from symgrad.maths.latex import latex
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits, array
from symgrad.notation.setting import context_of
from symgrad.submission.lines import Line
from symgrad.submission.written import Literal, Node, walk
from symgrad.tree import Array, Formula, Gradient, Name, Partial

NOTATION = "prod"
LARGEST = 24


def right_line(line: Line, case: Case | None, truth: Array | None, wrong: Node, model: Model) -> str | None:
    """The line with the right formula, or with the right numbers to the student's digits; None: not known."""
    if truth is not None:
        right = _numbers(truth, wrong)
    else:
        forms = [form for form in case.forms if form not in _names_of(case)] if case is not None else []
        right = _formula(min(forms, key=_is_gradient), model) if forms else None
    return None if right is None else f"{line.sides[0].latex.strip()} = {right}"


def _is_gradient(formula: Formula) -> bool:
    """Whether a formula only names another gradient."""
    return isinstance(formula, Gradient)


def _names_of(case: Case) -> tuple[Formula, ...]:
    """What stands on the left already."""
    name, wrt = case.target
    return (Name(name),) if wrt is None else (Gradient(name, wrt), Partial(name, wrt))


def _numbers(truth: Array, wrong: Node) -> str | None:
    """An array to the digits that the written side shows."""
    shown = printed(wrong)
    shape = shown.array.shape if shown is not None and shown.array.size == truth.size else truth.shape
    places = [-part.place for part in walk(wrong) if isinstance(part, Literal)]
    if truth.size > LARGEST or truth.ndim > 2 or not np.isfinite(truth).all():
        return None
    return latex(array(truth.reshape(shape), Digits(max(places, default=0)), row=False))


def _formula(formula: Formula, model: Model) -> str | None:
    """A formula as the problem's reports write it."""
    notation = model.problem.report.notation or NOTATION
    try:
        context = context_of(model.graph, model.problem, notation, Digits())
        return latex(to_maths(formula, context))
    except (SymgradError, KeyError):
        return None

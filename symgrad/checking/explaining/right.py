"""The right line in LaTeX: the student's left side, and what belongs on the right."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.derive import gradient_of
from symgrad.calculus.shorter import Definitions
from symgrad.calculus.steps import GradientOf
from symgrad.calculus.worlds import Worlds
from symgrad.checking.explaining.case import Case, literals
from symgrad.checking.explaining.said import formula_in
from symgrad.checking.explaining.target import Target
from symgrad.checking.worlds.model import Model
from symgrad.deadline import OutOfTime
from symgrad.errors import InputError, SymgradError
from symgrad.maths.latex import latex
from symgrad.notation.numerals import Digits, array
from symgrad.operations import operation
from symgrad.submission.lines import Line
from symgrad.submission.read import read_maths
from symgrad.tree import ONE, Formula, Gradient, Name, Op, substitute, transform

LARGEST = 24
PLACES = 3
"""Decimals of the right numbers, where the written side shows none."""


def right_line(line: Line, case: Case) -> str | None:
    """The line with the right formula, or with the right numbers to the student's digits; None: not known."""
    if case.target is None:
        return None
    left = line.sides[0].latex.strip()
    if case.numeric:
        right = _numbers(case)
    else:
        formula = _formula_of(case.target, case.model)
        right = None if formula is None else formula_in(formula, case.model)
        if right is not None and not _holds(right, case):  # about an entry, or the transpose, of the whole
            if any(start == 0 for starts in case.dictionary.starts.values() for start in starts):
                return None  # our y_1 is the y_0 of this work
            left = _whole(case.target, case.model) or left
    return None if right is None else f"{left} = {right}"


def _holds(latex: str, case: Case) -> bool:
    """Whether the student's left side is what a formula comes to, as the checker reads both."""
    try:
        return case.holds(read_maths(latex))
    except InputError:
        return False


def _whole(target: Target, model: Model) -> str | None:
    """The whole quantity or gradient that a line is about."""
    if target.new:
        return None
    if not target.wrt:
        return formula_in(Name(target.name), model)
    return formula_in(Gradient(target.name, target.wrt), model) if target.name == model.objective else None


def _formula_of(target: Target, model: Model) -> Formula | None:
    if target.new:
        rule = model.problem.rule
        if rule is None or not rule.is_plain:
            return None
        step = Op("multiply", (Name(model.rate), Gradient(model.objective, target.name)))
        return Op("subtract", (Name(target.name), step)) if model.rate in model.graph.shapes else None
    if not target.wrt:
        return model.graph.quantities.get(target.name)
    if model.graph.shapes[target.name]:
        return _local(target, model)
    gradient = gradient_by(model, target.name, target.wrt)
    return None if gradient is None else gradient.result


def _local(target: Target, model: Model) -> Formula | None:
    """∂a/∂z of an activation: its derived form on a diagonal, or the Jacobian of softmax."""
    formula, rank = model.graph.quantities.get(target.name), len(model.graph.shapes[target.name])
    if not isinstance(formula, Op) or formula.args != (Name(target.wrt),) or rank != 1:
        return None
    out = Name(target.name)
    if formula.name == "softmax":
        return Op("subtract", (Op("diag", (out,)), Op("outer", (out, out))))
    gradient = gradient_by(model, model.objective, target.wrt)
    if gradient is None or operation(formula.name).kind != "elementwise":
        return None
    form = next((path.formula for path in gradient.paths if path.consumer == target.name), None)
    if form is None:
        return None
    seed: dict[Formula, Formula] = {Gradient(model.objective, target.name): ONE}
    return Op("diag", (transform(substitute(form, seed), _without_ones),))


def _without_ones(node: Formula) -> Formula:
    match node:
        case Op("multiply", (left, right)) if ONE in (left, right):
            return right if left == ONE else left
    return node


def gradient_by(model: Model, of: str, wrt: str) -> GradientOf | None:
    """The derived gradient of a quantity by another; what is derived for it on the way is kept for others."""
    if wrt not in model.below(of):
        return None
    worlds, definitions, known = _begun(model, of)
    try:
        for name in replace(worlds.graph, wrt=(wrt,)).needed():
            if name not in known:
                known[name] = gradient_of(worlds, definitions, name, known, [])
    except (SymgradError, ArithmeticError, ValueError, KeyError, TypeError):
        return None
    except OutOfTime:
        _begun.cache_clear()  # what was interrupted is begun anew
        raise
    return known[wrt]


@lru_cache(maxsize=8)
def _begun(model: Model, of: str) -> tuple[Worlds, Definitions, dict[str, GradientOf]]:
    """What the gradients of a quantity are derived with, and those that have been."""
    graph = replace(model.graph, of=of)
    return Worlds(graph, model.facts), Definitions(graph), {}


def _numbers(case: Case) -> str | None:
    """The true value to the digits that the written side shows."""
    truth = case.true_side
    if truth is None or truth.size > LARGEST or truth.ndim > 2 or not np.isfinite(truth).all():
        return None
    places = [-literal.place for literal in literals(case.wrong)]
    return latex(array(truth, Digits(max(max(places, default=0), 0) or PLACES), row=False))

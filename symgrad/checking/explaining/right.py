"""The right line in LaTeX: the student's left side, and what belongs on the right."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from symgrad.calculus.derive import derive
from symgrad.calculus.steps import Derivation
from symgrad.checking.explaining.case import Case, literals
from symgrad.checking.explaining.target import Target
from symgrad.checking.worlds.model import Model
from symgrad.errors import InputError, SymgradError
from symgrad.maths.latex import latex
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits, array
from symgrad.notation.setting import context_of
from symgrad.operations import operation
from symgrad.submission.lines import Line
from symgrad.submission.read import read_maths
from symgrad.tree import ONE, Formula, Gradient, Name, Op, substitute, transform

NOTATION = "prod"
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
        right = None if formula is None else _written(formula, case.model)
        if right is not None and not _holds(right, case):  # about an entry, or the transpose, of the whole
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
        return _written(Name(target.name), model)
    return _written(Gradient(target.name, target.wrt), model) if target.name == model.objective else None


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
    derivation = derivation_of(model, target.name)
    gradient = None if derivation is None else derivation.gradients.get(target.wrt)
    return None if gradient is None else gradient.result


def _local(target: Target, model: Model) -> Formula | None:
    """∂a/∂z of an activation: its derived form on a diagonal, or the Jacobian of softmax."""
    formula, rank = model.graph.quantities.get(target.name), len(model.graph.shapes[target.name])
    if not isinstance(formula, Op) or formula.args != (Name(target.wrt),) or rank != 1:
        return None
    out = Name(target.name)
    if formula.name == "softmax":
        return Op("subtract", (Op("diag", (out,)), Op("outer", (out, out))))
    derivation = derivation_of(model, model.objective)
    gradient = None if derivation is None else derivation.gradients.get(target.wrt)
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


@lru_cache(maxsize=8)
def derivation_of(model: Model, of: str) -> Derivation | None:
    """The derivation of a quantity, worked out when the first wrong line asks for it."""
    graph = model.graph
    below = model.below(of)
    asked = tuple(name for name in (*graph.leaves, *graph.quantities) if name in below)
    try:
        return derive(replace(graph, of=of, wrt=asked), model.facts)
    except (SymgradError, ArithmeticError, ValueError, KeyError, TypeError):
        return None


def _numbers(case: Case) -> str | None:
    """The true value to the digits that the written side shows."""
    truth = case.true_side
    if truth is None or truth.size > LARGEST or truth.ndim > 2 or not np.isfinite(truth).all():
        return None
    places = [-literal.place for literal in literals(case.wrong)]
    return latex(array(truth, Digits(max(max(places, default=0), 0) or PLACES), row=False))


def _written(formula: Formula, model: Model) -> str | None:
    """A formula as the problem's reports write it."""
    notation = model.problem.report.notation or NOTATION
    try:
        context = context_of(model.graph, model.problem, notation, Digits())
        return latex(to_maths(formula, context))
    except (SymgradError, KeyError, TypeError, ValueError):
        return None

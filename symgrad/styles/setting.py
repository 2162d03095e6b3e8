"""A solution and how it is to be written: what every section of a report is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.steps import GradientOf, Jacobian
from symgrad.document.blocks import Chain, Link, Sentence
from symgrad.errors import InputError
from symgrad.languages import ENGLISH, Language
from symgrad.maths.naming import name
from symgrad.maths.nodes import Maths
from symgrad.notation.context import Context
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits, is_exact
from symgrad.notation.setting import context_of
from symgrad.notation.symbols import Naming
from symgrad.numbers.evaluate import Values
from symgrad.open_rounds import visible
from symgrad.reading.nearest import mend
from symgrad.results.run import Arrays
from symgrad.solution import Solution
from symgrad.styles.update_names import with_updates
from symgrad.tree import Array, Formula, Gradient, Name, Number, Size, Value, children

DETAILS = ("brief", "normal", "full")
"""Main chains only; every kind of step once in single entries; every step."""

# How the rate is called where the problem gives it as a number: the first name that is free.
RATES = ("alpha", "eta", "rate", "step_size")


class Setting(Struct, frozen=True, dict=True):
    """A solution, its names, notation and digits, and how much is explained.

    ``detail`` is one of `DETAILS`. ``rate`` is the symbol of the rate of gradient descent; None
    without an update.
    """

    solution: Solution
    context: Context
    detail: str = "normal"
    rate: Name | None = None

    def maths(self, formula: Formula) -> Maths:
        """A formula in this setting's names, notation and digits."""
        return to_maths(formula, self.context)

    def gradient(self, target: str) -> Gradient:
        """∂of/∂target."""
        return Gradient(self.solution.graph.of, target)

    @property
    def language(self) -> Language:
        """What its sentences are said in."""
        return self.context.language

    @property
    def objective(self) -> Maths:
        """What is differentiated; its letter, where no formula states it."""
        of = self.solution.graph.of
        return self.context.objectives.get(of) or self.maths(Name(of))

    def jacobians(self, target: str) -> tuple[Jacobian, ...]:
        """The Jacobians by ``target`` that the gradient with respect to it needs."""
        return tuple(found for found in self.solution.derivation.jacobians if found.input == target)

    def is_covered(self, target: str) -> bool:
        """Whether a gradient was derived for every number of a counter, and needs no passage of its own."""
        return any(found.covers(target) for found in self.solution.rounds)

    @cached_property
    def values(self) -> Values:
        """All numbers of the solution: quantities, givens, gradients and sizes."""
        run = self.solution.run
        return self.values_of(self.solution.problem.given, run.quantities, run.gradients)

    def values_of(self, leaves: Arrays, quantities: Arrays, gradients: Arrays) -> Values:
        """Numbers by name as values of formulas, at any one point."""
        names: dict[Formula, Any] = {Name(id): value for id, value in {**leaves, **quantities}.items()}
        names |= {self.gradient(id): value for id, value in gradients.items()}
        training = self.solution.training
        if self.rate is not None and training is not None:
            names[self.rate] = np.asarray(training.rate)
        return Values(names, self.solution.graph.sizes)

    def chain(
        self, left: Formula | None, *right: Formula, notes: Mapping[int, Sentence] | None = None
    ) -> Chain:
        """left = right[0] = right[1] …, with notes beside some of the links."""
        notes = notes or {}
        links = tuple(Link("=", self.maths(part), notes.get(n, ())) for n, part in enumerate(right))
        return Chain(None if left is None else self.maths(left), links)

    def relation(self, formula: Formula) -> str:
        """= where all numbers in a stage are printed exactly, ≈ where they are rounded."""
        return "=" if all(is_exact(v, self.context.digits) for v in _arrays(formula)) else "≈"

    def size(self, dim: Any) -> Maths:
        """A dimension: its name, or its number where it has none."""
        return self.maths(Size(str(dim)))


def _arrays(formula: Formula) -> Iterable[Array]:
    if isinstance(formula, Value):
        return [formula.array]
    return [array for part in children(formula) for array in _arrays(part)]


def is_constant(gradient: GradientOf) -> bool:
    """Whether a gradient is a plain number or is given: it needs no passage of its own."""
    return isinstance(gradient.matrix_form, Number) or is_given(gradient)


def is_given(gradient: GradientOf) -> bool:
    """Whether a gradient is the one that the problem gives."""
    return any(step.rule == "upstream" for step in gradient.steps)


def is_unused(gradient: GradientOf) -> bool:
    """Whether the objective does not depend on the target, so that the gradient is zero."""
    return any(step.rule == "unused" for step in gradient.steps)


def setting_of(
    solution: Solution, notation: str, digits: Digits, detail: str | None = None, language: Language = ENGLISH
) -> Setting:
    """The setting of a solution; at the level of detail that its problem asks for, unless one is given.

    Raises `InputError`, at its place in the file, for a level that is not in `DETAILS`.
    """
    problem = solution.problem
    detail = detail or problem.report.detail or "normal"
    if detail not in DETAILS:
        hint = mend(detail, DETAILS, f"there is {', '.join(DETAILS)}")
        raise InputError(f"unknown detail '{detail}'", place=problem.place("report", "detail"), hint=hint)
    written = replace(digits, point=language.decimal)
    context = context_of(solution.graph, problem, notation, written, language)
    solution = visible(solution)
    if problem.update is None:
        return Setting(solution, context, detail)
    if isinstance(problem.update.rate, str):
        return _updating(Setting(solution, context, detail, Name(problem.update.rate)))
    rate = _free_rate(context.naming)
    named = replace(context, naming=_with(context.naming, rate))
    return _updating(Setting(solution, named, detail, Name(rate)))


def _updating(setting: Setting) -> Setting:
    """With the names of what belongs to a step."""
    problem, context = setting.solution.problem, setting.context
    assert setting.rate is not None
    naming = with_updates(context.naming, problem, setting.solution.graph, setting.rate.id)
    return replace(setting, context=replace(context, naming=naming))


def _free_rate(naming: Naming) -> str:
    free = (id for id in RATES if id not in naming.names and not naming.is_taken(name(id, 0)))
    return next(free, RATES[-1])


def _with(naming: Naming, scalar: str) -> Naming:
    return replace(naming, names={**naming.names, scalar: name(scalar, 0)}, ranks={**naming.ranks, scalar: 0})

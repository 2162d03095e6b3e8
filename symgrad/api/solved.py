"""Solving a problem in Python: a read-only face of the solution, for scripts and notebooks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad import pipeline
from symgrad.api.numpy_function import NumpyFunction
from symgrad.api.page import Page
from symgrad.api.problems import Stated, stated_problem
from symgrad.api.views import DerivativeView, GradientView, Named, Spelling, UnknownName, step_view
from symgrad.calculus.definite import Definite
from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.late import Late
from symgrad.maths.latex import latex
from symgrad.notation.formulas import to_maths
from symgrad.notation.numerals import Digits
from symgrad.notation.plain import plain_in
from symgrad.notation.setting import context_of
from symgrad.reading.model import Problem
from symgrad.reading.nearest import mend
from symgrad.rendering import Choices, check_formats, look_of, render
from symgrad.results.training import Training
from symgrad.solution import Solution
from symgrad.styles import UNTITLED, notation_of
from symgrad.styles.sheets import KEY
from symgrad.tree import Array, Formula
from symgrad.writing.files import write_files

if TYPE_CHECKING:
    from symgrad.api import symbolic
else:  # SymPy's printers are loaded where they are asked for
    symbolic = Late("symgrad.api.symbolic")


def solve(problem: Stated) -> WorkedSolution:
    """Every gradient of a problem, derived, checked, and in numbers as far as the givens reach.

    ``problem`` is a problem, the path of a problem file or sheet, or a mapping with the keys of one.
    Raises `InputError` where the problem cannot be used, `DerivationError` where a step fails its check.

    >>> import symgrad as sg
    >>> print(sg.solve(sg.problem({"h": "tanh(a)", "L": "sum(h)"})).gradients["a"])
    ∂L/∂a = 1 - h**2
    >>> sg.solve("reports/lab6.yaml")
    <WorkedSolution: J by W2, b2, W1, b1>
    """
    return WorkedSolution(pipeline.solve(stated_problem(problem)))


def build(
    path: str | os.PathLike[str],
    *,
    to: Sequence[str] = pipeline.DEFAULT_FORMATS,
    folder: str | os.PathLike[str] | None = None,
    style: str | None = None,
    notation: str | None = None,
    digits: int | None = None,
    engine: str | None = None,
    detail: str | None = None,
    sheet: str | None = None,
    language: str | None = None,
    colour: bool | None = None,
) -> tuple[Path, ...]:
    """Write the worked solution of a problem file or sheet, beside it or into a folder.

    It is what ``symgrad build`` does. ``to`` are formats of pdf, tex, html, md and json; all are made before
    the first is written. ``sheet`` is key, questions or gaps: ``--as`` of the command.
    ``language`` is a tag, such as ``de``; ``colour`` gives every quantity of the key its own. The files
    written come back. Raises `InputError` for anything that cannot be used.

    >>> import symgrad as sg, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in sg.build("reports/lab6.yaml", to=["md", "json"], folder=folder)]
    ['lab6.md', 'lab6.json']
    """
    into = None if folder is None else Path(folder)
    choices = Choices(style, notation, digits, engine, detail, sheet, language=language, colour=colour)
    return pipeline.build(Path(path), tuple(to), into, choices).paths


class WorkedSolution:
    """A solved problem. In a notebook it shows its worked steps, and `page` the same with folds and a graph.

    >>> import symgrad as sg
    >>> solution = sg.solve(sg.problem({"p": "w * x", "L": "(p - y)**2"}, given={"w": 2, "x": 3, "y": 5}))
    >>> sorted(solution.gradients)
    ['L', 'p', 'w', 'x', 'y']
    >>> solution.gradients["w"].value, solution.value("p")
    (array(6.), array(6.))
    """

    def __init__(self, solution: Solution) -> None:
        self._solution = solution

    @property
    def problem(self) -> Problem:
        """The problem as it was read."""
        return self._solution.problem

    @property
    def of(self) -> str:
        """The objective."""
        return self._solution.graph.of

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know: unused givens, assumed shapes, values that are not finite."""
        return self._solution.warnings

    @property
    def training(self) -> Training | None:
        """The steps of gradient descent; None without an update, or where it has no numbers."""
        return self._solution.training

    @cached_property
    def gradients(self) -> Named[GradientView]:
        """∂of/∂name by name: what was asked for, everything on the way, and ``of`` itself."""
        return _views(self._solution, self._spelling)

    @cached_property
    def also(self) -> Named[Named[GradientView]]:
        """The gradients of further objectives, by objective and name."""
        found = {other.graph.of: _views(other, self._spelling) for other in self._solution.also}
        return Named("further objectives", found)

    @cached_property
    def jacobians(self) -> Named[DerivativeView]:
        """The Jacobians that were asked for, by ``y/x``: the axes of y first."""
        found = self._solution.jacobians
        return Named("Jacobians", {one.name: self._derivative(one, (one.of, one.wrt)) for one in found})

    @cached_property
    def hessians(self) -> Named[DerivativeView]:
        """The second derivatives that were asked for, by ``w/b``: the axes of w first."""
        found = {
            one.name: self._derivative(one.whole, (one.wrt, one.by), one.definite)
            for one in self._solution.hessians
        }
        return Named("second derivatives", found)

    def value(self, name: str) -> Array:
        """The number of a quantity or a leaf. Raises `UnknownName` where there is none.

        >>> import symgrad as sg
        >>> sg.solve(sg.problem({"L": "w**2"}, given={"w": 3})).value("M")
        Traceback (most recent call last):
        symgrad.api.views.UnknownName: 'M' is no quantity or leaf; there is w, L
        """
        known = {**self.problem.given, **self._solution.run.quantities}
        if name in known:
            return known[name].copy()
        names = [name for name in self._solution.graph.shapes if name not in self._solution.graph.auxiliary]
        if name in names:
            raise UnknownName(f"'{name}' has no number: some given is missing")
        raise UnknownName(
            f"'{name}' is no quantity or leaf; {mend(name, names, 'there is ' + ', '.join(names))}"
        )

    def numpy(self) -> NumpyFunction:
        """The forward and the backward pass as a NumPy function, generated from the derivation.

        >>> import symgrad as sg
        >>> passes = sg.solve(sg.problem({"p": "w * x", "L": "(p - y)**2"})).numpy()
        >>> quantities, gradients = passes(w=2, x=3, y=5)
        >>> quantities["L"], gradients["w"]
        (array(1.), array(6.))
        """
        return NumpyFunction(self._solution)

    def write(
        self,
        path: str | os.PathLike[str],
        *,
        style: str | None = None,
        notation: str | None = None,
        digits: int | None = None,
        engine: str | None = None,
        detail: str | None = None,
        sheet: str | None = None,
        language: str | None = None,
        colour: bool | None = None,
    ) -> Path:
        """Write the worked solution to a file; its ending is the format (pdf, tex, html, md, json).

        What is left out is as the problem says. Raises `InputError` for an unknown format or choice,
        and where the file cannot be written.

        >>> import symgrad as sg, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = sg.solve(sg.problem({"L": "w**2"})).write(f"{folder}/square.tex", notation="bar")
        ...     path.read_text().startswith("\\\\documentclass")
        True
        """
        target = Path(path)
        name = target.suffix.removeprefix(".")
        check_formats([name])
        choices = Choices(style, notation, digits, engine, detail, sheet, language=language, colour=colour)
        write_files({target: self._rendered(name, choices)})
        return target

    def page(self) -> Page:
        """The worked solution as a page, with folds and a drawn graph, in a frame within the notebook."""
        return Page(self.problem.title or UNTITLED, self._rendered("html", Choices(sheet=KEY)).decode())

    def _rendered(self, name: str, choices: Choices) -> bytes:
        return render(self._solution, [name], look_of(self.problem, choices))[name]

    @cached_property
    def _spelling(self) -> Spelling:
        notation = notation_of(look_of(self.problem, Choices()).manner)
        context = context_of(self._solution.graph, self.problem, notation, Digits())

        def latex_of(formula: Formula) -> str:
            return latex(to_maths(formula, context))

        def sympy_of(formula: Formula) -> Any:
            return symbolic.to_sympy(formula, self._solution.graph)

        return Spelling(latex_of, plain_in(context), sympy_of)

    def _derivative(
        self, found: JacobianOf, names: tuple[str, str], definite: Definite | None = None
    ) -> DerivativeView:
        shapes = self._solution.graph.shapes
        shape = tuple(dim for name in names for dim in shapes[name])
        said = None if definite is None else definite.said
        return DerivativeView("/".join(names), shape, said, found, self._spelling)

    def __repr__(self) -> str:
        """The objective, and what it was differentiated by."""
        asked = ", ".join(self._solution.graph.wrt)
        return f"<WorkedSolution: {self.of} by {asked}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The worked steps as Markdown, which a notebook typesets."""
        return {"text/markdown": self._rendered("md", Choices(sheet=KEY)).decode(), "text/plain": repr(self)}


def _views(solution: Solution, spelling: Spelling) -> Named[GradientView]:
    graph, derivation = solution.graph, solution.derivation
    found = {
        name: GradientView(
            name,
            graph.shapes[name],
            tuple(step_view(step, spelling) for step in derivation.steps(name)),
            gradient,
            solution.run.gradients.get(name),
            spelling,
        )
        for name, gradient in derivation.gradients.items()
        if name not in graph.auxiliary
    }
    return Named("gradients", found)

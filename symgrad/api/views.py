"""What a worked solution shows of itself: formulas, steps, gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from symgrad.calculus.jacobian_answers import JacobianOf
from symgrad.calculus.steps import RULES, GradientOf, Step
from symgrad.errors import SymgradError
from symgrad.reading.nearest import mend, there_is
from symgrad.tree import Array, Formula, Gradient

T = TypeVar("T")


class Spelling(Struct, frozen=True):
    """How the formulas of a solution are written, in LaTeX and as plain text."""

    latex: Callable[[Formula], str]
    plain: Callable[[Formula], str]
    sympy: Callable[[Formula], Any]


class UnknownName(SymgradError, KeyError):
    """There is no quantity, leaf or gradient of this name, or it has no number.

    >>> import symgrad as sg
    >>> sg.solve(sg.problem({"L": "w**2"})).gradients["w"].value
    Traceback (most recent call last):
    symgrad.api.views.UnknownName: ∂L/∂w has no number: some given is missing
    """

    def __str__(self) -> str:
        """The message as it is, without the quotes of a KeyError."""
        return str(self.args[0])


class Named(Mapping[str, T]):
    """What a solution holds by name, in order; a name that it lacks raises `UnknownName` with the nearest.

    >>> import symgrad as sg
    >>> gradients = sg.solve(sg.problem({"L": "weight**2"})).gradients
    >>> gradients, "weight" in gradients
    (<gradients: L, weight>, True)
    >>> gradients["wieght"]
    Traceback (most recent call last):
    symgrad.api.views.UnknownName: there is no 'wieght' among the gradients; did you mean 'weight'?
    """

    def __init__(self, kind: str, held: Mapping[str, T]) -> None:
        self._kind, self._held = kind, held

    def __getitem__(self, name: str) -> T:
        if name in self._held:
            return self._held[name]
        others = there_is(self._held) if self._held else "there are none"
        raise UnknownName(f"there is no '{name}' among the {self._kind}; {mend(name, self._held, others)}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        """The names, in angle brackets."""
        return f"<{self._kind}: {', '.join(self._held) or 'none'}>"


class FormulaView(Struct, frozen=True, eq=False):
    """A formula to read: ``str`` gives plain text in the syntax of problem files, ``latex`` LaTeX.

    >>> import symgrad as sg
    >>> view = sg.solve(sg.problem({"L": "sum(w**2) / 2"})).gradients["w"].matrix_form
    >>> str(view), view.latex
    ('w', '\\\\vec{w}')
    """

    formula: Formula
    _spelling: Spelling

    @property
    def latex(self) -> str:
        """The formula in LaTeX, for use inside maths mode."""
        return self._spelling.latex(self.formula)

    @property
    def sympy(self) -> Any:
        """The formula as a SymPy expression, of entries where arrays are in it; ``∂L/∂h`` is ``dL/dh``.

        Indices count from 0. Raises `NotSupported` for a product of whole arrays: take the index form.

        >>> import symgrad as sg
        >>> square = sg.problem({"u": "W @ x", "L": "sum(u**2)"}, shapes={"W": ["m", "n"]})
        >>> sg.solve(square).gradients["x"].index_form.sympy
        Sum(W[j, i]*dL/du[j], (j, 0, m - 1))
        """
        return self._spelling.sympy(self.formula)

    def __str__(self) -> str:
        """The formula as plain text."""
        return self._spelling.plain(self.formula)

    def __repr__(self) -> str:
        """The plain text, in angle brackets."""
        return f"<{self}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"


class StepView(Struct, frozen=True, eq=False):
    """One step of a derivation: ``before`` = ``after``, by a rule.

    ``rule`` is its stable id, ``why`` the reason in words, ``shapes`` the arrays in it with the names
    of their sizes, ``proof`` how the step was checked (``identity``: for all sizes; ``numeric``: in 50
    digits at random points; ``definition``; ``stand-in``, for an unspecified function; ``none found``,
    where there was no point to check it at).

    >>> import symgrad as sg
    >>> first, *_ = sg.solve(sg.problem({"L": "dot(w, x)"})).gradients["w"].steps
    >>> first.rule, str(first.before), first.proof
    ('chain', '∂L/∂w', 'definition')
    >>> first.why
    'chain rule: sum over every quantity that uses it'
    """

    target: str
    rule: str
    before: FormulaView
    after: FormulaView
    why: str
    shapes: Mapping[str, tuple[str | int, ...]]
    proof: str

    def __repr__(self) -> str:
        """The step on one line."""
        return f"<{self.rule}: {self.before} = {self.after}>"


def step_view(step: Step, spelling: Spelling) -> StepView:
    """A step of the calculus as its view."""
    return StepView(
        step.target,
        step.rule,
        FormulaView(step.before, spelling),
        FormulaView(step.after, spelling),
        step.why or (RULES[step.rule].statement if step.rule in RULES else ""),
        dict(step.shapes),
        step.proof,
    )


class GradientView(Struct, frozen=True, eq=False):
    """∂of/∂name: its formula, its number, and the steps to it. It has the shape of its variable.

    >>> import symgrad as sg
    >>> solution = sg.solve(sg.problem({"u": "W @ x", "L": "sum(u**2)"}, given={"W": [[1, 2]], "x": [1, 1]}))
    >>> gradient = solution.gradients["W"]
    >>> print(gradient.matrix_form, "and", gradient.index_form)
    outer(∂L/∂u, x) and ∂L/∂u[i] * x[j]
    >>> gradient.value
    array([[6., 6.]])
    """

    name: str
    shape: tuple[str | int, ...]
    steps: tuple[StepView, ...]
    _gradient: GradientOf
    _value: Array | None
    _spelling: Spelling

    @property
    def of(self) -> str:
        """The objective; of the sum of its entries, where it is no scalar."""
        return self._gradient.of

    @property
    def matrix_form(self) -> FormulaView | None:
        """The gradient as a product of arrays; None where there is no such form."""
        formula = self._gradient.matrix_form
        return None if formula is None else FormulaView(formula, self._spelling)

    @property
    def index_form(self) -> FormulaView:
        """The gradient entry by entry, with letters for the indices."""
        return FormulaView(self._gradient.index_form, self._spelling)

    @property
    def latex(self) -> str:
        """The result in LaTeX: the matrix form where there is one, else the index form."""
        return self._spelling.latex(self._gradient.result)

    @property
    def value(self) -> Array:
        """The numbers, in the shape of the variable. Raises `UnknownName` where a given is missing."""
        if self._value is None:
            raise UnknownName(f"∂{self.of}/∂{self.name} has no number: some given is missing")
        return self._value.copy()

    def __str__(self) -> str:
        """The gradient as an equation in plain text."""
        return f"∂{self.of}/∂{self.name} = {self._spelling.plain(self._gradient.result)}"

    def __repr__(self) -> str:
        """The equation, in angle brackets."""
        return f"<{self}>"

    def _repr_latex_(self) -> str:
        left = self._spelling.latex(Gradient(self.of, self.name))
        return f"$\\displaystyle {left} = {self.latex}$"


class DerivativeView(Struct, frozen=True, eq=False):
    """∂y/∂x or ∂²of/∂w∂b as an answer of its own: the axes of the first name come first.

    ``proof`` is as in `StepView`. ``definite`` is what is proved of the eigenvalues of a second derivative.

    >>> import symgrad as sg
    >>> asked = {"wrt": ["w"], "hessians": ["w"]}
    >>> given = {"a": [1, 2], "w": [0, 1]}
    >>> solution = sg.solve(sg.problem({"L": "sum(a * w**2)"}, backward=asked, given=given))
    >>> solution.hessians["w/w"], solution.hessians["w/w"].shape
    (<w/w: diag(2 * a)>, ('n', 'n'))
    >>> solution.hessians["w/w"].value
    array([[2., 0.],
           [0., 4.]])
    """

    name: str
    shape: tuple[str | int, ...]
    definite: str | None
    _found: JacobianOf
    _spelling: Spelling

    @property
    def formula(self) -> FormulaView:
        """It as an array where there is such a form, else entry by entry."""
        return FormulaView(self._found.result, self._spelling)

    @property
    def latex(self) -> str:
        """The same in LaTeX."""
        return self.formula.latex

    @property
    def proof(self) -> str:
        """How it was checked."""
        return self._found.proof

    @property
    def value(self) -> Array:
        """The numbers. Raises `UnknownName` where a given is missing."""
        if self._found.value is None:
            raise UnknownName(f"{self.name} has no number: some given is missing")
        return self._found.value.copy()

    def __str__(self) -> str:
        """The formula as plain text."""
        return str(self.formula)

    def __repr__(self) -> str:
        """The name and the formula, in angle brackets."""
        return f"<{self.name}: {self}>"

    def _repr_latex_(self) -> str:
        return self.formula._repr_latex_()

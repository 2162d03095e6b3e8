"""A solution as a plain NumPy function: numbers for the leaves in, quantities and gradients out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from symgrad.calculus.stated import is_true
from symgrad.code.function import Function
from symgrad.errors import InputError, NotSupported
from symgrad.graph.shapes import LENGTHS
from symgrad.reading.nearest import mend
from symgrad.results.run import Arrays, by_formulas, lines, may_overflow
from symgrad.solution import Solution
from symgrad.tree import Array, Formula, Gradient, Name, is_specified


class Evaluated(NamedTuple):
    """The values of the quantities, and of the gradients of the objective, by name.

    >>> import symgrad as sg
    >>> found = sg.solve(sg.problem({"L": "w**2"})).numpy()(w=3)
    >>> found.quantities, found.gradients["w"]
    ({'L': array(9.)}, array(6.))
    """

    quantities: dict[str, Array]
    gradients: dict[str, Array]


class NumpyFunction:
    """A forward and a backward pass in NumPy, generated from the derivation.

    It works for all sizes that fit the formulas. ``source`` is its text, a module that needs NumPy
    alone; ``leaves`` are the names of its arguments. Where the derivative of a function of the problem
    overflows in the source, a call works it out with 50 digits.

    >>> import symgrad as sg
    >>> square = sg.solve(sg.problem({"L": "sum(w**2)"}, given={"w": [1, 2]})).numpy()
    >>> square().gradients["w"]
    array([2., 4.])
    >>> square(w=[1, 2, 3]).quantities["L"]
    array(14.)
    >>> "dw = 2 * w" in square.source
    True
    """

    def __init__(self, solution: Solution) -> None:
        self._graph = solution.graph
        self._given = solution.problem.given
        self._facts = solution.derivation.facts
        everything = tuple(lines(solution.graph, solution.derivation))
        if not all(is_specified(line.formula) for line in everything):
            raise NotSupported("a function of this problem is unspecified", hint="give it a formula")
        self._function = Function(solution.graph, solution.graph.leaves, everything)
        self.leaves: tuple[str, ...] = solution.graph.leaves

    @cached_property
    def source(self) -> str:
        """The text of the function and of all it calls."""
        return self._function.source

    def __repr__(self) -> str:
        """The names of the arguments, in angle brackets."""
        return f"<NumpyFunction of {', '.join(self.leaves)}>"

    def __call__(self, givens: Mapping[str, Any] | None = None, /, **more: Any) -> Evaluated:
        """The values at these numbers; what is left out is as the problem gives it.

        Raises `InputError` for an unknown name, a missing one, shapes that do not fit, and numbers for
        which a fact does not hold that the derivation used (such as that y sums to 1).
        """
        leaves = self._leaves({**(givens or {}), **more})
        sizes = self._sizes(leaves)
        self._check_facts(leaves)
        values = self._values(leaves, sizes)
        hidden = self._graph.auxiliary
        own = {key: np.array(value, dtype=float) for key, value in values.items()}
        return Evaluated(
            {key.id: value for key, value in own.items() if isinstance(key, Name) and key.id not in hidden},
            {
                key.wrt: value
                for key, value in own.items()
                if isinstance(key, Gradient) and key.wrt not in hidden
            },
        )

    def _leaves(self, stated: Mapping[str, Any]) -> dict[str, Array]:
        for name in stated:
            if name not in self.leaves:
                raise InputError(
                    f"'{name}' is no leaf", hint=mend(name, self.leaves, f"there is {_listed(self)}")
                )
        given = {**self._given, **stated}
        missing = [name for name in self.leaves if name not in given]
        if missing:
            raise InputError(
                f"no number for {', '.join(missing)}", hint=f"the function takes {_listed(self)}"
            )
        return {name: _array(name, given[name]) for name in self.leaves}

    def _values(self, leaves: Arrays, sizes: Mapping[Any, int]) -> Mapping[Formula, Array]:
        lines = self._function.lines
        with np.errstate(all="ignore"):
            forward, backward = self._function.call(*leaves.values())
        found = (*forward, *backward)
        if may_overflow(lines) and not all(np.isfinite(value).all() for value in found):
            return by_formulas(lines, leaves, sizes)
        return dict(zip((line.target for line in lines), found, strict=True))

    def _check_facts(self, found: Arrays) -> None:
        for fact in self._facts:
            if fact.name in found and not is_true(fact, found[fact.name]):
                raise InputError(
                    f"'{fact.name}' must {fact}: the gradients were simplified by that",
                    hint="solve the problem with other givens, or without 'assume'",
                )

    def _sizes(self, found: Arrays) -> Mapping[Any, int]:
        """The size of every dimension: one for all arrays, and for those that follow from others."""
        sizes: dict[Any, int] = {1: 1}
        for name, array in found.items():
            shape = self._graph.shapes[name]
            if array.ndim != len(shape) or any(
                sizes.setdefault(dim, n) != n for dim, n in zip(shape, array.shape, strict=True)
            ):
                raise InputError(
                    f"'{name}' has the shape {array.shape}", hint=f"it must be {_fitting(shape, sizes)}"
                )
        for (kind, parts, sources), dim in self._graph.derived:
            length = LENGTHS[kind](parts, [sizes[source] for source in sources])
            if length < 1 or sizes.setdefault(dim, length) != length:
                raise InputError(f"the size {dim} cannot be {length}", hint="change the shapes of the arrays")
        return sizes


def _array(name: str, value: Any) -> Array:
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InputError(
            f"'{name}' is no array of numbers", hint="give a number or rows of one length"
        ) from None


def _listed(function: NumpyFunction) -> str:
    return ", ".join(function.leaves)


def _fitting(shape: tuple[Any, ...], sizes: Mapping[Any, int]) -> str:
    return f"({', '.join(str(sizes.get(dim, dim)) for dim in shape)})" if shape else "one number"

"""The problem at one point: the value of every quantity, and the derivative of any by any other."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from symgrad.calculus.steps import Derivation
from symgrad.graph import Graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations import operation
from symgrad.reading.model import Problem
from symgrad.results.run import Program, program, split
from symgrad.tree import Array, Formula, Name, Op, names

STEP = 1e-4
"""Of the central differences: their error is h⁴ in what is cut off and 10⁻¹⁶/h in rounding."""
MOST_UPDATES = 1000
COUNT = re.compile(r"[(\[]*\d{1,9}[)\]]*")
STENCIL = ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0))


@dataclass(frozen=True)
class Model:
    """A solved problem as the checker needs it."""

    problem: Problem
    graph: Graph
    derivation: Derivation

    @property
    def objective(self) -> str:
        """What is differentiated."""
        return self.graph.of

    @property
    def batch(self) -> frozenset[str]:
        """The samples: the dimensions that data have and no parameter has."""
        graph, update = self.graph, self.problem.update
        parameters = {*graph.wrt, *(update.parameters if update is not None else ())} & set(graph.leaves)
        kept = {dim for name in parameters for dim in graph.shapes[name]}
        data = {dim for name in graph.leaves if name not in parameters for dim in graph.shapes[name]}
        data -= kept | {dim for _, dim in graph.derived}
        return frozenset(dim for dim in data if isinstance(dim, str) and parameters)

    @property
    def rows(self) -> frozenset[str]:
        """The dimensions that rows of matrices run over."""
        shapes = (self.graph.shapes[name] for name in self.graph.leaves)
        return frozenset(shape[0] for shape in shapes if len(shape) == 2 and isinstance(shape[0], str))

    def is_direct(self, wrt: str, of: str) -> bool:
        """Whether the formula of ``of``, with its hidden parts, uses ``wrt`` itself."""
        formula = self.graph.quantities.get(of)
        used = names(formula) if formula is not None else ()
        return wrt in used or any(self.is_direct(wrt, part) for part in used if part in self.graph.auxiliary)

    def between(self, wrt: str, of: str) -> tuple[str, ...]:
        """The quantities on the ways from ``wrt`` to ``of``, in forward order, ``of`` last."""
        return _between(self.graph, wrt, of)


def _between(graph: Graph, wrt: str, of: str) -> tuple[str, ...]:
    touched = {wrt}
    for name, formula in graph.quantities.items():
        if name != wrt and touched & set(names(formula)):
            touched.add(name)
    needed = {of}
    for name in reversed(tuple(graph.quantities)):
        if name in needed and name != wrt:
            needed.update(names(graph.quantities[name]))
    return tuple(name for name in graph.quantities if name in touched & needed and name != wrt)


RATE = "learning rate"
"""The name of a learning rate that the problem states as a number."""


def rate_name(problem: Problem) -> str:
    """The given that is the learning rate, or `RATE`."""
    update = problem.update
    return update.rate if update is not None and isinstance(update.rate, str) else RATE


def _labelled(name: str, label: str) -> bool:
    """Whether a name is a label or ends in it: W2, s_out and sout in 2 and out."""
    return name.replace("_", "").endswith(label)


class World:
    """Numbers for the leaves, and what follows from them.

    ``exact`` worlds hold the problem's own givens; the others are random points, at which a true
    equation between names must hold as well.
    """

    def __init__(
        self,
        model: Model,
        leaves: Mapping[str, Array],
        sizes: Mapping[str, int],
        exact: bool = False,
        before: World | None = None,
    ) -> None:
        self.model, self.leaves, self.sizes, self.exact = model, dict(leaves), dict(sizes), exact
        self.before = before
        self.step: int = 0 if before is None else before.step + 1
        self._derivatives: dict[tuple[str, str, bool], Array] = {}

    @cached_property
    def _program(self) -> Program:
        graph = replace(self.model.graph, sizes=self.sizes)
        return program(graph, self.model.derivation, self.leaves)

    @cached_property
    def _point(self) -> dict[Formula, Array]:
        with np.errstate(all="ignore"):
            return self._program.run(self.leaves)

    @cached_property
    def values(self) -> Mapping[str, Array]:
        """Leaves, the learning rate and quantities, as far as they have a value."""
        return {**self.leaves, **split(self._point, self.model.graph)[0]}

    def with_leaves(self, changed: Mapping[str, Array]) -> World:
        """The same point but for some leaves, before any update."""
        return World(self.model, {**self.leaves, **changed}, self.sizes, self.exact)

    @cached_property
    def gradients(self) -> Mapping[str, Array]:
        """The gradients of the objective."""
        return split(self._point, self.model.graph)[1]

    @cached_property
    def after(self) -> World:
        """The world after one step of gradient descent with the problem's update."""
        update = self.model.problem.update
        if update is None:
            raise KeyError("update")
        rate = self.values[rate_name(self.model.problem)]
        moved = {p: self.leaves[p] - rate * self.gradients[p] for p in update.parameters}
        return World(self.model, {**self.leaves, **moved}, self.sizes, self.exact, self)

    def marked(self, mark: str, later: Collection[str], earlier: Collection[str]) -> Iterator[World]:
        """The worlds that a mark on a name may point at: after the next update, or after so many."""
        if self.model.problem.update is None:
            return
        if mark in later:
            yield self.after
        elif mark in earlier:
            yield self
        elif COUNT.fullmatch(mark) and int(mark.strip("()[]")) <= MOST_UPDATES:
            worlds = [self]
            while worlds[0].before is not None:
                worlds.insert(0, worlds[0].before)
            count = int(mark.strip("()[]"))
            while len(worlds) <= count:
                worlds.append(worlds[-1].after)
            yield worlds[count]
            if count:
                yield worlds[count - 1]

    def activations(self, x: Array) -> Iterator[str]:
        """The elementwise operations that the problem applies to a quantity of this value."""
        for formula in self.model.graph.quantities.values():
            match formula:
                case Op(function, (Name(source),)) if operation(function).kind == "elementwise":
                    value = self.values.get(source)
                    if value is not None and value.shape == x.shape and np.allclose(value, x):
                        yield function

    def preactivations(self, label: str) -> tuple[str, ...]:
        """The quantities with this label that an activation is applied to.

        A number that is no name's is the layer's: δ_2 belongs to the second of them. Without either,
        all quantities with the label.
        """
        graph = self.model.graph
        made = [q for q in graph.quantities if q != graph.of]
        activated = [q for q in made if self._activated(q)]
        labelled = [q for q in made if not label or _labelled(q, label)]
        named = [q for q in activated if q in labelled]
        layer = int(label) - 1 if label.isdigit() and len(label) < 3 else -1
        numbered = activated[layer : layer + 1] if layer >= 0 and not named else []
        return tuple(named or (*numbered, *(q for q in labelled if q not in numbered)))

    def _activated(self, name: str) -> bool:
        """Whether a function of the one argument, of its shape, is applied to a quantity."""
        graph = self.model.graph
        return any(
            isinstance(formula, Op)
            and formula.args == (Name(name),)
            and operation(formula.name).kind in ("elementwise", "structured")
            and graph.shapes[made] == graph.shapes[name]
            for made, formula in graph.quantities.items()
        )

    def downstream(self, name: str, moved: Array) -> Mapping[str, Array]:
        """Every quantity that rests on ``name``, were that another array."""
        point: dict[Formula, Array] = {Name(n): array for n, array in self.values.items()}
        point[Name(name)] = moved
        values, changed = Values(point, self.sizes), {name: moved}
        for quantity, formula in self.model.graph.quantities.items():
            if quantity in self.values and not changed.keys().isdisjoint(names(formula)) and quantity != name:
                changed[quantity] = point[Name(quantity)] = evaluate(formula, values)
        return changed

    def derivative(self, of: str, wrt: str, direct: bool = False) -> Array:
        """∂of/∂wrt with the axes of ``of`` before those of ``wrt``; ``direct``: by the one formula alone."""
        key = (of, wrt, direct)
        if key not in self._derivatives:
            self._derivatives[key] = self._differentiate(*key)
        return self._derivatives[key]

    def _differentiate(self, of: str, wrt: str, direct: bool) -> Array:
        at, value = self.values[wrt], self.values[of]
        if of == wrt:
            return np.eye(at.size).reshape(at.shape + at.shape)
        if of == self.model.objective and value.ndim == 0 and wrt in self.gradients and not direct:
            return self.gradients[wrt]
        way = self.model.between(wrt, of)
        if direct:
            hidden = set(self.model.graph.auxiliary)
            way = tuple(name for name in way if name in hidden or name == of)
        return differences(lambda moved: self._along(way, wrt, moved, of), at, value)

    def _along(self, way: tuple[str, ...], wrt: str, moved: Array, of: str) -> Array:
        point: dict[Formula, Array] = {Name(name): array for name, array in self.values.items()}
        point[Name(wrt)] = moved
        values = Values(point, self.sizes)
        for name in way:
            point[Name(name)] = evaluate(self.model.graph.quantities[name], values)
        return point[Name(of)]


def differences(function: object, at: Array, value: Array) -> Array:
    """The derivative of ``function`` at an array, axes of its value first, by central differences."""
    assert callable(function)
    found = np.zeros(value.shape + at.shape)
    with np.errstate(all="ignore"):
        for where in np.ndindex(at.shape):
            h = STEP * max(1.0, abs(float(at[where])))
            for reach, weight in STENCIL:
                moved = np.array(at, dtype=float)
                moved[where] += reach * h
                found[(..., *where)] += weight * np.asarray(function(moved)) / (12 * h)
    return found


def ancestors(graph: Graph, name: str) -> Iterator[str]:
    """Every name that ``name`` rests on, itself included, each once."""
    wanted = {name}
    if name not in graph.quantities:
        yield name
        return
    for made in reversed(tuple(graph.quantities)):
        if made in wanted:
            wanted.update(names(graph.quantities[made]))
    yield from wanted

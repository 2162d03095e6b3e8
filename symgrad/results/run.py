"""The values of all quantities and gradients at the givens, as far as those reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np

from symgrad.calculus.steps import Derivation
from symgrad.calculus.verify import result_value
from symgrad.graph import Graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.shapes import Shape
from symgrad.tree import Array, Formula, Gradient, Name, Op, Size, walk

Arrays: TypeAlias = Mapping[str, Array]
Needs: TypeAlias = "frozenset[Formula]"
Kind: TypeAlias = Literal["quantity", "gradient"]


@dataclass(frozen=True, slots=True)
class NonFinite:
    """The first entry of an array that is NaN or infinite; ``index`` counts from 0."""

    kind: Kind
    name: str
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Run:
    """The values found: quantities, gradients of the objective, and what is not finite among them."""

    quantities: Arrays
    gradients: Arrays
    nonfinite: tuple[NonFinite, ...]


def run(graph: Graph, derivation: Derivation, given: Arrays) -> Run:
    """Every quantity and gradient that has a value at the givens; a gradient has its variable's shape."""
    point = program(graph, derivation, given).run(given)
    quantities, gradients = split(point, graph)
    found = (*nonfinite("quantity", quantities), *nonfinite("gradient", gradients))
    return Run(quantities, gradients, found)


@dataclass(frozen=True)
class Line:
    """One formula to evaluate, what its value is of, and the names and gradients it needs."""

    target: Name | Gradient
    needs: Needs
    value: Callable[[Values], Array]


@dataclass(frozen=True)
class Program:
    """Formulas in an order in which each needs only leaves and lines before it."""

    lines: tuple[Line, ...]
    sizes: Mapping[str, int]

    def run(self, leaves: Arrays) -> dict[Formula, Array]:
        """The values of all lines, beside those of the leaves."""
        point: dict[Formula, Array] = {Name(name): array for name, array in leaves.items()}
        values = Values(point, self.sizes)
        with np.errstate(all="ignore"):
            for line in self.lines:
                point[line.target] = line.value(values)
        return point

    def only(self, targets: Iterable[Formula]) -> Program:
        """The lines that ``targets`` rest on, and no others."""
        wanted = set(targets)
        kept: list[Line] = []
        for line in reversed(self.lines):
            if line.target in wanted:
                wanted |= line.needs
                kept.append(line)
        return Program(tuple(reversed(kept)), self.sizes)


def program(graph: Graph, derivation: Derivation, given: Arrays) -> Program:
    """All formulas that have a value once the leaves in ``given`` have one."""
    known: set[Formula] = {Name(name) for name in given}
    lines: list[Line] = []
    for line, dims in _lines(graph, derivation):
        if line.needs <= known and dims <= graph.sizes.keys():
            known.add(line.target)
            lines.append(line)
    return Program(tuple(lines), graph.sizes)


def split(point: Mapping[Formula, Array], graph: Graph) -> tuple[dict[str, Array], dict[str, Array]]:
    """The quantities and the gradients among values, by name."""
    quantities = {name: point[Name(name)] for name in graph.quantities if Name(name) in point}
    gradients = {key.wrt: array for key, array in point.items() if isinstance(key, Gradient)}
    return quantities, gradients


def nonfinite(kind: Kind, arrays: Arrays) -> Iterator[NonFinite]:
    """The first NaN or infinite entry of each array that has one."""
    for name, array in arrays.items():
        for position in np.argwhere(~np.isfinite(array))[:1]:
            index = tuple(position.tolist())
            yield NonFinite(kind, name, index, float(array[index]))


def _lines(graph: Graph, derivation: Derivation) -> Iterator[tuple[Line, set[str]]]:
    """Every formula as a line, and the dimensions whose size it takes."""
    for name, formula in graph.quantities.items():
        yield Line(Name(name), _needs(formula), partial(evaluate, formula)), _dims(formula, ())
    for name, gradient in derivation.gradients.items():
        target, dims = Gradient(graph.of, name), _dims(gradient.result, graph.shapes[name])
        yield Line(target, _needs(gradient.result), partial(result_value, gradient)), dims


def _needs(formula: Formula) -> Needs:
    return frozenset(node for node in walk(formula) if isinstance(node, Name | Gradient))


def _dims(formula: Formula, shape: Shape) -> set[str]:
    """The named dimensions of a shape and of the sizes and constant arrays in a formula."""
    found: set[Any] = set(shape)
    for node in walk(formula):
        match node:
            case Size(id):
                found.add(id)
            case Op():
                found.update((*node.option("shape", ()), node.option("size")))
    return {dim for dim in found if isinstance(dim, str) and dim != "1"}

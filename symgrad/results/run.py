"""The values of all quantities and gradients at the givens, as far as those reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from msgspec import Struct

from symgrad.calculus.spelling import Letters
from symgrad.calculus.steps import Derivation, GradientOf
from symgrad.code.function import Function, Line
from symgrad.graph import Graph
from symgrad.numbers.entries import evaluate_entries
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations.own import CALL
from symgrad.operations.record import Numbers
from symgrad.results.amounts import check_amounts
from symgrad.results.quotients import defined
from symgrad.results.residue import (
    SETTLING,
    decimals,
    floats,
    is_delicate,
    may_be_residue,
    parted,
    settled,
    with_digits,
)
from symgrad.tree import Array, Formula, Gradient, Name, Op, Size, is_specified, walk

Arrays: TypeAlias = Mapping[str, Array]
Kind: TypeAlias = Literal["quantity", "gradient"]


MOST = 2_000
"""Numbers in all up to which 50 digits are no burden."""


class NonFinite(Struct, frozen=True):
    """The first entry of an array that is NaN or infinite; ``index`` counts from 0."""

    kind: Kind
    name: str
    index: tuple[int, ...]
    value: float


class Run(Struct, frozen=True):
    """The values found: quantities, gradients of the objective, and what is not finite among them."""

    quantities: Arrays
    gradients: Arrays
    nonfinite: tuple[NonFinite, ...]


def run(graph: Graph, derivation: Derivation, given: Arrays) -> Run:
    """Every quantity and gradient that has a value at the givens; a gradient has its variable's shape."""
    whole = program(graph, derivation, given)
    check_amounts(graph, whole.lines)
    point = settle(whole, given)
    quantities, gradients = split(point, graph)
    found = (*nonfinite("quantity", quantities), *nonfinite("gradient", gradients))
    return Run(quantities, gradients, found)


def settle(program: Program, given: Arrays) -> dict[Formula, Array]:
    """The values of a program; with 50 digits where rounding has left something of what is exactly 0."""
    point = program.run(given)
    found = [point[line.target] for line in program.lines]
    if not program.is_small or not (may_be_residue(found) or program.is_delicate_at(point)):
        return point
    exact = with_digits(lambda: program.exact({name: decimals(array) for name, array in given.items()}))
    true = None if exact is None else with_digits(lambda: {key: floats(a) for key, a in exact.items()})
    if true is None or not parted(found, (true[line.target] for line in program.lines)):
        return point
    settled_point: dict[Formula, Array] = {**true, **{Name(name): array for name, array in given.items()}}
    return settled_point | defined(program.graph, settled_point, (line.target for line in program.lines))


class Program(Struct, frozen=True, dict=True):
    """Formulas in an order in which each needs only leaves and lines before it."""

    lines: tuple[Line, ...]
    graph: Graph

    @cached_property
    def _function(self) -> Function:
        return Function.of_lines(self.graph, self.lines)

    def run(self, leaves: Arrays) -> dict[Formula, Array]:
        """The values of all lines, beside those of the leaves; of gradients by definition if need be."""
        point = self._run(leaves)
        return point | defined(self.graph, point, (line.target for line in self.lines))

    def _run(self, leaves: Arrays) -> dict[Formula, Array]:
        point: dict[Formula, Array] = {Name(name): array for name, array in leaves.items()}
        function = self._function
        with np.errstate(all="ignore"):
            forward, backward = function.call(*(leaves[leaf] for leaf in function.leaves))
        values = (*forward, *backward)
        if self._overflows and not all(np.isfinite(value).all() for value in values):
            return by_formulas(self.lines, leaves, self.graph.sizes)
        found = zip(self.lines, values, strict=True)
        point.update((line.target, np.asarray(value, dtype=float)) for line, value in found)
        return point

    def exact(self, leaves: Mapping[str, Numbers]) -> dict[Formula, Numbers]:
        """The values of all lines with 50 digits, what is next to nothing as 0; slow."""
        point: dict[Formula, Numbers] = {Name(name): array for name, array in leaves.items()}
        values = Values(point, {1: 1, **self.graph.sizes}, SETTLING)
        for line in self.lines:
            point[line.target] = settled(line.formula, _value(line, values), values)
        return point

    def is_delicate_at(self, point: Mapping[Formula, Array]) -> bool:
        """Whether rounding may decide in a quantity's formula."""
        forward = (line.formula for line in self.lines if isinstance(line.target, Name))
        return is_delicate(forward, Values(point, {1: 1, **self.graph.sizes}))

    @cached_property
    def is_small(self) -> bool:
        """Whether working with 50 digits takes no time that anybody notices."""
        return self.entries <= MOST

    @cached_property
    def entries(self) -> int:
        """How many numbers there are in all lines."""
        return sum(prod(self.graph.sizes.get(dim, 1) for dim in line.shape) for line in self.lines)

    @cached_property
    def _overflows(self) -> bool:
        return may_overflow(self.lines)

    def only(self, targets: Iterable[Formula]) -> Program:
        """The lines that ``targets`` rest on, and no others."""
        wanted = set(targets)
        kept: list[Line] = []
        for line in reversed(self.lines):
            if line.target in wanted:
                wanted |= needs(line)
                kept.append(line)
        return Program(tuple(reversed(kept)), self.graph)


def may_overflow(lines: Iterable[Line]) -> bool:
    """Whether code may overflow on the way to a finite number: in the derivative of a problem's function.

    Those of the table are stable.
    """
    nodes = (node for line in lines for node in walk(line.formula))
    return any(isinstance(node, Op) and node.option("function") == CALL.name for node in nodes)


def by_formulas(lines: Iterable[Line], leaves: Arrays, sizes: Mapping[Any, int]) -> dict[Formula, Array]:
    """The values of all lines, formula by formula: slow, with 50 digits where floats overflow on the way."""
    point: dict[Formula, Array] = {Name(name): array for name, array in leaves.items()}
    values = Values(point, {1: 1, **sizes})
    for line in lines:
        point[line.target] = np.asarray(_value(line, values), dtype=float)
    return point


def _value(line: Line, values: Values) -> Numbers:
    shape = tuple(values.sizes[dim] for dim in line.shape)
    if line.letters is None:
        found = evaluate(line.formula, values)
    else:
        ranges = dict(zip(line.letters, shape, strict=True))
        found = evaluate_entries(line.formula, line.letters, values, ranges)
    return np.broadcast_to(found, shape)


def program(graph: Graph, derivation: Derivation, given: Arrays) -> Program:
    """All formulas that have a value once the leaves in ``given`` have one."""
    return Program(tuple(_reached(lines(graph, derivation), graph, given)), graph)


def check_forward(graph: Graph, given: Arrays) -> None:
    """Whether the quantities that the givens reach are small enough to be worked out. Raises `Spent`."""
    check_amounts(graph, _reached(forward_lines(graph), graph, given))


def _reached(lines: Iterable[Line], graph: Graph, given: Arrays) -> Iterator[Line]:
    """The lines that have a value once the leaves in ``given`` have one."""
    known: set[Formula] = {Name(name) for name in given}
    for line in lines:
        if is_specified(line.formula) and needs(line) <= known and _dims(line) <= graph.sizes.keys():
            known.add(line.target)
            yield line


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


def lines(graph: Graph, derivation: Derivation) -> Iterator[Line]:
    """Every formula as a line: the quantities in forward order, then the gradients in backward order."""
    yield from forward_lines(graph)
    for name, gradient in derivation.gradients.items():
        target, shape = Gradient(graph.of, name), graph.shapes[name]
        yield Line(target, gradient.result, shape, _letters(gradient))


def forward_lines(graph: Graph) -> Iterator[Line]:
    """The quantities as lines, in forward order."""
    for name, formula in graph.quantities.items():
        yield Line(Name(name), formula, graph.shapes[name])


def _letters(gradient: GradientOf) -> tuple[str, ...] | None:
    """The free letters of a gradient in index form."""
    letters = Letters(*gradient.free)
    return tuple(map(letters, gradient.free)) if gradient.matrix_form is None else None


def needs(line: Line) -> frozenset[Formula]:
    """The names and gradients in the formula of a line."""
    return frozenset(node for node in walk(line.formula) if isinstance(node, Name | Gradient))


def _dims(line: Line) -> set[str]:
    """The named dimensions of a line's shape and of the sizes and constant arrays in its formula."""
    found: set[Any] = set(line.shape) if isinstance(line.target, Gradient) else set()
    for node in walk(line.formula):
        match node:
            case Size(id):
                found.add(id)
            case Op():
                found.update((*node.option("shape", ()), node.option("size")))
    return {dim for dim in found if isinstance(dim, str) and dim != "1"}

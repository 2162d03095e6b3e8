"""Printed numbers: how far a value may be off that was worked out from them.

A number that stands alone is right to its last digit. One that goes into a formula may be the rounding
of a value that is known exactly: then the formula is as far off as that rounding takes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from operator import methodcaller
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.judging.sides import stands_alone
from symgrad.checking.meaning.arithmetic import PRINTED
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown
from symgrad.checking.worlds.jets import H
from symgrad.checking.worlds.moved import Nested, NoValue, at
from symgrad.checking.worlds.tensor import Misfit, Tensor, spread
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Literal, Matrix, Negative, Node, Quotient, Span, Subtract, walk
from symgrad.tree import Array, Formula, Op
from symgrad.tree import walk as parts_of

MOST_LITERALS = 400
MOST_OTHERS = 4
FEW_DIGITS, MANY_DIGITS = 2, 4
"""Digits with which a number within a formula may be a rounding, and be as far off as one alone."""
MORE_DIGITS = 3
EXACT = 1e-9
DIGITS = 12
CURVED = 1.1
"""What a formula may be further off than its slope says."""
BEYOND = -5
"""The place up to which a value is no other than the whole number that is printed for it."""
LARGE = 0.25
"""The part of a difference quotient that rounding may make up: 0.881 − 0.879 could be 0.88 − 0.88."""


class Margins(Struct, frozen=True, eq=False):
    """The margins of a line at one point: ``units`` of the last digit for a number that stands alone.

    ``known`` are the exact values that printed numbers may be roundings of, sorted; with none, numbers
    within a formula are taken as they are printed. ``many``: units for those there that have many digits.
    """

    units: float
    known: Any = None
    many: float = 0.5
    coarse: int = 0
    """Digits with which a number within a formula is no rounding, beside a result of many more."""

    def __call__(self, node: Node, scope: Scope) -> Tensor | None:
        """By how much the value of a side may be off."""
        literals = [part for part in walk(node) if isinstance(part, Literal) and part.place < 0]
        alone = stands_alone(node)
        literals += [*_shortened(node), *_whole(node)] if alone else []
        if (not literals and not alone) or len(literals) > MOST_LITERALS:
            return None
        if not alone and self.known is None:
            return None
        by_span = {part.span: part for part in literals}
        spans = {span: n for n, span in enumerate(by_span)}
        if not spans:
            return None
        try:
            script = {key: taken for key, (taken, _) in scope.choices.trail.items()}
            moved = replace(scope, literals=spans, choices=Choices(script, effort=scope.choices.effort))
            found = moved.evaluate(node)
        except (Unknown, Misfit, NoValue, Nested, Labelled):
            return None
        if PRINTED not in found.axes:
            return None
        rows = frozenset(() if alone else self._rounded_together(node))
        margins = np.array([self._margin(by_span[span], alone, span in rows) for span in spans])
        rest = tuple(axis for axis in found.axes if axis != PRINTED)
        values = spread(found, (PRINTED, *rest))
        total = np.tensordot(margins, np.abs(np.imag(values)) / H, axes=(0, 0))
        if not alone and _is_slope(node) and np.any(total > LARGE * np.abs(np.real(values[0]))):
            return None
        return Tensor(total, rest, found.stands, found.kind)

    def _margin(self, literal: Literal, alone: bool, beside: bool) -> float:
        unit = 10.0**literal.place
        if alone:
            return unit * self.units
        value = float(abs(literal.value))
        whole = round(value / unit)
        digits = FEW_DIGITS if beside else _digits(literal)
        if digits <= self.coarse and not beside:  # its array has others, that are rounded
            return 0.0
        rounding = unit * (self.many if digits >= MANY_DIGITS else 0.5 if digits >= FEW_DIGITS else 0.0)
        near = self._near(value, unit)
        padded = whole % 10 == 0 and whole != 0  # 0.100: nobody writes an exact number so
        if near.size and not padded and not beside and np.abs(near - value).min() <= EXACT * max(1.0, value):
            return 0.0  # the number itself is known; that it is a rounding of another is tried apart
        if near.size:
            apart = np.abs(near - value)
            if digits <= FEW_DIGITS and (apart <= unit / 2).any():  # few digits are near to much
                apart = apart[apart <= unit / 2]
            return max(float(apart.max()) * CURVED + 1e-12, rounding)
        return rounding

    def _rounded_together(self, node: Node) -> Iterator[Span]:
        """The numbers of arrays that are rounded as a whole, as one of them is no value that is known: 0.281.

        Beside it 0.008 has one digit, and 0.3 may happen to be another value that is known exactly.
        """
        for part in walk(node):
            if isinstance(part, Matrix):
                cells = (n for row in part.rows for cell in row for n in walk(cell))
                numbers = [n for n in cells if isinstance(n, Literal) and n.place < 0]
                rounded = {n.place for n in numbers if self._margin(n, alone=False, beside=False) > 0}
                yield from (n.span for n in numbers if n.place in rounded)

    def _near(self, value: float, unit: float) -> Any:
        low, high = (np.searchsorted(self.known, value + sign * unit) for sign in (-1, 1))
        near = self.known[low:high]
        near = near[near > unit / 4] if value else near  # nobody rounds 0 to something else
        units = near / unit
        exact = np.abs(units - np.round(units)) < EXACT  # 0.3 is never rounded to 0.4
        return near[~exact | (np.abs(near - value) <= EXACT * max(1.0, value))]

    def others(self, node: Node) -> Iterator[tuple[Span, float]]:
        """Printed numbers that are known exactly and may be the rounding of another value as well."""
        parts = [part for part in walk(node) if isinstance(part, Literal)]
        for part in sorted(parts, key=lambda part: part.place):  # the finest have the fewest
            if part.place < 0 and self.known is not None and _digits(part) > self.coarse:
                value, unit = float(abs(part.value)), 10.0**part.place
                near = self._near(value, unit / 2)
                exact = np.abs(near - value) <= EXACT * max(1.0, value)
                if exact.any():
                    yield from ((part.span, float(other)) for other in near[~exact][:MOST_OTHERS])


def coarse_beside(node: Node) -> int:
    """The digits with which nobody rounds who prints this result: one beside 0.4423."""
    number = node.body if isinstance(node, Negative) else node
    return max(0, _digits(number) - MORE_DIGITS) if isinstance(number, Literal) else 0


def _digits(literal: Literal) -> int:
    whole = round(float(abs(literal.value)) / 10.0**literal.place)
    return len(str(whole)) if whole else 0


def _is_slope(node: Node) -> bool:
    """Whether numbers that are close to each other are subtracted and divided by a step."""
    return any(isinstance(part, Quotient) and isinstance(part.left, Subtract) for part in walk(node))


def _shortened(node: Node) -> list[Literal]:
    """Whole numbers of arrays with decimals, as if they had as many: −2 beside −1.07 may be −2.00."""
    found: list[Literal] = []
    for part in walk(node):
        if isinstance(part, Matrix):
            cells = (n for row in part.rows for cell in row for n in walk(cell))
            numbers = [n for n in cells if isinstance(n, Literal)]
            finest = min((n.place for n in numbers), default=0)
            found += [replace(n, place=finest) for n in numbers if n.place == 0 > finest and n.value]
    return found


def _whole(node: Node) -> list[Literal]:
    """A whole number alone but 0, as if with decimals beyond those that are printed: 2 for √(4 + 10⁻⁵)."""
    number = node.body if isinstance(node, Negative) else node
    found = [number] if isinstance(number, Literal) else []
    return [replace(n, place=BEYOND) for n in found if n.place == 0 and n.value]


def known_values(world: World) -> Any:
    """The sizes of all entries of all names and gradients at a point, and before its last update, sorted.

    Where w has been updated, the numbers for b are still those of the step before.
    """
    worlds = (world,) if world.before is None else (world, world.before)
    arrays = [np.abs(np.ravel(array)) for each in worlds for array in _arrays(each)]
    return np.unique(np.concatenate(arrays or [np.zeros(0)]))


def values_of_names(world: World) -> frozenset[float]:
    """The absolute values of whatever may be put in at a point, and how long axes are."""
    found: set[float] = set(map(float, world.sizes.values()))
    for array in named_arrays(world):
        found.update(np.round(np.abs(np.ravel(np.real(array(world)))), DIGITS).tolist())
    return frozenset(found)


def named_arrays(world: World) -> Iterator[Callable[[World], Array]]:
    """What numbers may be put in for: leaves, quantities and their gradients, the sums a − y in formulas.

    All of them have a value at this point.
    """
    graph = world.model.graph
    names = [name for name in (*graph.leaves, *graph.quantities) if name not in world.model.labels]
    sums = {part for formula in graph.quantities.values() for part in parts_of(formula) if _is_sum(part)}
    arrays: list[Callable[[World], Array]] = [
        *(methodcaller(kind, name) for name in names for kind in ("value", "gradient")),
        *(partial(_worth, part) for part in sorted(sums, key=str)),
    ]
    for array in arrays:
        with suppress(NoValue):
            array(world)
            yield array


def _worth(part: Formula, world: World) -> Array:
    return np.asarray(at(part, world.value, world.sizes))


def _is_sum(part: Formula) -> bool:
    return isinstance(part, Op) and part.name in ("add", "subtract")


def _arrays(world: World) -> Iterator[Any]:
    graph = world.model.graph
    yield from world.next.moments
    for name in (*world.leaves, *graph.quantities):
        try:
            yield world.value(name)
        except NoValue:
            continue
        if name in graph.shapes:
            try:
                yield world.gradient(name)
            except NoValue:
                continue

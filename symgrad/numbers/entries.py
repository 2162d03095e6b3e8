"""The value of an index formula (Σ_k W_kj g_k) as an array over its free letters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial, reduce

import numpy as np
from msgspec.structs import replace

from symgrad.numbers.evaluate import MADE, Values, evaluate, operated
from symgrad.operations.record import Numbers
from symgrad.tree import (
    ONE,
    Cases,
    Delta,
    Entry,
    Formula,
    Name,
    Op,
    Total,
    children,
    folded,
    transform,
    walk,
)

BY_ENTRIES = "by_entries"
"""An array that is said entry by entry, a formula over #0, #1, … for the arrays in it."""


def evaluate_entries(
    formula: Formula, free: Sequence[str], values: Values, ranges: Mapping[str, int]
) -> Numbers:
    """The array whose entry at the letters ``free`` is ``formula``.

    ``ranges`` gives the sizes of letters that no entry shows (those of a δ alone).
    """
    values = values if values.known is not None else replace(values, known={})
    formula = _by_axes(formula)
    sizes = _linked(formula, {**_ranges(formula, values), **ranges})
    order = list(dict.fromkeys([*free, *sizes, *_letters(formula)]))
    found = _value(formula, order, sizes, values)
    shape = tuple(sizes[letter] for letter in free)
    return np.asarray(np.broadcast_to(found, (*shape, *found.shape[len(free) :])).reshape(shape))


@lru_cache(maxsize=1024)
def _by_axes(formula: Formula) -> Formula:
    """Windows axis by axis: over output, kernel and input of a matrix at once they are large."""
    return transform(formula, _window_by_axes)


def _window_by_axes(node: Formula) -> Formula:
    match node:
        case Entry(Op("window", (), options) as window, indices):
            shape, axes = window.option("shape"), len(indices) // 3
            along = [{**dict(options), "shape": shape[n::axes]} for n in range(axes)]
            windows = [Op("window", (), tuple(each.items())) for each in along]
            factors: list[Formula] = [Entry(each, indices[n::axes]) for n, each in enumerate(windows)]
            return folded(lambda left, right: Op("multiply", (left, right)), factors)
    return node


def _ranges(formula: Formula, values: Values) -> dict[str, int]:
    """The sizes of the letters that are free in a formula, from the arrays whose entries they pick."""
    if isinstance(formula, Entry):
        shape = evaluate(formula.base, values).shape
        return {i: n for i, n in zip(formula.indices, shape, strict=True) if isinstance(i, str)}
    bound = formula.index if isinstance(formula, Total) else None
    parts = (_ranges(part, values) for part in children(formula))
    return {i: n for part in parts for i, n in part.items() if i != bound}


def _linked(formula: Formula, sizes: dict[str, int]) -> dict[str, int]:
    """The sizes with those of letters that stand in a δ alone: both run over the same range."""
    pairs = [(node.left, node.right) for node in walk(formula) if isinstance(node, Delta)]
    for _ in pairs:  # δ_ij δ_jk: one more letter each time
        for pair in pairs:
            for letter, other in (pair, pair[::-1]):
                if other in sizes:
                    sizes.setdefault(letter, sizes[other])
    return sizes


def _letters(formula: Formula) -> tuple[str, ...]:
    """The letters summed over anywhere in a formula."""
    return tuple(node.index for node in walk(formula) if isinstance(node, Total))


def _value(formula: Formula, order: list[str], sizes: Mapping[str, int], values: Values) -> Numbers:
    """The value with one axis for every letter in ``order`` (of size 1 where it does not vary)."""
    match formula:
        case Entry(base, indices):
            return _entry(evaluate(base, values), indices, order)
        case Delta(left, right):
            eye = values.space.array(np.eye(sizes[left], dtype=int))
            return _entry(eye, (left, right), order) if left != right else _scalar(1, order, values)
        case Total():
            return _total(formula, order, sizes, values)
        case Op(args=args) if any(isinstance(n, Entry | Delta | Total) for n in walk(formula)):
            return operated(formula, values, tuple(_value(arg, order, sizes, values) for arg in args))
        case Cases():
            raise TypeError("cases have a value only case by case")
    return np.asarray(evaluate(formula, values)).reshape((1,) * len(order))


def _total(formula: Total, order: list[str], sizes: Mapping[str, int], values: Values) -> Numbers:
    """Sums one inside another, an index at a time: only the factors that vary with it are multiplied."""
    indices, body = [formula.index], formula.body
    while isinstance(body, Total) and body.index not in indices:
        indices, body = [*indices, body.index], body.body
    ranges = {**sizes, **_ranges(body, values)}  # a letter may be used again over another range
    inside = _linked(body, ranges)
    factors = list(_factors(body))
    deltas = [factor for factor in factors if isinstance(factor, Delta)]
    parts = [_value(factor, order, inside, values) for factor in factors if factor not in deltas]
    while (delta := next((d for d in deltas if {d.left, d.right}.intersection(indices)), None)) is not None:
        gone, kept = (delta.right, delta.left) if delta.right in indices else (delta.left, delta.right)
        deltas.remove(delta)
        if gone != kept:
            deltas = [Delta(*(kept if i == gone else i for i in (d.left, d.right))) for d in deltas]
            parts = [_met(part, order.index(gone), order.index(kept)) for part in parts]
            indices.remove(gone)
    parts += [_value(delta, order, inside, values) for delta in deltas]
    while indices:
        index = min(indices, key=lambda i: _width(parts, order.index(i)))
        indices.remove(index)
        axis = order.index(index)
        varying = [part for part in parts if part.shape[axis] != 1] or [_scalar(inside[index], order, values)]
        summed = values.space.sums(_product(varying, values), axis)
        parts = [*(part for part in parts if part.shape[axis] == 1), summed]
    return _product(parts or [_scalar(1, order, values)], values)


def _met(array: Numbers, gone: int, kept: int) -> Numbers:
    """Σ_k δ_ik f(k) = f(i): what varies along the one axis does so along the other."""
    if array.shape[gone] == 1 or array.shape[kept] == 1:
        return array if array.shape[gone] == 1 else np.swapaxes(array, gone, kept)
    diagonal = np.moveaxis(np.diagonal(array, axis1=gone, axis2=kept), -1, kept - (gone < kept))
    return np.expand_dims(diagonal, gone)


def _product(parts: Sequence[Numbers], values: Values) -> Numbers:
    """The product of arrays, the small ones first: the large ones are gone through once."""
    return reduce(partial(values.space.apply, "multiply"), sorted(parts, key=np.size))


def _factors(formula: Formula) -> Iterator[Formula]:
    match formula:
        case Op("multiply", (left, right)):
            yield from _factors(left)
            yield from _factors(right)
        case Op("divide", (above, below)) if above != ONE:
            yield from _factors(above)
            yield from (Op("divide", (ONE, factor)) for factor in _factors(below))
        case _:
            yield formula


def _width(parts: Sequence[Numbers], axis: int) -> int:
    """How large the product of the arrays that vary along an axis is."""
    shapes = [part.shape for part in parts if part.shape[axis] != 1]
    return math.prod(np.broadcast_shapes(*shapes)) if shapes else 0


def _scalar(number: int, order: list[str], values: Values) -> Numbers:
    return np.asarray(values.space.array(number)).reshape((1,) * len(order))


def _entry(array: Numbers, indices: tuple[str | int, ...], order: list[str]) -> Numbers:
    """An array's axes moved to where their letters stand; a letter used twice takes the diagonal."""
    array = np.asarray(array[tuple(i if isinstance(i, int) else slice(None) for i in indices)])
    letters = [i for i in indices if isinstance(i, str)]
    while (twice := next((i for i in letters if letters.count(i) > 1), None)) is not None:
        first = letters.index(twice)
        second = letters.index(twice, first + 1)
        array = np.diagonal(array, axis1=first, axis2=second)
        letters = [i for n, i in enumerate(letters) if n not in (first, second)] + [twice]
    axes = sorted(range(len(letters)), key=lambda n: order.index(str(letters[n])))
    array = np.transpose(array, axes)
    present = {str(letters[n]): array.shape[m] for m, n in enumerate(axes)}
    return array.reshape([present.get(letter, 1) for letter in order])


def _by_entries(op: Op, values: Values, args: tuple[Numbers, ...]) -> Numbers:
    """An array that is said entry by entry."""
    arrays: dict[Formula, Numbers] = {Name(f"#{n}"): arg for n, arg in enumerate(args)}
    ranges = {
        letter: 1 if dim == 1 else values.sizes[dim]
        for letter, dim in zip(op.option("letters"), op.option("shape"), strict=True)
    }
    there = Values(arrays, values.sizes, values.space)
    return evaluate_entries(op.option("formula"), tuple(ranges), there, ranges)


MADE[BY_ENTRIES] = _by_entries  # here, for entries are worked out by what works out formulas

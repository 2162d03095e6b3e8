"""The value of an index formula (Σ_k W_kj g_k) as an array over its free letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod

import numpy as np

from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations.record import Numbers
from symgrad.tree import Cases, Delta, Entry, Formula, Op, Total, children, walk
from symgrad.tree import Value as Constant


def evaluate_entries(
    formula: Formula, free: Sequence[str], values: Values, ranges: Mapping[str, int]
) -> Numbers:
    """The array whose entry at the letters ``free`` is ``formula``.

    ``ranges`` gives the sizes of letters that no entry shows (those of a δ alone).
    """
    sizes = _linked(formula, {**_ranges(formula, values), **ranges})
    order = list(dict.fromkeys([*free, *sizes, *_letters(formula)]))
    found = _value(formula, order, sizes, values)
    shape = tuple(sizes[letter] for letter in free)
    return np.asarray(np.broadcast_to(found, (*shape, *found.shape[len(free) :])).reshape(shape))


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
        case Total() if len(factors := _factors(formula)) > 1:
            return _summed(formula, factors, order, sizes, values)
        case Total(body, index):
            axis = order.index(index)
            ranges = {**sizes, **_ranges(body, values)}  # a letter may be used again over another range
            inside = _linked(body, ranges)
            inner = _value(body, order, inside, values)
            if inner.shape[axis] == 1:
                inner = inner * inside[index]
            return np.asarray(np.sum(inner, axis=axis, keepdims=True))
        case Op(name, args, options) if any(isinstance(n, Entry | Delta | Total) for n in walk(formula)):
            parts = tuple(Constant(_value(arg, order, sizes, values)) for arg in args)
            return evaluate(Op(name, parts, options), values)
        case Cases():
            raise TypeError("cases have a value only case by case")
    return np.asarray(evaluate(formula, values)).reshape((1,) * len(order))


def _factors(formula: Formula) -> list[Formula]:
    """The factors of the product that a sum, or a sum of sums, is over."""
    while isinstance(formula, Total):
        formula = formula.body
    found: list[Formula] = []
    waiting: list[Formula] = [formula]
    while waiting:
        match waiting.pop():
            case Op("multiply", args):
                waiting += args
            case factor:
                found.append(factor)
    return found[::-1]


def _summed(
    formula: Formula, factors: list[Formula], order: list[str], sizes: Mapping[str, int], values: Values
) -> Numbers:
    """Σ over several letters of a product, one letter after the other: each over the factors that have it.

    The whole product would be an array over all letters at once.
    """
    summed: list[str] = []
    while isinstance(formula, Total):
        summed.append(formula.index)
        sizes, formula = _linked(formula.body, {**sizes, **_ranges(formula.body, values)}), formula.body
    arrays = [_value(factor, order, sizes, values) for factor in factors]
    for letter in sorted(summed, key=lambda letter: _size_with(letter, arrays, order)):
        axis = order.index(letter)
        with_it = [array for array in arrays if array.shape[axis] > 1]
        arrays = [array for array in arrays if array.shape[axis] == 1]
        if with_it:
            product = reduce(lambda a, b: values.space.apply("multiply", a, b), with_it)
            arrays.append(np.asarray(np.sum(product, axis=axis, keepdims=True)))
        else:
            arrays.append(_scalar(sizes[letter], order, values))
    return reduce(lambda a, b: np.asarray(values.space.apply("multiply", a, b)), arrays)


def _size_with(letter: str, arrays: list[Numbers], order: list[str]) -> int:
    """How many numbers the product of the arrays that have a letter is."""
    shapes = [array.shape for array in arrays if array.shape[order.index(letter)] > 1]
    return prod(map(max, zip(*shapes, strict=True))) if shapes else 0


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

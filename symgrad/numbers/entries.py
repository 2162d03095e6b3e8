"""The value of an index formula (Σ_k W_kj g_k) as an array over its free letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations.record import Numbers
from symgrad.tree import Cases, Delta, Entry, Formula, Op, Total, walk
from symgrad.tree import Value as Constant


def evaluate_entries(formula: Formula, free: Sequence[str], values: Values, ranges: Mapping[str, int]) -> Numbers:
    """The array whose entry at the letters ``free`` is ``formula``.

    ``ranges`` gives the sizes of letters that no entry shows (those of a δ alone).
    """
    sizes = {**_ranges(formula, values), **ranges}
    order = list(dict.fromkeys([*free, *sizes]))
    found = _value(formula, order, sizes, values)
    shape = tuple(sizes[letter] for letter in free)
    return np.asarray(np.broadcast_to(found, (*shape, *found.shape[len(free) :])).reshape(shape))


def _ranges(formula: Formula, values: Values) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in walk(formula):
        if isinstance(node, Entry):
            shape = evaluate(node.base, values).shape
            found.update({i: n for i, n in zip(node.indices, shape, strict=True) if isinstance(i, str)})
    return found


def _value(formula: Formula, order: list[str], sizes: Mapping[str, int], values: Values) -> Numbers:
    """The value with one axis for every letter in ``order`` (of size 1 where it does not vary)."""
    match formula:
        case Entry(base, indices):
            return _entry(evaluate(base, values), indices, order)
        case Delta(left, right):
            eye = values.space.array(np.eye(sizes[left], dtype=int))
            return _entry(eye, (left, right), order) if left != right else _scalar(1, order, values)
        case Total(body, index):
            axis = order.index(index)
            inner = _value(body, order, sizes, values)
            if inner.shape[axis] == 1:
                inner = inner * sizes[index]
            return np.asarray(np.sum(inner, axis=axis, keepdims=True))
        case Op(name, args, options) if any(isinstance(n, Entry | Delta | Total) for n in walk(formula)):
            parts = tuple(Constant(_value(arg, order, sizes, values)) for arg in args)
            return evaluate(Op(name, parts, options), values)
        case Cases():
            raise TypeError("cases have a value only case by case")
    return np.asarray(evaluate(formula, values)).reshape((1,) * len(order))


def _scalar(number: int, order: list[str], values: Values) -> Numbers:
    return np.asarray(values.space.array(number)).reshape((1,) * len(order))


def _entry(array: Numbers, indices: tuple[str | int, ...], order: list[str]) -> Numbers:
    """An array's axes moved to where their letters stand; a letter used twice takes the diagonal."""
    letters = list(indices)
    while (twice := next((i for i in letters if letters.count(i) > 1), None)) is not None:
        first = letters.index(twice)
        second = letters.index(twice, first + 1)
        array = np.diagonal(array, axis1=first, axis2=second)
        letters = [i for n, i in enumerate(letters) if n not in (first, second)] + [twice]
    axes = sorted(range(len(letters)), key=lambda n: order.index(str(letters[n])))
    array = np.transpose(array, axes)
    present = {str(letters[n]): array.shape[m] for m, n in enumerate(axes)}
    return array.reshape([present.get(letter, 1) for letter in order])



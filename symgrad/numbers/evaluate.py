"""The value of a formula: one small function a node class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.numbers.spaces import FLOATS
from symgrad.operations import operation
from symgrad.operations.record import Numbers
from symgrad.tree import Delta, Entry, Formula, Gradient, Name, Number, Op, Partial, Size, Total, Value


@dataclass(frozen=True)
class Values:
    """What names, gradients and sizes stand for, and the space the numbers live in."""

    names: Mapping[Formula, Numbers]
    sizes: Mapping[Any, int]
    space: Any = FLOATS


def evaluate(formula: Formula, values: Values, letters: Mapping[str, int] | None = None) -> Numbers:
    """The value of a formula; ``letters`` holds the values (from 0) of free index letters.

    Raises KeyError for a name without a value, TypeError for a node that has none.
    """
    match formula:
        case Number(value):
            return np.asarray(values.space.array(value))
        case Size(id):
            return np.asarray(values.space.array(1 if id == "1" else values.sizes[id]))
        case Name() | Gradient() | Partial():
            return values.names[formula]
        case Value(array):
            return array
        case Op():
            return _op(formula, values, letters or {})
        case Entry(base, indices):
            array = evaluate(base, values, letters)
            where = tuple(i if isinstance(i, int) else (letters or {})[i] for i in indices)
            return np.asarray(
                array[tuple(0 if n == 1 else p for n, p in zip(array.shape, where, strict=True))]
            )
        case Delta(left, right):
            assert letters is not None
            return np.asarray(values.space.array(int(letters[left] == letters[right])))
        case Total():
            raise TypeError("a sum over an index needs its range: use evaluate_entries")
    raise TypeError(f"no value for {formula!r}")


def _op(op: Op, values: Values, letters: Mapping[str, int]) -> Numbers:
    options = dict(op.options)
    made = MADE.get(op.name)
    if made is not None:
        return made(op, values, tuple(evaluate(arg, values, letters) for arg in op.args))
    args = tuple(evaluate(arg, values, letters) for arg in op.args)
    with np.errstate(all="ignore"):
        return np.asarray(operation(op.name).value(values.space, *args, **options))


Args = tuple[Numbers, ...]


def _dim(dim: Any, values: Values) -> int:
    return 1 if dim == 1 else values.sizes[dim]


def _ones(op: Op, values: Values, args: Args) -> Numbers:
    shape = tuple(_dim(dim, values) for dim in op.option("shape"))
    return np.asarray(values.space.array(np.ones(shape, dtype=int)))


def _eye(op: Op, values: Values, args: Args) -> Numbers:
    return np.asarray(values.space.array(np.eye(_dim(op.option("size"), values), dtype=int)))


def _unit(op: Op, values: Values, args: Args) -> Numbers:
    vector = np.zeros(_dim(op.option("size"), values), dtype=int)
    vector[op.option("position")] = 1
    return np.asarray(values.space.array(vector))


def _selection(op: Op, values: Values, args: Args) -> Numbers:
    whole = np.eye(_dim(op.option("size"), values), dtype=int)
    return np.asarray(values.space.array(whole[op.option("start") : op.option("stop")]))


def _attains(op: Op, values: Values, args: Args) -> Numbers:
    """1 over their number at the entries that attain the extreme, 0 elsewhere."""
    (x,) = args
    extreme = (np.max if op.option("extreme") == "max" else np.min)(x, axis=op.option("axis"), keepdims=True)
    hit = values.space.array((x == extreme).astype(int))
    return np.asarray(hit / np.sum(hit, axis=op.option("axis"), keepdims=True))


def _prime(op: Op, values: Values, args: Args) -> Numbers:
    options = tuple((key, value) for key, value in op.options if key not in ("function", "position"))
    return np.asarray(values.space.prime(op.option("function"), op.option("position"), args, options))


def _squeeze(op: Op, values: Values, args: Args) -> Numbers:
    return np.asarray(np.squeeze(args[0], axis=op.option("axis")))


def _unsqueeze(op: Op, values: Values, args: Args) -> Numbers:
    return np.asarray(np.expand_dims(args[0], axis=op.option("axis")))


def _pi(op: Op, values: Values, args: Args) -> Numbers:
    return np.asarray(values.space.pi())


MADE: dict[str, Callable[[Op, Values, Args], Numbers]] = {
    "ones": _ones,
    "eye": _eye,
    "unit": _unit,
    "selection": _selection,
    "attains": _attains,
    "prime": _prime,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "pi": _pi,
}

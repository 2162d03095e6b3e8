"""The value of a formula: one small function a node class."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from msgspec import Struct, field

from symgrad.numbers.spaces import FLOATS
from symgrad.operations import operation
from symgrad.operations.lookups import hot_value
from symgrad.operations.record import Numbers
from symgrad.operations.windows import (
    cover,
    input_gradient,
    kernel_gradient,
    pool_tensor,
    unpool,
    window_tensor,
)
from symgrad.reading.syntax import COMPARISONS
from symgrad.tree import (
    Delta,
    Entry,
    Formula,
    Gradient,
    Name,
    Number,
    Op,
    Partial,
    Second,
    Size,
    Total,
    Value,
    walk,
)

Args = tuple[Numbers, ...]
Made = Callable[[Op, "Values", Args], Numbers]


class Values(Struct, frozen=True):
    """What names, gradients and sizes stand for, and the space the numbers live in.

    ``known``, where it is given, keeps what every operation came to, at each precision: a name that is
    used stands for the same from then on.
    """

    names: Mapping[Formula, Numbers]
    sizes: Mapping[Any, int]
    space: Any = FLOATS
    known: dict[tuple[Formula, int], Numbers] | None = field(default=None)


def evaluate(formula: Formula, values: Values, letters: Mapping[str, int] | None = None) -> Numbers:
    """The value of a formula; ``letters`` holds the values (from 0) of free index letters.

    Raises KeyError for a name without a value, TypeError for a node that has none.
    """
    match formula:
        case Number(value):
            return np.asarray(values.space.array(value))
        case Size(id):
            return np.asarray(values.space.array(1 if id == "1" else values.sizes[id]))
        case Name() | Gradient() | Partial() | Second():
            return values.names[formula]
        case Value(array):
            return array
        case Op():
            return _op(formula, values, letters) if letters else _remembered(formula, values)
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


def _remembered(op: Op, values: Values) -> Numbers:
    """The value of an operation without free letters, worked out once where that is wanted."""
    if values.known is None:
        return _op(op, values, {})
    key = op, values.space.precision
    if key not in values.known:
        values.known[key] = _op(op, values, {})
    return values.known[key]


STOPPED = frozenset(("stop", *COMPARISONS.values()))


def stopped(formulas: Iterable[Formula], values: Values) -> dict[tuple[Formula, int], Numbers]:
    """What has no derivative in formulas, with its values: it keeps them where other numbers are put in.

    Beside what is stopped, conditions: of |x| = x one differs from the other as soon as it is moved.
    """
    nodes = {node for formula in formulas for node in walk(formula) if isinstance(node, Op)}
    return {(node, values.space.precision): evaluate(node, values) for node in nodes if node.name in STOPPED}


def _op(op: Op, values: Values, letters: Mapping[str, int]) -> Numbers:
    return operated(op, values, tuple(evaluate(arg, values, letters) for arg in op.args))


def operated(op: Op, values: Values, args: Args) -> Numbers:
    """The value of an operation whose arguments have these values."""
    made = MADE.get(op.name)
    if made is not None:
        return made(op, values, args)
    options = dict(op.options)
    if not args:
        options = {key: _lengths(dims, values) for key, dims in options.items()}
    with np.errstate(all="ignore"):
        return np.asarray(operation(op.name).value(values.space, *args, **options))


def _lengths(dims: Any, values: Values) -> Any:
    """The sizes of a constant array as numbers."""
    return tuple(_dim(dim, values) for dim in dims) if isinstance(dims, tuple) else _dim(dims, values)


def _dim(dim: Any, values: Values) -> int:
    return 1 if dim == 1 else values.sizes[dim]


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


def _indicator(op: Op, values: Values, args: Args) -> Numbers:
    """1 where the condition holds, or where it does not, and 0 elsewhere."""
    return 1 - args[0] if op.option("negated") else args[0]


def _masked(op: Op, values: Values, args: Args) -> Numbers:
    """The product with an indicator, 0 also where the other factor is NaN or infinite."""
    indicator, factor = args
    return np.asarray(np.where(indicator == 1, factor, values.space.array(0)))


def _sizes(op: Op, values: Values, option: str = "shape") -> tuple[int, ...]:
    return tuple(_dim(dim, values) for dim in op.option(option))


def _start(op: Op, values: Values) -> int:
    """Where a block begins: behind those before it."""
    return sum(_sizes(op, values, "before"))


def _window(op: Op, values: Values, args: Args) -> Numbers:
    return window_tensor(values.space, _sizes(op, values), op.option("stride"), op.option("padding"))


def _flattening(op: Op, values: Values, args: Args) -> Numbers:
    shape = _sizes(op, values)
    length = math.prod(shape[: op.option("split", 1)])
    return np.asarray(values.space.array(np.eye(length, dtype=int).reshape(shape)))


def _cover(op: Op, values: Values, args: Args) -> Numbers:
    return cover(values.space, _sizes(op, values), op.option("size"), op.option("stride"))


def _placement(op: Op, values: Values, args: Args) -> Numbers:
    start, length = _start(op, values), _dim(op.option("length"), values)
    whole = np.eye(_dim(op.option("size"), values), dtype=int)
    return np.asarray(values.space.array(whole[:, start : start + length]))


def _part(op: Op, values: Values, args: Args) -> Numbers:
    start = _start(op, values)
    places = range(start, start + _dim(op.option("length"), values))
    return np.asarray(np.take(args[0], places, axis=op.option("axis")))


def _pooling(op: Op, values: Values, args: Args) -> Numbers:
    return pool_tensor(values.space, args[0], op.option("size"), op.option("stride"))


def _unpool(op: Op, values: Values, args: Args) -> Numbers:
    gradient, x = args
    return unpool(values.space, gradient, x, op.option("size"), op.option("stride"))


def _back(gradient: Callable[..., Numbers], padding: str) -> Made:
    """The gradient of a convolution by one of its arguments, an array of the shape in the options."""

    def value(op: Op, values: Values, args: Args) -> Numbers:
        shape = _sizes(op, values)
        return gradient(values.space, *args, shape, op.option("dilation", 1), op.option(padding, 0))

    return value


def _full(space: Any, g: Numbers, rotated: Numbers, *options: Any) -> Numbers:
    return input_gradient(space, g, rotated[::-1, ::-1], *options)


def _triangle(op: Op, values: Values, args: Args) -> Numbers:
    size = _dim(op.option("size"), values)
    return np.asarray(values.space.array(np.tri(size, dtype=int)))


def others(x: Numbers, axis: int | None = None) -> Numbers:
    """At each entry the product of all others along an axis, without a division."""
    rows = np.moveaxis(x, -1 if axis is None else axis, -1)
    found = [np.prod(np.delete(rows, n, -1), axis=-1) for n in range(rows.shape[-1])]
    return np.moveaxis(np.stack(found, axis=-1), -1, -1 if axis is None else axis)


def other_pairs(x: Numbers, axis: int | None = None) -> Numbers:
    """At each entry and each place along an axis the product of what is in neither, 0 where they are one."""
    rows = np.moveaxis(x, -1 if axis is None else axis, -1)
    places, zero = range(rows.shape[-1]), rows[..., 0] * 0
    found = [
        [np.prod(np.delete(rows, [i, j], -1), axis=-1) if i != j else zero for j in places] for i in places
    ]
    whole = np.moveaxis(np.array(found, dtype=x.dtype), (0, 1), (-2, -1))
    return np.moveaxis(whole, -2, -2 if axis is None else axis)


def _pi(op: Op, values: Values, args: Args) -> Numbers:
    return np.asarray(values.space.pi())


MADE: dict[str, Made] = {
    "unit": _unit,
    "selection": _selection,
    "attains": _attains,
    "prime": _prime,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "indicator": _indicator,
    "masked": _masked,
    "pi": _pi,
    "window": _window,
    "flattening": _flattening,
    "placement": _placement,
    "pooling": _pooling,
    "onehot": lambda op, values, args: hot_value(values.space, args[0], _dim(op.option("size"), values)),
    "triangle": _triangle,
    "moved": lambda op, values, args: values.names[op],
    "others": lambda op, values, args: others(args[0], op.option("axis")),
    "other_pairs": lambda op, values, args: other_pairs(args[0], op.option("axis")),
    "part": _part,
    **dict.fromkeys(("unflatten", "reshape"), lambda op, values, args: args[0].reshape(_sizes(op, values))),
    "cover": _cover,
    "unpool": _unpool,
    "rotate": lambda op, values, args: args[0][::-1, ::-1],
    "kernel_conv2d": _back(kernel_gradient, "padding"),
    "full_conv2d": _back(_full, "crop"),
}

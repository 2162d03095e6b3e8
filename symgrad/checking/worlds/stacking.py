"""A formula at many points at once: every array has a first axis, one place for each point, or of length 1.

What acts entry by entry, products of vectors and matrices, and reductions take all points in one go;
every other operation is worked out point by point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from symgrad.checking.worlds.jets import JETS
from symgrad.numbers.evaluate import MADE, Values, evaluate, operated
from symgrad.operations import operation
from symgrad.tree import Array, Formula, Name, Op


def stacked(formula: Formula, parts: Mapping[str, Array], sizes: Mapping[str, int]) -> Array:
    """The values of a formula of the problem, from those of its names."""
    with np.errstate(all="ignore"):
        return _stacked(formula, parts, Values({}, sizes, JETS))


def _stacked(formula: Formula, parts: Mapping[str, Array], values: Values) -> Array:
    if isinstance(formula, Name):
        return parts[formula.id]
    if not isinstance(formula, Op):
        return np.asarray(evaluate(formula, values))[None]
    args = tuple(_stacked(arg, parts, values) for arg in formula.args)
    rule = RULES.get(formula.name)
    if rule is None and formula.name not in MADE and operation(formula.name).scalar:
        rule = _entrywise
    found = None if rule is None else rule(formula, args)
    if found is not None:
        return found
    points = range(max(map(len, args), default=1))
    each = (operated(formula, values, tuple(_at(arg, point) for arg in args)) for point in points)
    return np.stack([np.asarray(one) for one in each])


def _at(array: Array, point: int) -> Array:
    return np.asarray(array[point if len(array) > 1 else 0])


Rule = Callable[[Op, tuple[Array, ...]], "Array | None"]


def _entrywise(op: Op, args: tuple[Array, ...]) -> Array:
    rank = max(arg.ndim for arg in args)
    same = (arg.reshape((len(arg), *(1,) * (rank - arg.ndim), *arg.shape[1:])) for arg in args)
    return np.asarray(operation(op.name).value(JETS, *same, **dict(op.options)))


def _product(op: Op, args: tuple[Array, ...]) -> Array | None:
    left, right = args
    match left.ndim, right.ndim:
        case 3, 3:
            return np.asarray(left @ right)
        case 3, 2:
            return (left @ right[..., None])[..., 0]
        case 2, 3:
            return (left[:, None] @ right)[:, 0]
        case 2, 2:
            return np.asarray((left[:, None] @ right[..., None])[:, 0, 0])
    return None


def _transposed(op: Op, args: tuple[Array, ...]) -> Array:
    return np.swapaxes(args[0], 1, 2)


def _reduced(op: Op, args: tuple[Array, ...]) -> Array:
    """A reduction, or a function along axes: those of the array come behind that of the points."""
    options = dict(op.options)
    axis = options.get("axis")
    places = range(args[0].ndim - 1) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    options["axis"] = tuple(place + 1 if place >= 0 else place for place in places)
    return np.asarray(operation(op.name).value(JETS, args[0], **options))


def _norm(op: Op, args: tuple[Array, ...]) -> Array | None:
    if op.options:
        return None
    squares = args[0] * args[0]
    return np.asarray(JETS.apply("sqrt", squares.sum(axis=tuple(range(1, squares.ndim)))))


RULES: Mapping[str, Rule] = {
    "matmul": _product,
    "norm": _norm,
    "transpose": _transposed,
    **dict.fromkeys(("sum", "mean", "softmax", "log_softmax"), _reduced),
}

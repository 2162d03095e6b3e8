"""Reductions over one axis or all, and the softmax family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy

from symgrad.operations.record import (
    ARGUMENT,
    Dims,
    Indices,
    Numbers,
    Operation,
    Options,
    Scope,
    Shape,
    ShapeMismatch,
    Space,
    View,
    Views,
    axes,
    same_shape,
)
from symgrad.tree import Op


def _reduced_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    (x,) = shapes
    gone = axes(len(x), options.get("axis"))
    if options.get("keepdims"):
        return tuple(1 if axis in gone else dim for axis, dim in enumerate(x))
    return tuple(dim for axis, dim in enumerate(x) if axis not in gone)


def _along_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    """The shape rule of softmax and log_softmax: the axis may be left out for a vector only."""
    (x,) = shapes
    if not x:
        raise ShapeMismatch("softmax is of a vector or a matrix, not a scalar")
    if len(x) > 1 and options.get("axis") is None:
        raise ShapeMismatch(
            "of a matrix the axis must be given: axis=1 works on each row, axis=0 on each column"
        )
    axes(len(x), options.get("axis"))
    return x


def _logsumexp_shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    _along_shape(dims, shapes, options)
    return _reduced_shape(dims, shapes, options)


def _split(scope: Scope, x: View, out: Indices, options: Options) -> tuple[Indices, Indices]:
    """The indices of ``x`` for the output entry ``out``, and those of them that are reduced."""
    gone = axes(x.rank, options.get("axis"))
    left = list(out)
    indices = []
    for axis, dim in enumerate(x.dims):
        if axis in gone:
            indices.append(scope.index(dim))
            if options.get("keepdims"):
                left.pop(0)
        else:
            indices.append(left.pop(0))
    return tuple(indices), tuple(indices[axis] for axis in gone)


def _sum(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = _split(scope, views[0], out, options)
    return scope.sum(views[0](*indices), *gone)


def _mean(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = _split(scope, views[0], out, options)
    return scope.sum(views[0](*indices), *gone) / sympy.Mul(*(scope.size(scope.dims[k]) for k in gone))


def _var(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = _split(scope, views[0], out, options)
    number = sympy.Mul(*(scope.size(scope.dims[k]) for k in gone))
    deviation = views[0](*indices) - _mean(scope, views, out, options)
    return scope.sum(deviation**2, *gone) / number


def _norm(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = _split(scope, views[0], out, {})
    return sympy.sqrt(scope.sum(views[0](*indices) ** 2, *gone))


def _direction(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    return views[0](*out) / _norm(scope, views, (), {})


def _extreme(name: str) -> Callable[..., sympy.Expr]:
    """max as Σ_k p_k x_k, p the locally constant weights that share 1 among the entries attaining it."""

    def entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
        indices, gone = _split(scope, views[0], out, options)
        chosen = (("axis", options.get("axis")), ("extreme", name))
        weights = scope.constant(Op("attains", (ARGUMENT,), chosen), views[0].dims)
        return scope.sum(weights(*indices) * views[0](*indices), *gone)

    return entry


def _softmax(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    (axis,) = axes(x.rank, options.get("axis"))
    k = scope.index(x.dims[axis])
    others = (*out[:axis], k, *out[axis + 1 :])
    return sympy.exp(x(*out)) / scope.sum(sympy.exp(x(*others)), k)


def _log_softmax(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    (x,) = views
    (axis,) = axes(x.rank, options.get("axis"))
    k = scope.index(x.dims[axis])
    others = (*out[:axis], k, *out[axis + 1 :])
    return x(*out) - sympy.log(scope.sum(sympy.exp(x(*others)), k))


def _logsumexp(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    indices, gone = _split(scope, views[0], out, options)
    return sympy.log(scope.sum(sympy.exp(views[0](*indices)), *gone))


# --- numbers ------------------------------------------------------------------------------------------


def _reduce(method: str) -> Callable[..., Numbers]:
    def value(space: Space, x: Numbers, axis: int | None = None, keepdims: bool = False) -> Numbers:
        return np.asarray(getattr(np, method)(x, axis=axis, keepdims=keepdims))

    return value


def _mean_value(space: Space, x: Numbers, axis: int | None = None, keepdims: bool = False) -> Numbers:
    number = np.size(x) if axis is None else x.shape[axis]
    return np.asarray(np.sum(x, axis=axis, keepdims=keepdims) / number)


def _var_value(space: Space, x: Numbers, axis: int | None = None, keepdims: bool = False) -> Numbers:
    deviation = x - _mean_value(space, x, axis, True)
    return _mean_value(space, deviation * deviation, axis, keepdims)


def _std_value(space: Space, x: Numbers, axis: int | None = None, keepdims: bool = False) -> Numbers:
    return space.apply("sqrt", _var_value(space, x, axis, keepdims))


def _norm_value(space: Space, x: Numbers) -> Numbers:
    return space.apply("sqrt", np.asarray((x * x).sum()))


def _direction_value(space: Space, x: Numbers) -> Numbers:
    length = _norm_value(space, x)
    return np.asarray(x / length if length != 0 else x)


def _shifted(space: Space, x: Numbers, axis: int | None) -> Numbers:
    """x minus its largest entry, so that no exponential overflows."""
    return np.asarray(x - np.max(x, axis=axis, keepdims=True))


def _softmax_value(space: Space, x: Numbers, axis: int | None = None) -> Numbers:
    scaled = space.apply("exp", _shifted(space, x, axis))
    return np.asarray(scaled / np.sum(scaled, axis=axis, keepdims=True))


def _log_softmax_value(space: Space, x: Numbers, axis: int | None = None) -> Numbers:
    shifted = _shifted(space, x, axis)
    return np.asarray(
        shifted - space.apply("log", np.sum(space.apply("exp", shifted), axis=axis, keepdims=True))
    )


def _logsumexp_value(space: Space, x: Numbers, axis: int | None = None, keepdims: bool = False) -> Numbers:
    top = np.max(x, axis=axis, keepdims=True)
    kept = top + space.apply("log", np.sum(space.apply("exp", x - top), axis=axis, keepdims=True))
    return np.asarray(kept if keepdims else np.squeeze(kept, axis=axis))


def _structured(
    name: str, title: str, entry: Any, shape: Any, value: Any, why: str, source: str = "definition"
) -> Operation:
    return Operation(name, title, "structured", entry, shape, value, why, source=source)


REDUCTIONS = [
    Operation(
        "sum",
        "sum of entries",
        "linear",
        _sum,
        _reduced_shape,
        _reduce("sum"),
        "every entry enters the sum with weight one",
    ),
    Operation(
        "mean",
        "mean of entries",
        "linear",
        _mean,
        _reduced_shape,
        _mean_value,
        "every entry enters the mean with weight one over their number",
    ),
    _structured(
        "var",
        "variance",
        _var,
        _reduced_shape,
        _var_value,
        "the deviations from the mean sum to zero, so only the squares are differentiated",
    ),
    _structured(
        "std",
        "standard deviation",
        lambda scope, views, out, options: sympy.sqrt(_var(scope, views, out, options)),
        _reduced_shape,
        _std_value,
        "the derivative of a root of the variance",
    ),
    _structured(
        "norm",
        "Euclidean (Frobenius) norm",
        _norm,
        lambda dims, shapes, options: (),
        _norm_value,
        "the derivative of a norm is the array over its norm (0 where the norm is 0)",
    ),
    _structured(
        "direction",
        "an array over its norm",
        _direction,
        same_shape,
        _direction_value,
        "the quotient rule, with the derivative of the norm",
    ),
    _structured(
        "max",
        "largest entry",
        _extreme("max"),
        _reduced_shape,
        _reduce("max"),
        "only the largest entries count",
    ),
    _structured(
        "min",
        "smallest entry",
        _extreme("min"),
        _reduced_shape,
        _reduce("min"),
        "only the smallest entries count",
    ),
    _structured(
        "softmax",
        "softmax",
        _softmax,
        _along_shape,
        _softmax_value,
        "every output depends on every input: the Jacobian of the softmax",
        "Bridle 1990",
    ),
    _structured(
        "log_softmax",
        "logarithm of the softmax",
        _log_softmax,
        _along_shape,
        _log_softmax_value,
        "the derivative of log Σ exp is the softmax",
    ),
    _structured(
        "logsumexp",
        "logarithm of the sum of exponentials",
        _logsumexp,
        _logsumexp_shape,
        _logsumexp_value,
        "the derivative of log Σ exp is the softmax",
    ),
]

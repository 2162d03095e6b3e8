"""The functions that students write, by all their names, and what each gives for an array."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from symgrad.checking.products import spread
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import FLOATS
from symgrad.tree import Array, Formula, Name, Op

ELEMENTWISE: Mapping[str, str] = {
    "exp": "exp",
    "log": "log",
    "ln": "log",
    "sqrt": "sqrt",
    "sin": "sin",
    "cos": "cos",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "sigm": "sigmoid",
    "logistic": "sigmoid",
    "sigma": "sigmoid",
    "varsigma": "sigmoid",
    "relu": "relu",
    "rectifier": "relu",
    "leakyrelu": "leaky_relu",
    "lrelu": "leaky_relu",
    "elu": "elu",
    "softplus": "softplus",
    "silu": "silu",
    "swish": "silu",
    "gelu": "gelu",
    "abs": "abs",
}
"""Written names, without capitals and underscores, of the elementwise operations of one argument."""

GENERIC = frozenset(("f", "g", "phi", "varphi", "sigma", "psi", "a", "h", "act", "activation"))
"""Letters for an activation that only the problem tells: f(s) is what it makes of s."""


LONGEST_DIAGONAL = 1000
"""Entries of a vector that may become the diagonal of a matrix."""


def plain(name: str) -> str:
    """A function's name without capitals and what separates its words."""
    return re.sub(r"[_\s-]", "", name).lower()


def _rows_and_columns(name: str) -> Callable[..., Iterator[Array]]:
    """softmax and its kin of a matrix run along rows or columns; which, the problem's values show."""

    def apply(x: Array) -> Iterator[Array]:
        for axis in {1: (0,), 2: (1, 0)}.get(x.ndim, ()):
            yield _operation(name, x, axis=axis)

    return apply


def _operation(name: str, *args: Array, **options: object) -> Array:
    names = tuple(Name(f"#{n}") for n in range(len(args)))
    values: dict[Formula, Array] = dict(zip(names, args, strict=True))
    return np.asarray(evaluate(Op(name, names, tuple(options.items())), Values(values, {})))


def _reduced(reduce: Callable[..., Array]) -> Callable[..., Iterator[Array]]:
    def apply(x: Array) -> Iterator[Array]:
        yield np.asarray(reduce(x))
        if x.ndim == 2:
            yield from (np.asarray(reduce(x, axis=axis)) for axis in (0, 1))

    return apply


def _pairwise(
    pair: Callable[[Array, Array], Array], reduce: Callable[..., Array]
) -> Callable[..., Iterator[Array]]:
    def apply(*args: Array) -> Iterator[Array]:
        if len(args) == 2:
            yield from spread(*args, pair)
        elif len(args) == 1:
            yield from _reduced(reduce)(*args)

    return apply


def _square(function: Callable[[Array], object]) -> Callable[..., Iterator[Array]]:
    """A function of a square matrix."""

    def apply(x: Array) -> Iterator[Array]:
        if x.ndim == 2 and x.shape[0] == x.shape[1]:
            yield np.asarray(function(x))

    return apply


def inverse(x: Array) -> Array:
    """The inverse of a square matrix; not a number where there is none."""
    try:
        return np.asarray(np.linalg.inv(x))
    except np.linalg.LinAlgError:
        return np.full(x.shape, math.nan)


def _diag(x: Array) -> Iterator[Array]:
    if x.ndim in (1, 2) and x.size <= LONGEST_DIAGONAL:
        yield np.diag(x.reshape(-1) if 1 in x.shape else x)


def _outer(a: Array, b: Array) -> Iterator[Array]:
    yield np.outer(a, b)


def _dot(a: Array, b: Array) -> Iterator[Array]:
    if a.ndim and b.ndim and a.shape[-1] == b.shape[0]:
        yield np.asarray(a @ b)


STRUCTURED: Mapping[str, Callable[..., Iterator[Array]]] = {
    "softmax": _rows_and_columns("softmax"),
    "logsoftmax": _rows_and_columns("log_softmax"),
    "logsumexp": _rows_and_columns("logsumexp"),
    "lse": _rows_and_columns("logsumexp"),
    "sum": _reduced(np.sum),
    "mean": _reduced(np.mean),
    "avg": _reduced(np.mean),
    "average": _reduced(np.mean),
    "var": _reduced(np.var),
    "std": _reduced(np.std),
    "max": _pairwise(np.maximum, np.max),
    "maximum": _pairwise(np.maximum, np.max),
    "min": _pairwise(np.minimum, np.min),
    "minimum": _pairwise(np.minimum, np.min),
    "norm": lambda x: iter([np.asarray(np.sqrt(np.sum(x * x)))]),
    "tr": _square(np.trace),
    "trace": _square(np.trace),
    "det": _square(np.linalg.det),
    "logdet": _square(lambda x: np.linalg.slogdet(x)[1]),
    "inv": _square(inverse),
    "diag": _diag,
    "outer": _outer,
    "dot": _dot,
    "sign": lambda x: iter([np.sign(x)]),
    "sgn": lambda x: iter([np.sign(x)]),
    "step": lambda x: iter([np.where(x > 0, 1.0, 0.0)]),
    "heaviside": lambda x: iter([np.where(x > 0, 1.0, 0.0)]),
    "indicator": lambda x: iter([x]),
    "flatten": lambda x: iter([x.reshape(-1)]),
    "vec": lambda x: iter([x.reshape(-1)]),
}


COUNTS: Mapping[str, tuple[int, ...]] = {
    "outer": (2,),
    "dot": (2,),
    "max": (1, 2),
    "maximum": (1, 2),
    "min": (1, 2),
    "minimum": (1, 2),
}
"""How many arguments a structured function may have; any other has one."""


def logarithm(x: Array, base: Array) -> Iterator[Array]:
    """The logarithm to a base that is written under it."""
    yield from spread(FLOATS.apply("log", x), FLOATS.apply("log", base), np.divide)


def value(function: str, x: Array) -> Array:
    """f(x) of an elementwise operation."""
    return np.asarray(FLOATS.apply(function, np.asarray(x, dtype=float)))


def derivative(function: str, x: Array) -> Array:
    """f′(x) of an elementwise operation."""
    return np.asarray(FLOATS.prime(function, 0, (np.asarray(x, dtype=float),), ()))


def jacobian_of_softmax(x: Array) -> Iterator[Array]:
    """diag(s) − s sᵀ of a vector: what softmax′ can only mean."""
    if x.ndim == 1 or (x.ndim == 2 and 1 in x.shape):
        s = _operation("softmax", x.reshape(-1), axis=0)
        yield np.diag(s) - np.outer(s, s)

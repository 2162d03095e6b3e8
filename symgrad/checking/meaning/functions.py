"""Functions by the names that people write, at jets: f(a + ih) carries f′(a) with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from symgrad.checking.worlds.jets import FUNCTIONS as JETS
from symgrad.checking.worlds.jets import JETS as SPACE
from symgrad.checking.worlds.jets import log
from symgrad.checking.worlds.tensor import Misfit, Tensor, elementwise
from symgrad.numbers.evaluate import others
from symgrad.operations import OPERATIONS
from symgrad.operations.derived import Derived
from symgrad.operations.model import Operation
from symgrad.operations.reductions import along_shape, reduced_shape
from symgrad.operations.signature import Signature

Function: TypeAlias = "Callable[[Any], Any]"


def _named(function: Any, *names: str) -> dict[str, Any]:
    return dict.fromkeys(names, function)


def heaviside(t: Any) -> Any:
    """1 above 0, else 0."""
    return (np.real(t) > 0).astype(float)


_KNOWN: Mapping[str, Function] = {
    **_named(JETS["sigmoid"], "Sig"),
    **_named(np.tan, "tan"),
    **_named(lambda t: 1 / np.cosh(t), "sech"),
    **_named(lambda t: 1 / np.tanh(t), "coth"),
    **_named(lambda t: np.sign(np.real(t)), "sign", "sgn"),
    **_named(lambda t: np.floor(np.real(t)), "floor"),
    **_named(lambda t: np.ceil(np.real(t)), "ceil"),
    **_named(np.real, *OPERATIONS["stop"].spellings),
    **_named(heaviside, "step", "heaviside", "Heaviside"),
    **_named(lambda t: log(t) / math.log(10.0), "lg"),
}
"""Functions of one entry that are no operations."""
ELEMENTWISE: Mapping[str, Function] = Derived(
    OPERATIONS,
    lambda record: dict.fromkeys(record.spellings, JETS[record.name]) if record.is_unary else {},
    _KNOWN,
)
"""Functions of one entry."""


def _several(record: Operation) -> Mapping[str, Callable[..., Tensor]]:
    """An operation at as many arrays as it takes."""
    if not (record.is_of_several and isinstance(record.call, Signature)):
        return {}
    count = len(record.call.arrays)

    def apply(*args: Tensor) -> Tensor:
        if len(args) != count:
            raise Misfit(f"a function of {count} arguments")
        return elementwise(JETS[record.name], *args)

    return dict.fromkeys(record.spellings, apply)


OF_SEVERAL: Mapping[str, Callable[..., Tensor]] = Derived(OPERATIONS, _several)
"""Functions of one entry of each of several arrays."""


def _by_axis(record: Operation) -> Mapping[str, Callable[[Any, int], Any]]:
    """An operation along an axis by its numbers, which are jets here."""
    return dict.fromkeys(record.spellings, lambda x, axis: record.value(SPACE, x, axis=axis))


def _softmax(x: Any, axis: int) -> Any:
    scaled = np.exp(x - np.max(np.real(x), axis=axis, keepdims=True))
    return scaled / np.sum(scaled, axis=axis, keepdims=True)


def _logsumexp(x: Any, axis: int) -> Any:
    top = np.max(np.real(x), axis=axis, keepdims=True)
    return np.squeeze(top + log(np.sum(np.exp(x - top), axis=axis, keepdims=True)), axis=axis)


SOFTMAX = frozenset(OPERATIONS["softmax"].spellings)
LOG_SOFTMAX = frozenset(OPERATIONS["log_softmax"].spellings)
ALONG: Mapping[str, Callable[[Any, int], Any]] = Derived(
    OPERATIONS,
    lambda record: _by_axis(record) if record.shape is along_shape else {},
    {
        **_named(lambda x, axis: np.cumsum(x, axis=axis), "cumsum"),
        **_named(others, "prodothers"),
        **_named(_softmax, *SOFTMAX),
        **_named(lambda x, axis: log(_softmax(x, axis)), *LOG_SOFTMAX),
    },
)
"""Functions of a vector that keep its shape; of a matrix, row by row."""


def _extreme(choose: Callable[..., Any]) -> Callable[[Any, int], Any]:
    def reduce(x: Any, axis: int) -> Any:
        hit = np.real(x) == choose(np.real(x), axis=axis, keepdims=True)
        return np.sum(np.where(hit, x, 0), axis=axis) / np.sum(hit, axis=axis)

    return reduce


def _mean(x: Any, axis: int) -> Any:
    return np.sum(x, axis=axis) / x.shape[axis]


def _variance(x: Any, axis: int) -> Any:
    off = x - np.expand_dims(_mean(x, axis), axis)
    return _mean(off * off, axis)


_REDUCTIONS: Mapping[str, Callable[[Any, int], Any]] = {
    **_named(lambda x, axis: np.sum(x, axis=axis), "sum", "Sum"),
    **_named(lambda x, axis: np.prod(x, axis=axis), "prod", "product"),
    **_named(_mean, "mean", "Mean", "average", "avg", "E"),
    **_named(_variance, "var", "Var", "variance"),
    **_named(lambda x, axis: JETS["sqrt"](_variance(x, axis)), "std"),
    **_named(_extreme(np.max), "max"),
    **_named(_extreme(np.min), "min"),
    **_named(_logsumexp, "logsumexp", "LSE"),
}
REDUCTIONS: Mapping[str, Callable[[Any, int], Any]] = Derived(
    OPERATIONS, lambda record: _by_axis(record) if record.shape is reduced_shape else {}, _REDUCTIONS
)
"""Functions of all entries of a vector, or of all entries of an array."""

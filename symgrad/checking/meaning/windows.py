"""Windows that move over a matrix, and the ways back: conv, maxpool, unpool, by what is said low on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.worlds.jets import JETS
from symgrad.checking.worlds.tensor import COLUMN, Misfit, Tensor, spread, union
from symgrad.operations.windows import average, convolve, pool, pool_tensor, unpool
from symgrad.submission.written import Call, Node, Product, Symbol
from symgrad.tree import Op, walk

_OPTION = re.compile(r"(size|stride|padding|pad|dilation|crop|full)=?(\d*)")
CONVOLUTIONS = frozenset(("conv1d", "conv2d"))
NAMES = {"pad": "padding"}


def options_of(head: Symbol, node: Node) -> dict[str, int]:
    """What the subscript of a head says, ``size 2, stride 1``; `Unknown` where it says something else."""
    found: dict[str, int] = {}
    for said in filter(None, head.sub.split(",")):
        match = _OPTION.fullmatch(said)
        if match is None:
            raise Unknown(f"the subscript {head.sub} is not read", node)
        found[NAMES.get(match[1], match[1])] = int(match[2] or 1)
    return found


def over_axes(function: Callable[..., Any], *tensors: Tensor) -> Tensor:
    """A function of matrices at every place of the named axes."""
    axes = union(*tensors)
    if not axes:
        return Tensor(function(*(tensor.data for tensor in tensors)))
    named = [spread(tensor, axes) for tensor in tensors]
    shape = np.broadcast_shapes(*(data.shape[: len(axes)] for data in named))
    whole = [np.broadcast_to(d, (*shape, *t.core)) for d, t in zip(named, tensors, strict=True)]
    rows = [np.asarray(function(*(data[where] for data in whole))) for where in np.ndindex(shape)]
    return Tensor(np.stack(rows).reshape((*shape, *rows[0].shape)), axes)


def conv(node: Call, scope: Scope) -> Tensor:
    """The kernel moved over a matrix; ``full``: also to places where only a part of it meets that."""
    x, k = (scope.evaluate(arg) for arg in node.args)
    options = options_of(node.head, node)
    moved = k.rank // 2
    if k.rank in (3, 4) and x.rank - moved in (1, 2) and not options.keys() - {"stride", "padding"}:
        return _of_channels(x, k, moved, options, node, scope)
    if x.rank == k.rank == 1:
        return _of_sequences(x, k, options, node, scope)
    if x.rank != 2 or k.rank != 2:
        raise Misfit("a convolution of what are no two matrices")
    if not options and _is_spaced(scope):
        raise Unknown("a convolution with a stride or padding that is not said", node)
    return over_axes(lambda a, b: _convolved(a, b, options), x, k)


def _of_sequences(x: Tensor, k: Tensor, options: Mapping[str, int], node: Node, scope: Scope) -> Tensor:
    """A kernel moved along a vector."""
    if options.keys() - {"stride", "padding"}:
        raise Unknown("a convolution of vectors with these options", node)
    return replace(_moved(x, k, 1, options, node, scope), stands=x.stands)


def _of_channels(
    x: Tensor, k: Tensor, moved: int, options: Mapping[str, int], node: Node, scope: Scope
) -> Tensor:
    """Kernels (out, in, height, width) moved over images, or (out, in, length) over sequences."""
    if x.core[-moved - 1] != k.core[1]:
        raise Misfit("another number of channels")
    return _moved(x, k, moved, options, node, scope)


def _moved(x: Tensor, k: Tensor, moved: int, options: Mapping[str, int], node: Node, scope: Scope) -> Tensor:
    """The kernel moved along the last axes."""
    if not options and _is_spaced(scope):
        raise Unknown("a convolution with a stride or padding that is not said", node)
    around = options.get("padding", 0)
    if any(b > a + 2 * around for a, b in zip(x.core[-moved:], k.core[-moved:], strict=True)):
        raise Misfit("a kernel larger than what it moves over")
    return over_axes(lambda a, b: convolve(JETS, a, b, options.get("stride", 1), around), x, k)


def _convolved(x: Any, k: Any, options: Mapping[str, int]) -> Any:
    apart, stride, padding = (options.get(name, default) for name, default in _DEFAULTS)
    if "full" in options:
        x, crop = _spaced(x, apart), options.get("crop", 0)
        rows, columns = (size - 1 for size in k.shape)
        found = convolve(JETS, np.pad(x, ((rows, rows), (columns, columns))), k)
        return found[crop : found.shape[0] - crop, crop : found.shape[1] - crop]
    k = _spaced(k, apart)
    if any(b > a + 2 * padding for a, b in zip(x.shape, k.shape, strict=True)):
        raise Misfit("a kernel larger than what it moves over")
    return convolve(JETS, x, k, stride, padding)


_DEFAULTS = (("dilation", 1), ("stride", 1), ("padding", 0))


def _spaced(matrix: Any, apart: int) -> Any:
    """Rows and columns of zeros put between those of a matrix."""
    found = np.zeros([(size - 1) * apart + 1 for size in matrix.shape], dtype=matrix.dtype)
    found[::apart, ::apart] = matrix
    return found


def _is_spaced(scope: Scope) -> bool:
    formulas = scope.dictionary.model.graph.quantities.values()
    return any(
        isinstance(part, Op)
        and part.name in CONVOLUTIONS
        and (part.option("stride", 1), part.option("padding", 0)) != (1, 0)
        for formula in formulas
        for part in walk(formula)
    )


def pooled(function: Callable[..., Any]) -> Callable[[Call, Scope], Tensor]:
    """The largest entry of every window, the way back, and the weights of both."""

    def apply(node: Call, scope: Scope) -> Tensor:
        args = [scope.evaluate(arg) for arg in node.args]
        options = options_of(node.head, node)
        if "size" not in options or not options.keys() <= {"size", "stride"}:
            raise Unknown("pooling in windows whose size is not said", node)
        if any(arg.rank < 2 for arg in args) or len({arg.rank for arg in args}) > 1:
            raise Misfit("windows on what is no matrix")
        return over_axes(lambda *a: function(JETS, *a, options["size"], options.get("stride")), *args)

    return apply


def flatten(node: Call, scope: Scope) -> Tensor:
    """The rows of a matrix one behind another."""
    (x,) = (scope.evaluate(arg) for arg in node.args)
    return Tensor(x.data.reshape((*x.data.shape[: len(x.axes)], -1)), x.axes, COLUMN)


def _factors(node: Node) -> Iterator[Node]:
    """m, n, k of m×n×k."""
    if isinstance(node, Product):
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def reshape(node: Call, scope: Scope) -> Tensor:
    """reshape_{m×n}(v): the entries put into rows again, or into any other shape."""
    (x,) = (scope.evaluate(arg) for arg in node.args)
    if len(node.head.indices) != 1 or not isinstance(node.head.indices[0], Product):
        raise Unknown("it is not said into what shape", node)
    sides = (scope.evaluate(side) for side in _factors(node.head.indices[0]))
    shape = tuple(int(np.real(side.data)) if side.data.ndim == 0 else 0 for side in sides)
    if int(np.prod(shape)) != int(np.prod(x.core)):
        raise Misfit("another number of entries")
    return Tensor(x.data.reshape((*x.data.shape[: len(x.axes)], *shape)), x.axes)


WINDOWS: Mapping[str, Callable[[Call, Scope], Tensor]] = {
    **dict.fromkeys(("conv", "conv2d"), conv),
    "maxpool": pooled(pool),
    "avgpool": pooled(average),
    "unpool": pooled(unpool),
    "argmaxpool": pooled(pool_tensor),
    "flatten": flatten,
    "reshape": reshape,
}

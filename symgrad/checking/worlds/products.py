"""Products of arrays: of matrices, entry by entry, inner, outer, Kronecker's."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.worlds.tensor import (
    COLUMN,
    LARGEST,
    ROW,
    Misfit,
    Tensor,
    TooLong,
    elementwise,
    repeated,
    shown,
    spread,
    transpose,
    union,
)


def scaled(left: Tensor, right: Tensor) -> Tensor:
    """A product with a number."""
    if left.rank and right.rank:
        raise Misfit("neither factor is a number")
    return elementwise(np.multiply, left, right)


def matmul(left: Tensor, right: Tensor) -> Tensor:
    """The product of matrices; rows and columns are matrices of one row or column."""
    if left.kind or right.kind:
        return _with_ones(left, right)
    if not left.rank or not right.rank:
        return scaled(left, right)
    if max(left.rank, right.rank) > 2:
        return _batched(left, right)
    left = repeated(left, (_flat(left)[0], _flat(right)[0]))
    right = repeated(right, (_flat(left)[1], _flat(right)[1]))
    for one, other in ((left, right), (right, left)):
        if one.core in ((1,), (1, 1)) and not _fits(left, right):
            return scaled(_number(one), other)
    if not _fits(left, right):
        raise Misfit(f"{shown(_flat(left))} times {shown(_flat(right))} does not fit")
    axes = union(left, right)
    a, b = (_matrix(spread(t, axes), t) for t in (left, right))
    if a[..., :1].size * b[..., :1, :].size > LARGEST:
        raise TooLong
    data = np.matmul(a, b)
    _rows, _columns = data.shape[-2:]
    if left.rank == 1 and left.stands == ROW and right.rank == 1:
        return Tensor(data[..., 0, 0], axes)
    if left.rank == 1 and left.stands == ROW:
        return Tensor(data[..., 0, :], axes, ROW)
    if right.rank == 1 and right.stands == COLUMN:
        return Tensor(data[..., :, 0], axes, COLUMN)
    return Tensor(data, axes, repeats=left.repeats or right.repeats)


def _batched(left: Tensor, right: Tensor) -> Tensor:
    """A product of matrices for each place along the axes before the last two, as in NumPy."""
    if min(left.rank, right.rank) < 2 or left.core[-1] != right.core[-2]:
        raise Misfit(f"{shown(left.core)} times {shown(right.core)} does not fit")
    axes, rank = union(left, right), max(left.rank, right.rank)
    a, b = (
        data.reshape(*data.shape[: len(axes)], *(1,) * (rank - tensor.rank), *tensor.core)
        for tensor in (left, right)
        for data in (spread(tensor, axes),)
    )
    try:
        size = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    except ValueError:
        raise Misfit(f"{shown(left.core)} times {shown(right.core)} does not fit") from None
    if int(np.prod(size)) * a.shape[-2] * b.shape[-1] > LARGEST:
        raise TooLong
    return Tensor(np.matmul(a, b), axes)


def _with_ones(left: Tensor, right: Tensor) -> Tensor:
    """Products with an identity or with ones: M 𝟏 sums the rows of M, a 𝟏ᵀ repeats a column."""
    if "unit" in (left.kind, right.kind) or not (left.kind or left.rank) or not (right.kind or right.rank):
        kept = right if left.kind == "unit" or not (left.kind or left.rank) else left
        product = elementwise(np.multiply, left, right)
        return replace(product, kind=kept.kind, stands=kept.stands)
    if left.kind and right.kind:
        if left.kind == right.kind == "ones" and (left.stands, right.stands) == (COLUMN, ROW):
            return replace(elementwise(np.multiply, left, right), kind="ones2")
        raise Misfit("ones beside ones")
    if left.kind:
        return transpose(_with_ones(transpose(right), transpose(left)))
    number = Tensor(right.data, right.axes)
    if left.rank > 2:
        raise Misfit("an array of more than two axes is no factor")
    row = left.rank == 1 and left.stands == ROW
    if right.kind == "ones" and right.stands == ROW:
        if row or (left.rank == 2 and left.core[1] != 1):
            raise Misfit("a row of ones behind a matrix")
        column = left if left.rank == 2 else Tensor(left.data[..., None], left.axes)
        return replace(elementwise(np.multiply, column, number), repeats=True)
    if left.rank == 1 and not row:
        raise Misfit("ones behind a column")
    summed = Tensor(left.data.sum(-1), left.axes)
    product = elementwise(np.multiply, summed, number)
    if right.kind == "ones":
        return replace(product, stands=COLUMN)
    if row:
        return replace(product, kind="ones", stands=ROW)
    return Tensor(product.data[..., None], product.axes)


def _fits(left: Tensor, right: Tensor) -> bool:
    return _flat(left)[1] == _flat(right)[0]


def _flat(tensor: Tensor) -> tuple[int, int]:
    if tensor.rank == 2:
        return tensor.core[0], tensor.core[1]
    return (1, tensor.core[0]) if tensor.stands == ROW else (tensor.core[0], 1)


def _matrix(data: Any, tensor: Tensor) -> Any:
    if tensor.rank == 2:
        return data
    return data[..., None, :] if tensor.stands == ROW else data[..., :, None]


def _number(tensor: Tensor) -> Tensor:
    return Tensor(tensor.data.reshape(tensor.data.shape[: len(tensor.axes)]), tensor.axes)


def inner(left: Tensor, right: Tensor) -> Tensor:
    """Σ of the products of entries of two arrays of one shape: a · b, A : B."""
    if not left.rank or left.core != right.core:
        raise Misfit("an inner product takes two arrays of one shape")
    axes = union(left, right)
    product = spread(left, axes) * spread(right, axes)
    return Tensor(product.reshape(*product.shape[: len(axes)], -1).sum(-1), axes)


def outer(left: Tensor, right: Tensor) -> Tensor:
    """The array of all products of an entry of the one with an entry of the other."""
    if left.data.size * right.data.size > LARGEST:
        raise TooLong
    axes = union(left, right)
    a, b = spread(left, axes), spread(right, axes)
    a = a.reshape(*a.shape, *(1,) * right.rank)
    b = b.reshape(*b.shape[: len(axes)], *(1,) * left.rank, *b.shape[len(axes) :])
    return Tensor(a * b, axes)


def kronecker_product(left: Tensor, right: Tensor) -> Tensor:
    """Kronecker's product of matrices, of which at least one is a matrix or a row."""
    if not left.rank or not right.rank or (left.rank == right.rank == 1 and left.stands == right.stands):
        raise Misfit("Kronecker's product takes matrices")
    if left.data.size * right.data.size > LARGEST:
        raise TooLong
    axes = union(left, right)
    a, b = (_matrix(spread(t, axes), t) for t in (left, right))
    data = np.einsum("...ij,...kl->...ikjl", a, b)
    rows, columns = a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1]
    return Tensor(data.reshape((*data.shape[:-4], rows, columns)), axes)


def stacked_product(left: Tensor, right: Tensor) -> Tensor:
    """Kronecker's product of two columns: every entry of the one times the other, one below the other."""
    if left.rank != 1 or right.rank != 1 or left.stands != right.stands:
        raise Misfit("Kronecker's product of columns takes two of them")
    whole = outer(left, right)
    length = left.core[0] * right.core[0]
    return Tensor(whole.data.reshape((*whole.data.shape[:-2], length)), whole.axes, left.stands)


def hadamard(left: Tensor, right: Tensor) -> Tensor:
    """Entry by entry, of two 1-D arrays that stand alike, or two matrices, of one shape."""
    apart = left.rank and right.rank and left.core != right.core and 1 not in (*left.core, *right.core)
    if apart and (left.rank == right.rank or left.core[-1] != right.core[-1]):
        raise Misfit(f"{shown(left.core)} and {shown(right.core)} do not fit entry by entry")
    return elementwise(np.multiply, left, right)

"""Arrays with named axes: what a written expression is worth at one point.

A free index of a formula is an axis with its letter as name; what is left are the axes of the
array itself. ``W_ij x_j`` has axes i and j and no axes of its own, ``W x`` has one of its own.
1-D arrays stand as columns or as rows, so that products are those of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

COLUMN, ROW, STANDS = "column", "row", "stands"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


LARGEST = 1_000_000
"""Entries of an array that a written line may ask for."""


class TooLong(Exception):
    """Working a line out takes too much."""


class Misfit(Exception):
    """The shapes of an expression cannot fit, under one reading of it."""


class Absent(Misfit):
    """There is nothing with this number: no layer of a name, no entry at a place."""


class Tensor(Struct, frozen=True, eq=False, gc=False):
    """An array whose first axes are named by index letters; ``stands`` is how a 1-D one stands.

    ``kind``: a number times an identity (``unit``), a vector (``ones``) or a matrix (``ones2``) of ones,
    whose sizes what stands beside them shows; their ``data`` is the number. ``repeats``: a matrix of one row
    or column that stands as often as what is beside it shows, 𝟏 aᵀ.
    """

    data: Any
    axes: tuple[str, ...] = ()
    stands: str = COLUMN
    kind: str = ""
    repeats: bool = False

    @property
    def core(self) -> tuple[int, ...]:
        """The shape without the named axes."""
        return tuple(self.data.shape[len(self.axes) :])

    @property
    def rank(self) -> int:
        """The number of axes without names."""
        return int(self.data.ndim) - len(self.axes)

    @property
    def sizes(self) -> dict[str, int]:
        """How far each named axis runs."""
        return dict(zip(self.axes, self.data.shape, strict=False))


def scalar(value: Any) -> Tensor:
    """A number."""
    return Tensor(np.asarray(value))


def turned(stands: str) -> str:
    """The other way to stand."""
    return ROW if stands == COLUMN else COLUMN


def union(*tensors: Tensor) -> tuple[str, ...]:
    """The named axes of several arrays, each once; `Misfit` where one runs differently far in two."""
    sizes: dict[str, int] = {}
    for tensor in tensors:
        for axis, size in tensor.sizes.items():
            if sizes.setdefault(axis, size) != size:
                raise Misfit(f"the index {axis} runs to {sizes[axis]} in one place and to {size} in another")
    return tuple(sizes)


def spread(tensor: Tensor, axes: tuple[str, ...]) -> Any:
    """The data with these named axes in this order, of length 1 where the array has none of the name."""
    if tensor.axes == axes:
        return tensor.data
    own = [axis for axis in axes if axis in tensor.axes]
    order = [tensor.axes.index(axis) for axis in own]
    data = tensor.data.transpose(*order, *range(len(tensor.axes), tensor.data.ndim))
    shape = [tensor.sizes.get(axis, 1) for axis in axes]
    return data.reshape(*shape, *tensor.core)


def elementwise(function: Callable[..., Any], *tensors: Tensor) -> Tensor:
    """A function of entries, with NumPy's broadcasting: a 1-D array beside a matrix is a row."""
    axes = union(*tensors)
    rank = max(tensor.rank for tensor in tensors)
    standing = {tensor.stands for tensor in tensors if tensor.rank == 1 and tensor.core != (1,)}
    if rank == 1 and len(standing) > 1:
        raise Misfit("a row and a column stand side by side")
    narrow = rank == 2 and all(t.core[1] == 1 for t in tensors if t.rank == 2)
    tensors = tuple(_as_matrix(t) if narrow else t for t in tensors)
    padded = [_padded(spread(t, axes), len(axes), rank) for t in tensors]
    cores = [p.shape[len(axes) :] for p in padded]
    try:
        np.broadcast_shapes(*cores)
    except ValueError:
        raise Misfit(" and ".join(shown(t.core) for t in tensors if t.rank) + " do not fit") from None
    repeats = rank == 2 and all(t.repeats for t in tensors if t.rank)
    return Tensor(
        np.asarray(function(*padded)), axes, standing.pop() if standing else COLUMN, repeats=repeats
    )


def repeated(tensor: Tensor, core: tuple[int, ...]) -> Tensor:
    """A row or column that stands as often as a matrix of this shape has rows or columns, where it fits."""
    if (
        not tensor.repeats
        or len(core) != 2
        or any(n not in (1, m) for n, m in zip(tensor.core, core, strict=True))
    ):
        return tensor
    return Tensor(np.broadcast_to(tensor.data, (*tensor.data.shape[: len(tensor.axes)], *core)), tensor.axes)


def _as_matrix(tensor: Tensor) -> Tensor:
    """A column as a matrix of one column."""
    is_column = tensor.rank == 1 and tensor.stands == COLUMN and tensor.core != (1,)
    return replace(tensor, data=tensor.data[..., None]) if is_column else tensor


def _padded(data: Any, named: int, rank: int) -> Any:
    missing = rank - (data.ndim - named)
    return data.reshape(*data.shape[:named], *(1,) * missing, *data.shape[named:]) if missing else data


def shown(core: Sequence[int]) -> str:
    """A shape as a message writes it."""
    return " × ".join(map(str, core)) or "a number"


def combine(sign: Callable[..., Any], left: Tensor, right: Tensor) -> Tensor:
    """left ± right; an identity takes its size from the other."""
    if left.kind == right.kind and left.kind:
        return replace(elementwise(sign, left, right), kind=left.kind, stands=left.stands)
    if left.kind == "unit" and right.rank == 2:
        left = filled(left, _squared(right.core))
    if right.kind == "unit" and left.rank == 2:
        right = filled(right, _squared(left.core))
    if "unit" in (left.kind, right.kind):
        raise Misfit("an identity matrix beside what is no matrix")
    return elementwise(sign, left, right)


def _squared(core: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a column or row that is repeated, a 𝟏ᵀ or 𝟏 aᵀ, beside an identity."""
    return (max(core), max(core)) if 1 in core else core


def filled(tensor: Tensor, core: tuple[int, ...]) -> Tensor:
    """A multiple of an identity or of ones as an array of this shape."""
    number = tensor.data.reshape((*tensor.data.shape, *(1,) * len(core)))
    if tensor.kind == "unit":
        if len(core) != 2 or core[0] != core[1]:
            raise Misfit("an identity matrix beside one that is not square")
        return Tensor(number * np.eye(core[0]), tensor.axes)
    return Tensor(number * np.ones(core), tensor.axes, tensor.stands)


def transpose(tensor: Tensor) -> Tensor:
    """Rows become columns, also of each matrix in an array of more axes."""
    if tensor.kind == "ones":
        return replace(tensor, stands=turned(tensor.stands))
    if tensor.kind:
        return tensor
    if tensor.rank > 1:
        return replace(tensor, data=np.swapaxes(tensor.data, -1, -2))
    return replace(tensor, stands=turned(tensor.stands))


def pick(tensor: Tensor, axis: int, index: str | int) -> Tensor:
    """One axis of the array itself made a named one, or reduced to a position from 0.

    An index that names an axis already picks the diagonal: ∂y_i/∂x_i.
    """
    named = len(tensor.axes)
    place = named + axis
    if isinstance(index, int):
        if not 0 <= index < tensor.data.shape[place]:
            raise Absent(f"there is no entry {index + 1} of {tensor.data.shape[place]}")
        return Tensor(np.take(tensor.data, index, axis=place), tensor.axes, tensor.stands)
    if index not in tensor.axes:
        return Tensor(np.moveaxis(tensor.data, place, named), (*tensor.axes, index), tensor.stands)
    if tensor.sizes[index] != tensor.data.shape[place]:
        raise Misfit(f"the index {index} runs over {tensor.sizes[index]} and over {tensor.data.shape[place]}")
    at = tensor.axes.index(index)
    diagonal = np.moveaxis(np.diagonal(tensor.data, axis1=at, axis2=place), -1, at)
    return Tensor(diagonal, tensor.axes, tensor.stands)


def total(tensor: Tensor, letter: str, mask: Any = None, product: bool = False) -> Tensor:
    """Σ or Π over a named axis, of the entries that ``mask`` (a tensor of zeros and ones) lets through."""
    neutral = 1.0 if product else 0.0
    if mask is not None:
        axes = union(tensor, mask)
        kept = _padded_mask(spread(mask, axes), tensor.rank)
        tensor = replace(tensor, data=np.where(kept.real > 0, spread(tensor, axes), neutral), axes=axes)
    at = tensor.axes.index(letter)
    reduced = (np.prod if product else np.sum)(tensor.data, axis=at)
    return Tensor(reduced, tensor.axes[:at] + tensor.axes[at + 1 :], tensor.stands)


def _padded_mask(data: Any, rank: int) -> Any:
    return data.reshape(*data.shape, *(1,) * rank)


def gather(tensor: Tensor, letters: Sequence[str]) -> Tensor:
    """Named axes made axes of the array itself, in this order and behind those that it has."""
    left = tuple(axis for axis in tensor.axes if axis not in letters)
    data = spread(tensor, (*left, *letters))
    named, core = len(left), tensor.rank
    for n in range(len(letters)):
        data = np.moveaxis(data, named, named + core + len(letters) - 1)
        del n
    return Tensor(data, left, tensor.stands)


def rename(tensor: Tensor, names: dict[str, str]) -> Tensor:
    """Axes under other names."""
    renamed = tuple(names.get(axis, axis) for axis in tensor.axes)
    if len(set(renamed)) < len(renamed):
        raise Misfit("one index stands for two")
    return replace(tensor, axes=renamed)


def replace_stands(tensor: Tensor, stands: str) -> Tensor:
    """A 1-D array that stands otherwise."""
    return replace(tensor, stands=stands)

"""Whether two values agree: exactly at random points, or to their printed digits at the problem's own."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.scope import Unknown
from symgrad.checking.worlds.tensor import Misfit, Tensor, filled, gather, pick, repeated, spread, union

RELATIVE, ABSOLUTE = 1e-7, 1e-10
"""Of exact values: what differences of differences lose at most."""


class Pair(Struct, frozen=True, dict=True):
    """Two values over one another; ``slack``: by how much they may differ, ``mask``: where they count."""

    left: Any
    right: Any
    slack: Any
    mask: Any

    @cached_property
    def agrees(self) -> bool:
        """Whether no entry differs by more than its slack."""
        return not self.parts and bool((self._finite | ~self.mask).all())

    @cached_property
    def parts(self) -> bool:
        """Whether two entries that are numbers differ by more than their slack."""
        apart = np.abs(self.left - self.right) > self.slack
        return bool((apart & self._finite & self.mask).any())

    @cached_property
    def _finite(self) -> Any:
        return np.isfinite(self.left) & np.isfinite(self.right)

    @property
    def compares(self) -> bool:
        """Whether any entry counts."""
        return bool(self.mask.any())


def laid(
    left: Tensor, right: Tensor, mask: Tensor | None = None, slack: tuple[Any, Any] = (None, None)
) -> Pair:
    """Two values over one another; `Misfit` where their shapes do not fit, `Unknown` for no one form."""
    left, right = implied(left, right), implied(right, left)
    left, right = repeated(left, right.core), repeated(right, left.core)
    for _ in range(2):
        left = fitted(left, right)
        right = fitted(right, left)
    axes = union(left, right) if mask is None else union(left, right, mask)
    a, b = (np.real(spread(t, axes)) for t in (left, right))
    rank = max(left.rank, right.rank)
    if left.rank != right.rank:
        a, b = (_widened(d, len(axes), rank) for d in (a, b))
    counts = np.asarray(True)
    if mask is not None:
        data = np.real(spread(mask, axes)) > 0
        counts = data.reshape((*data.shape, *(1,) * rank))
    a, b = np.broadcast_arrays(a, b)
    size = np.abs(a)
    largest = size.max(initial=0.0, where=np.isfinite(size))
    margin = RELATIVE * np.maximum(size, np.abs(b)) + ABSOLUTE * (1 + largest)
    for own in slack:
        if own is not None:
            tensor = fitted(own, left if own is slack[1] else right)
            margin = margin + _over(tensor, axes, rank)
    return Pair(a, b, margin, np.broadcast_to(counts, np.broadcast_shapes(counts.shape, a.shape)))


def _over(tensor: Tensor, axes: tuple[str, ...], rank: int) -> Any:
    return _widened(np.real(spread(tensor, axes)), len(axes), rank)


def _widened(data: Any, named: int, rank: int) -> Any:
    missing = rank - (data.ndim - named)
    return data.reshape((*data.shape, *(1,) * missing)) if missing > 0 else data


def fitted(tensor: Tensor, other: Tensor) -> Tensor:
    """A value in the shape of another one, where the two may stand for the same."""
    if tensor.kind:
        return filled(tensor, other.core) if not other.kind else replace(tensor, kind="")
    core, target = tensor.core, other.core
    if core == target or other.kind:
        return tensor
    named = tensor.data.shape[: len(tensor.axes)]
    if tensor.rank == 0:
        return _number(tensor, other)
    if np.prod(core) == 1:
        return replace(tensor, data=tensor.data.reshape(named))
    squeezed = tuple(size for size in core if size != 1)
    wanted = tuple(size for size in target if size != 1)
    if squeezed == wanted and tensor.rank != other.rank:
        return replace(tensor, data=tensor.data.reshape((*named, *target)))
    if tensor.rank < other.rank or other.rank == 0:
        return tensor if other.rank == 0 and not other.kind else _checked(tensor, other)
    if tensor.rank > 2:
        raise Unknown("a derivative with more than two axes has no one form to be compared with")
    return _checked(tensor, other)


def _number(tensor: Tensor, other: Tensor) -> Tensor:
    """A number beside an array: zero, an entry for all of them, or a letter's axis for that of a vector."""
    if not np.any(tensor.data):
        return Tensor(np.zeros(other.core))
    letters = tuple(axis for axis in tensor.axes if axis not in other.axes)
    if other.rank == len(letters) == 1 and tensor.sizes[letters[0]] == other.core[0]:
        return gather(tensor, letters)
    if np.prod(other.core) == 1:
        return tensor
    if other.rank == 1 and not np.ptp(other.data):  # ∂z/∂μ = 1, of each entry
        return replace(
            tensor, data=np.broadcast_to(tensor.data[..., None], (*tensor.data.shape, *other.core))
        )
    raise Misfit("a number on one side and an array on the other")


def implied(tensor: Tensor, other: Tensor) -> Tensor:
    """An array beside an entry, taken at the one index of the entry that runs as far as the array."""
    if tensor.rank == 1 and other.rank == 0:
        letters = [
            axis for axis, size in other.sizes.items() if size == tensor.core[0] and axis in tensor.axes
        ]
        if len(letters) == 1 and tensor.core[0] > 1:
            return pick(tensor, 0, letters[0])
    return tensor


def _checked(tensor: Tensor, other: Tensor) -> Tensor:
    if tensor.rank == other.rank:
        raise Misfit(f"{_shape(tensor.core)} on one side and {_shape(other.core)} on the other")
    if {tensor.rank, other.rank} == {1, 2}:
        matrix, vector = (tensor, other) if tensor.rank == 2 else (other, tensor)
        if matrix.core[0] == matrix.core[1] == vector.core[0]:
            return _diagonal(tensor)
    raise Misfit(f"{_shape(tensor.core)} on one side and {_shape(other.core)} on the other")


def _diagonal(tensor: Tensor) -> Tensor:
    """A vector where the diagonal matrix of it is meant."""
    if tensor.rank == 1:
        return Tensor(tensor.data[..., None] * np.eye(tensor.core[0]), tensor.axes)
    return tensor


def _shape(core: tuple[int, ...]) -> str:
    return " × ".join(map(str, core)) or "a number"

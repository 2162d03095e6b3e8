"""What two arrays side by side may mean: every reading that their shapes allow, the strictest first.

A named vector has no direction until something gives it one: W v takes it as a column, v W as a row.
What is written as a column or a row, or transposed, has one and keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from symgrad.tree import Array

Link: TypeAlias = "tuple[str, str, int]"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A value that a piece of writing may have.

    ``link`` = (of, wrt, rank of ``of``) marks a derivative, whose axes are those of ``of`` and then
    those of ``wrt``: the chain rule contracts two that meet, in whatever order they stand.
    ``loose`` counts the liberties that the reading takes.
    """

    array: Array
    link: Link | None = None
    loose: int = 0


Pairs: TypeAlias = Iterator[tuple[Array, int]]


def multiply(left: Reading, right: Reading, sign: str) -> Iterator[Reading]:
    """The products of two readings under a sign: '', ``dot times star odot otimes at``."""
    loose = left.loose + right.loose
    chained = _chain(left, right) if sign != "odot" else None
    if chained is not None:
        yield chained
    a, b = left.array, right.array
    if a.ndim > 2 or b.ndim > 2:
        return
    if a.size == 1 or b.size == 1:
        yield Reading(_scale(a, b), _kept(left, right), loose)
        return
    for product, liberty in SIGNS[sign](a, b):
        yield Reading(product, None, loose + liberty)


def _scale(a: Array, b: Array) -> Array:
    one, other = (a, b) if a.size == 1 else (b, a)
    return np.asarray(other * one.reshape(()))


def _kept(left: Reading, right: Reading) -> Link | None:
    """A multiple of a derivative is still one of the same kind."""
    return left.link if right.array.ndim == 0 and not right.link else None


def _chain(left: Reading, right: Reading) -> Reading | None:
    """∂a/∂b · ∂b/∂c, in either order."""
    for outer, inner in ((left, right), (right, left)):
        if outer.link is None or inner.link is None or outer.link[1] != inner.link[0]:
            continue
        (of, _, rank), (_, wrt, shared) = outer.link, inner.link
        if outer.array.shape[rank:] == inner.array.shape[:shared]:
            array = np.tensordot(outer.array, inner.array, shared)
            return Reading(array, (of, wrt, rank), left.loose + right.loose)
    return None


def _matrix(a: Array, b: Array) -> Pairs:
    """a b as a product of matrices, a vector without direction taken as it fits."""
    standing, lying = a.ndim == 2 and a.shape[1] == 1, b.ndim == 2 and b.shape[0] == 1
    if (a.ndim == 1 and lying) or (standing and b.ndim == 1):
        yield np.outer(a, b), 0
    elif a.ndim and b.ndim and a.shape[-1] == b.shape[0] and (a.ndim, b.ndim) != (1, 1):
        yield _bare(a @ b), 0


def _bare(array: Array) -> Array:
    """A 1×1 matrix as the number it is."""
    return array.reshape(()) if array.size == 1 else array


def _vectors(a: Array, b: Array) -> Pairs:
    """Two vectors without direction: their inner product."""
    if a.ndim == b.ndim == 1 and a.shape == b.shape:
        yield np.asarray(a @ b), 0


def _columns(a: Array, b: Array) -> Pairs:
    """Two columns or two rows: their inner product."""
    if a.ndim == b.ndim == 2 and a.shape == b.shape and 1 in a.shape:
        yield np.asarray(np.sum(a * b)), 1


def _entrywise(a: Array, b: Array) -> Pairs:
    """Entry by entry, where the shapes are one."""
    if a.shape == b.shape:
        yield a * b, 0
    elif _line(a) and _line(b) and a.size == b.size:
        yield a.reshape(-1) * b.reshape(-1), 0


def _hadamard(a: Array, b: Array) -> Pairs:
    """a ⊙ b; a vector beside a matrix is repeated along the other axis."""
    yield from _entrywise(a, b)
    if a.shape != b.shape and not (_line(a) and _line(b)):
        yield from ((found, 1) for found in spread(a, b, np.multiply))


def _outer(a: Array, b: Array) -> Pairs:
    """All products of an entry of one and an entry of the other, either way round."""
    if _line(a) and _line(b):
        yield np.outer(a, b), 1
        yield np.outer(b, a), 2


def _either(a: Array, b: Array) -> Pairs:
    """The first kind of product that the shapes allow, then entry by entry."""
    found = [*_matrix(a, b), *_vectors(a, b)]
    yield from found
    if not found or (a.ndim == b.ndim == 1):
        yield from ((array, 1 + loose) for array, loose in _entrywise(a, b))
        yield from _columns(a, b)


def _dotted(a: Array, b: Array) -> Pairs:
    """A dot in a general chain rule may also stand between factors in another order."""
    found = [*_either(a, b)]
    if not found and a.ndim in (1, 2) and b.ndim == 2:
        found = [(array, 2) for array, _ in _matrix(b, a)]
    yield from found or _outer(a, b)


def _crossed(a: Array, b: Array) -> Pairs:
    found = [*_either(a, b)]
    yield from found or _outer(a, b)


def _starred(a: Array, b: Array) -> Pairs:
    """In programs ``*`` is entry by entry; on paper it is any product."""
    yield from _hadamard(a, b)
    yield from ((array, 1 + loose) for array, loose in _either(a, b))


SIGNS: Mapping[str, Callable[[Array, Array], Pairs]] = {
    "": _either,
    "dot": _dotted,
    "times": _crossed,
    "star": _starred,
    "odot": _hadamard,
    "otimes": _outer,
    "at": lambda a, b: iter([*_matrix(a, b), *_vectors(a, b)]),
}


def spread(a: Array, b: Array, operation: Callable[[Array, Array], Array]) -> Iterator[Array]:
    """An elementwise operation of arrays of one shape, or of which one is repeated to the other's.

    A vector without direction beside a matrix is a row where that fits, and a column where that fits.
    """
    if a.shape == b.shape or a.ndim == 0 or b.ndim == 0:
        yield np.asarray(operation(a, b))
    elif _line(a) and _line(b):
        if a.size == b.size and 1 in (a.ndim, b.ndim):
            yield np.asarray(operation(a.reshape(-1), b.reshape(-1)))
    else:
        for left, right in _oriented(a, b):
            if all(m == n or 1 in (m, n) for m, n in zip(left.shape, right.shape, strict=True)):
                yield np.asarray(operation(left, right))


def _oriented(a: Array, b: Array) -> Iterator[tuple[Array, Array]]:
    """A vector as a row and as a column beside a matrix."""
    if a.ndim == b.ndim == 2:
        yield a, b
    elif a.ndim == 2:
        yield from ((a, b.reshape(shape)) for shape in ((1, -1), (-1, 1)))
    elif b.ndim == 2:
        yield from ((a.reshape(shape), b) for shape in ((1, -1), (-1, 1)))


def _line(array: Array) -> bool:
    """Whether an array is a vector, whatever its direction."""
    return array.ndim == 1 or (array.ndim == 2 and 1 in array.shape)


def transposes(reading: Reading) -> Iterator[Reading]:
    """xᵀ: a vector without direction becomes a row, or, where vectors are rows, a column."""
    array = reading.array
    if array.ndim == 1:
        yield Reading(array.reshape(1, -1), None, reading.loose)
        yield Reading(array.reshape(-1, 1), None, reading.loose)
    elif array.ndim <= 2:
        yield Reading(array.T, None, reading.loose)

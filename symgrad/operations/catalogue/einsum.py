"""Sums of products by their subscripts, as in NumPy."""

from __future__ import annotations

from functools import reduce

import numpy as np

from symgrad.operations.model import Example
from symgrad.operations.products import parsed, product
from symgrad.operations.record import Numbers, Options, ShapeMismatch, Space
from symgrad.operations.signature import TEXT, Signature


def _letters(ranks: tuple[int, ...], options: Options) -> str:
    pattern: str = options[TEXT]
    for axes, rank in zip(parsed(pattern)[0], ranks, strict=True):
        if len(axes) != rank:
            raise ShapeMismatch(f"'{axes}' is {len(axes)} letters for an array of {rank} axes")
    return pattern


def _value(space: Space, *arrays: Numbers, subscripts: str) -> Numbers:
    """By products of entries: `numpy.einsum` multiplies no numbers of 50 digits."""
    if not any(array.dtype == object for array in arrays):
        return np.asarray(np.einsum(subscripts, *arrays, optimize=True))
    inputs, output = parsed(subscripts)
    order = [*output, *(letter for letter in dict.fromkeys("".join(inputs)) if letter not in output)]
    parts = (_spread(array, axes, order) for array, axes in zip(arrays, inputs, strict=True))
    whole = reduce(lambda a, b: space.apply("multiply", a, b), parts)
    return np.asarray(np.sum(whole, axis=tuple(range(len(output), len(order)))))


def _spread(array: Numbers, axes: str, order: list[str]) -> Numbers:
    """The array with one axis for every letter of ``order``; one that stands twice takes the diagonal."""
    letters = list(axes)
    while twice := [letter for letter in letters if letters.count(letter) > 1]:
        first, second = (n for n, letter in enumerate(letters) if letter == twice[0])
        array = np.diagonal(array, axis1=first, axis2=second)
        letters = [letter for letter in letters if letter != twice[0]] + twice[:1]
    places = sorted(range(len(letters)), key=lambda n: order.index(letters[n]))
    array = np.transpose(array, places)
    sizes = {letters[n]: size for n, size in zip(places, array.shape, strict=True)}
    return array.reshape([sizes.get(letter, 1) for letter in order])


EINSUM = product(
    "einsum",
    "sum of products by subscripts",
    _letters,
    "",
    _value,
    "the gradient meets the other arrays, summed over all indices that are not those of this one",
    call=Signature((TEXT, "A"), variadic=True),
    code="np.einsum",
    example=Example('einsum("ij,kj->ik", A, B)', {"A": ("m", "n"), "B": ("k", "n")}),
)

"""What look-ups share: labels, whole numbers from 0, as rows of zeros with a single one.

So a look-up is a product with a constant array, Σ_k 1[y_i = k] x_k, and its derivative is that array.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from symgrad.operations.record import Numbers, Scope, Space, View
from symgrad.tree import Formula, Name, Op, walk

LABELLED = frozenset({"onehot", "pick", "gather"})
"""Operations whose last argument is labels."""


def hot(scope: Scope, position: int, labels: View, size: Any) -> View:
    """1[y_i = k], y the argument at ``position``, as an array that does not vary."""
    chosen = (("size", size),)
    return scope.constant(Op("onehot", (Name(f"#{position}"),), chosen), (*labels.dims, size))


def places(labels: Numbers, size: int) -> Numbers:
    """Labels as positions from 0; at random points, where they are no whole numbers, some position still."""
    return np.asarray(np.rint(np.asarray(np.real(labels), dtype=float)).astype(int) % size)


def hot_value(space: Space, labels: Numbers, size: int) -> Numbers:
    """A row with a 1 at its label for each."""
    return space.array(np.eye(size, dtype=int)[places(labels, size)])


def labels_in(formula: Formula) -> Iterator[str]:
    """The names that stand as labels in a formula."""
    for node in walk(formula):
        if isinstance(node, Op) and node.name in LABELLED and (name := label_name(node.args[-1])):
            yield name


def label_name(labels: Formula) -> str | None:
    """The name whose numbers, or a part of them as in w[:, 0], are labels; None for what is worked out."""
    match labels:
        case Name(id) | Op("index", (Name(id),)):
            return id
    return None


def is_hot(formula: Formula) -> bool:
    """Whether an array is rows of zeros with a single one because of how it is made."""
    return isinstance(formula, Op) and formula.name == "onehot"

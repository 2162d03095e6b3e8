"""On which side of each kink of a formula a point lies: a derivative is right only if it is on both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations import OPERATIONS
from symgrad.tree import Formula, Op, walk

Side = tuple[Formula, int, bool]
"""An operation, which of its kinks (a clip has two), and whether the argument lies above it."""


def kinks(formula: Formula) -> frozenset[Side]:
    """Both sides of every kink of a formula."""
    return frozenset(
        (node, n, side)
        for node in _kinked(formula)
        for n in range(max(1, len(node.args) - 1))
        for side in (False, True)
    )


def sides(formula: Formula, values: Values) -> frozenset[Side]:
    """The sides that are taken at a point, by any entry."""
    found = set[Side]()
    for node in _kinked(formula):
        first, *others = [evaluate(arg, values) for arg in node.args]
        for n, other in enumerate(others or [0]):
            above = np.asarray(first > other, dtype=bool)
            found.update((node, n, side) for side, taken in ((True, above), (False, ~above)) if taken.any())
    return frozenset(found)


def _kinked(formula: Formula) -> Iterator[Op]:
    for node in walk(formula):
        if isinstance(node, Op) and node.name in OPERATIONS and OPERATIONS[node.name].has_kink:
            yield node

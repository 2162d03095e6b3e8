"""On which side of each kink of a formula a point lies: a derivative is right only if it is on both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from symgrad.numbers.evaluate import Values, evaluate
from symgrad.operations import OPERATIONS
from symgrad.tree import Formula, Op, walk

Side = tuple[Formula, bool]


def kinks(formula: Formula) -> frozenset[Side]:
    """Both sides of every kink of a formula."""
    return frozenset((node, side) for node in _kinked(formula) for side in (False, True))


def sides(formula: Formula, values: Values) -> frozenset[Side]:
    """The sides that are taken at a point, by any entry."""
    found = set[Side]()
    for node in _kinked(formula):
        parts = [evaluate(arg, values) for arg in node.args]
        above = parts[0] > (parts[1] if len(parts) > 1 else 0)
        found.update((node, bool(side)) for side in np.unique(np.asarray(above, dtype=bool)))
    return frozenset(found)


def _kinked(formula: Formula) -> Iterator[Op]:
    for node in walk(formula):
        if isinstance(node, Op) and node.name in OPERATIONS and OPERATIONS[node.name].has_kink:
            yield node

"""Facts that the numbers of the givens show: one-hot rows, and probabilities that weigh logarithms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.graph import Graph
from symgrad.operations import OPERATIONS
from symgrad.operations.record import Numbers
from symgrad.tree import Formula, Name, Op, names, walk

LOGARITHMS = frozenset({"log", "log_softmax"})
PRODUCTS = frozenset({"multiply", "dot", "matmul", "einsum"})
ROUNDING = 1e-12
"""How far the sum of floats may be from the 1 that their decimals come to."""


def shown(graph: Graph, given: Mapping[str, Any], varying: Iterable[str]) -> tuple[Fact, ...]:
    """Σ = 1 for every given vector, and every row of a matrix, of probabilities: a 1 among zeros, or others.

    Names that are differentiated or updated are left out: the fact would not survive a step. Others are
    probabilities where they weigh logarithms, Σ t log p: an input [0.4, 0.6] has its sum by chance.
    """
    skipped, found = set(varying), []
    weights = _weights(graph)
    for name, value in given.items():
        array = np.asarray(value)
        if name in skipped or array.ndim == 0 or array.shape[-1] < 2:
            continue
        if _is_one_hot(array) or (name in weights and array.ndim <= 2 and _is_distribution(array)):
            found.append(Fact(name, None if array.ndim == 1 else 1, Fraction(1)))
    return tuple(found)


def _is_one_hot(array: Numbers) -> bool:
    return bool(np.isin(array, (0.0, 1.0)).all() and (array.sum(axis=-1) == 1).all())


def _is_distribution(array: Numbers) -> bool:
    inside = (array >= 0).all() and (array <= 1).all()
    return bool(inside and np.allclose(array.sum(axis=-1), 1, rtol=0, atol=ROUNDING))


def _weights(graph: Graph) -> Set[str]:
    """The names that a logarithm is multiplied by, and those that one of these is made of entry by entry."""
    logarithms = {name for name, formula in graph.quantities.items() if _has_logarithm(formula, set())}
    found = {
        name
        for formula in graph.quantities.values()
        for node in walk(formula)
        if isinstance(node, Op) and node.name in PRODUCTS
        for weight, other in permutations(node.args, 2)
        if _has_logarithm(other, logarithms)
        for name in names(weight)
    }
    for name, formula in reversed(tuple(graph.quantities.items())):
        if name in found and _is_entrywise(formula):
            found.update(names(formula))
    return found


def _has_logarithm(formula: Formula, known: Set[str]) -> bool:
    return any(
        (isinstance(node, Op) and node.name in LOGARITHMS) or (isinstance(node, Name) and node.id in known)
        for node in walk(formula)
    )


def _is_entrywise(formula: Formula) -> bool:
    operations = (node.name for node in walk(formula) if isinstance(node, Op))
    return all(name in OPERATIONS and OPERATIONS[name].kind == "elementwise" for name in operations)

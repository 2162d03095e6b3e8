"""Matrices that are taken to be their own transposes: covariances, and those of quadratic forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from symgrad.checking.worlds.model import Model
from symgrad.tree import Formula, Name, Op, walk

INVERTED = frozenset(("inv", "det", "logdet"))


def given_symmetric(model: Model) -> frozenset[str]:
    """The covariances, and matrices of quadratic forms, whose numbers are given symmetric."""
    given = model.problem.given
    return frozenset(
        name
        for name in inverted(model) | _between(model)
        if name in given and np.array_equal(given[name], np.transpose(given[name]))
    )


def may_be_symmetric(model: Model) -> frozenset[str]:
    """Of these matrices all of which no numbers are given."""
    return (inverted(model) | _between(model)) - set(model.problem.given)


@lru_cache(maxsize=8)
def inverted(model: Model) -> frozenset[str]:
    """The square leaves of which the inverse or the determinant is taken, as of a covariance."""
    parts = _parts(model)
    return _square(model, (part.args[0] for part in parts if part.name in INVERTED))


@lru_cache(maxsize=8)
def _between(model: Model) -> frozenset[str]:
    """The square leaves S of vᵀ S v."""
    parts = (part for part in _parts(model) if part.name in ("dot", "matmul"))
    return _square(model, (S for part in parts for S in _form(model, *part.args)))


def _form(model: Model, left: Formula, right: Formula) -> Iterator[Formula]:
    for vector, product in ((left, right), (right, left)):
        matrix = isinstance(vector, Name) and len(model.graph.shapes[vector.id]) != 1
        if isinstance(product, Op) and product.name == "matmul" and vector in product.args and not matrix:
            yield from (arg for arg in product.args if arg != vector)


def _parts(model: Model) -> list[Op]:
    formulas = model.graph.quantities.values()
    return [part for formula in formulas for part in walk(formula) if isinstance(part, Op)]


def _square(model: Model, matrices: Iterator[Formula]) -> frozenset[str]:
    shapes, leaves, sizes = model.graph.shapes, model.graph.leaves, model.graph.sizes
    names = {matrix.id for matrix in matrices if isinstance(matrix, Name) and matrix.id in leaves}
    return frozenset(
        name for name in names if len({sizes.get(dim, dim) for dim in shapes[name]}) == 1 < len(shapes[name])
    )

"""A vector as a diagonal matrix, and the diagonal of a matrix."""

import numpy as np

from symgrad.operations.matrices import of_square
from symgrad.operations.products import product
from symgrad.operations.record import Numbers, Space


def _value(space: Space, x: Numbers) -> Numbers:
    """np.diag, but on object arrays too, whose zeros must be numbers of the space."""
    if x.ndim == 2:
        return np.asarray(np.diagonal(x))
    result = space.array(np.zeros((len(x), len(x)), dtype=int))
    result = result.astype(np.result_type(result, x))  # also a number that moves along a complex step
    result[np.arange(len(x)), np.arange(len(x))] = x
    return result


DIAG = product(
    "diag",
    "diagonal",
    ("nn->n", "n->nn"),
    "diag is of a vector or a square matrix",
    _value,
    "only the diagonal is read or written",
    names=("Diag",),
    example=of_square("diag"),
)

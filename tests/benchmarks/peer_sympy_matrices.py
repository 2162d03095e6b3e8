"""SymPy on a case of `peer_cases`, with whole matrices: `MatrixExpr.diff`."""

import numpy as np
import sympy
from peer_cases import answer
from sympy import Determinant, ImmutableMatrix, MatrixSymbol, OneMatrix, Trace
from sympy.matrices.exceptions import ShapeError


def loss(case, leaves):
    """The objective in matrices; a sum of entries is the trace of a product."""
    if case.depth == 0:
        v, y = leaves["v"], leaves["y"]
        return sympy.log(Trace(OneMatrix(1, 3) * v.applyfunc(sympy.exp))) - Trace(y.T * v)
    if case.depth < 0:
        return sympy.log(Determinant(leaves["X"]))
    h = leaves["x"]
    for n in range(1, case.depth + 1):
        u = leaves[f"W{n}"] * h + leaves[f"b{n}"]
        h = u.applyfunc(sympy.tanh)
    return Trace((u - leaves["y"]).T * (u - leaves["y"]))


def derived(case):
    """Every gradient as a matrix expression."""
    leaves = {name: MatrixSymbol(name, *(*shape, 1)[:2]) for name, shape in case.shapes.items()}
    objective = loss(case, leaves)
    return leaves, {name: _derivative(objective, leaves[name]) for name in case.wrt}


def _derivative(objective, leaf):
    """None where SymPy fails, mostly on matrices that do not fit together."""
    try:
        return objective.diff(leaf)
    except (ShapeError, ValueError):
        return None


def numbers(case, found):
    """The gradients at the point of the case, in the shape that SymPy gives them."""
    leaves, gradients = found
    values = {
        leaves[name]: ImmutableMatrix(value.reshape(leaves[name].shape))
        for name, value in case.point().items()
    }
    return {name: _value(gradients[name], values, case.shapes[name]) for name in case.wrt}


def _value(gradient, values, shape):
    """The gradient in numbers; NaN where there is none, or its own factors do not fit together."""
    try:
        return np.full(shape, np.nan) if gradient is None else _shaped(gradient.subs(values).doit(), shape)
    except (ShapeError, TypeError, ValueError):
        return np.full(shape, np.nan)


def _shaped(value, shape):
    array = np.array(value.as_explicit() if hasattr(value, "as_explicit") else value, dtype=float)
    return array.reshape(shape) if array.shape == (*shape, 1) else array


if __name__ == "__main__":
    answer(derived, numbers)

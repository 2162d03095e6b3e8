"""SymPy on a case of `peer_cases`, with a symbol for every entry: `Matrix.jacobian`."""

import numpy as np
import sympy
from peer_cases import answer


def symbols(case):
    """A matrix of symbols for every leaf; a vector is a column."""
    found = {}
    for name, shape in case.shapes.items():
        rows, columns = (*shape, 1)[:2]
        found[name] = sympy.Matrix(rows, columns, lambda i, j, name=name: sympy.Symbol(f"{name}_{i}_{j}"))
    return found


def loss(case, leaves):
    """The objective in entries."""
    if case.depth == 0:
        log_sum = sympy.log(sum(leaves["v"].applyfunc(sympy.exp)))
        return -sum(y * (v - log_sum) for y, v in zip(leaves["y"], leaves["v"], strict=True))
    if case.depth < 0:
        return sympy.log(leaves["X"].det())
    h = leaves["x"]
    for n in range(1, case.depth + 1):
        u = leaves[f"W{n}"] * h + leaves[f"b{n}"]
        h = u.applyfunc(sympy.tanh)
    return (u - leaves["y"]).dot(u - leaves["y"])


def derived(case):
    """Every gradient as a row of entries."""
    leaves = symbols(case)
    objective = sympy.Matrix([loss(case, leaves)])
    return leaves, {name: objective.jacobian(list(leaves[name])) for name in case.wrt}


def numbers(case, found):
    """The gradients at the point of the case."""
    leaves, gradients = found
    point = case.point()
    values = [value for name in leaves for value in point[name].ravel()]
    unknown = [symbol for matrix in leaves.values() for symbol in matrix]
    return {
        name: np.reshape(sympy.lambdify(unknown, gradient, cse=True)(*values), case.shapes[name])
        for name, gradient in gradients.items()
    }


if __name__ == "__main__":
    answer(derived, numbers)

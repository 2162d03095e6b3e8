"""tensorgrad on a case of `peer_cases`: sizes are names, tensors have named edges."""

import torch
from peer_cases import answer
from sympy import Symbol
from tensorgrad import Derivative, Variable, functions
from tensorgrad.extras.evaluate import evaluate


def variables(case):
    """A variable for every leaf; edges that are summed over have one name."""
    if case.depth == 0:
        return {name: Variable(name, Symbol("i")) for name in ("v", "y")}
    if case.depth < 0:
        return {"X": Variable("X", i=Symbol("n"), j=Symbol("n"))}
    sizes = [Symbol(f"n{n}") for n in range(case.depth + 1)]
    found = {"x": Variable("x", sizes[0]), "y": Variable("y", sizes[-1])}
    for n in range(1, case.depth + 1):
        found |= {f"W{n}": Variable(f"W{n}", sizes[n], sizes[n - 1]), f"b{n}": Variable(f"b{n}", sizes[n])}
    return found


def loss(case, leaves):
    """The objective."""
    if case.depth == 0:
        return functions.cross_entropy(leaves["v"], leaves["y"], "i")
    if case.depth < 0:
        return functions.log(functions.det(leaves["X"]))
    h = leaves["x"]
    for n in range(1, case.depth + 1):
        u = leaves[f"W{n}"] @ h + leaves[f"b{n}"]
        h = functions.tanh(u)
    return functions.frobenius2(u - leaves["y"])


def derived(case):
    """Every gradient, simplified as far as tensorgrad goes."""
    leaves = variables(case)
    objective = loss(case, leaves)
    return leaves, {name: Derivative(objective, leaves[name]).full_simplify() for name in case.wrt}


def numbers(case, found):
    """The gradients at the point of the case."""
    torch.set_default_dtype(torch.float64)
    leaves, gradients = found
    values = {
        leaves[name]: torch.tensor(value).refine_names(*leaves[name].edges)
        for name, value in case.point().items()
    }
    return {name: _ordered(evaluate(g, dict(values)), leaves[name]) for name, g in gradients.items()}


def _ordered(value, variable):
    """The axes in the order of the variable's edges: tensorgrad calls those of a gradient i_, j_."""
    wanted = [next(n for n in value.names if n.rstrip("_") == edge) for edge in variable.edges]
    return value.align_to(*wanted).rename(None).numpy()


if __name__ == "__main__":
    answer(derived, numbers)

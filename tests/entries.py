"""Index expressions evaluated by brute force: every sum a loop, every entry looked up.

Independent of the calculus: what SymPy wrote and what a `Poly` holds are worked out number by number.
"""

from itertools import product

import mpmath
import numpy as np
import sympy

from symgrad.calculus.index import Apply, Cell, Count, Group, Kron
from symgrad.numbers.evaluate import evaluate
from symgrad.tree import Op, Value


def length(dim, sizes):
    return 1 if dim == 1 else sizes[dim]


def filled(dims, sizes, entry):
    """The object array of these dimensions whose entry at each position is ``entry(position)``."""
    found = np.empty(tuple(length(dim, sizes) for dim in dims), dtype=object)
    for where in np.ndindex(found.shape):
        found[where] = entry(where)
    return found


def poly_array(poly, free, values):
    """The array whose entry at the indices ``free`` is ``poly``."""
    dims = tuple(index.dim for index in free)
    return filled(
        dims, values.sizes, lambda where: poly_value(poly, dict(zip(free, where, strict=True)), values)
    )


def poly_value(poly, at, values):
    """The number a polynomial is where its free indices have the positions ``at``."""
    return sum((_term(term, at, values) for term in poly.terms), mpmath.mpf(0))


def _term(term, at, values):
    found = mpmath.mpf(0)
    for where in product(*(range(length(index.dim, values.sizes)) for index in term.bound)):
        inside = {**at, **dict(zip(term.bound, where, strict=True))}
        found += mpmath.fprod(_atom(single, inside, values) ** _mpf(power) for single, power in term.factors)
    return _mpf(term.coefficient) * found


def _mpf(fraction):
    return mpmath.mpf(fraction.numerator) / fraction.denominator


def _atom(single, at, values):
    match single:
        case Cell(base, indices):
            return evaluate(base, values)[tuple(at[index] for index in indices)]
        case Kron(left, right):
            return mpmath.mpf(int(at[left] == at[right]))
        case Count(dim):
            return mpmath.mpf(length(dim, values.sizes))
        case Group(poly):
            return poly_value(poly, at, values)
        case Apply(function, args, options):
            numbers = (Value(values.space.array(poly_value(arg, at, values))) for arg in args)
            return evaluate(Op(function, tuple(numbers), options), values)[()]
    raise TypeError(f"no number for {single!r}")


def sympy_value(node, at, arrays, scope, sizes):
    """The number a definition comes to: ``at`` positions of index symbols, ``arrays`` by symbol or base."""

    def value(part, inside):
        return sympy_value(part, inside, arrays, scope, sizes)

    if isinstance(node, sympy.Sum):
        symbols = [limit[0] for limit in node.limits]
        ranges = (range(length(scope.dims[symbol], sizes)) for symbol in symbols)
        positions = (dict(zip(symbols, where, strict=True)) for where in product(*ranges))
        return sympy.Add(*(value(node.function, {**at, **inside}) for inside in positions))
    if isinstance(node, sympy.Indexed):
        return sympy.Float(arrays[node.base][tuple(at[symbol] for symbol in node.indices)], 50)
    if isinstance(node, sympy.KroneckerDelta):
        return sympy.Integer(int(at[node.args[0]] == at[node.args[1]]))
    if node in arrays:
        return sympy.Float(arrays[node][()], 50)
    if node in scope.sizes:
        return sympy.Integer(length(scope.sizes[node], sizes))
    return node.func(*(value(part, at) for part in node.args)) if node.args else node

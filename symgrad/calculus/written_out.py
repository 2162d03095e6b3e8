"""A polynomial at one place: its sums written out, the entries of names by their positions."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from symgrad.calculus.index import (
    Apply,
    Atom,
    Cell,
    Count,
    Group,
    Index,
    Kron,
    Poly,
    add,
    atom,
    constant,
    multiply,
    power,
    scale,
)
from symgrad.calculus.tensors import TENSORS
from symgrad.graph import Graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.tree import Entry, Formula, Name, Op, names

CONSTANT = TENSORS - {"pooling"} | {"eye", "ones", "zeros"}
PRODUCTS = frozenset({"others", "other_pairs"})
MOVING = frozenset({"index", "squeeze", "unsqueeze", "transpose", "flatten"})
"""Operations whose entries are entries of their argument."""


def at_place(poly: Poly, places: Mapping[Index, int], graph: Graph) -> Poly:
    """The polynomial with its indices at these places, counted from 0; all its sizes are known."""
    found = []
    for term in poly.terms:
        ranges = [range(_size(index.dim, graph)) for index in term.bound]
        for bound in product(*ranges):
            here = {**places, **dict(zip(term.bound, bound, strict=True))}
            factors = (power(_atom(single, here, graph), exponent) for single, exponent in term.factors)
            found.append(scale(multiply(constant(1), *factors), term.coefficient))
    return add(*found)


def _size(dim: Any, graph: Graph) -> int:
    return 1 if dim == 1 else graph.sizes[dim]


def _atom(single: Atom, places: Mapping[Index, int], graph: Graph) -> Poly:
    match single:
        case Cell(base, indices):
            return _cell(base, tuple(places[index] for index in indices), graph)
        case Kron(left, right):
            return constant(int(places[left] == places[right]))
        case Count(dim):
            return constant(_size(dim, graph))
        case Apply(function, args, options):
            return atom(Apply(function, tuple(at_place(arg, places, graph) for arg in args), options))
        case Group(inner):
            return at_place(inner, places, graph)
    raise TypeError(f"no atom: {single!r}")


def _cell(base: Formula, at: tuple[int, ...], graph: Graph) -> Poly:
    if isinstance(base, Op) and base.name == "prod" and not at:
        return _whole_product(base, graph)
    if not at:
        return atom(Cell(base, ()))
    sizes: dict[Any, int] = {1: 1, **graph.sizes}
    if isinstance(base, Op) and base.name in CONSTANT and not names(base):
        return constant(int(evaluate(base, Values({}, sizes))[at]))
    if isinstance(base, Op) and base.name in PRODUCTS:
        return _product(base, at, graph)
    used = names(base)
    if isinstance(base, Op) and len(used) == 1 and _only_moves(base):
        name = Name(used[0])
        shape = tuple(_size(dim, graph) for dim in graph.shapes[used[0]])
        numbered = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
        number = int(np.asarray(evaluate(base, Values({name: numbered}, sizes)))[at])
        return atom(Cell(Entry(name, tuple(map(int, np.unravel_index(number, shape)))), ()))
    return atom(Cell(Entry(base, at), ()))


def _whole_product(op: Op, graph: Graph) -> Poly:
    sizes = (range(_size(dim, graph)) for dim in graph.shape(op.args[0]))
    return multiply(constant(1), *(_cell(op.args[0], place, graph) for place in product(*sizes)))


def _product(op: Op, at: tuple[int, ...], graph: Graph) -> Poly:
    """The product of the entries along an axis but for one or two."""
    (x,), axis = op.args, op.option("axis") or 0
    rank = len(graph.shape(x))
    gone, place = {at[axis], *at[rank:]}, at[:rank]
    if len({at[axis], *at[rank:]}) < len(at) - rank + 1:
        return constant(0)
    rest = (k for k in range(_size(graph.shape(x)[axis], graph)) if k not in gone)
    return multiply(constant(1), *(_cell(x, (*place[:axis], k, *place[axis + 1 :]), graph) for k in rest))


def _only_moves(formula: Formula) -> bool:
    return isinstance(formula, Name) or (
        isinstance(formula, Op) and formula.name in MOVING and _only_moves(formula.args[0])
    )

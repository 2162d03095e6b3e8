"""A Jacobian in numbers, entry by entry, with the factor that all its entries share pulled out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np

from symgrad.calculus.steps import GradientOf, Jacobian
from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.nodes import Boxed, Matrix
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.styles.answers import leading, needed
from symgrad.styles.jacobians import rows
from symgrad.styles.setting import Setting
from symgrad.styles.worked import stage_links
from symgrad.tree import Array, Entry, Formula, Name, Op, Partial, Prod, Value, transform

LARGEST = 4
"""Entries of a vector up to which its Jacobian is written out."""


def jacobian_worked(setting: Setting, found: Jacobian) -> Iterator[Block]:
    """∂o/∂v = entries as products = entries = c · what is left."""
    if not _is_small(setting, found):
        return
    entries = _entries(setting, found)
    written = Matrix(tuple(tuple(setting.maths(entry) for entry in row) for row in entries))
    numbers = _numbers(setting, found)
    first = Link(setting.relation(reduce(_beside, (e for row in entries for e in row))), written)
    links = (first, *stage_links(setting, dict.fromkeys((Value(numbers), _factored(numbers)))))
    partial = Partial(found.output, found.input)
    yield Display((leading(Chain(setting.maths(partial), links), partial),))


def product_worked(setting: Setting, found: Jacobian, gradient: GradientOf) -> Iterator[Chain]:
    """∂J/∂v = ∂J/∂o · ∂o/∂v in numbers; nothing where the Jacobian is too large to be shown."""
    if len(gradient.paths) > 1 or not _is_small(setting, found):
        return
    upstream = Value(setting.solution.run.gradients[found.output])
    turned = _factored(_numbers(setting, found).T)
    stages = [_times(turned, upstream)]
    match turned:
        case Op("multiply", (factor, Value(rest))):
            stages.append(Op("multiply", (factor, Value(rest @ upstream.array))))
    result = Value(setting.solution.run.gradients[gradient.target])
    product = Prod(setting.gradient(found.output), Partial(found.output, found.input))
    left = setting.gradient(gradient.target)
    links = (
        Link("=", setting.maths(product)),
        *stage_links(setting, stages),
        Link(setting.relation(result), Boxed(setting.maths(result))),
    )
    yield leading(Chain(setting.maths(left), links), left, 1, needed(setting, product))


def _is_small(setting: Setting, found: Jacobian) -> bool:
    output = setting.solution.run.quantities.get(found.output)
    return output is not None and output.ndim == 1 and output.size <= LARGEST


def _entries(setting: Setting, found: Jacobian) -> list[list[Formula]]:
    """Every entry of the Jacobian with the numbers of the output put in."""
    equal, different, out, by = rows(found)
    size = setting.solution.run.quantities[found.output].size
    return [
        [_put_in(equal if i == j else different, {out: i, by: j}, setting.values) for j in range(size)]
        for i in range(size)
    ]


def _numbers(setting: Setting, found: Jacobian) -> Array:
    entries = [[evaluate(entry, setting.values) for entry in row] for row in _entries(setting, found)]
    return np.array(entries, dtype=float)


def _put_in(formula: Formula, places: dict[str, int], values: Values) -> Formula:
    def change(node: Formula) -> Formula:
        match node:
            case Entry(Name() as base, indices):
                return Value(np.asarray(values.names[base][tuple(places[str(i)] for i in indices)]))
        return node

    return transform(formula, change)


def _factored(matrix: Array) -> Formula:
    """c · matrix, where all entries that are not 0 have the same size c; else the matrix as it is."""
    sizes = np.abs(matrix[matrix != 0])
    if sizes.size and np.allclose(sizes, sizes[0], rtol=1e-9, atol=0):
        return Op("multiply", (Value(np.asarray(sizes[0])), Value(np.sign(matrix))))
    return Value(matrix)


def _times(matrix: Formula, vector: Value) -> Formula:
    match matrix:
        case Op("multiply", (factor, rest)):
            return Op("multiply", (factor, Op("matmul", (rest, vector))))
    return Op("matmul", (matrix, vector))


def _beside(left: Formula, right: Formula) -> Formula:
    return Op("add", (left, right))

"""The values that a piece of writing may have: every reading that its shapes allow.

Nothing is guessed: a name nobody knows raises `Unknown`, a product that fits under no reading
`Misfit`. Each kind of node has one short function in the table `EVALUATE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

from symgrad.checking import functions
from symgrad.checking.calls import call_readings
from symgrad.checking.derivatives import derivative_readings
from symgrad.checking.effort import CELLS, LARGEST
from symgrad.checking.letters import Letters, free_letters
from symgrad.checking.products import Reading, multiply, spread, transposes
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.checking.symbols import pick, symbol_readings
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Cases,
    Comparison,
    Derivative,
    Element,
    Literal,
    Matrix,
    Negative,
    Node,
    Norm,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
    Transpose,
)
from symgrad.tree import Array

MOST_READINGS = 12
MOST_CELLS = 4096
LARGEST_EXPONENT = 1000.0
RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "≠": np.not_equal,
    "<": np.less,
    "≤": np.less_equal,
    ">": np.greater,
    "≥": np.greater_equal,
}


def readings(node: Node, scope: Scope, letters: Letters) -> list[Reading]:
    """The values a node may have, the strictest readings first.

    Raises `Unknown` for a symbol that stands for nothing, `Misfit` where shapes fit under no reading.
    """
    if scope.draws is not None:
        return _evaluated(node, scope, letters)
    key = (node if isinstance(node, Symbol) else id(node), *letters.items())
    if key not in scope.memo:
        try:
            scope.memo[key] = node, _evaluated(node, scope, letters)
        except (Unknown, Misfit) as fault:
            scope.memo[key] = node, fault
    found = scope.memo[key][1]
    if isinstance(found, Unknown | Misfit):
        raise found.with_traceback(None)
    return found


def _evaluated(node: Node, scope: Scope, letters: Letters) -> list[Reading]:
    scope.effort.spend(1)
    found = []
    with np.errstate(all="ignore"):
        for reading in EVALUATE[type(node)](node, scope, letters):
            if reading.array.size <= LARGEST:
                scope.effort.spend(1 + reading.array.size // CELLS)
                found.append(reading)
    if not found:
        raise Misfit(node)
    return sorted(found, key=lambda reading: reading.loose)[:MOST_READINGS]


def _literal(node: Literal, scope: Scope, letters: Letters) -> Iterator[Reading]:
    yield Reading(np.asarray(scope.literal(node)))


def _negative(node: Negative, scope: Scope, letters: Letters) -> Iterator[Reading]:
    for body in readings(node.body, scope, letters):
        yield Reading(-body.array, body.link, body.loose)


def _sum_of(operation: Callable[[Array, Array], Array]) -> Callable[..., Iterator[Reading]]:
    def evaluate(node: Add | Subtract, scope: Scope, letters: Letters) -> Iterator[Reading]:
        for left, right in _pairs(node, scope, letters):
            link = left.link if left.link == right.link else None
            for array in spread(left.array, right.array, operation):
                yield Reading(array, link, left.loose + right.loose)

    return evaluate


def _pairs(node: Any, scope: Scope, letters: Letters) -> Iterator[tuple[Reading, Reading]]:
    left, right = (readings(part, scope, letters) for part in (node.left, node.right))
    yield from product(left, right)
    if not any(True for _ in product(left, right)):
        raise Misfit(node, (left[0].array.shape, right[0].array.shape))


def _product(node: Product, scope: Scope, letters: Letters) -> Iterator[Reading]:
    shapes: tuple[tuple[int, ...], ...] = ()
    found = False
    for left, right in _pairs(node, scope, letters):
        shapes = shapes or (left.array.shape, right.array.shape)
        for reading in multiply(left, right, node.sign):
            found = True
            yield reading
    if not found:
        raise Misfit(node, shapes)


def _quotient(node: Quotient, scope: Scope, letters: Letters) -> Iterator[Reading]:
    for left, right in _pairs(node, scope, letters):
        if right.array.ndim <= 2 and left.array.ndim <= 2:
            link = left.link if right.array.ndim == 0 else None
            for array in spread(left.array, right.array, np.divide):
                yield Reading(array, link, left.loose + right.loose)


def _power(node: Power, scope: Scope, letters: Letters) -> Iterator[Reading]:
    if node.body == Symbol("e"):
        for exponent in readings(node.exponent, scope, letters):
            yield Reading(np.asarray(np.exp(exponent.array)), None, exponent.loose)
        if not scope.lexicon.find(Symbol("e")):
            return
    bodies = readings(node.body, scope, letters)
    index = _high_index(node.exponent, letters)
    if index is not None:
        yield from (
            Reading(body.array[index], None, body.loose)
            for body in bodies
            if body.array.ndim == 1 and index < body.array.size
        )
        return
    for body, exponent in product(bodies, readings(node.exponent, scope, letters)):
        yield from _raised(body, exponent)


def _high_index(node: Node, letters: Letters) -> int | None:
    """An index letter written as an exponent: zⁱ."""
    if isinstance(node, Symbol) and not node.sub and not node.marks and node.base in letters:
        return letters[node.base]
    return None


def _raised(body: Reading, exponent: Reading) -> Iterator[Reading]:
    array, loose = body.array, body.loose + exponent.loose
    if exponent.array.ndim == 0:
        n = float(exponent.array)
        if abs(n) > LARGEST_EXPONENT or array.ndim > 2:
            return
        square = array.ndim == 2 and array.shape[0] == array.shape[1] and array.size > 1
        if square and n == -1:
            yield Reading(functions.inverse(array), None, loose)
        yield Reading(np.asarray(np.power(array, n)), None, loose + (square and n == -1))
        if square and n in (2.0, 3.0):
            yield Reading(np.linalg.matrix_power(array, int(n)), None, loose)
        if array.ndim and n == 2:
            yield Reading(np.asarray(np.sum(array * array)), None, loose + 1)
    else:
        yield from (Reading(found, None, loose) for found in spread(array, exponent.array, np.power))


def _transpose(node: Transpose, scope: Scope, letters: Letters) -> Iterator[Reading]:
    for body in readings(node.body, scope, letters):
        yield from transposes(body)


def _element(node: Element, scope: Scope, letters: Letters) -> Iterator[Reading]:
    for body in readings(node.body, scope, letters):
        yield from pick(body.array, node.sub, letters, body.loose)


def _matrix(node: Matrix, scope: Scope, letters: Letters) -> Iterator[Reading]:
    if sum(map(len, node.rows)) > MOST_CELLS or not node.rows:
        raise Misfit(node)
    rows = [[readings(cell, scope, letters)[0] for cell in row] for row in node.rows]
    if len({len(row) for row in rows}) > 1:
        raise Misfit(node)
    arrays = [[cell.array for cell in row] for row in rows]
    if all(array.ndim == 0 for row in arrays for array in row):
        whole = np.array(arrays, dtype=float)
    else:
        whole = _blocks(node, arrays)
    yield Reading(whole.reshape(-1) if node.flat and whole.shape[0] == 1 else whole)


def _blocks(node: Matrix, arrays: list[list[Array]]) -> Array:
    try:
        return np.asarray(np.block([[np.atleast_2d(array) for array in row] for row in arrays]))
    except ValueError:
        raise Misfit(node) from None


def _total(node: Sum, scope: Scope, letters: Letters) -> Iterator[Reading]:
    reduce = np.prod if node.product else np.sum
    ranged = scope_range(node, scope, letters) if node.index else None
    if ranged is None:
        for body in readings(node.body, scope, letters):
            yield Reading(np.asarray(reduce(body.array)), None, body.loose)
            if body.array.ndim == 2:
                for axis in (0, 1):
                    yield Reading(np.asarray(reduce(body.array, axis=axis)), None, body.loose + 1)
        return
    if not ranged:
        yield Reading(np.asarray(reduce(np.zeros(0))))
        return
    terms = [readings(node.body, scope, {**letters, node.index: n}) for n in ranged]
    for choice in range(min(map(len, terms))):
        chosen = [term[choice] for term in terms]
        if len({reading.array.shape for reading in chosen}) == 1:
            stacked = np.stack([reading.array for reading in chosen])
            yield Reading(np.asarray(reduce(stacked, axis=0)), None, max(r.loose for r in chosen))


def scope_range(node: Sum, scope: Scope, letters: Letters) -> range | None:
    """The positions, from 0, that the index of a sum runs over; None where its body has no such index."""
    found = free_letters(node.body, scope, letters, readings).get(node.index)
    if not found:
        return None
    lower, upper = (_limit(limit, scope, letters) for limit in (node.lower, node.upper))
    start = 0 if lower is None else max(lower - 1, 0)
    stop = found if upper is None else min(upper, found)
    return range(start, stop)


def _limit(node: Node | None, scope: Scope, letters: Letters) -> int | None:
    """A limit that is a number; one that is a name is the end of the range."""
    return int(node.value) if isinstance(node, Literal) else None


def _norm(node: Norm, scope: Scope, letters: Letters) -> Iterator[Reading]:
    for body in readings(node.body, scope, letters):
        if node.single:
            yield Reading(np.abs(body.array), None, body.loose)
            yield from (Reading(d, None, body.loose) for d in functions.STRUCTURED["det"](body.array))
        if node.sub == "1":
            yield Reading(np.asarray(np.sum(np.abs(body.array))), None, body.loose)
        elif not node.single or body.array.ndim:
            yield Reading(np.asarray(np.sqrt(np.sum(body.array**2))), None, body.loose + node.single)


def _comparison(node: Comparison, scope: Scope, letters: Letters) -> Iterator[Reading]:
    indices = [_high_index(side, letters) for side in (node.left, node.right)]
    if all(index is not None for index in indices):
        yield Reading(np.asarray(RELATIONS[node.relation](*indices), dtype=float))
        return
    for left, right in _pairs(node, scope, letters):
        for array in spread(left.array, right.array, RELATIONS[node.relation]):
            yield Reading(np.asarray(array, dtype=float), None, left.loose + right.loose)


def _cases(node: Cases, scope: Scope, letters: Letters) -> Iterator[Reading]:
    """The first case whose condition holds, entry by entry where the conditions are about entries."""
    result: Array | None = None
    for body, condition in reversed(node.rows):
        value = readings(body, scope, letters)[0].array
        if condition is None or result is None:
            result = value
        else:
            holds = readings(condition, scope, letters)[0].array
            result = next(_chosen(holds, value, result), None)
            if result is None:
                return
    if result is not None:
        yield Reading(result)


def _chosen(holds: Array, value: Array, other: Array) -> Iterator[Array]:
    try:
        yield np.where(holds == 1, value, other)
    except ValueError:  # shapes that fit under no broadcasting
        return


def _call(node: Call, scope: Scope, letters: Letters) -> Iterator[Reading]:
    yield from call_readings(node, scope, letters, readings)


def _brace(node: Brace, scope: Scope, letters: Letters) -> Iterator[Reading]:
    yield from readings(node.body, scope, letters)


def _symbol(node: Symbol, scope: Scope, letters: Letters) -> Iterator[Reading]:
    yield from symbol_readings(node, scope, letters, readings)


def _derivative(node: Derivative, scope: Scope, letters: Letters) -> Iterator[Reading]:
    yield from derivative_readings(node, scope, letters, readings)


EVALUATE: Mapping[type, Callable[..., Iterator[Reading]]] = {
    Literal: _literal,
    Symbol: _symbol,
    Call: _call,
    Add: _sum_of(np.add),
    Subtract: _sum_of(np.subtract),
    Negative: _negative,
    Product: _product,
    Quotient: _quotient,
    Power: _power,
    Transpose: _transpose,
    Element: _element,
    Matrix: _matrix,
    Sum: _total,
    Derivative: _derivative,
    Norm: _norm,
    Comparison: _comparison,
    Cases: _cases,
    Brace: _brace,
}

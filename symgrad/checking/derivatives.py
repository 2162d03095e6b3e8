"""What a written derivative may mean: of a name or an expression, whole or of an entry, total or direct.

∂a/∂b of two vectors is a matrix; of an elementwise function people write its diagonal, and of a
product W h by W the one factor that is left, h. All of these are readings of one array, whose axes
are those of a and then those of b.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np

from symgrad.checking.letters import Evaluate, Letters
from symgrad.checking.lexicon import Known, Place
from symgrad.checking.products import Reading
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.checking.world import differences
from symgrad.submission.written import Brace, Call, Derivative, Element, Node, Power, Symbol
from symgrad.tree import Array

SAME = 1e-9
LARGEST = 4096
"""Entries that a derivative may have and still be looked at for what is left of it."""
LARGEST_SLOPE = 1 << 18
"""Entries that the derivative of an expression may have."""
Shape: TypeAlias = "tuple[int, ...]"


@dataclass(frozen=True, slots=True)
class Target:
    """A name, or an entry of it at positions from 0."""

    name: str
    where: tuple[int, ...] | None = None


def derivative_readings(
    node: Derivative, scope: Scope, letters: Letters, evaluate: Evaluate
) -> Iterator[Reading]:
    """The values of ∂of/∂wrt; raises `Unknown` where one of them stands for nothing."""
    wrts = targets(node.wrt, scope, letters, evaluate)
    if not wrts:
        raise Unknown(node.wrt)
    ofs = (
        targets(node.of, scope, letters, evaluate)
        if node.of is not None
        else [Target(scope.lexicon.objective)]
    )
    if not ofs and node.of is not None:
        for wrt in wrts:
            yield from _of_expression(node.of, wrt, scope, letters, evaluate)
    for of, wrt in product(ofs, wrts):
        yield from _between(of, wrt, scope)


def targets(node: Node, scope: Scope, letters: Letters, evaluate: Evaluate) -> list[Target]:
    """What a node is the name of, or of an entry of which."""
    match node:
        case Brace(body, _):
            return targets(body, scope, letters, evaluate)
        case Element(Symbol() as body, sub):
            return targets(
                Symbol(body.base, body.sub + sub, body.marks, body.accents), scope, letters, evaluate
            )
        case Power(Symbol() as body, Symbol(letter, "", (), ())) if letter in letters:
            return [Target(t.name, (letters[letter],)) for t in targets(body, scope, letters, evaluate)]
        case Call(head, _, certain=False):  # J(W) for J
            return targets(head, scope, letters, evaluate)
        case Symbol():
            return _symbol_targets(node, scope, letters)
    return [Target(name) for name in _equal_names(node, scope, letters, evaluate)]


def _symbol_targets(symbol: Symbol, scope: Scope, letters: Letters) -> list[Target]:
    known = scope.lexicon.find(symbol)
    if known is not None and known.exponent == 1:
        return [Target(known.name)]
    entries = [
        Target(known.name, where)
        for known, places in scope.lexicon.entries(symbol)
        if (where := _where(known, places, scope, letters)) is not None
    ]
    loose = scope.lexicon.loosely(symbol) if not entries else None
    return [Target(loose.name)] if loose is not None else entries


def _where(known: Known, places: tuple[Place, ...], scope: Scope, letters: Letters) -> tuple[int, ...] | None:
    """The position of an entry; None where a letter has no value, or the array is not of that kind."""
    found = tuple(
        place.base - 1 + place.offset
        if isinstance(place.base, int)
        else letters.get(place.base, -1) + place.offset
        for place in places
    )
    try:
        shape = scope.value(known.name).shape
    except KeyError:
        return None
    if len(found) == 1 and len(shape) == 2 and 1 in shape:
        found = (found[0], 0) if shape[1] == 1 else (0, found[0])
    fits = len(found) == len(shape) and all(0 <= p < n for p, n in zip(found, shape, strict=True))
    return found if fits else None


def _equal_names(node: Node, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[str]:
    """The quantities that an expression is: softmax(z) where the problem has o = softmax(z)."""
    if letters:
        return
    try:
        found = evaluate(node, scope, letters)
    except (Unknown, Misfit):
        return
    for name in scope.world.model.graph.quantities:
        try:
            value = scope.value(name)
        except KeyError:
            continue
        if any(r.array.shape == value.shape and np.allclose(r.array, value, SAME, SAME) for r in found):
            yield name
            return


def _between(of: Target, wrt: Target, scope: Scope) -> Iterator[Reading]:
    """∂of/∂wrt: in all, and by the one formula alone where that is another number: ∂h_2/∂W of one step.

    Of the objective only the whole derivative counts: a path left out is a slip.
    """
    rank = scope.value(of.name).ndim
    whole = scope.derivative(of.name, wrt.name)
    yield from _forms(whole, rank, of, wrt, scope, 0)
    if of.name != scope.lexicon.objective and scope.world.model.is_direct(wrt.name, of.name):
        direct = scope.derivative(of.name, wrt.name, direct=True)
        if not np.allclose(direct, whole):
            yield from _forms(direct, rank, of, wrt, scope, 1)


def _forms(array: Array, rank: int, of: Target, wrt: Target, scope: Scope, loose: int) -> Iterator[Reading]:
    if of.where is not None:
        array, rank = array[of.where], 0
    if wrt.where is not None:
        yield Reading(_last(array, wrt.where), None, loose)
        return
    link = (of.name, wrt.name, rank) if of.where is None else None
    yield Reading(array if rank else scope.convention.laid(array), link, loose)
    yield from (Reading(form, None, loose + 1) for form in layouts(array, rank))
    if rank and of.name == scope.lexicon.objective:
        yield Reading(np.asarray(array.sum(axis=tuple(range(rank)))), (of.name, wrt.name, 0), loose)


def _last(array: Array, where: tuple[int, ...]) -> Array:
    """The array at positions along its last axes."""
    return np.asarray(array[(slice(None),) * (array.ndim - len(where)) + where])


def _of_expression(
    node: Node, wrt: Target, scope: Scope, letters: Letters, evaluate: Evaluate
) -> Iterator[Reading]:
    """The derivative of something that has no name, by the definition."""
    at = np.asarray(scope.value(wrt.name), dtype=float)
    for n, value in enumerate(evaluate(node, scope, letters)[:2]):
        rank, shape = value.array.ndim, value.array.shape
        if value.array.size * at.size > LARGEST_SLOPE:
            raise Misfit(node, (shape, at.shape))
        for total in (True, False):

            def function(moved: Array, n: int = n, total: bool = total, shape: Shape = shape) -> Array:
                beside = scope.world.downstream(wrt.name, moved) if total else {}
                there = scope.moved({**beside, wrt.name: moved})
                found = evaluate(node, there, letters)
                if n >= len(found) or found[n].array.shape != shape:
                    raise Misfit(node)
                return found[n].array

            array = differences(function, at, value.array)
            if wrt.where is not None:
                array = _last(array, wrt.where)
            yield Reading(array, None, value.loose + (not total))
            if wrt.where is None:
                yield from (Reading(form, None, value.loose + 1) for form in layouts(array, rank))


def layouts(array: Array, rank: int) -> Iterator[Array]:
    """What people write for a derivative in short: its transpose, its diagonal, the factor that is left."""
    if array.ndim == 2 and rank == 1:
        yield array.T
    if rank and array.ndim > rank and array.size <= LARGEST:
        for left in _left(array, rank):
            yield left
            if left.ndim == 2:
                yield left.T


def _left(array: Array, rank: int) -> Iterator[Array]:
    """With δ_ij between an axis of each, the two are one; and that one goes where nothing varies along it."""
    labels = list(range(array.ndim))
    for out, into in product(range(rank), range(rank, array.ndim)):
        if labels[into] == into and out not in labels[rank:] and _diagonal(array, out, into):
            labels[into] = out
    kept = list(dict.fromkeys(labels))
    if len(kept) == array.ndim:
        return
    letters = "abcdefghijklmnopqrstuvwxyz"
    pattern = "->".join("".join(letters[n] for n in group) for group in (labels, kept))
    merged: Array = np.einsum(pattern, array)
    yield merged
    for label in set(labels[rank:]) & set(range(rank)):
        axis = kept.index(label)
        if merged.ndim == len(kept) and np.allclose(merged, np.take(merged, [0], axis), SAME, SAME):
            merged, kept = np.take(merged, 0, axis), [k for k in kept if k != label]
            yield merged
    if merged.size and np.allclose(merged, merged.reshape(-1)[0], SAME, SAME):
        yield np.asarray(merged.reshape(-1)[0])


def _diagonal(array: Array, out: int, into: int) -> bool:
    """Whether an array vanishes wherever its positions along two axes differ."""
    if array.shape[out] != array.shape[into]:
        return False
    shape = [n if axis in (out, into) else 1 for axis, n in enumerate(array.shape)]
    away = 1 - np.eye(array.shape[out]).reshape(shape)
    return bool(np.max(np.abs(array * away), initial=0.0) < SAME)

"""What a single symbol may stand for: a name, an entry, a gradient in short, a value after the update."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from symgrad.checking.letters import Evaluate, Letters, free_letters
from symgrad.checking.lexicon import Known, Place, indices, keys
from symgrad.checking.products import Reading
from symgrad.checking.scope import Definition, Scope, Unknown
from symgrad.submission.written import Symbol
from symgrad.tree import Array

NEXT = frozenset(("'", "+", "new", "neu", "next", "(t+1)", "t+1", "(k+1)", "k+1", "*", "updated"))
"""Marks of a value after the update."""
OLD = frozenset(("old", "(t)", "t", "(k)", "k", "alt"))
GRADIENT_ACCENTS = frozenset(("bar", "Delta", "d"))
SIZES = frozenset("NnmMBKCdDk")
SAMPLES = frozenset("NB")
CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}


def symbol_readings(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """The values of a symbol, from the surest meaning to the most forgiving; the first kind found counts.

    Raises `Unknown` where it has none.
    """
    for kind in KINDS:
        found = list(kind(node, scope, letters, evaluate))
        if found:
            yield from found
            return
    raise Unknown(node)


def _named(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    known = scope.lexicon.find(node)
    if known is not None:
        yield from _of(known, scope)


def _of(known: Known, scope: Scope) -> Iterator[Reading]:
    try:
        array = np.asarray(scope.value(known.name), dtype=float)
    except KeyError:
        return
    yield Reading(array if known.exponent == 1 else np.power(array, 1 / known.exponent))


def _index_letter(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    if node.base in letters and not (node.sub or node.marks or node.accents):
        yield Reading(np.asarray(letters[node.base] + 1.0))


def _defined(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    definition = scope.definition(node)
    if definition is not None:
        yield from definition_readings(definition, scope, evaluate)
        return
    for prefix, rest in ((node.sub[:cut], node.sub[cut:]) for cut in range(len(node.sub) - 1, -1, -1)):
        definition = scope.definition(replace(node, sub=prefix.rstrip(",")))
        if definition is not None:
            for whole in definition_readings(definition, scope, evaluate):
                yield from pick(whole.array, rest.lstrip(","), letters, whole.loose)


def definition_readings(definition: Definition, scope: Scope, evaluate: Evaluate) -> Iterator[Reading]:
    """The value of a name that the student defined; one stated entry by entry becomes an array."""
    if definition.numeric and not scope.world.exact:
        return
    without = replace(scope, definitions={k: d for k, d in scope.definitions.items() if d is not definition})
    if not definition.letters:
        yield from evaluate(definition.body, without, {})
        return
    sizes = free_letters(definition.body, without, {}, evaluate)
    if not all(sizes.get(letter) for letter in definition.letters):
        return
    shape = tuple(sizes[letter] for letter in definition.letters)
    array = np.zeros(shape)
    for where in np.ndindex(shape):
        cell = evaluate(definition.body, without, dict(zip(definition.letters, where, strict=True)))
        array[where] = cell[0].array.reshape(())
    yield Reading(array)


def _gradient(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """ΔW, dW and W̄ for ∂J/∂W."""
    bare = without_gradient_mark(node)
    if bare is None:
        return
    for known, places in _targets(bare, scope):
        try:
            array = scope.derivative(scope.lexicon.objective, known.name)
        except KeyError:
            continue
        array = _summed(array, scope)
        if places is None:
            yield Reading(scope.convention.laid(array), (scope.lexicon.objective, known.name, 0))
        else:
            yield from _entry(array, places, letters, 0, isinstance(places[0].base, str))


def without_gradient_mark(node: Symbol) -> Symbol | None:
    """The W of ΔW, W̄, dW, and of a name such as ``dout`` in a program; None for a symbol without a mark."""
    short = GRADIENT_ACCENTS & set(node.accents)
    if short:
        return replace(node, accents=tuple(a for a in node.accents if a not in short))
    if node.base[:1] == "d" and len(node.base) > 1 and node.base != "delta":
        return replace(node, base=node.base[1:])
    return None


def _summed(array: Array, scope: Scope) -> Array:
    """Of an objective that is no scalar, the gradient of the sum of its entries."""
    rank = scope.value(scope.lexicon.objective).ndim
    return np.asarray(array.sum(axis=tuple(range(rank)))) if rank else array


def _targets(symbol: Symbol, scope: Scope) -> Iterator[tuple[Known, tuple[Place, ...] | None]]:
    known = scope.lexicon.find(symbol)
    if known is not None:
        yield known, None
    else:
        yield from scope.lexicon.entries(symbol)


def _error_signal(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """δ_k for ∂J/∂s_k, where an activation is applied to s_k; δ_ij with two indices is Kronecker's."""
    if node.base != "delta" or node.accents or scope.lexicon.find(Symbol("delta")):
        return
    for places in indices(node.sub):
        positions = [_position(place, letters) for place in places]
        letters_only = all(isinstance(place.base, str) for place in places)
        if len(positions) == 2 and letters_only and all(p is not None for p in positions):
            yield Reading(np.asarray(float(positions[0] == positions[1])))
            return
    for label, rest in _labels(node):
        for name in scope.world.preactivations(label):
            array = _summed(scope.derivative(scope.lexicon.objective, name), scope)
            if rest:
                yield from pick(array, rest, letters, 1)
            else:
                yield Reading(scope.convention.laid(array), (scope.lexicon.objective, name, 0), 1)


def _labels(node: Symbol) -> Iterator[tuple[str, str]]:
    """A layer's label, with what is left as indices: δ_2, δ^{(2)}_j, δ_{out}."""
    for cut in (len(node.sub), *range(len(node.sub))):
        bare, rest = replace(node, sub=node.sub[:cut].rstrip(",")), node.sub[cut:].lstrip(",")
        found = keys(bare)
        for key, _, _ in found[1:] or found:  # where a layer's number stands high, it is part of the label
            yield key.removeprefix("delta"), rest


def _updated(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """w⁺, w′, w^{(t+1)}: after the update; w^{(2)} after two of them, or at the second iteration."""
    for bare, mark in time_marks(node):
        found = False
        for world in scope.world.marked(mark, NEXT, OLD):
            try:
                yield from symbol_readings(bare, scope.at(world), letters, evaluate)
            except Unknown:
                continue
            found = True
        if found:
            return


def time_marks(node: Symbol) -> Iterator[tuple[Symbol, str]]:
    """The ways to split a mark of time off a symbol: w_{new}, w_{5,new}, w⁺."""
    for word in ("new", "old"):
        if node.sub == word or (node.sub.endswith(word) and node.sub != word):
            yield replace(node, sub=node.sub.removesuffix(word).rstrip(",")), word
    for n, mark in enumerate(node.marks):
        yield replace(node, marks=node.marks[:n] + node.marks[n + 1 :]), mark
    if node.sub in NEXT | OLD:
        yield replace(node, sub=""), node.sub


def _entries(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    for known, places in scope.lexicon.entries(node):
        for whole in _of(known, scope):
            yield from _entry(whole.array, places, letters, 0)
        if places[0].base == 1 and known.name in scope.world.model.graph.leaves:
            yield from (Reading(r.array, None, 1) for r in _of(known, scope) if r.array.ndim == 2)
    for n, mark in enumerate(node.marks):  # a sample's number stands high: x^{(i)}
        if mark[:1] == "(" and mark[1:-1] in letters:
            bare = replace(node, marks=node.marks[:n] + node.marks[n + 1 :])
            for whole in symbol_readings(bare, scope, letters, evaluate):
                if whole.array.ndim:
                    position = letters[mark[1:-1]]
                    for axis in range(whole.array.ndim):
                        if position < whole.array.shape[axis]:
                            yield Reading(np.take(whole.array, position, axis), None, whole.loose + axis)


def _size(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """N, n, m: the number of something, whichever fits."""
    if node.base in SIZES and not (node.sub or node.marks or node.accents):
        model = scope.world.model
        batch = (model.batch or model.rows) if node.base in SAMPLES else frozenset()
        sizes = scope.world.sizes
        for size in sorted({float(sizes[dim]) for dim in batch or sizes}):
            yield Reading(np.asarray(size), None, 1)


def _constant(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    if node.base in CONSTANTS and not (node.sub or node.marks or node.accents):
        yield Reading(np.asarray(CONSTANTS[node.base]))


def _forgiven(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    known = scope.lexicon.loosely(node)
    if known is not None:
        yield from (Reading(r.array, None, r.loose + 1) for r in _of(known, scope))
    if "bar" in node.accents:
        bare = replace(node, accents=tuple(a for a in node.accents if a != "bar"))
        yield from _entries(bare, scope, letters, evaluate)


def _barred(node: Symbol, scope: Scope, letters: Letters, evaluate: Evaluate) -> Iterator[Reading]:
    """A bar is a gradient in one course, a vector in another: both are readings."""
    if "bar" in node.accents:
        yield from _gradient(node, scope, letters, evaluate)
        yield from _forgiven(node, scope, letters, evaluate)


KINDS: tuple[Callable[[Symbol, Scope, Letters, Evaluate], Iterator[Reading]], ...] = (
    _index_letter,
    _defined,
    _named,
    _barred,
    _gradient,
    _error_signal,
    _entries,
    _updated,
    _size,
    _constant,
    _forgiven,
)


def pick(array: Array, sub: str, letters: Letters, loose: int) -> Iterator[Reading]:
    """The entries of an array at a written subscript."""
    for places in indices(sub):
        yield from _entry(array, places, letters, loose)


def _entry(
    array: Array, places: tuple[Place, ...], letters: Letters, loose: int, rows: bool = True
) -> Iterator[Reading]:
    """An entry, or a row or column of a matrix at one index."""
    positions = [_position(place, letters) for place in places]
    if any(p is None or p < 0 for p in positions):
        return
    where = tuple(p for p in positions if p is not None)
    if len(where) == array.ndim and all(p < n for p, n in zip(where, array.shape, strict=True)):
        yield Reading(np.asarray(array[where]), None, loose)
    elif len(where) == 1 and array.ndim == 2 and 1 in array.shape and where[0] < array.size:
        yield Reading(np.asarray(array.reshape(-1)[where[0]]), None, loose)
    elif len(where) == 1 and array.ndim == 2 and rows:
        yield from (
            Reading(np.take(array, where[0], axis), None, loose + axis)
            for axis in (0, 1)
            if where[0] < array.shape[axis]
        )


def _position(place: Place, letters: Letters) -> int | None:
    """The position from 0 of a place; None for a letter that has no value."""
    base = place.base - 1 if isinstance(place.base, int) else letters.get(place.base)
    return None if base is None else base + place.offset

"""How far the index letters of a line run: the arrays on which they stand show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeAlias

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.entries import family
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import lettered, scripts
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.tensor import Misfit, Tensor
from symgrad.submission.written import (
    Add,
    Comparison,
    Element,
    Node,
    Power,
    Subtract,
    Sum,
    Symbol,
    Transpose,
    parts,
    walk,
)

MOST_KEPT = 2000


def ranges_of(nodes: Iterable[Node], scope: Scope) -> dict[str, int]:
    """The letters that stand as indices on arrays, and the lengths of those axes.

    They rest on the sizes alone, and on what letters stand for.
    """
    return dict(_found(tuple(nodes), scope)[0])


def within(nodes: Iterable[Node], scope: Scope) -> Scope:
    """A scope with the ranges of letters, and with those that run less far than some array they stand on."""
    ranges, short = _found(tuple(nodes), scope)
    return replace(scope, ranges=ranges, short=short)


def under(node: Sum, scope: Scope) -> Scope:
    """The same inside a sum for its own letter, which there may run otherwise than elsewhere in the line.

    Where the sum says how far it runs, every array may be longer.
    """
    letter = node.index
    lengths = _lengths((node.body,), scope).get(letter, {})
    longest = max(lengths, default=0)
    if len(lengths) < 2:
        if letter not in scope.short:
            return _of_its_own(node, scope)
        least = longest or scope.ranges[letter]
    else:
        least = min(lengths)
        if _count(node.upper, scope) != least and not _outruns(lengths, least):
            return scope
    ranges = {**scope.ranges, letter: least}
    short = scope.short | {letter} if least < longest else scope.short - {letter}
    return replace(scope, ranges=ranges, short=short)


def _of_its_own(node: Sum, scope: Scope) -> Scope:
    """The scope of a sum whose letter stands as a number, 𝟏[d = a + 1] and x_{a+1}: as far as it runs here.

    Another sum of the line may have the same letter run otherwise.
    """
    letter = node.index
    compared = any(isinstance(part, Comparison) for part in walk(node.body))
    if letter not in scope.ranges or not (compared or _counts(node, scope)):
        return scope
    length = _found((node.body,), scope)[0].get(letter, scope.ranges[letter])
    return (
        scope if length == scope.ranges[letter] else replace(scope, ranges={**scope.ranges, letter: length})
    )


def _found(nodes: tuple[Node, ...], scope: Scope) -> tuple[dict[str, int], frozenset[str]]:
    sizes = scope.world.sizes
    bound = tuple((letter, tensor.axes, tensor.core) for letter, tensor in scope.bound.items())
    where = (scope.stands, scope.line, scope.sample, scope.opened, *scope.labels.items(), *bound)
    key = (tuple(map(id, nodes)), id(sizes), where, scope.dictionary.settled)
    kept = scope.dictionary.ranged
    if key not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = (_ranges(nodes, scope), nodes, sizes)  # what is kept alive keeps its id
    found, short = kept[key][0]
    return dict(found), short


def _ranges(nodes: tuple[Node, ...], scope: Scope) -> tuple[dict[str, int], frozenset[str]]:
    found: dict[str, int] = {}
    open_to_choice: dict[str, int] = {}
    possible: dict[str, set[int]] = {}
    for node in nodes:
        for _, tensor, others in _arrays(node, scope):
            for letter, size in tensor.sizes.items():
                (open_to_choice if others else found).setdefault(letter, size)
                sizes = {size, *(other.sizes[letter] for other in others if letter in other.sizes)}
                possible[letter] = possible.get(letter, sizes) & sizes
    for letter in open_to_choice:
        if len(possible[letter]) == 1:  # W_k and p_k, each a row or a column, of which two fit one another
            (open_to_choice[letter],) = possible[letter]
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Sum) and part.index not in {*found, *open_to_choice} and _counts(part, scope):
                top = _count(part.upper, scope)
                if top is not None:
                    found[part.index] = top
    ranges = {**open_to_choice, **found}
    least = {
        letter: min(lengths)
        for letter, lengths in _lengths(nodes, scope).items()
        if len(lengths) > 1 and _outruns(lengths, min(lengths))
    }
    return {**ranges, **least}, frozenset(least)


def _lengths(nodes: tuple[Node, ...], scope: Scope) -> dict[str, dict[int, bool]]:
    """The lengths of the axes on which each letter stands, and whether all arrays so long are outrun."""
    found: dict[str, dict[int, bool]] = {}
    if not scope.dictionary.outrun and not any(
        isinstance(p, Sum) and p.upper for n in nodes for p in walk(n)
    ):
        return found
    for node in nodes:
        for name, tensor, others in _arrays(node, scope):
            for letter, size in tensor.sizes.items() if not others else ():
                lengths = found.setdefault(letter, {})
                lengths[size] = lengths.get(size, True) and name in scope.dictionary.outrun
    return found


def _outruns(lengths: dict[int, bool], least: int) -> bool:
    """Whether every array that is longer than the shortest has entries beyond those of its plain index."""
    return all(outrun for size, outrun in lengths.items() if size != least)


def _counts(node: Sum, scope: Scope) -> bool:
    """Whether the index of a sum stands as a number: compared, in δ_{pj}, or with something added to it."""
    for part in walk(node.body):
        match part:
            case Comparison(left, _, right) if any(_is_plain(side, node.index) for side in (left, right)):
                return True
            case Symbol("delta", indices=(_, _) as indices) if any(_is_plain(i, node.index) for i in indices):
                return True
    return _shifts(node, scope)


def _is_plain(node: Node, letter: str) -> bool:
    return isinstance(node, Symbol) and node == Symbol(letter)


def _shifts(node: Sum, scope: Scope) -> bool:
    """Whether the index of a sum stands in an index with something added to it, on an array."""
    for part in walk(node.body):
        if isinstance(part, Symbol) and family(part, scope) is None:
            for index in part.indices:
                if isinstance(index, Add | Subtract) and any(
                    isinstance(p, Symbol) and p.base == node.index for p in walk(index)
                ):
                    return True
    return False


def _count(upper: Node | None, scope: Scope) -> int | None:
    """How far a sum runs by its upper limit, a number or a size."""
    if upper is None:
        return None
    try:
        value = np.real(scope.apart().evaluate(upper).data)
    except (Unknown, Misfit, NoValue, Labelled):
        return None
    return int(value) if value.ndim == 0 and 0 < value < 1000 and value == int(value) else None


Arrays: TypeAlias = "Iterator[tuple[str, Tensor, list[Tensor]]]"
"""The names of arrays, what they are worth, and what they are in other readings."""


def _arrays(node: Node, scope: Scope) -> Arrays:
    """The indexed arrays in a node."""
    quiet = scope.apart()
    known = scripts(node)
    if known is not None and (known[0].indices or known[0].marks or known[1]):
        yield from _tried(known[0], known[1] if isinstance(node, Power) else (), quiet)
        if isinstance(node, Power):
            yield from _tried(known[0], (), quiet)
        if isinstance(node, Power):
            yield from _arrays(node.exponent, scope)
        return
    if isinstance(node, Transpose) and isinstance(node.body, Symbol) and len(node.body.indices) > 1:
        yield from _tried_element(node, quiet)
        return
    if isinstance(node, Element):
        yield from _tried_element(node, quiet)
    for part in parts(node):
        yield from _arrays(part, scope)


def _tried(symbol: Symbol, raised: tuple[Node, ...], scope: Scope) -> Arrays:
    found = next(scope.dictionary.find(symbol, raised), None)
    try:
        yield from _read(found.name if found is not None else "", lambda at: at.named(symbol, raised), scope)
    except Labelled:
        for n, part in enumerate(symbol.indices):
            if lettered(part)[0] is not None and n:
                return


def _tried_element(node: Element | Transpose, scope: Scope) -> Arrays:
    with suppress(Labelled):
        yield from _read("", lambda at: at.evaluate(node), scope)


def _read(name: str, value: Callable[[Scope], Tensor], scope: Scope) -> Arrays:
    """What something is worth in its first reading, and in those that differ from it in one choice."""
    try:
        first = value(scope)
    except (Unknown, Misfit, NoValue, RecursionError):
        return
    others: list[Tensor] = []
    trail = scope.choices.trail
    for key, (taken, options) in trail.items():
        for option in options:
            choices = Choices({key: option}, effort=scope.choices.effort)
            with suppress(Unknown, Misfit, NoValue, Labelled, RecursionError):
                others += [value(replace(scope, choices=choices))] if option != taken else []
    yield name, first, others if others or not trail else [first]

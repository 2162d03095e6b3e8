"""Which letters of a piece of writing are indices, and how far each runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from symgrad.checking.lexicon import Place, indices
from symgrad.checking.products import Reading
from symgrad.checking.scope import Misfit, Scope, Unknown
from symgrad.submission.written import Element, Node, Power, Sum, Symbol, parts

Letters: TypeAlias = "Mapping[str, int]"
"""The positions, from 0, that index letters stand for."""
Evaluate: TypeAlias = "Callable[[Node, Scope, Letters], list[Reading]]"
Ranges: TypeAlias = "dict[str, int]"
Found: TypeAlias = "Iterator[tuple[str, int]]"


def free_letters(node: Node, scope: Scope, bound: Letters, evaluate: Evaluate) -> Ranges:
    """The index letters that stand in a node and no sum in it binds, with the number of their values.

    A letter whose range nothing shows (of δ_ij alone) has 0 values.
    """
    ranges: Ranges = {}
    for letter, size in _letters(node, scope, bound, evaluate):
        ranges[letter] = size if not ranges.get(letter) else min(size or ranges[letter], ranges[letter])
    return ranges


def _letters(node: Node, scope: Scope, bound: Letters, evaluate: Evaluate) -> Found:
    match node:
        case Symbol():
            yield from _of_symbol(node, scope, evaluate)
            return
        case Element(body, sub):
            yield from _of_array(_shape(body, scope, bound, evaluate), sub)
        case Power(Symbol() as body, Symbol(letter, "", (), ())):
            shape = _symbol_shape(body, scope, evaluate)
            if shape and len(shape) == 1 and len(letter) == 1 and scope.lexicon.find(Symbol(letter)) is None:
                yield letter, shape[0]
    for part in parts(node):
        for letter, size in _letters(part, scope, bound, evaluate):
            if not (isinstance(node, Sum) and letter == node.index):
                yield letter, size


def _shape(node: Node, scope: Scope, bound: Letters, evaluate: Evaluate) -> tuple[int, ...]:
    try:
        return evaluate(node, scope, bound)[0].array.shape
    except (Unknown, Misfit):
        return ()


def _symbol_shape(symbol: Symbol, scope: Scope, evaluate: Evaluate) -> tuple[int, ...] | None:
    """The shape of what a symbol names as a whole; None where it names nothing."""
    known = scope.lexicon.find(symbol) or scope.lexicon.loosely(symbol)
    if known is not None:
        try:
            return scope.value(known.name).shape
        except KeyError:
            return None
    definition = scope.definition(symbol)
    if definition is None:
        return None
    if definition.letters:
        rest = {key: kept for key, kept in scope.definitions.items() if kept is not definition}
        sizes = free_letters(definition.body, replace(scope, definitions=rest), {}, evaluate)
        return tuple(sizes.get(letter, 0) for letter in definition.letters)
    return _shape(definition.body, scope, {}, evaluate)


def _of_symbol(symbol: Symbol, scope: Scope, evaluate: Evaluate) -> Found:
    if scope.lexicon.find(symbol) or scope.definition(symbol):
        return
    plain = replace(
        symbol, accents=tuple(a for a in symbol.accents if a in ("hat", "tilde")), marks=_layers(symbol)
    )
    for bare in dict.fromkeys((symbol, plain)):
        for cut in range(len(bare.sub)):
            prefix, rest = bare.sub[:cut].rstrip(","), bare.sub[cut:].lstrip(",")
            shape = _symbol_shape(replace(bare, sub=prefix), scope, evaluate)
            if shape:
                yield from _of_array(shape, rest)
                return
    if symbol.base == "delta" and symbol.sub not in scope.world.values:
        for cut in range(len(symbol.sub)):
            yield from _of_signal(symbol, cut, scope)
    for mark in symbol.marks:
        if len(mark) == 3 and mark[0] == "(" and mark[1].islower():
            for shape in filter(None, (_symbol_shape(replace(symbol, marks=()), scope, evaluate),)):
                yield mark[1], max(shape)


def _of_signal(symbol: Symbol, cut: int, scope: Scope) -> Found:
    """The letters of δ_j, of δ^{(2)}_j, and of Kronecker's δ_ij, whose range others show."""
    label, rest = symbol.sub[:cut].rstrip(","), symbol.sub[cut:].lstrip(",")
    digits = "".join(mark[1:-1] for mark in symbol.marks if mark[:1] in "([")
    for name in scope.world.preactivations(label + digits)[:1]:
        yield from _of_array(scope.value(name).shape, rest)
    for places in indices(symbol.sub)[:1] if cut == 0 else ():
        yield from ((place.base, 0) for place in places if isinstance(place.base, str))


def _layers(symbol: Symbol) -> tuple[str, ...]:
    return tuple(mark for mark in symbol.marks if mark[:1] in "([" and mark[1:-1].isdigit())


def _of_array(shape: tuple[int, ...], sub: str) -> Found:
    """The letters of a subscript on an array of this shape."""
    for places in indices(sub):
        axes = _axes(shape, places)
        if axes:
            yield from (
                (place.base, size)
                for place, size in zip(places, axes, strict=True)
                if isinstance(place.base, str)
            )
            return


def _axes(shape: tuple[int, ...], places: tuple[Place, ...]) -> tuple[int, ...]:
    if len(places) == len(shape):
        return shape
    if len(places) == 1 and len(shape) == 2:
        return (max(shape),) if 1 in shape else (shape[0],)
    return ()

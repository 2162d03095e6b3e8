"""What a derivative is taken by: a name of the problem, and places on its axes."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from symgrad.checking.meaning.counting import counted, is_number
from symgrad.checking.meaning.entries import family, integer, shown, split_digits
from symgrad.checking.meaning.one_sample import sample_axis
from symgrad.checking.meaning.scope import Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import Found, lettered, scripts
from symgrad.checking.worlds.tensor import Absent, Misfit
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Element, Literal, Node, Power, Symbol, Transpose


class Wrt(Struct, frozen=True):
    """What is differentiated by: a name, and places on its axes (None keeps one)."""

    name: str
    places: tuple[Node | None, ...] = ()
    turned: bool = False
    root: bool = False
    unnamed: bool = False
    """Whether it is written as an expression: W² for the quantity A."""


def variable(node: Node | None, scope: Scope) -> Wrt:
    """The name that a derivative is taken by, with indices; `Unknown` where it is none of the problem."""
    if node is None:
        parameters = scope.dictionary.model.parameters
        if len(parameters) == 1:
            return Wrt(parameters[0])
        raise Unknown("it is not said by what this is differentiated", node)
    if isinstance(node, Transpose):
        inner = variable(node.body, scope)
        return replace(inner, turned=not inner.turned)
    if isinstance(node, Element):
        inner = variable(node.body, scope)
        if not inner.places:
            return Wrt(inner.name, _placed(inner.name, node.indices, scope))
    known = scripts(node)
    if known is None or (isinstance(node, Power) and _is_power(node, scope)):
        same = _same_value(node, scope)
        if same is None:
            raise Unknown("a derivative by an expression that is no quantity of the problem", node)
        return same
    symbol, raised = known
    if "d" in symbol.accents:
        raise Unknown("a derivative by a differential", node)
    for found in scope.dictionary.find(symbol, raised):
        wrt = _wrt(found, scope)
        if wrt is not None:
            return wrt
    number = numbered_name(symbol, raised, scope)
    if number is not None:
        return number
    if not symbol.indices and not raised and (last := family(symbol, scope)) is not None and not symbol.marks:
        return Wrt(last[max(last)])  # ∇_a C: by the last layer
    folded = replace(symbol, base=symbol.base.swapcase())
    if len(symbol.base) == 1 and (symbol.indices or raised or symbol.marks):
        for found in scope.dictionary.find(folded, raised):
            if (found.indices or found.samples) and (wrt := _wrt(found, scope)) is not None:
                return wrt
        number = numbered_name(folded, raised, scope)
        if number is not None:
            return number
    elif len(symbol.base) == 1 and next(scope.dictionary.defined(symbol, (), scope.line), None) is None:
        for found in scope.dictionary.find(folded):  # ∂L/∂Y, where only y is an array
            if not found.indices and scope.dictionary.model.graph.shapes.get(found.name):
                return Wrt(found.name)
    applied = scope.dictionary.applied.get(symbol.base)  # ∂L/∂σ: by what σ makes
    if applied is not None and symbol == Symbol(symbol.base) and not raised:
        return Wrt(applied)
    raise Unknown(f"{shown(symbol)} is no name of the problem", node)


def _is_power(node: Power, scope: Scope) -> bool:
    """Whether a number high on a name is an exponent, as in ∂z/∂W² where A = W W, and no label or sample."""
    names = scope.dictionary
    if not isinstance(node.exponent, Literal) or names.iterated or not isinstance(node.body, Symbol):
        return False
    whole = next(names.find(node.body), None)
    labelled = whole is None or whole.exponent != 1 or names.names.is_exact(node.body, node.exponent)
    return not labelled and whole is not None and sample_axis(whole.name, names) is None


def _wrt(found: Found, scope: Scope) -> Wrt | None:
    if found.name not in scope.dictionary.model.graph.shapes or any(map(_is_of_another, found.marks)):
        return None
    try:
        places = _placed(found.name, (*found.samples, *found.indices), scope)
        return Wrt(found.name, places, root=found.exponent == 2)
    except Misfit:
        return None


def _is_of_another(mark: str) -> bool:
    """Whether a mark makes a name another quantity: an updated one, or that of another step (<t-1>)."""
    return mark in ("+", "new") or (mark[:1] == "<" and ("-" in mark or "+" in mark))


def _placed(name: str, indices: tuple[Node, ...], scope: Scope) -> tuple[Node | None, ...]:
    rank = len(scope.dictionary.model.graph.shapes[name])
    places = counted(name, split_digits(indices, rank), scope.dictionary, scope.labels)
    if len(places) == 1 and rank == 2:
        axis = sample_axis(name, scope.dictionary) if scope.sample else None
        own = axis is not None and lettered(indices[0])[0] != scope.sample
        side = scope.choices.name(("axis", name), (*(("sample",) if own else ()), "row", "column"))
        if side == "sample":  # s_k of the sample i is s_ik
            return (Symbol(scope.sample), *places) if axis == 0 else (*places, Symbol(scope.sample))
        return (places[0], None) if side == "row" else (None, places[0])
    if len(places) == 2 and rank == 1:
        return places[:1]
    if len(places) > rank:
        raise Misfit("too many indices")
    return places


def numbered_name(symbol: Symbol, raised: tuple[Node, ...], scope: Scope) -> Wrt | None:
    """A name with the number of a layer in a letter. `Labelled` where nothing says which number it is."""
    known = family(symbol, scope)
    if known is None:
        return None
    high = (*(n for m, n in zip(symbol.marks, symbol.raised, strict=False) if m[:1] in "(["), *raised)
    place, rest = (
        (high[0], symbol.indices) if high else (*(symbol.indices[:1] or (None,))[0:1], symbol.indices[1:])
    )
    if place is None:
        return None
    number = integer(place, scope)
    if number is None:
        letter, offset = lettered(place)
        if letter is None or not is_number(letter, rest, scope.ranges, scope.dictionary):
            return None
        if letter not in ("L", "T"):
            raise Labelled(letter, tuple(sorted(known)), offset)
        number = max(known) + offset
    if number not in known:
        raise Absent(f"there is no {symbol.base} with the number {number}")
    return Wrt(known[number], _placed(known[number], tuple(rest), scope))


def _same_value(node: Node, scope: Scope) -> Wrt | None:
    """The quantity that an expression is: u · v where the problem has s = u · v."""
    base = scope.world if isinstance(scope.world, World) else scope.world.base
    assert isinstance(base, World)
    value = replace(scope, world=base).evaluate(node)
    for name in scope.dictionary.model.graph.quantities:
        there = base.value(name)
        if not value.axes and value.core == there.shape and np.allclose(value.data, there, rtol=1e-9):
            return Wrt(name, unnamed=True)
        by_entry = len(value.axes) == there.ndim == 1 and not value.rank and value.data.shape == there.shape
        if by_entry and np.allclose(value.data, there, rtol=1e-9):
            return Wrt(name, (Symbol(value.axes[0]),))
    return None

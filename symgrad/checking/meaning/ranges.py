"""How far the index letters of a line run: the arrays on which they stand show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from symgrad.checking.meaning.entries import family
from symgrad.checking.meaning.scope import Labelled, Scope, Unknown
from symgrad.checking.meaning.spelling import lettered, scripts
from symgrad.checking.worlds.moved import NoValue
from symgrad.checking.worlds.tensor import Misfit, Tensor
from symgrad.submission.written import Add, Element, Node, Power, Subtract, Sum, Symbol, parts, walk

MOST_KEPT = 2000


def ranges_of(nodes: Iterable[Node], scope: Scope) -> dict[str, int]:
    """The letters that stand as indices on arrays, and the lengths of those axes.

    They rest on the sizes alone, and on what letters stand for.
    """
    nodes, sizes = tuple(nodes), scope.world.sizes
    bound = tuple((letter, tensor.axes, tensor.core) for letter, tensor in scope.bound.items())
    where = (scope.stands, scope.line, scope.sample, scope.opened, *scope.labels.items(), *bound)
    key = (tuple(map(id, nodes)), id(sizes), where, scope.dictionary.settled)
    kept = scope.dictionary.ranged
    if key not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = (_ranges(nodes, scope), nodes, sizes)  # what is kept alive keeps its id
    return dict(kept[key][0])


def _ranges(nodes: tuple[Node, ...], scope: Scope) -> dict[str, int]:
    found: dict[str, int] = {}
    open_to_choice: dict[str, int] = {}
    for node in nodes:
        for tensor, chosen in _arrays(node, scope):
            for letter, size in tensor.sizes.items():
                (open_to_choice if chosen else found).setdefault(letter, size)
    for node in nodes:
        for part in walk(node):
            if isinstance(part, Sum) and part.index not in {*found, *open_to_choice} and _shifts(part, scope):
                top = _count(part.upper, scope)
                if top is not None:
                    found[part.index] = top
    return {**open_to_choice, **found}


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


def _arrays(node: Node, scope: Scope) -> Iterator[tuple[Tensor, bool]]:
    """The indexed arrays in a node, and whether another reading of each has other axes."""
    quiet = scope.apart()
    known = scripts(node)
    if known is not None and (known[0].indices or known[0].marks or known[1]):
        yield from _tried(known[0], known[1] if isinstance(node, Power) else (), quiet)
        if isinstance(node, Power):
            yield from _tried(known[0], (), quiet)
        if isinstance(node, Power):
            yield from _arrays(node.exponent, scope)
        return
    if isinstance(node, Element):
        yield from _tried_element(node, quiet)
    for part in parts(node):
        yield from _arrays(part, scope)


def _tried(symbol: Symbol, raised: tuple[Node, ...], scope: Scope) -> Iterator[tuple[Tensor, bool]]:
    try:
        yield scope.named(symbol, raised), bool(scope.choices.trail)
    except Labelled:
        for n, part in enumerate(symbol.indices):
            if lettered(part)[0] is not None and n:
                return
    except (Unknown, Misfit, NoValue, RecursionError):
        return


def _tried_element(node: Element, scope: Scope) -> Iterator[tuple[Tensor, bool]]:
    try:
        yield scope.evaluate(node), bool(scope.choices.trail)
    except (Unknown, Misfit, NoValue, Labelled, RecursionError):
        return

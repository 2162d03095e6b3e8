"""Quantities at other points than that of the line: J(θ^{(2)}), f(u_3, v_3), L(0), L″(w_1), L(w + h e_1)."""

from __future__ import annotations

import numpy as np

from symgrad.checking.meaning.derivatives import form, slope
from symgrad.checking.meaning.entries import shown
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.worlds.moved import Nested
from symgrad.checking.worlds.tensor import Tensor
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Call, Derivative, Symbol

MOST_POINTS = 64
"""Of L(w + h e_i): one for each i."""


def elsewhere(leaf: str, node: Call, scope: Scope) -> Tensor:
    """A quantity with a leaf moved: L(w + h e_1)."""
    if not isinstance(scope.world, World):
        raise Nested
    found = next(scope.dictionary.find(node.head), None)
    assert found is not None
    value, there = scope.world.value(leaf), scope.evaluate(node.args[0])
    points = np.real(there.data).reshape((-1, *value.shape)) if there.core == value.shape else ()
    if not 0 < len(points) <= MOST_POINTS:
        raise Unknown(f"the points at which {shown(node.head)} is taken are not read", node)
    found_there = [scope.world.with_leaves({leaf: point}).value(found.name) for point in points]
    data = np.reshape(found_there, (*there.data.shape[: len(there.axes)], *np.shape(found_there[0])))
    return Tensor(data, there.axes)


def slope_at(head: Symbol, primes: int, node: Call, there: Scope | None, scope: Scope) -> Tensor:
    """a′(z) and a″(z): the derivatives of a quantity by its argument, or L′(0) and L′(w_1) at a point."""
    model = scope.dictionary.model
    of = next((found.name for found in scope.dictionary.find(head)), "")
    if primes > 2 or (primes == 2 and model.graph.shapes.get(of)):
        raise Unknown("derivatives of functions of higher order are not read", node)
    by = node.args[0] if there is None else None
    known = None if by is None else scripts(by)
    found = None if known is None else next(scope.dictionary.find(*known), None)
    rests = found is None or found.name in model.uses(of)  # else f′(x) is through what f rests on
    held = primes == 1 and there is None and of != model.objective and rests
    once = Derivative(head, by, "direct" if held else "d", node.span)
    raw, wrt = slope(once if primes == 1 else Derivative(once, by, "d", node.span), there or scope)
    if raw.rank == 2 and len(raw.core) == 2 and there is None and primes == 1:
        return Tensor(np.einsum("...ii->...i", raw.data), raw.axes, scope.stands)
    return form(raw, raw.rank, wrt.turned, node, scope)

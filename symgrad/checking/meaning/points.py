"""Quantities at other points than that of the line: J(θ^{(2)}), f(u_3, v_3), L(0), L″(w_1), L(w + h e_1)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from symgrad.checking.meaning.derivatives import form, slope
from symgrad.checking.meaning.entries import shown
from symgrad.checking.meaning.named import iteration
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.meaning.stepping import parameter_late
from symgrad.checking.worlds.moved import Nested
from symgrad.checking.worlds.tensor import Tensor
from symgrad.checking.worlds.world import World
from symgrad.reading.methods import PARAMETER
from symgrad.submission.written import Add, Call, Derivative, Literal, Negative, Node, Symbol

MOST_POINTS = 64
"""Of L(w + h e_i): one for each i."""
NOW = Symbol("now")
"""In the place of a number of updates where a parameter stands without one."""
ANY = Symbol("k")
"""The number of updates that lie behind the point of a line, whichever that is."""


def point_of(node: Call, scope: Scope) -> Scope | None:
    """The scope at the point that arguments say; None where they say no other than that of the line.

    For J(θ^{(2)}) and f(u_2, v_2) the parameters are what they are after two updates; in L(0), of an
    objective of one number, it is that number.
    """
    model = scope.dictionary.model
    of = next(scope.dictionary.find(node.head), None)
    if of is None or of.name not in model.graph.quantities or of.indices or of.samples or not node.args:
        return None
    counts = {count for arg in node.args if (count := _count(arg, scope)) is not None}
    if len(counts) > 1:
        raise Unknown(f"the point at which {shown(node.head)} is taken is of several steps", node)
    if counts - {NOW}:
        return iteration(counts.pop(), scope)
    parameter, *others = model.parameters or ("",)
    if others or of.name != model.objective or model.graph.shapes.get(parameter) != ():
        return None
    number = node.args[0]
    if len(node.args) > 1 or not isinstance(number.body if isinstance(number, Negative) else number, Literal):
        return None
    if not isinstance(scope.world, World):
        raise Nested
    return scope.at(scope.world.with_leaves({parameter: np.real(scope.evaluate(number).data)}))


def _count(arg: Node, scope: Scope) -> Node | None:
    """How many updates lie behind a parameter as it is written: the 2 of θ^{(2)}, of w_2; None of others."""
    known = scripts(arg)
    if known is None:
        return None
    names = scope.dictionary
    found = next(names.find(*known), None)
    if found is not None and found.name not in names.model.parameters:
        return None
    if found is not None and names.iterated and len(found.samples) == 1:
        return found.samples[0]
    moment = None if known[1] else names.moments.of(known[0])
    is_entry = found is not None and len(found.indices) <= len(names.model.graph.shapes.get(found.name, ()))
    if found is not None and is_entry:
        return None if found.indices or found.marks or moment else NOW
    if moment is None or moment.name != PARAMETER or moment.places:
        return None
    if moment.offset is not None:
        late = parameter_late(moment.offset, scope)
        return ANY if late < 0 else Add(ANY, Literal(Fraction(1)))
    return None if moment.number is None else Literal(Fraction(moment.number))


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


def counted_of(node: Call, scope: Scope) -> Scope | None:
    """The scope after two updates, as J(2) may be meant where there are updates."""
    number = node.args[0] if len(node.args) == 1 and scope.dictionary.model.rate else None
    return iteration(number, scope) if isinstance(number, Literal) else None

"""The point that arguments say: J(θ^{(2)}) and ∇f(u_3, v_3) after so many updates, L(0) and L″(w_1)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from symgrad.checking.meaning.entries import shown
from symgrad.checking.meaning.named import iteration
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.meaning.stepping import parameter_late
from symgrad.checking.worlds.moved import Nested
from symgrad.checking.worlds.world import World
from symgrad.reading.methods import PARAMETER
from symgrad.submission.written import Add, Call, Literal, Negative, Node, Symbol

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
    if len(node.args) > 1 or not _is_number(number):
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


def differentiated_at(node: Call, scope: Scope) -> Scope | None:
    """The point at which the derivative of what is called is taken; None where it is that of the line.

    Raises `Unknown` for a number that is no point of the problem's.
    """
    there = point_of(node, scope)
    of = next(scope.dictionary.find(node.head), None)
    if there is None and of is not None and any(map(_is_number, node.args)):
        raise Unknown(f"the point at which {shown(node.head)} is differentiated is not read", node)
    return there


def _is_number(node: Node) -> bool:
    return isinstance(node.body if isinstance(node, Negative) else node, Literal)


def counted_of(node: Call, scope: Scope) -> Scope | None:
    """The scope after two updates, as J(2) may be meant where there are updates."""
    number = node.args[0] if len(node.args) == 1 and scope.dictionary.model.rate else None
    return iteration(number, scope) if isinstance(number, Literal) else None

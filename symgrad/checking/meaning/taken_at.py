"""The point that arguments say: J(θ^{(2)}) and ∇f(u_3, v_3) after so many updates, L(0) and L″(w_1)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.entries import shown
from symgrad.checking.meaning.named import iteration
from symgrad.checking.meaning.scope import Scope, Unknown
from symgrad.checking.meaning.spelling import scripts
from symgrad.checking.meaning.stepping import parameter_late
from symgrad.checking.worlds.moved import Nested
from symgrad.checking.worlds.tensor import Tensor
from symgrad.checking.worlds.world import World
from symgrad.reading.methods import PARAMETER
from symgrad.submission.written import Add, Call, Literal, Negative, Node, Symbol

NOW = Symbol("now")
"""In the place of a number of updates where a parameter stands without one."""
ANY = Symbol("k")
"""The number of updates that lie behind the point of a line, whichever that is."""

COUNTED, FROM_ZERO, FROM_ONE = "counted", "from zero", "from one"
"""The way in which a work numbers values at iterates: E_0 or E_1 is E at the given parameters."""


def point_of(node: Call, scope: Scope) -> Scope | None:
    """The scope at the point that arguments say; None where they say no other than that of the line.

    For J(θ^{(2)}) and f(u_2, v_2) the parameters are what they are after two updates; in L(0), of an
    objective of one number, it is that number.
    """
    model = scope.dictionary.model
    of = next(scope.dictionary.find(node.head), None)
    if of is None or of.name not in model.graph.quantities or of.indices or of.samples or not node.args:
        return None
    alone = len(node.args) == 1 and model.graph.shapes.get(of.name) == ()
    counts = {count for arg in node.args if (count := _count(arg, scope, alone)) is not None}
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


def counted_quantity(
    node: Symbol, raised: tuple[Node, ...], dictionary: Dictionary
) -> tuple[Symbol, int] | None:
    """The E and 2 of E_2, of E^{(2)}, where the problem makes a number E and has updates."""
    high = tuple(place for mark, place in zip(node.marks, node.raised, strict=False) if mark[:1] in "([")
    places, model = (*high, *node.indices, *raised), dictionary.model
    (place,) = places if len(places) == 1 else (None,)
    if not isinstance(place, Literal) or place.value.denominator != 1 or not model.rate:
        return None
    bare = replace(node, sub="", indices=(), marks=node.marks[len(high) :], raised=node.raised[len(high) :])
    found = next(dictionary.find(bare), None)
    if found is None or found.marks or found.name not in model.graph.quantities:
        return None
    named = any(not (one.indices or one.samples) for one in dictionary.find(node, raised))
    return None if named or model.graph.shapes[found.name] else (bare, int(place.value))


def updates_behind(
    node: Symbol, raised: tuple[Node, ...], dictionary: Dictionary
) -> tuple[Symbol, int] | None:
    """The E of E_2, and how many updates lie behind it as the work counts: two, or one."""
    way = dictionary.ways.get(COUNTED)
    known = counted_quantity(node, raised, dictionary) if way else None
    return None if known is None else (known[0], known[1] - (way == FROM_ONE))


def at_iterate(node: Symbol, raised: tuple[Node, ...], scope: Scope) -> Tensor | None:
    """The value of E_2; None where no number of updates stands on a quantity."""
    known = updates_behind(node, raised, scope.dictionary)
    there = None if known is None else iteration(Literal(Fraction(known[1])), scope)
    return None if there is None or known is None else there.evaluate(known[0])


def _count(arg: Node, scope: Scope, alone: bool) -> Node | None:
    """How many updates lie behind a parameter as it is written: the 2 of θ^{(2)}, of w_2; None of others.

    The θ_2 that is the only argument of a number is no entry of a vector.
    """
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
    if found is not None and is_entry and not (alone and found.indices and moment and not moment.places):
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

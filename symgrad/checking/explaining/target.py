"""What a side of a line names: a quantity, a derivative, or a parameter after the update."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from symgrad.checking.meaning.accents import under_accent
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, TooLong, Unknown
from symgrad.checking.meaning.spelling import UPDATED, scripts
from symgrad.checking.meaning.variables import variable
from symgrad.checking.worlds.moved import Nested, NoValue
from symgrad.checking.worlds.tensor import Misfit
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Brace, Call, Derivative, Element, Node, Transpose

NEW = UPDATED | {"'"}


class Target(Struct, frozen=True):
    """``name`` by ``wrt``, or ``name`` itself; after the update where it is ``new``."""

    name: str
    wrt: str = ""
    new: bool = False


def target_of(node: Node, dictionary: Dictionary, line: int, world: World, depth: int = 3) -> Target | None:
    """The target of a side; None where it is something else, or a letter stands in it for a layer."""
    match node:
        case Derivative():
            return _slope(node, dictionary, line, world)
        case Element(body) | Transpose(body) | Brace(body):
            return target_of(body, dictionary, line, world, depth)
        case Call(head, certain=False):
            return target_of(head, dictionary, line, world, depth)
    known = scripts(node)
    if known is None:
        return None
    for own, _ in dictionary.defined(*known, line):
        if depth and not own.parameters:
            return target_of(own.body, dictionary, line, world, depth - 1)
    bare = under_accent(known[0], dictionary)
    for found in dictionary.find(bare or known[0], known[1]):
        if found.exponent != 1 or found.name not in dictionary.model.graph.shapes:
            return None
        if bare is not None:
            return None if found.marks else Target(dictionary.model.objective, found.name)
        new = any(mark in NEW for mark in found.marks)
        return None if new and not dictionary.model.rate else Target(found.name, new=new)
    return None


def _slope(node: Derivative, dictionary: Dictionary, line: int, world: World) -> Target | None:
    of = node.of
    while isinstance(of, Element) or (isinstance(of, Call) and not of.certain):
        of = of.head if isinstance(of, Call) else of.body
    name = _quantity(of, dictionary, line, world) if of is not None else None
    if name is None:
        return None
    try:
        wrt = variable(node.wrt, Scope(dictionary, world, Choices(), line=line))
    except (Unknown, Misfit, Labelled, NoValue, Nested, TooLong, ValueError):
        return None
    return Target(name, wrt.name) if wrt.name in dictionary.model.graph.shapes else None


def _quantity(node: Node, dictionary: Dictionary, line: int, world: World) -> str | None:
    """The name that a node is, or whose value it has."""
    model = dictionary.model
    known = scripts(node)
    found = next(dictionary.find(*known), None) if known is not None else None
    if found is not None:
        return None if found.marks or found.name not in model.graph.shapes else found.name
    try:
        value = Scope(dictionary, world, Choices(), line=line).evaluate(node)
        for name in model.graph.quantities:
            there = world.value(name)
            if not value.axes and value.core == there.shape and np.allclose(value.data, there, rtol=1e-9):
                return name
    except (Unknown, Misfit, Labelled, NoValue, Nested, TooLong, ValueError):
        return None
    return None

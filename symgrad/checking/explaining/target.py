"""What a side of a line names: a quantity, a derivative, or a parameter after the update."""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.checking.meaning.derivatives import variable
from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.scope import Choices, Labelled, Scope, TooLong, Unknown
from symgrad.checking.meaning.spelling import UPDATED, scripts
from symgrad.checking.meaning.tensor import Misfit
from symgrad.checking.worlds.world import Nested, NoValue, World
from symgrad.submission.written import Brace, Call, Derivative, Element, Node, Transpose

NEW = UPDATED | {"'"}


@dataclass(frozen=True, slots=True)
class Target:
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
    for found in dictionary.find(*known):
        if found.exponent != 1 or found.name not in dictionary.model.graph.shapes:
            return None
        return Target(found.name, new=any(mark in NEW for mark in found.marks))
    return None


def _slope(node: Derivative, dictionary: Dictionary, line: int, world: World) -> Target | None:
    of = node.of
    while isinstance(of, Call | Element):
        of = of.head if isinstance(of, Call) else of.body
    known = scripts(of) if of is not None else None
    if known is None:
        return None
    found = next(dictionary.find(*known), None)
    if found is None or found.name not in dictionary.model.graph.shapes or found.marks:
        return None
    try:
        wrt = variable(node.wrt, Scope(dictionary, world, Choices(), line=line))
    except (Unknown, Misfit, Labelled, NoValue, Nested, TooLong, ValueError):
        return None
    return Target(found.name, wrt.name) if wrt.name in dictionary.model.graph.shapes else None

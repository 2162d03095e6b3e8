r"""Numbers of the data among names: −½ dL/dz for x dL/dz where x is −0.5.

A printed number that is, up to its sign, an entry of what is given may stand for that entry in a line whose
other names are not put in. It does where the line then holds at random numbers, the entry's among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, TypeAlias

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging.readings import AGREE, Outcome, Question, ask
from symgrad.checking.worlds.world import World
from symgrad.submission.written import Literal, Node, Power, Quotient, Symbol, parts, walk

MOST_ENTRIES, MOST_WAYS = 4, 8
"""Entries for which one number may stand, and ways to take the numbers of a line that are tried."""

Entry: TypeAlias = "tuple[str, tuple[int, ...], float]"
"""A name, the place of the entry, and how many times it the number is: 1 or −1."""


def with_data(question: Question, worlds: Sequence[World], given: World) -> Outcome | None:
    """The agreement of two sides in which numbers stand for entries of what is given; None without any."""
    numbers = [
        (literal, under, found)
        for side in (question.left, question.right)
        for literal, under in _numbers(side)
        if (found := list(islice(_entries(float(literal.value) / under, given), MOST_ENTRIES)))
    ]
    ways = product(*([*found, None] for _, _, found in numbers)) if numbers else ()
    for way in islice(ways, MOST_WAYS):
        taken = [
            (literal, under, entry) for (literal, under, _), entry in zip(numbers, way, strict=True) if entry
        ]
        outcome = _everywhere(question, worlds, taken) if taken else None
        if outcome is not None:
            return outcome
    return None


def with_all_data(question: Question, worlds: Sequence[World], given: World) -> Outcome | None:
    """The agreement of two sides one of which has all data put in, and worked up: −54 + 68a + 20c; else None.

    It holds names of parameters alone, and numbers beside 0 and 1; and it is right whatever those are.
    """
    model, find = question.dictionary.model, question.dictionary.find
    data = {name for name in model.data if name in model.graph.leaves}
    symbols = [part for part in walk(question.right) if isinstance(part, Symbol)]
    known = [next(find(symbol), None) for symbol in symbols]
    learnt = all(found is not None and found.name in model.parameters for found in known)
    if not (data and data <= set(given.leaves) and symbols and learnt and any(_numbers(question.right))):
        return None
    there = {name: given.value(name) for name in data}
    outcome = ask(question, [world.with_leaves(there) for world in worlds])
    return outcome if outcome.kind == AGREE else None


def _everywhere(question: Question, worlds: Sequence[World], taken: Sequence[Any]) -> Outcome | None:
    """Agreement in one reading at every world, the entries put in that are there."""
    outcome: Outcome | None = None
    for world in worlds:
        instead = {
            literal.span: sign * under * float(np.real(world.value(name)[place]))
            for literal, under, (name, place, sign) in taken
        }
        asked = replace(question, instead=instead)
        outcome = ask(asked, [world], outcome.script if outcome is not None else None)
        if outcome.kind != AGREE:
            return None
    return outcome


def _numbers(node: Node) -> Iterator[tuple[Literal, float]]:
    """The numbers that are no exponents, with what they are divided by: 1 and 2 of ½."""
    match node:
        case Literal(value) if abs(value) != 1 and value:
            yield node, 1.0
        case Quotient(Literal(value) as above, Literal(under)) if under and abs(value) != abs(under):
            yield above, float(under)
        case Power(body, Literal()):
            yield from _numbers(body)
        case _:
            for part in parts(node):
                yield from _numbers(part)


def _entries(number: float, given: World) -> Iterator[Entry]:
    """The entries of given leaves that are a number, up to its sign."""
    for name in given.model.problem.given:
        if name in given.model.graph.leaves and name not in given.model.labels:
            array = np.real(given.value(name))
            for place in map(tuple, np.argwhere(np.isclose(np.abs(array), abs(number), rtol=1e-12, atol=0))):
                yield name, tuple(map(int, place)), float(np.sign(array[place] * number))

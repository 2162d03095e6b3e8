r"""Numbers of the data among names: −½ dL/dz for x dL/dz where x is −0.5.

A printed number that is, up to its sign, an entry of what is given may stand for that entry in a line whose
other names are not put in. It does where the line then holds at random numbers, the entry's among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice, product
from operator import methodcaller
from typing import Any, TypeAlias

import numpy as np
from msgspec.structs import replace

from symgrad.checking.judging.printed import named_arrays
from symgrad.checking.judging.readings import AGREE, Outcome, Question, ask
from symgrad.checking.worlds.world import World
from symgrad.submission.written import (
    Call,
    Literal,
    Matrix,
    Node,
    Power,
    Product,
    Quotient,
    Symbol,
    parts,
    transform,
    walk,
)

MOST_ENTRIES, MOST_WAYS = 4, 8
"""Entries for which one number may stand, and ways to take the numbers of a line that are tried."""
MOST_NUMBERS, MOST_NAMED, MOST_NAMINGS = 3, 12, 2_000
"""The same where quantities and gradients count as well, and the numbers in a line of which that is asked."""

Entry: TypeAlias = "tuple[Callable[[World], Any], tuple[int, ...], float]"
"""An array at a point, the place of the entry, and how many times it the number is: 1 or −1."""


def with_data(question: Question, worlds: Sequence[World], given: World) -> Outcome | None:
    """The agreement of two sides in which numbers stand for entries of what is given; None without any."""
    return next(_named(question, worlds, partial(_entries, given=given), MOST_ENTRIES, MOST_WAYS), None)


def is_coincidence(question: Question, worlds: Sequence[World], given: World) -> bool:
    """Whether sides that agree at the given numbers do so by chance: ½ (s − t)² for s − t, of s − t = 2.

    A few whole numbers and halves are coefficients, unless the line holds at random numbers when they stand
    for values of names, of gradients, or of the sums in the problem's formulas. What is 0 may be left out.
    """
    inside = [part for side in (question.left, question.right) for part in walk(side)]
    literals = [part for part in inside if isinstance(part, Literal)]
    plain = all(part.value and (part.value * 2).denominator == 1 for part in literals)
    if has_idle_ones(question, worlds, given):
        return True
    if not plain or len(literals) > MOST_NUMBERS or any(isinstance(part, Matrix) for part in inside):
        return False
    leaves = [name for name in given.model.problem.given if name in given.model.graph.leaves]
    data = tuple(name for name in leaves if name in given.model.data)
    ways = () if given.believed else (data, *((name,) for name in leaves))
    for names in ways:  # gᵀp is p_1 − p_2 + ½ p_3
        put_in = {name: given.value(name) for name in names}
        if ask(question, [world.with_leaves(put_in) for world in worlds]).kind == AGREE:
            return False
    entries = partial(_values, given=given)
    return next(_named(question, worlds, entries, MOST_NAMED, MOST_NAMINGS, ones=True), None) is None


def _named(
    question: Question,
    worlds: Sequence[World],
    entries: Callable[[float], Iterator[Entry]],
    most: int,
    ways: int,
    ones: bool = False,
) -> Iterator[Outcome]:
    """The agreements at every world under the ways to take numbers for entries that they are."""
    numbers = [
        (literal, under, found)
        for side in (question.left, question.right)
        for literal, under in _numbers(side, ones)
        if (found := list(islice(entries(float(literal.value) / under), most)))
    ]
    for way in islice(product(*([*found, None] for _, _, found in numbers)), ways):
        taken = [
            (literal, under, entry) for (literal, under, _), entry in zip(numbers, way, strict=True) if entry
        ]
        outcome = _everywhere(question, worlds, taken) if taken else None
        if outcome is not None:
            yield outcome


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


def has_idle_ones(question: Question, worlds: Sequence[World], given: World) -> bool:
    """Whether data that are 1 stand on the right beside what is right without them: dL/db = δ x, of x = 1.

    Who leaves a factor of 1 out has put it in; who writes one that does not belong there has not.
    """
    find, data = question.dictionary.find, question.dictionary.model.data
    if any(isinstance(part, Literal) and abs(part.value) == 1 for part in walk(question.left)):
        return False  # w · 1 = w x
    for spot in walk(question.right):
        if not isinstance(spot, Symbol) or not any(found.name in data for found in find(spot)):
            continue
        for number in (1, -1):
            one = Literal(Fraction(number))
            if ask(replace(question, left=spot, right=one), [given]).kind == AGREE:
                ways = (partial(_without, spot, one, alone) for alone in (True, False))
                without = (replace(question, right=transform(question.right, way)) for way in ways)
                if any(ask(asked, worlds).kind == AGREE for asked in without):
                    return True
    return False


def _without(spot: Symbol, one: Literal, alone: bool, part: Node) -> Node:
    """A part without what is 1, at its place ``alone`` or wherever it stands; x for x²."""
    if isinstance(part, Power) and isinstance(part.exponent, Literal) and part.body == one:
        return spot
    if isinstance(part, Call) and part.head == one:  # c (1 + x) is read as a call until it is known
        return Product(one, part.args[0]) if len(part.args) == 1 else replace(part, head=spot)
    return one if part == spot and (part.span == spot.span or not alone) else part


def _everywhere(question: Question, worlds: Sequence[World], taken: Sequence[Any]) -> Outcome | None:
    """Agreement in one reading at every world, the entries put in that are there."""
    outcome: Outcome | None = None
    for world in worlds:
        instead = {
            literal.span: sign * under * float(np.real(array(world)[place]))
            for literal, under, (array, place, sign) in taken
        }
        asked = replace(question, instead=instead)
        outcome = ask(asked, [world], outcome.script if outcome is not None else None)
        if outcome.kind != AGREE:
            return None
    return outcome


def _numbers(node: Node, ones: bool = False) -> Iterator[tuple[Literal, float]]:
    """The numbers that are no exponents, with what they are divided by: 1 and 2 of ½; 1 alone if asked.

    2 · 3 is 6 as well: 2, divided by a third.
    """
    match node:
        case Literal(value) if value and (ones or abs(value) != 1):
            yield node, 1.0
        case Quotient(Literal(value) as above, Literal(under)) if under and abs(value) != abs(under):
            yield above, float(under)
        case Power(body, Literal()):
            yield from _numbers(body, ones)
        case _:
            match node:
                case Product(Literal() as first, Literal(value)) if ones and value:
                    yield first, 1 / float(value)
            for part in parts(node):
                yield from _numbers(part, ones)


def _entries(number: float, given: World) -> Iterator[Entry]:
    """The entries of given leaves that are a number, up to its sign."""
    for name in given.model.problem.given:
        if name in given.model.graph.leaves and name not in given.model.labels:
            yield from _places(number, given, methodcaller("value", name))


def _values(number: float, given: World) -> Iterator[Entry]:
    """The entries of whatever may be put in that are a number, up to its sign."""
    for array in named_arrays(given):
        yield from _places(number, given, array)


def _places(number: float, given: World, array: Callable[[World], Any]) -> Iterator[Entry]:
    found = np.real(array(given))
    for place in map(tuple, np.argwhere(np.isclose(np.abs(found), abs(number), rtol=1e-12, atol=0))):
        yield array, tuple(map(int, place)), float(np.sign(found[place] * number))

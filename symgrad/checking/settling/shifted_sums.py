r"""Sums that count by another letter than the index: \sum_{i=0}^{m-1} x_{i+1} is \sum_{i=1}^{m} x_i."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.spelling import lettered, text_of
from symgrad.submission.lines import Submission
from symgrad.submission.written import (
    Add,
    Comparison,
    Element,
    Literal,
    Node,
    Subtract,
    Sum,
    Symbol,
    transform,
    walk,
)

MOST_TERMS = 12
"""Of a sum that is written out."""


def plainly(node: Node, known: Dictionary) -> Node:
    """A sum whose letter has a number added in every index, counted by the least of these; else the node.

    Steps that have names of their own, h_{t+1} of h1 and h2, are put in one by one as they are written. A sum
    with x_{3-i} is written out.
    """
    if not isinstance(node, Sum) or not node.index or node.lower is None or node.upper is None:
        return node
    if _counts_down(node):
        return _written_out(node)
    if any(
        isinstance(part, Symbol) and (part.base, part.accents) in known.families for part in walk(node.body)
    ):
        return node
    offset = _offset(node)
    if not offset:
        return node

    def change(part: Node) -> Node:
        return _moved(part, node.index, offset)

    lower, upper = (_plus(limit, offset) for limit in (node.lower, node.upper))
    condition = node.condition and transform(node.condition, change)
    return replace(node, body=transform(node.body, change), lower=lower, upper=upper, condition=condition)


def _counts_down(node: Sum) -> bool:
    """Whether the letter of a sum between two numbers is taken from a number in an index: x_{3-i}."""
    match node:
        case Sum(_, letter, Literal(lower), Literal(upper), False) if upper - lower in range(MOST_TERMS):
            places = (place for part in walk(node.body) for place in _places(part))
            down = any(isinstance(p, Subtract) and p.right == Symbol(letter) for p in places)
            return down and node.condition is None and node.chosen is None
    return False


def _written_out(node: Sum) -> Node:
    assert isinstance(node.lower, Literal)
    assert isinstance(node.upper, Literal)
    numbers = range(int(node.lower.value), int(node.upper.value) + 1)
    terms = (_term(node.body, node.index, number) for number in numbers)
    return reduce(lambda left, right: Add(left, right, node.span), terms)


def _term(body: Node, letter: str, number: int) -> Node:
    """What is summed, with a number for the letter."""

    def change(part: Node) -> Node:
        if part == Symbol(letter):
            return Literal(Fraction(number), span=part.span)
        places = tuple(_folded(transform(place, change)) for place in _places(part))
        same = places == _places(part)
        return part if same else replace(part, indices=places, sub=",".join(map(text_of, places)))

    return transform(body, change)


def _folded(place: Node) -> Node:
    match place:
        case Add(Literal(left), Literal(right)):
            return Literal(left + right, span=place.span)
        case Subtract(Literal(left), Literal(right)):
            return Literal(left - right, span=place.span)
    return place


def _offset(node: Sum) -> int:
    """The number that every index adds to the letter of a sum, at the least; 0 where some add nothing."""
    found: set[int] = set()
    for whole in (node.body, *((node.condition,) if node.condition is not None else ())):
        for part in walk(whole):
            if isinstance(part, Sum) and part.index == node.index:
                return 0
            if isinstance(part, Symbol) and node.index in map(text_of, _letters(part.raised)):
                return 0  # numbers of layers and times
            for place in _places(part):
                if node.index in map(text_of, _letters((place,))):
                    letter, offset = lettered(place)
                    found.add(offset if letter == node.index else 0)
    return min(found) if len(found) == 1 or min(found, default=0) > 0 else 0


def _letters(places: tuple[Node, ...]) -> Iterator[Symbol]:
    for place in places:
        for part in walk(place):
            if isinstance(part, Symbol):
                yield part
                yield from _letters(part.indices)


def _places(node: Node) -> tuple[Node, ...]:
    return node.indices if isinstance(node, Symbol | Element) else ()


def _moved(part: Node, letter: str, offset: int) -> Node:
    """An index without the number, and a letter that stands by itself less the number."""
    if isinstance(part, Symbol) and part == Symbol(letter):
        return _plus(part, -offset)
    places = tuple(_plus(p, -offset) if lettered(p)[0] == letter else p for p in _places(part))
    if places == _places(part):
        return part
    return replace(part, indices=places, sub=",".join(map(text_of, places)))


def _plus(node: Node, offset: int) -> Node:
    """A place with a number added: m of m − 1 and 1."""
    match node:
        case Literal(value):
            return replace(node, value=value + offset)
        case Add(left, Literal(value)):
            return _plus(left, offset + int(value)) if value.denominator == 1 else _sum(node, offset)
        case Subtract(left, Literal(value)):
            return _plus(left, offset - int(value)) if value.denominator == 1 else _sum(node, offset)
    return _sum(node, offset)


def _sum(node: Node, offset: int) -> Node:
    if not offset:
        return node
    number = Literal(Fraction(abs(offset)), span=node.span)
    return (Add if offset > 0 else Subtract)(node, number, node.span)


def sums_apart(submission: Submission) -> dict[str, Comparison]:
    """The letters over which a work only sums under a condition j ≠ y_i, always the same one."""
    found: dict[str, set[Comparison | None]] = {}
    for part in submission.nodes:
        if isinstance(part, Sum):
            found.setdefault(part.index, set()).add(part.condition)
    only = {letter: each.pop() for letter, each in found.items() if len(each) == 1}
    return {letter: each for letter, each in only.items() if each is not None and each.relation == "≠"}

"""What was written, changed at one place: for every place and every way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from symgrad.checking.explaining.case import Case
from symgrad.checking.meaning.spelling import text_of
from symgrad.submission.written import (
    Add,
    Call,
    Derivative,
    Element,
    Literal,
    Negative,
    Node,
    Power,
    Product,
    Subtract,
    Sum,
    Symbol,
    Transpose,
    transform,
    walk,
)

TWO = Literal(Fraction(2))
Found = Iterator[tuple[Node, str]]
Change = Callable[[Node], Found]
KEPT = frozenset(("head", "label", "span", "indices", "raised", "lower", "upper", "chosen"))
"""Fields of a node that are no part of its value."""


def changed(node: Node, change: Change) -> Found:
    """The side with ``change`` made at one place; within a derivative nothing is changed."""
    yield from change(node)
    if isinstance(node, Derivative):
        return
    for name in node.__struct_fields__:
        if name not in KEPT:
            for value, words in _within(getattr(node, name), change):
                yield replace(node, **{name: value}), words


def _within(value: Any, change: Change) -> Iterator[tuple[Any, str]]:
    if isinstance(value, Node):
        yield from changed(value, change)
    elif isinstance(value, tuple):
        for n, part in enumerate(value):
            for other, words in _within(part, change):
                yield (*value[:n], other, *value[n + 1 :]), words


def exchanged(node: Node, places: Mapping[Node, Node]) -> Node:
    """The side with some of its nodes replaced wherever they stand, the larger ones first."""
    if node in places:
        return places[node]
    kept = [name for name in node.__struct_fields__ if name not in KEPT]
    return replace(node, **{name: _exchanged(getattr(node, name), places) for name in kept})


def _exchanged(value: Any, places: Mapping[Node, Node]) -> Any:
    if isinstance(value, tuple):
        return tuple(_exchanged(part, places) for part in value)
    return exchanged(value, places) if isinstance(value, Node) else value


def below(node: Node, change: Change) -> Found:
    """As `changed`, but not at the side as a whole."""
    return (
        (other, words)
        for other, words in changed(node, lambda part: iter(()) if part is node else change(part))
    )


def opened(case: Case) -> Node:
    """What was written, with ``y (1 − y)`` as a product where y is a name; a script behind it is the
    bracket's.
    """
    made: dict[int, Product] = {}

    def change(node: Node) -> Node:
        match node:
            case Call(head, (argument,), certain=False) if not isinstance(argument, Symbol) and case.name_of(
                head
            ):
                found = Product(head, argument, "", node.span)
                if not node.enclosed:
                    made[id(found)] = found
                return found
            case Transpose(body) | Power(body) | Element(body) if id(body) in made:
                assert isinstance(body, Product)
                return replace(body, right=replace(node, body=body.right))
        return node

    return transform(case.wrong, change)


def symbol_of(name: str) -> Symbol:
    """A name of the problem as somebody may write it."""
    base, _, sub = name.partition("_")
    return Symbol(base, sub)


def gradient_node(of: str, wrt: str) -> Derivative:
    """∂of/∂wrt."""
    return Derivative(symbol_of(of), symbol_of(wrt))


def reindexed(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with its index letters changed, those of its sums too."""

    def one(part: Node) -> Node:
        match part:
            case Symbol(indices=indices) if indices:
                new = tuple(change(index) for index in indices)
                return part if new == indices else replace(part, indices=new, sub="".join(map(text_of, new)))
            case Element(indices=indices):
                new = tuple(change(index) for index in indices)
                return part if new == indices else replace(part, indices=new, sub="".join(map(text_of, new)))
            case Derivative(of, wrt):
                parts = [None if p is None else reindexed(p, change) for p in (of, wrt)]
                return replace(part, of=parts[0], wrt=parts[1])
        return part

    return transform(node, one)


def index_letters(node: Node) -> tuple[str, ...]:
    """The letters that stand as indices, of sums too."""
    found: dict[str, None] = {}
    for part in walk(node):
        match part:
            case Symbol(indices=indices) | Element(indices=indices):
                found.update((text_of(i), None) for i in indices if isinstance(i, Symbol) and i.base != ":")
            case Sum(index=index) if index:
                found[index] = None
    return tuple(letter for letter in found if len(letter) == 1 or letter == "ell")


def summands(node: Node) -> tuple[Node, ...]:
    """The terms of a sum."""
    match node:
        case Add(left, right):
            return summands(left) + summands(right)
        case Subtract(left, right):
            return summands(left) + tuple(Negative(term) for term in summands(right))
    return (node,)


def number_text(node: Literal) -> str:
    """A printed number with its digits."""
    return (
        f"{float(node.value):.{max(0, -node.place)}f}"
        if node.value.denominator != 1 or node.place < 0
        else str(node.value)
    )

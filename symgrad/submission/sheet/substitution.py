"""A letter in a formula replaced by a number or another letter, in the scripts too."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from symgrad.submission.sheet.indices import text_of
from symgrad.submission.written import Add, Element, Literal, Node, Subtract, Sum, Symbol, transform


def substituted(node: Node, letter: str, value: Node) -> Node:
    """The node with a value for the letter, wherever it is an index or stands by itself."""

    def change(part: Node) -> Node:
        match part:
            case Symbol():
                return _symbol(part, letter, value)
            case Element():
                low = tuple(_script(index, letter, value) for index in part.indices)
                return (
                    replace(part, sub="".join(map(text_of, low)), indices=low)
                    if low != part.indices
                    else part
                )
            case Sum(index=index) if index == letter and isinstance(value, Symbol):
                return replace(part, index=value.base)
        return part

    return transform(node, change)


def _symbol(symbol: Symbol, letter: str, value: Node) -> Node:
    if symbol == Symbol(letter):
        return value
    low = tuple(_script(index, letter, value) for index in symbol.indices)
    high = tuple(_script(index, letter, value) for index in symbol.raised)
    if low == symbol.indices and high == symbol.raised:
        return symbol
    sub = "".join(map(text_of, low)) if low != symbol.indices else symbol.sub
    marks = tuple(
        mark if new == old else f"{mark[:1]}{text_of(new)}{mark[-1:]}" if mark[:1] in "([<" else text_of(new)
        for mark, old, new in zip(symbol.marks, symbol.raised, high, strict=False)
    )
    return replace(symbol, sub=sub, marks=marks, indices=low, raised=high)


def _script(node: Node, letter: str, value: Node) -> Node:
    return folded(substituted(node, letter, value))


def folded(node: Node) -> Node:
    """t − 1 at t = 2 as 1."""

    def change(part: Node) -> Node:
        match part:
            case Add(Literal(left), Literal(right)):
                return Literal(Fraction(left + right), span=part.span)
            case Subtract(Literal(left), Literal(right)):
                return Literal(Fraction(left - right), span=part.span)
        return part

    return transform(node, change)

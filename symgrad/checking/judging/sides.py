"""What kind of side it is: with names, with decimals, nothing but printed numbers."""

from __future__ import annotations

from symgrad.checking.meaning.dictionary import KNOWN
from symgrad.submission.written import (
    Brace,
    Call,
    Derivative,
    Literal,
    Matrix,
    Negative,
    Node,
    Power,
    Product,
    Symbol,
    Transpose,
    walk,
)

CONSTANTS = frozenset(("e", "pi"))


def has_names(node: Node) -> bool:
    """Whether a side names anything but functions and constants."""
    heads = {id(part.head) for part in walk(node) if isinstance(part, Call) and part.head.base in KNOWN}
    for part in walk(node):
        if isinstance(part, Derivative):
            return True
        if (
            isinstance(part, Symbol)
            and id(part) not in heads
            and part.base not in CONSTANTS
            and part.base not in KNOWN
        ):
            return True
    return False


def is_printed(node: Node) -> bool:
    """Whether a side holds a number with a decimal point."""
    return any(isinstance(part, Literal) and part.place < 0 for part in walk(node))


def stands_alone(node: Node) -> bool:
    """Whether a side is nothing but printed numbers: one, or the entries of a matrix."""
    match node:
        case Literal():
            return True
        case Negative(body) | Transpose(body) | Brace(body):
            return stands_alone(body)
        case Matrix(rows):
            return all(stands_alone(cell) for row in rows for cell in row)
        case Product(left, Power(Literal(value), exponent)) if value == 10:
            return stands_alone(left) and _is_whole(exponent)
    return False


def _is_whole(node: Node) -> bool:
    if isinstance(node, Negative):
        return _is_whole(node.body)
    return isinstance(node, Literal) and node.value.denominator == 1

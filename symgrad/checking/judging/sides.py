"""What kind of side it is: with names, with decimals, nothing but printed numbers."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.checking.meaning.dictionary import KNOWN, Dictionary
from symgrad.checking.meaning.powers import is_euler
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


def has_names(node: Node, dictionary: Dictionary | None = None, line: int = 0) -> bool:
    """Whether a side names anything but functions and constants.

    An e without an exponent is a name, and e² where the dictionary has one that is written so.
    """
    known = {id(part) for part in _functions(node, dictionary, line)}
    return any(
        isinstance(part, Derivative)
        or (isinstance(part, Symbol) and id(part) not in known and part.base not in KNOWN | {"pi"})
        for part in walk(node)
    )


def _functions(node: Node, dictionary: Dictionary | None, line: int) -> Iterator[Node]:
    """The heads of calls, and the e of e^x."""
    for part in walk(node):
        match part:
            case Call(Symbol(base) as head) if base in KNOWN:
                yield head
            case Power(Symbol("e", "") as base, _) if not dictionary or is_euler(part, dictionary, line):
                yield base


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

"""π as a name of the work's own: π = σ(−t s), π_k = e^{z_k}/Σ_j e^{z_j}."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.submission.lines import Line, Submission
from symgrad.submission.written import Call, Literal, Node, Product, Symbol, walk

PI, OWN = "pi", "π"
"""The constant's name, and the one that the work's own has with us."""


def own_pi(submission: Submission, known: Dictionary) -> Callable[[Node, Dictionary], Node] | None:
    """Reads π as a name where a formula says what it is, and the problem has none; None where none does.

    Where 2π stands, π without indices is the number all the same.
    """
    if any(base == PI for base, *_ in known.names.exact) or not any(
        _says(line, known) for line in submission.lines
    ):
        return None
    number = any(_is_multiple(part) for part in submission.nodes)

    def change(node: Node, known: Dictionary) -> Node:
        if isinstance(node, Symbol) and node.base == PI and (node.indices or node.raised or not number):
            return replace(node, base=OWN)
        return node

    return change


def _says(line: Line, known: Dictionary) -> bool:
    if line.is_condition or line.struck or line.relations[:1] not in (("=",), (":=",)):
        return False
    left = line.sides[0].node
    name = left.head if isinstance(left, Call) else left
    return isinstance(name, Symbol) and name.base == PI and any(_names(line, known))


def _names(line: Line, known: Dictionary) -> Iterator[bool]:
    """For each name in a line's formula, whether the problem has it."""
    for part in (part for side in line.sides[1:] if side.node is not None for part in walk(side.node)):
        if isinstance(part, Symbol):
            yield next(known.find(part), None) is not None


def _is_multiple(node: Node) -> bool:
    match node:
        case Product(Literal(), Symbol("pi", "")):
            return True
    return False

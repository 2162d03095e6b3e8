"""Arguments behind a quantity: f([x_1, x_2]ᵀ), of all entries of a vector, is f(x); g_i(x) is g_i."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.submission.written import Call, Literal, Matrix, Node, Symbol, Transpose


def as_vectors(node: Node, known: Dictionary) -> Node:
    """A quantity with the vector as its argument, of which the entries stand there; else the node."""
    if not isinstance(node, Call) or len(node.args) != 1 or node.certain:
        return node
    made = next(known.names.find(node.head), None)
    vector = _vector(node.args[0], known)
    if made is None or made.name not in known.model.graph.quantities or vector is None:
        return node
    return replace(node, args=(vector,))


def as_entries(node: Node, known: Dictionary) -> Node:
    """The entry of a quantity behind which an array stands that it is made of; else the node."""
    if not isinstance(node, Call) or not node.head.indices or node.head.marks or node.certain:
        return node
    graph, made = known.model.graph, next(known.names.find(node.head), None)
    if made is None or made.name not in graph.quantities or not (made.indices or made.samples):
        return node
    below = known.model.below(made.name)
    for arg in node.args:
        of = next(known.names.find(arg), None) if isinstance(arg, Symbol) else None
        if of is None or of.indices or of.name not in below or not graph.shapes.get(of.name):
            return node
    return replace(node.head, span=node.span)


def _vector(node: Node, known: Dictionary) -> Symbol | None:
    """x of [x_1; x_2], where it has two entries."""
    body = node.body if isinstance(node, Transpose) else node
    if not isinstance(body, Matrix) or 1 not in (len(body.rows), *map(len, body.rows)):
        return None
    vectors: set[Symbol] = set()
    numbers: list[Fraction] = []
    for entry in (entry for row in body.rows for entry in row):
        match entry:
            case Symbol(indices=(Literal(number),)):
                vectors.add(replace(entry, sub="", indices=(), span=node.span))
                numbers.append(number)
            case _:
                return None
    vector = vectors.pop()
    found = next(known.names.find(vector), None)
    shape = known.model.graph.shapes.get(found.name, ()) if found is not None and not found.indices else ()
    start, count = 0 if known.from_zero else 1, len(numbers)
    whole = len(shape) == 1 and known.model.graph.sizes.get(shape[0], count) == count
    return vector if whole and not vectors and numbers == list(range(start, start + count)) else None

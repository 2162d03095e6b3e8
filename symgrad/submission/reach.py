"""How far a Σ reaches: −Σ_i y_i log p_i + (1 − y_i) log(1 − p_i) is one sum of both terms.

A sum stops at the next + or −; but where the terms behind it bear its index, and that index means nothing
to the left of the sum, they can only belong to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from symgrad.submission.written import (
    Add,
    Call,
    Derivative,
    Negative,
    Node,
    Product,
    Span,
    Subtract,
    Sum,
    Symbol,
)

Letters = frozenset[str]
NO_LETTERS: Letters = frozenset()
_BINDING = frozenset(("max", "min", "argmax", "argmin", "mean", "logsumexp"))
"""Functions whose subscript is an index of their own: max_j S_ij means no j outside."""


def reaching(node: Node, outside: Letters = NO_LETTERS) -> Node:
    """The node with every sum as long as its index asks; ``outside`` are the letters that mean something."""
    if isinstance(node, Add | Subtract):
        return _terms(node, outside)
    if isinstance(node, Sum):
        return replace(node, body=reaching(node.body, outside | {node.index}))
    if isinstance(node, Product):
        left = reaching(node.left, outside)
        return replace(node, left=left, right=reaching(node.right, outside | letters(left)))
    if isinstance(node, Call):
        around = outside | letters(node.head)
        return _changed(node, {"args": _within(node.args, around)})
    return _changed(node, {name: _within(getattr(node, name), outside) for name in node.__struct_fields__})


def _within(value: Any, outside: Letters) -> Any:
    if isinstance(value, tuple):
        found = tuple(_within(part, outside) for part in value)
        return value if all(a is b for a, b in zip(found, value, strict=True)) else found
    return reaching(value, outside) if isinstance(value, Node) else value


def _changed(node: Node, new: dict[str, Any]) -> Node:
    return node if all(new[name] is getattr(node, name) for name in new) else replace(node, **new)


def _terms(node: Add | Subtract, outside: Letters) -> Node:
    """a + Σ_i b_i − c_i + d: from the left, each term joined to the sum before it where it must be."""
    first, *rest = _flat(node)
    found: Node = reaching(first.right, outside)
    for term in rest:
        right = reaching(term.right, outside)
        joined = _joined(found, replace(term, right=right), outside)
        span = Span(found.span.start, right.span.end)
        found = replace(term, left=found, right=right, span=span) if joined is None else joined
    return found


def _flat(node: Node) -> list[Any]:
    """The terms, each as the sum or difference whose right side it is."""
    found: list[Any] = []
    while isinstance(node, Add | Subtract):
        found.append(node)
        node = node.left
    found.append(Add(node, node, node.span))
    return found[::-1]


def _joined(before: Node, term: Add | Subtract, outside: Letters) -> Node | None:
    """What stands before with a term in its last sum; None where the term is no part of it."""
    match before:
        case Sum(index=index):
            inner = _joined(before.body, term, outside | {index})
            if inner is not None:
                body: Node = inner
            elif index and index not in outside and index in letters(term.right):
                body = replace(term, left=before.body, span=_over(before.body, term))
            else:
                return None
            return replace(before, body=body, span=_over(before, term))
        case Add() | Subtract() | Product():
            found = _joined(before.right, term, outside | letters(before.left))
            return None if found is None else replace(before, right=found, span=_over(before, term))
        case Negative():
            found = _joined(before.body, term, outside)
            return None if found is None else replace(before, body=found, span=_over(before, term))
        case Derivative(of=of, wrt=wrt) if of and wrt and wrt.span.end <= of.span.start:  # ∂/∂u_j Σ_i …
            found = _joined(of, term, outside | letters(wrt))
            return None if found is None else replace(before, of=found, span=_over(before, term))
    return None


def _over(left: Node, right: Node) -> Span:
    return Span(left.span.start, max(left.span.end, right.span.end))


def letters(node: Node) -> Letters:
    """The letters that mean something in a node: names, indices and marks, but not those it sums over."""
    return frozenset(_letters(node))


def _letters(node: Node) -> Iterator[str]:
    if isinstance(node, Sum):
        yield from letters(node.body) - {node.index}
        yield from _of((node.lower, node.upper))
        return
    if isinstance(node, Call) and node.head.base in _BINDING:
        bound = frozenset(letter for index in node.head.indices for letter in letters(index))
        yield from (letter for arg in node.args for letter in letters(arg) - bound)
        return
    if isinstance(node, Symbol):
        yield node.base
        yield f"{node.base}{node.sub}{''.join(node.marks)}"
    for name in node.__struct_fields__:
        value = getattr(node, name)
        for part in value if isinstance(value, tuple) else (value,):
            yield from _of(part)


def _of(part: object) -> Iterator[str]:
    if isinstance(part, tuple):
        for inner in part:
            yield from _of(inner)
    elif isinstance(part, Node):
        yield from _letters(part)

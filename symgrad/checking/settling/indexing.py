"""Indices as letters of their own: the i and n of A_{in}, read as a word, c′ beside c, the m of h_{t_m}."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.checking.meaning.entries import split_digits
from symgrad.checking.meaning.spelling import lettered, text_of
from symgrad.submission.written import Element, Node, Sum, Symbol, transform

PRIME = "ʹ"
"""What a prime on an index letter becomes: a part of its name."""


def letters(node: Node, known: Dictionary) -> Node:
    """A_{in} with the indices i and n, where A is a matrix of the problem."""
    if not isinstance(node, Symbol) or len(node.indices) != 1:
        return node
    apart = split_digits(node.indices, 2)
    if len(apart) < 2 or not isinstance(apart[0], Symbol):
        return node
    found = next(known.names.find(node), None)
    if (
        found is None
        or found.indices != node.indices
        or len(known.model.graph.shapes.get(found.name, ())) != 2
    ):
        return node
    return replace(node, sub=",".join(map(text_of, apart)), indices=apart)


def nested(node: Node, known: Dictionary) -> Node:
    """h_{t_m} as the entry m of h_t, a time of the problem's own, and b_{y_i} as that of b_y."""
    match node:
        case Symbol(indices=(Symbol(indices=(_, *_)) as inner,)):
            label = replace(inner, sub="", indices=())
            whole = replace(node, sub=text_of(label), indices=(label,))
            counted = lettered(label)[0] in known.model.problem.repeat.counters
            named = next(known.names.find(whole), None)
            if counted or (named is not None and not named.indices):
                indices = (label, *inner.indices)
                return replace(node, sub=",".join(map(text_of, indices)), indices=indices)
    return node


def primes(node: Node, known: Dictionary) -> Node:
    """c′ of x_{ac′}, and of the sum over it, as a letter of its own; no c′ that is a name of the problem."""
    match node:
        case Symbol(indices=indices) | Element(indices=indices) if any(map(_is_primed, indices)):
            named = (next(known.names.find(i), None) if isinstance(i, Symbol) else None for i in indices)
            kept = (found is not None and not found.marks for found in named)
            return replace(
                node,
                indices=tuple(i if keep else primed(i) for i, keep in zip(indices, kept, strict=True)),
            )
        case Sum(index=index, condition=condition) if len(index) == 2 and index[1] == "'":
            letter = index[0] + PRIME
            inside = condition and transform(condition, partial(_renamed, letter))
            return replace(node, index=letter, condition=inside)
    return node


def primed(index: Node) -> Node:
    """A primed index letter as a letter of its own; any other index."""
    match index:
        case Symbol(base, marks=("'",)) if len(base) == 1 and not index.sub:
            return replace(index, base=base + PRIME, marks=(), raised=())
    return index


def _is_primed(index: Node) -> bool:
    return primed(index) is not index


def _renamed(letter: str, node: Node) -> Node:
    return Symbol(letter, span=node.span) if text_of(primed(node)) == letter else node

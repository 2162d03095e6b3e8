"""Probabilities of classes, P(y = k | x): entry k of the softmax of which the problem picks that of y."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.checking.meaning.dictionary import Dictionary
from symgrad.submission.written import Call, Comparison, Literal, Node, Symbol
from symgrad.tree import Name, Op, walk


def as_entry(node: Node, known: Dictionary) -> Node:
    """p_k^{(i)} for p(y^{(i)} = k | x^{(i)}), where the problem picks by the labels y; else the node."""
    match node:
        case Call(Symbol() as head, (Comparison(Symbol() as label, "=", Symbol() | Literal() as place), *_)):
            found = next(known.find(label), None)
            is_law = head.base != "indicator" and not head.marks
            if not is_law or found is None or found.name not in known.model.labels:
                return node
            picked = sorted(set(_picked(found.name, known)))
            named = next(known.find(head), None)
            if len(picked) != 1 or (named is not None and named.name != picked[0]):
                return node
            sub = place.base if isinstance(place, Symbol) else str(place.value)
            return Symbol(picked[0], sub, label.marks, (), node.span, (*found.indices, place), label.raised)
    return node


def _picked(labels: str, known: Dictionary) -> Iterator[str]:
    """The quantities that are a softmax, and of which entries are picked by these labels."""
    quantities = known.model.graph.quantities
    for formula in quantities.values():
        for part in walk(formula):
            match part:
                case Op("pick", (Name(name), Name(by))) if by == labels:
                    made = quantities.get(name)
                    if isinstance(made, Op) and made.name == "softmax":
                        yield name

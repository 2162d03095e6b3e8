"""Places in a formula: every formula with one part of it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symgrad.tree import Formula, Op, children, rebuild

Change = Callable[[Formula], Iterator[tuple[Formula, str]]]
"""The other forms of one node, each with words on what is changed."""


def changed(formula: Formula, change: Change) -> Iterator[tuple[Formula, str]]:
    """The formula with ``change`` made at one place, for every place and every form."""
    yield from change(formula)
    parts = children(formula)
    for n, part in enumerate(parts):
        for other, words in changed(part, change):
            yield rebuild(formula, (*parts[:n], other, *parts[n + 1 :])), words


def terms(formula: Formula) -> tuple[Formula, ...]:
    """The summands of a sum, signs included; a formula that is none is its own."""
    match formula:
        case Op("add", (left, right)):
            return terms(left) + terms(right)
        case Op("subtract", (left, right)):
            return terms(left) + tuple(Op("negative", (term,)) for term in terms(right))
    return (formula,)

"""One index, derivative or printed number of what was written exchanged for a neighbour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

import numpy as np
from msgspec.structs import replace

from symgrad.checking.explaining.case import Case, literals
from symgrad.checking.explaining.edits import changed, gradient_node, index_letters, number_text
from symgrad.checking.explaining.neighbours import alike, stem_of
from symgrad.checking.explaining.record import Repair
from symgrad.checking.explaining.said import maths_of
from symgrad.checking.meaning.spelling import labels, scripts
from symgrad.checking.worlds.moved import NoValue
from symgrad.submission.written import Derivative, Element, Literal, Node, Symbol
from symgrad.tree import Array

MOST_NUMBERS = 8
MOST_ENTRIES = 30


def indices(whole: Node) -> Iterator[Repair]:
    """Another letter, or a neighbouring number, as one index of one symbol."""
    letters = index_letters(whole)

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        if not isinstance(node, Symbol | Element):
            return
        for n, index in enumerate(node.indices):
            for other in _others(index, letters):
                new = (*node.indices[:n], other, *node.indices[n + 1 :])
                right, written, name = map(maths_of, (other, index, node))
                words = f"the index {right} belongs here in the place of {written}: {name}"
                yield replace(node, indices=new, sub=labels(new)), words

    for node, words in changed(whole, change):
        yield Repair(words, node)


def _others(index: Node, letters: tuple[str, ...]) -> Iterator[Node]:
    match index:
        case Symbol(base) if base in letters:
            yield from (Symbol(letter) for letter in letters if letter != base)
        case Literal(value) if value.denominator == 1:
            yield from (Literal(value + step) for step in (-1, 1, 2, -2) if value + step >= 0)


def derivatives(whole: Node, case: Case) -> Iterator[Repair]:
    """The objective differentiated by another name."""
    objective = case.model.objective

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        if not isinstance(node, Derivative) or node.wrt is None or node.of is None:
            return
        known = scripts(node.wrt)
        found = next(case.dictionary.find(*known), None) if known is not None else None
        of = scripts(node.of)
        top = next(case.dictionary.find(*of), None) if of is not None else None
        if found is None or top is None or top.name != objective or found.indices or found.samples:
            return
        for other in alike(case.model, found.name):
            if other != case.wrt:
                new = gradient_node(objective, other)
                yield new, f"{maths_of(new)} belongs here, not {maths_of(node)}"

    for node, words in changed(whole, change):
        yield Repair(words, node)


def entries(whole: Node, case: Case) -> Iterator[Repair]:
    """A printed number that is an entry of some array, replaced by another entry of it."""
    for literal in list(literals(whole))[:MOST_NUMBERS]:
        if literal.place >= 0:
            continue
        for value in _entries_beside(literal, case):
            other = Literal(Fraction(repr(value)), literal.place)
            words = f"{number_text(literal)} is another entry than the one that belongs here"
            for node, _ in changed(
                whole,
                lambda part, old=literal, new=other: iter([(new, "")] if part is old else []),  # type: ignore[misc]
            ):
                yield Repair(words, node)


def _entries_beside(literal: Literal, case: Case) -> list[float]:
    """The other entries of the arrays in which a printed number stands, and numbers named like it."""
    world = case.worlds[0]
    size, unit = abs(float(literal.value)), 10.0**literal.place
    found: dict[float, None] = {}

    def beside(values: Array) -> None:
        flat = np.ravel(np.real(values))
        apart = np.abs(np.abs(np.round(flat, -literal.place)) - size) > unit / 2
        if flat.size > 1 and not apart.all():
            others = flat[apart]
            found.update((float(v), None) for value in others for v in (abs(value), -abs(value)))

    for name in (*world.leaves, *world.model.graph.quantities):
        for values in (world.value, world.gradient):
            with suppress(NoValue, KeyError, ValueError):
                array = values(name)
                if np.ndim(array):
                    beside(array)
                elif name[-1].isdecimal():
                    beside(np.array([values(n) for n in (name, *_numbered_like(name, case))]))
    return list(found)[:MOST_ENTRIES]


def _numbered_like(name: str, case: Case) -> list[str]:
    """The other numbers whose names differ by their number alone: v_2 beside v_1."""
    numbers = (n for n in alike(case.model, name) if not case.model.graph.shapes[n])
    return [n for n in numbers if stem_of(n) == stem_of(name)]

"""Constant factors: the whole or one term of it so many times too large or too small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_edges, forks
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.record import Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import Add, Literal, Node, Product, Quotient, Subtract, Sum, Symbol


def by_counts(
    case: Case, factor: Callable[[Here], float], said: str, ways: bool = True
) -> Iterator[Supposition]:
    """The truth times a number, or what arrives on one of several ways."""
    if case.target is None or case.target.new:
        return
    yield Supposition(f"the whole is {said}", lambda here: here.truth * factor(here))
    if ways and case.is_slope:
        several = [edge for _, edges in forks(case) for edge in edges]
        yield from at_edges(
            several,
            lambda here, edge: here.local(edge) * factor(here),
            lambda edge: f"what comes through {case.local(edge)} is {said}",
        )


def rescaled(case: Case, number: str, small: str, large: str) -> Iterator[Repair]:
    """The written side with the whole, a term, or what stands in brackets multiplied and divided."""
    factor = Literal(Fraction(int(number))) if number.isdigit() else Symbol(number)
    whole = opened(case)

    def both(node: Node) -> Iterator[tuple[Node, str]]:
        yield Product(factor, node), small
        yield Quotient(node, factor), large

    for node, said in both(whole):
        yield Repair(f"the whole is {said}", node)

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Add(left, right) | Subtract(left, right):
                for other, said in both(left):
                    yield type(node)(other, right, node.span), f"{maths_of(left)} is {said}"
                for other, said in both(right):
                    yield type(node)(left, other, node.span), f"{maths_of(right)} is {said}"
            case Sum(body) if isinstance(body, Add | Subtract):
                return

    for node, said in changed(whole, change):
        yield Repair(said, node)

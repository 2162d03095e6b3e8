"""A sign wrong: target minus output for output minus target, plus for minus."""

from collections.abc import Iterator

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import at_edges, forks
from symgrad.checking.explaining.edits import changed, opened
from symgrad.checking.explaining.examples import TANH, d
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import (
    Add,
    Brace,
    Call,
    Derivative,
    Literal,
    Negative,
    Node,
    Power,
    Product,
    Quotient,
    Subtract,
    Sum,
    Symbol,
)
from symgrad.tree import Array

MOST_ENTRIES = 12


def suppose(case: Case) -> Iterator[Supposition]:
    """Everything, or what arrives on one way, with the opposite sign; the step of an update added."""
    if case.is_slope:
        yield Supposition("everything has the opposite sign", lambda here: -here.truth)
        ways = [edge for _, edges in forks(case) for edge in edges]
        yield from at_edges(
            ways,
            lambda here, e: -here.local(e),
            lambda e: f"what comes through {case.local(e)} has the opposite sign",
        )
    if case.target is not None and case.target.new:
        name = case.target.name
        yield Supposition("the step is subtracted", lambda here: 2 * here.value(name) - here.truth)
    if case.numeric and case.target is not None and not case.is_value:
        yield from _single(case)


def _single(case: Case) -> Iterator[Supposition]:
    """One entry with the opposite sign."""
    truth = case.here(case.worlds[0]).truth
    if 1 < truth.size <= MOST_ENTRIES:
        for where in np.ndindex(truth.shape):
            words = f"entry {', '.join(str(n + 1) for n in where)} has the opposite sign"
            yield Supposition(words, lambda here, where=where: _turned(here, where))  # type: ignore[misc]


def _turned(here: Here, where: tuple[int, ...]) -> Array:
    middle = (
        2 * here.value(here.case.of)
        if here.case.target is not None and here.case.target.new
        else 0 * here.truth
    )
    found = np.array(here.truth)
    found[where] = (middle - found)[where]
    return found


def repair(case: Case) -> Iterator[Repair]:
    """A sign turned at one place."""
    for node, words in changed(opened(case), _signed):
        yield Repair(words, node)


def _signed(node: Node) -> Iterator[tuple[Node, str]]:
    match node:
        case Subtract(left, right):
            yield Subtract(right, left, node.span), f"{maths_of(node)} is the wrong way round"
            yield Add(left, right, node.span), f"a plus belongs before {maths_of(right)}"
        case Add(left, right):
            yield Subtract(left, right, node.span), f"a minus belongs before {maths_of(right)}"
            yield Subtract(right, left, node.span), f"a minus belongs before {maths_of(left)}"
        case Negative(body):
            yield body, f"the minus before {maths_of(body)} is one too many"
        case (
            Product() | Quotient() | Symbol() | Derivative() | Call() | Brace() | Power() | Sum() | Literal()
        ):
            yield Negative(node), f"a minus is missing before {maths_of(node)}"


MISTAKE = Mistake(
    "sign_t_minus_y",
    160,
    "a sign is wrong: target minus output for output minus target, plus for minus",
    "a sign is wrong: {part}",
    "follow the signs: which is subtracted from which, and what is the derivative of minus something?",
    r"\frac{\partial J}{\partial o} = t - o",
    r"\frac{\partial J}{\partial o} = o - t",
    (Example(TANH, d("C", "p"), "t - p", "p - t"), Example(TANH, "e", "t - p", "p - t")),
    (suppose,),
    (repair,),
)

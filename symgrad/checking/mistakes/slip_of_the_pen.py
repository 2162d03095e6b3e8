"""One digit of a printed number wrong, two digits exchanged, the point in the wrong place."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from symgrad.checking.explaining.case import Case, literals
from symgrad.checking.explaining.edits import changed, number_text, opened
from symgrad.checking.explaining.examples import TANH
from symgrad.checking.explaining.record import Example, Mistake, Repair
from symgrad.checking.judging.sides import stands_alone
from symgrad.submission.written import Literal, Node

FEWEST = 3
"""Digits that a number must have, so that another one says anything."""


def repair(case: Case) -> Iterator[Repair]:
    """A printed number that stands alone with the digits of the right one, where these are almost its own."""
    truth = case.true_side if case.numeric and stands_alone(case.wrong) else None
    if truth is None:
        return
    whole = opened(case)
    for literal in literals(whole):
        for value in np.unique(np.abs(np.round(truth, max(0, -literal.place)))):
            other = Literal(Fraction(repr(float(value))), literal.place)
            words = _difference(number_text(literal), number_text(other))
            if words:
                yield from _replaced(whole, literal, other, words)


def _replaced(whole: Node, old: Literal, new: Literal, words: str) -> Iterator[Repair]:
    for node, _ in changed(whole, lambda part: iter([(new, "")] if part is old else [])):
        yield Repair(words, node)


def _difference(written: str, right: str) -> str:
    """How the digits of two numbers differ, where it is one slip."""
    a, b = (text.replace(".", "").strip("0") for text in (written, right))
    if min(len(a), len(b)) < FEWEST:
        return ""
    if a == b:
        return f"the point of {written} stands in the wrong place"
    if len(written) != len(right):
        return ""
    off = [n for n, (x, y) in enumerate(zip(written, right, strict=True)) if x != y]
    if len(off) == 1 and off[0] < len(written) - 1:
        return f"one digit of {written} is wrong"
    if len(off) == 2 and off[1] == off[0] + 1 and sorted(written) == sorted(right):
        return f"two digits of {written} are exchanged"
    return ""


MISTAKE = Mistake(
    "slip_of_the_pen",
    330,
    "a digit of a printed number is wrong, or its point",
    "this looks like a slip of the pen: {part}",
    "compare the number with the one from which it was copied, digit by digit",
    r"z_1 = 1.08",
    r"z_1 = 1.80",
    (Example(TANH, "p", "[1.6790, -0.0847]", "[1.6970, -0.0847]"),),
    repair=(repair,),
    named=False,
)

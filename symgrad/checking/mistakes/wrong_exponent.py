"""An exponent one too high or too low."""

from collections.abc import Iterator
from fractions import Fraction

from symgrad.checking.explaining.case import Case
from symgrad.checking.explaining.edits import changed, number_text, opened
from symgrad.checking.explaining.examples import ENTROPY, d
from symgrad.checking.explaining.record import Example, Mistake, Repair
from symgrad.checking.explaining.said import maths_of
from symgrad.submission.written import Literal, Negative, Node, Power, Symbol

HALVES = tuple(Fraction(n, 2) for n in (2, -2, 1, -1))


def repair(case: Case) -> Iterator[Repair]:
    """Another exponent; a square where none is."""
    for node, words in changed(opened(case), _other):
        yield Repair(words, node)


def _other(node: Node) -> Iterator[tuple[Node, str]]:
    match node:
        case Power(body, Literal(value)) if not isinstance(body, Power):
            for step in HALVES:
                new = Literal(value + step)
                yield (
                    Power(body, new, node.span),
                    f"{maths_of(body)} belongs to the power {number_text(new)}",
                )
        case Power(body, Negative(Literal(value))):
            for step in HALVES:
                new = Literal(-value + step)
                yield (
                    Power(body, new, node.span),
                    f"{maths_of(body)} belongs to the power {number_text(new)}",
                )
        case Symbol():
            yield Power(node, Literal(Fraction(2))), f"{maths_of(node)} has to be squared"


MISTAKE = Mistake(
    "wrong_exponent",
    320,
    "an exponent is one too high or too low",
    "an exponent is wrong: {part}",
    "the derivative of a power has an exponent that is one less",
    r"\frac{\partial q}{\partial w} = 3 w^3",
    r"\frac{\partial q}{\partial w} = 3 w^2",
    (Example(ENTROPY, d("q", "w"), "3 w^3", "3 w^2"),),
    repair=(repair,),
    named=False,
)

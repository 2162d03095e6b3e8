"""Whether numbers have been put in for names, or are the coefficients of a formula."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.checking.judging.bench import Bench
from symgrad.checking.judging.printed import values_of_names
from symgrad.checking.judging.readings import Question
from symgrad.checking.judging.sides import has_names, is_printed
from symgrad.submission.written import Add, Literal, Node, Power, Quotient, Subtract, Symbol, parts, walk


def is_reckoned(left: Node, right: Node) -> bool:
    """Whether somebody puts numbers in: several, or one with a decimal point; 0 and ½ are said of any."""
    return has_names(left) != has_names(right) and any(
        is_printed(side) or sum(isinstance(part, Literal) for part in walk(side)) > 2
        for side in (left, right)
        if not has_names(side)
    )


def puts_in(question: Question, bench: Bench) -> bool:
    """Whether numbers stand where names may: not only the 1 of 1 − p and of 1/N, and exponents.

    Whole numbers alone, of which none is the value of a name, are coefficients: 4 p² is not 4 p³ for p = 1.
    """
    sides = (question.left, question.right)
    literals = [literal for side in sides for literal in _literals(side)]
    if not any(literal.place < 0 for literal in literals) and bench.given is not None:
        whole = {float(literal.value) for literal in literals if abs(literal.value) > 1}
        if not whole & set(values_of_names(bench.given)):
            return False
    return any(map(_holds_numbers, sides))


def of_one_array(question: Question) -> bool:
    """Whether entries of one array with numbers are set beside one another: p_3 = 1 − p_2 = 0.269.

    No formula says that; it is said of the numbers that are given.
    """
    inside = [part for side in (question.left, question.right) for part in walk(side)]
    if not all(isinstance(part, Symbol | Literal | Add | Subtract) for part in inside):
        return False
    found = [next(question.dictionary.find(part), None) for part in inside if isinstance(part, Symbol)]
    names = {each.name for each in found if each and each.indices}
    reckoned = any(not has_names(node) for node in question.around)
    return reckoned and len(names) == 1 and all(each and _are_numbers(each.indices) for each in found)


def _are_numbers(places: tuple[Node, ...]) -> bool:
    return all(isinstance(place, Literal) for place in places)


def _literals(node: Node) -> Iterator[Literal]:
    """The numbers in an expression that are no exponents."""
    match node:
        case Literal():
            yield node
        case Power(body, Literal()):
            yield from _literals(body)
        case _:
            for part in parts(node):
                yield from _literals(part)


def _holds_numbers(node: Node) -> bool:
    match node:
        case Literal():
            return True
        case Power(body, Literal()):
            return _holds_numbers(body)
        case Add(Literal(value), other) | Subtract(Literal(value), other) | Quotient(Literal(value), other):
            return value != 1 or _holds_numbers(other)
    return any(map(_holds_numbers, parts(node)))

"""Numbers, and formulas, that somebody goes on with, traced to what they are: −0.08 + 0.06 is δ₁ + δ₂."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, product

from msgspec.structs import replace

from symgrad.checking.judging.bench import Bench, Prepared, Step
from symgrad.checking.judging.compare import compare
from symgrad.checking.judging.memory import Memory, Said
from symgrad.checking.judging.readings import AGREE, DIFFER
from symgrad.checking.judging.sides import has_names, stands_alone
from symgrad.submission.written import (
    Add,
    Derivative,
    Literal,
    Negative,
    Node,
    Product,
    Subtract,
    Symbol,
    Transpose,
    transform,
    walk,
)

MOST_SAID, MOST_WAYS = 60, 8
HALF = Literal(Fraction(1, 2))


def results_of(ready: Prepared, root: int, is_believed: bool) -> tuple[Said, ...]:
    """What a line that is not right says in numbers: which, and of what it may be.

    Or in a formula, of something that has no name and of which nothing else is believed.
    """
    nodes = [node for _, node in ready.sides]
    if not stands_alone(nodes[-1]):
        return () if is_believed else (Said(root, nodes[0], nodes[-1]),)
    named = [node for node in nodes if has_names(node)]
    return tuple(Said(root, node, nodes[-1]) for node in dict.fromkeys((*named[:1], *named[-1:])))


def traced(ready: Prepared, steps: tuple[Step, ...], memory: Memory, bench: Bench) -> int | None:
    """The line whose numbers this one goes on with: with what they stand for in their place it is right."""
    if not memory.said or any(step.outcome.kind not in (AGREE, DIFFER) for step in steps):
        return None
    nodes, roots = dict(ready.sides), set()
    for step in steps:
        if step.outcome.kind == AGREE:
            continue
        left, right = (nodes[place] for place in step.sides)
        known = [one for one in memory.said[::-1][:MOST_SAID] if one.of != left]
        for root, meant in (
            (*_meant(right, known), *_with_term(left, right, known)) if has_names(left) else ()
        ):
            if compare(ready, step.sides, left, meant, bench, ()).outcome.kind == AGREE:
                roots.add(root)
                break
        else:
            return None
    return max(roots, default=None)


def _with_term(left: Node, right: Node, known: list[Said]) -> Iterator[tuple[int, Node]]:
    """A derivative that is off by as much as that of a term, or half of it: ∂/∂X tr(XA) = A."""
    if isinstance(left, Derivative) and has_names(right):
        slopes = (one for one in known if isinstance(one.of, Derivative) and one.of.wrt == left.wrt)
        for one in islice((one for one in slopes if has_names(one.value)), MOST_WAYS):
            off = Subtract(one.of, one.value)
            for part in (off, Product(HALF, off)):
                yield one.root, Add(right, part)
                yield one.root, Subtract(right, part)


def _meant(node: Node, known: list[Said]) -> Iterator[tuple[int, Node]]:
    """The latest root, and a side with what its printed numbers were said to be in their place."""
    options: dict[Node, tuple[Said, ...]] = {}
    for part in walk(node):
        found = tuple(one for one in known if _instead(part, one) is not None)
        if found:
            options[part] = found
    for chosen in islice(product(*options.values()), MOST_WAYS) if options else ():
        meant = dict(zip(options, chosen, strict=True))

        def change(part: Node, meant: dict[Node, Said] = meant) -> Node:
            return (_instead(part, meant[part]) if part in meant else None) or part

        yield max(one.root for one in chosen), transform(node, change)


def _instead(part: Node, known: Said) -> Node | None:
    """What printed numbers stand for, if they are those said, or that with the other sign."""
    if isinstance(known.value, Symbol):  # a name is that of many other things
        return None
    if part == known.value or (type(part) is type(known.value) and _set(part) == _set(known.value)):
        return known.of
    if not stands_alone(part):
        return None
    number = known.value.body if isinstance(known.value, Negative) else known.value
    if isinstance(part, Literal) and isinstance(number, Literal) and _is_rounding(part, number):
        return known.of if number is known.value else Negative(known.of, part.span)
    return None


def _set(node: Node) -> Node:
    """What is written, whichever of T and ⊤ is meant to transpose."""
    return transform(node, lambda part: replace(part, certain=True) if isinstance(part, Transpose) else part)


def _is_rounding(part: Literal, number: Literal) -> bool:
    """Whether a number is another one with as many or fewer digits."""
    if not part.value or part.place < number.place:
        return False
    margin = Fraction(10) ** part.place / 2 if part.place > number.place else 0
    return abs(part.value - number.value) <= margin

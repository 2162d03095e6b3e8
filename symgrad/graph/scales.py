"""Leaves that only scale something: exponents, and what divides or multiplies as σ² does."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from symgrad.reading.problem import Problem
from symgrad.tree import Formula, Name, Number, Op, Size, names

_PLAIN = frozenset({"add", "subtract", "multiply", "divide", "negative", "power", "sqrt", "exp", "pi"})


def scales(problem: Problem, leaves: Collection[str]) -> frozenset[str]:
    """Those of ``leaves`` that stand nowhere but in an exponent or in a coefficient of something else.

    A coefficient is made of such leaves and numbers alone, with a square or another power in it: σ² and
    2ℓ² in σ² exp(−d/(2ℓ²)). Lower-case names only: a capital letter is a matrix.
    """
    small = frozenset(leaf for leaf in leaves if leaf[0].islower())
    found: dict[str, set[bool | None]] = {}
    for _, parsed in problem.forward:
        for leaf, scaled in _occurrences(parsed.formula, small):
            found.setdefault(leaf, set()).add(scaled)
    return frozenset(leaf for leaf in small if True in found[leaf] and False not in found[leaf])


def _occurrences(formula: Formula, leaves: frozenset[str]) -> Iterator[tuple[str, bool | None]]:
    """Every leaf as often as it stands in a formula: whether it scales there, None where it may."""
    match formula:
        case Name(id):
            yield id, False
        case Op("power", (base, exponent)):
            yield from _occurrences(base, leaves)
            yield from _as(True, exponent, leaves)
        case Op("divide", (above, below)) if _has_power(below) and not {*names(above)} & {*names(below)}:
            yield from _as(True, below, leaves)
            yield from _coefficient(above, below, leaves)
        case Op("multiply" | "divide", (left, right)):
            yield from (*_coefficient(left, right, leaves), *_coefficient(right, left, leaves))
        case Op(args=args):
            for arg in args:
                yield from _occurrences(arg, leaves)


def _coefficient(part: Formula, other: Formula, leaves: frozenset[str]) -> Iterator[tuple[str, bool | None]]:
    """What stands in a factor beside the other one."""
    if _is_coefficient(other, leaves):
        yield from _occurrences(part, leaves)
    else:
        yield from _as(_has_power(part) or None, part, leaves)


def _as(scaled: bool | None, part: Formula, leaves: frozenset[str]) -> Iterator[tuple[str, bool | None]]:
    if _is_coefficient(part, leaves):
        yield from ((id, scaled) for id in names(part))
    else:
        yield from _occurrences(part, leaves)


def _is_coefficient(formula: Formula, leaves: frozenset[str]) -> bool:
    """Whether nothing but numbers and these leaves stands in a formula, and no function but the plainest."""
    match formula:
        case Number() | Size():
            return True
        case Name(id):
            return id in leaves
        case Op(name, args):
            return name in _PLAIN and all(_is_coefficient(arg, leaves) for arg in args)
    return False


def _has_power(formula: Formula) -> bool:
    """Whether a leaf is raised to a number: one that is counted entry by entry rarely is."""
    match formula:
        case Op("power", (Name(), Number())):
            return True
        case Op(args=args):
            return any(map(_has_power, args))
    return False

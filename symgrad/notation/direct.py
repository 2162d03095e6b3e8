"""The local derivatives that are less than the whole ones: ∂⁺u/∂x beside longer ways from x to u."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.graph import Graph
from symgrad.tree import Formula, Number, Op, Partial, added, names


def direct_partials(graph: Graph) -> Iterator[tuple[Partial, Formula | None]]:
    """The local derivatives by what also leads there by longer ways.

    With λ‖w‖² for ∂J/∂w as a part of the whole one, where J = L + λ‖w‖² and L rests on w too.
    """
    below: dict[str, set[str]] = {}
    for name, formula in graph.quantities.items():
        used = names(formula)
        below[name] = set(used).union(*(below.get(other, ()) for other in used))
        for wrt in used:
            if longer := {other for other in used if wrt in below.get(other, ())}:
                yield Partial(name, wrt), _own(formula, wrt, longer) if name == graph.of else None


def _own(formula: Formula, wrt: str, longer: set[str]) -> Formula | None:
    """The terms that hold ``wrt`` itself; None where what rests on it stands in one of them."""
    terms = [term for term in _summands(formula) if wrt in names(term)]
    apart = all(longer.isdisjoint(names(term)) for term in terms)
    return added(terms) if apart else None


def _summands(formula: Formula) -> Iterator[Formula]:
    """The terms of a sum, also of one with a sign, a number before it or a number below it."""
    match formula:
        case Op("add", (left, right)):
            yield from (*_summands(left), *_summands(right))
        case Op("subtract", (left, right)):
            yield from (*_summands(left), *map(_negative, _summands(right)))
        case Op("negative", (inner,)):
            yield from map(_negative, _summands(inner))
        case Op("divide", (inner, Number() as below)):
            yield from (Op("divide", (term, below)) for term in _summands(inner))
        case Op("multiply", (Number() as factor, inner)):
            yield from (Op("multiply", (factor, term)) for term in _summands(inner))
        case _:
            yield formula


def _negative(formula: Formula) -> Formula:
    match formula:
        case Op("negative", (inner,)):
            return inner
    return Op("negative", (formula,))

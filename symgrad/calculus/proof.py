"""Whether two formulas are the same for all sizes: both written out, their difference in normal form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from symgrad.calculus.facts import Fact, use_facts
from symgrad.calculus.index import Atom, Cell, Index, Poly, add, atom, map_atoms, rename, scale
from symgrad.calculus.lowering import expand, lower
from symgrad.calculus.rational import cancel
from symgrad.calculus.steps import GradientOf
from symgrad.graph import Graph
from symgrad.tree import Formula, Gradient


def is_identity(
    before: Formula,
    after: Formula,
    known: Mapping[str, GradientOf],
    facts: Iterable[Fact],
    graph: Graph,
    target: str,
) -> bool:
    """Whether ``before``, with the gradients in ``known`` put in, and ``after`` have one normal form."""
    at = tuple(Index(f"in{n}", dim) for n, dim in enumerate(graph.shapes[target]))

    def put_in(single: Atom) -> Poly:
        match single:
            case Cell(Gradient(_, wrt), indices) if wrt in known:
                gradient = known[wrt]
                return rename(gradient.poly, dict(zip(gradient.free, indices, strict=True)))
        return atom(single)

    left = expand(map_atoms(lower(before, at, graph.shape), put_in), graph.shape)
    difference, _ = use_facts(cancel(add(left, scale(lower(after, at, graph.shape), -1))), facts)
    return not difference.terms

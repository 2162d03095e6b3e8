"""The upstream gradient that a problem gives: ∂L/∂y = g, put into what rests on it."""

from __future__ import annotations

from symgrad.calculus.index import Atom, Cell, Poly, atom, map_atoms
from symgrad.graph import Graph
from symgrad.tree import Formula, Gradient, Name, substitute


def seed_equation(graph: Graph) -> tuple[tuple[Formula, Formula], ...]:
    """∂L/∂y and what it is given as; nothing where the problem gives none."""
    return ((Gradient(graph.of, graph.of), Name(graph.seed)),) if graph.seed else ()


def with_seed(graph: Graph, formula: Formula) -> Formula:
    """A formula with the given gradient by its name."""
    return substitute(formula, dict(seed_equation(graph)))


def seeded_entries(graph: Graph, poly: Poly) -> Poly:
    """A polynomial with the entries of the given gradient by its name."""
    known = dict(seed_equation(graph))

    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, indices) if base in known:
                return atom(Cell(known[base], indices))
        return atom(single)

    return map_atoms(poly, change) if known else poly

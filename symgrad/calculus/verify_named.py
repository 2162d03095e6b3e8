"""A form with the names of what was worked out before, checked where the definitions of those names hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import mpmath
import numpy as np

from symgrad.calculus.facts import Fact
from symgrad.calculus.index import Atom, Cell, Index, Poly, add, atom, map_atoms, scale
from symgrad.calculus.lowering import expand, lower
from symgrad.calculus.proof import is_zero
from symgrad.calculus.sampling import Sampler, at_some_point, precise_enough
from symgrad.calculus.steps import Step
from symgrad.calculus.verify import POINTS, compare, forward, proof_at_points, random_leaves
from symgrad.graph import Graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.operations.record import Numbers
from symgrad.tree import Formula, Gradient, Name, names, walk

MOST_TERMS = 200
"""Terms of a difference beyond which its normal form is not looked for."""


def verify_named(graph: Graph, step: Step, facts: Iterable[Fact], free: tuple[Index, ...]) -> Step:
    """The step with its proof. Raises `DerivationError` where its two sides differ at a point.

    The points are random leaves in 50 digits with all quantities worked out from them, and random
    upstream gradients: the two sides are equal only where z is what z is defined to be.
    """
    facts = tuple(facts)
    with mpmath.workdps(DIGITS):
        for seed in range(POINTS):
            at_some_point(seed, lambda sample: _check(graph, step, facts, sample))
    proof = "identity" if _is_identity(graph, step, facts, free) else proof_at_points(step.before)
    return replace(step, proof=proof)


def _check(graph: Graph, step: Step, facts: tuple[Fact, ...], sample: Sampler) -> None:
    point = consistent(graph, (step.before, step.after), facts, sample)
    with precise_enough(*point.values()):
        values = Values(point, sample.sizes, EXACT)
        compare(step, np.asarray(evaluate(step.before, values)), evaluate(step.after, values))


def consistent(
    graph: Graph, formulas: Iterable[Formula], facts: tuple[Fact, ...], sample: Sampler
) -> dict[Formula, Numbers]:
    """Values of what formulas are made of: quantities by their definitions, gradients at random."""
    formulas = tuple(formulas)
    part = _below(graph, {name for formula in formulas for name in names(formula)})
    point = forward(part, random_leaves(graph, facts, sample), sample.sizes)
    for formula in formulas:
        for node in walk(formula):
            if isinstance(node, Gradient) and node not in point:
                point[node] = sample.array(graph.shape(node))
    return point


def _below(graph: Graph, wanted: set[str]) -> Graph:
    """The graph without the quantities that none of the wanted ones rests on."""
    kept: dict[str, Formula] = {}
    for name, formula in reversed([*graph.quantities.items()]):
        if name in wanted:
            kept[name] = formula
            wanted |= set(names(formula))
    return replace(graph, quantities=dict(reversed(kept.items())))


def _is_identity(graph: Graph, step: Step, facts: tuple[Fact, ...], free: tuple[Index, ...]) -> bool:
    """Whether both sides have one normal form once the definitions are put in."""
    defined: dict[Formula, Formula] = {left: right for left, right in step.by if isinstance(left, Name)}
    sides = (_put_in(lower(side, free, graph.shape), defined, graph) for side in (step.before, step.after))
    before, after = sides
    if len(before.terms) + len(after.terms) > MOST_TERMS:
        return False
    return is_zero(add(before, scale(after, -1)), facts)


def _put_in(poly: Poly, defined: Mapping[Formula, Formula], graph: Graph) -> Poly:
    def change(single: Atom) -> Poly:
        match single:
            case Cell(base, indices) if base in defined:
                return lower(defined[base], indices, graph.shape)
        return atom(single)

    return map_atoms(expand(poly, graph.shape), change)

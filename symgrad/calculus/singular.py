"""Matrices that have no inverse at any point: the inverse of such a one is a slip in the problem."""

from __future__ import annotations

from msgspec.structs import replace

from symgrad.calculus.facts import Known
from symgrad.calculus.sampling import Sampler, at_some_point
from symgrad.calculus.worlds import Worlds, below
from symgrad.errors import InputError
from symgrad.graph import Graph
from symgrad.late import mpmath
from symgrad.numbers.spaces import DIGITS, EXACT
from symgrad.reading.problem import Problem
from symgrad.tree import Name, Op, walk

SEEDS = (3, 4, 5)
INVERTED = frozenset({"inv", "logdet"})
MATRIX = "#matrix"
LARGEST = 12
"""The largest size at which 50-digit inverses are taken; beyond it small sizes stand for the true ones."""


def check_inverses(problem: Problem, graph: Graph, facts: tuple[Known, ...]) -> None:
    """Raises `InputError` for an inverse, or a log det, of a matrix that is singular wherever one looks.

    Sizes that are known are as they are: XᵀX of a wide X has no inverse.
    """
    for name, parsed in problem.forward:
        pairs = zip(walk(parsed.formula), walk(graph.quantities[name]), strict=True)
        for written, node in pairs:
            if isinstance(node, Op) and node.name in INVERTED and _is_singular(node, graph, facts):
                message = f"'{name}' takes the inverse of a matrix that is singular whatever the numbers are"
                raise InputError(message, place=parsed.place_of(written), hint=_HINT)


_HINT = "its rows depend on one another: check its shape and its formula"


def _is_singular(op: Op, graph: Graph, facts: tuple[Known, ...]) -> bool:
    """Whether the argument is singular at every point at which it has a value."""
    shapes = {**graph.shapes, MATRIX: graph.shape(op.args[0])}
    whole = replace(graph, quantities={**graph.quantities, MATRIX: op.args[0]}, shapes=shapes, _cache={})
    alone, told = below(whole, MATRIX), list[bool]()

    def check(sample: Sampler) -> None:
        if max(alone.sizes.values(), default=0) <= LARGEST:
            sample.sizes.update(alone.sizes)
        value = Worlds(alone, facts).at(sample).names[Name(MATRIX)]
        told.append(not all(map(mpmath.isfinite, EXACT.of_matrix("inv", value).ravel())))

    with mpmath.workdps(DIGITS):
        for seed in SEEDS:
            at_some_point(alone, seed, check)
    return bool(told) and all(told)

"""Slips in the chain rule: a local derivative exchanged for another, at one step or at all of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.record import Supposition
from symgrad.checking.explaining.tape import Edge, Spot
from symgrad.operations import operation
from symgrad.tree import Op

Local = Any
Change = Callable[[Here, Edge], Local]
"""What a local derivative is taken for; None leaves the step out."""
MOST_STEPS = 60


def at_edges(edges: Iterable[Edge], change: Change, words: Callable[[Edge], str]) -> Iterator[Supposition]:
    """The change made at one step, for every step."""
    for edge in list(edges)[:MOST_STEPS]:
        yield Supposition(words(edge), lambda here, edge=edge: here.swept({edge: change(here, edge)}))  # type: ignore[misc]


def at_all(edges: Iterable[Edge], change: Change, words: str) -> Iterator[Supposition]:
    """The change made at several steps together."""
    chosen = tuple(edges)
    if len(chosen) > 1:
        yield Supposition(words, lambda here: here.swept({edge: change(here, edge) for edge in chosen}))


def by_operation(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    """The steps by what they do."""
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.op, []).append(edge)
    return found


def is_elementwise(edge: Edge) -> bool:
    """Whether a step is a function of one argument, entry by entry."""
    formula = edge.parent.formula
    one = isinstance(formula, Op) and len(formula.args) == 1
    return one and operation(edge.op).kind == "elementwise"


def identity(here: Here, edge: Edge) -> Local:
    """The step as if nothing were done in it; of a reduction, as if it summed."""
    local = here.local(edge)
    child = here.spot(edge.child).shape
    parent = local.shape[: local.ndim - len(child)]
    if parent == child:
        size = int(np.prod(child))
        return np.eye(size).reshape((*child, *child))
    if not parent:
        return np.ones(child)
    if not child:
        return np.ones(parent)
    marks = (np.abs(local) > 0).astype(float)
    if marks.reshape(-1, int(np.prod(child))).sum(-1).max(initial=0) <= 1:
        return marks
    raise ValueError("no such step")


def scaled(here: Here, edge: Edge, factor: Any) -> Local:
    """The local derivative times what has the shape of the operand."""
    return here.local(edge) * factor


def forks(case: Case) -> Iterator[tuple[Spot, tuple[Edge, ...]]]:
    """What is used more than once on the way to the target, with the uses."""
    found: dict[Spot, list[Edge]] = {}
    for edge in case.edges:
        found.setdefault(edge.child, []).append(edge)
    return ((spot, tuple(edges)) for spot, edges in found.items() if len(edges) > 1)


def nonlinear(edges: Iterable[Edge]) -> Iterator[Edge]:
    """The steps that put in a factor: no sums, no copies."""
    passing = frozenset(
        ("add", "subtract", "negative", "sum", "concat", "index", "flatten", "reshape", "transpose", "stack")
    )
    return (edge for edge in edges if edge.op and edge.op not in passing)


def matrix_of(local: Any, child: tuple[int, ...]) -> Any:
    """A local derivative as a matrix: entries of the parent by entries of the operand."""
    return local.reshape(-1, int(np.prod(child)))


def named_between(case: Case) -> tuple[str, ...]:
    """The quantities on the way, the target itself included."""
    found = dict.fromkeys(edge.child.name for edge in case.edges if edge.child.name)
    return tuple(found)

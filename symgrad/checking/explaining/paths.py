"""The ways on which a derivative arrives: which use of what is left out, and whose share that is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.chains import forks, named_between
from symgrad.checking.explaining.record import Supposition
from symgrad.checking.explaining.tape import Edge, Spot
from symgrad.tree import Name, names

MOST_USES = 5
MOST_ENTRIES = 6
SQUARING = frozenset(("norm", "power", "abs"))


def lost_paths(case: Case, kind: str) -> Iterator[Supposition]:
    """Some of the uses of a name or an operation left out: those that are a penalty's, a time's, or
    others.
    """
    for spot, edges in forks(case):
        if len(edges) > MOST_USES:
            continue
        for size in range(1, len(edges)):
            for lost in combinations(edges, size):
                if kind_of(case, lost) == kind:
                    yield Supposition(
                        _words(case, spot, lost),
                        lambda here, lost=lost: here.swept(dict.fromkeys(lost)),  # type: ignore[misc]
                    )


def lost_entries(case: Case) -> Iterator[Supposition]:
    """What arrives through one entry of a vector on the way left out, or all but that."""
    for name in named_between(case):
        shape = case.here(case.worlds[0]).value(name).shape
        if name == case.wrt or len(shape) != 1 or not 2 <= shape[0] <= MOST_ENTRIES:
            continue
        edges = [edge for edge in case.edges if edge.child.name == name]
        for n in range(shape[0]):
            for alone in (False, True) if shape[0] > 2 else (False,):
                words = (
                    f"only the path through entry {n + 1} of {case.maths_of(name)} is there"
                    if alone
                    else f"the path through entry {n + 1} of {case.maths_of(name)}"
                )
                yield Supposition(
                    words,
                    lambda here, n=n, alone=alone, edges=edges: _without(here, edges, n, alone),  # type: ignore[misc]
                )


def _without(here: Here, edges: list[Edge], entry: int, alone: bool) -> Any:
    changed = {}
    for edge in edges:
        local = here.local(edge)
        keep = np.arange(local.shape[-1]) == entry
        changed[edge] = local * (keep if alone else ~keep)
    return here.swept(changed)


def kind_of(case: Case, lost: tuple[Edge, ...]) -> str:
    """Whose share of the derivative it is."""
    if all(is_penalty(case, edge) for edge in lost):
        return "penalty"
    return "time" if case.recurrent else "path"


def is_penalty(case: Case, edge: Edge) -> bool:
    """Whether a use of a parameter belongs to a penalty: it is squared, and no data come in."""
    if edge.child.name != case.wrt or case.wrt not in case.model.parameters:
        return False
    shapes = case.model.graph.shapes
    used = set(names(edge.parent.formula))
    squared = edge.op in SQUARING or [e.child for e in case.tape.into[edge.parent]].count(edge.child) > 1
    return squared and all(name == case.wrt or not shapes[name] for name in used)


def _words(case: Case, spot: Spot, lost: tuple[Edge, ...]) -> str:
    through = " and ".join(dict.fromkeys(_through(case, edge) for edge in lost))
    return f"{case.maths_of(spot.formula)} also reaches {case.maths_of(case.of)} through {through}"


def _through(case: Case, edge: Edge) -> str:
    """The quantity that a use leads to; within the target's own formula, the operation."""
    owner = edge.parent.owner or edge.parent.name
    return case.maths_of(edge.parent.formula) if owner == case.of else case.maths_of(owner)


def penalised(case: Case) -> bool:
    """Whether a penalty holds the parameter."""
    return any(is_penalty(case, edge) for edge in case.edges)


def uses(case: Case) -> tuple[Edge, ...]:
    """The uses of what is differentiated by."""
    return case.tape.uses(Spot(Name(case.wrt)), case.edges)

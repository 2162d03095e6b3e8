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
ADDING = frozenset(("add", "subtract"))
SCALING = frozenset(("multiply", "divide", "negative"))


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
    """Whether a use of a parameter belongs to a penalty: it is squared, no data come in, and what is made
    of it is a term of the target.
    """
    if edge.child.name != case.wrt or case.wrt not in case.model.parameters:
        return False
    above = tuple(_above(case, edge.parent))
    within = [spot for spot in above if _is_alone(case, spot)]
    outer = [spot for spot in above if spot not in within]
    return (
        edge.parent in within
        and any(_squares(case, spot) for spot in within)
        and any(spot.op in ADDING for spot in outer)
        and all(spot.name or spot.op in ADDING or _is_scaling(case, spot) for spot in outer)
    )


def _above(case: Case, spot: Spot) -> Iterator[Spot]:
    """A spot, and what is made of it, up to the target or to where it is used in several places."""
    yield spot
    while spot.name != case.of:
        users = case.tape.uses(spot, case.edges)
        if len(users) != 1:
            return
        spot = users[0].parent
        yield spot


def _is_alone(case: Case, spot: Spot) -> bool:
    """Whether something is made of the parameter, and of nothing else but numbers."""
    graph = case.model.graph
    arrays = (leaf for leaf in graph.leaves if leaf != case.wrt and graph.shapes[leaf])
    return case.tape.rests(spot, case.wrt) and not any(case.tape.rests(spot, leaf) for leaf in arrays)


def _squares(case: Case, spot: Spot) -> bool:
    """Whether an operation takes the square or the size of the parameter."""
    uses = [edge for edge in case.tape.into.get(spot, ()) if case.tape.rests(edge.child, case.wrt)]
    return spot.op in SQUARING or (len(uses) > 1 and spot.op not in ADDING)


def _is_scaling(case: Case, spot: Spot) -> bool:
    """Whether a term is multiplied by a number that is given."""
    leaves, shapes = case.model.graph.leaves, case.model.graph.shapes
    others = [e.child for e in case.tape.into[spot] if not case.tape.rests(e.child, case.wrt)]
    return spot.op in SCALING and all(
        name in leaves and not shapes[name] for other in others for name in names(other.formula)
    )


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

"""The gradient of a bias summed wrongly, or multiplied by an input."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from symgrad.checking.explaining.case import Case, Here
from symgrad.checking.explaining.edits import changed, index_letters, opened
from symgrad.checking.explaining.examples import BATCH, TANH, d
from symgrad.checking.explaining.paths import uses
from symgrad.checking.explaining.record import Example, Mistake, Repair, Supposition
from symgrad.checking.explaining.tape import Edge
from symgrad.submission.written import Node, Sum

MOST_COLUMNS = 4


def _added(case: Case) -> list[Edge]:
    """The uses of a leaf as a summand."""
    if case.wrt not in case.model.graph.leaves or not case.is_slope:
        return []
    return [edge for edge in uses(case) if edge.op in ("add", "subtract")]


def suppose(case: Case) -> Iterator[Supposition]:
    """What arrives summed over other axes, over all, over none; averaged; times the bias or the input."""
    edges = _added(case)
    if len(edges) != 1:
        return
    (edge,) = edges
    yield Supposition("it is not summed over the samples", lambda here: _arrives(here, edge))
    rank = (
        len(case.model.graph.shapes[edge.parent.owner]) if edge.parent.owner in case.model.graph.shapes else 0
    )
    for size in range(1, rank + 1):
        for axes in combinations(range(rank), size):
            words = "everything is summed" if size == rank else "it is summed over the wrong index"
            yield Supposition(words, lambda here, axes=axes: _reduced(here, edge, axes))  # type: ignore[misc]
    yield Supposition("the mean stands for the sum", lambda here: _mean(here, edge))
    yield Supposition(
        f"it is multiplied by {case.maths_of(case.wrt)}", lambda here: here.truth * here.value(case.wrt)
    )
    for name in _inputs(case, edge):
        words = f"it is multiplied by {case.maths_of(name)}"
        yield Supposition(words, lambda here, name=name: _times(here, edge, name))  # type: ignore[misc]
        shape = case.here(case.worlds[0]).value(name).shape
        for n in range(min(shape[1], MOST_COLUMNS)) if len(shape) == 2 else ():
            yield Supposition(words, lambda here, name=name, n=n: _times(here, edge, name, n))  # type: ignore[misc]


def _arrives(here: Here, edge: Edge) -> Any:
    """The derivative by the sum as a whole."""
    owner = edge.parent.owner
    return here.gradient(owner) * (-1 if edge.op == "subtract" and edge.place else 1)


def _reduced(here: Here, edge: Edge, axes: tuple[int, ...]) -> Any:
    found = _arrives(here, edge).sum(axis=axes)
    return np.full(here.truth.shape, found) if not found.ndim else found


def _mean(here: Here, edge: Edge) -> Any:
    arrives = _arrives(here, edge)
    return here.truth * here.truth.size / arrives.size


def _times(here: Here, edge: Edge, name: str, column: int | None = None) -> Any:
    arrives, value = _arrives(here, edge), here.value(name)
    if column is not None:
        value = value[:, column]
    if arrives.shape == value.shape == here.truth.shape:
        return arrives * value
    if arrives.shape == value.shape:
        return np.tensordot(arrives, value, axes=arrives.ndim)
    if arrives.ndim == value.ndim == 1:
        return np.outer(arrives, value)
    return np.tensordot(value, arrives, axes=(0, 0)) if value.ndim else arrives * value


def _inputs(case: Case, edge: Edge) -> tuple[str, ...]:
    """What the sum is made of, and what is made of it."""
    graph, owner = case.model.graph, edge.parent.owner
    if owner not in graph.quantities:
        return ()
    return tuple(name for name in (*case.model.uses(owner), *graph.consumers(owner)) if name != case.wrt)


def repair(case: Case) -> Iterator[Repair]:
    """A sum over another index."""
    if not _added(case):
        return
    whole = opened(case)
    letters = index_letters(whole)

    def change(node: Node) -> Iterator[tuple[Node, str]]:
        match node:
            case Sum(body, index) if index:
                for other in letters:
                    if other != index:
                        yield Sum(body, other), f"it is summed over ${index}$, not over ${other}$"
                yield body, "a sum is one too many"

    for node, words in changed(whole, change):
        yield Repair(words, node)
    for letter in letters:
        yield Repair(f"it is not summed over ${letter}$", Sum(whole, letter))


MISTAKE = Mistake(
    "bias_gradient_wrong_reduction",
    105,
    "the gradient of a bias is summed wrongly, or multiplied by an input",
    "a bias is added as it is: its gradient is what arrives, summed over the samples alone; {part}",
    "to which entries of the sum is one entry of the bias added? Its gradient sums over just these",
    r"\frac{\partial L}{\partial b} = \sum_{ij} \delta_{ij}",
    r"\frac{\partial L}{\partial b_j} = \sum_i \delta_{ij}",
    (
        Example(TANH, d("C", "b_1"), rf"{d('C', 'z')} \odot b_1", d("C", "z")),
        Example(BATCH, d("L", "b"), d("L", "Z"), rf"({d('L', 'Z')})^\top \mathbf{{1}}"),
    ),
    (suppose,),
    (repair,),
)

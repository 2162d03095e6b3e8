"""Labels: whole numbers that a look-up takes, from 0 and below the number of rows or entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from symgrad.errors import InputError, Place
from symgrad.graph.build import Graph
from symgrad.operations import OPERATIONS
from symgrad.operations.lookups import LABELLED, label_name
from symgrad.reading.problem import Problem
from symgrad.tree import Array, Formula, Op, walk


def check_labels(problem: Problem, graph: Graph) -> None:
    """Raises `InputError` for labels that are made or differentiated, no whole numbers, or out of range."""
    for node, size, place in _look_ups(problem, graph):
        name = label_name(node.args[-1])
        if name is None or name in graph.quantities:
            message, hint = "labels are a given, not worked out", "state them under 'given', counted from 0"
            raise InputError(message, place=place, hint=hint)
        if name in graph.wrt:
            message = f"'{name}' holds labels: nothing is differentiated by whole numbers"
            raise InputError(message, place=place, hint="leave it out of 'wrt', or put it under 'data'")
        for point in problem.points:
            if name in point:
                _check_range(name, _taken(node.args[-1], point[name]), size, place)


def _taken(labels: Formula, array: Array) -> Array:
    """The numbers of a name that a look-up takes: all of them, or a part."""
    match labels:
        case Op(name, _, options):
            return np.asarray(OPERATIONS[name].value(None, np.asarray(array), **dict(options)))
    return array


def _look_ups(problem: Problem, graph: Graph) -> Iterator[tuple[Op, Any, Place]]:
    """Each look-up, how many labels there are (None where that is open), and where it stands."""
    for name, parsed in problem.forward:
        for written, node in zip(walk(parsed.formula), walk(graph.quantities[name]), strict=True):
            if isinstance(node, Op) and node.name in LABELLED:
                yield node, _count(node, graph), parsed.place_of(written)


def label_dims(graph: Graph) -> Mapping[str, Any]:
    """The names that hold labels, and the dimension whose places they are: a name of a size, or a number."""
    nodes = (node for formula in graph.quantities.values() for node in walk(formula) if isinstance(node, Op))
    look_ups = (node for node in nodes if node.name in LABELLED)
    return {name: _dim(node, graph) for node in look_ups if (name := label_name(node.args[-1])) is not None}


def _dim(node: Op, graph: Graph) -> Any:
    if node.name == "onehot":
        return node.option("size")
    return graph.shape(node.args[0])[-1 if node.name == "pick" else 0]


def _count(node: Op, graph: Graph) -> Any:
    dim = _dim(node, graph)
    return 1 if dim == 1 else graph.sizes.get(dim)


def _check_range(name: str, labels: Array, size: int | None, place: Place) -> None:
    array = np.asarray(labels)
    for label in array[array != np.floor(array)].ravel()[:1]:
        message = f"{label:g} in '{name}' is no label"
        raise InputError(message, place=place, hint="labels are whole numbers, counted from 0")
    for label in array[(array < 0) | (array >= (np.inf if size is None else size))].ravel()[:1]:
        message = f"the label {label:g} in '{name}' is out of range"
        if size is None:
            raise InputError(message, place=place, hint="labels count from 0")
        last = "0 is the only one" if size == 1 else f"0 to {size - 1} are there"
        hint = f"labels count from 0: {last}"
        if np.min(array) >= 1 and np.max(array) == size:
            hint += f"; labels counted from 1 become so by '{name}' less 1"
        raise InputError(message, place=place, hint=hint)

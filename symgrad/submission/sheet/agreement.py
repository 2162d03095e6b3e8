"""Whether the numbers that a sheet shows are those of a reading: they tell readings apart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symgrad.errors import InputError
from symgrad.graph import Graph
from symgrad.numbers.evaluate import Values, evaluate
from symgrad.reading.problem import Problem
from symgrad.submission.sheet.values import number, plain, rows
from symgrad.submission.written import Node
from symgrad.tree import Array, Formula, Name

NEAR = 0.02
"""Relative and absolute: shown numbers are rounded, and a slip of the sheet's is in every reading."""


def disagreements(problem: Problem, graph: Graph, shown: Mapping[str, Node]) -> int:
    """How many of the shown numbers and matrices are others than a problem's own quantities."""
    values: dict[Formula, Array] = {Name(name): array for name, array in problem.given.items()}
    wrong = 0
    for name, formula in graph.quantities.items():
        try:
            with np.errstate(all="ignore"):
                values[Name(name)] = np.asarray(evaluate(formula, Values(values, graph.sizes)), dtype=float)
        except (KeyError, TypeError, InputError):
            continue
        if name in shown:
            wrong += not _alike(values[Name(name)], shown[name])
    return wrong


def _alike(array: Array, node: Node) -> bool:
    value, cells = number(node), rows(node) or ()
    flat = [plain(cell) for line in cells for cell in line] if value is None else [plain(value)]
    if array.size != len(flat):
        return False
    return bool(np.allclose(array.reshape(-1), flat, rtol=NEAR, atol=NEAR))

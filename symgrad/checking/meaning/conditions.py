"""Conditions, of indices or of values, and the cases that they tell apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.dictionary import CLASS
from symgrad.checking.meaning.entries import integer, label, position
from symgrad.checking.meaning.scope import Scope, Unknown, handles
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.worlds.tensor import Tensor, elementwise, scalar
from symgrad.submission.written import Cases, Comparison, Matrix, Node, Symbol

RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "≠": np.not_equal,
    "<": np.less,
    "≤": np.less_equal,
    ">": np.greater,
    "≥": np.greater_equal,
}


@handles(Comparison)
def holds(node: Comparison, scope: Scope) -> Tensor:
    """1 where a condition holds, else 0: of indices, or of values."""
    if isinstance(node.left, Comparison):
        parts = (node.left, replace(node, left=node.left.right))
        return elementwise(np.multiply, *(holds(part, scope) for part in parts))
    relation = RELATIONS.get(node.relation)
    if relation is None:
        raise Unknown("a condition of this kind is not read", node)
    if (apart := _labels_apart(node, scope)) is not None:
        return apart
    left, right = (compared(side, scope) for side in (node.left, node.right))
    for one, other in ((left, right), (right, left)):
        if one.rank == 1 and not other.rank and node.relation in "=≠" and _is_one_hot(one):
            return _class(one, other, node, scope)
    return elementwise(lambda a, b: relation(np.real(a), np.real(b)).astype(float), left, right)


def _labels_apart(node: Comparison, scope: Scope) -> Tensor | None:
    """k = o where o is no index but the label of a name of its own, u_o: they never meet."""
    if node.relation not in "=≠":
        return None
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, Symbol) and text_of(one) in scope.ranges and isinstance(other, Symbol):
            text = text_of(other)
            named_so = any(key[2] == text or key[3] == text for key in scope.dictionary.names.exact)
            if (
                named_so
                and text not in scope.ranges
                and text not in scope.dictionary.hot
                and integer(other, scope) is None
            ):
                return scalar(0.0 if node.relation == "=" else 1.0)
    return None


def compared(node: Node, scope: Scope) -> Tensor:
    """A side of a condition: an index as its number, anything else as its value."""
    if (places := label(node, scope)) is not None:
        return places
    if isinstance(node, Symbol) and (
        node.base == CLASS or (node.base in scope.dictionary.hot and not node.sub)
    ):
        return position(node, scope)
    if isinstance(node, Symbol) and text_of(node) in scope.ranges and not node.sub and not node.marks:
        known = next(scope.dictionary.find(node), None)
        if known is None:
            return position(node, scope)
    return scope.evaluate(node)


def _is_one_hot(tensor: Tensor) -> bool:
    real = np.real(tensor.data)
    return bool(np.isin(real, (0.0, 1.0)).all() and (real.sum(-1) == 1).all())


def _class(hot: Tensor, index: Tensor, node: Comparison, scope: Scope) -> Tensor:
    """y_n = k of one-hot data: the entry k of y_n."""
    start = 0.0 if scope.dictionary.from_zero else 1.0
    number = Tensor(np.argmax(np.real(hot.data), axis=-1) + start, hot.axes)
    relation = RELATIONS[node.relation]
    return elementwise(lambda a, b: relation(np.real(a), np.real(b)).astype(float), number, index)


def _is_interval(value: Node, node: Cases) -> bool:
    """Whether a case is all values from one to another, [−λ, λ], beside cases that are numbers."""
    match value:
        case Matrix(((_, _),), flat=True):
            return not all(isinstance(other, Matrix) for other, _ in node.rows)
    return False


@handles(Cases)
def cases(node: Cases, scope: Scope) -> Tensor:
    """Values under conditions; entries that no condition reaches are NaN, which nothing agrees with."""
    rest: Tensor | None = None
    found = scalar(np.nan)
    for value, condition in reversed(node.rows):
        branch = scalar(np.nan) if _is_interval(value, node) else scope.evaluate(value)
        if condition is None:
            found = branch
            continue
        mask = holds(condition, scope)
        rest = found
        found = elementwise(lambda m, a, b: np.where(np.real(m) > 0, a, b), mask, branch, rest)
    return found

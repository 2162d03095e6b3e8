"""Arrays over some of the indices of a term, and how they are put together into one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from symgrad.calculus.index import Index
from symgrad.tree import ONE, Formula, Op


class NoMatrixForm(Exception):
    """A term that is no product of matrices and vectors."""


@dataclass(frozen=True)
class Part:
    """An array formula and the indices its axes stand for; ``inverse`` divides by it entry by entry."""

    formula: Formula
    axes: tuple[Index, ...]
    inverse: bool = False


def assemble(parts: list[Part], axes: tuple[Index, ...]) -> Formula:
    """Scalars, vectors and matrices put together into one array over ``axes`` (ones for a missing axis)."""
    scalars = [p for p in parts if not p.axes]
    array = _array([p for p in parts if p.axes], axes)
    if array is None:
        return merge(scalars, ())
    over = [p for p in scalars if not p.inverse and p.formula != ONE]
    under = [p for p in scalars if p.inverse]
    if over:
        array = Op("multiply", (merge(over, ()), array))
    if under:
        array = Op("divide", (array, merge([Part(p.formula, ()) for p in under], ())))
    return array


def _array(parts: list[Part], axes: tuple[Index, ...]) -> Formula | None:
    if len(axes) > 2 or any(len(part.axes) > 2 for part in parts):
        raise NoMatrixForm("more than two axes")
    if len(axes) < 2:
        return _vector(parts, axes) if axes else None
    matrices = [p for p in parts if len(p.axes) == 2]
    rows, columns = ([p for p in parts if p.axes == (axis,)] for axis in axes)
    if not matrices:
        return _outer(rows, columns, axes)
    result = merge(matrices, axes)
    if rows:
        result = Op("matmul", (Op("diag", (merge(rows, axes[:1]),)), result))
    return Op("matmul", (result, Op("diag", (merge(columns, axes[1:]),)))) if columns else result


def _vector(parts: list[Part], axes: tuple[Index, ...]) -> Formula:
    return merge(parts, axes) if parts else _ones(axes)


def _ones(axes: tuple[Index, ...]) -> Formula:
    return Op("ones", (), (("shape", tuple(i.dim for i in axes)),))


def _outer(rows: list[Part], columns: list[Part], axes: tuple[Index, ...]) -> Formula:
    """u vᵀ; with a missing factor ones, or nothing but the axis where its size is 1."""
    if not rows and not columns:
        return _ones(axes)
    for axis, (missing, present) in enumerate(((rows, columns), (columns, rows))):
        if not missing and axes[axis].dim == 1:
            return Op("unsqueeze", (_vector(present, axes[1 - axis : 2 - axis]),), (("axis", axis),))
    return Op("outer", (_vector(rows, axes[:1]), _vector(columns, axes[1:])))


def merge(parts: Iterable[Part], axes: tuple[Index, ...]) -> Formula:
    """The elementwise product of arrays over the same axes, quotients last."""
    over: list[Formula] = []
    under: list[Formula] = []
    masks: list[Formula] = []
    for part in parts:
        turned = part.formula if part.axes == axes else Op("transpose", (part.formula,))
        (masks if _is_indicator(part.formula) else under if part.inverse else over).append(turned)
    numerator = reduce(_times, over) if over else ONE
    whole = Op("divide", (numerator, reduce(_times, under))) if under else numerator
    if masks and not over and not under:
        return reduce(_times, masks)
    return Op("masked", (reduce(_times, masks), whole)) if masks else whole


def _times(left: Formula, right: Formula) -> Formula:
    return Op("multiply", (left, right))


def _is_indicator(formula: Formula) -> bool:
    return isinstance(formula, Op) and formula.name == "indicator"

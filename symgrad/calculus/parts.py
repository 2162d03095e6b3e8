"""Arrays over some of the indices of a term, and how they are put together into one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from symgrad.calculus.index import Index
from symgrad.operations import OPERATIONS
from symgrad.tree import ONE, Formula, Number, Op, Size


class NoMatrixForm(Exception):
    """A term that is no product of matrices and vectors."""


class Part(Struct, frozen=True):
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
        result = _scaled_rows(merge(rows, axes[:1]), result, is_column=axes[1].dim == 1)
    for name, scaling in (("multiply", False), ("divide", True)):
        vectors = [replace(part, inverse=False) for part in columns if part.inverse == scaling]
        if vectors:  # beside a matrix a vector is a row, as in NumPy
            result = Op(name, (result, merge(vectors, axes[1:])))
    return result


def _scaled_rows(vector: Formula, matrix: Formula, *, is_column: bool) -> Formula:
    """c ⊙ M for a column c, diag(u) M for a vector u; the sums in it keep their axis beside a column."""
    column = lifted(vector, 1, sums=is_column)
    match column:
        case Op("divide", (over, under)):
            return Op("divide", (matrix if over == ONE else Op("multiply", (over, matrix)), under))
        case None:
            return Op("matmul", (Op("diag", (vector,)), matrix))
    return Op("multiply", (column, matrix))


def lifted(formula: Formula, axis: int, *, sums: bool = False) -> Formula | None:
    """A vector that was made from matrices with one entry along ``axis``, as such a matrix; else None.

    With ``sums`` a sum along ``axis`` counts as one too: the axis is kept then.
    """
    match formula:
        case Number() | Size():
            return formula
        case Op("squeeze", (inner,)) if formula.option("axis") == axis:
            return inner
        case Op("sum", args, options) if sums and options == (("axis", axis),):
            return Op("sum", args, (*options, ("keepdims", True)))
        case Op(name, args, options) if args and is_elementwise(name):
            found = [lifted(arg, axis, sums=sums) for arg in args]
            if not any(part is None for part in found) and not all(map(_is_number, args)):
                return Op(name, tuple(part for part in found if part is not None), options)
    return None


def _is_number(formula: Formula) -> bool:
    return isinstance(formula, Number | Size)


def is_elementwise(name: str) -> bool:
    """Whether an operation of this name works entry by entry."""
    return name in ("prime", "masked") or (name in OPERATIONS and OPERATIONS[name].kind == "elementwise")


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

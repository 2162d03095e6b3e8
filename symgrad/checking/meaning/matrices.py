"""Matrices as they are written, with dots and blocks, and norms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from msgspec.structs import replace

from symgrad.checking.meaning.ranges import ranges_of
from symgrad.checking.meaning.scope import Scope, Unknown, handles
from symgrad.checking.meaning.spelling import text_of
from symgrad.checking.worlds.jets import JETS, absolute, power, sqrt
from symgrad.checking.worlds.tensor import (
    COLUMN,
    ROW,
    Misfit,
    Tensor,
    elementwise,
    filled,
    gather,
    spread,
    union,
)
from symgrad.submission.written import Literal, Matrix, Node, Norm, Symbol, transform

FROBENIUS = ("F", "Fro", "fro", "Frob", "HS")
"""Subscripts of the norm that is the root of the sum of all squares."""


@handles(Matrix)
def matrix(node: Matrix, scope: Scope) -> Tensor:
    """Rows of entries; entries that are blocks are put together. A single row or column is 1-D."""
    if (found := _continued(node, scope)) is not None:
        return found
    rows = [[scope.evaluate(cell) for cell in row] for row in node.rows]
    if any(len(row) != len(rows[0]) for row in rows):
        raise Misfit("the rows of a matrix are not of one length")
    cells = [cell for row in rows for cell in row]
    axes = union(*cells)
    if any(cell.rank for cell in cells):
        return _blocks(node, rows, axes, scope)
    shape = np.broadcast_shapes(*(spread(cell, axes).shape for cell in cells))
    data = np.stack([np.broadcast_to(spread(cell, axes), shape) for cell in cells], axis=-1)
    data = data.reshape((*shape, len(rows), len(rows[0])))
    if node.flat or len(rows) == 1:
        return Tensor(data[..., 0, :], axes, scope.stands if node.flat else ROW)
    if len(rows[0]) == 1:
        return Tensor(data[..., :, 0], axes, COLUMN)
    return Tensor(data, axes)


def _continued(node: Matrix, scope: Scope) -> Tensor | None:
    """(a_1, …, a_n): the array of all a_i."""
    cells = [cell for row in node.rows for cell in row]
    if len(node.rows) > 1 and len(node.rows[0]) > 1:
        return None
    whole = continued(cells, scope)
    if whole is None:
        return None
    stands = scope.stands if node.flat else ROW if len(node.rows) == 1 else COLUMN
    return replace(whole, stands=stands)


def continued(cells: Sequence[Node], scope: Scope) -> Tensor | None:
    """The array of which a first entry, dots and the last one are written; None where no dots stand."""
    dots = [n for n, cell in enumerate(cells) if isinstance(cell, Symbol) and cell.base in DOTS]
    if not dots or len(cells) < 3:
        return None
    first = cells[0]
    general = transform_indices(first, Symbol("…"))
    inside = replace(scope, ranges={**scope.ranges, **ranges_of((general,), scope)})
    found = inside.evaluate(general)
    if "…" not in found.axes or found.rank:
        raise Unknown("dots leave something out that is not read", first)
    return gather(found, ("…",))


def transform_indices(node: Node, letter: Symbol) -> Node:
    """The node with a letter for every index 1."""

    def change(part: Node) -> Node:
        if isinstance(part, Symbol) and part.indices:
            indices = tuple(letter if isinstance(i, Literal) and i.value == 1 else i for i in part.indices)
            return replace(part, indices=indices, sub=",".join(map(text_of, indices)))
        return part

    return transform(node, change)


DOTS = frozenset(("dots", "ldots", "cdots", "vdots", "ddots", "dotsc", "dotsb"))


def _blocks(node: Matrix, rows: list[list[Tensor]], axes: tuple[str, ...], scope: Scope) -> Tensor:
    """Columns side by side, or rows one above another; or blocks that are joined along an axis."""
    if len(rows) > 1 and len(rows[0]) > 1:
        raise Unknown("a matrix of blocks")
    cells = _over(axes, [cell for row in rows for cell in row])
    beside = len(rows) == 1
    ways = {"stacked": lambda: _stacked(cells, beside), "joined": lambda: _joined(cells, beside, node.flat)}
    return scope.choices.among(("blocks", node.span), ways)


def _over(axes: tuple[str, ...], cells: list[Tensor]) -> list[Tensor]:
    """The same arrays, each with all these axes."""
    lead = np.broadcast_shapes(*(spread(cell, axes).shape[: len(axes)] for cell in cells))
    found = (np.broadcast_to(spread(cell, axes), (*lead, *cell.core)) for cell in cells)
    return [replace(cell, data=data, axes=axes) for cell, data in zip(cells, found, strict=True)]


def _stacked(cells: list[Tensor], beside: bool) -> Tensor:
    if any(cell.rank != 1 for cell in cells) or len({cell.core for cell in cells}) > 1:
        raise Misfit("blocks of different shapes")
    axes = cells[0].axes
    return Tensor(np.stack([cell.data for cell in cells], axis=-1 if beside else len(axes)), axes)


def _joined(cells: list[Tensor], beside: bool, flat: bool) -> Tensor:
    """Numbers and columns one below another, or in [h, x] with commas between, as one column; matrices that
    have as many rows or columns.
    """
    ranks, axes = {cell.rank for cell in cells}, cells[0].axes
    beside = beside and not (flat and ranks <= {0, 1})
    if any(cell.kind for cell in cells) or not (ranks == {2} or (ranks <= {0, 1} and not beside)):
        raise Misfit("blocks of different shapes")
    if len({cell.core[1 - beside] for cell in cells if cell.rank == 2}) > 1:
        raise Misfit("blocks of different shapes")
    parts = [cell.data if cell.rank else cell.data[..., np.newaxis] for cell in cells]
    return Tensor(np.concatenate(parts, axis=len(axes) + beside), axes)


def square(node: Node, scope: Scope) -> Tensor:
    """The value of a node; of the I of tr(I), as large as any axis of the problem is that fits."""
    found = scope.evaluate(node)
    if found.kind not in ("unit", "ones2"):
        return found
    squares = {dim: partial(filled, found, (size, size)) for size, dim in scope.lengths.items()}
    return scope.choices.among(("alone", node.span), squares)


@handles(Norm)
def norm(node: Norm, scope: Scope) -> Tensor:
    """‖x‖ by its subscript: the Euclidean or Frobenius norm, or another; |x| of a number."""
    body = square(node.body, scope)
    if node.single and not body.rank:
        return elementwise(absolute, body)
    if node.single and body.rank == 2 and body.core[0] == body.core[1]:
        return Tensor(JETS.of_matrix("det", body.data), body.axes)
    if node.single and body.rank == 1:
        flat = body.data
        ways = {
            "entries": lambda: elementwise(absolute, body),
            "norm": lambda: Tensor(sqrt((flat * flat).sum(-1)), body.axes),
        }
        of = text_of(node.body) if isinstance(node.body, Symbol) else node.span  # |a| is one thing in a line
        return scope.choices.among(("bars", of), ways)
    if node.single:
        return elementwise(absolute, body)
    if not body.rank:
        return elementwise(absolute, body)
    order = node.sub.strip("{}") or "2"
    flat = body.data.reshape((*body.data.shape[: len(body.axes)], -1))
    if order in FROBENIUS or (order in ("2", "ell2", "l2") and (body.rank == 1 or order == "2")):
        return Tensor(sqrt((flat * flat).sum(-1)), body.axes)
    if order in ("infty", "∞", "inf", "max"):
        return Tensor(
            JETS.apply("abs", flat).max(-1) if not np.iscomplexobj(flat) else _largest(flat), body.axes
        )
    if order in ("1", "ell1", "l1"):
        return Tensor(absolute(flat).sum(-1), body.axes)
    if order == "0":
        return Tensor((np.real(flat) != 0).sum(-1).astype(float), body.axes)
    if order.isdigit():
        return Tensor(power(power(absolute(flat), float(order)).sum(-1), 1 / float(order)), body.axes)
    raise Unknown(f"the norm ‖·‖_{node.sub} is not known", node)


def _largest(flat: Any) -> Any:
    sizes = absolute(flat)
    where = np.argmax(np.real(sizes), axis=-1)
    return np.take_along_axis(sizes, where[..., None], axis=-1)[..., 0]

"""The Kronecker product of two matrices: every entry of the first times the second, as blocks."""

from __future__ import annotations

import numpy as np

from symgrad.late import sympy
from symgrad.operations.model import Example, Operation
from symgrad.operations.record import Dims, Indices, Numbers, Options, Scope, Shape, Space, Views, need_ranks
from symgrad.operations.signature import TWO
from symgrad.tree import Op


def _entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
    """Σ S_pik S_qjl a_ij b_kl, where S is 1 at p = i m + k."""
    rows, columns = (tuple(scope.index(view.dims[axis]) for view in views) for axis in (0, 1))
    body = views[0](rows[0], columns[0]) * views[1](rows[1], columns[1])
    for place, parts in zip(out, (rows, columns), strict=True):
        shape = (scope.dims[place], *(scope.dims[i] for i in parts))
        meet = scope.constant(Op("flattening", (), (("shape", shape),)), shape)
        body *= meet(place, *parts)
    return scope.sum(body, *rows, *columns)


def _shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
    need_ranks(map(len, shapes), {2}, "kron is of two matrices")
    return tuple(dims.derive("product", (), *pair) for pair in zip(*shapes, strict=True))


def _value(space: Space, a: Numbers, b: Numbers) -> Numbers:
    blocks = a[:, None, :, None] * b[None, :, None, :]
    return np.asarray(blocks.reshape(a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


KRON = Operation(
    "kron",
    "Kronecker product",
    "linear",
    _entry,
    _shape,
    _value,
    "product rule: each block of the gradient meets the other matrix (𝟏[…] is 1 where the places match)",
    call=TWO,
    layout="a ⊗ b",
    example=Example("kron(A, B)", {"A": ("m", "n"), "B": ("k", "m")}),
)

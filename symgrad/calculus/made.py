"""Derivatives of what the calculus alone makes, in gradients that are differentiated again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from symgrad.calculus.by_entries import derivative_of
from symgrad.calculus.entries import Local
from symgrad.calculus.index import atom, cell, fresh, kron, multiply
from symgrad.calculus.linear import LINEAR, linear_derivative
from symgrad.calculus.lowering import ShapeOf
from symgrad.numbers.entries import BY_ENTRIES
from symgrad.tree import Op


def _others(op: Op, position: int, shape_of: ShapeOf) -> Local:
    """Π_{k ≠ i} x_k by x_j is Π_{k ≠ i, j} x_k, and 0 where i = j."""
    (x,), axis = op.args, op.option("axis") or 0
    out, by = (tuple(map(fresh, shape_of(x))) for _ in range(2))
    pairs = cell(Op("other_pairs", (x,), op.options), *out, by[axis])
    same = (atom(kron(a, b)) for n, (a, b) in enumerate(zip(out, by, strict=True)) if n != axis)
    return Local(out, by, multiply(pairs, *same))


DERIVATIVES: Mapping[str, Callable[[Op, int, ShapeOf], Local]] = {
    **dict.fromkeys(LINEAR, linear_derivative),
    "others": _others,
    BY_ENTRIES: derivative_of,
}

REASONS: Mapping[str, str] = {
    **dict.fromkeys(
        (*LINEAR, "rotate"), "every entry is a sum of products, and the derivative by one factor is the other"
    ),
    "others": "the derivative of a product by one factor is the product of the rest",
    BY_ENTRIES: "every entry is differentiated",
}

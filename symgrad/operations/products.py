"""Products by their indices: ``mk,kn->mn`` is the entry Σ_k a_mk b_kn, and the shape rule too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symgrad.late import sympy
from symgrad.operations.model import Operation
from symgrad.operations.record import (
    Dims,
    Indices,
    Numbers,
    Options,
    Scope,
    Shape,
    Views,
    need_ranks,
)


def product(
    name: str,
    title: str,
    indices: tuple[str, ...],
    what: str,
    value: Callable[..., Numbers],
    why: str | tuple[str, ...],
    **written: Any,
) -> Operation:
    """The record of an operation that is linear in each argument.

    ``indices`` has a pattern for each choice of ranks: a letter for every axis, those that do not stand
    behind the arrow summed over; a letter that stands there twice is on a diagonal. ``what`` begins the
    error about other ranks.
    """
    patterns = [(pattern.split("->")[0].split(","), pattern.split("->")[1]) for pattern in indices]
    ranks = {len(axes) for inputs, _ in patterns for axes in inputs}

    def fitting(arguments: tuple[Shape, ...]) -> tuple[list[str], str]:
        return next(found for found in patterns if [*map(len, found[0])] == [*map(len, arguments)])

    def entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
        inputs, output = fitting(tuple(view.dims for view in views))
        letters: dict[str, sympy.Symbol] = dict(zip(reversed(output), reversed(out), strict=True))
        body = sympy.Integer(1)
        for view, axes in zip(views, inputs, strict=True):
            for letter, dim in zip(axes, view.dims, strict=True):
                letters[letter] = letters.get(letter) or scope.index(dim)
            body *= view(*(letters[letter] for letter in axes))
        if len({*output}) < len(output):
            body *= sympy.KroneckerDelta(*out)
        return scope.sum(body, *(index for letter, index in letters.items() if letter not in output))

    def shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
        need_ranks(shapes, ranks, what)
        inputs, output = fitting(shapes)
        found: dict[str, Any] = {}
        for arg, axes in zip(shapes, inputs, strict=True):
            for letter, dim in zip(axes, arg, strict=True):
                found[letter] = dims.same(found[letter], dim) if letter in found else dim
        return tuple(found[letter] for letter in output)

    return Operation(name, title, "linear", entry, shape, value, why, **written)

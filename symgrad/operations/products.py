"""Products by their indices: ``mk,kn->mn`` is the entry Σ_k a_mk b_kn, and the shape rule too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

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

Fitting: TypeAlias = Callable[[tuple[int, ...], Options], str]
"""The pattern for arguments of these numbers of axes."""


def product(
    name: str,
    title: str,
    indices: tuple[str, ...] | Fitting,
    what: str,
    value: Callable[..., Numbers],
    why: str | tuple[str, ...],
    **written: Any,
) -> Operation:
    """The record of an operation that is linear in each argument.

    ``indices`` has a pattern for each choice of ranks: a letter for every axis, those that do not stand
    behind the arrow summed over; a letter that stands there twice is on a diagonal, and an axis of size 1 is
    repeated for a longer one of its letter that stands behind the arrow. ``what`` begins the error about
    other ranks; where ``indices`` is a function, that raises it.
    """
    fitting = indices if callable(indices) else _of_ranks(indices, what)

    def entry(scope: Scope, views: Views, out: Indices, options: Options) -> sympy.Expr:
        inputs, output = parsed(fitting(tuple(view.rank for view in views), options))
        letters: dict[str, sympy.Symbol] = dict(zip(reversed(output), reversed(out), strict=True))
        repeated = []
        body = sympy.Integer(1)
        for view, axes in zip(views, inputs, strict=True):
            places = []
            for letter, dim in zip(axes, view.dims, strict=True):
                letters[letter] = letters.get(letter) or scope.index(dim)
                if dim == 1 and letter in output and scope.dims[letters[letter]] != 1:
                    repeated.append(scope.index(1))
                    places.append(repeated[-1])
                else:
                    places.append(letters[letter])
            body *= view(*places)
        if len({*output}) < len(output):
            body *= sympy.KroneckerDelta(*out)
        summed = (index for letter, index in letters.items() if letter not in output)
        return scope.sum(body, *summed, *repeated)

    def shape(dims: Dims, shapes: tuple[Shape, ...], options: Options) -> Shape:
        inputs, output = parsed(fitting(tuple(map(len, shapes)), options))
        found: dict[str, Any] = {}
        for arg, axes in zip(shapes, inputs, strict=True):
            for letter, dim in zip(axes, arg, strict=True):
                stretched = letter in output and axes.count(letter) == 1
                meet = dims.broadcast if stretched else dims.same
                found[letter] = meet(found[letter], dim) if letter in found else dim
        return tuple(found[letter] for letter in output)

    return Operation(name, title, "linear", entry, shape, value, why, **written)


def parsed(pattern: str) -> tuple[list[str], str]:
    """The letters of each array, and those of the output."""
    before, _, output = pattern.partition("->")
    return before.split(","), output


def _of_ranks(patterns: tuple[str, ...], what: str) -> Fitting:
    by_ranks = {tuple(map(len, parsed(pattern)[0])): pattern for pattern in patterns}
    ranks = {rank for found in by_ranks for rank in found}

    def fitting(found: tuple[int, ...], options: Options) -> str:
        need_ranks(found, ranks, what)
        return by_ranks[found]

    return fitting

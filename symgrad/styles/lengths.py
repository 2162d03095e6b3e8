"""Sizes that follow from others, as formulas: the output of a convolution is n − k + 1 long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

from symgrad.document.blocks import Chain, Link
from symgrad.maths.nodes import Fenced, Maths, Operator, Row
from symgrad.styles.setting import Setting
from symgrad.tree import ONE, Formula, Op, Size, number


def length_chains(setting: Setting) -> Iterator[Chain]:
    """Every size that follows from others and how; a range of literal places says it in the formula.

    What leads back to a size is left out: x + conv2d(x, k) says of the size of x what it was said to be.
    """
    behind: dict[Any, set[Any]] = {}
    for (kind, parts, sources), dim in setting.solution.graph.derived:
        reached = set(sources).union(*(behind.get(source, set()) for source in sources))
        if kind in WRITTEN and isinstance(dim, str) and set(sources) != {1} and dim not in reached:
            behind[dim] = reached
            sizes: tuple[Formula, ...] = tuple(Size(str(source)) for source in sources)
            yield Chain(setting.size(dim), (Link("=", WRITTEN[kind](setting, parts, sizes)),))


def _added(setting: Setting, parts: tuple[Any, ...], sizes: tuple[Formula, ...]) -> Maths:
    return setting.maths(reduce(lambda a, b: Op("add", (a, b)), sizes))


def _multiplied(setting: Setting, parts: tuple[Any, ...], sizes: tuple[Formula, ...]) -> Maths:
    return setting.maths(reduce(lambda a, b: Op("multiply", (a, b)), sizes))


def _windows(setting: Setting, parts: tuple[Any, ...], sizes: tuple[Formula, ...]) -> Maths:
    """How many places a window of k has on n entries, with p more at both ends: ⌊(n + 2p − k)/s⌋ + 1."""
    (stride, padding), (length, window) = parts, sizes
    whole = Op("add", (length, number(2 * padding))) if padding else length
    return _places(setting, whole, window, stride)


def _pools(setting: Setting, parts: tuple[Any, ...], sizes: tuple[Formula, ...]) -> Maths:
    (window, stride), (length,) = parts, sizes
    return _places(setting, length, number(window), stride)


def _places(setting: Setting, length: Formula, window: Formula, stride: int) -> Maths:
    room = Op("subtract", (length, window))
    if stride == 1:
        return setting.maths(Op("add", (room, ONE)))
    rounded = Fenced("⌊", setting.maths(Op("divide", (room, number(stride)))), "⌋")
    return Row((rounded, Operator("+"), setting.maths(ONE)))


WRITTEN: Mapping[str, Callable[[Setting, tuple[Any, ...], tuple[Formula, ...]], Maths]] = {
    "sum": _added,
    "product": _multiplied,
    "window": _windows,
    "pool": _pools,
}
"""By the kinds of `shapes.LENGTHS`."""

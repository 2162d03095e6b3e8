"""Why a transpose stands where it stands: the shapes of the factors of a product."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block
from symgrad.shapes import Shape
from symgrad.styles.parts import Part, dimensions, paragraph
from symgrad.styles.setting import Setting
from symgrad.tree import Formula, Name, Op, walk


def transposes(setting: Setting, gradient: GradientOf, shown: set[object]) -> Iterator[Block]:
    """A sentence for every product with a transposed factor in a gradient: g is k × 1, hᵀ is 1 × m, …

    Each arrangement of transposed factors is told once (at full detail every time).
    """
    for factors in _products(gradient.result):
        arrangement = ("transposes", tuple(map(_is_transposed, factors)))
        shapes = tuple(_shape(setting, factor) for factor in factors)
        if _fit(shapes) and (setting.detail == "full" or arrangement not in shown):
            shown.add(arrangement)
            yield _sentence(setting, factors, shapes, gradient.target)


def _products(formula: Formula) -> Iterator[tuple[Formula, ...]]:
    """The factors of every product with a transposed factor, outermost products only."""
    inside: set[Formula] = set()
    for node in walk(formula):
        if isinstance(node, Op) and node.name in ("matmul", "outer") and node not in inside:
            inside.update(walk(node))
            factors = tuple(_factors(node))
            if any(map(_is_transposed, factors)):
                yield factors


def _factors(formula: Formula) -> Iterator[Formula]:
    match formula:
        case Op("matmul", (left, right)):
            yield from _factors(left)
            yield from _factors(right)
        case Op("outer", (left, right)):
            yield from (left, Op("transpose", (right,)))
        case _:
            yield formula


def _is_transposed(factor: Formula) -> bool:
    return isinstance(factor, Op) and factor.name == "transpose"


def _fit(shapes: tuple[Shape, ...]) -> bool:
    """Whether the factors are written in the order in which they stand: v @ A is written Aᵀv."""
    return all(left[1] == right[0] for left, right in pairwise(shapes))


def _sentence(
    setting: Setting, factors: tuple[Formula, ...], shapes: tuple[Shape, ...], target: str
) -> Block:
    parts: list[Part] = ["The transpose makes the shapes fit: "]
    for factor, shape in zip(factors, shapes, strict=True):
        parts += [factor, " is ", dimensions(setting, shape), ", "]
    whole = (shapes[0][0], shapes[-1][1])
    parts += ["so their product is ", dimensions(setting, whole)]
    parts += [", as ", Name(target), " is."] if whole == _shape(setting, Name(target)) else ["."]
    return paragraph(setting, *parts)


def _shape(setting: Setting, factor: Formula) -> Shape:
    """The shape as a matrix: a vector is a column, a transposed one a row."""
    if isinstance(factor, Op) and factor.name == "transpose":
        return _shape(setting, factor.args[0])[::-1]
    shape = setting.solution.graph.shape(factor)
    return (*shape, 1) if len(shape) == 1 else shape

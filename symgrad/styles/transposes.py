"""Why a transpose stands where it stands: the shapes of the factors of a product."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

from msgspec.structs import replace

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block
from symgrad.graph.shapes import Shape
from symgrad.styles.answers import answer
from symgrad.styles.parts import Part, dimensions, paragraph, words
from symgrad.styles.setting import Setting
from symgrad.tree import Formula, Name, Op, walk


def transposes(setting: Setting, gradient: GradientOf, shown: set[object]) -> Iterator[Block]:
    """A sentence for every product with a transposed factor in a gradient: g is k × 1, hᵀ is 1 × m, …

    Each arrangement of transposed factors is told once (at full detail every time), and none where the
    shapes would fit without a transpose too: of a square matrix they are no reason.
    """
    for factors in _products(gradient.result):
        transposed = tuple(map(_is_transposed, factors))
        arrangement = ("transposes", transposed)
        shapes = tuple(_shape(setting, factor) for factor in factors)
        told = arrangement in shown and setting.detail != "full"
        if _fit(shapes) and _settle(_known(setting, shapes), transposed) and not told:
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


def _known(setting: Setting, shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """The shapes in numbers, as far as the sizes are known: two sides may happen to be equal."""
    sizes = setting.solution.graph.sizes
    return tuple(tuple(sizes.get(dim, dim) for dim in shape) for shape in shapes)


def _settle(shapes: tuple[Shape, ...], transposed: tuple[bool, ...]) -> bool:
    """Whether the product needs each of its transposes: no other choice of them fits as well."""
    whole = (shapes[0][0], shapes[-1][1])
    both = ((s, s[::-1]) if turned else (s,) for s, turned in zip(shapes, transposed, strict=True))
    fitting = [tried for tried in product(*both) if _fit(tried) and (tried[0][0], tried[-1][1]) == whole]
    return len(fitting) == 1


def _sentence(
    setting: Setting, factors: tuple[Formula, ...], shapes: tuple[Shape, ...], target: str
) -> Block:
    whole = (shapes[0][0], shapes[-1][1])
    fits = "The transpose makes the shapes fit: {factors}, so their product is {shape}."
    if whole == _shape(setting, Name(target)):
        fits = "The transpose makes the shapes fit: {factors}, so their product is {shape}, as {target} is."
    told: list[Part] = []
    for factor, shape in zip(factors, shapes, strict=True):
        one = words(setting, "{factor} is {shape}", factor=factor, shape=dimensions(setting, shape))
        told += [", ", one] if told else [one]
    product_ = dimensions(setting, whole)
    made = paragraph(setting, fits, factors=tuple(told), shape=product_, target=Name(target))
    return replace(made, of=answer(setting.gradient(target)))


def _shape(setting: Setting, factor: Formula) -> Shape:
    """The shape as a matrix: a vector is a column, a transposed one a row."""
    if isinstance(factor, Op) and factor.name == "transpose":
        return _shape(setting, factor.args[0])[::-1]
    shape = setting.solution.graph.shape(factor)
    return (*shape, 1) if len(shape) == 1 else shape

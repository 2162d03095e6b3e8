"""Why a transpose stands where it stands: the shapes under the factors of a product."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Chain, Display, Link, Paragraph, Words
from symgrad.maths.nodes import Brace, Maths, Row
from symgrad.notation.binding import Level
from symgrad.notation.context import write
from symgrad.shapes import Shape
from symgrad.styles.parts import dimensions, reals, words
from symgrad.styles.setting import Setting
from symgrad.tree import Formula, Name, Op, walk


def transposes(setting: Setting, gradient: GradientOf, shown: set[object]) -> Iterator[Block]:
    """The products with a transposed factor in a gradient, with the shapes under their factors.

    Each arrangement of transposed factors is shown once (at full detail every time).
    """
    if gradient.matrix_form is None:
        return
    chains: list[Chain] = []
    for factors in _products(gradient.matrix_form):
        arrangement = ("transposes", tuple(map(_is_transposed, factors)))
        if setting.detail == "full" or arrangement not in shown:
            shown.add(arrangement)
            chains.append(_chain(setting, factors))
    if chains:
        yield Paragraph((Words("The shapes tell which factor is transposed, and on which side it stands:"),))
        yield Display((*chains[:-1], _concluded(setting, chains[-1], gradient.target)))


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


def _chain(setting: Setting, factors: tuple[Formula, ...]) -> Chain:
    shapes = [_shape(setting, factor) for factor in factors]
    braced: list[Maths] = [
        Brace(write(factor, setting.context).fit(Level.CHAIN).maths, dimensions(setting, shape))
        for factor, shape in zip(factors, shapes, strict=True)
    ]
    whole = tuple(dim for dim in (shapes[0][0], shapes[-1][1]) if dim != 1)
    return Chain(Row(tuple(braced)), (Link("∈", reals(setting, whole)),))


def _concluded(setting: Setting, chain: Chain, target: str) -> Chain:
    (link,) = chain.links
    return Chain(chain.left, (Link(link.relation, link.maths, words("as ", Name(target), setting=setting)),))


def _shape(setting: Setting, factor: Formula) -> Shape:
    """The shape as a matrix: a vector is a column, a transposed one a row."""
    if isinstance(factor, Op) and factor.name == "transpose":
        return _shape(setting, factor.args[0])[::-1]
    shape = setting.solution.graph.shape(factor)
    return (*shape, 1) if len(shape) == 1 else shape

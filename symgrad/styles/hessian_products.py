"""The Hessian times a direction: how everything moves along it, forward and back, in symbols and numbers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from symgrad.calculus.hessian_products import ProductOf, Tangent, moved
from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.nodes import Maths
from symgrad.notation.binding import beside
from symgrad.notation.context import write
from symgrad.results.worked import is_trivial, work
from symgrad.styles.answers import leading
from symgrad.styles.parts import Part, paragraph, section, words
from symgrad.styles.setting import Setting
from symgrad.styles.worked import stage_links, stated, without_repeats
from symgrad.tree import Entry, Formula, Gradient, Name, Second, Value, substitute

ALONG = "{name} along {way}"
MOVED = (
    "The parameters move, {ways}: {of} is the derivative by ε, at ε = 0, of what stands in the brackets, "
    "at {points}. "
    "The chain rule holds for it, so that no Hessian is needed for {first}."
)


def hessian_products(setting: Setting) -> Iterator[Block]:
    """The product that is asked for, in a section of its own."""
    product = setting.solution.product
    if product is not None:
        blocks = (*_derived(setting, product), *_numbers(setting, product))
        yield from section(words(setting, "Hessian times a direction"), blocks, "hessian-product")


def _derived(setting: Setting, product: ProductOf) -> Iterator[Block]:
    ways: list[Part] = [words(setting, ALONG, name=Name(wrt), way=Name(v)) for wrt, v in product.along]
    points: list[Part] = [(Name(wrt), " + ε ", Name(v)) for wrt, v in product.along]
    first = moved(Gradient(product.of, product.along[0][0]))
    yield paragraph(setting, MOVED, ways=ways, of=moved(Name(product.of)), points=points, first=first)
    yield Display(tuple(_line(setting, each) for each in product.tangents))
    results = tuple(_result(setting, product, wrt) for wrt, _ in product.along)
    if any(found := [chain for chain in results if chain is not None]):
        yield paragraph(setting, "so that")
        yield Display(tuple(found))


def _line(setting: Setting, each: Tangent) -> Chain:
    """ℛ{q} = its formula; without an array form, of an entry."""
    left = moved(each.of)
    shown: Formula = left if each.matrix_form is not None else Entry(left, each.letters)
    return leading(Chain(setting.maths(shown), (Link("=", setting.maths(each.result)),)), left)


def _result(setting: Setting, product: ProductOf, wrt: str) -> Chain | None:
    """∂²L/∂w∂wᵀ v = ℛ{∂L/∂w} = the whole as one formula, where that is short."""
    whole, left = product.whole.get(wrt), moved(Gradient(product.of, wrt))
    links = [Link("=", setting.maths(left))]
    if whole is not None:
        links.append(Link("=", setting.maths(whole)))
    if len(product.along) == 1 and setting.context.naming.rank(wrt) < 2:
        return leading(Chain(_times(setting, product, wrt), tuple(links)), left)
    return None if whole is None else leading(Chain(links[0].maths, tuple(links[1:])), left)


def _times(setting: Setting, product: ProductOf, wrt: str) -> Maths:
    second = write(Second(product.of, wrt, wrt), setting.context)
    return beside(second, write(Name(dict(product.along)[wrt]), setting.context)).maths


def _numbers(setting: Setting, product: ProductOf) -> Iterator[Block]:
    if not all(each.value is not None for each in product.tangents):
        return
    yield paragraph(setting, "In numbers:")
    known: dict[Formula, Formula] = {}
    for each in product.tangents:
        assert each.value is not None
        yield Display((_worked(setting, each, known),))
        known[moved(each.of)] = Value(each.value)


def _worked(setting: Setting, each: Tangent, known: dict[Formula, Formula]) -> Chain:
    """ℛ{q} = its formula = numbers put in = … = the result."""
    assert each.value is not None
    chain = stated(setting, moved(each.of), Value(each.value))
    chain = leading(chain, moved(each.of))
    if each.matrix_form is None:
        return chain
    put = substitute(each.matrix_form, known)
    stages = () if is_trivial(each.matrix_form) else work(put, setting.values)[:-1]
    first = Link("=", setting.maths(each.matrix_form), kind="answer")
    return replace(chain, links=(*without_repeats((first, *stage_links(setting, stages))), *chain.links))

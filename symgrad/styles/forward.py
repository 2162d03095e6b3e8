"""The forward pass in symbols: what is computed, from what, in which shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from symgrad.calculus.facts import Fact
from symgrad.calculus.recurrence import Rounds
from symgrad.document.blocks import Block, Chain, Display, Link, Paragraph, Words
from symgrad.maths.nodes import Numeral, Operator, Row
from symgrad.open_rounds import general_shape, own_names, own_quantities, unnumbered
from symgrad.styles.examples import givens
from symgrad.styles.figure import figure
from symgrad.styles.functions import definitions_of_functions
from symgrad.styles.general import general_setting, number_range, open_blocks
from symgrad.styles.jacobians import definition
from symgrad.styles.lengths import length_chains
from symgrad.styles.parts import Part, membership, paragraph, section, words
from symgrad.styles.setting import Setting
from symgrad.tree import Name


def warnings(setting: Setting) -> Iterator[Block]:
    """What the user should know before reading on."""
    if setting.solution.warnings:
        say = setting.language
        told = "; ".join(map(say, setting.solution.warnings))
        yield Paragraph((Words(say("Warning:"), strong=True), Words(f" {told}.")), "warning")


def problem(setting: Setting) -> Iterator[Block]:
    """The graph and the shapes: what the problem is, before anything is worked out."""
    drawn = tuple(figure(setting))
    title = words(setting, "Computation graph" if drawn else "Shapes")
    yield from section(title, (*drawn, *shapes(setting)), "problem")


def forward(setting: Setting) -> Iterator[Block]:
    """Each quantity and its formula, in order; a structured operation with its definition beside."""
    formulas = Display(tuple(formula_chains(setting)))
    blocks = (formulas, *positions(setting), *definitions_of_functions(setting))
    yield from section(words(setting, "Forward Propagation"), blocks, "forward")


def positions(setting: Setting) -> Iterator[Block]:
    """The givens whose entries stand in the formulas as positions."""
    if looked_up := setting.solution.problem.looked_up:
        yield paragraph(
            setting, "The positions come from these numbers, which count from 0; in print they count from 1:"
        )
        yield from givens(setting, looked_up)


def formula_chains(
    setting: Setting, *, defined: bool = True, stated: Callable[[Setting, str], Chain] | None = None
) -> Iterator[Chain]:
    """Every quantity and its formula, and the definitions of structured operations.

    A block of which nobody knows how often it repeats stands there once, for every number. ``stated`` makes
    the chain of a quantity: `formula_chain` unless told otherwise.
    """
    solution = setting.solution
    order = [name for name, _ in solution.problem.forward]
    firsts = ((block, block.named(block.block[0], block.counter.first)) for block in open_blocks(setting))
    waiting = {order.index(solution.graph.owner(first)): block for block, first in firsts}
    for name in (*own_quantities(solution), ""):
        at = order.index(solution.graph.owner(name)) if name else len(order)
        for place in [place for place in waiting if place < at]:
            block = waiting.pop(place)
            yield from _for_every(general_setting(setting, block), block)
        if name:
            yield (stated or formula_chain)(setting, name)
            yield from definitions(setting, name) if defined else ()


def general_chains(general: Setting, block: Rounds) -> tuple[Chain, ...]:
    """The formulas of a repeated block, for every number."""
    return tuple(formula_chain(general, name) for name in block.block)


def _for_every(general: Setting, block: Rounds) -> tuple[Chain, ...]:
    """The formulas of a block, with what they hold for behind them."""
    chains = general_chains(general, block)
    (link,) = chains[-1].links
    every = words(general, "for every {range}", range=number_range(block, block.counter.last))
    return (*chains[:-1], replace(chains[-1], links=(replace(link, note=every),)))


def formula_chain(setting: Setting, name: str) -> Chain:
    """A quantity and its formula."""
    return setting.chain(Name(name), setting.solution.graph.quantities[name])


def definitions(setting: Setting, name: str) -> Iterator[Chain]:
    """An entry of a quantity that a structured operation makes, by definition; of others nothing."""
    for found in setting.solution.derivation.jacobians:
        if found.output == name:
            yield definition(setting, found)


def shapes(setting: Setting) -> Iterator[Block]:
    """In which space every name lives, and the sizes that the numbers have."""
    yield from spaces(setting)
    known = tuple(size_chains(setting))
    if known:
        exceptions, holds = _exceptions(setting), "The derivation holds for all sizes. In the numbers below:"
        if exceptions:
            holds = "The derivation holds for all sizes with {exceptions}. In the numbers below:"
        yield paragraph(setting, holds, exceptions=exceptions)
        yield Display(known, beside=True)


def spaces(setting: Setting) -> Iterator[Block]:
    """In which space every name lives, and which sizes follow from others."""
    graph = setting.solution.graph
    own = own_names(setting.solution)
    spaces = [Chain(membership(setting, name, graph.shapes[name]), ()) for name in own]
    spaces += (chain for block in open_blocks(setting) for chain in _general_spaces(setting, block))
    yield Display(tuple(spaces), beside=True)
    lengths = tuple(length_chains(setting))
    if lengths:
        yield paragraph(setting, "Of these sizes some follow from others:")
        yield Display(lengths, beside=True)


def size_chains(setting: Setting) -> Iterator[Chain]:
    """The sizes whose numbers the givens show."""
    graph = setting.solution.graph
    shown = (*graph.shapes.values(), tuple(dim for _, dim in graph.derived))
    dims = dict.fromkeys(dim for shape in shown for dim in shape if isinstance(dim, str))
    open_ = unnumbered(setting.solution)
    known = [(dim, graph.sizes[dim]) for dim in dims if dim in graph.sizes and dim not in open_]
    return (Chain(setting.size(dim), (Link("=", Numeral(str(n))),)) for dim, n in known)


def _exceptions(setting: Setting) -> list[Part]:
    """The sizes of which a fact that was used is true at one size alone."""
    facts = (fact for fact in setting.solution.derivation.facts if isinstance(fact, Fact))
    sizes = dict.fromkeys(pair for fact in facts for pair in fact.sizes)
    return [Row((setting.size(dim), Operator("="), Numeral(str(size)))) for dim, size in sizes]


def _general_spaces(setting: Setting, block: Rounds) -> Iterator[Chain]:
    general = general_setting(setting, block)
    for name in block.names:
        found = block.step(name)
        if found is not None and found[1] == 0:
            yield Chain(membership(general, name, general_shape(block, block.graph.shapes[name])), ())

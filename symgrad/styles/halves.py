"""Style 'columns': symbols on the left, the numbers put into them on the right of the same line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Chain, Display, Folded, Link, Paragraph, Reason, Reasoned, Section
from symgrad.document.columns import fits_beside_reasons
from symgrad.maths.nodes import Boxed
from symgrad.styles.backward import passages
from symgrad.styles.examples import givens, gradient_worked, quantity_worked, worked_gradients
from symgrad.styles.forward import formula_chain, formula_chains, positions
from symgrad.styles.functions import definitions_of_functions
from symgrad.styles.parts import section, words
from symgrad.styles.passages import main_chains
from symgrad.styles.setting import Setting


def forward_halves(setting: Setting) -> Iterator[Block]:
    """The givens, then every quantity: its formula, and its numbers where there are any."""
    given = givens(setting, (leaf for leaf in setting.solution.graph.leaves if _is_placed(setting, leaf)))
    formulas = Display(tuple(formula_chains(setting, stated=_quantity)))
    blocks = (*given, *positions(setting), formulas, *definitions_of_functions(setting))
    yield from section(words(setting, "Forward Propagation"), blocks, "forward")


def backward_halves(setting: Setting) -> Iterator[Block]:
    """Every gradient, its numbers beside the form they are put into; of repeated blocks the numbers alone."""
    covered = [target for target in worked_gradients(setting) if setting.is_covered(target)]
    numbers = (Display(tuple(gradient_worked(setting, target) for target in covered)),) if covered else ()
    repeated = section(words(setting, "The repeated blocks in numbers"), numbers, "repeated-numbers")
    title = words(setting, "Backward Propagation")
    yield from section(title, (*passages(setting, with_numbers), *repeated), "backward")


def _is_placed(setting: Setting, leaf: str) -> bool:
    """Whether a given stands among the others, and not where positions are told."""
    return leaf not in setting.solution.problem.looked_up


def _quantity(setting: Setting, name: str) -> Chain:
    numeric = name in setting.solution.run.quantities
    return quantity_worked(setting, name) if numeric else formula_chain(setting, name)


def halved(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks; on the right the numbers that a chain of symbols ends in, and the reasons of a step."""
    waiting = list(blocks)[::-1]
    while waiting:
        block = waiting.pop()
        match block:
            case Section() | Folded():
                yield replace(block, blocks=tuple(halved(block.blocks)))
            case Display(beside=False):
                yield replace(block, chains=tuple(map(_halved, block.chains)))
            case Paragraph(reasons=reasons) if reasons:
                following = waiting[-1] if waiting else None
                beside = isinstance(following, Display) and fits_beside_reasons(following)
                display = waiting.pop() if beside else None
                assert display is None or isinstance(display, Display)
                yield Reasoned(block.what, display, tuple(map(Reason, reasons)), block.of)
            case _:
                yield block


def _halved(chain: Chain) -> Chain:
    first = next((n for n, link in enumerate(chain.links) if _is_numeric(link)), 0)
    right = (replace(link, right=True) for link in chain.links[first:])
    return replace(chain, links=(*chain.links[:first], *right)) if first else chain


def _is_numeric(link: Link) -> bool:
    return link.kind in ("numbers", "stage") or isinstance(link.maths, Boxed)


def with_numbers(setting: Setting, gradient: GradientOf) -> tuple[Chain, ...]:
    """The main chains of a gradient, and behind its array form the numbers where there are any."""
    *before, last = main_chains(setting, gradient)
    if gradient.target not in setting.solution.run.gradients:
        return (*before, last)
    numbers = gradient_worked(setting, gradient.target)
    if gradient.matrix_form is None:
        return (*before, last, numbers)
    links = (*last.links, *(link for link in numbers.links[1:] if link.maths != last.links[-1].maths))
    return (*before, replace(last, links=links, needs=last.needs | numbers.needs))

"""The backward pass in symbols: every gradient in a passage of its own, and the Jacobians used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec.structs import replace

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.notation.formulas import to_maths
from symgrad.styles.answers import leading
from symgrad.styles.functions import derivatives_of_functions
from symgrad.styles.jacobians import jacobian
from symgrad.styles.parts import note, section, words
from symgrad.styles.passages import Chains, main_chains, passage
from symgrad.styles.setting import Setting, is_constant, is_given
from symgrad.tree import Name, Op, Partial


def backward(setting: Setting) -> Iterator[Block]:
    """Every gradient from the objective down to what was asked for."""
    yield from section(words(setting, "Backward Propagation"), passages(setting), "backward")


def passages(setting: Setting, chains: Chains = main_chains) -> Iterator[Block]:
    """What is known of itself, then a section a gradient; ``chains`` makes what each begins with."""
    yield from seed(setting)
    shown: set[object] = set()
    for target, gradient in setting.solution.derivation.gradients.items():
        if is_constant(gradient) or setting.is_covered(target):
            continue
        yield from jacobian_sections(setting, target)
        title = words(setting, "Gradient with respect to {target}", target=Name(target))
        worked = passage(setting, gradient, shown, chains)
        if any(target in found.shared for found in setting.solution.rounds):
            worked = iter((Display(tuple(chains(setting, gradient))),))
        yield from section(title, worked, f"gradient-{target}")


def jacobian_sections(setting: Setting, target: str) -> Iterator[Block]:
    """The Jacobians that the gradient with respect to ``target`` needs, each in a section."""
    for found in setting.jacobians(target):
        title = words(setting, "Jacobian of {output}", output=Name(found.output))
        yield from section(title, jacobian(setting, found), f"jacobian-{found.output}")


def seed(setting: Setting) -> Iterator[Block]:
    """∂J/∂J = 1 and the other gradients that are plain numbers; what they are of, were it no scalar."""
    yield from meaning(setting)
    yield from direct(setting, setting.solution.derivation.gradients.values())
    constants = tuple(constant_chains(setting))
    if constants:
        yield Display(constants, beside=True)
    yield from derivatives_of_functions(setting)


def meaning(setting: Setting) -> Iterator[Block]:
    """What the gradients are of, where that is no scalar of the forward pass."""
    graph, objective = setting.solution.graph, setting.objective
    of = Name(graph.of)
    if graph.seed:
        after = "{objective} is what comes after {of}: of it only the upstream gradient is given."
        yield note(setting, after, objective=objective, of=of)
    elif graph.of in setting.context.objectives:
        reading = "{objective} = {total}: every gradient below is that of the sum of the entries of {of}."
        yield note(setting, reading, objective=objective, total=Op("sum", (of,)), of=of)
    elif graph.shapes[graph.of]:
        reading = "{of} is not a scalar: every gradient below is that of the sum of its entries."
        yield note(setting, reading, of=of)


def direct(setting: Setting, gradients: Iterable[GradientOf]) -> Iterator[Block]:
    """What ∂⁺ means, where it stands in one of the gradients."""
    partials = (Partial(path.consumer, path.target) for found in gradients for path in found.paths)
    for partial in islice((partial for partial in partials if setting.context.is_marked(partial)), 1):
        by, of = Name(partial.wrt), Name(partial.of)
        told = "{partial} is the direct derivative: only the {by} in the formula of {of} itself is moved."
        yield note(setting, told, partial=partial, by=by, of=of)


def constant_chains(setting: Setting, *, given: bool = True) -> Iterator[Chain]:
    """The gradients that are plain numbers, and the one that is given."""
    for target, gradient in setting.solution.derivation.gradients.items():
        if is_constant(gradient) and (given or not is_given(gradient)):
            if target in setting.context.objectives:
                yield _unstated(setting, target, gradient)
            else:
                left = setting.gradient(target)
                chain = setting.chain(left, gradient.result)
                stated = is_given(gradient) or target == setting.solution.graph.of
                yield chain if stated else leading(chain, left)


def _unstated(setting: Setting, target: str, gradient: GradientOf) -> Chain:
    """What reaches the end of the formulas: g, or a sum's ones; what a symbol of its own stands for."""
    ones = Op("ones", (), (("shape", setting.solution.graph.shapes[target]),))
    chain = setting.chain(setting.gradient(target), gradient.result if is_given(gradient) else ones)
    meaning = to_maths(setting.gradient(target), replace(setting.context, marks={}))
    return chain if chain.left == meaning else replace(chain, links=(Link("=", meaning), *chain.links))

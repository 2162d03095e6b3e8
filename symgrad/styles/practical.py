"""Style 'practical': the chain rule with all its factors, the gradients layer by layer, then iterations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.nodes import Maths
from symgrad.notation.formulas import to_maths
from symgrad.results.run import Arrays
from symgrad.styles.answers import answer, leading
from symgrad.styles.backward import seed
from symgrad.styles.descent import data_chains, iterations, progress, rate, rule_chains, turns
from symgrad.styles.examples import givens
from symgrad.styles.forward import formula_chains
from symgrad.styles.generalised import braced, product, put_in, ways
from symgrad.styles.parts import paragraph, section, words
from symgrad.styles.passages import entry_chain, main_chains
from symgrad.styles.setting import Setting, is_constant
from symgrad.styles.transposes import transposes
from symgrad.styles.worked import value
from symgrad.tree import Array, Formula, Name


def derivatives(setting: Setting) -> Iterator[Block]:
    """1. The gradients of the parameters by the whole chain, then layer by layer."""
    title = words(setting, "1 Derivatives of {objective}", objective=setting.objective)
    chain_rule = words(setting, "1.1 The chain rule with all its factors")
    whole = section(chain_rule, _generalised(setting), "chain-rule")
    layers = section(words(setting, "1.2 Layer by layer"), _layer_by_layer(setting), "layers")
    yield from section(title, [*seed(setting), *whole, *layers], "derivatives")


def network(setting: Setting) -> Iterator[Block]:
    """2. The steps of one iteration in symbols, then every shown iteration in numbers."""
    graph = setting.solution.graph
    start = [*givens(setting, graph.leaves), *rate(setting), *_rules(setting), *turns(setting)]
    blocks = [*start, *_iterations(setting), *progress(setting)]
    yield from section(words(setting, "2 Iterations"), blocks, "iterations")


def _generalised(setting: Setting) -> Iterator[Block]:
    for gradient in _asked(setting):
        if not gradient.paths:
            continue
        written = _meaning(setting, gradient)
        links = [Link("=", product(setting, ways(setting, gradient)), kind="way")]
        if gradient.matrix_form is not None and setting.detail != "brief":
            links.append(Link("=", setting.maths(put_in(setting, gradient.matrix_form))))
        yield paragraph(setting, "For {derivative}:", derivative=written)
        chain = Chain(written, tuple(link for link in links if link.maths != written))
        yield Display((replace(chain, of=answer(setting.gradient(gradient.target))),))


def _layer_by_layer(setting: Setting) -> Iterator[Block]:
    """Every gradient that a parameter's needs, then the parameter's with a brace under what it is made of."""
    asked, shown = _asked(setting), set[object]()
    for gradient in setting.solution.derivation.gradients.values():
        if is_constant(gradient):
            continue
        chains = [_spelled_out(setting, chain, gradient) for chain in main_chains(setting, gradient)]
        found = ways(setting, gradient) if gradient in asked else ()
        if any(len(way.factors) > 2 for way in found):
            whole = Link("=", braced(setting, found), kind="way")
            chains.insert(0, Chain(_meaning(setting, gradient), (whole,)))
        yield Display(tuple(chains))
        if setting.detail != "brief":
            yield from transposes(setting, gradient, shown)


def _spelled_out(setting: Setting, chain: Chain, gradient: GradientOf) -> Chain:
    """δ_k = ∂L/∂s_k = …: what a symbol of its own stands for."""
    meaning = _meaning(setting, gradient)
    is_symbol = chain.left == setting.maths(setting.gradient(gradient.target)) != meaning
    return replace(chain, links=(Link("=", meaning, kind="way"), *chain.links)) if is_symbol else chain


def _meaning(setting: Setting, gradient: GradientOf) -> Maths:
    """∂L/∂s, also where it has a symbol of its own."""
    return to_maths(setting.gradient(gradient.target), replace(setting.context, marks={}))


def _asked(setting: Setting) -> list[GradientOf]:
    """The gradients of parameters; not through rounds of which nobody knows how many there are."""
    graph, gradients = setting.solution.graph, setting.solution.derivation.gradients
    if setting.solution.problem.repeat.open:
        return []
    return [gradients[name] for name in graph.wrt if name in graph.leaves]


def _rules(setting: Setting) -> Iterator[Block]:
    """The whole iteration as numbered formulas."""
    forward = list(formula_chains(setting, defined=False))
    gradients = [g for g in setting.solution.derivation.gradients.values() if not is_constant(g)]
    backward = [_result(setting, gradient) for gradient in gradients]
    yield paragraph(setting, "The forward and the backward pass are these steps, in order:")
    yield Display(tuple(_numbered((*forward, *backward, *rule_chains(setting)))))


def _numbered(chains: Iterable[Chain]) -> Iterator[Chain]:
    return (replace(chain, tag=str(n)) for n, chain in enumerate(chains, 1))


def _result(setting: Setting, gradient: GradientOf) -> Chain:
    if gradient.matrix_form is None:
        return entry_chain(setting, gradient)
    left = setting.gradient(gradient.target)
    return leading(setting.chain(left, gradient.matrix_form), left)


def _iterations(setting: Setting) -> Iterator[Block]:
    """Every quantity, gradient and new parameter of every shown iteration; without an update one pass."""
    count = 0
    for count, found in enumerate(iterations(setting), 1):
        updated = (_becomes(setting, line.target, after) for line, after in found.moves)
        numbers = _values(setting, found.quantities, found.gradients)
        chains = (*data_chains(setting, found), *numbers, *updated)
        title = words(setting, "2.{count} Iteration {step}", count=str(count), step=str(found.step))
        yield from section(title, (Display(chains),), f"iteration-{found.step}")
    run = setting.solution.run
    if not count and run.quantities:
        chains = tuple(_values(setting, run.quantities, run.gradients))
        yield from section(words(setting, "2.1 One pass"), (Display(chains),), "pass")


def _values(setting: Setting, quantities: Arrays, gradients: Arrays) -> Iterator[Chain]:
    named: list[tuple[Formula, str, Arrays]] = [(Name(name), name, quantities) for name in quantities]
    known = setting.solution.derivation.gradients
    inner = [name for name in gradients if known[name].paths and not is_constant(known[name])]
    named += [(setting.gradient(name), name, gradients) for name in inner]
    return (leading(value(setting, left, arrays[name]), left) for left, name, arrays in named)


def _becomes(setting: Setting, left: Formula, after: Array) -> Chain:
    """W ← its new numbers."""
    chain = value(setting, left, after)
    (link,) = chain.links
    return leading(Chain(chain.left, (Link("←", link.maths),)), left)

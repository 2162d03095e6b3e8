"""Style 'assignment': every derivative for a single entry first, then the same for whole arrays."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from symgrad.calculus.steps import GradientOf
from symgrad.document.blocks import Block, Chain, Display, Link
from symgrad.maths.nodes import Fenced, Maths, Row, Script, Symbol
from symgrad.notation.functions import named
from symgrad.results.updating import Assignment
from symgrad.styles.answers import answer, leading
from symgrad.styles.backward import constant_chains, jacobian_sections, seed
from symgrad.styles.descent import becomes, moves, parameters, rate, rule_chains
from symgrad.styles.newton import is_newton
from symgrad.styles.parts import paragraph, section, words
from symgrad.styles.passages import entry, entry_chain, entry_links, results, through
from symgrad.styles.setting import Setting, is_constant
from symgrad.styles.transposes import transposes
from symgrad.tree import Entry, Formula, Name, Op, Partial, substitute, walk

_LETTER = Symbol("J")


def entries(setting: Setting) -> Iterator[Block]:
    """Every gradient entry by entry, from the objective down, and the Jacobians used."""
    title = words(setting, "Derivatives, entry by entry")
    yield from section(title, _entries(setting), "entries")


def update_rules(setting: Setting) -> Iterator[Block]:
    """All gradients and the updates for one entry, then for whole arrays."""
    title = words(setting, "Update rules" if parameters(setting) else "All gradients")
    yield from section(title, (*_not_vectorised(setting), *_vectorised(setting)), "rules")


def _entries(setting: Setting) -> Iterator[Block]:
    yield from seed(setting)
    for gradient in _worth_a_passage(setting):
        yield from jacobian_sections(setting, gradient.target)
        title = words(setting, "With respect to an entry of {target}", target=Name(gradient.target))
        yield from section(title, _passage(setting, gradient), f"gradient-{gradient.target}")


def _worth_a_passage(setting: Setting) -> list[GradientOf]:
    gradients = setting.solution.derivation.gradients.values()
    return [gradient for gradient in gradients if not is_constant(gradient)]


def _passage(setting: Setting, gradient: GradientOf) -> Iterator[Block]:
    for path in gradient.paths:
        local = setting.chain(path.steps[1].before, path.steps[1].after)
        local = leading(local, setting.gradient(gradient.target))
        yield from () if setting.detail == "brief" else (through(setting, path),)
        yield Display((local, entry_links(setting, gradient, path)))
    if len(gradient.paths) != 1:
        yield paragraph(setting, "All paths together:")
        yield Display((entry_chain(setting, gradient),))


def _not_vectorised(setting: Setting) -> Iterator[Block]:
    chains = [entry_chain(setting, gradient) for gradient in _worth_a_passage(setting)]
    yield paragraph(setting, "Overall, not vectorised:")
    yield Display((*chains, *_entry_updates(setting)))


def _entry_updates(setting: Setting) -> Iterator[Chain]:
    """W_ij ← W_ij − α ∂J/∂W_ij."""
    for line in moves(setting) if parameters(setting) and not is_newton(setting) else ():
        parts = _entries_of(setting, line)
        yield becomes(setting, substitute(line.target, parts), substitute(line.formula, parts))


def _entries_of(setting: Setting, line: Assignment) -> dict[Formula, Formula]:
    """The arrays of a line about one parameter, each with its entry; nothing for a line about all."""
    if not line.parameter:
        return {}
    slope = entry(setting, setting.solution.derivation.gradients[line.parameter])
    if not isinstance(slope, Entry):
        return {}
    own_names = (n for n in walk(line.formula) if isinstance(n, Name) and setting.context.rank(n))
    arrays: set[Formula] = {line.target, setting.gradient(line.parameter), *own_names}
    return {array: Entry(array, slope.indices) for array in arrays}


def _vectorised(setting: Setting) -> Iterator[Block]:
    gradients = [gradient for gradient in _worth_a_passage(setting) if gradient.matrix_form is not None]
    yield paragraph(setting, "Vectorised, this is:")
    arrays = (_array_chain(setting, gradient) for gradient in gradients)
    yield Display((*constant_chains(setting), *arrays, *rule_chains(setting)))
    yield from rate(setting)
    yield from _legend(setting, gradients)
    if setting.detail != "brief":
        shown: set[object] = set()
        for gradient in gradients:
            yield from transposes(setting, gradient, shown)


def _legend(setting: Setting, gradients: list[GradientOf]) -> Iterator[Block]:
    if _has_free_letter(setting) and any(map(_is_jacobian_product, gradients)):
        stands = "{letter} stands for the Jacobian of the function in its subscript."
        yield paragraph(setting, stands, letter=_LETTER)
    for gradient in [gradient for gradient in gradients if _divides(setting, gradient)][:1]:
        of = answer(setting.gradient(gradient.target))
        yield replace(paragraph(setting, "The division ⊘ is elementwise."), of=of)


def _array_chain(setting: Setting, gradient: GradientOf) -> Chain:
    """z̄ = J_softmax(z)ᵀ ȳ = (diag(y) − y yᵀ) ȳ = …"""
    left = setting.gradient(gradient.target)
    chain = leading(setting.chain(left, *dict.fromkeys(results(gradient))), left)
    if not _is_jacobian_product(gradient):
        return chain
    return replace(chain, links=(Link("=", _jacobian_product(setting, gradient)), *chain.links))


def _is_jacobian_product(gradient: GradientOf) -> bool:
    steps = (step for path in gradient.paths for step in path.steps)
    return len(gradient.paths) == 1 and any(step.rule == "jacobian-product" for step in steps)


def _jacobian_product(setting: Setting, gradient: GradientOf) -> Maths:
    """J_softmax(z)ᵀ ȳ; where J is a name of the problem, (∂y/∂z)ᵀ ȳ."""
    output = gradient.paths[0].consumer
    formula = setting.solution.graph.quantities[output]
    upstream = setting.gradient(output)
    if not _has_free_letter(setting) or not isinstance(formula, Op):
        jacobian = Op("transpose", (Partial(output, gradient.target),))
        return setting.maths(Op("matmul", (jacobian, upstream)))
    letter = Script(_LETTER, sub=named(formula.name, setting.context), sup=Symbol("⊤"))
    return Row((letter, Fenced("(", setting.maths(Name(gradient.target)), ")"), setting.maths(upstream)))


def _has_free_letter(setting: Setting) -> bool:
    return not setting.context.naming.is_taken(_LETTER)


def _divides(setting: Setting, gradient: GradientOf) -> bool:
    nodes = walk(gradient.result)
    ranks = setting.context.rank
    return any(isinstance(n, Op) and n.name == "divide" and all(map(ranks, n.args)) for n in nodes)

"""One gradient in symbols: its main chain, the rule of every path, and the entries behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from symgrad.calculus.reasons import reasons_of
from symgrad.calculus.spelling import Letters
from symgrad.calculus.steps import GradientOf, Path, Step
from symgrad.document.blocks import Block, Chain, Display, Folded, Paragraph, Sentence, Words
from symgrad.languages import Said
from symgrad.styles.answers import answer, leading
from symgrad.styles.parts import Part, paragraph, words
from symgrad.styles.setting import Setting, is_unused
from symgrad.styles.transposes import transposes
from symgrad.tree import ONE, Entry, Formula, Gradient, Name, Op, Prod, added, walk

Chains: TypeAlias = Callable[[Setting, GradientOf], Iterable[Chain]]
ARRAY_FORMS = ("cancelled", "named", "combined", "blockwise", "seeded")
"""Rules whose steps go from one whole array to another."""


def passage(
    setting: Setting, gradient: GradientOf, shown: set[object], chains: Chains | None = None
) -> Iterator[Block]:
    """A gradient, worked out; ``shown`` holds the kinds of steps explained so far, and grows.

    ``chains`` makes what it begins with: `main_chains` unless told otherwise.
    """
    target: Formula = Name(gradient.target)
    if len(gradient.paths) > 1:
        consumers: list[Part] = [Name(path.consumer) for path in gradient.paths]
        both = "{target} is used by {consumers}; both paths add up:"
        several = "{target} is used by {consumers}; all paths add up:"
        yield paragraph(setting, both if len(consumers) == 2 else several, target=target, consumers=consumers)
    if is_unused(gradient):
        yield paragraph(setting, "{of} does not depend on {target}:", of=setting.objective, target=target)
    yield Display(tuple((chains or main_chains)(setting, gradient)))
    derivation = () if setting.detail == "brief" else tuple(_derivation(setting, gradient, shown))
    if derivation:
        yield Folded(words(setting, "Derivation"), derivation)


def _derivation(setting: Setting, gradient: GradientOf, shown: set[object]) -> Iterator[Block]:
    yield from transposes(setting, gradient, shown)
    for alike in _alike(setting, gradient):
        first, *others = alike
        entries = tuple(_entries(setting, gradient, first, shown))
        yield replace(through(setting, first), leads=bool(entries))
        yield from entries
        if others:
            yield paragraph(
                setting, "Likewise through {quantities}.", quantities=[Name(path.consumer) for path in others]
            )
    yield from _substituted(setting, gradient)


def _alike(setting: Setting, gradient: GradientOf) -> Iterable[list[Path]]:
    """The paths; together those that lead through formulas of one form for one reason, but in full detail."""
    groups: dict[object, list[Path]] = {}
    for path in gradient.paths:
        formula = setting.solution.graph.quantities[path.consumer]
        form = (path.steps[1].why, tuple(n.name if isinstance(n, Op) else type(n) for n in walk(formula)))
        groups.setdefault(path.consumer if setting.detail == "full" else form, []).append(path)
    return groups.values()


def main_chains(setting: Setting, gradient: GradientOf) -> Iterator[Chain]:
    """∂J/∂w = prod(…) + prod(…) = the sum in matrix form (= what is left when upstream is put in).

    A gradient without a matrix form ends with its entries, in a chain of their own.
    """
    products = list(_products(gradient))
    links = list(dict.fromkeys([*products, *results(gradient)]))
    left = setting.gradient(gradient.target)
    if links:
        chain = setting.chain(left, *links, notes=_definitions(setting, gradient, links))
        yield leading(chain, left, len(products))
    if gradient.matrix_form is None:
        yield entry_chain(setting, gradient)


def entry(setting: Setting, gradient: GradientOf) -> Formula:
    """∂J/∂w_ij, in the letters of the gradient's index form; of a scalar the gradient itself."""
    whole = setting.gradient(gradient.target)
    letters = Letters(*gradient.free)
    return Entry(whole, tuple(map(letters, gradient.free))) if gradient.free else whole


def entry_chain(setting: Setting, gradient: GradientOf) -> Chain:
    """∂J/∂w_ij = its index form."""
    left = entry(setting, gradient)
    return leading(setting.chain(left, gradient.index_form), left)


def through(setting: Setting, path: Path) -> Paragraph:
    """The formula that a path leads through, and the rule that applies to it."""
    formula = setting.solution.graph.quantities[path.consumer]
    why = path.steps[1].why
    named: dict[str, Part] = {"quantity": Name(path.consumer), "formula": formula}
    text = "Through {quantity} = {formula}: {why}." if why else "Through {quantity} = {formula}."
    told = paragraph(setting, text, **named, why=Said(why))
    what = words(setting, "Through {quantity} = {formula}", **named)
    alone = tuple(map(setting.language, reasons_of(why)))
    return replace(told, of=answer(setting.gradient(path.target)), what=what, reasons=alone)


def entry_links(setting: Setting, gradient: GradientOf, path: Path) -> Chain:
    """The sum over the outputs, and what the δ's in it leave; the entry itself where it has no other path."""
    contract, left = path.steps[2], setting.gradient(gradient.target)
    if len(gradient.paths) > 1:
        return leading(setting.chain(contract.before, contract.after), left)
    return leading(setting.chain(entry(setting, gradient), contract.before, contract.after), left, 1)


def _products(gradient: GradientOf) -> Iterator[Formula]:
    products: list[Formula] = [p.steps[0].after for p in gradient.paths if isinstance(p.steps[0].after, Prod)]
    if products:
        yield added(products)


def results(gradient: GradientOf) -> Iterator[Formula]:
    """Jᵀ g, then the matrix form, then the same with names and with the upstream gradients put in."""
    jacobian_products: list[Formula] = []
    if len(gradient.paths) == 1:
        jacobian_products = [s.after for s in gradient.paths[0].steps if s.rule == "jacobian-product"]
        yield from jacobian_products
    steps = [step for step in gradient.steps if step.rule in ARRAY_FORMS]
    if not steps:
        yield from () if gradient.matrix_form is None else (gradient.matrix_form,)
        return
    yield from () if jacobian_products else (steps[0].before,)
    yield from (step.after for step in steps)


def _definitions(setting: Setting, gradient: GradientOf, links: list[Formula]) -> dict[int, Sentence]:
    """Beside a form with names of what was worked out before: what those names stand for."""
    return {
        links.index(step.after): _by(setting, step.by)
        for step in gradient.steps
        if step.rule == "named" and step.after in links
    }


def _entries(setting: Setting, gradient: GradientOf, path: Path, shown: set[object]) -> Iterator[Block]:
    """∂v_k/∂W_ij = δ_ki h_j, and the sum over the outputs that it leaves."""
    local = path.steps[1]
    kind = ("entries", local.rule, len(path.free))
    if path.free and (setting.detail == "full" or kind not in shown):
        shown.add(kind)
        chains = [leading(setting.chain(local.before, local.after), setting.gradient(gradient.target))]
        if path.steps[2].after != local.after:  # from the objective itself nothing is summed
            chains.append(entry_links(setting, gradient, path))
        yield Display(tuple(chains))


def _substituted(setting: Setting, gradient: GradientOf) -> Iterator[Block]:
    """The upstream gradient put in, entry by entry, and the fact that was used."""
    by_rule: dict[str, Step] = {step.rule: step for step in gradient.steps}
    if not {"substitute", "fact"} & by_rule.keys():
        return
    order = [by_rule[rule] for rule in ("put-in", "substitute", "fact") if rule in by_rule]
    put_in: list[Part] = [*_put_in(setting, gradient, order[-1])]
    if "substitute" in by_rule:
        yield paragraph(setting, "Entry by entry, with {upstream} put in:", upstream=put_in)
    else:
        yield paragraph(setting, "Entry by entry:")
    notes = {n: _facts(setting) for n, step in enumerate(order) if step.rule == "fact"}
    chain = setting.chain(order[0].before, *(step.after for step in order), notes=notes)
    yield Display((leading(chain, setting.gradient(gradient.target)),))


def _put_in(setting: Setting, gradient: GradientOf, step: Step) -> Iterator[Formula]:
    """The upstream gradients, of several paths those that do not stand in the result any more."""
    left = {node for node in walk(step.after) if isinstance(node, Gradient)}
    found = [setting.gradient(path.consumer) for path in gradient.paths]
    yield from [upstream for upstream in found if upstream not in left] or found


def _facts(setting: Setting) -> Sentence:
    return _because(setting, (_sides(setting, *f.formula()) for f in setting.solution.derivation.facts))


def _by(setting: Setting, equations: Iterable[tuple[Formula, Formula]]) -> Sentence:
    """The quantities whose definitions were used; of functions of exponentials what they are."""
    equations = tuple(equations)
    named: list[Part] = [left for left, _ in equations if isinstance(left, Name)]
    others = [(left, right) for left, right in equations if not isinstance(left, Name)]
    definitions = words(setting, "by the definition of {names}", names=named) if named else ()
    if not others:
        return definitions
    between = (*definitions, Words(", ")) if named else ()
    return (*between, *_because(setting, others))


def _because(setting: Setting, equations: Iterable[tuple[Formula, Formula]]) -> Sentence:
    told: list[Part] = [(left, " = ", right) for left, right in equations]
    return words(setting, "because {equations}", equations=told)


def _sides(setting: Setting, left: Formula, right: Formula) -> tuple[Formula, Formula]:
    """Both sides of a fact with the same axes: Y 1 is not 1 but an array of ones."""
    shape = setting.solution.graph.shape(left)
    if not shape or setting.context.rank(right):
        return left, right
    ones = Op("ones", (), (("shape", shape),))
    return left, ones if right == ONE else Op("multiply", (right, ones))

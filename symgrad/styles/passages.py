"""One gradient in symbols: its main chain, the rule of every path, and the entries behind it."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.calculus.spelling import Letters
from symgrad.calculus.steps import GradientOf, Path, Step
from symgrad.document.blocks import Block, Chain, Display, Folded, Sentence, Words
from symgrad.styles.parts import Part, listed, paragraph, words
from symgrad.styles.setting import Setting, is_unused
from symgrad.styles.transposes import transposes
from symgrad.tree import ONE, Entry, Formula, Name, Op, Prod, added


def passage(setting: Setting, gradient: GradientOf, shown: set[object]) -> Iterator[Block]:
    """A gradient, worked out; ``shown`` holds the kinds of steps explained so far, and grows."""
    target: Formula = Name(gradient.target)
    if len(gradient.paths) > 1:
        consumers = listed(Name(path.consumer) for path in gradient.paths)
        counted = "both" if len(gradient.paths) == 2 else "all"
        yield paragraph(setting, target, " is used by ", *consumers, f"; {counted} paths add up:")
    if is_unused(gradient):
        yield paragraph(setting, Name(gradient.of), " does not depend on ", target, ":")
    yield Display(tuple(main_chains(setting, gradient)))
    derivation = () if setting.detail == "brief" else tuple(_derivation(setting, gradient, shown))
    if derivation:
        yield Folded((Words("Derivation"),), derivation)


def _derivation(setting: Setting, gradient: GradientOf, shown: set[object]) -> Iterator[Block]:
    yield from transposes(setting, gradient, shown)
    for path in gradient.paths:
        yield through(setting, path)
        yield from _entries(setting, gradient, path, shown)
    yield from _substituted(setting, gradient)


def main_chains(setting: Setting, gradient: GradientOf) -> Iterator[Chain]:
    """∂J/∂w = prod(…) + prod(…) = the sum in matrix form (= what is left when upstream is put in).

    A gradient without a matrix form ends with its entries, in a chain of their own.
    """
    links = [*_products(gradient), *results(gradient)]
    left = setting.gradient(gradient.target)
    if links:
        yield setting.chain(left, *dict.fromkeys(links))
    if gradient.matrix_form is None:
        yield entry_chain(setting, gradient)


def entry(setting: Setting, gradient: GradientOf) -> Formula:
    """∂J/∂w_ij, in the letters of the gradient's index form; of a scalar the gradient itself."""
    whole = setting.gradient(gradient.target)
    letters = Letters(*gradient.free)
    return Entry(whole, tuple(map(letters, gradient.free))) if gradient.free else whole


def entry_chain(setting: Setting, gradient: GradientOf) -> Chain:
    """∂J/∂w_ij = its index form."""
    return setting.chain(entry(setting, gradient), gradient.index_form)


def through(setting: Setting, path: Path) -> Block:
    """The formula that a path leads through, and the rule that applies to it."""
    formula = setting.solution.graph.quantities[path.consumer]
    why = path.steps[1].why
    head: list[Part] = ["Through ", Name(path.consumer), " = ", formula]
    return paragraph(setting, *head, f": {why}." if why else ".")


def entry_links(setting: Setting, gradient: GradientOf, path: Path) -> Chain:
    """The sum over the outputs, and what the δ's in it leave; the entry itself where it has no other path."""
    contract = path.steps[2]
    if len(gradient.paths) > 1:
        return setting.chain(contract.before, contract.after)
    return setting.chain(entry(setting, gradient), contract.before, contract.after)


def _products(gradient: GradientOf) -> Iterator[Formula]:
    products: list[Formula] = [p.steps[0].after for p in gradient.paths if isinstance(p.steps[0].after, Prod)]
    if products:
        yield added(products)


def results(gradient: GradientOf) -> Iterator[Formula]:
    """Jᵀ g, then the matrix form, then what putting in the upstream gradients makes of it."""
    jacobian_products: list[Formula] = []
    if len(gradient.paths) == 1:
        jacobian_products = [s.after for s in gradient.paths[0].steps if s.rule == "jacobian-product"]
        yield from jacobian_products
    combined = next((step for step in gradient.steps if step.rule == "combined"), None)
    if combined is None:
        yield from () if gradient.matrix_form is None else (gradient.matrix_form,)
    else:
        yield from () if jacobian_products else (combined.before,)
        yield combined.after


def _entries(setting: Setting, gradient: GradientOf, path: Path, shown: set[object]) -> Iterator[Block]:
    """∂v_k/∂W_ij = δ_ki h_j, and the sum over the outputs that it leaves."""
    local = path.steps[1]
    kind = ("entries", local.rule, len(path.free))
    if path.free and (setting.detail == "full" or kind not in shown):
        shown.add(kind)
        chains = [setting.chain(local.before, local.after)]
        if path.steps[2].after != local.after:  # from the objective itself nothing is summed
            chains.append(entry_links(setting, gradient, path))
        yield Display(tuple(chains))


def _substituted(setting: Setting, gradient: GradientOf) -> Iterator[Block]:
    """The upstream gradient put in, entry by entry, and the fact that was used."""
    by_rule: dict[str, Step] = {step.rule: step for step in gradient.steps}
    if "substitute" not in by_rule:
        return
    order = [by_rule[rule] for rule in ("put-in", "substitute", "fact") if rule in by_rule]
    upstream = listed(setting.gradient(path.consumer) for path in gradient.paths)
    yield paragraph(setting, "Entry by entry, with ", *upstream, " put in:")
    notes = {n: _facts(setting) for n, step in enumerate(order) if step.rule == "fact"}
    yield Display((setting.chain(order[0].before, *(step.after for step in order), notes=notes),))


def _facts(setting: Setting) -> Sentence:
    parts: list[Part] = []
    for n, fact in enumerate(setting.solution.derivation.facts):
        left, right = _sides(setting, *fact.formula())
        parts += [" and " if n else "because ", left, " = ", right]
    return words(*parts, setting=setting)


def _sides(setting: Setting, left: Formula, right: Formula) -> tuple[Formula, Formula]:
    """Both sides of a fact with the same axes: Y 1 is not 1 but an array of ones."""
    shape = setting.solution.graph.shape(left)
    if not shape or setting.context.rank(right):
        return left, right
    ones = Op("ones", (), (("shape", shape),))
    return left, ones if right == ONE else Op("multiply", (right, ones))

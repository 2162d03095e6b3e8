"""The backward pass in symbols: every gradient, its paths, its rules, and the Jacobians used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from symgrad.calculus.steps import GradientOf, Jacobian, Path, Step
from symgrad.document.blocks import Block, Chain, Display, Paragraph, Section, Sentence, Words
from symgrad.maths.nodes import Operator, Row, Symbol
from symgrad.styles.parts import Setting, listed, note, paragraph, words
from symgrad.tree import Formula, Name, Number, Op, Prod


def backward(setting: Setting) -> Iterator[Block]:
    """Every gradient from the objective down to what was asked for, each in a passage of its own."""
    derivation = setting.solution.derivation
    constants = [g for g in derivation.gradients.values() if _is_constant(g)]
    blocks: list[Block] = list(_seed(setting))
    if constants:
        blocks.append(Display(tuple(_constant(setting, g) for g in constants), beside=True))
    shown: set[tuple[str, int]] = set()
    jacobians = {jacobian.input: jacobian for jacobian in derivation.jacobians}
    for gradient in derivation.gradients.values():
        if gradient in constants:
            continue
        if gradient.target in jacobians:
            blocks.append(_jacobian(setting, jacobians[gradient.target]))
        blocks.append(_passage(setting, gradient, shown))
    yield Section((Words("Backward Propagation"),), tuple(blocks), "backward")


def _is_constant(gradient: GradientOf) -> bool:
    return isinstance(gradient.matrix_form, Number)


def _constant(setting: Setting, gradient: GradientOf) -> Chain:
    return setting.chain(setting.gradient(gradient.target), gradient.result)


def _seed(setting: Setting) -> Iterator[Block]:
    graph = setting.solution.graph
    if graph.shapes[graph.of]:
        of: Formula = Name(graph.of)
        yield note(setting, of, " is not a scalar: every gradient below is that of the sum of its entries.")


# --- one gradient -------------------------------------------------------------------------------------


def _passage(setting: Setting, gradient: GradientOf, shown: set[tuple[str, int]]) -> Section:
    target: Formula = Name(gradient.target)
    blocks: list[Block] = []
    if len(gradient.paths) > 1:
        consumers: list[Formula] = [Name(path.consumer) for path in gradient.paths]
        counted = "both" if len(consumers) == 2 else "all"
        blocks.append(paragraph(setting, target, " is used by ", *listed(consumers), f"; {counted} paths add up."))
    blocks.append(Display((_main_chain(setting, gradient),)))
    blocks += [block for path in gradient.paths for block in _explained(setting, path, shown)]
    blocks += _substituted(setting, gradient)
    return Section(words("Gradient by ", target, setting=setting), tuple(blocks), f"gradient-{gradient.target}")


def _main_chain(setting: Setting, gradient: GradientOf) -> Chain:
    """∂J/∂w = prod(…) + prod(…) = the sum in matrix form (= what is left when upstream is put in)."""
    products: list[Formula] = [path.steps[0].after for path in gradient.paths if isinstance(path.steps[0].after, Prod)]
    links: list[Formula] = [reduce(lambda a, b: Op("add", (a, b)), products)] if products else []
    if len(gradient.paths) == 1:
        links += [step.after for step in gradient.paths[0].steps if step.rule == "jacobian-product"]
    combined = next((step for step in gradient.steps if step.rule == "combined"), None)
    if combined is not None:
        links += [combined.after] if len(links) > 1 else [combined.before, combined.after]
    elif gradient.matrix_form is not None:
        links.append(gradient.matrix_form)
    left = setting.gradient(gradient.target)
    if gradient.matrix_form is None and gradient.free:
        return setting.chain(left, *links) if links else setting.chain(left, gradient.index_form)
    return setting.chain(left, *dict.fromkeys(links))


def _explained(setting: Setting, path: Path, shown: set[tuple[str, int]]) -> Iterator[Block]:
    """The rule, and the first time a rule is used the entries it comes from."""
    consumer = path.consumer
    formula = setting.solution.graph.quantities[consumer]
    local = path.steps[1]
    head: list[str | Formula] = ["Through ", Name(consumer), " = ", formula]
    reason = f": {local.why}." if local.why else "."
    yield Paragraph(words(*head, reason, setting=setting))
    kind = (local.rule, len(path.free))
    if kind not in shown and path.free:
        shown.add(kind)
        yield Display(tuple(_entries(setting, path)))


def _entries(setting: Setting, path: Path) -> Iterator[Chain]:
    """∂v_k/∂W_ij = δ_ki h_j, and the sum over the outputs that it leaves."""
    _, local, contract, *_ = path.steps
    yield setting.chain(local.before, local.after)
    yield setting.chain(contract.before, contract.after)


def _substituted(setting: Setting, gradient: GradientOf) -> Iterator[Block]:
    """The upstream gradient put in, entry by entry, and the fact that was used."""
    by_rule: dict[str, Step] = {step.rule: step for step in gradient.steps}
    if "substitute" not in by_rule:
        return
    order = [by_rule[rule] for rule in ("put-in", "substitute", "fact") if rule in by_rule]
    upstream: list[Formula] = [setting.gradient(path.consumer) for path in gradient.paths]
    yield paragraph(setting, "Entry by entry, with ", *listed(upstream), " put in:")
    notes = {n: _facts(setting) for n, step in enumerate(order) if step.rule == "fact"}
    yield Display((setting.chain(order[0].before, *(step.after for step in order), notes=notes),))


def _facts(setting: Setting) -> Sentence:
    parts: list[str | Formula] = ["because "]
    for n, fact in enumerate(setting.solution.derivation.facts):
        left, right = fact.formula()
        parts += [*([" and "] if n else []), left, " = ", right]
    return words(*parts, setting=setting)


# --- Jacobians ------------------------------------------------------------------------------------------


def _jacobian(setting: Setting, jacobian: Jacobian) -> Section:
    """From the definition by the quotient rule; the case i = j, the case i ≠ j, and both in one."""
    output: Formula = Name(jacobian.output)
    by_rule: dict[str, list[Step]] = {}
    for step in jacobian.steps:
        by_rule.setdefault(step.rule, []).append(step)
    entry, quotient = by_rule["entry"][0], by_rule["quotient"][0]
    blocks: list[Block] = [
        paragraph(setting, "Every entry of ", output, " depends on every entry of ", Name(jacobian.input), ":"),
        Display((setting.chain(entry.before, entry.after),)),
        Paragraph((Words("By the quotient rule"),)),
        Display((setting.chain(quotient.before, quotient.after),)),
    ]
    for rule, relation in (("case-equal", "="), ("case-different", "≠")):
        steps = by_rule[rule]
        letters = by_rule["cases"][0].after.rows[0][1]
        case = Row((Symbol(letters.left), Operator(relation), Symbol(letters.right)))
        blocks.append(paragraph(setting, "In the case ", case))
        blocks.append(Display((setting.chain(steps[0].before, *(step.after for step in steps)),)))
    both = [by_rule["cases"][0].after, by_rule["both-cases"][0].after]
    blocks.append(Paragraph((Words("Both cases in one formula"),)))
    blocks.append(Display((setting.chain(by_rule["cases"][0].before, *both),)))
    if "jacobian" in by_rule:
        matrix = by_rule["jacobian"][0]
        blocks.append(Paragraph((Words("or, as a matrix,"),)))
        blocks.append(Display((setting.chain(matrix.before, matrix.after),)))
    title = words("Jacobian of ", output, setting=setting)
    return Section(title, tuple(blocks), f"jacobian-{jacobian.output}")

"""The numbers: every quantity and gradient as symbol = numbers put in = steps = result."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.document.blocks import Block, Chain, Display, Link, Section, Words
from symgrad.numbers.worked import is_trivial, work
from symgrad.styles.parts import Setting
from symgrad.tree import Formula, Name, Number, Value, names


def forward_examples(setting: Setting) -> Iterator[Block]:
    """The forward pass in numbers; the givens stand before the quantity that first uses them."""
    graph, run = setting.solution.graph, setting.solution.run
    blocks: list[Block] = []
    shown: set[str] = set()
    for name, formula in graph.quantities.items():
        if name not in run.quantities:
            continue
        fresh = [leaf for leaf in names(formula) if leaf in graph.leaves and leaf not in shown]
        shown.update(fresh)
        if fresh:
            blocks.append(Display(tuple(_given(setting, leaf) for leaf in fresh), beside=True))
        blocks.append(Display((_worked(setting, Name(name), formula, run.quantities[name]),)))
    if blocks:
        yield Section((Words("Forward Propagation Examples"),), tuple(blocks), "forward-examples")


def backward_examples(setting: Setting) -> Iterator[Block]:
    """Every gradient in numbers, from the objective down."""
    run = setting.solution.run
    constants: list[Chain] = []
    blocks: list[Block] = []
    for target, gradient in setting.solution.derivation.gradients.items():
        if target not in run.gradients:
            continue
        left = setting.gradient(target)
        if isinstance(gradient.matrix_form, Number):
            constants.append(setting.chain(left, gradient.matrix_form))
            continue
        blocks.append(Display((_worked(setting, left, gradient.matrix_form, run.gradients[target]),)))
    if constants:
        blocks.insert(0, Display(tuple(constants), beside=True))
    if blocks:
        yield Section((Words("Backward Propagation Examples"),), tuple(blocks), "backward-examples")


def _given(setting: Setting, leaf: str) -> Chain:
    value = Value(setting.solution.problem.given[leaf])
    return Chain(setting.maths(Name(leaf)), (Link(setting.relation(value), setting.maths(value)),))


def _worked(setting: Setting, left: Formula, formula: Formula | None, result: object) -> Chain:
    final = Value(result)  # type: ignore[arg-type]
    if formula is None or is_trivial(formula):
        middle = () if formula is None or isinstance(formula, Number) else (formula,)
        return setting.worked(left, middle[0], (final,)) if middle else setting.worked(left, final, ())
    return setting.worked(left, formula, (*work(formula, setting.values)[:-1], final))
